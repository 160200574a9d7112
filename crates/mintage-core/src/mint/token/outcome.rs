//! The **outcome** of a mint, as it is written down: in the record, beside the environment, the credential and
//! its service user.

use super::Kept;
use crate::activity::Deed;
use crate::credential::{Credential, CredentialKind};
use crate::diagnosis::Cause;
use crate::environment::Environment;
use crate::error::{CatalogError, Error, IssuerError};
use crate::mint::Mint;
use crate::service_user::ServiceUser;
use crate::token::Token;

impl Mint {
    /// Writes down what came of a mint. A catalogue that cannot take it (a full disk) must neither lose
    /// the token nor hide why there is none, so its failures are left to the next call that needs it.
    pub(in crate::mint) async fn note_outcome(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        minted: &Result<Kept, Error>,
    ) {
        let outcome = minted.as_ref().map(|kept| in_words(&kept.token));
        let _: Result<(), Error> = self.record(Deed::Mint, environment, service_user, outcome).await;
        if let Some(troubled) = tells_of_the_server(minted) {
            let _: Result<(), CatalogError> = self.catalog.set_trouble(environment.id, troubled).await;
        }
        if let Some(refused) = tells_of_the_credential(credential, minted) {
            let _: Result<(), CatalogError> =
                self.catalog.credential_refused(credential.id, refused.then(|| self.now())).await;
        }
        if minted.is_ok() {
            let _: Result<(), CatalogError> = self.catalog.credential_used(credential.id, self.now()).await;
            let _: Result<(), CatalogError> = self.catalog.touch(service_user.id, self.now()).await;
        }
    }
}

/// Whether an outcome says that the environment's server is in trouble; a locked keychain says nothing.
fn tells_of_the_server(minted: &Result<Kept, Error>) -> Option<bool> {
    match minted {
        Ok(_) => Some(false),
        Err(Error::Diagnosed { .. } | Error::Issuer(_) | Error::HostUnconfirmed { .. }) => Some(true),
        Err(_) => None,
    }
}

/// Whether an outcome says that the server refuses the credential, or takes it; a ready-made token was not shown to
/// it, and anything but a refusal says nothing.
fn tells_of_the_credential(credential: &Credential, minted: &Result<Kept, Error>) -> Option<bool> {
    match minted {
        Ok(_) => (credential.kind != CredentialKind::PersonalToken).then_some(false),
        Err(Error::Diagnosed { source: IssuerError::Refused(_), causes }) => {
            causes.first().is_some_and(Cause::blames_the_credential).then_some(true)
        }
        Err(_) => None,
    }
}

/// What is written down of a token: how long it lives, and whom it names where that is worth saying.
fn in_words(token: &Token) -> String {
    let subject = token.subject.iter().map(|notice| notice.sentence.clone());
    std::iter::once(life_in_words(token)).chain(subject).collect::<Vec<_>>().join("; ")
}

/// How long a token lives, in its two largest units, for the record: `valid for 11 h 59 min`.
fn life_in_words(token: &Token) -> String {
    let Some(expires_at) = token.expires_at else { return "no expiry told".to_owned() };
    let seconds = (expires_at - token.minted_at).whole_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    let two = |large: i64, unit: &str, small: i64, smaller: &str| match small {
        0 => format!("valid for {large} {unit}"),
        _ => format!("valid for {large} {unit} {small} {smaller}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("valid for {seconds} s"),
        (0, 0, _) => two(minutes, "min", 0, ""),
        (0, _, _) => two(hours, "h", minutes, "min"),
        _ => two(days, "d", hours, "h"),
    }
}
