//! `mintage rotate` and `mintage keys`: the life of a key, in the terminal.
//!
//! Steps go to standard error while they happen, the result to standard output. The core decides everything.

use std::sync::atomic::{AtomicUsize, Ordering};

use mintage_cli::args::{Global, KeysArgs, RotateArgs};
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::output::{self, Columns, Moment};
use mintage_core::credential::CredentialKind;
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Error;
use mintage_core::mint::{Mint, RotationPlan, RotationRequest, RotationView, ServerCredential};
use mintage_core::rotation::{Next, Step};
use serde_json::json;

use crate::problem::failure;
use crate::session::Session;
use crate::{print, print_json};

/// `mintage rotate`: exits with 9 if it waits for a person, and with 0 if it is done or its grace time runs.
///
/// # Errors
/// What a step fails with; the rotation goes on with `--resume`.
pub(crate) async fn rotate(args: &RotateArgs, global: &Global) -> Result<u8, Failure> {
    Session::with(async |session| match args.due {
        true => Box::pin(due(&session.mint, global)).await,
        false => Box::pin(one(session, args, global)).await,
    })
    .await
}

async fn one(session: &Session, args: &RotateArgs, global: &Global) -> Result<u8, Failure> {
    let mint = &session.mint;
    let name = args.user.clone().unwrap_or_default();
    let (user, environment) = session.user(&name, global).await?;
    let user = user.id;
    let open = mint.open_rotations().await.map_err(failure)?;
    let open = open.into_iter().find(|view| view.rotation.service_user == user);
    let unconfirmed = |error| unconfirmed(error, &environment);
    let told = AtomicUsize::new(0);
    let watch = |view: &RotationView| tell(view, &told, global);
    if args.yes {
        mint.confirm_production(environment.id);
    }
    let by = match &args.by {
        Some(by) => Some(session.user(by, global).await?.0.id),
        None => None,
    };
    if args.server_time {
        mint.trust_server_time(environment.id).await.map_err(failure)?;
    }
    if args.remember && !args.dry_run {
        mint.set_administrator(environment.id, by).await.map_err(failure)?;
    }
    if let (Some(open), Some(by)) = (&open, by.filter(|_| args.resume || args.undo)) {
        mint.let_another_act(open.rotation.id, by).await.map_err(failure)?;
    }
    let view = match open {
        Some(open) if args.undo => mint.undo_rotation(open.rotation.id, &watch).await.map_err(unconfirmed)?,
        Some(open) if args.resume => {
            told.store(open.rotation.steps.len(), Ordering::Relaxed);
            // Whoever resumes a pause goes on.
            if open.next == Next::Pause {
                mint.release_rotation(open.rotation.id, None).await.map_err(failure)?;
            }
            mint.continue_rotation(open.rotation.id, &watch).await.map_err(unconfirmed)?
        }
        None if args.undo || args.resume => {
            let nothing = format!("there is no rotation of `{name}` to go on with");
            return Err(Failure::new(Exit::Failed, "no-rotation", nothing).with_help("Run `mintage rotate USER`"));
        }
        _ => {
            let request = RotationRequest {
                by,
                expires_in_days: Some(args.expires_in),
                grace_seconds: args.grace.map_or(0, |grace| u32::try_from(grace.as_secs()).unwrap_or(u32::MAX)),
                pause_after_proof: args.pause,
                confirmed: args.yes,
                ..RotationRequest::of(user)
            };
            if args.dry_run {
                return plan(&mint.plan_rotation(&request).await.map_err(refused)?, global);
            }
            let started = mint.start_rotation(&request).await.map_err(unconfirmed)?;
            mint.continue_rotation(started.rotation.id, &watch).await.map_err(unconfirmed)?
        }
    };
    show(&view, global)
}

/// Goes on where a grace time is over; exits with 1 if any failed.
async fn due(mint: &Mint, global: &Global) -> Result<u8, Failure> {
    let outcomes = mint.continue_due_rotations(&|_| {}).await.map_err(failure)?;
    let mut code = Exit::Success.code();
    let mut rows = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(view) => rows.push(view),
            Err(error) => {
                code = Exit::Failed.code();
                output::ErrorFormat { json: global.json, color: false }.report(&failure(error));
            }
        }
    }
    if global.json {
        print_json(&serde_json::to_value(&rows).unwrap_or_default())?;
    } else {
        for view in &rows {
            sentence(view)?;
        }
    }
    Ok(code)
}

/// `mintage keys`: exits with 0 if there are any.
///
/// # Errors
/// The server has no list, or the acting service user may not see it.
pub(crate) async fn keys(args: &KeysArgs, global: &Global) -> Result<u8, Failure> {
    Box::pin(Session::with(async |session| Box::pin(keys_of(session, args, global)).await)).await
}

async fn keys_of(session: &Session, args: &KeysArgs, global: &Global) -> Result<u8, Failure> {
    let mint = &session.mint;
    let (user, environment) = session.user(&args.user, global).await?;
    let user = user.id;
    if args.yes {
        mint.confirm_production(environment.id);
    }
    let by = match &args.by {
        Some(by) => Some(session.user(by, global).await?.0.id),
        None => None,
    };
    let kind = CredentialKind::PrivateKey;
    if let Some(id) = &args.remove {
        let named = args.last.then_some(id.as_str());
        mint.remove_server_credential(user, by, kind, id, named).await.map_err(failure)?;
        return Ok(Exit::Success.code());
    }
    let listed = mint.server_credentials(user, by, kind).await.map_err(failure)?;
    if global.json {
        return print_json(&serde_json::to_value(&listed).unwrap_or_default());
    }
    let mut columns = Columns::new(&["KEY", "CREATED", "EXPIRES", "HERE"]);
    for key in &listed.credentials {
        let time = |at: Option<time::OffsetDateTime>| at.map(|at| Moment(at).rfc3339()).unwrap_or_default();
        columns.push([&*key.id, &time(key.created_at), &time(key.expires_at), place(key)]);
    }
    print(&columns)
}

fn place(key: &ServerCredential) -> &'static str {
    match (key.credential.is_some(), key.is_default, key.expired) {
        (_, _, true) => "expired",
        (true, true, _) => "default",
        (true, false, _) => "stored",
        (false, _, _) => "elsewhere",
    }
}

/// What isn't confirmed says how to confirm it here.
fn unconfirmed(error: Error, environment: &Environment) -> Failure {
    let asks = matches!(error.code(), "rotation-unconfirmed" | "rotation-no-overlap" | "production-unconfirmed");
    let failed = refused(error);
    match asks {
        true if environment.settings.tier == Tier::Production => {
            Failure { exit: Exit::NotConfirmed, ..failed }.with_help("Add `--yes` to confirm it")
        }
        true => Failure { exit: Exit::NeedsInput, ..failed }.with_help("Add `--yes` to confirm it"),
        false => failed,
    }
}

/// What is refused because of the clock says how to go by the server's.
fn refused(error: Error) -> Failure {
    let by_clock = matches!(
        &error,
        Error::Diagnosed { causes, .. } | Error::Preflight { causes } if causes[0].blames_the_clock()
    );
    let failed = failure(error);
    match by_clock {
        true => failed.with_help("Set this computer's clock, or add `--server-time` to go by the server's"),
        false => failed,
    }
}

/// Says each step once it was answered.
fn tell(view: &RotationView, told: &AtomicUsize, global: &Global) {
    if global.quiet || global.json {
        return;
    }
    let steps = &view.rotation.steps;
    let answered = steps.iter().take_while(|step| step.answered_at.is_some() || step.error_code.is_some()).count();
    for step in
        steps.iter().take(answered).skip(told.swap(answered.max(told.load(Ordering::Relaxed)), Ordering::Relaxed))
    {
        let mark = if step.error_code.is_some() { "failed" } else { "done" };
        let detail = if step.detail.is_empty() { String::new() } else { format!(": {}", escaped(&step.detail)) };
        complain(&format!("{mark:<7}{}{detail}", name_of(step.step)));
    }
}

/// A line on standard error.
pub(crate) fn complain(line: &str) {
    use std::io::Write as _;
    _ = writeln!(std::io::stderr(), "{line}");
}

fn plan(plan: &RotationPlan, global: &Global) -> Result<u8, Failure> {
    if global.json {
        return print_json(&serde_json::to_value(plan).unwrap_or_default());
    }
    let mut lines = format!("{} at {}, as `{}`:\n", plan.kind.name(), escaped(&plan.api), escaped(&plan.by_name));
    for (index, step) in plan.steps.iter().enumerate() {
        lines.push_str(&format!("{:>3}. {}\n", index + 1, name_of(*step)));
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

fn show(view: &RotationView, global: &Global) -> Result<u8, Failure> {
    if global.json {
        print_json(&json!(view))?;
    } else {
        sentence(view)?;
    }
    Ok(match view.next {
        _ if view.rotation.is_over() => Exit::Success.code(),
        Next::Grace { .. } => Exit::Success.code(),
        _ => Exit::NeedsInput.code(),
    })
}

fn sentence(view: &RotationView) -> Result<(), Failure> {
    let rotation = &view.rotation;
    let (name, new) = (escaped(&rotation.service_user_name), rotation.new_key_id.as_deref().unwrap_or_default());
    let text = match view.next {
        _ if rotation.succeeded() => format!("{name}: the new key is {}\n", escaped(new)),
        _ if rotation.is_over() => format!("{name}: undone\n"),
        Next::Pause => format!("{name}: proven; `mintage rotate {name} --resume` goes on\n"),
        Next::Grace { until } => {
            format!("{name}: the new key is {}; the old one is kept until {}\n", escaped(new), Moment(until).rfc3339())
        }
        Next::Upload => format!("{name}: upload the public half; the desktop app shows it\n"),
        Next::RemoveByHand => format!("{name}: remove the old one in the provider\u{2019}s console\n"),
        Next::Do { .. } | Next::End => format!("{name}: `mintage rotate {name} --resume` goes on\n"),
    };
    output::write(text.as_bytes())
}

fn name_of(step: Step) -> &'static str {
    match step {
        Step::Make => "make a key, in memory and in the keychain",
        Step::Register => "register it at the server",
        Step::Find => "look at the server for what is left of it",
        Step::Prove => "mint a token with it",
        Step::Switch => "make it the default",
        Step::Sweep => "remove what was left at the server",
        Step::Disable => "switch the old one off at the server",
        Step::Remove => "remove the old one at the server",
        Step::Forget => "remove the old one here",
        Step::Enable => "switch the old one on again at the server",
        Step::SwitchBack => "make the old one the default again",
        Step::RemoveNew => "remove the new one at the server",
        Step::ForgetNew => "remove the new one here",
    }
}
