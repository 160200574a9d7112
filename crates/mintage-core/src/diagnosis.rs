//! A **diagnosis** says why a token was, or would be, refused: servers explain little or nothing, so the likely cause
//! is derived here from what was sent, what came back and what is known locally.
//!
//! Rule: pure, and data: what a response means is in rules (`provider::Refusals`, [`standard`]), what a reason means to
//! the user in one table ([`reasons`]). Every cause comes with its next step. The order:
//!
//! 1. what something in front of the server said, or the server before it looked at anything (a proxy, a quota);
//! 2. what is **certain** locally, whatever the server says: an expired key, an application's key, a clock
//!    beyond all tolerance;
//! 3. what the server **names**: the profile's rules first, then the standards', then everyday words;
//! 4. what is **likely** locally: a clock that is off by more than the assertion was backdated, a token endpoint on
//!    another host that the user entered, an audience without the issuer;
//! 5. what is **left** if the server names nothing: the causes of a vague reason, the most common first.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::credential::{Credential, CredentialKind};
use crate::dated::Dated;
use crate::issuer::{IssuerError, Refusal};
use crate::moment::Skew;
use crate::provider::{Carrier, KeyGrant, ParameterValues, Provider, Reason, RequestKind, Sent};

mod audience;
mod cause;
mod everyday;
mod inactive;
mod local;
mod reasons;
mod rules;
mod standard;
mod transport;
mod words;

pub use inactive::{Inactive, inactive};

/// One possible cause of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// A stable kebab-case code, for example `clock-ahead`.
    pub code: String,
    /// The cause as a sentence without a final period, for example `Your clock is 74 s ahead of the server's; ZITADEL
    /// allows 1 s`.
    pub sentence: String,
    /// The same with its time separate, if it contains one.
    pub dated: Option<Dated>,
    /// The next step, as a sentence without a final period.
    pub help: String,
    /// What the button next to it does.
    pub next: NextStep,
}

/// What a cause's button does.
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
    /// Repeat the request.
    TryAgain,
    /// Mint a new token.
    Mint,
    /// Mint again with the project's audience scope and introspect.
    MintWithAudience,
    /// Unlock the keychain.
    UnlockKeychain,
    /// Describe the key file in one of the user's profiles.
    DescribeFile,
    /// Nothing that a button could do.
    None,
}

/// What is known about an attempt, before or after it was sent.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The kind of request.
    pub request: RequestKind,
    /// The provider's profile.
    pub provider: &'a Provider,
    /// Host and port of the issuer.
    pub host: &'a str,
    /// Host and port of the requested endpoint.
    pub endpoint_host: &'a str,
    /// The issuer identifier that the user configured.
    pub issuer: &'a str,
    /// Whether the user entered the endpoint.
    pub endpoint_by_hand: bool,
    /// The assertion's audience as it was, or would be, sent.
    pub audience: &'a [String],
    /// The credential it is about: the one that authenticates the caller, or, in an API call, the one that is compared
    /// or removed; `None` for an unauthenticated request.
    pub credential: Option<&'a Credential>,
    /// The client id that it uses.
    pub client_id: &'a str,
    /// The provider's parameters, as the environment has them.
    pub parameters: &'a ParameterValues,
    /// The requested scopes.
    pub scopes: &'a [String],
    /// The token that was sent, if one was.
    pub token: Option<TokenShown>,
    /// How long the assertion is valid from sending, after applying the limit; zero if none is sent.
    pub lifetime: Duration,
    /// Local time at sending.
    pub now: OffsetDateTime,
    /// The local clock minus the server's, as measured; `None` if it was never measured.
    pub skew: Option<Duration>,
    /// What was already subtracted from the assertion's times: the skew if it was corrected, otherwise zero.
    pub corrected_by: Duration,
    /// Whether the client secret that must go with the key is missing (Box).
    pub lacks_secret: bool,
    /// Whether a client secret contains characters that the two variants of Basic encode differently.
    pub secret_is_encoded: bool,
}

/// What is known about a token that was sent to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenShown {
    /// When it expires by the local clock, if that is known.
    pub expires_at: Option<OffsetDateTime>,
    /// Whether it is a credential that isn't minted.
    pub ready_made: bool,
}

/// Causes that make it certain that the attempt would fail, the most certain first; empty if there are none.
///
/// Certain causes are: an application's key; an expired key; a missing certificate or client secret that is required;
/// no scope if one is required; no audience if one is due; an audience without the issuer (if the provider's servers
/// are strict about it); and a measured, uncorrected skew beyond the provider's tolerance, the backdating, the
/// assertion's lifetime and the measurement error.
pub fn preflight(attempt: &Attempt<'_>) -> Vec<Cause> {
    local::certain(&Case { attempt, said: None })
}

/// Causes that explain why the attempt failed, the likeliest first; never empty.
pub fn diagnose(attempt: &Attempt<'_>, failure: &IssuerError) -> Vec<Cause> {
    let Some(said) = failure.said() else { return transport::explain(failure) };
    let (provider, request, sent) = (attempt.provider, attempt.request, attempt.sent());
    match failure {
        IssuerError::Refused(_) => explain(attempt, said, rules::named(provider, request, &sent, said)),
        // If the response isn't the server's own, only a rule of the profile knows better.
        _ => match rules::known(provider, request, &sent, said) {
            Some(found) => found.causes(&Case { attempt, said: Some(said) }),
            None => transport::explain(failure),
        },
    }
}

/// Causes that explain a failure before anything could be refused (discovery, the network), the
/// likeliest first; never empty.
pub fn on_the_way(provider: &Provider, failure: &IssuerError) -> Vec<Cause> {
    transport::explain_discovery(provider, failure)
}

/// What a server's own rules make of its response: the reasons that it names, if any. A response that no rule of the
/// profile matches isn't acted on.
pub(crate) fn named_by(provider: &Provider, request: RequestKind, sent: Sent, said: &Refusal) -> Vec<Reason> {
    rules::of_profile(provider, request, &[sent], said).map(|rule| rule.means.0.clone()).unwrap_or_default()
}

/// Whether waiting helps if a server asks for a pause: not if a quota is used up.
pub(crate) fn waiting_helps(provider: &Provider, said: &Refusal) -> bool {
    let known = rules::known(provider, RequestKind::Token, &[], said);
    known.is_none_or(|found| !found.means(Reason::QuotaExhausted))
}

/// The order of the module's header, from 2 on; 1 precedes all.
fn explain(attempt: &Attempt<'_>, said: &Refusal, named: Option<rules::Found>) -> Vec<Cause> {
    // A refusal includes the server's time, which is better than no measurement.
    let told = said.server_date.and_then(|date| Skew::between(attempt.now, date)).map(Skew::difference);
    let attempt = &Attempt { skew: attempt.skew.or(told), ..attempt.clone() };
    let case = &Case { attempt, said: Some(said) };
    let found = named.unwrap_or_else(|| rules::left(attempt, said));
    let (certain, likely, found_causes) = (local::certain(case), local::likely(case), found.causes(case));
    let mut causes = match found.precedence() {
        reasons::Precedence::BeforeAll => [found_causes, certain].concat(),
        reasons::Precedence::Named => [certain, found_causes, likely].concat(),
        reasons::Precedence::Vague => [certain, likely, found_causes].concat(),
    };
    let mut codes = std::collections::HashSet::new();
    causes.retain(|cause| codes.insert(cause.code.clone()));
    causes
}

/// An attempt, and what the server said if it was sent.
struct Case<'a> {
    attempt: &'a Attempt<'a>,
    said: Option<&'a Refusal>,
}

impl<'a> std::ops::Deref for Case<'a> {
    type Target = Attempt<'a>;

    fn deref(&self) -> &Attempt<'a> {
        self.attempt
    }
}

impl Cause {
    /// Whether the difference between the clocks is the cause.
    pub fn blames_the_clock(&self) -> bool {
        self.next == NextStep::UseServerTime
    }

    /// Whether the credential itself is the cause, so that another one is needed.
    pub fn blames_the_credential(&self) -> bool {
        self.next == NextStep::ImportKey
    }
}

impl<'a> Attempt<'a> {
    /// A request for the discovery document, which is unauthenticated.
    fn of_discovery(provider: &'a Provider, host: &'a str, parameters: &'a ParameterValues) -> Self {
        Self {
            request: RequestKind::Discovery,
            provider,
            host,
            endpoint_host: host,
            issuer: host,
            endpoint_by_hand: false,
            audience: &[],
            credential: None,
            client_id: "",
            parameters,
            scopes: &[],
            token: None,
            lifetime: Duration::ZERO,
            now: OffsetDateTime::UNIX_EPOCH,
            skew: None,
            corrected_by: Duration::ZERO,
            lacks_secret: false,
            secret_is_encoded: false,
        }
    }
}

impl Attempt<'_> {
    /// The kind of the credential.
    fn kind(&self) -> Option<CredentialKind> {
        self.credential.map(|credential| credential.kind)
    }

    /// The id of the key, if it has one.
    fn key_id(&self) -> Option<&str> {
        self.credential?.key_id.as_deref().filter(|id| !id.is_empty())
    }

    /// How the caller authenticated.
    fn sent(&self) -> Vec<Sent> {
        match self.token {
            Some(TokenShown { ready_made: true, .. }) => vec![Sent::ReadyToken],
            Some(_) => vec![Sent::Token],
            None => {
                let assertion = self.assertion().map(|_| Sent::Assertion);
                let secret = self.sends_secret().then_some(Sent::ClientSecret);
                assertion.into_iter().chain(secret).collect()
            }
        }
    }

    /// The server's name in a sentence: `ZITADEL`, or `this server` if it isn't known.
    fn server_name(&self) -> &str {
        match self.provider.refusals.server_name.as_str() {
            "" => "this server",
            name => name,
        }
    }

    /// The rules of the assertion, if one is sent.
    fn assertion(&self) -> Option<&KeyGrant> {
        let signs = self.token.is_none()
            && match self.kind() {
                Some(CredentialKind::PrivateKey) => true,
                Some(CredentialKind::ApplicationKey) => self.request != RequestKind::Token,
                Some(CredentialKind::ClientSecret | CredentialKind::PersonalToken) | None => false,
            };
        self.provider.private_key.as_ref().filter(|_| signs)
    }

    /// Whether a client secret is sent: alone, or with the assertion.
    fn sends_secret(&self) -> bool {
        let beside =
            self.request == RequestKind::Token && self.assertion().is_some_and(|grant| grant.with_client_secret);
        self.token.is_none() && (beside || self.kind() == Some(CredentialKind::ClientSecret))
    }

    /// Whether the request names a client, which the server may or may not know.
    fn names_client(&self) -> bool {
        let asserted = self.assertion().is_some_and(|grant| grant.carrier == Carrier::ClientAssertion);
        self.token.is_none() && (self.sends_secret() || asserted || self.request != RequestKind::Token)
    }

    /// Whether a client asks about a token (RFC 7662, RFC 7009).
    fn is_about_a_token(&self) -> bool {
        matches!(self.request, RequestKind::Introspection | RequestKind::Revocation)
    }

    /// Whose credential it is, in a sentence.
    fn owner(&self) -> &'static str {
        if self.is_about_a_token() { "application" } else { "service user" }
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

    /// The time by the server's clock, if it is known; out-of-range clocks are ignored.
    fn server_now(&self) -> OffsetDateTime {
        self.now.checked_sub(self.skew.unwrap_or_default()).unwrap_or(self.now)
    }
}

#[cfg(test)]
mod tests;
