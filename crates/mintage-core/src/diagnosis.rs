//! A **diagnosis** says why a token was, or would be, refused: servers explain little or nothing, so
//! the likely cause is found here from what was sent, what came back and what is known locally.
//!
//! Rule: pure, and data: what an answer means stands in rules (`provider::Refusals`, [`standard`]), what a
//! reason means to the user in one table ([`reasons`]). Every cause comes with its next step. The order:
//!
//! 1. what was said by somebody before the server, or before it looked at anything (a proxy, a quota);
//! 2. what is **certain** locally, whatever the server says: an expired key, an application's key, a clock
//!    beyond all tolerance;
//! 3. what the server **names**: the profile's rules first, then the standards', then everyday words;
//! 4. what is **likely** locally: a clock that is further off than the assertion was backdated, a token
//!    endpoint that was set by hand on another host, an audience without the issuer;
//! 5. what is **left** where the server names nothing: the causes of a vague reason, the commonest first.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::{Duration, OffsetDateTime};

use crate::credential::{Credential, CredentialKind};
use crate::dated::Dated;
use crate::error::{IssuerError, Refusal};
use crate::moment::Skew;
use crate::provider::{Carrier, KeyGrant, ParameterValues, Provider, Reason, RequestKind, Sent};

mod cause;
mod everyday;
mod inactive;
mod local;
mod reasons;
mod rules;
mod standard;
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
    /// Ask again as before.
    TryAgain,
    /// Mint a new token.
    Mint,
    /// Mint again with the project's audience scope and introspect.
    MintWithAudience,
    /// Unlock the keychain.
    UnlockKeychain,
    /// Describe the key file in a profile of the user's own.
    DescribeFile,
    /// Nothing that a button could do.
    None,
}

/// What is known about an attempt, before or after it was sent.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// What was asked.
    pub request: RequestKind,
    /// The provider's profile.
    pub provider: &'a Provider,
    /// Host and port of the issuer.
    pub host: &'a str,
    /// Host and port of the endpoint that is asked.
    pub endpoint_host: &'a str,
    /// The issuer identifier that the user configured.
    pub issuer: &'a str,
    /// Whether the user set the endpoint by hand.
    pub endpoint_by_hand: bool,
    /// The assertion's audience as it was, or would be, sent.
    pub audience: &'a [String],
    /// The credential that it is about: the one that proves the caller, or, in a call of the API, the one
    /// that is compared or removed; `None` where nobody proves anything.
    pub credential: Option<&'a Credential>,
    /// The client id that it goes by.
    pub client_id: &'a str,
    /// The provider's parameters, as the environment has them.
    pub parameters: &'a ParameterValues,
    /// The scopes asked for.
    pub scopes: &'a [String],
    /// The token that was shown, where one was.
    pub token: Option<TokenShown>,
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

/// What is known of a token that was shown to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenShown {
    /// When it expires by the local clock, where that is known.
    pub expires_at: Option<OffsetDateTime>,
    /// Whether it is a credential that nobody mints.
    pub ready_made: bool,
}

/// Causes that make it certain that the attempt would fail, the most certain first; empty if none.
///
/// Certain are: an application's key, an expired key, a certificate or a client secret that is wanted and
/// missing, an empty scope where one is required, an empty audience where one is due, an audience without the
/// issuer (where the provider's servers are strict about it), and a measured skew that is not corrected and beyond
/// what the provider's tolerance, the backdating and the assertion's life together can bear, and the measurement
/// may be off by.
pub fn preflight(attempt: &Attempt<'_>) -> Vec<Cause> {
    local::certain(&Case { attempt, said: None })
}

/// Causes that explain why the attempt failed, the likeliest first; never empty.
pub fn diagnose(attempt: &Attempt<'_>, failure: &IssuerError) -> Vec<Cause> {
    let Some(said) = failure.said() else { return way::explain(failure) };
    let (provider, request, sent) = (attempt.provider, attempt.request, attempt.sent());
    match failure {
        IssuerError::Refused(_) => explain(attempt, said, rules::named(provider, request, &sent, said)),
        // Where no answer of the server's own came, only a rule of the profile knows better.
        _ => match rules::known(provider, request, &sent, said) {
            Some(found) => found.causes(&Case { attempt, said: Some(said) }),
            None => way::explain(failure),
        },
    }
}

/// Causes that explain a failure before anything could be refused (discovery, the network), the
/// likeliest first; never empty.
pub fn on_the_way(provider: &Provider, failure: &IssuerError) -> Vec<Cause> {
    way::explain_discovery(provider, failure)
}

/// What a server's own rules make of its answer: the reasons that it names, none where it names none. What
/// a server did not say by a rule of its profile is nothing to act on.
pub(crate) fn named_by(provider: &Provider, request: RequestKind, sent: Sent, said: &Refusal) -> Vec<Reason> {
    rules::of_profile(provider, request, &[sent], said).map(|rule| rule.means.0.clone()).unwrap_or_default()
}

/// Whether it helps to wait and ask again, where a server asks for a pause: not where a quota is used up.
pub(crate) fn waiting_helps(provider: &Provider, said: &Refusal) -> bool {
    let known = rules::known(provider, RequestKind::Token, &[], said);
    known.is_none_or(|found| !found.means(Reason::QuotaExhausted))
}

/// The order of the module's header, from 2 on; 1 goes before all.
fn explain(attempt: &Attempt<'_>, said: &Refusal, named: Option<rules::Found>) -> Vec<Cause> {
    // A refusal carries the server's time; it is better than no measurement.
    let told = said.server_date.and_then(|date| Skew::between(attempt.now, date)).map(Skew::difference);
    let attempt = &Attempt { skew: attempt.skew.or(told), ..attempt.clone() };
    let case = &Case { attempt, said: Some(said) };
    let found = named.unwrap_or_else(|| rules::left(attempt, said));
    let (certain, likely, found_causes) = (local::certain(case), local::likely(case), found.causes(case));
    let mut causes = match found.standing() {
        reasons::Standing::BeforeAll => [found_causes, certain].concat(),
        reasons::Standing::Named => [certain, found_causes, likely].concat(),
        reasons::Standing::Vague => [certain, likely, found_causes].concat(),
    };
    let mut codes = std::collections::HashSet::new();
    causes.retain(|cause| codes.insert(cause.code.clone()));
    causes
}

/// An attempt, and what the server said to it where it was sent.
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

    /// Whether the credential itself is the cause, so that another one is wanted.
    pub fn blames_the_credential(&self) -> bool {
        self.next == NextStep::ImportKey
    }
}

impl<'a> Attempt<'a> {
    /// A request for the discovery document, which nobody proves.
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

    /// The id of the key, where it has one.
    fn key_id(&self) -> Option<&str> {
        self.credential?.key_id.as_deref().filter(|id| !id.is_empty())
    }

    /// What proved the caller.
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

    /// What to call the server in a sentence: `ZITADEL`, or `this server` where its maker is not known.
    fn server_name(&self) -> &str {
        match self.provider.refusals.server_name.as_str() {
            "" => "this server",
            name => name,
        }
    }

    /// The rules of the assertion, where one is sent.
    fn assertion(&self) -> Option<&KeyGrant> {
        let signs = self.token.is_none()
            && match self.kind() {
                Some(CredentialKind::PrivateKey) => true,
                Some(CredentialKind::ApplicationKey) => self.request != RequestKind::Token,
                Some(CredentialKind::ClientSecret | CredentialKind::PersonalToken) | None => false,
            };
        self.provider.private_key.as_ref().filter(|_| signs)
    }

    /// Whether a client secret is sent: alone, or beside the assertion.
    fn sends_secret(&self) -> bool {
        let beside =
            self.request == RequestKind::Token && self.assertion().is_some_and(|grant| grant.with_client_secret);
        self.token.is_none() && (beside || self.kind() == Some(CredentialKind::ClientSecret))
    }

    /// Whether the request names a client that the server knows or not.
    fn names_client(&self) -> bool {
        let asserted = self.assertion().is_some_and(|grant| grant.carrier == Carrier::ClientAssertion);
        self.token.is_none() && (self.sends_secret() || asserted || self.request != RequestKind::Token)
    }

    /// Whether it asks about a token as a client (RFC 7662, RFC 7009).
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

    /// The time by the server's clock, as far as that is known; a clock beyond all years is not.
    fn server_now(&self) -> OffsetDateTime {
        self.now.checked_sub(self.skew.unwrap_or_default()).unwrap_or(self.now)
    }
}

#[cfg(test)]
mod tests;
