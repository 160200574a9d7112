//! `cargo xtask prepare`: checks every query against a database created from the migrations, and writes what the
//! compiler needs to know about them, so that a build needs no database.

use std::fs::{self, File, FileTimes};
use std::path::PathBuf;
use std::process::Command;

use crate::packages;
use crate::tools::{self, Failure, Outcome};

/// Rewrites `.sqlx/`.
///
/// # Errors
/// A migration or a query doesn't match the schema.
pub(crate) fn run() -> Outcome {
    packages::ensure(&[packages::QUERIES])?;
    let scratch = tools::scratch()?;
    let database = scratch.join("queries.db");
    let written = scratch.join("queries");
    for stale in ["queries.db", "queries.db-wal", "queries.db-shm"] {
        fs::remove_file(scratch.join(stale)).or_else(missing_is_fine)?;
    }
    fs::remove_dir_all(&written).or_else(missing_is_fine)?;
    fs::create_dir_all(&written)?;

    let core = tools::root().join("crates/mintage-core");
    for migration in migrations(&core.join("migrations"))? {
        let sql = File::open(&migration)?;
        let status = Command::new("sqlite3").arg("-bail").arg(&database).stdin(sql).status()?;
        if !status.success() {
            return Err(Failure::new(format!("`{}` isn't valid SQL", migration.display())));
        }
    }

    // Queries are checked when the crate is compiled, so it must look changed.
    touch(&core.join("src/lib.rs"))?;
    let mut check = tools::cargo(["check", "--package", "mintage-core", "--all-targets"]);
    check.env("DATABASE_URL", format!("sqlite://{}", database.display()));
    check.env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", &written);
    tools::run(&mut check)?;
    replace(&written, &tools::root().join(".sqlx"))
}

fn migrations(folder: &std::path::Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<_>>>()?;
    let mut files: Vec<PathBuf> =
        entries.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "sql")).collect();
    files.sort();
    Ok(files)
}

/// Copies file by file: the scratch folder may be on another disk.
fn replace(from: &std::path::Path, to: &std::path::Path) -> Outcome {
    fs::remove_dir_all(to).or_else(missing_is_fine)?;
    fs::create_dir_all(to)?;
    let mut count = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
        count += 1;
    }
    println!("{count} queries in {}", to.display());
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a file's time is the machine's")]
fn touch(file: &std::path::Path) -> Outcome {
    File::options().append(true).open(file)?.set_times(FileTimes::new().set_modified(std::time::SystemTime::now()))?;
    Ok(())
}

fn missing_is_fine(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}
