//! A user's **machine** for one test.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use mintage_cli::full::now;
use mintage_core::catalog::Catalog;
use mintage_core::credential::Source;
use mintage_core::environment::{EnvironmentDraft, ProgramApproval, Tier};
use mintage_core::keychain::Keychain;
use mintage_core::mint::Mint;
use mintage_core::provider::ProviderId;
use mintage_core::secret::Secret;
use mintage_demo::{Application, Config, DemoIssuer, RegisteredKey, TokenForm, User};
use mintage_testbed::session::Session;
use mintage_testbed::setup::{KEY_ID, USER_ID, key_file};
use mintage_testbed::skip::skip;
use serde_json::Value;

/// What a program left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

/// A user's machine: a keychain, a catalogue with two environments, and an issuer that knows the key.
pub(crate) struct Machine {
    pub(crate) session: Session,
    pub(crate) issuer: DemoIssuer,
    runtime: tokio::runtime::Runtime,
}

impl Machine {
    /// `None` where a session can't be had.
    pub(crate) fn start() -> Option<Self> {
        for program in ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"] {
            let path = std::env::var_os("PATH").unwrap_or_default();
            if !std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
                skip(&format!("{program} isn't installed"));
                return None;
            }
        }
        let session = Session::start();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let issuer = runtime.block_on(prepare(&session));
        write_private(&session.path("home/deploy-bot.json"), &key_file(USER_ID, KEY_ID, ""));
        Some(Self { session, issuer, runtime })
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        self.session.join(&mut command);
        command.env("MINTAGE_DATA_DIR", self.session.path("catalogue")).current_dir(self.session.path("home"));
        for variable in ["MINTAGE_AGENT_SOCK", "MINTAGE_USER", "MINTAGE_ENV", "MINTAGE_NO_INPUT"] {
            command.env_remove(variable);
        }
        command.args(line.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    pub(crate) fn run_with(&self, line: &str, input: &str) -> Ran {
        let mut child = self.command(line).spawn().unwrap();
        // A program that doesn't read its input has closed it.
        _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }

    /// Works on the catalogue as the desktop app would.
    pub(crate) fn in_app<T>(&self, work: impl AsyncFnOnce(&Mint) -> T) -> T {
        self.runtime.block_on(async {
            let catalog = Catalog::open(&self.session.path("catalogue")).await.unwrap();
            let worked = work(&Mint::new(catalog.clone(), Keychain::platform(), Arc::new(now))).await;
            catalog.close().await;
            worked
        })
    }

    pub(crate) fn succeeds(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!((ran.err.as_str(), ran.code), ("", Some(0)), "{line}");
        ran.out
    }

    pub(crate) fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.succeeds(line)).unwrap()
    }

    /// What the issuer answers whoever has this token.
    pub(crate) fn userinfo(&self, token: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.issuer.port())).unwrap();
        let host = self.issuer.issuer().trim_start_matches("http://");
        let request = format!(
            "GET /oidc/v1/userinfo HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Whatever the test came to, the agent doesn't outlive it.
        _ = self.run("agent stop");
    }
}

/// Fills a catalogue as the desktop app would, and starts an issuer that knows the key.
async fn prepare(session: &Session) -> DemoIssuer {
    let folder = session.path("catalogue");
    let issuer = DemoIssuer::start(Config::new(Arc::new(now)).recording()).await.unwrap();
    let catalog = Catalog::open(&folder).await.unwrap();
    let mint = Mint::new(catalog.clone(), Keychain::platform(), Arc::new(now));
    for (name, tier) in [("dev", Tier::Development), ("live", Tier::Production)] {
        mint.add_environment(draft(name, tier, issuer.issuer()), false).await.unwrap();
    }
    let review = mint.review_text(Secret::new(key_file(USER_ID, KEY_ID, "")), Source::Paste).await.unwrap();
    let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
    user.token_form = TokenForm::Jwt;
    let public_pem = review.facts.unwrap().key.unwrap().public_pem;
    user.keys = vec![RegisteredKey { key_id: KEY_ID.to_owned(), public_pem, expires_at: None }];
    issuer.add_user(user);
    let application = application_file();
    let review = mint.review_text(Secret::new(application.clone()), Source::Paste).await.unwrap();
    let public_pem = review.facts.unwrap().key.unwrap().public_pem;
    issuer.add_application(Application {
        client_id: CLIENT_ID.to_owned(),
        project_id: PROJECT.to_owned(),
        secret: None,
        key: Some(RegisteredKey { key_id: "100508253900210901".to_owned(), public_pem, expires_at: None }),
    });
    write_private(&session.path("home/orders-api.json"), &application);
    catalog.close().await;
    issuer
}

/// The project of the application that introspects.
pub(crate) const PROJECT: &str = "100508253900210834";
const CLIENT_ID: &str = "100508253900210900@acme";

/// The key file of a ZITADEL application.
fn application_file() -> String {
    let key = fixture("throwaway-rsa-2048-b.pkcs1.pem").replace('\n', "\\n");
    format!(
        r#"{{"type":"application","keyId":"100508253900210901","key":"{key}","appId":"100508253900210899","clientId":"{CLIENT_ID}"}}"#
    )
}

/// Writes a key file as a careful person keeps one: Mintage warns about others.
pub(crate) fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A key of the tests' own.
pub(crate) fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

pub(crate) fn draft(name: &str, tier: Tier, issuer: &str) -> EnvironmentDraft {
    let draft = EnvironmentDraft::new(name, ProviderId("zitadel".to_owned()), tier, issuer);
    EnvironmentDraft { programs: ProgramApproval::Tell, ..draft }
}
