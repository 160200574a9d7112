//! Verbs that **ask an issuer** about a token: `userinfo` and `introspect`.

use mintage_cli::args::{Global, IntrospectArgs, UserArgs};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::full;
use mintage_cli::output::Columns;
use mintage_cli::request::TokenSource;
use mintage_core::claims::Claim;
use mintage_core::environment::Environment;
use mintage_core::ids::CredentialId;
use mintage_core::mint::{Introspection, Introspector};

use crate::inspect::{cells, parsed};
use crate::problem::failure;
use crate::session::{Session, ask, pasted, text_of};
use crate::stored::environment_of;
use crate::{print, print_json};

/// `mintage userinfo`.
///
/// # Errors
/// The agent gives no token, or the issuer refuses it.
pub(crate) async fn userinfo(
    args: &UserArgs,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<u8, Failure> {
    let meant = full::user(args.user.as_deref(), global)?;
    let (user, _) = Session::with(async |session| session.find(&meant).await).await?;
    let token = ask(&user, "userinfo", false, global, &mut *source()?)?;
    let told = Session::with(async |session| {
        session.adopt(&user, token).await?;
        session.mint.userinfo(user.id).await.map_err(failure)
    })
    .await?;
    if global.json { print_json(&parsed(&told.json)) } else { show(&told.claims) }
}

fn show(claims: &[Claim]) -> Result<u8, Failure> {
    let mut columns = Columns::new(&["CLAIM", "VALUE", "TIME", "MEANING"]);
    for claim in claims {
        columns.push(cells(claim).each_ref().map(String::as_str));
    }
    print(&columns)
}

/// `mintage introspect`: exits with 1 if the token isn't active.
///
/// # Errors
/// There is no token, no application that can ask, or the issuer refuses the application.
pub(crate) async fn introspect(
    args: &IntrospectArgs,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<u8, Failure> {
    let client = args.client.as_deref();
    let found = if args.token.user == "-" {
        let token = pasted()?;
        Session::with(async |session| {
            let environment = named(session, global).await?;
            let with = introspector(session, &environment, client).await?;
            session.mint.introspect_text(token.expose(), with).await.map_err(failure)
        })
        .await?
    } else {
        let (user, environment) = Session::with(async |session| session.user(&args.token.user, global).await).await?;
        // Before a token is minted for nothing.
        let with = Session::with(async |session| introspector(session, &environment, client).await).await?;
        let token = ask(&user, "introspect", false, global, &mut *source()?)?;
        let text = text_of(&token);
        Session::with(async |session| session.mint.introspect_text(text.expose(), with).await.map_err(failure)).await?
    };
    answer(&found, global)
}

async fn named(session: &Session, global: &Global) -> Result<Environment, Failure> {
    match environment_of(global) {
        Some(name) => session.environment(&name).await,
        None => Err(Failure::new(Exit::Usage, "usage", "say which environment's application asks")
            .with_help("Add `-e ENV`; `mintage env ls` lists them")),
    }
}

/// The application that asks: the named one, or the only one.
async fn introspector(
    session: &Session,
    environment: &Environment,
    client: Option<&str>,
) -> Result<CredentialId, Failure> {
    let mut all = session.mint.introspectors(environment.id).await.map_err(failure)?;
    let is_meant = |one: &Introspector| client.is_none_or(|name| one.name == name || one.client_id == name);
    all.retain(is_meant);
    // Application keys come first; several credentials of one application are the same to the issuer.
    let first = all.first().map(|one| (one.credential, one.client_id.clone()));
    match first {
        Some((credential, own)) if all.iter().all(|one| one.client_id == own) => Ok(credential),
        Some(_) => {
            let mut failure = Failure::new(Exit::NoSuchName, "client-ambiguous", "several applications could ask")
                .with_help("Say which one: `--client NAME`");
            failure.causes = all.into_iter().map(|one| one.name).collect();
            Err(failure)
        }
        None => {
            let name = &environment.settings.name;
            Err(Failure::new(Exit::NoSuchName, "client-not-found", format!("`{name}` has no such application"))
                .with_help("Introspection is an application's right: import an application's key or client secret"))
        }
    }
}

fn answer(found: &Introspection, global: &Global) -> Result<u8, Failure> {
    if global.json {
        print_json(&parsed(&found.json))?;
    } else {
        show(&found.claims)?;
        for cause in &found.causes {
            crate::say(&format!("{}\nhelp: {}", cause.sentence, cause.help));
        }
    }
    Ok(if found.active { Exit::Success.code() } else { Exit::Failed.code() })
}
