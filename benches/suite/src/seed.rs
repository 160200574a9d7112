//! A catalogue of ten thousand **service users**, as a large organisation might have.

use std::path::Path;

use mintage_core::catalog::Catalog;
use mintage_core::credential::{Credential, CredentialKind, CredentialState, Source};
use mintage_core::environment::Environment;
use mintage_core::ids::{CredentialId, EnvironmentId, ServiceUserId};
use mintage_core::jose::KeyFacts;
use mintage_core::service_user::{ServiceUser, ServiceUserDraft};
use time::Duration;
use uuid::Uuid;

use crate::Outcome;
use crate::setup;

pub(crate) const USERS: usize = 10_000;

/// What names are built from: every letter that is typed leaves fewer of them.
const SYLLABLES: [&str; 22] = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "xo",
    "yu", "za", "be",
];

/// The name of a service user, the same in every run.
pub(crate) fn name(number: usize) -> String {
    // A multiplier without a factor in common with the count visits every combination once.
    let spread = number * 7_919 % SYLLABLES.len().pow(3);
    let [a, b, c] = [spread % 22, spread / 22 % 22, spread / 484].map(|at| SYLLABLES[at]);
    format!("{a}{b}{c}-service-{number}")
}

/// Fills the catalogue in this folder: four environments, ten thousand service users, one key for each.
pub(crate) async fn fill(folder: &Path) -> Outcome {
    fill_with(folder, USERS).await
}

/// The same with fewer service users.
pub(crate) async fn fill_with(folder: &Path, users: usize) -> Outcome {
    // In memory first, because every row is a transaction that waits for the disk.
    let memory = Path::new("/dev/shm");
    let draft = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
    let catalog = Catalog::open(draft.path()).await?;
    let mut environments = Vec::new();
    for name in ["Alpha", "Beta", "Gamma", "Delta"] {
        let settings = setup::draft(name, &format!("https://{}.example", name.to_lowercase())).read()?;
        let id = EnvironmentId(Uuid::new_v4());
        environments.push(Environment { id, settings, demo: false, created_at: setup::now() });
    }
    for environment in &environments {
        catalog.add_environment(environment).await?;
    }
    let alone = catalog.changing().await?;
    for number in 0..users {
        let user = service_user(number, &environments[number % environments.len()]);
        let credential = credential(number, &user);
        catalog.add_pending(&user, &credential).await?;
        catalog.set_state(&alone, credential.id, CredentialState::Active).await?;
    }
    drop(alone);
    catalog.close().await;
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(draft.path())? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    Ok(())
}

fn service_user(number: usize, environment: &Environment) -> ServiceUser {
    ServiceUser {
        id: ServiceUserId(Uuid::new_v4()),
        environment: environment.id,
        user_id: format!("2005{number:014}"),
        settings: ServiceUserDraft {
            name: name(number),
            scopes: environment.settings.scopes.clone(),
            favourite: number.is_multiple_of(1_000),
            tags: Vec::new(),
            notes: String::new(),
        },
        default_credential: None,
        created_at: setup::now(),
        last_used_at: None,
    }
}

fn credential(number: usize, user: &ServiceUser) -> Credential {
    Credential {
        id: CredentialId(Uuid::new_v4()),
        service_user: user.id,
        kind: CredentialKind::PrivateKey,
        key_id: Some(format!("2006{number:014}")),
        client_id: None,
        key: Some(KeyFacts {
            key_type: "RSA".to_owned(),
            bits: 2048,
            fingerprint: format!("{number:064x}"),
            thumbprint: format!("{number:043}"),
            public_pem: format!("-----BEGIN PUBLIC KEY-----\n{number:0400}\n-----END PUBLIC KEY-----\n"),
            algorithm: None,
        }),
        certificate: None,
        audience: None,
        source: Source::File { name: format!("{number}.json") },
        state: CredentialState::Pending,
        issued_at: None,
        expires_at: number.is_multiple_of(3).then(|| setup::now() + Duration::days(90)),
        imported_at: setup::now(),
        last_used_at: None,
        refused_at: None,
        token_endpoint: None,
    }
}
