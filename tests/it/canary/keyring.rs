//! A key's way to a real GNOME Keyring, in a separate session.

use mintage_core::ids::CredentialId;
use mintage_core::keychain::Keychain;
use mintage_core::secret::SecretBytes;
use mintage_testbed::session::Session;
use uuid::Uuid;

use super::logs;
use super::marks::{Marks, der, secret_part};
use crate::own_process::{passes, this_program};

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

/// On its way to a real keyring, a key passes through the message bus library, which logs a lot.
#[test]
fn no_key_gets_into_the_logs_on_its_way_to_the_keyring() {
    let session = Session::start();
    passes(session.join(&mut this_program()), "canary::keyring::the_other_process");
}
