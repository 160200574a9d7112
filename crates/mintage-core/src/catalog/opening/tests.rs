use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType};

use super::*;
use crate::catalog::testing::{TestCatalog, environment};
use crate::catalog::{Catalog, MIGRATOR};

#[cfg(unix)]
mod killed;

/// The product's migrations and one more.
fn migrator_with(next: &'static str) -> Migrator {
    let mut migrations: Vec<_> = MIGRATOR.iter().cloned().collect();
    let sql = next.into_sql_str();
    migrations.push(Migration::new(known() + 1, "next".into(), MigrationType::Simple, sql, false));
    Migrator::with_migrations(migrations)
}

fn known() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().expect("there is a first migration")
}

async fn names(folder: &Path) -> Vec<String> {
    let environments = Catalog::open(folder).await.unwrap().environments().await.unwrap();
    environments.into_iter().map(|environment| environment.settings.name).collect()
}

/// A folder whose catalogue contains the environment `Shop` and is closed.
async fn folder_with_shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).await.unwrap();
    catalog.add_environment(&environment(1, "Shop")).await.unwrap();
    catalog.close().await;
    folder
}

#[test]
fn a_released_migration_is_never_edited() {
    // One line per migration, added with it. A difference means that existing catalogues would be rejected.
    let released = ["1 6b06f58bc2aa50c8"];
    let found: Vec<_> = MIGRATOR
        .iter()
        .map(|migration| {
            let digits: String = migration.checksum.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("{} {digits}", migration.version)
        })
        .collect();
    assert_eq!(found, released);
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let folder = folder_with_shop().await;
    assert_eq!(names(folder.path()).await, ["Shop"]);
    assert_eq!(names(folder.path()).await, ["Shop"]);
}

#[tokio::test]
async fn folders_that_do_not_exist_are_made_whatever_their_names() {
    let top = tempfile::tempdir().unwrap();
    // Windows has no colon and no question mark in names.
    let odd =
        if cfg!(windows) { ["file-x&mode=ro", "ä \u{1F510} #%41"] } else { ["file:x?mode=ro", "ä \u{1F510} #%41?"] };
    for name in ["a/b/c", odd[0], odd[1], "it's", "."] {
        let folder = top.path().join(name);
        Catalog::open(&folder).await.expect(name).add_environment(&environment(1, "Shop")).await.expect(name);
        assert!(folder.join("mintage.db").is_file(), "{name}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn folder_and_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("data/mintage");
    let catalog = Catalog::open(&folder).await.unwrap();
    catalog.add_environment(&environment(1, "Shop")).await.unwrap();
    assert_eq!((mode(&top.path().join("data")), mode(&folder)), (0o700, 0o700));
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|found| found.unwrap().path()).collect();
    files.sort();
    let file_names: Vec<_> = files.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(file_names, ["mintage.db", "mintage.db-shm", "mintage.db-wal", "mintage.lock", "mintage.use.lock"]);
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    catalog.close().await;
    fs::set_permissions(folder.join("mintage.db"), fs::Permissions::from_mode(0o644)).unwrap();
    Catalog::open(&folder).await.unwrap();
    assert_eq!(mode(&folder.join("mintage.db")), 0o600);
}

#[tokio::test]
async fn every_connection_is_careful() {
    let test = TestCatalog::new().await;
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = test.catalog.pool.acquire().await.unwrap();
        for (pragma, expected) in
            [("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 5000), ("synchronous", 2)]
        {
            let statement = sqlx::AssertSqlSafe(format!("PRAGMA {pragma}"));
            let found: i64 = sqlx::query_scalar(statement).fetch_one(&mut *connection).await.unwrap();
            assert_eq!(found, expected, "{pragma}");
        }
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await.unwrap();
        assert_eq!(mode, "wal");
        held.push(connection);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_symlinked_folder_is_followed() {
    let folder = folder_with_shop().await;
    let top = tempfile::tempdir().unwrap();
    let link = top.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    assert_eq!(names(&link).await, ["Shop"]);
}

/// Expects opening to fail with causes that contain this sentence.
async fn refused_because(folder: &Path, sentence: &str) {
    let error = Catalog::open(folder).await.expect_err("it cannot be opened");
    let CatalogError::Unopened { path, source } = &error else { panic!("{error:?}") };
    assert!(path.starts_with(folder.to_str().unwrap()), "{path}");
    assert!(source.to_string().contains(sentence), "{source}");
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_refused() {
    let top = tempfile::tempdir().unwrap();
    let file = top.path().join("file");
    fs::write(&file, "mine").unwrap();
    refused_because(&file, "there is a file where its folder should be").await;
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    refused_because(&file.join("below"), "there is a file where its folder should be").await;
    refused_because(&file.join("far").join("below"), "there is a file where its folder should be").await;
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_refused() {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir(top.path().join("mintage.db")).unwrap();
    refused_because(top.path(), "").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_takes_no_files_is_refused() {
    // The one kind of folder that rejects even root, which tests may run as.
    refused_because(Path::new("/proc/self/fd"), "").await;
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_file_is_refused_until_it_is_writable_again() {
    let folder = folder_with_shop().await;
    let file = folder.path().join("mintage.db");
    set_mode(&file, 0o400);
    refused_because(folder.path(), "the file is read-only").await;
    set_mode(&file, 0o600);
    assert_eq!(names(folder.path()).await, ["Shop"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_is_refused_until_it_is_writable_again() {
    let folder = folder_with_shop().await;
    let empty = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o500);
    set_mode(empty.path(), 0o500);
    if fs::write(folder.path().join("probe"), "").is_ok() {
        return; // Root may write everywhere; `a_folder_that_takes_no_files_is_refused` still runs.
    }
    refused_because(folder.path(), "readonly").await;
    refused_because(empty.path(), "Permission denied").await;
    refused_because(&empty.path().join("below"), "Permission denied").await;
    set_mode(folder.path(), 0o700);
    assert_eq!(names(folder.path()).await, ["Shop"]);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damaged_and_left_alone() {
    let almost = [b"SQLite format 3\0".as_slice(), &[7; 5000]].concat();
    for content in [b"x".as_slice(), b"not a database\n", &[0; 4096], &[b'{'; 9999], &almost, &almost[..16]] {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("mintage.db");
        fs::write(&file, content).unwrap();
        let error = Catalog::open(top.path()).await.err();
        let Some(CatalogError::Damaged { path }) = &error else { panic!("{} bytes: {error:?}", content.len()) };
        assert_eq!(Path::new(path), file);
        assert_eq!(fs::read(&file).unwrap(), content);
    }
}

#[tokio::test]
async fn a_damaged_page_is_found_on_opening() {
    let folder = folder_with_shop().await;
    let file = folder.path().join("mintage.db");
    let mut content = fs::read(&file).unwrap();
    let page = content.len() / 4096 / 2 * 4096;
    content[page..page + 4096].fill(0x5a);
    fs::write(&file, &content).unwrap();
    let error = Catalog::open(folder.path()).await.expect_err("it is damaged");
    assert!(matches!(error, CatalogError::Damaged { .. }), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), content);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mintage.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE theirs (id)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = fs::read(&file).unwrap();
    let error = Catalog::open(folder.path()).await.expect_err("it is not ours");
    assert!(matches!(error, CatalogError::Foreign { .. }), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

/// The first migration as it was before the first release, and the last of its successors.
#[tokio::test]
async fn a_catalogue_from_before_the_first_release_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let statements = ["CREATE TABLE environments (id TEXT, name TEXT)", "ALTER TABLE environments ADD COLUMN tier"];
    let old = (1..)
        .zip(statements)
        .map(|(version, sql)| Migration::new(version, "old".into(), MigrationType::Simple, sql.into_sql_str(), false));
    open(folder.path(), &Migrator::with_migrations(old.collect())).await.unwrap().close().await;
    let before = fs::read(folder.path().join("mintage.db")).unwrap();
    for _attempt in 0..2 {
        let error = Catalog::open(folder.path()).await.expect_err("nobody reads it");
        assert!(matches!(error, CatalogError::PreRelease { .. }), "{error:?}");
    }
    let error = crate::catalog::CatalogReader::open(folder.path()).await.expect_err("nor its reader");
    assert!(matches!(error, CatalogError::PreRelease { .. }), "{error:?}");
    assert_eq!(fs::read(folder.path().join("mintage.db")).unwrap(), before);
}

#[tokio::test]
async fn a_newer_catalogue_is_refused_with_its_version() {
    let folder = folder_with_shop().await;
    open(folder.path(), &migrator_with("CREATE TABLE more (id)")).await.unwrap().close().await;
    let before = fs::read(folder.path().join("mintage.db")).unwrap();
    let error = Catalog::open(folder.path()).await.expect_err("it is newer");
    let CatalogError::Newer { found, known: up_to } = error else { panic!("{error:?}") };
    assert_eq!((found, up_to), (known() + 1, known()));
    assert_eq!(fs::read(folder.path().join("mintage.db")).unwrap(), before);
}

#[tokio::test]
async fn a_catalogue_is_not_migrated_under_a_running_program_that_knows_the_old_form() {
    let folder = folder_with_shop().await;
    let next = migrator_with("UPDATE environments SET settings = json_set(settings, '$.name', 'changed')");
    let running = Catalog::open(folder.path()).await.unwrap();
    let error = open(folder.path(), &next).await.expect_err("it is in use");
    let CatalogError::OlderRunning { found, known: needed } = error else { panic!("{error:?}") };
    assert_eq!((found, needed), (known(), known() + 1));
    assert_eq!(running.environments().await.unwrap()[0].settings.name, "Shop");
    drop(running);
    open(folder.path(), &next).await.expect("nobody has it open any more");
}

/// Replaces the catalogue with its one backup and reads it.
async fn names_in_backup(folder: &Path) -> Vec<String> {
    let elsewhere = tempfile::tempdir().unwrap();
    let backup = folder.join(format!("mintage.db.backup-v{}", known()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(!backup.with_extension(format!("backup-v{}.partial", known())).exists());
    fs::copy(backup, elsewhere.path().join("mintage.db")).unwrap();
    names(elsewhere.path()).await
}

#[tokio::test]
async fn a_catalogue_is_backed_up_before_it_is_migrated() {
    let folder = folder_with_shop().await;
    let catalog = open(
        folder.path(),
        &migrator_with("UPDATE environments SET settings = json_set(settings, '$.name', 'changed')"),
    )
    .await
    .unwrap();
    let name: String =
        sqlx::query_scalar("SELECT settings ->> 'name' FROM environments").fetch_one(&catalog.pool).await.unwrap();
    assert_eq!(name, "changed");
    assert_eq!(names_in_backup(folder.path()).await, ["Shop"]);
}

#[tokio::test]
async fn a_failed_migration_leaves_the_catalogue_as_it_was_beside_its_backup() {
    let folder = folder_with_shop().await;
    let migrator = migrator_with(
        "UPDATE environments SET settings = json_set(settings, '$.name', 'changed'); CREATE TABLE environments (id)",
    );
    for _attempt in 0..2 {
        let error = open(folder.path(), &migrator).await.expect_err("the table exists");
        assert!(matches!(error, CatalogError::Migration(_)), "{error:?}");
        assert_eq!(names_in_backup(folder.path()).await, ["Shop"]);
    }
    assert_eq!(names(folder.path()).await, ["Shop"]);
}

#[tokio::test]
async fn nothing_is_backed_up_where_nothing_is_migrated() {
    let folder = folder_with_shop().await;
    Catalog::open(folder.path()).await.unwrap().close().await;
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|found| found.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["mintage.db", "mintage.lock", "mintage.use.lock"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_catalogue_is_opened_by_many_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut openings = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let folder = folder.path().to_owned();
        openings.spawn(async move { Catalog::open(&folder).await.map(drop) });
    }
    while let Some(opened) = openings.join_next().await {
        opened.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_file_that_another_program_keeps_locked_is_said_to_be_locked() {
    let test = TestCatalog::new().await;
    let impatient = SqliteConnectOptions::new().filename(test.file("mintage.db")).busy_timeout(Duration::ZERO);
    let mut other = impatient.connect().await.unwrap();
    let _writing = test.catalog.writing().await.unwrap();
    let error = sqlx::query("DELETE FROM settings").execute(&mut other).await.expect_err("it is being written");
    assert!(matches!(CatalogError::from(error), CatalogError::Locked));
}
