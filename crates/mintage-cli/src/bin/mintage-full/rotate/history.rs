//! The **history**: every rotation, the newest first.

use mintage_cli::args::Global;
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::output::{self, Columns, Moment};
use mintage_core::rotation::{Rotation, audit};

use crate::print;
use crate::problem::failure;
use crate::session::Session;
use crate::stored::environment_of;

/// Lists the rotations of a service user, or of all. As JSON they have every step, in the form that the app exports.
///
/// # Errors
/// There is no such service user; what the catalogue reports.
pub(super) async fn list(session: &Session, user: Option<&str>, global: &Global) -> Result<u8, Failure> {
    let of = match user {
        Some(name) => Some(session.user(name, global).await?.0.id),
        None => None,
    };
    let views = session.mint.rotations(of).await.map_err(failure)?;
    let mut rotations: Vec<Rotation> = views.into_iter().map(|view| view.rotation).collect();
    if let Some(name) = environment_of(global) {
        rotations.retain(|one| one.environment_name.to_lowercase() == name.to_lowercase());
    }
    if global.json {
        return output::write(audit(rotations.iter()).as_bytes()).map(|()| Exit::Success.code());
    }
    let mut columns = Columns::new(&["STARTED", "SERVICE USER", "ENVIRONMENT", "RESULT", "OLD", "NEW", "BY"]);
    for one in &rotations {
        let started = Moment(one.started_at).rfc3339();
        let (old, new) = (one.old_key_id.as_deref().unwrap_or_default(), one.new_key_id.as_deref().unwrap_or_default());
        columns.push([
            &*started,
            &one.service_user_name,
            &one.environment_name,
            result_of(one),
            old,
            new,
            &one.by_name,
        ]);
    }
    print(&columns)
}

fn result_of(rotation: &Rotation) -> &'static str {
    match (rotation.is_over(), rotation.succeeded(), rotation.old) {
        (false, _, _) => "open",
        (true, false, _) => "undone",
        (true, true, Some(_)) => "rotated",
        (true, true, None) => "added",
    }
}
