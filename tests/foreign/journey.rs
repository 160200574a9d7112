//! A **journey**: one of the servers, and a mint that has its environment.

use mintage_core::claims::Claim;
use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Problem;
use mintage_core::mint::{Ask, ImportOutcome, ImportRequest, Review};
use mintage_core::provider::{Provider, ProviderId, SecretPlace, built_in, is_built_in};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use time::OffsetDateTime;

use crate::servers::{Known, Server, Software};
use crate::world::{KEY_ID, USER_ID, World, draft, fixture_key, key_file};

/// With every character that the ways of writing a client's secret change.
pub(crate) const SECRET: &str = "s3cr+t/with=odd~chars:50%&more";

/// How a client proves itself: to the server that has it registered so, and in Mintage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A secret in the `Authorization` header (RFC 6749 §2.3.1).
    Basic,
    /// A secret in the body.
    Post,
    /// An assertion (RFC 7523 §2.2), signed with the key of this fixture.
    Key(&'static str),
}

pub(crate) const RSA: Proof = Proof::Key("throwaway-rsa-2048-a.pkcs8.pem");
pub(crate) const P256: Proof = Proof::Key("throwaway-ec-p256.pkcs8.pem");

impl Proof {
    pub(crate) const ALL: [Self; 4] = [Self::Basic, Self::Post, RSA, P256];

    /// The client that asks for tokens by this proof. Its id reads otherwise once it is form-encoded.
    pub(crate) fn bot(self) -> &'static str {
        match self {
            Self::Basic => "deploy-bot@basic",
            Self::Post => "deploy-bot@post",
            RSA => "deploy-bot@rsa",
            Self::Key(_) => "deploy-bot@p256",
        }
    }

    /// The client that receives those tokens and asks what they are worth, with its own proof.
    pub(crate) fn api(self) -> (&'static str, Self) {
        match self {
            Self::Basic => ("orders-api@basic", self),
            Self::Post => ("orders-api@post", self),
            // A key stands for one client only.
            RSA => ("orders-api@p256", P256),
            Self::Key(_) => ("orders-api@rsa", RSA),
        }
    }

    /// The profile that has it so.
    pub(crate) fn profile(self) -> Provider {
        match self {
            Self::Basic | Self::Key(_) => profile("generic-client"),
            Self::Post => own_profile(|profile| {
                profile.client_secret.as_mut().expect("it takes secrets").place = SecretPlace::Post;
                profile.introspection.place = SecretPlace::Post;
            }),
        }
    }

    /// Adds a client that proves itself so to those whom a server knows.
    async fn register(self, known: Known, client_id: &str, world: &World) -> Known {
        match self {
            Self::Basic => known.client_with_secret(client_id, "client_secret_basic", SECRET),
            Self::Post => known.client_with_secret(client_id, "client_secret_post", SECRET),
            Self::Key(name) => {
                let key = world.review(&fixture(name)).await.facts.and_then(|facts| facts.key);
                known.client_with_key(client_id, &key.expect("the fixture is a key").public_jwk(&key_id_of(client_id)))
            }
        }
    }
}

/// The key of a client goes by an id of its own, as one fixture may be the key of several.
pub(crate) fn key_id_of(client_id: &str) -> String {
    format!("key-of-{client_id}")
}

pub(crate) fn profile(id: &str) -> Provider {
    let found = built_in().iter().find(|provider| provider.id.0 == id);
    found.expect("the profile is built in").clone()
}

/// A user's own copy of the profile for client credentials, with a change.
pub(crate) fn own_profile(change: impl FnOnce(&mut Provider)) -> Provider {
    let mut own = profile("generic-client");
    (own.id, own.name) = (ProviderId("own".into()), "Own".into());
    change(&mut own);
    own
}

pub(crate) struct Journey {
    pub(crate) world: World,
    pub(crate) server: Server,
    pub(crate) environment: Environment,
}

impl Journey {
    /// The server knows the fixture key as a service user's, by the JWT bearer grant, and the clients;
    /// service users of the environment ask for `scopes`.
    pub(crate) async fn of_users(software: Software, scopes: &[&str]) -> Self {
        let world = World::new().await;
        let review = world.review(&fixture_key()).await;
        let public_pem = review.facts.and_then(|facts| facts.key).expect("the fixture is a key").public_pem;
        let mut known = Known::default().user(USER_ID, KEY_ID, &public_pem, "Deploy Bot");
        for proof in Proof::ALL {
            let (api, own) = proof.api();
            known = proof.register(known, proof.bot(), &world).await;
            known = own.register(known, api, &world).await;
        }
        let server = software.start(&known);
        world.set_clock(real_time());
        let environment = environment(&world, &server, "generic", scopes).await;
        Self { world, server, environment }
    }

    /// The same, in an environment that follows the profile for a secret by Basic and for keys.
    pub(crate) async fn of_clients(software: Software) -> Self {
        let mut journey = Self::of_users(software, &[]).await;
        journey.follow(&profile("generic-client")).await;
        journey
    }

    /// Goes on in a new environment, which follows this profile; its service users ask for `deploy`.
    pub(crate) async fn follow(&mut self, profile: &Provider) {
        if !is_built_in(&profile.id) {
            self.world.mint.save_provider(profile, true).await.expect("the profile is sound");
        }
        self.environment = environment(&self.world, &self.server, &profile.id.0, &["deploy"]).await;
    }

    /// Imports what a client proves itself with, as it is registered.
    pub(crate) async fn import_client(&self, client_id: &str, proof: Proof) -> ImportOutcome {
        match proof {
            Proof::Basic | Proof::Post => self.import_secret(client_id, SECRET).await,
            Proof::Key(name) => self.import_key(&fixture(name), client_id, &key_id_of(client_id)).await,
        }
    }

    pub(crate) async fn import_secret(&self, client_id: &str, secret: &str) -> ImportOutcome {
        let secret = Secret::new(secret.to_owned());
        let review = self.world.mint.review_secret(CredentialKind::ClientSecret, &secret, Source::Form).await;
        self.finish(review.expect("reviewing works"), None, Some(client_id), None).await
    }

    /// Imports a key as three values.
    pub(crate) async fn import_key(&self, pem: &str, user_id: &str, key_id: &str) -> ImportOutcome {
        let review = self.world.review(pem).await;
        self.finish(review, Some(user_id), None, Some(key_id)).await
    }

    pub(crate) async fn import_key_file(&self) -> ImportOutcome {
        let review = self.world.review(&key_file(USER_ID, KEY_ID, "")).await;
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
        self.world.mint.import(&request).await.expect("the import works")
    }

    pub(crate) async fn refusal(&self, id: ServiceUserId) -> Problem {
        self.world.mint.token(id, Ask::default()).await.expect_err("it is refused").problem()
    }
}

async fn environment(world: &World, server: &Server, provider: &str, scopes: &[&str]) -> Environment {
    let mut settings = draft(server.issuer(), provider, Tier::Development);
    let before = world.mint.environments().await.expect("they are listed").len();
    settings.name = format!("Environment {before}");
    settings.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
    world.mint.add_environment(settings, false).await.expect("the draft is sound")
}

/// The value of one of the claims.
pub(crate) fn claim<'a>(claims: &'a [Claim], name: &str) -> Option<&'a str> {
    claims.iter().find(|claim| claim.name == name).map(|claim| claim.value.as_str())
}

pub(crate) fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "the servers keep the real time, and so must the mint")]
pub(crate) fn real_time() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
