//! An **account** is someone who gets a token: a provider's profile, its system, a credential.

use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::ids::{CredentialId, ServiceUserId};
use mintage_core::mint::{ImportRequest, Review};
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{
    DemoIssuer, Organisation, RegisteredKey, RegisteredSecret, RegisteredToken, Subject, System, TokenForm, User,
    UserState,
};

use crate::providers::files::{File, Ids};
use mintage_testbed::setup::{NOON, Setup, draft};

pub(crate) const ORG_ID: &str = "0b6d1a5e-7f2f-4f0a-9a51-6f1c2d3e4f50";
const CLIENT_ID: &str = "acme-client";
const KEY_ID: &str = "5f0d3b8a-1111-4222-8333-944445555666";
/// With every character that one of the two variants of Basic changes.
pub(crate) const SECRET: &str = "s3cr+t/with=odd~chars";

pub(crate) struct Account {
    provider: &'static str,
    system: System,
    file: Option<File>,
    endpoint_at_hand: bool,
    parameters: Vec<(&'static str, &'static str)>,
    scopes: Option<&'static str>,
    speaks_for: Option<&'static str>,
    in_path: bool,
    file_names: Option<&'static str>,
    key_id: bool,
}

impl Account {
    pub(crate) fn with_key(provider: &'static str, system: System, file: File) -> Self {
        Self { file: Some(file), ..Self::with_secret(provider, system) }
    }

    pub(crate) fn with_secret(provider: &'static str, system: System) -> Self {
        Self {
            provider,
            system,
            file: None,
            endpoint_at_hand: false,
            parameters: Vec::new(),
            scopes: None,
            speaks_for: None,
            in_path: false,
            file_names: None,
            key_id: true,
        }
    }

    /// The profile's own endpoints are the real ones, so the test's are entered.
    pub(crate) fn at_hand(self) -> Self {
        Self { endpoint_at_hand: true, ..self }
    }

    pub(crate) fn with(mut self, parameter: &'static str, value: &'static str) -> Self {
        self.parameters.push((parameter, value));
        self
    }

    pub(crate) fn asking(self, scopes: &'static str) -> Self {
        Self { scopes: Some(scopes), ..self }
    }

    /// Its assertions are about someone other than the client.
    pub(crate) fn speaking_for(self, subject: &'static str) -> Self {
        Self { speaks_for: Some(subject), ..self }
    }

    /// The request's path names someone, the assertion is about the client.
    pub(crate) fn speaking_for_path(self, subject: &'static str) -> Self {
        Self { in_path: true, ..self.speaking_for(subject) }
    }

    /// Its file names another user than the one that it acts for.
    pub(crate) fn whose_file_names(self, user_id: &'static str) -> Self {
        Self { file_names: Some(user_id), ..self }
    }

    /// Nobody knows the key's id.
    pub(crate) fn without_key_id(self) -> Self {
        Self { key_id: false, ..self }
    }

    pub(crate) fn name(&self) -> String {
        let kind = if self.file.is_some() { "private key" } else { "client secret" };
        format!("{} with a {kind}", self.provider)
    }

    /// The service user's id in Mintage.
    fn user_id(&self) -> &str {
        self.speaks_for.filter(|_| !self.in_path).unwrap_or(match self.provider {
            "google" => "robot@acme.test",
            "zitadel" | "zitadel-cloud" | "zitadel-2021" | "paonia" => "100507859606888466",
            _ => CLIENT_ID,
        })
    }
}

/// An account's issuer and service user, ready to mint.
pub(crate) struct Enrolled {
    pub(crate) setup: Setup,
    pub(crate) issuer: DemoIssuer,
    pub(crate) id: ServiceUserId,
    registered: String,
}

impl Enrolled {
    pub(crate) fn deactivate(&self) {
        assert!(self.issuer.set_user_state(&self.registered, UserState::Inactive), "the user is known");
    }

    pub(crate) fn make_administrator(&self) {
        self.change_user(|user| user.administrator = true);
    }

    /// The vendor's API is on this server too.
    pub(crate) async fn point_api_here(&self) {
        let url = self.issuer.url().to_owned();
        self.change_environment(|draft| {
            let api = match draft.provider.0.as_str() {
                "entra" => format!("{url}/v1.0"),
                "google" | "okta" | "auth0" | "keycloak" | "stackit" => url,
                _ => return,
            };
            draft.parameters.insert("apiAddress".to_owned(), api);
        })
        .await;
    }

    /// Another service user of the same environment, which is an administrator.
    pub(crate) async fn administrator(&self) -> ServiceUserId {
        let environment = self.setup.mint.service_user(self.id).await.expect("it is there").environment;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
        let pem = std::fs::read_to_string(path).expect("the fixture is in the repository");
        let review = self.setup.review(&pem).await;
        let public_pem = review.facts.expect("it is a key").key.expect("it is a key").public_pem;
        let mut admin = User::new("acme-admin", "Admin", "admin@acme.test");
        admin.administrator = true;
        admin.token_form = TokenForm::Jwt;
        admin.organisation = Some(Organisation { id: ORG_ID.into(), name: "ACME".into(), domain: "acme.test".into() });
        admin.keys = vec![RegisteredKey { key_id: "admin-key".into(), public_pem, expires_at: None }];
        self.issuer.add_user(admin);
        let request = ImportRequest {
            name: "admin".to_owned(),
            user_id: Some("acme-admin".to_owned()),
            key_id: Some("admin-key".to_owned()),
            ..ImportRequest::of(review.id, environment.id)
        };
        self.setup.mint.import(&request).await.expect("the import works").service_user
    }

    /// The registration access token that the server takes; a new one if there is none.
    pub(crate) fn registration_token(&self) -> String {
        let user = self.issuer.users().into_iter().find(|user| user.user_id == self.registered).expect("known");
        if let Some(token) = user.tokens.first() {
            return token.token.clone();
        }
        self.change_user(|user| user.tokens = vec![RegisteredToken::new("registration", "first-registration-token")]);
        "first-registration-token".to_owned()
    }

    /// An administrator replaces it.
    pub(crate) fn change_registration_token(&self, token: &str) {
        self.change_user(|user| user.tokens = vec![RegisteredToken::new("registration", token)]);
    }

    /// How many keys the server has.
    pub(crate) fn keys(&self) -> usize {
        self.issuer.users().into_iter().find(|user| user.user_id == self.registered).expect("known").keys.len()
    }

    /// The ids of its tokens at the server.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let user = self.issuer.users().into_iter().find(|user| user.user_id == self.registered).expect("known");
        user.tokens.into_iter().map(|token| token.token_id).collect()
    }

    /// The server's oldest key has no id.
    pub(crate) fn lose_key_id(&self) {
        self.change_user(|user| user.keys[0].key_id.clear());
    }

    /// How many keys Mintage holds: a file may have brought a secret as well.
    pub(crate) async fn held_keys(&self) -> usize {
        let detail = self.setup.mint.service_user(self.id).await.expect("it is there");
        detail.credentials.iter().filter(|one| one.kind == CredentialKind::PrivateKey).count()
    }

    /// A person removes the oldest key in the console.
    pub(crate) fn remove_first_key(&self) {
        self.change_user(|user| drop(user.keys.remove(0)));
    }

    /// A person removes the newest key in the console.
    pub(crate) fn remove_last_key(&self) {
        self.change_user(|user| drop(user.keys.pop()));
    }

    /// How many secrets of the client work.
    pub(crate) fn secrets(&self) -> usize {
        self.issuer.users().into_iter().find(|user| user.user_id == self.registered).expect("known").secrets.len()
    }

    /// A person removes the oldest secret in the console.
    pub(crate) fn remove_first_secret(&self) {
        self.change_user(|user| drop(user.secrets.remove(0)));
    }

    /// A person removes the newest secret in the console.
    pub(crate) fn remove_last_secret(&self) {
        self.change_user(|user| drop(user.secrets.pop()));
    }

    /// A person uploads the public half of a key in the console; without `overlap` it replaces the others.
    pub(crate) fn upload(&self, key_id: &str, public_pem: &str, overlap: bool) {
        let key = RegisteredKey { key_id: key_id.to_owned(), public_pem: public_pem.to_owned(), expires_at: None };
        self.change_user(|user| {
            user.keys.retain(|_| overlap);
            user.keys.push(key);
        });
    }

    /// The server no longer knows the key.
    pub(crate) fn remove_key(&self) {
        self.change_user(|user| user.keys.clear());
    }

    /// The server has another key under the key's id.
    pub(crate) fn replace_key(&self) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
        let pem = std::fs::read(path).expect("the fixture is in the repository");
        let other = mintage_core::key_file::parse(&pem, None, &[]).expect("the fixture is a key");
        let public_pem = other.key().expect("it is a key").facts().public_pem.clone();
        self.change_user(|user| user.keys[0].public_pem = public_pem);
    }

    /// The server knows the key by its certificate, as if that had been uploaded.
    pub(crate) fn know_certificate(&self) {
        self.change_user(|user| user.keys[0].key_id = certificate_thumbprint());
    }

    /// The server has another secret.
    pub(crate) fn replace_secret(&self) {
        self.change_user(|user| user.secrets = vec![RegisteredSecret::new(CLIENT_ID, "another-secret")]);
    }

    /// What the service user mints with.
    pub(crate) async fn credential(&self) -> CredentialId {
        let user = self.setup.mint.service_user(self.id).await.expect("it is there").service_user;
        user.default_credential.expect("it has one")
    }

    /// Imports a client secret for the service user, in addition to what it has.
    pub(crate) async fn import_secret(&self, secret: &str) {
        let mint = &self.setup.mint;
        let user = mint.service_user(self.id).await.expect("it is there");
        let secret = Secret::new(secret.to_owned());
        let review = mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await.expect("reviewed");
        let request = ImportRequest {
            name: "deploy-bot".to_owned(),
            user_id: Some(user.service_user.user_id),
            client_id: Some(CLIENT_ID.to_owned()),
            ..ImportRequest::of(review.id, user.environment.id)
        };
        mint.import(&request).await.expect("a secret is imported");
    }

    fn change_user(&self, change: impl FnOnce(&mut User)) {
        let mut user = self.issuer.users().into_iter().find(|user| user.user_id == self.registered).expect("known");
        change(&mut user);
        self.issuer.add_user(user);
    }

    pub(crate) async fn change_environment(&self, change: impl FnOnce(&mut EnvironmentDraft)) {
        let environment = self.setup.mint.service_user(self.id).await.expect("it is there").environment;
        let mut draft = environment.draft();
        change(&mut draft);
        self.setup.save_environment(environment.id, draft).await.expect("the draft is sound");
    }

    pub(crate) async fn ask_for(&self, scopes: &[&str]) {
        let mut settings = self.setup.mint.service_user(self.id).await.expect("it is there").service_user.settings;
        settings.scopes = scopes.iter().map(ToString::to_string).collect();
        self.setup.save_service_user(self.id, settings).await.expect("it is there");
    }

    /// Nothing responds any more: the endpoint is a port where nothing listens.
    pub(crate) async fn shut_down(&self) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        drop(listener);
        self.change_environment(|draft| draft.endpoints.token = Some(format!("http://127.0.0.1:{port}/token"))).await;
    }
}

/// Starts the issuer, creates the environment, imports the credential and registers it.
pub(crate) async fn enrol(account: &Account) -> Enrolled {
    enrol_in(Setup::new().await, account).await
}

/// As [`enrol`], in a setup that was created for it.
pub(crate) async fn enrol_in(setup: Setup, account: &Account) -> Enrolled {
    let config = account.system.config(std::sync::Arc::new(|| NOON)).recording();
    let issuer = DemoIssuer::start(config).await.expect("a port on loopback is free");
    let environment = environment(account, &issuer);
    let environment = setup.mint.add_environment(environment, false).await.expect("the draft is sound");

    let review = review(account, &setup, &issuer).await;
    let facts = review.facts.unwrap_or_else(|| panic!("{}: {:?}", account.name(), review.problem));
    let registered = match account.speaks_for {
        Some(_) => CLIENT_ID,
        None => account.user_id(),
    };
    let mut user = User::new(registered, "Deploy Bot", "deploy-bot@acme.test");
    user.token_form = TokenForm::Jwt;
    user.organisation = Some(Organisation { id: ORG_ID.into(), name: "ACME".into(), domain: "acme.test".into() });
    if let Some(subject) = account.speaks_for {
        user.speaks_for = vec![Subject::new(subject)];
    }
    if let Some(key) = &facts.key {
        let key_id = if facts.certificate { certificate_thumbprint() } else { KEY_ID.to_owned() };
        user.keys = vec![RegisteredKey { key_id, public_pem: key.public_pem.clone(), expires_at: None }];
    }
    user.secrets = vec![RegisteredSecret::new(CLIENT_ID, SECRET)];
    issuer.add_user(user);

    let request = ImportRequest {
        name: "deploy-bot".to_owned(),
        user_id: Some(account.user_id().to_owned()),
        client_id: (account.speaks_for.is_some() || account.file.is_none()).then(|| CLIENT_ID.to_owned()),
        key_id: account.key_id.then(|| KEY_ID.to_owned()),
        ..ImportRequest::of(review.id, environment.id)
    };
    let outcome = setup.mint.import(&request).await;
    let id = outcome.unwrap_or_else(|error| panic!("{}: {error}", account.name())).service_user;
    if let Some(scopes) = account.scopes {
        let mut settings = setup.mint.service_user(id).await.expect("it is there").service_user.settings;
        settings.scopes = scopes.split(' ').map(str::to_owned).collect();
        setup.save_service_user(id, settings).await.expect("it is there");
    }
    Enrolled { setup, issuer, id, registered: registered.to_owned() }
}

fn environment(account: &Account, issuer: &DemoIssuer) -> EnvironmentDraft {
    let mut draft = draft(issuer.issuer(), account.provider, Tier::Development);
    draft.parameters = account.parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    if account.endpoint_at_hand {
        draft.endpoints.token = Some(issuer.token_url().to_owned());
    }
    draft
}

async fn review(account: &Account, setup: &Setup, issuer: &DemoIssuer) -> Review {
    let Some(file) = account.file else {
        let secret = Secret::new(SECRET.to_owned());
        return setup
            .mint
            .review_secret(CredentialKind::ClientSecret, &secret, Source::Form)
            .await
            .expect("reviewing works");
    };
    let ids = Ids {
        user_id: account.file_names.unwrap_or(account.user_id()),
        client_id: CLIENT_ID,
        key_id: KEY_ID,
        token_url: issuer.token_url(),
        issuer: issuer.issuer(),
        secret: SECRET,
    };
    setup.review(&file(&ids)).await
}

/// `x5t#S256` of the fixture's certificate.
fn certificate_thumbprint() -> String {
    use base64::Engine as _;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-a.certificate.pem");
    let pem = std::fs::read_to_string(path).expect("the fixture is in the repository");
    let der = pem::parse(pem).expect("PEM").into_contents();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref())
}
