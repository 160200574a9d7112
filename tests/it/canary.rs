//! Marked secrets go through every feature, and are then searched for wherever they must not be: in the data folder, in
//! what a page receives, in errors, in the finest logs of every library.

#[cfg(target_os = "linux")]
mod agent;
mod hostile;
#[cfg(target_os = "linux")]
mod keyring;
mod logs;
mod marks;
mod places;
mod planted;

use std::sync::Arc;

use crate::file_store::FileStore;
use crate::own_process::{passes, this_program};
use crate::seam::{Halt, Seam};
use hostile::Hostile;
use marks::{Mark, Marks, der, secret_part};
use mintage_core::copy_form::CopyForm;
use mintage_core::credential::Source;
use mintage_core::environment::{Environment, Tier};
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Ask, ImportRequest, Review};
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{DemoIssuer, Dialect, Quirks, RateLimit, RegisteredKey, TokenForm, User, UserState};
use mintage_testbed::setup::{ANYWAY, FRESH, KEY_ID, NOON, Setup, USER_ID, draft, fixture_key, key_file};
use places::Places;
use time::Duration;

const PASSPHRASE: &str = "canary-passphrase-7Qm2xVt9Kd4w";
const WRONG_PASSPHRASE: &str = "canary-wrong-passphrase-0Zp5rLc8";
const FORMS: [CopyForm; 5] = [CopyForm::Token, CopyForm::Header, CopyForm::Curl, CopyForm::Export, CopyForm::Json];

/// A setup, the marks to search for and the places to search.
struct Watch {
    setup: Setup,
    marks: Marks,
    places: Places,
}

/// Logs belong to a whole process, and other tests have the same key.
#[test]
fn no_secret_gets_away() {
    passes(&mut this_program(), "canary::no_secret_gets_away_in_a_process_of_its_own");
}

#[tokio::test]
#[ignore = "run by the test above it, in a process of its own"]
async fn no_secret_gets_away_in_a_process_of_its_own() {
    logs::capture();
    // keyring-core's mock store writes its items to the log, so it can't be used here.
    let keychain = tempfile::tempdir().expect("a temporary folder can be made");
    let store = FileStore::new(keychain.path(), Arc::new(Seam::new(0, Halt::Die)));
    let setup = Setup::with_store(Arc::new(store)).await;
    let mut watch = Watch { setup, marks: Marks::default(), places: Places::default() };
    watch.marks.add("the private key", &secret_part(&der()));
    watch.marks.add("the passphrase", PASSPHRASE.as_bytes());
    watch.marks.add("the wrong passphrase", WRONG_PASSPHRASE.as_bytes());

    let issuer = watch.setup.issuer().await;
    watch.look_at_bad_files().await;
    for form in [TokenForm::Jwt, TokenForm::Opaque, TokenForm::Encrypted] {
        let (environment, id) = watch.import(&issuer, form).await;
        watch.use_tokens(&issuer, &environment, id).await;
        watch.be_refused(&issuer, &environment, id).await;
        watch.list(&environment, id).await;
        watch.forget(&environment, id).await;
    }
    watch.be_answered_by_a_hostile_server().await;
    watch.search();
}

impl Watch {
    /// Files with the key in them that aren't key files, and files that haven't been opened yet.
    async fn look_at_bad_files(&mut self) {
        let key = fixture_key();
        let escaped = key.replace('\n', "\\n");
        let base64: String = key.lines().filter(|line| !line.starts_with('-')).collect();
        for (what, text) in [
            ("a key in the wrong member", format!(r#"{{"type":"{escaped}","keyId":"1","key":"x","userId":"2"}}"#)),
            ("a key as an id", format!(r#"{{"type":"serviceaccount","keyId":"{escaped}","key":"x","userId":"2"}}"#)),
            ("a key as a member's name", format!(r#"{{"{escaped}":1,"{escaped}":2}}"#)),
            ("a key and a broken end", format!(r#"{{"key":"{escaped}","keyId":"#)),
            ("a part of a key without its frame", base64[..base64.len() - 40].to_owned()),
            ("a key without its end", key[..key.len() - 40].to_owned()),
            ("a key that is damaged", key.replacen('A', "B", 3)),
            ("a key as a number", key_file("2", "1", "").replacen('"', "", 40)),
            ("two keys", format!("{key}{key}")),
        ] {
            let review = self.setup.review(&text).await;
            assert!(review.problem.is_some(), "{what} was accepted");
            self.places.show(what, review);
        }
        let path = self.setup.write("canary.json", &key_file(USER_ID, KEY_ID, ""));
        let reviews = self.setup.mint.review_files(&[path]).await.expect("files can be looked at");
        let reviews = self.places.show("a review of a file", reviews);
        self.setup.mint.discard_reviews(&[reviews[0].id]);
    }

    /// Imports the key from an encrypted file, after a wrong passphrase.
    async fn import(&mut self, issuer: &DemoIssuer, form: TokenForm) -> (Environment, ServiceUserId) {
        let environment = self.setup.environment(issuer.issuer(), "zitadel", Tier::Production).await;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-a.encrypted-canary.pem");
        let sealed = self.setup.mint.review_files(&[path.into()]).await.expect("files can be looked at").remove(0);
        let sealed = self.places.show("a sealed file", sealed);
        let wrong = self.setup.mint.unseal(sealed.id, &secret(WRONG_PASSPHRASE)).await;
        self.places.fail("passphrase-wrong", wrong);
        let opened = self.setup.mint.unseal(sealed.id, &secret(PASSPHRASE)).await.expect("the passphrase opens it");
        let opened = self.places.show("an opened file", opened);
        let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
        user.token_form = form;
        let public_pem =
            opened.facts.as_ref().expect("it was read").key.as_ref().expect("it is a key").public_pem.clone();
        user.keys = vec![RegisteredKey { key_id: KEY_ID.to_owned(), public_pem, expires_at: None }];
        issuer.add_user(user);
        let id = self.take_in(&opened, &environment).await;
        self.places.folder("after the import", &self.setup.folder.path().join("data"));
        (environment, id)
    }

    async fn take_in(&mut self, review: &Review, environment: &Environment) -> ServiceUserId {
        let mut request = ImportRequest {
            name: "canary".to_owned(),
            key_id: Some(KEY_ID.to_owned()),
            ..ImportRequest::of(review.id, environment.id)
        };
        self.places.fail("import-incomplete", self.setup.mint.import(&request).await);
        for slip in [fixture_key(), fixture_key().replace('\n', "")] {
            request.user_id = Some(slip);
            self.places.fail("typed-id-invalid", self.setup.mint.import(&request).await);
        }
        request.user_id = Some(USER_ID.to_owned());
        let outcome = self.setup.mint.import(&request).await.expect("the import works");
        self.places.show("an import", outcome).service_user
    }

    /// Mints, copies in every form, reveals, inspects, requests userinfo.
    async fn use_tokens(&mut self, issuer: &DemoIssuer, environment: &Environment, id: ServiceUserId) {
        let mint = self.setup.mint.clone();
        self.places.fail("no-token", mint.reveal(id).await);
        self.places.fail("production-unconfirmed", mint.token(id, FRESH).await);
        mint.confirm_production(environment.id);
        let token = mint.token(id, Ask::default()).await.expect("a token is minted");
        self.places.show("a token", token);
        let token = mint.reveal(id).await.expect("there is a token");
        self.places.debug("a revealed token", &token);
        self.marks.add("an access token", token.expose().as_bytes());
        for form in FORMS {
            let (text, copied) = mint.copy(id, form, Ask::default()).await.expect("it is copied");
            let found = self.marks.find(text.expose().as_bytes());
            assert_eq!(found, Some(Mark { of: "an access token", form: "as it is" }), "{form:?} holds no token");
            self.places.debug("a copied token", &text);
            self.places.show("a copy", copied);
        }
        self.places.show("an inspection", mint.inspect(id).await.expect("it is inspected"));
        self.places.show("userinfo", mint.userinfo(id).await.expect("userinfo answers"));
        let header = format!("Authorization: Bearer {}", token.expose());
        for against in [None, Some(environment.id)] {
            self.places.show("a pasted token", mint.inspect_text(&header, against).await.expect("it is a token"));
        }
        let broken = format!("{}!{}", &token.expose()[..20], &token.expose()[21..]);
        for text in [&token.expose()[..token.expose().len() - 5], &broken, &format!("{header}\n{broken}x")] {
            match mint.inspect_text(text, Some(environment.id)).await {
                Ok(inspection) => drop(self.places.show("a broken token", inspection)),
                Err(error) => drop(self.places.show("no token", error.problem())),
            }
        }
        self.mark_assertions(issuer);
    }

    /// Is refused in every dialect, and in every other way that a server has.
    async fn be_refused(&mut self, issuer: &DemoIssuer, environment: &Environment, id: ServiceUserId) {
        let mint = self.setup.mint.clone();
        for dialect in [Dialect::D0, Dialect::D1, Dialect::D2, Dialect::D3, Dialect::D4] {
            issuer.set_quirks(Quirks { dialect, ..Quirks::default() });
            issuer.set_user_state(USER_ID, UserState::Inactive);
            self.places.fail("refused", mint.token(id, FRESH).await);
            self.places.fail("refused", mint.userinfo(id).await);
            issuer.set_user_state(USER_ID, UserState::Active);
        }
        issuer.set_quirks(Quirks { html_instead: true, ..Quirks::default() });
        self.places.fail("not-an-oauth-endpoint", mint.token(id, FRESH).await);
        let limit = RateLimit { after: 0, retry_after: Some(Duration::seconds(60)) };
        issuer.set_quirks(Quirks { rate_limit: Some(limit), ..Quirks::default() });
        self.places.fail("server-busy", mint.token(id, FRESH).await);
        issuer.set_quirks(Quirks::default());
        self.setup.set_clock(NOON + Duration::seconds(90));
        self.places.fail("refused", mint.token(id, FRESH).await);
        // What was known about the server is dropped with the old settings, so its clock is measured again.
        self.setup.save_environment(environment.id, environment.draft()).await.expect("it is saved");
        self.places.fail("would-be-refused", mint.token(id, FRESH).await);
        self.places.fail("refused", mint.token(id, ANYWAY).await);
        self.setup.set_clock(NOON);
        self.mark_assertions(issuer);

        let mut settings = environment.draft();
        settings.issuer = "http://127.0.0.1:1".into();
        let checked = mint.check(&settings).await.expect("what is wrong there is no error");
        self.places.show("a check", checked);
        self.setup.save_environment(environment.id, settings).await.expect("it is saved");
        self.places.fail("unreachable", mint.token(id, FRESH).await);
        self.setup.save_environment(environment.id, environment.draft()).await.expect("it is saved");
        let checked = mint.check(&environment.draft()).await.expect("what is wrong there is no error");
        self.places.show("a check", checked);
    }

    /// Reads all lists, and the files while the token is in memory.
    async fn list(&mut self, environment: &Environment, id: ServiceUserId) {
        let mint = self.setup.mint.clone();
        self.places.show("environments", mint.environments().await.expect("they are listed"));
        self.places.show("service users", mint.service_users(Some(environment.id)).await.expect("they are listed"));
        let detail = self.places.show("a service user", mint.service_user(id).await.expect("it is there"));
        let credential = detail.credentials[0].id;
        self.places.text("a public key", mint.public_jwk(credential).await.expect("it is there"));
        self.places.text("a public key", mint.public_pem(credential).await.expect("it is there"));
        self.places.show("activity", mint.activity(None).await.expect("it is listed"));
        self.places.show("a repair", mint.repair().await.expect("it works"));
        self.places.folder("while a token is in memory", &self.setup.folder.path().join("data"));
    }

    async fn forget(&mut self, environment: &Environment, id: ServiceUserId) {
        let mint = self.setup.mint.clone();
        let credential = mint.service_user(id).await.expect("it is there").credentials[0].id;
        // The key is removed behind Mintage's back, as when another keyring is active.
        let der = mint.keychain().get(credential).await.expect("the key is there");
        self.places.debug("a key out of the keychain", &der);
        mint.keychain().delete(credential).await.expect("the key can be deleted");
        self.places.fail("key-missing", mint.token(id, FRESH).await);
        mint.forget_credential(credential).await.expect("it is forgotten");
        self.places.fail("no-credential", mint.token(id, FRESH).await);
        mint.forget_environment(environment.id).await.expect("it is forgotten");
        self.places.fail("gone", mint.token(id, FRESH).await);
        self.places.show("activity", mint.activity(None).await.expect("it is listed"));
        self.places.folder("after forgetting", &self.setup.folder.path().join("data"));
    }

    /// A server that echoes what it was sent, wherever a response has room for it.
    async fn be_answered_by_a_hostile_server(&mut self) {
        let mint = self.setup.mint.clone();
        let server = Hostile::start().await;
        self.marks.add("a hostile server's token", hostile::TOKEN.as_bytes());
        for (place, minting, userinfo) in hostile::PLACES {
            let settings = draft(&server.issuer(place), "generic", Tier::Development);
            let environment = mint.add_environment(settings, false).await.expect("the draft is sound");
            let review = self.setup.mint.review_text(secret(&fixture_key()), Source::Form).await.expect("it is read");
            let id = self.take_in(&review, &environment).await;
            match minting {
                Some(code) => self.places.fail(code, mint.token(id, FRESH).await),
                None => drop(self.places.show(place, mint.token(id, FRESH).await.expect("a token is minted"))),
            }
            match userinfo {
                Some(code) => self.places.fail(code, mint.userinfo(id).await),
                None => drop(self.places.show(place, mint.userinfo(id).await.expect("userinfo answers"))),
            }
            self.places.show("activity", mint.activity(Some(id)).await.expect("it is listed"));
        }
        self.places.folder("after a hostile server", &self.setup.folder.path().join("data"));
        for assertion in server.assertions() {
            self.marks.add("an assertion", assertion.as_bytes());
        }
    }

    fn mark_assertions(&mut self, issuer: &DemoIssuer) {
        let requests = issuer.requests();
        let assertions: Vec<&str> = requests.iter().filter_map(|request| request.field("assertion")).collect();
        assert!(!assertions.is_empty(), "the issuer saw no assertion");
        for assertion in assertions {
            self.marks.add("an assertion", assertion.as_bytes());
        }
    }

    fn search(mut self) {
        let logs = logs::captured();
        for library in ["hyper", "reqwest"] {
            assert!(logs.lines().any(|line| line.starts_with(library)), "{library} logged nothing");
        }
        self.places.text("the logs", logs);
        for file in ["mintage.db ", "mintage.db-wal ", "mintage.db-shm "] {
            assert!(self.places.iter().any(|(name, bytes)| name.contains(file) && !bytes.is_empty()), "no {file}");
        }
        let found: Vec<_> = self
            .places
            .iter()
            .filter_map(|(name, bytes)| Some((name, self.marks.find(bytes)?)))
            .map(|(name, mark)| format!("{} ({}) in {name}", mark.of, mark.form))
            .collect();
        assert!(found.is_empty(), "secrets got away:\n{}", found.join("\n"));
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}
