//! The **ids** that a credential goes by: which of them are asked for, and what becomes of those entered.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ImportRequest, kind_of};
use crate::credential::CredentialKind;
use crate::error::Error;
use crate::key_file::{self, KeyFile};
use crate::provider::{IdKind, KeyIdRule, Provider, Scheme};

/// An id that is asked for when a credential is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AskedId {
    /// Which one.
    pub kind: IdKind,
    /// Whether the import works without it.
    pub optional: bool,
}

/// The ids that a credential goes by.
pub(super) struct Ids {
    pub(super) user_id: String,
    pub(super) client_id: Option<String>,
    pub(super) key_id: Option<String>,
}

/// What is asked for because the file does not hold it, or because another id may take its place.
pub(super) fn asked_ids(file: &KeyFile, provider: &Provider) -> Vec<AskedId> {
    match kind_of(file) {
        CredentialKind::PrivateKey => with_key(file, provider),
        CredentialKind::ClientSecret => with_client_id(file, provider),
        // Its id goes before it where it is sent as Basic; anywhere else it only needs an owner.
        CredentialKind::PersonalToken if provider.ready_token == Some(Scheme::Basic) => with_client_id(file, provider),
        CredentialKind::PersonalToken if !is_named(file) => vec![required(IdKind::UserId)],
        CredentialKind::PersonalToken | CredentialKind::ApplicationKey => Vec::new(),
    }
}

/// The ids that the file holds, else those that were entered; a client id counts only where it is another
/// one than the user id.
pub(super) fn ids_of(file: &KeyFile, request: &ImportRequest, provider: &Provider) -> Result<Ids, Error> {
    let asked = asked_ids(file, provider);
    // A secret doesn't say whose it is, so a client id that was typed beside it is better knowledge than the file's.
    let counts = |kind: IdKind| kind == IdKind::ClientId && kind_of(file) == CredentialKind::ClientSecret;
    let id = |kind: IdKind, from_file: Option<&String>, typed: Option<&str>, what: &'static str| {
        let asked = asked.iter().find(|asked| asked.kind == kind);
        let typed = typed.map(str::trim).filter(|id| !id.is_empty());
        if let Some(id) = from_file.filter(|_| asked.is_none() && (typed.is_none() || !counts(kind))) {
            return Ok(Some(id.clone()));
        }
        match typed {
            Some(id) => {
                // A key that was pasted into the wrong field must not come into the catalogue.
                key_file::check_id(id).map_err(|why| Error::TypedIdInvalid { what, why })?;
                Ok(Some(id.to_owned()))
            }
            None if asked.is_some_and(|asked| !asked.optional) => Err(Error::ImportIncomplete { what }),
            None => Ok(from_file.cloned()),
        }
    };
    let client_id = id(IdKind::ClientId, file.client_id.as_ref(), request.client_id.as_deref(), "client id")?;
    let user_id = id(IdKind::UserId, file.user_id.as_ref(), request.user_id.as_deref(), "user id")?;
    let user_id = user_id.or_else(|| client_id.clone()).ok_or(Error::ImportIncomplete { what: "user id" })?;
    let key_id = id(IdKind::KeyId, file.key_id.as_ref(), request.key_id.as_deref(), "key id")?;
    Ok(Ids { client_id: client_id.filter(|id| *id != user_id), user_id, key_id })
}

fn with_key(file: &KeyFile, provider: &Provider) -> Vec<AskedId> {
    let two_ids = provider.tells_client_from_user();
    let user_id = if two_ids { file.user_id.is_none() } else { !is_named(file) };
    let mut asked = Vec::new();
    if user_id {
        asked.push(required(IdKind::UserId));
    } else if provider.speaks_for_users() {
        asked.push(optional(IdKind::UserId));
    }
    if two_ids && file.client_id.is_none() {
        asked.push(required(IdKind::ClientId));
    }
    if file.key_id.is_none() {
        match provider.key_id_rule() {
            KeyIdRule::Required => asked.push(required(IdKind::KeyId)),
            KeyIdRule::IfKnown => asked.push(optional(IdKind::KeyId)),
            KeyIdRule::Never => {}
        }
    }
    asked
}

/// A secret, or a token that is sent like one, goes by its client id. The service user's own id is another
/// one, which only some providers ever name.
fn with_client_id(file: &KeyFile, provider: &Provider) -> Vec<AskedId> {
    let two_ids = provider.names_users_beside_secrets();
    let mut asked = Vec::new();
    let client_id = if two_ids { file.client_id.is_none() } else { !is_named(file) };
    if client_id {
        asked.push(required(IdKind::ClientId));
    }
    if two_ids && file.user_id.is_none() {
        // Where the server's first answer tells it, nobody has to look it up.
        let told = provider.userinfo.subject_is_user;
        asked.push(AskedId { kind: IdKind::UserId, optional: told });
    } else if client_id && file.user_id.is_none() && provider.ids.knows_client_ids() {
        asked.push(optional(IdKind::UserId));
    }
    asked
}

fn is_named(file: &KeyFile) -> bool {
    file.user_id.is_some() || file.client_id.is_some()
}

fn required(kind: IdKind) -> AskedId {
    AskedId { kind, optional: false }
}

fn optional(kind: IdKind) -> AskedId {
    AskedId { kind, optional: true }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::environment::EnvironmentId;
    use crate::key_file::{Material, Shape};
    use crate::mint::ReviewId;
    use crate::provider::built_in;
    use crate::secret::Secret;

    fn provider(id: &str) -> &'static Provider {
        built_in().iter().find(|provider| provider.id.0 == id).expect("built in")
    }

    fn key() -> KeyFile {
        let pem = include_bytes!("../../../../../tests/fixtures/keys/throwaway-rsa-2048-a.pkcs8.pem");
        key_file::parse(pem, None, &[]).expect("a fixture")
    }

    fn secret() -> KeyFile {
        KeyFile::new(Shape::Alone, Material::ClientSecret(Secret::new("hunter2".into())))
    }

    fn token() -> KeyFile {
        KeyFile::new(Shape::Alone, Material::ReadyToken(Secret::new("hunter2".into())))
    }

    fn with_ids(file: KeyFile, user: bool, client: bool, key: bool) -> KeyFile {
        let id = |there: bool, id: &str| there.then(|| id.to_owned());
        KeyFile { user_id: id(user, "user"), client_id: id(client, "client"), key_id: id(key, "key"), ..file }
    }

    fn words(asked: &[AskedId]) -> Vec<String> {
        asked.iter().map(|asked| format!("{:?}{}", asked.kind, if asked.optional { "?" } else { "" })).collect()
    }

    #[test]
    fn what_is_asked_for_follows_from_the_file_and_the_profiles_texts() {
        for (id, file, expected) in [
            ("zitadel", key(), &["UserId", "KeyId"][..]),
            ("zitadel", with_ids(key(), true, false, true), &[]),
            ("okta", key(), &["UserId", "KeyId"]),
            // These servers find the key without its id.
            ("keycloak", key(), &["UserId", "KeyId?"]),
            ("auth0", key(), &["UserId", "KeyId?"]),
            ("google", key(), &["UserId", "KeyId?"]),
            ("generic", key(), &["UserId", "KeyId?"]),
            ("generic-client", key(), &["UserId", "KeyId?"]),
            ("github-app", key(), &["UserId"]),
            ("salesforce", key(), &["UserId", "ClientId"]),
            ("box", key(), &["UserId", "ClientId", "KeyId"]),
            // The file names the enterprise, and the app may act for a user.
            ("box", with_ids(key(), true, true, true), &["UserId?"]),
            ("stackit", with_ids(key(), true, true, true), &[]),
            ("okta", secret(), &["ClientId"]),
            ("zitadel", secret(), &["ClientId", "UserId?"]),
            // The request names the user, and so do the calls that make and remove credentials.
            ("box", secret(), &["ClientId", "UserId"]),
            ("box", with_ids(secret(), false, true, false), &["UserId"]),
            // The first answer tells the id.
            ("frontier-rest", with_ids(secret(), false, true, false), &["UserId?"]),
            ("frontier-connect", with_ids(secret(), true, true, false), &[]),
            ("shield", with_ids(token(), false, true, false), &["UserId?"]),
            ("zitadel", token(), &["UserId"]),
        ] {
            assert_eq!(words(&asked_ids(&file, provider(id))), expected, "{id} {:?}", file.shape);
        }
    }

    #[test]
    fn what_was_entered_goes_before_the_file_only_where_clients_speak_for_users() {
        let typed = |user_id: &str| ImportRequest {
            user_id: Some(user_id.to_owned()).filter(|id| !id.is_empty()),
            ..ImportRequest::of(ReviewId(Uuid::nil()), EnvironmentId(Uuid::nil()))
        };
        let user_id = |id: &str, text: &str| {
            let ids = ids_of(&with_ids(key(), true, true, true), &typed(text), provider(id)).expect("complete");
            assert_eq!((ids.client_id.as_deref(), ids.key_id.as_deref()), (Some("client"), Some("key")));
            ids.user_id
        };
        assert_eq!(user_id("box", ""), "user");
        assert_eq!(user_id("box", " 4711 "), "4711");
        assert_eq!(user_id("stackit", "4711"), "user");
        let secret = with_ids(secret(), false, true, false);
        let error = ids_of(&secret, &typed(""), provider("box")).map(|ids| ids.user_id).expect_err("incomplete");
        assert_eq!(error.code(), "import-incomplete");
        assert_eq!(ids_of(&secret, &typed(""), provider("okta")).expect("complete").user_id, "client");
    }

    #[test]
    fn a_client_id_that_was_typed_goes_before_the_one_beside_a_secret() {
        let typed = |client_id: &str| ImportRequest {
            client_id: Some(client_id.to_owned()),
            ..ImportRequest::of(ReviewId(Uuid::nil()), EnvironmentId(Uuid::nil()))
        };
        let user_id = |text: &str| ids_of(&with_ids(secret(), false, true, false), &typed(text), provider("keycloak"));
        assert_eq!(user_id(" night-bot ").expect("complete").user_id, "night-bot");
        assert_eq!(user_id("").expect("complete").user_id, "client");
        assert_eq!(user_id("\u{feff}").map(|ids| ids.user_id).expect_err("nobody sees it").code(), "typed-id-invalid");
        let key = ids_of(&with_ids(key(), true, true, true), &typed("other"), provider("stackit")).expect("complete");
        assert_eq!(key.client_id.as_deref(), Some("client"), "a key's file says whose it is");
    }
}
