//! The **outcome** of a mint, as it is stored: in the record, and with the environment, the credential and its service
//! user.

use super::Loaded;
use crate::activity::Action;
use crate::catalog::MintOutcome;
use crate::credential::{Credential, CredentialKind};
use crate::diagnosis::Cause;
use crate::error::Error;
use crate::issuer::IssuerError;
use crate::mint::Mint;
use crate::token::Token;

impl Mint {
    /// Records the outcome of a mint. If the catalogue can't be written (a full disk), that must neither lose the token
    /// nor hide why there is none, so its failures are left to the next call that needs it. `counts` says whether it was
    /// a use of the credential.
    pub(super) async fn note_outcome(&self, loaded: &Loaded, minted: &Result<Token, Error>, counts: bool) {
        let Loaded { environment, service_user, credential, troubled, .. } = loaded;
        let entry = self.entry(Action::Mint, environment, service_user, minted.as_ref().map(in_words));
        let refused = tells_of_the_credential(credential, minted);
        // A repeated refusal only updates the time; a repeated success changes nothing.
        let refused = refused.filter(|refused| *refused || credential.refused_at.is_some());
        self.catalog
            .note_mint(MintOutcome {
                troubled: tells_of_the_server(minted).filter(|now| now != troubled),
                refused: refused.map(|refused| refused.then_some(entry.at)),
                used: (counts && minted.is_ok()).then_some((service_user.id, credential.id)),
                credential: credential.id,
                entry,
            })
            .await;
    }
}

/// Whether an outcome means that the environment's server is in trouble; a locked keychain says nothing.
fn tells_of_the_server(minted: &Result<Token, Error>) -> Option<bool> {
    match minted {
        Ok(_) => Some(false),
        Err(Error::Diagnosed { .. } | Error::Issuer(_) | Error::HostUnconfirmed { .. }) => Some(true),
        Err(_) => None,
    }
}

/// Whether an outcome means that the server refuses the credential, or accepts it; a personal access token wasn't sent,
/// and anything but a refusal says nothing.
fn tells_of_the_credential(credential: &Credential, minted: &Result<Token, Error>) -> Option<bool> {
    match minted {
        Ok(_) => (credential.kind != CredentialKind::PersonalToken).then_some(false),
        Err(Error::Diagnosed { source: IssuerError::Refused(_), causes }) => {
            causes.first().is_some_and(Cause::blames_the_credential).then_some(true)
        }
        Err(_) => None,
    }
}

/// What is recorded about a token: how long it is valid, and whom it names if that is worth saying.
fn in_words(token: &Token) -> String {
    let subject = token.subject.iter().map(|notice| notice.sentence.clone());
    std::iter::once(life_in_words(token)).chain(subject).collect::<Vec<_>>().join("; ")
}

/// How long a token is valid, in its two largest units, for the record: `valid for 11 h 59 min`.
fn life_in_words(token: &Token) -> String {
    let Some(expires_at) = token.expires_at else { return "no expiry given".to_owned() };
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
