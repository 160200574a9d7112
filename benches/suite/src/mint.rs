//! What a **mint** costs besides its signature and its request.
//!
//! Each round: one bare RS256 signature with a key that has signed before, one bare POST of a valid assertion to the
//! same issuer, one mint. The issuer handles both the same way, so its time is on both sides and cancels out.
//!
//! A mint can't reach one signature and one POST: Mintage keeps no key in memory, so every mint reads its key from the
//! keychain, and the crypto library checks the key's numbers and blinds its first signature anew. That **floor** is
//! measured in the same round: a bare keychain read in an open session, a bare parse, the key's first signature, and
//! the POST.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use mintage_core::assertion::{self, AssertionPlan};
use mintage_core::credential::Source;
use mintage_core::ids::{CredentialId, ServiceUserId};
use mintage_core::jose::SigningAlgorithm;
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Ask, ImportRequest, Mint};
use mintage_core::private_key::PrivateKey;
use mintage_core::secret::Secret;
use mintage_core::token::MintStep;
use mintage_testbed::issuer::{Config, DemoIssuer, RegisteredKey, User};
use secret_service::{EncryptionType, SecretService};
use time::Duration;
use uuid::Uuid;

use crate::Outcome;
use crate::sample::{Sample, milliseconds};
use crate::setup;
use crate::table::Table;

const ROUNDS: usize = 200;
const WARM_UP: usize = 10;
const USER_ID: &str = "100507859606888466";
const KEY_ID: &str = "100509901696068329";
/// As many bytes as an assertion has.
const MESSAGE: [u8; 420] = [b'a'; 420];
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Measures minting with a keychain in memory and with the session's.
pub(crate) async fn measure(table: &mut Table) -> Outcome {
    let key = PrivateKey::generate()?;
    let issuer = issuer(&key)?;
    let service = SecretService::connect(EncryptionType::Dh).await?;
    let keychains =
        [("in memory", setup::keychain_in_memory()?, None), ("of the session", Keychain::platform(), Some(&service))];
    for (name, keychain, service) in keychains {
        let stand = Stand::new(&key, &issuer, keychain, service).await?;
        stand.measure(name, table).await?;
        stand.clean_up().await?;
    }
    Ok(())
}

/// An issuer on its own thread, as a server would be.
fn issuer(key: &PrivateKey) -> Outcome<String> {
    let mut user = User::new(USER_ID, "Bench", "bench@demo.localhost");
    let public_pem = key.facts().public_pem.clone();
    user.keys.push(RegisteredKey { key_id: KEY_ID.to_owned(), public_pem, expires_at: None });
    let mut config = Config::new(Arc::new(setup::now));
    config.users.push(user);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let issuer = DemoIssuer::start(config).await.map_err(std::io::Error::other)?;
            // The listener is waiting, and if the benchmark is gone no issuer is needed.
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
    credential: CredentialId,
    /// The bare way to the key, if it is in the session's keychain.
    service: Option<&'a SecretService<'static>>,
    _folder: tempfile::TempDir,
}

/// The figures of all rounds.
#[derive(Default)]
struct Samples {
    signatures: Sample,
    posts: Sample,
    floors: Sample,
    mints: Sample,
    reuses: Sample,
    steps: BTreeMap<String, Sample>,
}

impl<'a> Stand<'a> {
    async fn new(
        key: &'a PrivateKey,
        issuer: &'a str,
        keychain: Keychain,
        service: Option<&'a SecretService<'static>>,
    ) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let mint = setup::mint_over(folder.path(), keychain).await?;
        let environment = setup::environment(&mint, "Bench", issuer).await?;
        let text = Secret::new(setup::key_file(key, USER_ID, KEY_ID));
        let review = mint.review_text(text, Source::Paste).await?;
        let request = ImportRequest { name: "bench".to_owned(), ..ImportRequest::of(review.id, environment.id) };
        let imported = mint.import(&request).await?;
        let (id, credential) = (imported.service_user, imported.credential);
        let pair = RsaKeyPair::from_pkcs8(key.der().expose())?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { key, pair, issuer, client, mint, id, credential, service, _folder: folder })
    }

    async fn measure(&self, keychain: &str, table: &mut Table) -> Outcome {
        for _ in 0..WARM_UP {
            self.round(&mut Samples::default()).await?;
        }
        let mut samples = Samples::default();
        for _ in 0..ROUNDS {
            self.round(&mut samples).await?;
        }
        samples.report(keychain, table);
        Ok(())
    }

    /// Takes one figure of each kind.
    async fn round(&self, samples: &mut Samples) -> Outcome {
        let post = self.post().await?;
        samples.signatures.0.push(self.signature()?);
        samples.posts.0.push(post);
        samples.floors.0.push(self.bare_read().await? + self.first_signature()? + post);
        samples.mints.0.push(self.token(true, &mut samples.steps).await?);
        // What the mint writes behind its answer would be measured with the next one.
        self.mint.finish().await;
        samples.reuses.0.push(self.token(false, &mut BTreeMap::new()).await?);
        Ok(())
    }

    /// Reads the key from the session's keychain without Mintage: a search and a read, which is the least that tells
    /// whether the item is still there, and still the only one.
    async fn bare_read(&self) -> Outcome<f64> {
        let Some(service) = self.service else { return Ok(0.0) };
        let id = self.credential.0.to_string();
        let start = Instant::now();
        let found = service.search_items([("application", "mintage"), ("id", id.as_str())].into()).await?;
        let secret = found.unlocked.first().ok_or("the key isn't in the keychain")?.get_secret().await?;
        let took = milliseconds(start);
        if secret.is_empty() { Err("the key is empty".into()) } else { Ok(took) }
    }

    /// Parses the key and signs once with it.
    fn first_signature(&self) -> Outcome<f64> {
        let start = Instant::now();
        let pair = RsaKeyPair::from_pkcs8(self.key.der().expose())?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature)?;
        Ok(milliseconds(start))
    }

    /// Removes the key, which the session's keychain would keep.
    async fn clean_up(&self) -> Outcome {
        Ok(self.mint.forget_service_user(self.id).await?)
    }

    /// One signature with a key that has signed before.
    fn signature(&self) -> Outcome<f64> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let start = Instant::now();
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature)?;
        Ok(milliseconds(start))
    }

    async fn post(&self) -> Outcome<f64> {
        let now = setup::now();
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
        if answer.is_empty() { Err("the issuer didn't respond".into()) } else { Ok(took) }
    }

    async fn token(&self, fresh: bool, steps: &mut BTreeMap<String, Sample>) -> Outcome<f64> {
        let start = Instant::now();
        let token = self.mint.token(self.id, Ask { fresh, ..Ask::default() }).await?;
        let took = milliseconds(start);
        for MintStep { name, milliseconds, .. } in token.trace.steps {
            if let Some(figure) = milliseconds {
                steps.entry(name).or_default().0.push(figure);
            }
        }
        if token.reused == fresh { Err("the mint didn't produce what was asked for".into()) } else { Ok(took) }
    }
}

impl Samples {
    fn report(&self, keychain: &str, table: &mut Table) {
        let Self { signatures, posts, floors, mints, reuses, steps } = self;
        let own = mints.without(&[signatures, posts]);
        let bare = signatures.median() + posts.median();
        table.time(&format!("new token, keychain {keychain}"), mints.median(), "one signature and one POST", bare);
        table.time("  the floor of it", floors.median(), "one signature and one POST", bare);
        table.time("", mints.median(), "the floor of it", floors.median());
        table.time("  of it neither signature nor request", own.median(), "one RS256 signature", signatures.median());
        table.time("", own.median(), "one POST to the same issuer", posts.median());
        table.time("  token already in memory", reuses.median(), "one POST to the same issuer", posts.median());
        let steps: Vec<String> =
            steps.iter().map(|(name, sample)| format!("{} {:.2}", name.to_lowercase(), sample.median())).collect();
        table.note(format!("steps of a mint, keychain {keychain}, in ms: {}", steps.join(", ")));
    }
}
