//! The **ids** of a credential: which of them the user has to enter, and how they are used.

use serde::Serialize;
use specta::Type;

use super::ImportRequest;
use crate::credential::CredentialKind;
use crate::error::Error;
use crate::key_file::{self, KeyFile};
use crate::provider::{IdKind, KeyIdRule, Provider, Scheme};

/// An id to enter when importing a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AskedId {
    /// Which one.
    pub kind: IdKind,
    /// Whether the import works without it.
    pub optional: bool,
    /// What the provider's console calls it; empty for the field's own word.
    pub label: String,
}

/// The ids that a credential goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) user_id: String,
    pub(super) client_id: Option<String>,
    pub(super) key_id: Option<String>,
}

/// What a file says about its credential's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownIds {
    pub(super) kind: CredentialKind,
    pub(super) user_id: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) key_id: Option<String>,
}

/// The ids that the user entered; an empty one counts as missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entered<'a> {
    pub(super) user_id: &'a str,
    pub(super) client_id: &'a str,
    pub(super) key_id: &'a str,
}

impl KnownIds {
    pub(super) fn of(file: &KeyFile) -> Self {
        let (user_id, client_id, key_id) = (file.user_id.clone(), file.client_id.clone(), file.key_id.clone());
        Self { kind: file.kind(), user_id, client_id, key_id }
    }

    /// A credential of which nothing is known yet.
    pub(super) fn none(kind: CredentialKind) -> Self {
        Self { kind, user_id: None, client_id: None, key_id: None }
    }

    fn get(&self, kind: IdKind) -> Option<&str> {
        match kind {
            IdKind::UserId => self.user_id.as_deref(),
            IdKind::ClientId => self.client_id.as_deref(),
            IdKind::KeyId => self.key_id.as_deref(),
        }
    }

    fn names_owner(&self) -> bool {
        self.user_id.is_some() || self.client_id.is_some()
    }
}

impl<'a> Entered<'a> {
    pub(super) fn of(request: &'a ImportRequest) -> Self {
        fn text(id: Option<&String>) -> &str {
            id.map_or("", String::as_str)
        }
        Self {
            user_id: text(request.user_id.as_ref()),
            client_id: text(request.client_id.as_ref()),
            key_id: text(request.key_id.as_ref()),
        }
    }

    fn get(self, kind: IdKind) -> Option<&'a str> {
        let id = match kind {
            IdKind::UserId => self.user_id,
            IdKind::ClientId => self.client_id,
            IdKind::KeyId => self.key_id,
        };
        Some(id.trim()).filter(|id| !id.is_empty())
    }
}

/// What is asked for because the file does not hold it, or because another id may take its place. Without a
/// provider: what most of them want.
pub(super) fn asked_ids(known: &KnownIds, provider: Option<&Provider>) -> Vec<AskedId> {
    let asked = match (known.kind, provider) {
        (_, None) => usually(known),
        (CredentialKind::PrivateKey, Some(provider)) => with_key(known, provider),
        (CredentialKind::ClientSecret, Some(provider)) => with_client_id(known, provider),
        // Its id goes before it where it is sent as Basic; anywhere else it only needs an owner.
        (CredentialKind::PersonalToken, Some(provider)) if provider.ready_token == Some(Scheme::Basic) => {
            with_client_id(known, provider)
        }
        (CredentialKind::PersonalToken, _) if !known.names_owner() => vec![(IdKind::UserId, false)],
        (CredentialKind::PersonalToken | CredentialKind::ApplicationKey, _) => Vec::new(),
    };
    asked.into_iter().map(|(kind, optional)| AskedId { kind, optional, label: label(kind, provider) }).collect()
}

/// What was entered for an id, where it counts: where the file does not hold it, or where it goes before the file's.
pub(super) fn entered<'a>(known: &KnownIds, entered: Entered<'a>, asked: &[AskedId], kind: IdKind) -> Option<&'a str> {
    // A secret doesn't say whose it is, so a client id that was typed beside it is better knowledge than the file's.
    let beside_secret = kind == IdKind::ClientId && known.kind == CredentialKind::ClientSecret;
    let counts = known.get(kind).is_none() || beside_secret || asked.iter().any(|asked| asked.kind == kind);
    entered.get(kind).filter(|_| counts)
}

/// The ids as far as they are known: those entered where they count, else the file's. A client id is one of its own
/// only where it is another than the user id. `None` while nothing says whose it is.
pub(super) fn known_ids(known: &KnownIds, typed: Entered<'_>, asked: &[AskedId]) -> Option<Ids> {
    let id = |kind| entered(known, typed, asked, kind).or_else(|| known.get(kind)).map(str::to_owned);
    let client_id = id(IdKind::ClientId);
    let user_id = id(IdKind::UserId).or_else(|| client_id.clone())?;
    Some(Ids { client_id: client_id.filter(|id| *id != user_id), user_id, key_id: id(IdKind::KeyId) })
}

/// The first of the ids asked for that the import cannot do without and that was not entered.
pub(super) fn lacking(asked: &[AskedId], typed: Entered<'_>) -> Option<IdKind> {
    let lacks = |asked: &&AskedId| !asked.optional && typed.get(asked.kind).is_none();
    asked.iter().find(lacks).map(|asked| asked.kind)
}

/// The ids that a credential is stored with.
///
/// # Errors
/// [`Error::ImportIncomplete`], [`Error::TypedIdInvalid`].
pub(super) fn ids_of(known: &KnownIds, typed: Entered<'_>, provider: &Provider) -> Result<Ids, Error> {
    let asked = asked_ids(known, Some(provider));
    for kind in [IdKind::ClientId, IdKind::UserId, IdKind::KeyId] {
        if let Some(id) = entered(known, typed, &asked, kind) {
            // A key that was pasted into the wrong field must not come into the catalogue.
            key_file::check_id(id).map_err(|why| Error::TypedIdInvalid { what: name_of(kind), why })?;
        }
    }
    if let Some(kind) = lacking(&asked, typed) {
        return Err(Error::ImportIncomplete { what: name_of(kind) });
    }
    known_ids(known, typed, &asked).ok_or(Error::ImportIncomplete { what: name_of(IdKind::UserId) })
}

fn name_of(kind: IdKind) -> &'static str {
    match kind {
        IdKind::UserId => "user id",
        IdKind::ClientId => "client id",
        IdKind::KeyId => "key id",
    }
}

/// A client id is the service user's id where the provider knows one id only.
fn label(kind: IdKind, provider: Option<&Provider>) -> String {
    let Some(ids) = provider.map(|provider| &provider.ids) else { return String::new() };
    let label = match kind {
        IdKind::ClientId if !ids.client_id.is_empty() => &ids.client_id,
        IdKind::ClientId | IdKind::UserId => &ids.user_id,
        IdKind::KeyId => &ids.key_id,
    };
    label.clone()
}

/// Which ids, each with whether the import works without it.
type Wanted = Vec<(IdKind, bool)>;

fn usually(known: &KnownIds) -> Wanted {
    match known.kind {
        CredentialKind::PrivateKey => {
            let wanted = [IdKind::UserId, IdKind::KeyId].into_iter().filter(|kind| known.get(*kind).is_none());
            wanted.map(|kind| (kind, false)).collect()
        }
        CredentialKind::ClientSecret if !known.names_owner() => vec![(IdKind::ClientId, false), (IdKind::UserId, true)],
        CredentialKind::PersonalToken if !known.names_owner() => vec![(IdKind::UserId, false)],
        CredentialKind::ClientSecret | CredentialKind::PersonalToken | CredentialKind::ApplicationKey => Vec::new(),
    }
}

fn with_key(known: &KnownIds, provider: &Provider) -> Wanted {
    let two_ids = provider.tells_client_from_user();
    let user_id = if two_ids { known.user_id.is_none() } else { !known.names_owner() };
    let mut wanted = Vec::new();
    if user_id {
        wanted.push((IdKind::UserId, false));
    } else if provider.speaks_for_users() {
        wanted.push((IdKind::UserId, true));
    }
    if two_ids && known.client_id.is_none() {
        wanted.push((IdKind::ClientId, false));
    }
    if known.key_id.is_none() {
        match provider.key_id_rule() {
            KeyIdRule::Required => wanted.push((IdKind::KeyId, false)),
            KeyIdRule::IfKnown => wanted.push((IdKind::KeyId, true)),
            KeyIdRule::Never => {}
        }
    }
    wanted
}

/// A secret, or a token that is sent like one, uses its client id. The service user's own id is different, and only
/// some providers ever name it.
fn with_client_id(known: &KnownIds, provider: &Provider) -> Wanted {
    let two_ids = provider.names_users_beside_secrets();
    let mut wanted = Vec::new();
    let client_id = if two_ids { known.client_id.is_none() } else { !known.names_owner() };
    if client_id {
        wanted.push((IdKind::ClientId, false));
    }
    if two_ids && known.user_id.is_none() {
        // Where the server's first answer tells it, nobody has to look it up.
        wanted.push((IdKind::UserId, provider.userinfo.subject_is_user));
    } else if client_id && known.user_id.is_none() && provider.ids.knows_client_ids() {
        wanted.push((IdKind::UserId, true));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::EnvironmentId;
    use crate::key_file::Material;
    use crate::mint::ReviewId;
    use crate::provider::Shape;
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

    fn of(file: &KeyFile, request: &ImportRequest, provider: &Provider) -> Result<Ids, Error> {
        ids_of(&KnownIds::of(file), Entered::of(request), provider)
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
            // The request names the user, and so do the calls that create and remove credentials.
            ("box", secret(), &["ClientId", "UserId"]),
            ("box", with_ids(secret(), false, true, false), &["UserId"]),
            // The first response contains the id.
            ("frontier-rest", with_ids(secret(), false, true, false), &["UserId?"]),
            ("frontier-connect", with_ids(secret(), true, true, false), &[]),
            ("shield", with_ids(token(), false, true, false), &["UserId?"]),
            ("zitadel", token(), &["UserId"]),
        ] {
            assert_eq!(words(&asked_ids(&KnownIds::of(&file), Some(provider(id)))), expected, "{id} {:?}", file.shape);
        }
    }

    #[test]
    fn without_a_provider_what_most_want_is_asked_for() {
        let check = |known: KnownIds, expected: &[&str]| assert_eq!(words(&asked_ids(&known, None)), expected);
        let none = KnownIds::none;
        check(none(CredentialKind::PrivateKey), &["UserId", "KeyId"]);
        check(KnownIds { user_id: Some("17".into()), ..none(CredentialKind::PrivateKey) }, &["KeyId"]);
        check(none(CredentialKind::ApplicationKey), &[]);
        check(none(CredentialKind::ClientSecret), &["ClientId", "UserId?"]);
        check(KnownIds { client_id: Some("orders".into()), ..none(CredentialKind::ClientSecret) }, &[]);
        check(none(CredentialKind::PersonalToken), &["UserId"]);
    }

    #[test]
    fn an_id_is_called_what_the_console_calls_it_and_a_clients_what_the_users_is_where_there_is_one_only() {
        let of = |id: &str, kind| label(kind, Some(provider(id)));
        assert_eq!(of("google", IdKind::UserId), "Client e-mail");
        assert_eq!(of("google", IdKind::ClientId), "Client e-mail");
        assert_ne!(of("box", IdKind::ClientId), of("box", IdKind::UserId));
        assert_eq!(label(IdKind::KeyId, None), "");
    }

    #[test]
    fn what_was_entered_goes_before_the_file_only_where_clients_speak_for_users() {
        let typed = |user_id: &str| ImportRequest {
            user_id: Some(user_id.to_owned()).filter(|id| !id.is_empty()),
            ..ImportRequest::of(ReviewId(Uuid::nil()), EnvironmentId(Uuid::nil()))
        };
        let user_id = |id: &str, text: &str| {
            let ids = of(&with_ids(key(), true, true, true), &typed(text), provider(id)).expect("complete");
            assert_eq!((ids.client_id.as_deref(), ids.key_id.as_deref()), (Some("client"), Some("key")));
            ids.user_id
        };
        assert_eq!(user_id("box", ""), "user");
        assert_eq!(user_id("box", " 4711 "), "4711");
        assert_eq!(user_id("stackit", "4711"), "user");
        let secret = with_ids(secret(), false, true, false);
        let error = of(&secret, &typed(""), provider("box")).map(|ids| ids.user_id).expect_err("incomplete");
        assert_eq!(error.code(), "import-incomplete");
        assert_eq!(of(&secret, &typed(""), provider("okta")).expect("complete").user_id, "client");
    }

    #[test]
    fn a_client_id_that_was_typed_goes_before_the_one_beside_a_secret() {
        let typed = |client_id: &str| ImportRequest {
            client_id: Some(client_id.to_owned()),
            ..ImportRequest::of(ReviewId(Uuid::nil()), EnvironmentId(Uuid::nil()))
        };
        let user_id = |text: &str| of(&with_ids(secret(), false, true, false), &typed(text), provider("keycloak"));
        assert_eq!(user_id(" night-bot ").expect("complete").user_id, "night-bot");
        assert_eq!(user_id("").expect("complete").user_id, "client");
        assert_eq!(user_id("\u{feff}").map(|ids| ids.user_id).expect_err("nobody sees it").code(), "typed-id-invalid");
        let key = of(&with_ids(key(), true, true, true), &typed("other"), provider("stackit")).expect("complete");
        assert_eq!(key.client_id.as_deref(), Some("client"), "a key's file says whose it is");
    }
}
