//! The keychain over stores that behave, lie, hang, fail and panic.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, mock};
use uuid::Uuid;

use super::*;

type Read = dyn Fn(keyring_core::Result<Vec<u8>>) -> keyring_core::Result<Vec<u8>> + Send + Sync;
type Write = dyn Fn(keyring_core::Result<()>) -> keyring_core::Result<()> + Send + Sync;

/// The mock store, with control over what its reads and writes return.
#[derive(Clone)]
struct Store {
    mock: Arc<mock::Store>,
    read: Arc<Read>,
    write: Arc<Write>,
}

impl Store {
    fn new() -> Self {
        Self { mock: mock::Store::new().expect("the mock is made"), read: Arc::new(|r| r), write: Arc::new(|r| r) }
    }

    fn reading(
        self,
        read: impl Fn(keyring_core::Result<Vec<u8>>) -> keyring_core::Result<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        Self { read: Arc::new(read), ..self }
    }

    fn writing(
        self,
        write: impl Fn(keyring_core::Result<()>) -> keyring_core::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { write: Arc::new(write), ..self }
    }

    fn keychain(&self) -> Keychain {
        let store = self.clone();
        Keychain::over(move || Ok(Arc::new(store.clone())))
    }
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "Trial store, https://example.com".into()
    }

    fn id(&self) -> String {
        self.mock.id()
    }

    fn build(&self, service: &str, user: &str, modifiers: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        let inner = self.mock.build(service, user, modifiers)?;
        Ok(Entry::new_with_credential(Arc::new(Item { inner, store: self.clone() })))
    }

    fn search(&self, spec: &HashMap<&str, &str>) -> keyring_core::Result<Vec<Entry>> {
        self.mock.search(spec)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

struct Item {
    inner: Entry,
    store: Store,
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> keyring_core::Result<()> {
        (self.store.write)(self.inner.set_secret(secret))
    }

    fn get_secret(&self) -> keyring_core::Result<Vec<u8>> {
        (self.store.read)(self.inner.get_secret())
    }

    fn delete_credential(&self) -> keyring_core::Result<()> {
        self.inner.delete_credential()
    }

    fn get_credential(&self) -> keyring_core::Result<Option<Arc<Credential>>> {
        self.inner.get_credential().map(|_| None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        self.inner.get_specifiers()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Item")
    }
}

fn id(number: u128) -> CredentialId {
    CredentialId(Uuid::from_u128(number))
}

fn secret(bytes: &[u8]) -> SecretBytes {
    SecretBytes::new(bytes.to_vec())
}

/// A failure as a store returns it when its session is gone.
fn no_session() -> Error {
    Error::PlatformFailure("no such session".into())
}

/// Returns `true` to the first caller.
fn first() -> impl Fn() -> bool + Send + Sync {
    let asked = AtomicUsize::new(0);
    move || asked.fetch_add(1, Ordering::SeqCst) == 0
}

const KEY: &[u8] = &[0x30, 0x82, 0xff, 0x00, 0x80];

#[tokio::test]
async fn what_was_put_is_read_listed_and_deleted() {
    let keychain = Store::new().keychain();
    assert_eq!(keychain.get(id(1)).await.map(drop), Err(KeychainError::NotFound));
    keychain.put(id(2), secret(b"other")).await.expect("stored");
    keychain.put(id(1), secret(KEY)).await.expect("stored");
    assert_eq!(keychain.get(id(1)).await.expect("read").expose(), KEY);
    assert_eq!(keychain.list().await, Ok(vec![id(1), id(2)]));
    keychain.delete(id(1)).await.expect("deleted");
    keychain.delete(id(1)).await.expect("one that is not there counts as deleted");
    assert_eq!(keychain.get(id(1)).await.map(drop), Err(KeychainError::NotFound));
    assert_eq!(keychain.list().await, Ok(vec![id(2)]));
}

#[tokio::test]
async fn an_item_is_never_overwritten() {
    let keychain = Store::new().keychain();
    keychain.put(id(1), secret(KEY)).await.expect("stored");
    keychain.put(id(1), secret(KEY)).await.expect("the same bytes are as good as stored");
    assert_eq!(keychain.put(id(1), secret(b"other")).await, Err(KeychainError::Occupied));
    assert_eq!(keychain.get(id(1)).await.expect("read").expose(), KEY);
}

#[tokio::test]
async fn a_store_that_gives_back_something_else_is_found_out() {
    let flip = |read: keyring_core::Result<Vec<u8>>| {
        read.map(|mut bytes| {
            bytes[0] ^= 1;
            bytes
        })
    };
    let lying = Store::new().reading(flip).keychain();
    assert_eq!(lying.put(id(1), secret(KEY)).await, Err(KeychainError::ReadBackDiffers));
    let forgetful = Store::new().reading(|_| Err(Error::NoEntry)).keychain();
    assert_eq!(forgetful.put(id(1), secret(KEY)).await, Err(KeychainError::ReadBackDiffers));
}

#[tokio::test]
async fn a_store_that_lost_its_session_is_made_anew() {
    let fails = first();
    let store = Store::new().reading(move |read| if fails() { Err(no_session()) } else { read });
    let made = Arc::new(AtomicUsize::new(0));
    let (counted, given) = (Arc::clone(&made), store.clone());
    let keychain = Keychain::over(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(Arc::new(given.clone()))
    });
    keychain.put(id(1), secret(KEY)).await.expect("stored at the second attempt");
    assert_eq!(keychain.get(id(1)).await.expect("read").expose(), KEY);
    assert_eq!(made.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_store_that_cannot_be_made_is_made_at_the_next_call() {
    let (fails, store) = (first(), Store::new());
    let keychain = Keychain::over(move || if fails() { Err(no_session()) } else { Ok(Arc::new(store.clone())) });
    keychain.put(id(1), secret(KEY)).await.expect("stored at the second attempt");
    let keychain = Keychain::over(|| Err(no_session()));
    let failed = KeychainError::Failed { operation: "reading" };
    assert_eq!(keychain.get(id(1)).await.map(drop), Err(failed));
}

#[tokio::test]
async fn a_put_whose_answer_was_lost_is_not_written_twice() {
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    let keychain = Store::new().writing(move |wrote| {
        counted.fetch_add(1, Ordering::SeqCst);
        wrote.and(Err(no_session()))
    });
    keychain.keychain().put(id(1), secret(KEY)).await.expect("the first attempt had stored it");
    assert_eq!(writes.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_store_that_panics_fails_and_is_replaced() {
    let panics = first();
    let store = Store::new().reading(move |read| if panics() { panic!("a defect in the store") } else { read });
    let keychain = store.keychain();
    keychain.put(id(1), secret(KEY)).await.expect("stored at the second attempt");
    let keychain = Store::new().reading(|_| panic!("a defect in the store")).keychain();
    assert_eq!(keychain.get(id(1)).await.map(drop), Err(KeychainError::Failed { operation: "reading" }));
    assert_eq!(keychain.list().await, Ok(vec![]));
}

#[tokio::test]
async fn what_a_store_says_is_told_as_ours_and_without_its_bytes() {
    let check = async |error: fn() -> Error, expected: KeychainError| {
        let told = Store::new().reading(move |_| Err(error())).keychain().get(id(1)).await.map(drop);
        assert_eq!(told, Err(expected));
    };
    let failed = || KeychainError::Failed { operation: "reading" };
    check(|| Error::NoEntry, KeychainError::NotFound).await;
    let inaccessible = if cfg!(windows) { KeychainError::Absent } else { failed() };
    check(|| Error::NoStorageAccess("no such session".into()), inaccessible).await;
    check(|| Error::NoStorageAccess(Box::new(KeychainError::Locked)), KeychainError::Locked).await;
    check(|| Error::TooLong("secret".into(), 2_560), KeychainError::TooLarge { limit: 2_560 }).await;
    check(|| Error::BadEncoding(b"canary".to_vec()), failed()).await;
    check(|| Error::BadDataFormat(b"canary".to_vec(), "canary".into()), failed()).await;
    check(|| Error::PlatformFailure("canary".into()), failed()).await;
    check(|| Error::PlatformFailure(Box::new(KeychainError::Absent)), KeychainError::Absent).await;
    check(|| Error::Ambiguous(vec![entry(), entry(), entry()]), KeychainError::Ambiguous { count: 3 }).await;
}

/// The real one: a single item, which is removed again.
#[cfg(windows)]
#[tokio::test]
async fn the_credential_manager_of_windows_keeps_an_item_until_it_is_deleted() {
    let (keychain, id) = (Keychain::platform(), CredentialId(Uuid::new_v4()));
    keychain.put(id, secret(KEY)).await.expect("it is stored");
    assert_eq!(keychain.put(id, secret(b"another")).await, Err(KeychainError::Occupied));
    assert_eq!(keychain.get(id).await.expect("it is there").expose(), KEY);
    assert!(keychain.list().await.expect("they are listed").contains(&id));
    keychain.delete(id).await.expect("it is deleted");
    assert_eq!(keychain.get(id).await.map(drop), Err(KeychainError::NotFound));
    keychain.delete(id).await.expect("it is still gone");
}

#[test]
fn a_code_of_macos_is_told_by_what_it_means() {
    for (code, expected) in [
        (-128, Some(KeychainError::Denied)),
        (-25293, Some(KeychainError::Denied)),
        (-25308, Some(KeychainError::Locked)),
        (-25291, Some(KeychainError::Absent)),
        (-25294, Some(KeychainError::NoDefaultKeyring)),
        // errSecReadOnly
        (-25292, None),
    ] {
        assert_eq!(platform::of_macos(code), expected, "{code}");
    }
}

fn entry() -> Entry {
    mock::Store::new().and_then(|store| store.build("any", "any", None)).expect("the mock builds")
}

/// A store whose reads hang until the sender is dropped, and a receiver that is notified of each of them.
fn hanging() -> (Store, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (enter, entered) = mpsc::channel();
    let released = Arc::new(Mutex::new(released));
    let store = Store::new().reading(move |read| {
        enter.send(()).expect("the test listens");
        // A lock held by one read makes the others hang as well.
        let _ = released.lock().expect("no read panics").recv();
        read
    });
    (store, release, entered)
}

fn impatient() -> Deadlines {
    Deadlines { answer: Duration::ZERO, prompt: Duration::from_secs(60) }
}

#[tokio::test]
async fn a_store_that_hangs_is_left_behind_with_its_thread() {
    let hangs = first();
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let store = Store::new().reading(move |read| {
        if hangs() {
            let _ = released.lock().expect("nobody panics").recv();
        }
        read
    });
    let keychain = store.keychain().with_deadlines(Deadlines { answer: Duration::from_millis(1_500), ..impatient() });
    // The deadline, in whole seconds.
    assert_eq!(keychain.get(id(1)).await.map(drop), Err(KeychainError::TimedOut { seconds: 2 }));
    keychain.put(id(1), secret(KEY)).await.expect("stored by the next thread");
    drop(release);
}

#[tokio::test]
async fn threads_that_hang_are_not_without_number() {
    let (store, release, entered) = hanging();
    let keychain = store.keychain().with_deadlines(impatient());
    for _ in 0..4 {
        assert_eq!(keychain.get(id(1)).await.map(drop), Err(KeychainError::TimedOut { seconds: 0 }));
        entered.recv().expect("the store was asked");
    }
    assert_eq!(keychain.get(id(1)).await.map(drop), Err(KeychainError::TimedOut { seconds: 0 }));
    assert!(entered.try_recv().is_err(), "a fifth thread was started");
    assert_eq!(keychain.state().await, KeychainState::Silent);
    drop(release);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_call_at_an_open_prompt_waits_for_the_user() {
    let (store, release, entered) = hanging();
    let keychain = store.keychain().with_deadlines(impatient());
    let _prompt = keychain.thread.prompt().opened();
    let asking = keychain.clone();
    let call = tokio::spawn(async move { asking.get(id(1)).await.map(drop) });
    tokio::task::spawn_blocking(move || entered.recv().map(|()| entered)).await.expect("runs").expect("asked");
    assert_eq!(keychain.state().await, KeychainState::Locked { name: "Secret Service".into() });
    drop(release);
    assert_eq!(call.await.expect("runs"), Err(KeychainError::NotFound));
}

#[tokio::test]
async fn a_call_whose_caller_has_gone_is_seen_to_its_end() {
    let (store, release, entered) = hanging();
    let keychain = store.keychain();
    let asking = keychain.clone();
    let call = tokio::spawn(async move { asking.put(id(1), secret(KEY)).await });
    let entered =
        tokio::task::spawn_blocking(move || entered.recv().map(|()| entered)).await.expect("runs").expect("asked");
    call.abort();
    assert!(call.await.expect_err("it was ended").is_cancelled());
    drop(release);
    assert_eq!(keychain.get(id(1)).await.expect("was stored before this call").expose(), KEY);
    drop(entered);
}

#[tokio::test]
async fn the_state_of_a_store_is_told() {
    assert_eq!(Store::new().keychain().state().await, KeychainState::Ready { name: "Trial store".into() });
    Store::new().keychain().unlock().await.expect("it is not locked");
    let check = async |error: KeychainError, expected: KeychainState| {
        let keychain = Keychain::over(move || Err(Error::PlatformFailure(Box::new(error.clone()))));
        assert_eq!(keychain.state().await, expected);
    };
    check(KeychainError::Absent, KeychainState::Absent).await;
    check(KeychainError::NoDefaultKeyring, KeychainState::Absent).await;
    check(KeychainError::TimedOut { seconds: 10 }, KeychainState::Silent).await;
    check(KeychainError::Failed { operation: "connecting" }, KeychainState::Silent).await;
    check(KeychainError::Locked, KeychainState::Locked { name: names::NAME.into() }).await;
}

#[test]
fn a_keychain_is_made_without_a_runtime_and_touches_nothing() {
    let keychain = Keychain::over(|| panic!("touched"));
    assert_eq!(format!("{:?}", keychain.clone()), "Keychain");
    drop(Keychain::platform());
}
