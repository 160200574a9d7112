//! A running **demo issuer**: started, changed while it serves, stopped.

use std::net::Ipv4Addr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::application::{Application, OidcApplication};
use crate::config::Config;
use crate::credential::RegisteredSecret;
use crate::http;
use crate::place::Place;
use crate::quirks::Quirks;
use crate::requests::SeenRequest;
use crate::shared::{Book, Entry, Shared};
use crate::signing::{Algorithm, KeyGenerationFailed, KeyRing, OldKeys, SigningKey};
use crate::token::Sealer;
use crate::user::{RegisteredKey, User, UserState};

/// How long `stop` waits for requests in progress.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the demo issuer couldn't be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or loopback isn't available.
    #[error("the demo issuer can't listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for; 0 is any.
        port: u16,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// No signing key.
    #[error(transparent)]
    Key(#[from] KeyGenerationFailed),
}

impl StartError {
    /// A stable kebab-case name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "demo-listen-failed",
            Self::Key(_) => "demo-key-failed",
        }
    }

    /// The next step, one sentence.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "close the program that uses the port, or start the demo on another port",
            Self::Key(_) => "try again; if it keeps failing, restart your computer",
        }
    }
}

/// A running demo issuer; it stops when dropped. Several can run side by side.
pub struct DemoIssuer {
    shared: Arc<Shared>,
    port: u16,
    // Dropping the sender tells the server to finish.
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl DemoIssuer {
    /// Starts an issuer on 127.0.0.1; it serves on the current tokio runtime and is ready when this returns.
    ///
    /// # Errors
    /// [`StartError::Listen`] if the port isn't available, [`StartError::Key`] without a signing key.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let wanted = config.port.unwrap_or(0);
        let refused = |source| StartError::Listen { port: wanted, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).await.map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        let algorithm = config.algorithm;
        let key = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm))
            .await
            .map_err(|_| KeyGenerationFailed)??;
        let endpoints = config.service.endpoints.clone();
        let shared = Arc::new(shared(config, port, key));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(http::Abortable(listener), http::behind_the_edge(endpoints, Arc::clone(&shared)));
        let server = tokio::spawn(async move {
            // An error ends the server, and clients see a refused connection: there is nothing more to report.
            let _ = server.with_graceful_shutdown(async move { drop(stopped.await) }).await;
        });
        Ok(Self { shared, port, stop: Some(stop), server })
    }

    /// The issuer's name in its metadata: `http://127.0.0.1:PORT`, with the system's suffix (a slash at Auth0, the
    /// realm at Keycloak). Without metadata it is the same as [`Self::url`].
    pub fn issuer(&self) -> &str {
        self.shared.issuer()
    }

    /// Scheme and host: `http://127.0.0.1:PORT` or `http://localhost:PORT`.
    pub fn url(&self) -> &str {
        self.shared.origin()
    }

    /// The address of the token endpoint. At GitHub it contains `{installation_id}`.
    pub fn token_url(&self) -> &str {
        self.shared.token_url()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Adds a user, or replaces the one with the same id.
    pub fn add_user(&self, user: User) {
        let changed_at = self.shared.now();
        let mut book = self.shared.book();
        let lag = book.quirks.lag;
        for key in &user.keys {
            book.lagging.note_key(&key.key_id, lag);
        }
        for secret in &user.secrets {
            book.lagging.note_secret(&secret.client_id, lag);
        }
        let user_id = user.user_id.clone();
        book.users.insert(user_id.clone(), Entry::new(user, changed_at));
        book.label_all(&user_id, changed_at);
    }

    /// Deletes a user with its credentials. `false` if there was none.
    pub fn remove_user(&self, user_id: &str) -> bool {
        self.shared.book().users.remove(user_id).is_some()
    }

    /// Registers another key of a user. `false` if there is no such user.
    pub fn add_key(&self, user_id: &str, key: RegisteredKey) -> bool {
        self.change(user_id, |user| {
            user.keys.retain(|old| old.key_id != key.key_id);
            user.keys.push(key);
        })
    }

    /// Removes a key; tokens minted with it stay valid. `false` if there is no such user.
    pub fn remove_key(&self, user_id: &str, key_id: &str) -> bool {
        self.change(user_id, |user| user.keys.retain(|key| key.key_id != key_id))
    }

    /// Ends every access token, as after a restart that loses them; returns how many there were.
    pub fn tokens_end(&self) -> usize {
        self.shared.book().end_tokens()
    }

    /// Deactivates or reactivates a user. `false` if there is no such user.
    pub fn set_user_state(&self, user_id: &str, state: UserState) -> bool {
        self.change(user_id, |user| user.state = state)
    }

    /// Registers a client secret. `false` if there is no such user.
    pub fn add_secret(&self, user_id: &str, secret: RegisteredSecret) -> bool {
        self.change(user_id, |user| {
            user.secrets.retain(|old| old.client_id != secret.client_id);
            user.secrets.push(secret);
        })
    }

    /// Adds an application, or replaces the one with the same client id.
    pub fn add_application(&self, application: Application) {
        let mut book = self.shared.book();
        book.applications.retain(|old| old.client_id != application.client_id);
        book.applications.push(application);
    }

    /// Adds an OIDC application, or replaces the one with the same client id.
    pub fn add_oidc_application(&self, application: OidcApplication) {
        let mut book = self.shared.book();
        book.oidc_applications.retain(|old| old.client_id != application.client_id);
        book.oidc_applications.push(application);
    }

    /// Removes the key of an application. `false` if it had none.
    pub fn remove_application_key(&self, client_id: &str) -> bool {
        let mut book = self.shared.book();
        let found = book.applications.iter_mut().find(|application| application.client_id == client_id);
        found.and_then(|application| application.key.take()).is_some()
    }

    /// The current users, with what was registered while the issuer ran.
    pub fn users(&self) -> Vec<User> {
        self.shared.book().users.values().map(|entry| entry.user.clone()).collect()
    }

    fn change(&self, user_id: &str, change: impl FnOnce(&mut User)) -> bool {
        let changed = self.shared.change_user(user_id, change).is_some();
        let now = self.shared.now();
        self.shared.book().label_all(user_id, now);
        changed
    }

    /// The current quirks.
    pub fn quirks(&self) -> Quirks {
        self.shared.quirks()
    }

    /// Sets the quirks from the next request on; the rate limit starts over.
    pub fn set_quirks(&self, quirks: Quirks) {
        let mut book = self.shared.book();
        book.quirks = quirks;
        book.counted = 0;
    }

    /// Changes some quirks and keeps the others.
    pub fn change_quirks(&self, change: impl FnOnce(&mut Quirks)) {
        let mut quirks = self.quirks();
        change(&mut quirks);
        self.set_quirks(quirks);
    }

    /// Signs with a new key from now on and returns its key id. It takes a moment for RSA, on this thread.
    ///
    /// # Errors
    /// [`KeyGenerationFailed`] if the crypto provider can't create one; the old key then stays.
    pub fn rotate_signing_key(&self, algorithm: Algorithm, old_keys: OldKeys) -> Result<String, KeyGenerationFailed> {
        let key = SigningKey::generate(algorithm)?;
        let key_id = key.key_id().to_owned();
        self.shared.book().keys.rotate(key, old_keys);
        Ok(key_id)
    }

    /// The requests so far, in order; empty unless the config asked to record them.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.book().seen.clone()
    }

    /// Stops: no new connections, and at most two seconds for requests in progress.
    pub async fn stop(mut self) {
        self.stop = None;
        self.shared.stopping.send_replace(true);
        if tokio::time::timeout(PATIENCE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for DemoIssuer {
    fn drop(&mut self) {
        self.shared.stopping.send_replace(true);
    }
}

fn shared(config: Config, port: u16, key: SigningKey) -> Shared {
    let now = (config.clock)();
    let Config { clock, host, apis, record_requests, .. } = config;
    let (rules, authority) = (config.service.rules, host.authority(port));
    let names = rules.assertion.audience.names;
    let mut book = Book::new(config.users, KeyRing::new(key), config.quirks, now);
    (book.applications, book.oidc_applications) = (config.applications, config.oidc_applications);
    Shared {
        rules,
        names_its_domain: config.service.names_its_domain,
        place: Place::new(&authority, rules.issuer, rules.paths.token, names, config.audience),
        apis,
        stopping: watch::Sender::new(false),
        authority,
        other_authority: host.other().authority(port),
        sealer: Sealer::generate(),
        counter: AtomicU64::new(1),
        record_requests,
        clock,
        book: Mutex::new(book),
    }
}
