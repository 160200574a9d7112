//! A **diagnosis** says why a token was, or would be, refused: servers explain little or nothing, so
//! the likely cause is found here from what was sent, what came back and what is known locally.
//!
//! Rule: pure, a table of symptoms; every cause comes with the next step, the likeliest cause first.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::credential::{Credential, CredentialKind};
use crate::dated::Dated;
use crate::error::IssuerError;
use crate::provider::{KeyGrant, ParameterValues, Provider, RefusalDialect};

mod cause;
mod inactive;
mod local;
mod refusal;
mod way;
mod words;

pub use inactive::{Inactive, inactive};

/// One possible cause of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Stable kebab-case word, for example `clock-ahead`.
    pub code: String,
    /// The cause as a sentence without its final period, for example `Your clock is 74 s ahead of the
    /// server's; ZITADEL allows 1 s`.
    pub sentence: String,
    /// The same with its time apart, where it holds one.
    pub dated: Option<Dated>,
    /// The next step, as a sentence without its final period.
    pub help: String,
    /// What the button beside it does.
    pub next: NextStep,
}

/// What the one button of a cause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum NextStep {
    /// Mint again with times corrected by the measured skew.
    UseServerTime,
    /// Import another key file.
    ImportKey,
    /// Open the environment's editor.
    EditEnvironment,
    /// Open the scopes.
    EditScopes,
    /// Mint again as it was.
    TryAgain,
    /// Mint again with the project's audience scope and introspect.
    MintWithAudience,
    /// Unlock the keychain.
    UnlockKeychain,
    /// Describe the key file in a profile of the user's own.
    DescribeFile,
    /// Nothing that a button could do.
    None,
}

/// What a credential was, or would be, used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A token (RFC 6749 §3.2).
    Token,
    /// Introspection as a client (RFC 7662 §2.1).
    Introspection,
    /// Revocation as a client (RFC 7009 §2.1).
    Revocation,
}

/// What is known about an attempt, before or after it was sent.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// What it is for.
    pub purpose: Purpose,
    /// The provider's profile.
    pub provider: &'a Provider,
    /// Host and port of the issuer.
    pub host: &'a str,
    /// Host and port of the endpoint that is asked.
    pub endpoint_host: &'a str,
    /// The issuer identifier that the user configured.
    pub issuer: &'a str,
    /// The assertion's audience as it was, or would be, sent.
    pub audience: &'a [String],
    /// The credential that signs.
    pub credential: &'a Credential,
    /// The client id that it goes by.
    pub client_id: &'a str,
    /// The provider's parameters, as the environment has them.
    pub parameters: &'a ParameterValues,
    /// The scopes asked for.
    pub scopes: &'a [String],
    /// How long the assertion is valid from sending, as wished and capped; zero where none is sent.
    pub lifetime: Duration,
    /// Local time at sending.
    pub now: OffsetDateTime,
    /// Local clock minus the server's, as measured; `None` where it never was.
    pub skew: Option<Duration>,
    /// What was already taken off the assertion's times: the skew where it was corrected, else zero.
    pub corrected_by: Duration,
    /// Whether the client secret that must go with the key is missing (Box).
    pub lacks_secret: bool,
    /// Whether a client secret holds characters that the two ways of writing Basic write differently.
    pub secret_is_encoded: bool,
}

/// Causes that make it certain that the attempt would fail, the most certain first; empty if none.
///
/// Certain are: an application's key, an expired key, a certificate or a client secret that is wanted and
/// missing, an empty scope where one is required, an empty audience where one is due, an audience without the issuer (where the provider's rule has it), and a
/// measured skew that is not corrected and beyond what the provider's tolerance, the backdating and the
/// assertion's life together can bear.
pub fn preflight(attempt: &Attempt<'_>) -> Vec<Cause> {
    local::certain(attempt)
}

/// Causes that explain why the attempt failed, the likeliest first; never empty.
pub fn diagnose(attempt: &Attempt<'_>, failure: &IssuerError) -> Vec<Cause> {
    match failure {
        IssuerError::Refused(refusal) => {
            local::date(attempt, refusal).into_iter().chain(refusal::explain(attempt, refusal)).collect()
        }
        other => way::explain(other),
    }
}

/// Causes that explain a failure before anything could be refused (discovery, the network), the
/// likeliest first; never empty. A refusal is for [`diagnose`], which needs to know what was sent.
pub fn on_the_way(failure: &IssuerError) -> Vec<Cause> {
    way::explain(failure)
}

impl Cause {
    /// Whether the difference between the clocks is the cause.
    pub fn blames_the_clock(&self) -> bool {
        self.next == NextStep::UseServerTime
    }

    /// Whether the credential itself is the cause, so that another one is wanted.
    pub fn blames_the_credential(&self) -> bool {
        self.next == NextStep::ImportKey
    }
}

impl Attempt<'_> {
    /// What to call the server in a sentence: `ZITADEL`, or `this server` where its maker is not known.
    fn server_name(&self) -> &str {
        match self.provider.refusals {
            RefusalDialect::OAuth => "this server",
            RefusalDialect::Frontier => "Frontier",
            RefusalDialect::Zitadel => self.provider.name.split(' ').next().unwrap_or("this server"),
        }
    }

    /// The rules of the assertion, where one is sent.
    fn assertion(&self) -> Option<&KeyGrant> {
        let signs = match self.credential.kind {
            CredentialKind::PrivateKey => true,
            CredentialKind::ApplicationKey => self.purpose != Purpose::Token,
            CredentialKind::ClientSecret | CredentialKind::PersonalToken => false,
        };
        self.provider.private_key.as_ref().filter(|_| signs)
    }

    /// Whether a client secret is sent: alone, or beside the assertion.
    fn sends_secret(&self) -> bool {
        let beside = self.purpose == Purpose::Token && self.assertion().is_some_and(|grant| grant.with_client_secret);
        beside || self.credential.kind == CredentialKind::ClientSecret
    }

    /// Whose credential it is, in a sentence.
    fn owner(&self) -> &'static str {
        match self.purpose {
            Purpose::Token => "service user",
            Purpose::Introspection | Purpose::Revocation => "application",
        }
    }

    /// What the request went to, in a sentence.
    fn endpoint(&self) -> &'static str {
        match self.purpose {
            Purpose::Token => "token endpoint",
            Purpose::Introspection => "introspection endpoint",
            Purpose::Revocation => "revocation endpoint",
        }
    }

    /// `grant_type` of the request.
    fn grant_type(&self) -> &str {
        let secret = || self.provider.client_secret.as_ref().map(|grant| grant.grant_type.as_str());
        self.assertion().map(|grant| grant.grant_type.as_str()).or_else(secret).unwrap_or_default()
    }

    /// How far the assertion's times are off by the server's clock: positive is in the future.
    fn remaining_skew(&self) -> Option<Duration> {
        self.skew.map(|skew| skew.saturating_sub(self.corrected_by))
    }
}

#[cfg(test)]
mod tests;
