//! What ten thousand service users cost the core: listing them, and the repair at start.

use std::path::Path;
use std::time::Instant;

use mintage_core::credential::Source;
use mintage_core::private_key::PrivateKey;
use mintage_core::secret::Secret;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::Outcome;
use crate::sample::{Sample, milliseconds};
use crate::table::Table;
use crate::{seed, setup};

const ROUNDS: usize = 15;

/// Measures the core over a large catalogue.
pub(crate) async fn measure(table: &mut Table) -> Outcome {
    let folder = tempfile::tempdir()?;
    seed::fill(folder.path()).await?;
    let start = Instant::now();
    let mint = setup::mint_over(folder.path(), setup::keychain_in_memory()?).await?;
    table.time_alone("open a catalogue of 10,000", milliseconds(start));
    let bare = bare_pool(folder.path()).await?;

    let (mut ours, mut theirs, mut reviews) = (Sample::default(), Sample::default(), Sample::default());
    let key = PrivateKey::generate()?;
    for round in 0..ROUNDS {
        let start = Instant::now();
        let rows = mint.service_users(None).await?;
        ours.0.push(milliseconds(start));
        if rows.len() != seed::USERS {
            return Err(format!("got {} rows instead of {}", rows.len(), seed::USERS).into());
        }
        theirs.0.push(bare_select(&bare).await?);
        let text = Secret::new(setup::key_file(&key, "1", &format!("{round}")));
        let start = Instant::now();
        mint.review_text(text, Source::Paste).await?;
        reviews.0.push(milliseconds(start));
    }
    table.time(
        "list of 10,000 service users, in the core",
        ours.median(),
        "SELECT * of the same rows",
        theirs.median(),
    );
    table.time_alone("review of one key file with 10,000 in the catalogue", reviews.median());

    for what in ["repair at start, 10,000 keys newly missing", "repair at start, nothing new"] {
        let start = Instant::now();
        let report = mint.repair().await?;
        table.time_alone(what, milliseconds(start));
        if usize::try_from(report.missing) != Ok(seed::USERS) {
            return Err("the repair didn't notice that the keys are missing".into());
        }
    }
    Ok(())
}

async fn bare_pool(folder: &Path) -> Outcome<SqlitePool> {
    let options = SqliteConnectOptions::new().filename(folder.join("mintage.db")).read_only(true);
    Ok(SqlitePool::connect_with(options).await?)
}

async fn bare_select(pool: &SqlitePool) -> Outcome<f64> {
    let start = Instant::now();
    let users = sqlx::query("SELECT * FROM service_users ORDER BY name_folded").fetch_all(pool).await?;
    let credentials = sqlx::query("SELECT * FROM credentials").fetch_all(pool).await?;
    let took = milliseconds(start);
    if users.len() == credentials.len() { Ok(took) } else { Err("each service user has one credential".into()) }
}
