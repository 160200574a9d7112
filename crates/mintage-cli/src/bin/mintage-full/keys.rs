//! `mintage keys`: a service user's credentials at its server.

use mintage_cli::args::{Global, KeyKind, KeysArgs};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::output::{Columns, Moment};
use mintage_core::credential::CredentialKind;
use mintage_core::mint::ServerCredential;

use crate::problem::failure;
use crate::session::Session;
use crate::{print, print_json};

/// Lists them, or removes one.
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
    let kind = match args.kind {
        KeyKind::Key => CredentialKind::PrivateKey,
        KeyKind::Secret => CredentialKind::ClientSecret,
        KeyKind::Token => CredentialKind::PersonalToken,
    };
    if let Some(id) = &args.remove {
        let named = args.last.then_some(id.as_str());
        mint.remove_server_credential(user, by, kind, id, named).await.map_err(failure)?;
        return Ok(Exit::Success.code());
    }
    let listed = mint.server_credentials(user, by, kind).await.map_err(failure)?;
    if global.json {
        return print_json(&serde_json::to_value(&listed).unwrap_or_default());
    }
    let mut columns = Columns::new(&["ID", "CREATED", "EXPIRES", "HERE"]);
    let never = if listed.tells_expiry { "never" } else { "" };
    for key in &listed.credentials {
        let time = |at: Option<time::OffsetDateTime>| at.map(|at| Moment(at).rfc3339());
        let (created, expires) = (time(key.created_at).unwrap_or_default(), time(key.expires_at));
        columns.push([&*key.id, &created, expires.as_deref().unwrap_or(never), place(key)]);
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
