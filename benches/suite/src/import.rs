//! What an **import** costs besides its keychain write.
//!
//! Alternating, since each write makes the keyring's file longer and the next write slower: one bare write, one key
//! file reviewed and imported.

use std::collections::HashMap;
use std::time::Instant;

use mintage_core::ids::CredentialId;
use mintage_core::keychain::Keychain;
use mintage_core::mint::{ImportRequest, Mint};
use mintage_core::private_key::PrivateKey;
use secret_service::{Collection, EncryptionType, SecretService};
use uuid::Uuid;

use crate::Outcome;
use crate::sample::{Sample, milliseconds};
use crate::setup;
use crate::table::Table;

const KEYS: usize = 100;

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
    for (number, key) in keys.iter().enumerate() {
        let file = folder.path().join(format!("{number}.json"));
        std::fs::write(&file, setup::key_file(key, &format!("1005{number:014}"), &format!("1006{number:014}")))?;
        writes.0.push(bare_write(&keyring, key).await?);
        let start = Instant::now();
        let review = mint.review_files(&[file]).await?.pop().ok_or("there is no review of the key file")?;
        reviews.0.push(milliseconds(start));
        let request =
            ImportRequest { name: format!("service user {number}"), ..ImportRequest::of(review.id, environment.id) };
        let start = Instant::now();
        stored.push(mint.import(&request).await?.credential);
        imports.0.push(milliseconds(start));
    }
    let ours = reviews.sum() + imports.sum();
    table.time(&format!("import of {KEYS} key files"), ours, &format!("{KEYS} bare keychain writes"), writes.sum());
    table.time("  of it the review, one file", reviews.median(), "one bare keychain write", writes.median());
    table.time("  of it the import, one file", imports.median(), "one bare keychain write", writes.median());
    clean_up(&mint, &stored, &keyring).await
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
