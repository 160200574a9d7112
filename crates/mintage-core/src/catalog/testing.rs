//! A catalogue in a temporary folder, and things to put into it. They are identified by numbers: the same number
//! creates the same thing.

use std::path::PathBuf;

use tempfile::TempDir;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Catalog, CatalogError, MintOutcome};
use crate::activity::{Action, ActivityEntry};
use crate::credential::{Credential, CredentialKind, CredentialState, Source};
use crate::environment::{Environment, EnvironmentDraft, Tier};
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::jose::KeyFacts;
use crate::provider::ProviderId;
use crate::service_user::{ServiceUser, ServiceUserDraft};

/// Text that careless storage would break: quotes, SQL, NUL, emoji, right-to-left, a lone accent.
pub(super) const ODD: &str = "it's \"a\"; DROP TABLE x;--\0%_ \u{1F510} שלום \u{202E}abc e\u{301}\n\\u0000";

pub(super) struct TestCatalog {
    folder: TempDir,
    pub(super) catalog: Catalog,
}

impl TestCatalog {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("tests may write to the temporary folder");
        let catalog = Catalog::open(folder.path()).await.expect("an empty folder is openable");
        Self { folder, catalog }
    }

    /// With environment 1 and its service user 1.
    pub(super) async fn with_service_user() -> Self {
        let test = Self::new().await;
        test.catalog.add_environment(&environment(1, "Shop")).await.expect("the name is free");
        test.add_active(1, 1, 1).await;
        test.remove_credential(credential_id(1), false).await.expect("it was just added");
        test
    }

    /// Adds a credential to a service user, which is created if it doesn't exist, and makes it active.
    pub(super) async fn add_active(&self, environment: u32, user: u32, key: u32) {
        self.add_pending(environment, user, key).await;
        self.set_state(credential_id(key), CredentialState::Active).await.expect("it was just added");
    }

    pub(super) async fn add_pending(&self, environment: u32, user: u32, key: u32) {
        let service_user = service_user(environment, user, &format!("user {user}"));
        self.catalog.add_pending(&service_user, &credential(user, key)).await.expect("its key is new");
    }

    pub(super) async fn set_state(&self, id: CredentialId, state: CredentialState) -> Result<(), CatalogError> {
        self.set_states(&[id], state).await
    }

    pub(super) async fn set_states(&self, ids: &[CredentialId], state: CredentialState) -> Result<(), CatalogError> {
        self.catalog.set_states(&self.catalog.changing().await?, ids, state).await
    }

    pub(super) async fn remove_credential(&self, id: CredentialId, and_lonely_user: bool) -> Result<(), CatalogError> {
        self.catalog.remove_credential(&self.catalog.changing().await?, id, and_lonely_user).await
    }

    pub(super) async fn remove_service_user(&self, id: ServiceUserId) -> Result<(), CatalogError> {
        self.catalog.remove_service_user(&self.catalog.changing().await?, id).await
    }

    pub(super) async fn remove_environment(&self, id: EnvironmentId) -> Result<(), CatalogError> {
        self.catalog.remove_environment(&self.catalog.changing().await?, id).await
    }

    pub(super) async fn default_of(&self, user: u32) -> Option<CredentialId> {
        self.catalog.service_user(service_user_id(user)).await.expect("it was added").default_credential
    }

    /// Runs one statement, bypassing the catalogue's functions.
    pub(super) async fn run(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.catalog.pool).await.expect(statement);
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub(super) fn at(second: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000 + second).expect("a time of this century")
}

fn uuid(of: u128, number: u32) -> Uuid {
    Uuid::from_u128((of << 64) + u128::from(number))
}

pub(super) fn environment_id(number: u32) -> EnvironmentId {
    EnvironmentId(uuid(1, number))
}

pub(super) fn service_user_id(number: u32) -> ServiceUserId {
    ServiceUserId(uuid(2, number))
}

pub(super) fn credential_id(number: u32) -> CredentialId {
    CredentialId(uuid(3, number))
}

pub(super) fn environment(number: u32, name: &str) -> Environment {
    let issuer = format!("https://{number}.example.com");
    let draft = EnvironmentDraft {
        scopes: vec!["openid".into()],
        parameters: [("orgId".to_owned(), "7".to_owned())].into(),
        ..EnvironmentDraft::new(name, ProviderId("zitadel".into()), Tier::Development, issuer)
    };
    let settings = draft.read().expect("it is one");
    Environment { id: environment_id(number), settings, demo: false, created_at: at(i64::from(number)) }
}

pub(super) fn service_user(environment: u32, number: u32, name: &str) -> ServiceUser {
    ServiceUser {
        id: service_user_id(number),
        environment: environment_id(environment),
        user_id: format!("{number}"),
        settings: ServiceUserDraft {
            name: name.to_owned(),
            scopes: vec!["openid".into(), "profile".into()],
            favourite: false,
            tags: Vec::new(),
            notes: String::new(),
        },
        default_credential: None,
        created_at: at(0),
        last_used_at: None,
    }
}

/// A pending credential; a higher number is imported later.
pub(super) fn credential(user: u32, number: u32) -> Credential {
    Credential {
        id: credential_id(number),
        service_user: service_user_id(user),
        kind: CredentialKind::PrivateKey,
        key_id: Some(format!("key {number}")),
        client_id: None,
        key: Some(KeyFacts {
            key_type: "RSA".into(),
            bits: 2048,
            fingerprint: format!("fingerprint {number}"),
            thumbprint: format!("thumbprint {number}"),
            public_pem: format!("-----BEGIN PUBLIC KEY-----\n{number}\n-----END PUBLIC KEY-----\n"),
            algorithm: None,
        }),
        certificate: None,
        audience: None,
        source: Source::File { name: format!("{number}.json") },
        state: CredentialState::Pending,
        issued_at: None,
        expires_at: None,
        imported_at: at(i64::from(number)),
        last_used_at: None,
        refused_at: None,
        token_endpoint: None,
    }
}

pub(super) fn entry(number: u32, action: Action) -> ActivityEntry {
    ActivityEntry {
        at: at(i64::from(number)),
        action,
        environment: None,
        environment_name: "Shop".into(),
        service_user: None,
        service_user_name: "deploy bot".into(),
        error_code: None,
        detail: format!("entry {number}"),
        repeated: None,
    }
}

/// What came of a mint with credential 1 of service user 1: a token, and perhaps news of the environment's server.
pub(super) fn outcome(environment: u32, troubled: Option<bool>) -> MintOutcome {
    MintOutcome {
        entry: ActivityEntry { environment: Some(environment_id(environment)), ..entry(environment, Action::Mint) },
        troubled,
        refused: None,
        used: Some((service_user_id(1), credential_id(1))),
        credential: credential_id(1),
    }
}
