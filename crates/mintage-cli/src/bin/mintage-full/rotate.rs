//! `mintage rotate`: a new credential instead of an old one, in the terminal.
//!
//! Steps go to standard error while they happen, the result to standard output. The core decides everything.

use std::sync::atomic::AtomicUsize;

use mintage_cli::args::{Global, RotateArgs};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::output;
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Error;
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Mint, RotationRequest, RotationView};
use mintage_core::rotation::Next;

use crate::key_file;
use crate::print_json;
use crate::problem::failure;
use crate::session::Session;

mod history;
mod result;
mod steps;

/// `mintage rotate`: exits with 9 if it waits for a person, and with 0 if it is done or its grace time runs.
///
/// # Errors
/// What a step fails with; the rotation goes on with `--resume`.
pub(crate) async fn rotate(args: &RotateArgs, global: &Global) -> Result<u8, Failure> {
    Session::with(async |session| match (args.due, args.history) {
        (true, _) => Box::pin(due(&session.mint, global)).await,
        (_, true) => Box::pin(history::list(session, args.user.as_deref(), global)).await,
        _ => Box::pin(one(session, args, global)).await,
    })
    .await
}

async fn one(session: &Session, args: &RotateArgs, global: &Global) -> Result<u8, Failure> {
    let mint = &session.mint;
    let name = args.user.clone().unwrap_or_default();
    let (user, environment) = session.user(&name, global).await?;
    let open = mint.open_rotations().await.map_err(failure)?;
    let open = open.into_iter().find(|view| view.rotation.service_user == user.id);
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
    let view = match open {
        Some(open) if args.undo || args.resume => {
            if let Some(file) = &args.key_file {
                let review = key_file::review(mint, file).await?.id;
                let brought = mint.bring_key(open.rotation.id, review).await;
                brought.map_err(|error| unconfirmed(error, &environment))?;
            }
            go_on(mint, &open, by, args, global).await
        }
        None if args.undo || args.resume => {
            let nothing = format!("there is no rotation of `{name}` to go on with");
            return Err(Failure::new(Exit::Failed, "no-rotation", nothing).with_help("Run `mintage rotate USER`"));
        }
        _ => {
            let request = RotationRequest {
                by,
                expires_in_days: Some(args.expires_in),
                grace_seconds: args.grace_seconds(),
                pause_after_proof: args.pause,
                confirmed: args.yes,
                ..RotationRequest::of(user.id)
            };
            if args.dry_run {
                return result::plan(&mint.plan_rotation(&request).await.map_err(refused)?, global);
            }
            begin(mint, &request, global).await
        }
    };
    let view = view.map_err(|error| unconfirmed(error, &environment))?;
    result::show(mint, &view, global).await
}

async fn begin(mint: &Mint, request: &RotationRequest, global: &Global) -> Result<RotationView, Error> {
    let started = mint.start_rotation(request).await?;
    let told = AtomicUsize::new(0);
    mint.continue_rotation(started.rotation.id, &|view| steps::tell(view, &told, global)).await
}

/// Goes on with a rotation that isn't over, or back.
async fn go_on(
    mint: &Mint,
    open: &RotationView,
    by: Option<ServiceUserId>,
    args: &RotateArgs,
    global: &Global,
) -> Result<RotationView, Error> {
    let id = open.rotation.id;
    if let Some(by) = by {
        mint.let_another_act(id, by).await?;
    }
    // Those that are recorded were told by whoever took them.
    let told = AtomicUsize::new(open.rotation.steps.len());
    let watch = |view: &RotationView| steps::tell(view, &told, global);
    if args.undo {
        return mint.undo_rotation(id, &watch).await;
    }
    let releases = match open.next {
        // Whoever resumes a pause goes on.
        Next::Pause => true,
        Next::Grace { .. } => false,
        _ => args.done,
    };
    if releases {
        mint.release_rotation(id, args.key_id.clone()).await?;
    }
    mint.continue_rotation(id, &watch).await
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
            result::sentence(view)?;
        }
    }
    Ok(code)
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

/// A line on standard error.
pub(crate) fn complain(line: &str) {
    use std::io::Write as _;
    _ = writeln!(std::io::stderr(), "{line}");
}
