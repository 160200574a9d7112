//! A **refused key**: what the server keeps under its id settles whether the key is to blame.
//!
//! Rule: asked with another proof than the refused one, and only where the provider's API tells a key's public half.
//! What can't be settled leaves the causes as they were.

use super::Mint;
use super::key_set::{Candidate, refuses_the_caller};
use super::wire::values_of;
use crate::credential::Credential;
use crate::diagnosis::Cause;
use crate::environment::Environment;
use crate::error::{Error, IssuerError};
use crate::provider::template::{Values, expand, expand_url, placeholders};
use crate::service_user::ServiceUser;
use crate::verify::KeySet;

/// How many proofs are shown for one comparison: it is a courtesy, and no search.
const MOST_PROOFS: u32 = 2;

const KEY_UNKNOWN: &str = "key-unknown";
const KEY_DIFFERS: &str = "key-differs";

impl Mint {
    /// Puts the causes of a refused mint in the order in which they are likely once the server has been asked what it
    /// keeps under the key's id.
    pub(super) async fn settle_key(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        failed: Error,
    ) -> Error {
        let Error::Diagnosed { source: source @ IssuerError::Refused(_), mut causes } = failed else { return failed };
        let in_question = causes.iter().any(|cause| [KEY_UNKNOWN, KEY_DIFFERS].contains(&cause.code.as_str()));
        if in_question && let Some(fits) = self.key_fits(environment, service_user, credential).await {
            causes.sort_by_key(|cause| rank(cause, fits));
        }
        Error::Diagnosed { source, causes }
    }

    /// Whether the server has this very key under the key's id, or another one; `None` where it does not tell.
    async fn key_fits(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Option<bool> {
        let own = credential.thumbprint()?;
        let provider = self.ready_provider(environment).await.ok()?;
        let call = &provider.provisioning.as_ref()?.public_key;
        let mut values = values_of(&environment.settings).ok()?;
        values.insert("userId".to_owned(), service_user.user_id.clone());
        values.insert("keyId".to_owned(), credential.key_id.clone()?);
        let filled = |name: &str| values.get(name).is_some_and(|value| !value.trim().is_empty());
        if call.url.is_empty() || !call.texts().flat_map(placeholders).all(filled) {
            return None;
        }
        let url = self.api_url(environment, &provider, expand_url(&call.url, &values), &values).ok()?;
        let body: Values = call.body.iter().map(|(name, text)| (name.clone(), expand(text, &values))).collect();
        let body = (!body.is_empty()).then(|| serde_json::to_string(&body).expect("texts by name are JSON"));
        let client = self.client(environment).ok()?;
        let mut shown = 0;
        for (reader, candidate) in self.candidates(environment, None).await.ok()? {
            let refused_itself = matches!(&candidate, Candidate::Credential(other) if other.id == credential.id);
            if refused_itself || shown == MOST_PROOFS {
                continue;
            }
            let header = match self.prepare(environment, &reader, candidate).await {
                Ok(Some((header, _))) => header,
                // A keychain that stays closed is closed for the next one as well.
                Err(Error::Keychain(_)) => return None,
                Ok(None) | Err(_) => continue,
            };
            shown += 1;
            match client.call(call.method, &url, &header, body.clone()).await {
                Ok(answer) => {
                    let found = KeySet::parse(answer.value.expose()).ok()?.thumbprints();
                    return (!found.is_empty()).then(|| found.iter().any(|found| found == own));
                }
                Err(IssuerError::Refused(refusal)) if refuses_the_caller(refusal.status) => {}
                Err(_) => return None,
            }
        }
        None
    }
}

/// Where a cause belongs: a key that fits is not to blame, and one that differs is known, but not this one.
fn rank(cause: &Cause, fits: bool) -> u8 {
    match (cause.code.as_str(), fits) {
        (KEY_DIFFERS, false) => 0,
        (KEY_UNKNOWN | KEY_DIFFERS, true) | (KEY_UNKNOWN, false) => 2,
        _ => 1,
    }
}
