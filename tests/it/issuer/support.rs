//! A service user with its own key, and a raw client. Time stands still at [`NOW`].

use std::sync::{Arc, OnceLock};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mintage_testbed::issuer::{Config, DemoIssuer, Dialect, RegisteredKey, TokenForm, User};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-01 12:00:00 UTC);
pub(crate) const USER: &str = "285764316528705540";
pub(crate) const KEY: &str = "285764329187115012";
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const DIALECTS: [Dialect; 5] = [Dialect::D0, Dialect::D1, Dialect::D2, Dialect::D3, Dialect::D4];

/// D1's response to an unknown key.
pub(crate) const KEY_NOT_FOUND: &str = "ID=DEMO-Key01 Message=Errors.AuthNKey.NotFound";

/// A key pair, its public half as it is registered.
pub(crate) struct Pair {
    private: RsaKeyPair,
    pub(crate) public_pem: String,
}

impl Pair {
    pub(crate) fn generate() -> Self {
        Self::of(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Self {
        Self::of(RsaKeyPair::from_pkcs8(der).unwrap())
    }

    pub(crate) fn from_pkcs1(der: &[u8]) -> Self {
        Self::of(RsaKeyPair::from_der(der).unwrap())
    }

    fn of(private: RsaKeyPair) -> Self {
        let public: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
        let public_pem = pem::encode(&pem::Pem::new("PUBLIC KEY", public.as_ref()));
        Self { private, public_pem }
    }

    /// The public half in a form that no server accepts.
    pub(crate) fn pkcs1_public_pem(&self) -> String {
        pem::encode(&pem::Pem::new("RSA PUBLIC KEY", self.private.public_key().as_ref()))
    }

    /// Signs any header and claims, even nonsensical ones.
    pub(crate) fn sign(&self, padding: &'static dyn RsaEncoding, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.private.public_modulus_len()];
        self.private.sign(padding, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The user's key.
pub(crate) fn pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(Pair::generate)
}

/// An elliptic public key, which may be registered but never works.
pub(crate) fn elliptic_public_pem() -> String {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    pem::encode(&pem::Pem::new("PUBLIC KEY", public.as_ref()))
}

/// A key that nobody registered.
pub(crate) fn stranger() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(Pair::generate)
}

pub(crate) fn key(key_id: &str) -> RegisteredKey {
    RegisteredKey { key_id: key_id.into(), public_pem: pair().public_pem.clone(), expires_at: None }
}

pub(crate) fn user(form: TokenForm) -> User {
    let mut user = User::new(USER, "Deployer", "deployer@demo.example");
    user.keys.push(key(KEY));
    user.token_form = form;
    user
}

/// A config with one user whose tokens are JWTs.
pub(crate) fn config() -> Config {
    let mut config = Config::new(Arc::new(|| NOW));
    config.users.push(user(TokenForm::Jwt));
    config
}

pub(crate) async fn start() -> DemoIssuer {
    DemoIssuer::start(config()).await.unwrap()
}

pub(crate) fn set_dialect(issuer: &DemoIssuer, dialect: Dialect) {
    let mut quirks = issuer.quirks();
    quirks.dialect = dialect;
    issuer.set_quirks(quirks);
}

/// The claims of a valid assertion.
pub(crate) fn claims(issuer: &str) -> Value {
    let now = NOW.unix_timestamp();
    json!({ "iss": USER, "sub": USER, "aud": issuer, "iat": now - 10, "exp": now + 300 })
}

pub(crate) fn sign(claims: &Value) -> String {
    pair().sign(&RSA_PKCS1_SHA256, &json!({ "alg": "RS256", "kid": KEY }), claims)
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) date: String,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn access_token(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()["access_token"].as_str().unwrap().to_owned()
    }
}

/// One client for all tests, since building one reads the system's certificates. It keeps no connections, since each
/// test has its own runtime, which takes its connections with it.
pub(crate) fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap())
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let headers = response.headers().clone();
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    Answer {
        status: response.status().as_u16(),
        content_type: text(CONTENT_TYPE),
        date: text(DATE),
        text: response.text().await.unwrap(),
        headers,
    }
}

pub(crate) async fn get(issuer: &DemoIssuer, path: &str) -> Answer {
    send(client().get(format!("{}{path}", issuer.url()))).await
}

pub(crate) async fn post(issuer: &DemoIssuer, path: &str, fields: &[(&str, &str)]) -> Answer {
    send(client().post(format!("{}{path}", issuer.url())).form(fields)).await
}

pub(crate) async fn exchange(issuer: &DemoIssuer, assertion: &str, scope: &str) -> Answer {
    let fields = [("grant_type", JWT_BEARER), ("assertion", assertion), ("scope", scope)];
    post(issuer, "/oauth/v2/token", &fields).await
}

/// Exchanges a valid assertion.
pub(crate) async fn mint(issuer: &DemoIssuer, scope: &str) -> Answer {
    exchange(issuer, &sign(&claims(issuer.issuer())), scope).await
}

pub(crate) async fn userinfo(issuer: &DemoIssuer, token: &str) -> Answer {
    let url = format!("{}/oidc/v1/userinfo", issuer.issuer());
    send(client().get(url).header(AUTHORIZATION, format!("Bearer {token}"))).await
}
