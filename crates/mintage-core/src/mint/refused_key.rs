//! A **refused key**: what the server has under its id decides whether the key is to blame.
//!
//! Rule: asked with a different credential than the refused one, and only if the provider's API returns a key's public
//! half. If it can't be decided, the causes stay as they were.

use super::Mint;
use super::api_call::{ApiCall, require_values};
use super::endpoint::values_of;
use super::key_set::{Candidate, refuses_the_caller};
use super::token::Loaded;
use crate::credential::Credential;
use crate::diagnosis::Cause;
use crate::environment::Environment;
use crate::error::Error;
use crate::issuer::IssuerError;
use crate::provider::Provider;
use crate::service_user::ServiceUser;
use crate::verify::KeySet;

/// How many credentials are tried for one comparison: it is a courtesy, not a search.
const MOST_PROOFS: u32 = 2;

const KEY_UNKNOWN: &str = "key-unknown";
const KEY_DIFFERS: &str = "key-differs";

impl Mint {
    /// Orders the causes of a refused mint by likelihood after asking the server what it has under the key's id.
    pub(super) async fn settle_key(&self, loaded: &Loaded, failed: Error) -> Error {
        let Loaded { environment, service_user, credential, .. } = loaded;
        let Error::Diagnosed { source: source @ IssuerError::Refused(_), mut causes } = failed else { return failed };
        let in_question = causes.iter().any(|cause| [KEY_UNKNOWN, KEY_DIFFERS].contains(&cause.code.as_str()));
        if in_question && let Some(fits) = self.key_fits(environment, service_user, credential).await {
            causes.sort_by_key(|cause| rank(cause, fits));
        }
        Error::Diagnosed { source, causes }
    }

    /// The call for the public half that the server has under the key's id; `None` if the provider has no such call, or
    /// something that it names isn't known.
    fn public_key_call(
        &self,
        environment: &Environment,
        provider: &Provider,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Option<ApiCall> {
        let call = &provider.provisioning.as_ref()?.public_key;
        let mut values = values_of(&environment.settings);
        values.insert("userId".to_owned(), service_user.user_id.clone());
        values.insert("keyId".to_owned(), credential.key_id.clone()?);
        require_values(provider, call.texts(), &values).ok()?;
        self.api_call(environment, provider, call, &values).ok()
    }

    /// Whether the server has exactly this key under the key's id, or another one; `None` if it doesn't say.
    async fn key_fits(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
    ) -> Option<bool> {
        let own = credential.thumbprint()?;
        let provider = self.ready_provider(environment).await.ok()?;
        let call = self.public_key_call(environment, &provider, service_user, credential)?;
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
            match call.send(&client, &header).await {
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

/// The rank of a cause: a key that matches isn't to blame, and one that differs is known, but isn't this one.
fn rank(cause: &Cause, fits: bool) -> u8 {
    match (cause.code.as_str(), fits) {
        (KEY_DIFFERS, false) => 0,
        (KEY_UNKNOWN | KEY_DIFFERS, true) | (KEY_UNKNOWN, false) => 2,
        _ => 1,
    }
}
