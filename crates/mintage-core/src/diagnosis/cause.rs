//! Every **cause** of a refusal, in the user's words, each with its next step. One function a cause, so
//! that a code has one wording wherever it is found.

use time::{Duration, OffsetDateTime};

use super::{Attempt, Cause, NextStep, Purpose, words};
use crate::dated::Dated;
use crate::error::Refusal;
use crate::provider::Parameter;

fn cause(code: &str, sentence: String, help: &str, next: NextStep) -> Cause {
    Cause { code: code.to_owned(), sentence, dated: None, help: help.to_owned(), next }
}

pub(super) fn key_expired(_: &Attempt<'_>, at: OffsetDateTime) -> Cause {
    let dated = Dated::new("This key expired on", at);
    let expired = cause("key-expired", dated.to_string(), "Import a new key", NextStep::ImportKey);
    Cause { dated: Some(dated), ..expired }
}

pub(super) fn scope_empty(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("No scope is asked for, and {} refuses a request without one", attempt.server_name());
    cause("scope-empty", sentence, "Add a scope, for example `openid`", NextStep::EditScopes)
}

pub(super) fn audience_lacks_issuer(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!(
        "The assertion is addressed to {}, but {} accepts only its own name, `{}`, letter for letter",
        quoted_list(attempt.audience),
        attempt.server_name(),
        attempt.issuer
    );
    let help = "Remove the audience that was set for this environment, or add the issuer to it";
    cause("audience-lacks-issuer", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn audience_empty(_: &Attempt<'_>) -> Cause {
    let sentence = "The assertion has no audience, so no server takes it as addressed to itself".to_owned();
    let help = "Import the key file that names the audience, or set the audience of this environment";
    cause("audience-empty", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn file_of_other_endpoint(attempt: &Attempt<'_>, told: &str) -> Cause {
    let sentence = format!(
        "The key file names the token endpoint at `{told}`, but this environment asks `{}`",
        attempt.endpoint_host
    );
    let help = "Set the token endpoint of this environment to the file's, or use an environment for that server";
    cause("endpoint-of-another-server", sentence, help, NextStep::EditEnvironment)
}

const SET_CLOCK: &str = "Use the server's time, or set your clock";

pub(super) fn clock_ahead(attempt: &Attempt<'_>, by: Duration) -> Cause {
    let sentence = format!(
        "Your clock is {} ahead of the server's; {} allows {} s",
        words::length(by),
        attempt.server_name(),
        attempt.provider.clock_tolerance
    );
    cause("clock-ahead", sentence, SET_CLOCK, NextStep::UseServerTime)
}

pub(super) fn clock_behind(_: &Attempt<'_>, by: Duration) -> Cause {
    let sentence = format!(
        "Your clock is {} behind the server's, so the assertion has expired when it arrives",
        words::length(by)
    );
    cause("clock-behind", sentence, SET_CLOCK, NextStep::UseServerTime)
}

/// The server says that the assertion comes from the future, whatever was measured.
pub(super) fn told_early(attempt: &Attempt<'_>) -> Cause {
    told_about_times(attempt, "clock-ahead", "Your clock is ahead of the server's", Duration::is_positive)
}

/// The server says that the assertion is too old or expired, whatever was measured.
pub(super) fn told_late(attempt: &Attempt<'_>) -> Cause {
    told_about_times(attempt, "clock-behind", "Your clock is behind the server's", Duration::is_negative)
}

fn told_about_times(attempt: &Attempt<'_>, code: &str, sentence: &str, fits: fn(Duration) -> bool) -> Cause {
    // What was corrected, or measured the other way round, is not to be blamed on the clock again.
    let blamed = attempt.corrected_by.is_zero() && attempt.skew.is_none_or(fits);
    if !blamed {
        let sentence = "The server refuses the assertion's times, though they agree with its own clock".to_owned();
        return cause("times-refused", sentence, "Try again", NextStep::TryAgain);
    }
    let sentence = match attempt.skew {
        Some(skew) => sentence.replacen("is ", &format!("is {} ", words::length(skew)), 1),
        None => sentence.to_owned(),
    };
    cause(code, sentence, SET_CLOCK, NextStep::UseServerTime)
}

pub(super) fn host_differs(attempt: &Attempt<'_>, asked: &str) -> Cause {
    let sentence = format!(
        "The request went to `{asked}`, but the assertion is addressed to `{}`; {} takes every host for an issuer of its own",
        attempt.host,
        attempt.server_name()
    );
    let help = "Make the issuer and the token endpoint the same host";
    cause("host-differs", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn key_unknown(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!(
        "The server does not know the key `{}`: it was removed there, or it never belonged to this {}",
        attempt.credential.shown_id(),
        attempt.owner()
    );
    let help = "Look in the console whether the key is still listed; if it is not, create a key and import it";
    cause("key-unknown", sentence, help, NextStep::ImportKey)
}

pub(super) fn key_differs(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!(
        "The signature does not fit the key that the server keeps under `{}`: key id and private key are not a pair",
        attempt.credential.shown_id()
    );
    cause("key-differs", sentence, "Import the key file again, unchanged", NextStep::ImportKey)
}

pub(super) fn wrong_environment(attempt: &Attempt<'_>) -> Cause {
    let sentence =
        format!("The {} belongs to another environment than `{}`", attempt.credential.kind.name(), attempt.host);
    let help = "Compare the host with the one of the console where it was made";
    cause("wrong-environment", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn wrong_host(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("A server answers at `{}`, but it has no instance of this name", attempt.host);
    let help = "Enter the issuer as the console shows it, host and port";
    cause("wrong-host", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn user_inactive(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("The {} is deactivated, locked or removed", attempt.owner());
    cause("user-inactive", sentence, "Ask an administrator to look at it in the console", NextStep::None)
}

pub(super) fn audience_refused(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("The server goes by another name than {}", quoted_list(attempt.audience));
    let help = "Enter the issuer letter for letter as the server's discovery document has it";
    cause("audience-refused", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn scope_refused(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("The server does not grant {}", quoted_list(attempt.scopes));
    cause("scope-refused", sentence, "Remove the scopes that it does not know", NextStep::EditScopes)
}

pub(super) fn grant_unsupported(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("The server does not know the grant `{}`", attempt.grant_type());
    let help = "Choose the provider that this server is, and check the token endpoint";
    cause("grant-unsupported", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn grant_not_allowed(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!(
        "The server does not allow this service user to ask for tokens with a {}",
        attempt.credential.kind.name()
    );
    let help = "Ask an administrator to allow this grant for it";
    cause("grant-not-allowed", sentence, help, NextStep::None)
}

pub(super) fn request_refused(_: &Attempt<'_>) -> Cause {
    let sentence = "The server does not accept a request of this form".to_owned();
    let help = "Choose the provider that this server is, and check the token endpoint";
    cause("request-refused", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn request_altered(_: &Attempt<'_>) -> Cause {
    let sentence = "The request arrived without its form: something on the way altered it".to_owned();
    let help = "Check the proxy, and that the token endpoint is the server's own";
    cause("request-altered", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn endpoint_wrong(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("There is no {} at this address of `{}`", attempt.endpoint(), attempt.host);
    let help = "Check the endpoints of the environment";
    cause("endpoint-wrong", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn application_not_allowed(attempt: &Attempt<'_>) -> Cause {
    let sentence = match attempt.purpose {
        Purpose::Revocation => {
            format!("The server does not let `{}` end this token: it was issued to another client", attempt.client_id)
        }
        _ => format!("The server knows `{}`, and does not allow it to introspect", attempt.client_id),
    };
    let help = "Choose another application, or ask an administrator to allow it";
    cause("application-not-allowed", sentence, help, NextStep::None)
}

pub(super) fn token_kind_refused(_: &Attempt<'_>) -> Cause {
    let sentence = "The server ends no tokens of this kind; it lives until it expires".to_owned();
    let help = "Choose a shorter token lifetime at the server, or deactivate the service user there";
    cause("token-kind-refused", sentence, help, NextStep::None)
}

/// The server has a word for it that is not known here, so it is quoted and not explained.
pub(super) fn reason_named(refusal: &Refusal) -> Cause {
    let said = [&refusal.error, &refusal.description].into_iter().flatten().map(|text| words::quoted(text));
    let said = said.collect::<Vec<_>>().join(", ");
    let sentence = match said.is_empty() {
        true => format!("The server refuses with the status {}, and says no more", refusal.status),
        false => format!("The server refuses for a reason that it names: {said} ({})", refusal.status),
    };
    let help = "Look this up in the provider's documentation, or ask whoever runs the server or a firewall before it";
    cause("reason-named", sentence, help, NextStep::None)
}

/// RFC 9110 §15.5.8.
pub(super) fn proxy_refused(host: &str) -> Cause {
    let sentence = format!("A proxy on the way to `{host}` wants a user name and password (407)");
    let help = "Sign in to the proxy or correct the system's proxy settings, then try again";
    cause("proxy-refused", sentence, help, NextStep::TryAgain)
}

/// RFC 9449 §5 and §8.
pub(super) fn dpop_required(_: &Attempt<'_>) -> Cause {
    let sentence = "The server wants each token bound to a key of its own (DPoP), which Mintage does not do".to_owned();
    cause(
        "dpop-required",
        sentence,
        "Switch off `Require Demonstrating Proof of Possession (DPoP)` for this app in the console",
        NextStep::None,
    )
}

pub(super) fn server_failed(_: &Attempt<'_>) -> Cause {
    let sentence = "The server failed by itself".to_owned();
    cause("server-failed", sentence, "Try again; if it stays, tell whoever runs the server", NextStep::TryAgain)
}

pub(super) fn application_key(_: &Attempt<'_>) -> Cause {
    let sentence =
        "This key belongs to an application, and an application's key gets no token: it introspects".to_owned();
    let help = "Import the key of a service user; an application's file says `\"type\":\"application\"`";
    cause("application-key", sentence, help, NextStep::ImportKey)
}

pub(super) fn certificate_missing(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("{} wants to know the key's certificate, and none came with the key", attempt.provider.name);
    let help = "Import the key with its certificate in one PEM file";
    cause("certificate-missing", sentence, help, NextStep::ImportKey)
}

pub(super) fn client_secret_missing(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!(
        "{} wants the client secret of `{}` beside the key, and none is stored for this service user",
        attempt.provider.name, attempt.client_id
    );
    let help = "Import the settings file with both, or the client secret alone";
    cause("client-secret-missing", sentence, help, NextStep::ImportKey)
}

pub(super) fn certificate_unknown(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("{} does not know the certificate that goes with this key", attempt.provider.name);
    let help = "Look in the console whether the certificate is listed, with the thumbprint that Mintage shows";
    cause("certificate-unknown", sentence, help, NextStep::ImportKey)
}

pub(super) fn lifetime_too_long(attempt: &Attempt<'_>) -> Cause {
    let cap = attempt.assertion().map_or(0, |grant| grant.lifetime_cap);
    let sentence = format!("The server does not take an assertion that is valid for so long; the profile says {cap} s");
    let help = "Choose a shorter lifetime for assertions in the settings or in the provider's profile";
    cause("lifetime-too-long", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn jwt_id_refused(_: &Attempt<'_>) -> Cause {
    let sentence = "The server has seen the assertion's `jti` before, or misses it".to_owned();
    cause("jti-refused", sentence, "Try again: each try has a new one", NextStep::TryAgain)
}

pub(super) fn algorithm_refused(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("{} does not take the algorithm that the assertion was signed with", attempt.provider.name);
    let help = "Choose another order of algorithms in a copy of the provider's profile";
    cause("algorithm-refused", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn client_unknown(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("The server does not know the client id `{}`", attempt.client_id);
    let help = "Compare the client id with the console's, and the environment with the one it was made in";
    cause("client-unknown", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn secret_wrong(_: &Attempt<'_>) -> Cause {
    let sentence = "The client secret is wrong, expired, or was replaced at the server".to_owned();
    cause("secret-wrong", sentence, "Create a new secret in the console and import it", NextStep::ImportKey)
}

pub(super) fn secret_encoding(_: &Attempt<'_>) -> Cause {
    let sentence = "The client id or secret holds characters like `+`, `/` or `%`, which the profile's way of writing \
                    them may change for this server"
        .to_owned();
    let help = "Choose Basic raw, Basic form-encoded or post in a copy of the provider's profile";
    cause("secret-encoding", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn organisation_disabled(_: &Attempt<'_>) -> Cause {
    let sentence = "The service user's organisation is disabled".to_owned();
    cause("organisation-disabled", sentence, "Ask an administrator to enable it", NextStep::None)
}

pub(super) fn consent_missing(attempt: &Attempt<'_>) -> Cause {
    let sentence = "Nobody has allowed this client to act for that user, or with these rights".to_owned();
    let help = match attempt.provider.scopes.place {
        crate::provider::ScopePlace::Claim => "Grant the consent in the console, for the scopes that are asked for",
        _ => "Ask an administrator to approve the application in the console",
    };
    cause("consent-missing", sentence, help, NextStep::None)
}

pub(super) fn target_unknown(attempt: &Attempt<'_>) -> Cause {
    let sentence = match parameters(attempt) {
        Some(named) => format!("The server finds nothing for this client under {named}"),
        None => "The server does not know the API or resource that the token is asked for".to_owned(),
    };
    let help = "Compare the identifier in the environment or the profile with the one in the console";
    cause("target-unknown", sentence, help, NextStep::EditEnvironment)
}

pub(super) fn target_suspended(attempt: &Attempt<'_>) -> Cause {
    let named = parameters(attempt).unwrap_or_else(|| "what the token is asked for".to_owned());
    let help = "Ask an administrator to end the suspension in the console";
    cause("target-suspended", format!("The server has suspended {named}"), help, NextStep::None)
}

/// What the environment's parameters say that the token is for: `` `42`, the environment's Installation id``.
fn parameters(attempt: &Attempt<'_>) -> Option<String> {
    let value = |name: &String| attempt.parameters.get(name).filter(|value| !value.is_empty());
    let shown =
        |parameter: &Parameter| Some(format!("`{}`, the environment's {}", value(&parameter.name)?, parameter.label));
    let all: Vec<String> = attempt.provider.parameters.iter().filter_map(shown).collect();
    (!all.is_empty()).then(|| all.join(", or "))
}

pub(super) fn other_dialect(attempt: &Attempt<'_>) -> Cause {
    let sentence = format!("There is no such path at `{}`: this Frontier speaks another dialect", attempt.host);
    let help = "Choose Frontier REST for servers before v0.91 and Frontier Connect from then on, and check the port";
    cause("other-dialect", sentence, help, NextStep::EditEnvironment)
}

/// The first few values in backticks.
fn quoted_list(values: &[String]) -> String {
    match values {
        [] => "nobody".to_owned(),
        [one] => format!("`{one}`"),
        [first, second] => format!("`{first}` and `{second}`"),
        [first, second, rest @ ..] => format!("`{first}`, `{second}` and {} more", rest.len()),
    }
}
