//! An **actor** is somebody who gets a token: a provider's profile, the system it is for, a credential.

use mintage_core::credential::{CredentialId, CredentialKind, Source};
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::mint::{ImportRequest, Review};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use mintage_demo_issuer::{
    Config, DemoIssuer, Organisation, RegisteredKey, RegisteredSecret, Subject, System, TokenForm, User, UserState,
};

use crate::files::{File, Ids};
use crate::world::{NOON, World, draft};

pub(crate) const ORG_ID: &str = "0b6d1a5e-7f2f-4f0a-9a51-6f1c2d3e4f50";
const CLIENT_ID: &str = "acme-client";
const KEY_ID: &str = "5f0d3b8a-1111-4222-8333-944445555666";
/// With every character that one of the two ways of writing Basic changes.
pub(crate) const SECRET: &str = "s3cr+t/with=odd~chars";

pub(crate) struct Actor {
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

impl Actor {
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

    /// The profile's own endpoints are the real ones, so the test's are set by hand.
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

    /// Its assertions are about somebody else than the client.
    pub(crate) fn speaking_for(self, subject: &'static str) -> Self {
        Self { speaks_for: Some(subject), ..self }
    }

    /// The request's path is about somebody, the assertion about the client.
    pub(crate) fn speaking_for_path(self, subject: &'static str) -> Self {
        Self { in_path: true, ..self.speaking_for(subject) }
    }

    /// Its file names another user than the one that it speaks for.
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

    /// The id that the service user goes by in Mintage.
    fn user_id(&self) -> &str {
        self.speaks_for.filter(|_| !self.in_path).unwrap_or(match self.provider {
            "google" => "robot@acme.test",
            "zitadel" | "zitadel-cloud" | "zitadel-2021" | "paonia" => "100507859606888466",
            _ => CLIENT_ID,
        })
    }
}

/// An actor's issuer and service user, ready to mint.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) issuer: DemoIssuer,
    pub(crate) id: ServiceUserId,
    registered: String,
}

impl Stage {
    pub(crate) fn deactivate(&self) {
        assert!(self.issuer.set_user_state(&self.registered, UserState::Inactive), "the user is known");
    }

    pub(crate) fn make_administrator(&self) {
        self.change_user(|user| user.administrator = true);
    }

    /// The server no longer knows the key.
    pub(crate) fn remove_key(&self) {
        self.change_user(|user| user.keys.clear());
    }

    /// The server has another key under the key's id.
    pub(crate) fn replace_key(&self) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
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
        let user = self.world.mint.service_user(self.id).await.expect("it is there").service_user;
        user.default_credential.expect("it has one")
    }

    /// Imports a client secret for the service user, beside what it has.
    pub(crate) async fn import_secret(&self, secret: &str) {
        let mint = &self.world.mint;
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
        let environment = self.world.mint.service_user(self.id).await.expect("it is there").environment;
        let mut draft = environment.settings;
        change(&mut draft);
        self.world.mint.edit_environment(environment.id, draft).await.expect("the draft is sound");
    }

    pub(crate) async fn ask_for(&self, scopes: &[&str]) {
        let mut settings = self.world.mint.service_user(self.id).await.expect("it is there").service_user.settings;
        settings.scopes = scopes.iter().map(ToString::to_string).collect();
        self.world.mint.edit_service_user(self.id, settings).await.expect("it is there");
    }

    /// Nothing answers any more: the endpoint is a port where nobody listens.
    pub(crate) async fn shut_down(&self) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        drop(listener);
        self.change_environment(|draft| draft.endpoints.token = Some(format!("http://127.0.0.1:{port}/token"))).await;
    }
}

/// Starts the issuer, makes the environment, imports the credential and registers it.
pub(crate) async fn act(actor: &Actor) -> Stage {
    act_in(World::new().await, actor).await
}

/// As [`act`], in a world that was made for it.
pub(crate) async fn act_in(world: World, actor: &Actor) -> Stage {
    let config = Config::playing(actor.system, std::sync::Arc::new(|| NOON)).recording();
    let issuer = DemoIssuer::start(config).await.expect("a port on loopback is free");
    let environment = environment(actor, &issuer);
    let environment = world.mint.add_environment(environment, false).await.expect("the draft is sound");

    let review = review(actor, &world, &issuer).await;
    let facts = review.facts.unwrap_or_else(|| panic!("{}: {:?}", actor.name(), review.problem));
    let registered = match actor.speaks_for {
        Some(_) => CLIENT_ID,
        None => actor.user_id(),
    };
    let mut user = User::new(registered, "Deploy Bot", "deploy-bot@acme.test");
    user.token_form = TokenForm::Jwt;
    user.organisation = Some(Organisation { id: ORG_ID.into(), name: "ACME".into(), domain: "acme.test".into() });
    if let Some(subject) = actor.speaks_for {
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
        user_id: Some(actor.user_id().to_owned()),
        client_id: Some(CLIENT_ID.to_owned()).filter(|_| actor.speaks_for.is_some() || actor.file.is_none()),
        key_id: Some(KEY_ID.to_owned()).filter(|_| actor.key_id),
        ..ImportRequest::of(review.id, environment.id)
    };
    let outcome = world.mint.import(&request).await;
    let id = outcome.unwrap_or_else(|error| panic!("{}: {error}", actor.name())).service_user;
    if let Some(scopes) = actor.scopes {
        let mut settings = world.mint.service_user(id).await.expect("it is there").service_user.settings;
        settings.scopes = scopes.split(' ').map(str::to_owned).collect();
        world.mint.edit_service_user(id, settings).await.expect("it is there");
    }
    Stage { world, issuer, id, registered: registered.to_owned() }
}

fn environment(actor: &Actor, issuer: &DemoIssuer) -> EnvironmentDraft {
    let mut draft = draft(issuer.issuer(), actor.provider, Tier::Development);
    draft.parameters = actor.parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    if actor.endpoint_at_hand {
        draft.endpoints.token = Some(issuer.token_url().to_owned());
    }
    draft
}

async fn review(actor: &Actor, world: &World, issuer: &DemoIssuer) -> Review {
    let Some(file) = actor.file else {
        let secret = Secret::new(SECRET.to_owned());
        return world
            .mint
            .review_secret(CredentialKind::ClientSecret, &secret, Source::Form)
            .await
            .expect("reviewing works");
    };
    let ids = Ids {
        user_id: actor.file_names.unwrap_or(actor.user_id()),
        client_id: CLIENT_ID,
        key_id: KEY_ID,
        token_url: issuer.token_url(),
        issuer: issuer.issuer(),
        secret: SECRET,
    };
    world.review(&file(&ids)).await
}

/// `x5t#S256` of the fixture's certificate.
fn certificate_thumbprint() -> String {
    use base64::Engine as _;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-a.certificate.pem");
    let pem = std::fs::read_to_string(path).expect("the fixture is in the repository");
    let der = pem::parse(pem).expect("PEM").into_contents();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(digest.as_ref())
}
