//! A **journey**: one of the servers, and a mint with its environment.

use mintage_core::claims::Claim;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Problem;
use mintage_core::ids::ServiceUserId;
use mintage_core::mint::{Ask, ImportOutcome, ImportRequest, Review};
use mintage_core::provider::{Provider, ProviderId, SecretPlace, built_in, is_built_in};
use mintage_core::secret::Secret;
use time::OffsetDateTime;

use mintage_testbed::servers::{Known, Server, Software};
use mintage_testbed::setup::{KEY_ID, Setup, USER_ID, draft, fixture_key, key_file};

/// With every character that the encodings of a client's secret change.
pub(crate) const SECRET: &str = "s3cr+t/with=odd~chars:50%&more";

/// How a client authenticates: as registered on the server, and in Mintage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuth {
    /// A secret in the `Authorization` header (RFC 6749 §2.3.1).
    Basic,
    /// A secret in the body.
    Post,
    /// An assertion (RFC 7523 §2.2), signed with the key of this fixture.
    Key(&'static str),
}

pub(crate) const RSA: ClientAuth = ClientAuth::Key("throwaway-rsa-2048-a.pkcs8.pem");
pub(crate) const P256: ClientAuth = ClientAuth::Key("throwaway-ec-p256.pkcs8.pem");

impl ClientAuth {
    pub(crate) const ALL: [Self; 4] = [Self::Basic, Self::Post, RSA, P256];

    /// The client that requests tokens with this authentication. Its id changes when it is form-encoded.
    pub(crate) fn bot(self) -> &'static str {
        match self {
            Self::Basic => "deploy-bot@basic",
            Self::Post => "deploy-bot@post",
            RSA => "deploy-bot@rsa",
            Self::Key(_) => "deploy-bot@p256",
        }
    }

    /// The client that receives those tokens and introspects them, with its own authentication.
    pub(crate) fn api(self) -> (&'static str, Self) {
        match self {
            Self::Basic => ("orders-api@basic", self),
            Self::Post => ("orders-api@post", self),
            // A key belongs to one client only.
            RSA => ("orders-api@p256", P256),
            Self::Key(_) => ("orders-api@rsa", RSA),
        }
    }

    /// The profile for it.
    pub(crate) fn profile(self) -> Provider {
        match self {
            Self::Basic | Self::Key(_) => profile("generic-client"),
            Self::Post => own_profile(|profile| {
                profile.client_secret.as_mut().expect("it takes secrets").place = SecretPlace::Post;
                profile.introspection.place = SecretPlace::Post;
            }),
        }
    }

    /// Adds a client with this authentication to those a server knows.
    async fn register(self, known: Known, client_id: &str, setup: &Setup) -> Known {
        match self {
            Self::Basic => known.client_with_secret(client_id, "client_secret_basic", SECRET),
            Self::Post => known.client_with_secret(client_id, "client_secret_post", SECRET),
            Self::Key(name) => {
                let key = setup.review(&fixture(name)).await.facts.and_then(|facts| facts.key);
                known.client_with_key(client_id, &key.expect("the fixture is a key").public_jwk(&key_id_of(client_id)))
            }
        }
    }
}

/// A client's key has a unique id, since one fixture may be the key of several.
pub(crate) fn key_id_of(client_id: &str) -> String {
    format!("key-of-{client_id}")
}

pub(crate) fn profile(id: &str) -> Provider {
    let found = built_in().iter().find(|provider| provider.id.0 == id);
    found.expect("the profile is built in").clone()
}

/// The user's own copy of the client credentials profile, with a change.
pub(crate) fn own_profile(change: impl FnOnce(&mut Provider)) -> Provider {
    let mut own = profile("generic-client");
    (own.id, own.name) = (ProviderId("own".into()), "Own".into());
    change(&mut own);
    own
}

pub(crate) struct Journey {
    pub(crate) setup: Setup,
    pub(crate) server: Server,
    pub(crate) environment: Environment,
}

impl Journey {
    /// The server knows the fixture key as a service user's, by the JWT bearer grant, and the clients; service users of
    /// the environment request `scopes`.
    pub(crate) async fn of_users(software: Software, scopes: &[&str]) -> Self {
        let setup = Setup::new().await;
        let review = setup.review(&fixture_key()).await;
        let public_pem = review.facts.and_then(|facts| facts.key).expect("the fixture is a key").public_pem;
        let mut known = Known::default().user(USER_ID, KEY_ID, &public_pem, "Deploy Bot");
        for auth in ClientAuth::ALL {
            let (api, own) = auth.api();
            known = auth.register(known, auth.bot(), &setup).await;
            known = own.register(known, api, &setup).await;
        }
        let server = software.start(&known);
        setup.set_clock(real_time());
        let environment = environment(&setup, &server, "generic", scopes).await;
        Self { setup, server, environment }
    }

    /// The same, in an environment with the profile for a secret by Basic and for keys.
    pub(crate) async fn of_clients(software: Software) -> Self {
        let mut journey = Self::of_users(software, &[]).await;
        journey.follow(&profile("generic-client")).await;
        journey
    }

    /// Continues in a new environment with this profile; its service users request `deploy`.
    pub(crate) async fn follow(&mut self, profile: &Provider) {
        if !is_built_in(&profile.id) && self.setup.mint.provider(&profile.id).await.is_err() {
            self.setup.mint.save_provider(profile, None).await.expect("the profile is sound");
        }
        self.environment = environment(&self.setup, &self.server, &profile.id.0, &["deploy"]).await;
    }

    /// Imports what a client authenticates with, as registered.
    pub(crate) async fn import_client(&self, client_id: &str, auth: ClientAuth) -> ImportOutcome {
        match auth {
            ClientAuth::Basic | ClientAuth::Post => self.import_secret(client_id, SECRET).await,
            ClientAuth::Key(name) => self.import_key(&fixture(name), client_id, &key_id_of(client_id)).await,
        }
    }

    pub(crate) async fn import_secret(&self, client_id: &str, secret: &str) -> ImportOutcome {
        let secret = Secret::new(secret.to_owned());
        let review = self.setup.mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await;
        self.finish(review.expect("reviewing works"), None, Some(client_id), None).await
    }

    /// Imports a key as three values.
    pub(crate) async fn import_key(&self, pem: &str, user_id: &str, key_id: &str) -> ImportOutcome {
        let review = self.setup.review(pem).await;
        self.finish(review, Some(user_id), None, Some(key_id)).await
    }

    pub(crate) async fn import_key_file(&self) -> ImportOutcome {
        let review = self.setup.review(&key_file(USER_ID, KEY_ID, "")).await;
        self.finish(review, None, None, None).await
    }

    async fn finish(
        &self,
        review: Review,
        user_id: Option<&str>,
        client_id: Option<&str>,
        key_id: Option<&str>,
    ) -> ImportOutcome {
        let request = ImportRequest {
            user_id: user_id.map(str::to_owned),
            client_id: client_id.map(str::to_owned),
            key_id: key_id.map(str::to_owned),
            ..ImportRequest::of(review.id, self.environment.id)
        };
        self.setup.mint.import(&request).await.expect("the import works")
    }

    pub(crate) async fn refusal(&self, id: ServiceUserId) -> Problem {
        self.setup.mint.token(id, Ask::default()).await.expect_err("it is refused").problem()
    }
}

async fn environment(setup: &Setup, server: &Server, provider: &str, scopes: &[&str]) -> Environment {
    let mut settings = draft(server.issuer(), provider, Tier::Development);
    let before = setup.mint.environments().await.expect("they are listed").len();
    settings.name = format!("Environment {before}");
    settings.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
    setup.mint.add_environment(settings, false).await.expect("the draft is sound")
}

/// The value of one of the claims.
pub(crate) fn claim<'a>(claims: &'a [Claim], name: &str) -> Option<&'a str> {
    claims.iter().find(|claim| claim.name == name).map(|claim| claim.value.as_str())
}

pub(crate) fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "the servers keep the real time, and so must the mint")]
pub(crate) fn real_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
