//! A **stage**: a system with one client that is known there, and what a valid request to it looks like.

use std::sync::Arc;

use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding};
use mintage_testbed::issuer::{Algorithm, Application, Config, DemoIssuer, RegisteredSecret, Subject, System, User};
use serde_json::{Value, json};

use crate::issuer::support::{self, Answer, JWT_BEARER, KEY, NOW, Pair, client, pair, send};

pub(crate) const CLIENT: &str = "client@demo";
/// What a secret must survive: every character that a form or Basic could corrupt.
pub(crate) const SECRET: &str = "s e/c+r&e=t%:";
pub(crate) const SUBJECT: &str = "4711";
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The systems whose token endpoint accepts a form and an assertion.
pub(crate) const BY_ASSERTION: [System; 12] = [
    System::Zitadel,
    System::Google,
    System::Okta,
    System::Auth0,
    System::Keycloak,
    System::Entra,
    System::Salesforce,
    System::DocuSign,
    System::Box,
    System::GitHubApp,
    System::Stackit,
    System::Generic,
];

pub(crate) struct Emulator {
    pub(crate) system: System,
    pub(crate) issuer: DemoIssuer,
}

pub(crate) fn config(system: System) -> Config {
    let mut user = User::new(CLIENT, "Client", "client");
    user.keys.push(support::key(KEY));
    user.secrets.push(RegisteredSecret::new(CLIENT, SECRET));
    user.speaks_for = vec![Subject::new(SUBJECT), Subject { id: "reluctant".into(), consented: false }];
    let application =
        Application { client_id: "api".into(), project_id: "42".into(), secret: Some(SECRET.into()), key: None };
    let config = system.config(Arc::new(|| NOW)).with_user(user).with_application(application).recording();
    // An elliptic key is created instantly, and each case starts its own emulator.
    Config { algorithm: Algorithm::Es256, ..config }
}

impl Emulator {
    pub(crate) async fn of(system: System) -> Self {
        Self::with(system, config(system)).await
    }

    pub(crate) async fn with(system: System, config: Config) -> Self {
        Self { system, issuer: DemoIssuer::start(config).await.unwrap() }
    }

    /// Whether the assertion authenticates the client instead of being the grant.
    fn authenticates(&self) -> bool {
        matches!(self.system, System::Okta | System::Auth0 | System::Keycloak | System::Entra)
    }

    pub(crate) fn header(&self) -> Value {
        match self.system {
            System::Entra => json!({ "alg": "PS256", "x5t#S256": KEY }),
            System::Stackit => json!({ "alg": "RS512", "kid": KEY }),
            _ => json!({ "alg": "RS256", "kid": KEY }),
        }
    }

    /// Valid claims, all of them.
    pub(crate) fn claims(&self) -> Value {
        let now = NOW.unix_timestamp();
        let issuer = &self.issuer;
        let (subject, audience) = match self.system {
            System::Google => (CLIENT, issuer.token_url().to_owned()),
            System::Okta | System::Entra => (CLIENT, issuer.token_url().to_owned()),
            System::Salesforce | System::Stackit => (SUBJECT, issuer.url().to_owned()),
            System::DocuSign => (SUBJECT, issuer.url().trim_start_matches("http://").to_owned()),
            System::Box => (SUBJECT, issuer.token_url().to_owned()),
            _ => (CLIENT, issuer.issuer().to_owned()),
        };
        let mut claims = json!({
            "iss": CLIENT, "sub": subject, "aud": audience, "iat": now - 10, "exp": now + 50, "jti": unique(),
        });
        if matches!(self.system, System::Google | System::DocuSign) {
            claims["scope"] = json!("signature impersonation");
        }
        if self.system == System::Box {
            claims["box_sub_type"] = json!("enterprise");
        }
        claims
    }

    /// A valid assertion with members of its header and claims replaced; `null` removes one.
    pub(crate) fn assertion(&self, header: &Value, claims: &Value) -> String {
        sign(pair(), &changed(self.header(), header), &changed(self.claims(), claims))
    }

    /// The fields of a valid request with an assertion, some replaced; an empty one counts as none.
    pub(crate) fn fields(&self, assertion: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let grant = if self.authenticates() { "client_credentials" } else { JWT_BEARER };
        let mut fields = vec![("grant_type", grant)];
        if self.authenticates() {
            fields.extend([("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)]);
        } else {
            fields.push(("assertion", assertion));
        }
        fields.extend(match self.system {
            System::Auth0 => vec![("audience", "https://api.example")],
            System::Box => vec![("client_id", CLIENT), ("client_secret", SECRET)],
            System::Entra => vec![("client_id", CLIENT), ("scope", "https://api.example/.default")],
            System::Zitadel => vec![("scope", "openid profile")],
            System::Okta | System::Keycloak | System::Generic => vec![("scope", "read write")],
            _ => Vec::new(),
        });
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        fields.extend(changes);
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Requests a token with an assertion.
    pub(crate) async fn ask(&self, assertion: &str, changes: &[(&str, &str)]) -> Answer {
        if self.system == System::GitHubApp {
            let url = self.issuer.token_url().replace("{installation_id}", SUBJECT);
            return send(client().post(url).bearer_auth(assertion)).await;
        }
        let fields = self.fields(assertion, changes);
        send(client().post(self.issuer.token_url()).form(&fields)).await
    }

    /// Requests one with a valid assertion.
    pub(crate) async fn ask_well(&self) -> Answer {
        self.ask(&self.assertion(&json!({}), &json!({})), &[]).await
    }

    /// Requests one with fields alone.
    pub(crate) async fn post(&self, fields: &[(&str, &str)]) -> Answer {
        send(client().post(self.issuer.token_url()).form(fields)).await
    }
}

/// Signs with the algorithm that the header names; an unknown one is signed as RS256.
pub(crate) fn sign(pair: &Pair, header: &Value, claims: &Value) -> String {
    let padding: &'static dyn RsaEncoding = match header["alg"].as_str() {
        Some("PS256") => &RSA_PSS_SHA256,
        Some("RS512") => &RSA_PKCS1_SHA512,
        _ => &RSA_PKCS1_SHA256,
    };
    pair.sign(padding, header, claims)
}

pub(crate) fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    object
}

/// A string that no test has used before.
pub(crate) fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("0123456789abcdef-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Error and description of a refusal, wherever the system puts them.
pub(crate) fn refusal(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text =
        |names: &[&str]| names.iter().find_map(|name| Some(body.get(*name)?.as_str()?.to_owned())).unwrap_or_default();
    (answer.status, text(&["error", "code"]), text(&["error_description", "message"]))
}

/// Compares a refusal; a description that ends with `…` is a beginning.
pub(crate) fn assert_refused(answer: &Answer, expected: (u16, &str, &str), case: &str) {
    let (status, error, description) = refusal(answer);
    assert_eq!((status, error.as_str()), (expected.0, expected.1), "{case}: {answer:?}");
    match expected.2.strip_suffix('…') {
        Some(beginning) => assert!(description.starts_with(beginning), "{case}: {description}"),
        None => assert_eq!(description, expected.2, "{case}"),
    }
}
