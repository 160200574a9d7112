use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::credential::{CredentialState, Source};
use crate::environment::{EnvironmentDraft, Tier};
use crate::ids::EnvironmentId;
use crate::jose::KeyFacts;
use crate::secret::Secret;
use crate::service_user::ServiceUserDraft;
use crate::token::{Authorization, MintTrace, TokenForm};

const NOON: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

/// Everything a key is made from.
#[derive(Clone)]
struct Made {
    environment: Environment,
    profile: Option<&'static str>,
    service_user: ServiceUser,
    credential: Credential,
    wanted: Wanted,
}

impl Made {
    fn new() -> Self {
        let zitadel = ProviderId("zitadel".into());
        let draft = EnvironmentDraft {
            audience: vec!["https://auth.example.com".into()],
            parameters: [("orgId".to_owned(), "7".to_owned())].into(),
            ..EnvironmentDraft::new("Shop", zitadel, Tier::Development, "https://auth.example.com")
        };
        let environment = Environment {
            id: EnvironmentId(Uuid::from_u128(1)),
            settings: draft.read().expect("it is one"),
            demo: false,
            created_at: NOON,
        };
        let service_user = ServiceUser {
            id: ServiceUserId(Uuid::from_u128(2)),
            environment: environment.id,
            user_id: "1".into(),
            settings: ServiceUserDraft {
                name: "deploy".into(),
                scopes: vec!["openid".into()],
                favourite: false,
                tags: Vec::new(),
                notes: String::new(),
            },
            default_credential: Some(CredentialId(Uuid::from_u128(3))),
            created_at: NOON,
            last_used_at: None,
        };
        let wanted = Wanted::usual(&service_user, &environment);
        Self { environment, profile: None, credential: credential(service_user.id), service_user, wanted }
    }

    fn key(&self) -> TokenKey {
        let Self { environment, profile, service_user, credential, wanted } = self;
        TokenKey::new(environment, *profile, service_user, credential, wanted)
    }

    fn with(change: impl FnOnce(&mut Self)) -> TokenKey {
        let mut made = Self::new();
        change(&mut made);
        made.key()
    }
}

fn issuer(text: &str) -> IssuerUrl {
    IssuerUrl::parse(text).expect("it is one")
}

fn credential(of: ServiceUserId) -> Credential {
    let facts = KeyFacts {
        key_type: "RSA".into(),
        bits: 2048,
        fingerprint: "f".into(),
        thumbprint: "t".into(),
        public_pem: "p".into(),
        algorithm: None,
    };
    Credential {
        id: CredentialId(Uuid::from_u128(3)),
        service_user: of,
        kind: CredentialKind::PrivateKey,
        key_id: Some("k".into()),
        client_id: None,
        key: Some(facts),
        certificate: None,
        audience: None,
        source: Source::Paste,
        state: CredentialState::Active,
        issued_at: None,
        expires_at: None,
        imported_at: NOON,
        last_used_at: None,
        refused_at: None,
        token_endpoint: None,
    }
}

fn token(text: &str, expires_at: OffsetDateTime) -> Token {
    Token {
        access_token: Secret::new(text.to_owned()),
        form: TokenForm::Opaque,
        minted_at: NOON,
        expires_at: Some(expires_at),
        requested_scopes: Vec::new(),
        granted_scopes: None,
        authorization: Authorization::Bearer,
        also_said: Vec::new(),
        scopes: Vec::new(),
        credential: CredentialId(Uuid::from_u128(3)),
        subject: None,
        trace: MintTrace::default(),
    }
}

#[test]
fn whatever_shapes_a_token_makes_another_key() {
    let all = [
        ("nothing", Made::new().key()),
        ("scopes", Made::with(|made| made.wanted.scopes.push("email".into()))),
        ("order of scopes", Made::with(|made| made.wanted.scopes.insert(0, "email".into()))),
        ("audience", Made::with(|made| made.wanted.audience.clear())),
        ("service user", Made::with(|made| made.service_user.id = ServiceUserId(Uuid::from_u128(9)))),
        ("user id", Made::with(|made| made.service_user.user_id = "2".into())),
        ("credential", Made::with(|made| made.credential.id = CredentialId(Uuid::from_u128(9)))),
        ("grant", Made::with(|made| made.credential.kind = CredentialKind::ApplicationKey)),
        ("key", Made::with(|made| made.credential.key.as_mut().expect("it has one").thumbprint = "u".into())),
        ("key id", Made::with(|made| made.credential.key_id = None)),
        ("client id", Made::with(|made| made.credential.client_id = Some("c".into()))),
        ("certificate", Made::with(|made| made.credential.certificate = Some("c".into()))),
        ("project", Made::with(|made| made.credential.audience = Some("p".into()))),
        ("provider", Made::with(|made| made.environment.settings.provider = ProviderId("generic".into()))),
        ("profile", Made::with(|made| made.profile = Some("{}"))),
        ("another profile", Made::with(|made| made.profile = Some("{ }"))),
        ("issuer", Made::with(|made| made.environment.settings.issuer = issuer("https://auth.example.com/"))),
        ("endpoint", Made::with(|made| made.environment.settings.endpoints.token = Some("https://x".into()))),
        ("parameter", Made::with(|made| drop(made.environment.settings.parameters.insert("orgId".into(), "8".into())))),
    ];
    for (at, (one, key)) in all.iter().enumerate() {
        for (other, other_key) in &all[at + 1..] {
            assert_ne!(key, other_key, "{one}, {other}");
        }
    }
}

#[test]
fn what_does_not_shape_it_leaves_the_key_as_it_is() {
    let key = Made::new().key();
    for (what, same) in [
        ("name", Made::with(|made| made.environment.settings.name = "x".into())),
        ("tier", Made::with(|made| made.environment.settings.tier = Tier::Production)),
        ("hosts", Made::with(|made| made.environment.settings.confirmed_hosts.push("x".into()))),
        ("tags", Made::with(|made| made.service_user.settings.tags.push("x".into()))),
        ("last use", Made::with(|made| made.credential.last_used_at = Some(NOON))),
    ] {
        assert_eq!(key, same, "{what}");
    }
}

#[test]
fn a_secret_is_its_clients_whatever_the_id_of_its_user_is() {
    let secret = |made: &mut Made| {
        made.credential.kind = CredentialKind::ClientSecret;
        made.credential.client_id = Some("c".into());
    };
    let corrected = Made::with(|made| {
        secret(made);
        made.service_user.user_id = "2".into();
    });
    assert_eq!(Made::with(secret), corrected);
}

#[test]
fn tokens_for_other_scopes_live_beside_the_one_that_is_shown() {
    let (cache, made) = (TokenCache::default(), Made::new());
    let other = Made::with(|made| made.wanted.scopes = vec!["email".into()]);
    cache.keep(made.key(), token("own", NOON), NOON - time::Duration::HOUR);
    cache.keep(other.clone(), token("other", NOON), NOON - time::Duration::HOUR);
    let text = |token: Option<Token>| token.map(|token| token.access_token.expose().to_owned());
    assert_eq!(text(cache.shown(&made.service_user, &made.environment)).as_deref(), Some("own"));
    assert_eq!(text(cache.get(&other).map(|kept| kept.token)).as_deref(), Some("other"));
    let mut rescoped = made.service_user.clone();
    rescoped.settings.scopes = vec!["email".into()];
    assert_eq!(text(cache.shown(&rescoped, &made.environment)).as_deref(), Some("other"));
}

#[test]
fn what_has_expired_goes_when_another_is_kept() {
    let cache = TokenCache::default();
    let (key, other) = (Made::new().key(), Made::with(|made| made.wanted.scopes.clear()));
    cache.keep(key.clone(), token("a", NOON), NOON - time::Duration::HOUR);
    cache.keep(other, token("b", NOON + time::Duration::HOUR), NOON);
    assert!(cache.get(&key).is_none());
}

#[test]
fn one_lock_is_for_one_key_and_none_is_kept_for_long() {
    let cache = TokenCache::default();
    let (key, other) = (Made::new().key(), Made::with(|made| made.wanted.scopes.clear()));
    let held = cache.mint_lock(&key);
    assert!(Arc::ptr_eq(&held, &cache.mint_lock(&key)));
    assert!(!Arc::ptr_eq(&held, &cache.mint_lock(&other)));
    drop(held);
    drop(cache.mint_lock(&other));
    assert_eq!(lock(&cache.mint_locks).len(), 1);
}
