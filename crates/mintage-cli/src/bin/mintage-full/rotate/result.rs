//! What a rotation comes to, in words: its plan, its **result**, and what a person has to do.

use mintage_cli::args::Global;
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::output::{self, Moment};
use mintage_core::credential::CredentialKind;
use mintage_core::mint::{Mint, PublicHalf, RotationPlan, RotationView};
use mintage_core::rotation::{Direction, Next};
use serde_json::json;

use super::complain;
use super::steps::name_of;
use crate::print_json;
use crate::problem::failure;

/// Says what would happen.
///
/// # Errors
/// Standard output can't be written.
pub(super) fn plan(plan: &RotationPlan, global: &Global) -> Result<u8, Failure> {
    if global.json {
        return print_json(&serde_json::to_value(plan).unwrap_or_default());
    }
    let mut lines = format!("{} at {}, as `{}`:\n", plan.kind.name(), escaped(&plan.api), escaped(&plan.by_name));
    for (index, step) in plan.steps.iter().enumerate() {
        lines.push_str(&format!("{:>3}. {}\n", index + 1, name_of(*step, plan.maker)));
    }
    if let Some(at) = plan.expires_at {
        lines.push_str(&format!("The new one expires on {}.\n", Moment(at).rfc3339()));
    }
    if !plan.overlap {
        lines.push_str("The old one stops working as soon as the new one is added.\n");
    }
    if !plan.console.is_empty() {
        lines.push_str(&format!("{}\n", escaped(&plan.console)));
    }
    output::write(lines.as_bytes()).map(|()| Exit::Success.code())
}

/// Says where a rotation is. What a person has to upload goes to standard output.
///
/// # Errors
/// The keychain doesn't give the new key; standard output can't be written.
pub(super) async fn show(mint: &Mint, view: &RotationView, global: &Global) -> Result<u8, Failure> {
    let half = match view.next {
        Next::Upload => Some(mint.rotation_public_half(view.rotation.id).await.map_err(failure)?),
        _ => None,
    };
    let console = match view.next {
        Next::Bring => mint.rotation_console(view.rotation.id).await.map_err(failure)?,
        _ => String::new(),
    };
    if !console.is_empty() && !global.quiet && !global.json {
        complain(&escaped(&console));
    }
    match half {
        _ if global.json => {
            let mut shown = json!(view);
            if let Some(half) = half {
                shown["publicHalf"] = json!(half);
            }
            if !console.is_empty() {
                shown["console"] = json!(console);
            }
            print_json(&shown)?;
        }
        Some(half) => upload(view, &half, global)?,
        None => sentence(view)?,
    }
    Ok(match view.next {
        _ if view.rotation.is_over() => Exit::Success.code(),
        Next::Grace { .. } => Exit::Success.code(),
        _ => Exit::NeedsInput.code(),
    })
}

fn upload(view: &RotationView, half: &PublicHalf, global: &Global) -> Result<(), Failure> {
    if !global.quiet {
        let name = escaped(&view.rotation.service_user_name);
        if !half.console.is_empty() {
            complain(&escaped(&half.console));
        }
        complain(&format!(
            "{name}: upload the public key on standard output, then run `mintage rotate {name} --resume --done`, with \
             `--key-id ID` if the console shows an id for it"
        ));
    }
    output::write(format!("{}\n", half.text.trim_end()).as_bytes())
}

/// Says where a rotation is, in a line.
///
/// # Errors
/// Standard output can't be written.
pub(super) fn sentence(view: &RotationView) -> Result<(), Failure> {
    let rotation = &view.rotation;
    let (name, kind) = (escaped(&rotation.service_user_name), word_of(rotation.kind));
    let new = escaped(rotation.new_key_id.as_deref().unwrap_or_default());
    let goes_on = format!("`mintage rotate {name} --resume` goes on");
    let text = match view.next {
        _ if rotation.succeeded() && new.is_empty() => format!("{name}: the new {kind} is in use"),
        _ if rotation.succeeded() => format!("{name}: the new {kind} is {new}"),
        _ if rotation.is_over() => format!("{name}: undone"),
        Next::Pause => format!("{name}: proven; {goes_on}"),
        Next::Bring => format!(
            "{name}: make a key in the provider\u{2019}s console, then run `mintage rotate {name} --resume --key-file \
             FILE` with the file that it gives you"
        ),
        Next::Grace { until } => format!(
            "{name}: the new {kind} is {new}; the old one is kept until {}, then `mintage rotate --due` or the app \
             removes it",
            Moment(until).rfc3339()
        ),
        Next::RemoveByHand => {
            let (which, id) = match rotation.direction {
                Direction::Forward => ("old", rotation.old_key_id.as_deref()),
                Direction::Back => ("new", rotation.new_key_id.as_deref()),
            };
            let id = id.filter(|id| !id.is_empty()).map(|id| format!(" {}", escaped(id))).unwrap_or_default();
            format!(
                "{name}: remove the {which} {kind}{id} in the provider\u{2019}s console, then run `mintage rotate {name} \
                 --resume --done`"
            )
        }
        Next::Upload | Next::Do { .. } | Next::End => format!("{name}: {goes_on}"),
    };
    output::write(format!("{text}\n").as_bytes())
}

fn word_of(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::PrivateKey | CredentialKind::ApplicationKey => "key",
        CredentialKind::ClientSecret => "secret",
        CredentialKind::PersonalToken => "token",
    }
}
