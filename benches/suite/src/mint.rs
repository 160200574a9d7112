//! What a **mint** costs beside its signature and its request.
//!
//! In each round: one bare RS256 signature, one bare POST of a good assertion to the same issuer, one
//! mint. The issuer checks and answers both alike, so its time stands on both sides and falls out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use mintage_core::assertion::{self, AssertionPlan};
use mintage_core::credential::Source;
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Ask, ImportRequest, Mint};
use mintage_core::private_key::{PrivateKey, SigningAlgorithm};
use mintage_core::secret::Secret;
use mintage_core::service_user::ServiceUserId;
use mintage_core::token::MintStep;
use mintage_demo_issuer::{Config, DemoIssuer, RegisteredKey, User};
use time::Duration;
use uuid::Uuid;

use crate::Outcome;
use crate::sample::{Sample, milliseconds};
use crate::table::Table;
use crate::world;

const ROUNDS: usize = 200;
const WARM_UP: usize = 10;
const USER_ID: &str = "100507859606888466";
const KEY_ID: &str = "100509901696068329";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Measures minting with a keychain in memory and with the session's.
pub(crate) async fn measure(table: &mut Table) -> Outcome {
    let key = PrivateKey::generate()?;
    let issuer = issuer(&key)?;
    for (name, keychain) in [("in memory", world::keychain_in_memory()?), ("of the session", Keychain::platform())] {
        let stand = Stand::new(&key, &issuer, keychain).await?;
        stand.measure(name, table).await?;
        stand.clean_up().await?;
    }
    Ok(())
}

/// An issuer on a thread of its own, as a server would be.
fn issuer(key: &PrivateKey) -> Outcome<String> {
    let mut user = User::new(USER_ID, "Bench", "bench@demo.localhost");
    let public_pem = key.facts().public_pem.clone();
    user.keys.push(RegisteredKey { key_id: KEY_ID.to_owned(), public_pem, expires_at: None });
    let mut config = Config::new(Arc::new(world::now));
    config.users.push(user);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let issuer = DemoIssuer::start(config).await.map_err(std::io::Error::other)?;
            // The listener is waiting, and a stand that is gone needs no issuer.
            let _ = tell.send(issuer.issuer().to_owned());
            std::future::pending::<std::io::Result<()>>().await
        })
    });
    Ok(told.recv()?)
}

struct Stand<'a> {
    key: &'a PrivateKey,
    pair: RsaKeyPair,
    issuer: &'a str,
    client: reqwest::Client,
    mint: Mint,
    id: ServiceUserId,
    _folder: tempfile::TempDir,
}

impl<'a> Stand<'a> {
    async fn new(key: &'a PrivateKey, issuer: &'a str, keychain: Keychain) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let mint = world::mint_over(folder.path(), keychain).await?;
        let environment = world::environment(&mint, "Bench", issuer).await?;
        let text = Secret::new(world::key_file(key, USER_ID, KEY_ID));
        let review = mint.review_text(text, Source::Paste).await?;
        let request = ImportRequest { name: "bench".to_owned(), ..ImportRequest::of(review.id, environment.id) };
        let id = mint.import(&request).await?.service_user;
        let pair = RsaKeyPair::from_pkcs8(key.der().expose())?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { key, pair, issuer, client, mint, id, _folder: folder })
    }

    async fn measure(&self, keychain: &str, table: &mut Table) -> Outcome {
        let (mut signatures, mut posts, mut mints, mut reuses) = Default::default();
        let mut steps: BTreeMap<String, Sample> = BTreeMap::new();
        for round in 0..WARM_UP + ROUNDS {
            let figures = [
                self.signature()?,
                self.post().await?,
                self.token(true, &mut steps).await?,
                self.token(false, &mut BTreeMap::new()).await?,
            ];
            if round < WARM_UP {
                steps.clear();
                continue;
            }
            let samples: [&mut Sample; 4] = [&mut signatures, &mut posts, &mut mints, &mut reuses];
            samples.into_iter().zip(figures).for_each(|(sample, figure)| sample.0.push(figure));
        }
        let own = mints.without(&[&signatures, &posts]);
        let bare = signatures.median() + posts.median();
        table.time(&format!("new token, keychain {keychain}"), mints.median(), "one signature and one POST", bare);
        table.time("  of it neither signature nor request", own.median(), "one RS256 signature", signatures.median());
        table.time("", own.median(), "one POST to the same issuer", posts.median());
        table.time("  token already in memory", reuses.median(), "one POST to the same issuer", posts.median());
        let steps: Vec<String> =
            steps.iter().map(|(name, sample)| format!("{} {:.2}", name.to_lowercase(), sample.median())).collect();
        table.note(format!("steps of a mint, keychain {keychain}, in ms: {}", steps.join(", ")));
        Ok(())
    }

    /// Forgets the key, which the session's keychain would keep.
    async fn clean_up(&self) -> Outcome {
        Ok(self.mint.forget_service_user(self.id).await?)
    }

    /// One signature over as many bytes as an assertion has.
    fn signature(&self) -> Outcome<f64> {
        let message = [b'a'; 420];
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let start = Instant::now();
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature)?;
        Ok(milliseconds(start))
    }

    async fn post(&self) -> Outcome<f64> {
        let now = world::now();
        let plan = AssertionPlan {
            algorithm: SigningAlgorithm::Rs256,
            typ: "JWT".to_owned(),
            key_id: Some(KEY_ID.to_owned()),
            certificate: None,
            issuer: USER_ID.to_owned(),
            subject: USER_ID.to_owned(),
            audience: vec![self.issuer.to_owned()],
            issued_at: Some(now - Duration::seconds(20)),
            not_before: None,
            expires_at: now + Duration::minutes(5),
            jwt_id: Some(Uuid::new_v4().simple().to_string()),
            claims: BTreeMap::new(),
        };
        let assertion = assertion::sign(&plan, self.key)?;
        let form = [("grant_type", GRANT), ("assertion", assertion.compact.expose()), ("scope", "openid profile")];
        let start = Instant::now();
        let answer = self.client.post(format!("{}/oauth/v2/token", self.issuer)).form(&form).send().await?;
        let answer = answer.error_for_status()?.bytes().await?;
        let took = milliseconds(start);
        if answer.is_empty() { Err("the issuer answered nothing".into()) } else { Ok(took) }
    }

    async fn token(&self, fresh: bool, steps: &mut BTreeMap<String, Sample>) -> Outcome<f64> {
        let start = Instant::now();
        let token = self.mint.token(self.id, Ask { fresh, ..Ask::default() }).await?;
        let took = milliseconds(start);
        for MintStep { name, milliseconds, .. } in token.story.steps {
            steps.entry(name).or_default().0.extend(milliseconds);
        }
        if token.reused == fresh { Err("the mint did not do what was asked".into()) } else { Ok(took) }
    }
}
