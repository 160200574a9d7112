//! `mintage token --key-file`: a token from a file, for containers and CI, where no keychain is.
//!
//! Rule: nothing stays. The key is in memory only; what isn't secret is in a folder that is deleted at the end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mintage_cli::args::{Global, TokenArgs};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::form::Form;
use mintage_cli::full::now;
use mintage_cli::output::{self, Destination};
use mintage_cli::request::Outcome;
use mintage_cli::token::{Authorization, Origin, Token};
use mintage_core::catalog::Catalog;
use mintage_core::credential::Source;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::error::Error;
use mintage_core::key_file::MAX_BYTES;
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Ask, ImportRequest, Mint, PlanRequest, ProgramToken, Review};
use mintage_core::provider::ProviderId;
use mintage_core::token::Authorization as CoreAuthorization;
use secrecy::SecretString;

use crate::input::read_input;
use crate::problem::failure;

/// Mints with the key in a file, and prints the token.
///
/// # Errors
/// The file has no key, something is missing that the issuer needs, or the issuer refuses.
pub(crate) async fn token(file: &Path, args: &TokenArgs, global: &Global) -> Result<u8, Failure> {
    Destination::of_stdout().admit_token(args.show)?;
    let cannot = |error: &dyn std::error::Error| {
        Failure::new(Exit::Failed, "temporary-folder", "couldn't write to the temporary folder").caused_by(error)
    };
    // A container may have nothing that can be written to but its shared memory.
    let folder = tempfile::tempdir().or_else(|error| tempfile::tempdir_in("/dev/shm").map_err(|_| error));
    let folder = folder.map_err(|error| cannot(&error))?;
    let catalog = Catalog::open(folder.path()).await.map_err(|error| failure(Error::from(error)))?;
    let store = keyring_core::mock::Store::new().map_err(|error| cannot(&error))?;
    let mint = Mint::new(catalog.clone(), Keychain::over(move || Ok(store.clone())), Arc::new(now));
    let minted = minted(&mint, file, args).await;
    catalog.close().await;
    let Outcome::Token(token) = Outcome::Token(Box::new(told(minted?))).checked()? else {
        unreachable!("a token stays one")
    };
    let form = if global.json { Form::Json } else { args.form };
    output::write_line(&token.write(form)).map(|()| Exit::Success.code())
}

async fn minted(mint: &Mint, file: &Path, args: &TokenArgs) -> Result<ProgramToken, Failure> {
    let review = review(mint, file).await?;
    let request = request(mint, &review, args).await?;
    let user = mint.import(&request).await.map_err(failure)?.service_user;
    let wanted = &args.wanted;
    mint.token_for_program(user, ask(&wanted.scopes, &wanted.audience, wanted.min_valid)).await.map_err(failure)
}

/// Reviews the one key file at this path; `-` is standard input.
///
/// # Errors
/// It can't be read, or has no key.
pub(crate) async fn review(mint: &Mint, file: &Path) -> Result<Review, Failure> {
    let review = if file == Path::new("-") {
        mint.review_text(read_input(MAX_BYTES)?, Source::Paste).await.map_err(failure)?
    } else {
        let reviews = mint.review_files(&[file.to_owned()]).await.map_err(failure)?;
        reviews.into_iter().next().ok_or_else(|| no_key("there is no key file"))?
    };
    match review.problem {
        Some(problem) => Err(failure(problem)),
        None => Ok(review),
    }
}

/// Plans what an import into an environment of that issuer would do.
async fn request(mint: &Mint, review: &Review, args: &TokenArgs) -> Result<ImportRequest, Failure> {
    let makers = review.facts.as_ref().map(|facts| facts.makers.clone()).unwrap_or_default();
    let provider = args.provider.clone().map(ProviderId).or_else(|| makers.into_iter().next());
    let provider = provider.ok_or_else(|| {
        Failure::new(Exit::Usage, "usage", "the file doesn't tell which provider it is for")
            .with_help("Add `--provider ID`")
    })?;
    let issuer = args.issuer.as_deref().unwrap_or_default();
    let draft = EnvironmentDraft::new("key file", provider, Tier::Development, issuer);
    let environment = mint.add_environment(draft, false).await.map_err(failure)?;
    let plan = mint.import_plan(&PlanRequest::of(Some(environment.id), [review.id])).await.map_err(failure)?;
    let item = plan.items.into_iter().next().ok_or_else(|| no_key("there is no key in the file"))?;
    match item.request {
        Some(request) if item.complete => Ok(request),
        _ => Err(no_key("the file lacks an id that the issuer needs")),
    }
}

fn no_key(message: &str) -> Failure {
    Failure::new(Exit::Failed, "key-file", message).with_help("Use the file as the issuer's console made it")
}

/// How the mint is asked for what the command line wants.
pub(crate) fn ask(scopes: &[String], audience: &[String], min_valid: Option<Duration>) -> Ask {
    let unless_empty = |words: &[String]| (!words.is_empty()).then(|| words.to_vec());
    Ask {
        scopes: unless_empty(scopes),
        audience: unless_empty(audience),
        min_life: min_valid.map(|time| u32::try_from(time.as_secs()).unwrap_or(u32::MAX)),
        ..Ask::default()
    }
}

/// The token as the command line prints it.
pub(crate) fn told(minted: ProgramToken) -> Token {
    let ProgramToken { token, environment, .. } = minted;
    Token {
        access_token: SecretString::from(token.access_token.expose()),
        authorization: match token.authorization {
            CoreAuthorization::Bearer => Authorization::Bearer,
            CoreAuthorization::Basic { id } => Authorization::Basic { id },
        },
        expires_at: token.expires_at,
        handle: String::new(),
        origin: Origin {
            issuer: environment.settings.issuer.as_str().to_owned(),
            scopes: token.granted_scopes.unwrap_or(token.requested_scopes),
            ..Origin::default()
        },
    }
}
