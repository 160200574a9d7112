use std::os::unix::fs::PermissionsExt;

use time::macros::datetime;

use super::*;
use crate::testing::token;

/// The tests' clock; [`token`] ends at 16:00.
fn noon() -> OffsetDateTime {
    datetime!(2026-11-29 12:00:00 UTC)
}

fn shell(script: &str, file: &TokenFile) -> std::process::Command {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script]).env("FILE", file.path());
    command
}

async fn run_in(
    script: &str,
    first: Token,
    renew: impl FnMut() -> Result<Token, Failure> + Send + 'static,
) -> (Result<u8, Failure>, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::at(folder.path().join("token")).unwrap();
    let path = file.path().to_owned();
    let command = shell(script, &file);
    let ended = run(command, file, first, renew, noon).await;
    assert!(!path.exists(), "the file goes with the program");
    (ended, path)
}

fn never() -> Result<Token, Failure> {
    panic!("nothing is renewed here")
}

#[tokio::test]
async fn the_program_reads_its_token_from_a_private_file_and_its_exit_code_is_ours() {
    let script = r#"[ "$(cat "$FILE")" = good ] && [ "$(stat -c %a "$FILE")" = 600 ] && exit 7"#;
    assert_eq!(run_in(script, token("good"), never).await.0, Ok(7));
}

#[tokio::test]
async fn a_token_is_replaced_before_it_ends() {
    let mut short = token("first");
    short.expires_at = Some(noon() + Duration::from_millis(20));
    let script = r#"while [ "$(cat "$FILE")" = first ]; do :; done; exec cat "$FILE" | grep -q second"#;
    assert_eq!(run_in(script, short, || Ok(token("second"))).await.0, Ok(0));
}

#[tokio::test]
async fn a_program_that_a_signal_ends_is_reported_as_shells_tell_it() {
    assert_eq!(run_in("kill -KILL $$", token("x"), never).await.0, Ok(137));
    assert_eq!(run_in("kill -TERM $$", token("x"), never).await.0, Ok(143));
}

#[tokio::test]
async fn a_program_that_cannot_be_run_has_the_shell_s_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::at(folder.path().join("token")).unwrap();
    let failed = run(std::process::Command::new("/nowhere"), file, token("x"), never, noon).await;
    assert_eq!(failed.unwrap_err().exit, Exit::NotFound);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn tokens_are_renewed_in_time_and_short_ones_at_half_time() {
    let due = |seconds| {
        let mut token = token("x");
        token.expires_at = Some(noon() + Duration::from_secs(seconds));
        until_renewal(&token, noon()).unwrap().as_secs()
    };
    assert_eq!((due(3600), due(601), due(600), due(60), due(0)), (3300, 301, 300, 30, 0));
    let mut endless = token("x");
    endless.expires_at = None;
    assert_eq!(until_renewal(&endless, noon()), None);
}

#[test]
fn a_mistyped_path_costs_nobody_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("id_ed25519");
    for mode in [0o600, 0o644] {
        std::fs::write(&path, "mine").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(TokenFile::at(path.clone()).unwrap_err().code, "path-taken", "{mode:o}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    for other in [folder.path().to_owned(), link] {
        assert_eq!(TokenFile::at(other).unwrap_err().code, "path-taken");
    }
}

#[test]
fn what_is_put_there_meanwhile_is_neither_replaced_nor_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    drop(TokenFile::at(path.clone()).unwrap());

    // While a person was asked.
    let mut file = TokenFile::at(path.clone()).unwrap();
    std::fs::write(&path, "mine").unwrap();
    assert_eq!(file.write(&token("x")).unwrap_err().code, "path-taken");
    drop(file);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");

    // While the program ran.
    std::fs::remove_file(&path).unwrap();
    let mut file = TokenFile::at(path.clone()).unwrap();
    file.write(&token("x")).unwrap();
    std::fs::write(&path, "mine").unwrap();
    drop(file);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn an_empty_private_file_is_filled_and_stays_where_no_token_came() {
    let folder = tempfile::tempdir().unwrap();
    let path = tempfile::NamedTempFile::new_in(folder.path()).unwrap().into_temp_path();
    drop(TokenFile::at(path.to_owned()).unwrap());
    assert!(path.exists());
    TokenFile::at(path.to_owned()).unwrap().write(&token("x")).unwrap();
    assert!(!path.exists());
}

#[test]
fn the_folder_for_running_programs_is_private_and_no_disk_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let home = Some(folder.path().join("home").into());
    let nowhere = Surroundings { home, ..Surroundings::default() };
    let somewhere = Surroundings { runtime_dir: Some(folder.path().into()), ..nowhere.clone() };
    let one = TokenFile::in_runtime_folder(&somewhere).unwrap();
    let other = TokenFile::in_runtime_folder(&somewhere).unwrap();
    assert_ne!(one.path(), other.path());
    let mode = one.path().parent().unwrap().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // macOS has no such folder.
    let none = TokenFile::in_runtime_folder(&nowhere).map(drop).map_err(|failure| failure.code);
    let expected = if cfg!(target_os = "macos") { Ok(()) } else { Err("no-runtime-folder".to_owned()) };
    assert_eq!(none, expected);
}
