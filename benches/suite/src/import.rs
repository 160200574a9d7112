//! What an **import** costs besides its keychain write.
//!
//! Alternating, since each write makes the keyring's file longer and the next write slower: some bare writes, as many key
//! files reviewed and imported, as when they are dropped on the window.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mintage_core::ids::CredentialId;
use mintage_core::keychain::Keychain;
use mintage_core::mint::{ImportRequest, Mint, Review};
use mintage_core::private_key::PrivateKey;
use secret_service::{Collection, EncryptionType, SecretService};
use uuid::Uuid;

use crate::Outcome;
use crate::sample::{Sample, milliseconds};
use crate::setup;
use crate::table::Table;

const KEYS: usize = 100;
/// How many in a row: as many as the window imports together.
const TOGETHER: usize = 20;

/// Measures the import of key files into the session's keychain.
pub(crate) async fn measure(table: &mut Table) -> Outcome {
    eprintln!("creating {KEYS} keys…");
    let keys = tokio::task::spawn_blocking(|| (0..KEYS).map(|_| PrivateKey::generate()).collect::<Result<Vec<_>, _>>());
    let keys = keys.await??;
    let folder = tempfile::tempdir()?;
    let keychain = Keychain::platform();
    let mint = setup::mint_over(&folder.path().join("data"), keychain.clone()).await?;
    let environment = setup::environment(&mint, "Bench", "https://bench.example").await?;
    let service = SecretService::connect(EncryptionType::Dh).await?;
    let keyring = service.get_default_collection().await?;

    let (mut writes, mut reviews, mut imports) = (Sample::default(), Sample::default(), Sample::default());
    let mut stored = Vec::new();
    for (round, keys) in keys.chunks(TOGETHER).enumerate() {
        for key in keys {
            writes.0.push(bare_write(&keyring, key).await?);
        }
        let files = key_files(folder.path(), round, keys)?;
        let start = Instant::now();
        let found = mint.review_files(&files).await?;
        reviews.0.push(milliseconds(start));
        let request = |review: &Review| ImportRequest::of(review.id, environment.id);
        let requests: Vec<_> = found.iter().map(request).collect();
        let start = Instant::now();
        for outcome in mint.import_several(&requests, |_| true).await {
            stored.push(outcome?.credential);
        }
        imports.0.push(milliseconds(start));
    }
    if stored.len() != KEYS {
        return Err(format!("{} of {KEYS} keys were imported", stored.len()).into());
    }
    let ours = reviews.sum() + imports.sum();
    table.time(&format!("import of {KEYS} key files"), ours, &format!("{KEYS} bare keychain writes"), writes.sum());
    table.time("  of it the review", reviews.sum(), &format!("{KEYS} bare keychain writes"), writes.sum());
    table.time("  of it the import", imports.sum(), &format!("{KEYS} bare keychain writes"), writes.sum());
    clean_up(&mint, &stored, &keyring).await
}

/// Writes a key file for each key, of a service user each.
fn key_files(folder: &Path, round: usize, keys: &[PrivateKey]) -> Outcome<Vec<PathBuf>> {
    let write = |(at, key): (usize, &PrivateKey)| {
        let number = round * TOGETHER + at;
        let file = folder.join(format!("{number}.json"));
        std::fs::write(&file, setup::key_file(key, &format!("1005{number:014}"), &format!("1006{number:014}")))?;
        Ok(file)
    };
    keys.iter().enumerate().map(write).collect()
}

/// Creates an item as large as ours, without checking whether it exists and without reading it back.
async fn bare_write(keyring: &Collection<'_>, key: &PrivateKey) -> Outcome<f64> {
    let id = Uuid::new_v4().to_string();
    let attributes = HashMap::from([("application", "mintage-bench"), ("id", id.as_str())]);
    let start = Instant::now();
    keyring.create_item("Mintage bench", attributes, key.der().expose(), false, "application/octet-stream").await?;
    Ok(milliseconds(start))
}

async fn clean_up(mint: &Mint, stored: &[CredentialId], keyring: &Collection<'_>) -> Outcome {
    for id in stored {
        mint.forget_credential(*id).await?;
    }
    for item in keyring.search_items(HashMap::from([("application", "mintage-bench")])).await? {
        item.delete().await?;
    }
    Ok(())
}
