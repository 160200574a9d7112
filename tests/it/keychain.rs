//! The keychain against a real GNOME Keyring, each test in a separate session.
//!
//! Every call is made by another process (see [`probe`]), because a session is an environment and a process has only
//! one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::own_process::{only, this_program};
use mintage_core::ids::CredentialId;
use mintage_core::keychain::{Deadlines, Keychain, KeychainError};
use mintage_core::secret::SecretBytes;
use mintage_testbed::display::Display;
use mintage_testbed::process::missing;
use mintage_testbed::session::{PASSWORD, Session};
use serde_json::{Value, json};
use uuid::Uuid;

/// Two names, in the catalogue's format.
const ONE: &str = "6f1c2a52-9d8e-4b57-8f0a-2f1f4b0c9a11";
const TWO: &str = "d2719c0e-3c53-4f0b-a1a5-7a9c1d6e5b22";

#[test]
fn a_key_is_read_by_another_process_than_the_one_that_stored_it() {
    let session = Session::start();
    assert_eq!(Probe::in_session(&session).put(ONE, b"first key"), "ok");
    assert_eq!(Probe::in_session(&session).put(TWO, b"second key"), "ok");
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.get(ONE), Ok(b"first key".to_vec()));
    assert_eq!(probe.ask("list")["ids"], json!([ONE, TWO]));
    assert_eq!(probe.code(&format!("delete {ONE}")), "ok");
    assert_eq!(probe.code(&format!("delete {ONE}")), "ok");
    assert_eq!(probe.get(ONE), Err("keychain-item-missing".into()));
    assert_eq!(probe.get(TWO), Ok(b"second key".to_vec()));
    assert_eq!(probe.ask("list")["ids"], json!([TWO]));
}

#[test]
fn an_item_is_never_replaced() {
    let session = Session::start();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    assert_eq!(probe.put(ONE, b"other key"), "keychain-occupied");
    assert_eq!(probe.get(ONE), Ok(b"first key".to_vec()));
    assert_eq!(search(&session).matches("[/").count(), 1);
}

#[test]
fn the_longest_key_and_every_byte_survive_and_lie_on_the_disk_encrypted() {
    let session = Session::start();
    let file = || std::fs::read(session.path("data/keyrings/login.keyring")).expect("the keyring is a file");
    let (key, empty) = (long_key(), file().len());
    assert_eq!(Probe::in_session(&session).put(ONE, &key), "ok");
    assert_eq!(Probe::in_session(&session).get(ONE), Ok(key.clone()));
    let file = file();
    // Otherwise this wouldn't be the file that contains the key.
    assert!(file.len() - empty > key.len(), "the key is not in the keyring's file");
    let base64 = search(&session).lines().find_map(|line| line.strip_prefix("secret = ").map(str::to_owned));
    let base64 = base64.expect("the item has a secret");
    assert!(base64.len() > key.len(), "the secret was not found in its stored form");
    for part in [&key[..24], &key[1_000..1_024], &base64.as_bytes()[..24], &base64.as_bytes()[1_000..1_024]] {
        assert!(!holds(&file, part), "the keyring's file holds a part of the key in clear");
    }
}

#[test]
fn other_programs_see_only_opaque_names() {
    let session = Session::start();
    assert_eq!(Probe::in_session(&session).put(ONE, b"first key"), "ok");
    let seen = search(&session);
    let mut lines: Vec<&str> = seen.lines().filter(|line| !line.is_empty() && !line.starts_with("[/")).collect();
    lines.retain(|line| !["secret = ", "created = ", "modified = "].iter().any(|known| line.starts_with(known)));
    lines.sort_unstable();
    let id = format!("attribute.id = {ONE}");
    let expected =
        ["attribute.application = mintage", &id, "label = Mintage credential", "schema = dev.mintage.Credential"];
    assert_eq!(lines, expected);
}

#[test]
fn a_locked_keyring_says_so_and_nothing_waits_for_a_prompt_that_cannot_open() {
    let session = Session::start();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    assert_eq!(probe.ask("state")["state"], json!({"state": "ready", "name": "GNOME Keyring"}));
    session.lock();
    let locked = json!({"state": "locked", "name": "GNOME Keyring"});
    assert_eq!(probe.ask("state")["state"], locked);
    assert_eq!(probe.get(ONE), Err("keychain-locked".into()));
    assert_eq!(probe.get(TWO), Err("keychain-locked".into()), "what is missing is not known before it is open");
    assert_eq!(probe.put(TWO, b"second key"), "keychain-locked");
    assert_eq!(probe.code(&format!("delete {ONE}")), "keychain-locked");
    assert_eq!(probe.code("unlock"), "keychain-locked");
    assert_eq!(probe.ask("list")["ids"], json!([ONE]));
    assert_eq!(probe.ask("state")["state"], locked);
}

#[test]
fn a_locked_keyring_is_read_after_the_user_has_typed_the_password() {
    let (session, display) = (Session::start(), Display::start());
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    session.allow_prompts(&display);
    session.lock();
    probe.send(&format!("get {ONE}"));
    display.dismiss_prompt();
    assert_eq!(probe.answer()["code"], "keychain-locked", "the prompt was dismissed");
    probe.send(&format!("get {ONE}"));
    display.type_at_prompt(PASSWORD);
    assert_eq!(probe.answer()["hex"], to_hex(b"first key"));
    session.lock();
    probe.send("unlock");
    display.type_at_prompt(PASSWORD);
    assert_eq!(probe.answer()["code"], "ok");
    assert_eq!(probe.ask("state")["state"]["state"], "ready");
}

#[test]
fn a_keyring_that_was_never_unlocked_does_not_tell_its_names() {
    let mut session = Session::start();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    session.restart_keyring_without_password();
    assert_eq!(probe.ask("state")["state"], json!({"state": "locked", "name": "GNOME Keyring"}));
    assert_eq!(probe.code("list"), "keychain-locked");
    assert_eq!(probe.get(ONE), Err("keychain-locked".into()));
    session.restart_keyring();
    assert_eq!(probe.get(ONE), Ok(b"first key".to_vec()));
}

#[test]
fn a_session_without_a_default_keyring_says_so() {
    let mut session = Session::start_without_keyring();
    session.restart_keyring_without_password();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.ask("state")["state"], json!({"state": "absent"}));
    for call in [format!("put {ONE} 00"), format!("get {ONE}"), "list".into(), "unlock".into()] {
        assert_eq!(probe.code(&call), "keychain-without-default", "{call}");
    }
}

#[test]
fn a_keyring_that_does_not_answer_is_silent_and_can_come_back() {
    let session = Session::start();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    session.stop();
    assert_eq!(probe.code("answer-within 1000"), "ok");
    assert_eq!(probe.get(ONE), Err("keychain-silent".into()));
    assert_eq!(probe.put(TWO, b"second key"), "keychain-silent");
    assert_eq!(probe.ask("state")["state"], json!({"state": "silent"}));
    session.cont();
    assert_eq!(probe.code("answer-within 10000"), "ok");
    assert_eq!(probe.get(ONE), Ok(b"first key".to_vec()));
    assert_eq!(probe.put(TWO, b"second key"), "ok");
    assert_eq!(search(&session).matches("[/").count(), 2);
}

#[test]
fn a_keyring_that_falls_silent_in_the_middle_is_noticed_by_the_one_who_holds_a_session() {
    let session = Session::start();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.code("answer-within 1500"), "ok");
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    session.stop();
    assert_eq!(probe.get(ONE), Err("keychain-silent".into()));
    session.cont();
    assert_eq!(probe.get(ONE), Ok(b"first key".to_vec()));
}

#[test]
fn one_process_goes_on_when_the_keyring_is_killed_and_started_again() {
    let mut session = Session::start();
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.put(ONE, b"first key"), "ok");
    session.kill_keyring();
    assert_eq!(probe.get(ONE), Err("keychain-absent".into()));
    assert_eq!(probe.ask("state")["state"], json!({"state": "absent"}));
    session.restart_keyring();
    assert_eq!(probe.get(ONE), Ok(b"first key".to_vec()));
    // And if nothing was asked in between, so that the process still has the lost session.
    session.restart_keyring();
    assert_eq!(probe.put(TWO, b"second key"), "ok");
    session.restart_keyring();
    assert_eq!(probe.get(TWO), Ok(b"second key".to_vec()));
    assert_eq!(search(&session).matches("[/").count(), 2);
}

#[test]
fn without_a_keyring_or_a_bus_nothing_is_stored() {
    let session = Session::start_without_keyring();
    let mut no_bus = this_program();
    session.join(&mut no_bus).env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", session.path("none").display()));
    let mut no_address = this_program();
    session.join(&mut no_address).env_remove("DBUS_SESSION_BUS_ADDRESS");
    for mut probe in [Probe::in_session(&session), Probe::start(&mut no_bus), Probe::start(&mut no_address)] {
        assert_eq!(probe.ask("state")["state"], json!({"state": "absent"}));
        for call in [format!("put {ONE} 00"), format!("get {ONE}"), "list".into(), "unlock".into()] {
            assert_eq!(probe.code(&call), "keychain-absent", "{call}");
        }
    }
}

#[test]
fn items_that_others_have_put_under_our_names_are_not_trusted() {
    let session = Session::start();
    for copy in ["1", "2"] {
        plant(&session, &["application", "mintage", "id", ONE, "copy", copy]);
    }
    plant(&session, &["application", "mintage", "id", TWO]);
    plant(&session, &["application", "mintage", "id", "no-uuid"]);
    plant(&session, &["application", "other"]);
    let mut probe = Probe::in_session(&session);
    assert_eq!(probe.get(ONE), Err("keychain-ambiguous".into()));
    assert_eq!(probe.put(ONE, b"first key"), "keychain-ambiguous");
    assert_eq!(probe.code(&format!("delete {ONE}")), "keychain-ambiguous");
    assert_eq!(probe.get(TWO), Err("keychain-failed".into()), "it is not base64");
    assert_eq!(probe.ask("list")["ids"], json!([ONE, ONE, TWO]));
}

/// Not a test: the process that the tests above talk to. Reads one command per line, and responds with a line of JSON
/// on its error output, since the harness uses the other.
#[test]
#[ignore = "the other process of the tests in this file"]
fn probe() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime is made");
    let mut keychain = Keychain::platform();
    for line in std::io::stdin().lines() {
        let line = line.expect("commands are text");
        let words: Vec<&str> = line.split(' ').collect();
        let mut answer = runtime.block_on(obey(&mut keychain, &words)).unwrap_or_else(|error| json!(error.code()));
        if answer.is_string() {
            answer = json!({ "code": answer });
        }
        writeln!(std::io::stderr(), "{answer}").expect("the other process listens");
    }
}

async fn obey(keychain: &mut Keychain, words: &[&str]) -> Result<Value, KeychainError> {
    let id = |word: &str| CredentialId(Uuid::parse_str(word).expect("an id is a UUID"));
    match words {
        ["put", name, hex] => keychain.put(id(name), SecretBytes::new(from_hex(hex))).await?,
        ["get", name] => {
            let secret = keychain.get(id(name)).await?;
            return Ok(json!({ "code": "ok", "hex": to_hex(secret.expose()) }));
        }
        ["delete", name] => keychain.delete(id(name)).await?,
        ["list"] => return Ok(json!({ "code": "ok", "ids": keychain.list().await? })),
        ["state"] => return Ok(json!({ "code": "ok", "state": keychain.state().await })),
        ["unlock"] => keychain.unlock().await?,
        ["answer-within", milliseconds] => {
            let answer = Duration::from_millis(milliseconds.parse().expect("a number of milliseconds"));
            *keychain = keychain.clone().with_deadlines(Deadlines { answer, ..Deadlines::default() });
        }
        _ => panic!("unknown command {words:?}"),
    }
    Ok(json!("ok"))
}

/// The other process.
struct Probe {
    process: Child,
    commands: ChildStdin,
    answers: mpsc::Receiver<String>,
}

impl Probe {
    fn in_session(session: &Session) -> Self {
        let mut command = this_program();
        Self::start(session.join(&mut command))
    }

    fn start(command: &mut Command) -> Self {
        only(command, "keychain::probe").arg("--nocapture");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("this test starts itself");
        let commands = process.stdin.take().expect("its input is a pipe");
        let errors = process.stderr.take().expect("its error output is a pipe");
        let (tell, answers) = mpsc::channel();
        std::thread::spawn(move || BufReader::new(errors).lines().map_while(Result::ok).try_for_each(|l| tell.send(l)));
        Self { process, commands, answers }
    }

    fn ask(&mut self, command: &str) -> Value {
        self.send(command);
        self.answer()
    }

    fn send(&mut self, command: &str) {
        writeln!(self.commands, "{command}").expect("the other process listens");
    }

    fn answer(&mut self) -> Value {
        // Longer than the longest deadline of the keychain: only a hang takes this long.
        let answer = self.answers.recv_timeout(Duration::from_secs(120)).expect("the keychain hangs");
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("the other process said: {answer}"))
    }

    fn code(&mut self, command: &str) -> String {
        self.ask(command)["code"].as_str().expect("every answer has a code").to_owned()
    }

    fn put(&mut self, id: &str, secret: &[u8]) -> String {
        self.code(&format!("put {id} {}", to_hex(secret)))
    }

    fn get(&mut self, id: &str) -> Result<Vec<u8>, String> {
        let answer = self.ask(&format!("get {id}"));
        match answer["hex"].as_str() {
            Some(hex) => Ok(from_hex(hex)),
            None => Err(answer["code"].as_str().expect("every answer has a code").to_owned()),
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // It has nothing to finish: every command was answered.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As long as RSA-4096 in PKCS#8, and with every byte.
fn long_key() -> Vec<u8> {
    (0..2_373_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()
}

/// What `secret-tool` finds of our items; it prints attributes on its error output.
fn search(session: &Session) -> String {
    let mut command = Command::new("secret-tool");
    session.join(&mut command).args(["search", "--all", "application", "mintage"]);
    let output = command.output().unwrap_or_else(|error| missing("secret-tool", "libsecret-tools", &error));
    [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("\n").trim().to_owned()
}

/// Puts an item into the keyring as another program would.
fn plant(session: &Session, attributes: &[&str]) {
    let mut command = Command::new("secret-tool");
    session.join(&mut command).args(["store", "--label=planted"]).args(attributes).stdin(Stdio::piped());
    let started = command.spawn();
    let mut tool = started.unwrap_or_else(|error| missing("secret-tool", "libsecret-tools", &error));
    tool.stdin.take().expect("its input is a pipe").write_all(b"not ours!").expect("it reads the secret");
    assert!(tool.wait().expect("it ends").success(), "secret-tool stored nothing");
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}
