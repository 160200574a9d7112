//! Key files into the keychain: passphrases, files that are deleted, and several at once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use mintage_demo::UserState;
use mintage_testbed::setup::{KEY_ID, USER_ID, key_file};

use crate::machine::{Machine, fixture};

/// A key file whose key is encrypted with a passphrase.
fn encrypted() -> String {
    let key = fixture("throwaway-rsa-2048-a.encrypted-aes256.pem").replace('\n', "\\n");
    format!(r#"{{"type":"serviceaccount","keyId":"{KEY_ID}","key":"{key}","userId":"{USER_ID}"}}"#)
}

#[test]
fn a_passphrase_is_typed_and_never_shown() {
    let Some(machine) = Machine::start() else { return };
    fs::write(machine.session.path("home/encrypted.json"), encrypted()).unwrap();
    let line = "import encrypted.json -e dev --name deploy-bot --try";
    let nobody = machine.run(&format!("{line} --no-input"));
    assert_eq!(nobody.code, Some(9), "{nobody:?}");
    assert!(nobody.out.starts_with("encrypted.json\trefused\t"), "{nobody:?}");

    let question = "Passphrase of encrypted.json: ";
    let (typed, shown) = machine.on_terminal(line, &[(question, "wrong"), (question, PASSPHRASE)]);
    assert_eq!(typed.code, Some(0), "{typed:?} {shown}");
    assert!(!shown.contains(PASSPHRASE) && !typed.out.contains(PASSPHRASE));
    let token = machine.succeeds("token deploy-bot");
    assert!(machine.userinfo(token.trim_end()).starts_with("HTTP/1.1 200"));
}

const PASSPHRASE: &str = "throwaway";

#[test]
fn a_file_is_deleted_only_after_its_key_gave_a_token() {
    let Some(machine) = Machine::start() else { return };
    let file = machine.session.path("home/deploy-bot.json");
    let content = fs::read_to_string(&file).unwrap();
    machine.issuer.set_user_state(USER_ID, UserState::Inactive);
    let kept = machine.json("import deploy-bot.json -e dev --name deploy-bot --remove-file --json");
    assert_eq!((&kept[0]["state"], &kept[0]["removed"]), (&"stored".into(), &false.into()), "{kept}");
    assert_eq!(fs::read_to_string(&file).unwrap(), content, "its key gave no token");
    machine.issuer.set_user_state(USER_ID, UserState::Active);
    let removed = machine.json("import deploy-bot.json -e dev --remove-file --json");
    assert_eq!((&removed[0]["tested"], &removed[0]["removed"]), (&true.into(), &true.into()), "{removed}");
    assert!(!file.exists());
    machine.succeeds("token deploy-bot");
}

#[test]
fn what_can_go_in_goes_in_and_the_rest_is_told() {
    let Some(machine) = Machine::start() else { return };
    fs::write(machine.session.path("home/note.json"), "{\"no\": \"key\"}").unwrap();
    fs::write(machine.session.path("home/other.json"), key_file(USER_ID, "another", "")).unwrap();
    let ran = machine.run("import deploy-bot.json note.json nowhere.json -e dev");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let mut states: Vec<_> =
        ran.out.lines().map(|line| line.split('\t').take(2).collect::<Vec<_>>().join(" ")).collect();
    states.sort();
    assert_eq!(states, ["deploy-bot.json stored", "note.json refused", "nowhere.json refused"], "{ran:?}");
    assert_eq!(machine.json("ls --json").as_array().unwrap().len(), 1);
    assert_eq!(machine.run("import deploy-bot.json -e nowhere").code, Some(3));
    assert_eq!(machine.run("import deploy-bot.json").code, Some(2), "two environments are possible");
}

#[test]
fn what_to_know_about_a_key_is_a_warning() {
    let Some(machine) = Machine::start() else { return };
    let file = machine.session.path("home/open.json");
    fs::write(&file, key_file(USER_ID, KEY_ID, r#","expirationDate":"2020-01-02T03:04:05Z""#)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = machine.run("import open.json -e dev --name deploy-bot");
    assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 1), "{ran:?}");
    let warnings: Vec<_> = ran.err.lines().filter_map(|line| line.strip_prefix("warning: open.json: ")).collect();
    assert!(warnings[0].starts_with("This key expired on") && warnings[1].starts_with("Other users"), "{ran:?}");
    let told = &machine.json("import open.json -e dev --json")[0]["warnings"];
    assert_eq!(*told, serde_json::json!(warnings), "both forms say the same");
}
