use super::*;

const GOOD: &str = r#"
    environment = "staging"
    issuer = "https://auth.staging.example"
    provider = "zitadel"
    profile = "profiles/own.toml"
    user = "ci-bot"
    scopes = ["openid", "urn:zitadel:iam:org:project:id:312909075212468632:aud"]
    audience = ["312909075212468632", "5f0c9a2e-7d1b-4c3a-9e8f-0a1b2c3d4e5f"]
    hosts = ["git.staging.example:8443"]
"#;

#[test]
fn what_is_written_is_read_again() {
    let project = Project::parse(GOOD).unwrap();
    assert_eq!(project.name(), Name { user: Some("ci-bot".into()), environment: Some("staging".into()) });
    assert_eq!(Project::parse(&project.to_text()), Ok(project));
    assert_eq!(Project::parse(""), Ok(Project::default()));
}

#[test]
fn whatever_looks_like_a_secret_is_refused_and_not_repeated() {
    for line in [
        "client_secret = 'hunter2'",
        "token = 'x'",
        "privateKey = 'x'",
        "user = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'",
        "user = '-----BEGIN PRIVATE KEY-----'",
        "issuer = 'https://bob:hunter2@auth.example'",
        "issuer = 'https://auth.example/?k=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MEFCQ0RFRg'",
        "scopes = ['openid', 'ghp_hunter2']",
        "[nested]\npassword = 'hunter2'",
        "audience = ['Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MEFCQ0RFRg==']",
    ] {
        let reason = Project::parse(line).unwrap_err();
        assert!(reason.contains("looks like a secret"), "{line}: {reason}");
        assert!(!reason.contains("hunter2") && !reason.contains("eyJ") && !reason.contains("Zm9"), "{reason}");
    }
}

#[test]
fn unknown_fields_and_paths_elsewhere_are_refused() {
    for text in ["environmnet = 'x'", "environment = 1", "profile = '/etc/passwd'", "profile = '../x.toml'", "= x"] {
        assert!(Project::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_nearest_file_above_counts() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    assert_eq!(Project::find(&deep), Ok(None));
    fs::write(root.path().join(FILE_NAME), "user = 'outer'").unwrap();
    fs::write(root.path().join("a").join(FILE_NAME), "user = 'inner'").unwrap();
    let (path, project) = Project::find(&deep).unwrap().unwrap();
    assert_eq!((path, project.user.as_deref()), (root.path().join("a").join(FILE_NAME), Some("inner")));
    fs::create_dir(deep.join(FILE_NAME)).unwrap();
    assert_eq!(Project::find(&deep).unwrap_err().code, "project-file");
}

#[test]
fn a_file_above_the_repository_does_not_count() {
    let root = tempfile::tempdir().unwrap();
    let inside = root.path().join("repository/src");
    fs::create_dir_all(&inside).unwrap();
    fs::write(root.path().join(FILE_NAME), "user = 'somebody'").unwrap();
    // Without a repository only the folder itself counts.
    assert_eq!(Project::find(&inside), Ok(None));
    assert!(Project::find(root.path()).unwrap().is_some());
    fs::create_dir(root.path().join("repository/.git")).unwrap();
    assert_eq!(Project::find(&inside), Ok(None));
    fs::write(root.path().join("repository").join(FILE_NAME), "user = 'ours'").unwrap();
    assert_eq!(Project::find(&inside).unwrap().unwrap().1.user.as_deref(), Some("ours"));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_have_written_is_refused() {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(FILE_NAME);
    fs::write(&path, "user = 'ci-bot'").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(Project::find(root.path()).unwrap_err().message.ends_with("everyone can write it"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(Project::find(root.path()).unwrap().is_some());
    // Only root can give a file away.
    if nix::unistd::geteuid().is_root() {
        chown(&path, Some(12_345), None).unwrap();
        assert!(Project::find(root.path()).unwrap_err().message.ends_with("it belongs to another user"));
    }
    fs::remove_file(&path).unwrap();
    symlink("elsewhere.toml", &path).unwrap();
    assert!(Project::find(root.path()).unwrap_err().message.ends_with("it isn't a regular file"));
    fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert!(Project::find(root.path()).unwrap_err().message.ends_with("it isn't a regular file"));
}
