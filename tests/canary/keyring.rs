//! The way of a key to a real GNOME Keyring, in a session of its own.

#[path = "../support/session.rs"]
#[expect(dead_code, reason = "the keyring stays unlocked here")]
mod session;

use std::process::Command;

use mintage_core::credential::CredentialId;
use mintage_core::keychain::Keychain;
use mintage_core::secret::SecretBytes;
use session::Session;
use uuid::Uuid;

use super::logs;
use super::marks::{Marks, der, secret_part};

#[tokio::test]
#[ignore = "it is run by the test below, in a session of its own"]
async fn the_other_process() {
    logs::capture();
    let mut marks = Marks::default();
    marks.add("the private key", &secret_part(&der()));
    let (keychain, id) = (Keychain::platform(), CredentialId(Uuid::from_u128(1)));
    keychain.put(id, SecretBytes::new(der())).await.expect("the keyring stores it");
    assert_eq!(keychain.get(id).await.expect("the keyring has it").expose(), der());
    assert_eq!(keychain.list().await.expect("the keyring has it"), [id]);
    keychain.delete(id).await.expect("the keyring deletes it");
    let logs = logs::captured();
    assert!(logs.lines().any(|line| line.starts_with("zbus")), "the message bus logged nothing");
    assert_eq!(marks.find(logs.as_bytes()), None);
}

/// On its way to a real keyring, a key passes through the library of the message bus, which logs much.
#[test]
fn no_key_gets_into_the_logs_on_its_way_to_the_keyring() {
    let session = Session::start();
    let mut command = Command::new(std::env::current_exe().expect("this test is a program"));
    session.join(&mut command).args(["--exact", "keyring::the_other_process", "--ignored"]);
    let output = command.output().expect("this test starts itself");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
