//! A process that is killed while it migrates: the kernel ends it as soon as a file exceeds a size limit, so at every
//! write it makes: of the backup, of the log, in the middle of a page.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use super::*;

/// The environment variable that passes the folder to the other process.
const FOLDER: &str = "MINTAGE_TEST_FOLDER";
/// Writes many pages, in more than one statement.
const NEXT: &str = "ALTER TABLE environments ADD COLUMN ballast TEXT;
    CREATE TABLE ballast AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
        SELECT i, hex(zeroblob(1000)) AS text FROM n;
    UPDATE environments SET settings = json_set(settings, '$.name', 'changed'), ballast = (SELECT max(i) FROM ballast);";

/// What the kernel sends to a process that exceeds its limit.
const SIGXFSZ: i32 = 25;

#[tokio::test]
#[ignore = "it is run by the test below, with a folder"]
async fn the_other_process() {
    let folder = std::env::var_os(FOLDER).expect("this is only run by the test below");
    open(Path::new(&folder), &migrator_with(NEXT)).await.unwrap().close().await;
}

/// Migrates in a process whose files may grow to this many units of `ulimit`; returns whether it finished.
fn migrate_with_files_up_to(units: u32, folder: &Path) -> bool {
    let mut command = Command::new("sh");
    command.args(["-c", r#"ulimit -c 0; ulimit -f "$1"; shift; exec "$@""#, "sh", &units.to_string()]);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", "catalog::opening::tests::killed::the_other_process", "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().unwrap();
    assert!(status.success() || status.signal() == Some(SIGXFSZ), "{status}");
    status.success()
}

#[tokio::test]
async fn a_migration_that_is_killed_at_any_write_is_made_whole_by_the_next_start() {
    const STEP: usize = 9;
    let template = folder_with_shop().await;
    let (mut untouched, mut backed_up) = (0, 0);
    for units in (0_u32..).step_by(STEP) {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(template.path().join(FILE), folder.path().join(FILE)).unwrap();
        if migrate_with_files_up_to(units, folder.path()) {
            break;
        }
        // The version that was there before still opens it, unless the migration had finished.
        match Catalog::open(folder.path()).await {
            Ok(catalog) => {
                assert_eq!(catalog.environments().await.unwrap()[0].settings.name, "Shop");
                catalog.close().await;
                untouched += 1;
            }
            Err(error) => assert!(matches!(error, CatalogError::Newer { .. }), "{error:?}"),
        }
        if folder.path().join(format!("{FILE}.backup-v{}", known())).exists() {
            assert_eq!(names_in_backup(folder.path()).await, ["Shop"]);
            backed_up += 1;
        }
        let catalog = open(folder.path(), &migrator_with(NEXT)).await.unwrap();
        let found: (String, String) = sqlx::query_as("SELECT settings ->> 'name', ballast FROM environments")
            .fetch_one(&catalog.pool)
            .await
            .unwrap();
        assert_eq!(found, ("changed".to_owned(), "40".to_owned()));
        catalog.close().await;
        assert_eq!(names_in_backup(folder.path()).await, ["Shop"]);
    }
    assert!(
        untouched > backed_up && backed_up > 2,
        "killed {untouched} times before its end, {backed_up} after the backup"
    );
}
