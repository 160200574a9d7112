//! What a **refusal** means: our own checks first, then what the server says, then what is left.
//!
//! Rule: four tables, in this order: the texts of the provider's profile, the texts that ZITADEL's servers
//! are known to write, the codes of RFC 6749 §5.2, words that everybody uses. Where none of them says
//! anything, a few causes remain, and the commonest stands first; a reason that the server names and that
//! is not known here is quoted, and the key is not blamed for it.

use super::{Attempt, Cause, Purpose, cause, local};
use crate::credential::CredentialKind;
use crate::error::Refusal;
use crate::provider::template::expand_url;
use crate::provider::{Carrier, RefusalDialect, Said};

type Of = fn(&Attempt<'_>) -> Cause;

/// Texts in lower case, ZITADEL's: its servers of 2021 and until 2024 name the cause, later ones only where
/// the assertion itself was fine; `parent` may name it at any time. They mean the same wherever they stand.
const TEXTS: &[(&str, Of)] = &[
    ("audience is not valid", cause::audience_refused),
    ("token has expired", cause::told_late),
    ("issuedat of token is in the future", cause::told_early),
    ("issuedat of token is to old", cause::told_late),
    ("issuedat of token must not be older", cause::told_late),
    ("invalid kid", cause::key_unknown),
    ("authnkey.notfound", cause::key_unknown),
    ("invalid signature", cause::key_differs),
    ("signature does not match", cause::key_differs),
    ("errors.user.notactive", cause::user_inactive),
    ("errors.user.notfound", cause::user_inactive),
    ("errors.user.locked", cause::user_inactive),
    ("unable to set instance", cause::wrong_host),
    ("instance not found", cause::wrong_host),
    ("scope of your request is missing", cause::scope_empty),
    ("grant_type not supported", cause::grant_unsupported),
    ("grant_type missing", cause::request_altered),
    ("errors.user.machine.secret.invalid", cause::secret_wrong),
    ("errors.org.notactive", cause::organisation_disabled),
    ("org is disabled", cause::organisation_disabled),
    ("client does not exist", cause::client_unknown),
    ("not issued for this client", cause::application_not_allowed),
];

/// Words that servers of any make use for the same things, where they explain themselves at all. Asked last,
/// as a word says less than a text.
const WORDS: &[(&str, Of)] = &[
    ("audience", cause::audience_refused),
    ("signature", cause::key_differs),
    ("jti", cause::jwt_id_refused),
    ("expired", cause::told_late),
    ("not yet valid", cause::told_early),
    ("in the future", cause::told_early),
    ("too long", cause::lifetime_too_long),
    ("consent", cause::consent_missing),
    ("deactivated", cause::user_inactive),
    ("disabled", cause::user_inactive),
];

/// RFC 7009 §2.2.1 and RFC 6749 §4.1.2.1, of a client that asks about a token. `unauthorized_client` is
/// missing on purpose: it is what servers say of a client that did not prove itself.
const CLIENT_CODES: &[(&str, Of)] = &[
    ("unsupported_token_type", cause::token_kind_refused),
    ("access_denied", cause::application_not_allowed),
    ("insufficient_scope", cause::application_not_allowed),
    ("temporarily_unavailable", cause::server_failed),
];

/// RFC 6749 §5.2 and §4.1.2.1, where the code alone tells.
const CODES: &[(&str, Of)] = &[
    ("unsupported_grant_type", cause::grant_unsupported),
    ("unauthorized_client", cause::grant_not_allowed),
    ("invalid_scope", cause::scope_refused),
    // RFC 8707 §2.
    ("invalid_target", cause::target_unknown),
    ("temporarily_unavailable", cause::server_failed),
];

/// Explains a refusal; never empty.
pub(super) fn explain(attempt: &Attempt<'_>, refusal: &Refusal) -> Vec<Cause> {
    // A refusal carries the server's time; it is better than no measurement.
    let told = refusal.server_date.map(|date| attempt.now - date);
    let attempt = &Attempt { skew: attempt.skew.or(told), ..*attempt };
    let mut causes = local::likely(attempt);
    match (beyond_doubt(attempt, refusal), said(attempt, refusal)) {
        (Some(cause), _) => causes.insert(0, cause),
        (None, Some(said)) => causes.extend(said),
        (None, None) => {
            causes.extend(host_differs(attempt, refusal));
            causes.extend(unsaid(attempt, refusal));
        }
    }
    let mut codes = std::collections::HashSet::new();
    causes.retain(|cause| codes.insert(cause.code.clone()));
    causes
}

/// What can mean one thing only, whoever says it and whatever our own checks found.
fn beyond_doubt(attempt: &Attempt<'_>, refusal: &Refusal) -> Option<Cause> {
    match (refusal.error.as_deref(), refusal.status) {
        (_, 407) => Some(cause::proxy_refused(&refusal.host)),
        (Some("invalid_dpop_proof" | "use_dpop_nonce"), _) => Some(cause::dpop_required(attempt)),
        _ => None,
    }
}

/// ZITADEL derives its issuer from the host that is asked, so another host is another issuer; unless
/// the provider itself has its token endpoint elsewhere.
fn host_differs(attempt: &Attempt<'_>, refusal: &Refusal) -> Option<Cause> {
    let values = [("base".to_owned(), attempt.issuer.trim_end_matches('/').to_owned())].into();
    let template = expand_url(&attempt.provider.endpoints.token, &values);
    let expected = url::Url::parse(&template).ok().map(|url| crate::environment::host_and_port(&url))?;
    let differs = attempt.provider.refusals == RefusalDialect::Zitadel && refusal.host != expected;
    differs.then(|| cause::host_differs(attempt, &refusal.host))
}

/// What the server names.
fn said(attempt: &Attempt<'_>, refusal: &Refusal) -> Option<Vec<Cause>> {
    let texts = [&refusal.parent, &refusal.description, &refusal.error];
    let text = texts.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n");
    let body = refusal.body.to_lowercase();
    let of_profile = |says: &str| {
        let says = says.to_lowercase();
        text.contains(&says) || body.contains(&says)
    };
    if let Some(meaning) = attempt.provider.meanings.iter().find(|meaning| of_profile(&meaning.says)) {
        return Some(meant(attempt, refusal, meaning.means));
    }
    let code = refusal.error.as_deref().unwrap_or_default();
    let known_text = TEXTS.iter().find(|(known, _)| text.contains(known));
    let codes = if attempt.purpose == Purpose::Token { CODES } else { CLIENT_CODES };
    let known_code = || codes.iter().find(|(known, _)| *known == code);
    let known_word = || WORDS.iter().find(|(known, _)| text.contains(known));
    let (_, cause) = known_text.or_else(known_code).or_else(known_word)?;
    Some(vec![cause(attempt)])
}

/// The causes that a profile's text stands for, the likeliest first.
fn meant(attempt: &Attempt<'_>, refusal: &Refusal, said: Said) -> Vec<Cause> {
    let cause: Of = match said {
        Said::CredentialRefused => return credential_refused(attempt),
        Said::SecretWrong if attempt.sends_secret() => return secret_refused(attempt),
        Said::SecretWrong | Said::ClientUnknown => return client_refused(attempt),
        Said::TargetUnknown if refusal.status == 404 => {
            return vec![cause::target_unknown(attempt), cause::endpoint_wrong(attempt)];
        }
        Said::AudienceRefused => cause::audience_refused,
        Said::TooLate => cause::told_late,
        Said::TooEarly => cause::told_early,
        Said::LifetimeTooLong => cause::lifetime_too_long,
        Said::JwtIdRefused => cause::jwt_id_refused,
        Said::KeyUnknown => cause::key_unknown,
        Said::KeyDiffers => cause::key_differs,
        Said::CertificateUnknown => cause::certificate_unknown,
        Said::AlgorithmRefused => cause::algorithm_refused,
        Said::UserInactive => cause::user_inactive,
        Said::OrganisationDisabled => cause::organisation_disabled,
        Said::ConsentMissing => cause::consent_missing,
        Said::TargetUnknown => cause::target_unknown,
        Said::TargetSuspended => cause::target_suspended,
        Said::ScopeRefused => cause::scope_refused,
        Said::ScopeEmpty => cause::scope_empty,
        Said::GrantUnsupported => cause::grant_unsupported,
        Said::GrantNotAllowed => cause::grant_not_allowed,
        Said::RequestRefused => cause::request_refused,
        Said::RequestAltered => cause::request_altered,
        Said::WrongHost => cause::wrong_host,
    };
    vec![cause(attempt)]
}

/// What remains where the server does not name the cause.
fn unsaid(attempt: &Attempt<'_>, refusal: &Refusal) -> Vec<Cause> {
    if attempt.purpose != Purpose::Token {
        return of_client(attempt, refusal);
    }
    match attempt.provider.refusals {
        RefusalDialect::Zitadel => match refusal.error.as_deref() {
            // ZITADEL's later eras say one of these for every bad assertion.
            Some("server_error" | "invalid_request") => credential_refused(attempt),
            _ => by_the_standard(attempt, refusal),
        },
        RefusalDialect::Frontier => of_frontier(attempt, refusal),
        RefusalDialect::OAuth => by_the_standard(attempt, refusal),
    }
}

fn by_the_standard(attempt: &Attempt<'_>, refusal: &Refusal) -> Vec<Cause> {
    match (refusal.error.as_deref(), refusal.status) {
        (Some("invalid_grant" | "invalid_client" | "invalid_token"), _) => credential_refused(attempt),
        (Some("access_denied"), 401) => credential_refused(attempt),
        (Some("access_denied"), _) => vec![cause::user_inactive(attempt), cause::consent_missing(attempt)],
        (Some("server_error"), _) => vec![cause::server_failed(attempt)],
        (Some("invalid_request"), _) if attempt.scopes.is_empty() => {
            vec![cause::scope_empty(attempt), cause::request_refused(attempt)]
        }
        (Some("invalid_request"), _) => {
            let encoding = attempt.secret_is_encoded.then(|| cause::secret_encoding(attempt));
            encoding.into_iter().chain([cause::request_refused(attempt)]).collect()
        }
        (_, 404 | 405 | 410) => vec![cause::endpoint_wrong(attempt)],
        (_, 415) => vec![cause::request_refused(attempt)],
        (_, 500..) => vec![cause::server_failed(attempt)],
        (None, 400 | 401) => credential_refused(attempt),
        (Some(_), 400 | 401) => [vec![cause::reason_named(refusal)], credential_refused(attempt)].concat(),
        _ => vec![cause::reason_named(refusal)],
    }
}

/// A client that asks about a token is refused for what it is, hardly ever for the token (RFC 7662 §2.2,
/// RFC 7009 §2.2).
fn of_client(attempt: &Attempt<'_>, refusal: &Refusal) -> Vec<Cause> {
    match refusal.status {
        403 => vec![cause::application_not_allowed(attempt), cause::wrong_environment(attempt)],
        404 | 405 | 410 => vec![cause::endpoint_wrong(attempt)],
        415 => vec![cause::request_refused(attempt)],
        // ZITADEL answers a client's bad assertion as it answers a service user's.
        500 if attempt.provider.refusals == RefusalDialect::Zitadel => credential_refused(attempt),
        500.. => vec![cause::server_failed(attempt)],
        400 | 401 => credential_refused(attempt),
        _ => vec![cause::reason_named(refusal)],
    }
}

/// Frontier says "not authenticated" to everything; the status is all there is to go by.
fn of_frontier(attempt: &Attempt<'_>, refusal: &Refusal) -> Vec<Cause> {
    match (refusal.status, refusal.error.as_deref()) {
        (500, _) => vec![cause::organisation_disabled(attempt), cause::server_failed(attempt)],
        (403, _) => vec![cause::organisation_disabled(attempt), cause::user_inactive(attempt)],
        (400, _) if refusal.body.contains("failed_precondition") => vec![cause::organisation_disabled(attempt)],
        (404 | 405 | 415 | 501, _) => vec![cause::other_dialect(attempt), cause::endpoint_wrong(attempt)],
        (400, _) => vec![cause::other_dialect(attempt), cause::request_refused(attempt)],
        (502.., _) => vec![cause::server_failed(attempt)],
        (401, _) => credential_refused(attempt),
        _ => by_the_standard(attempt, refusal),
    }
}

fn credential_refused(attempt: &Attempt<'_>) -> Vec<Cause> {
    match attempt.credential.kind {
        CredentialKind::ClientSecret => secret_refused(attempt),
        _ => assertion_refused(attempt),
    }
}

/// The server knows no such client, or no longer.
fn client_refused(attempt: &Attempt<'_>) -> Vec<Cause> {
    vec![cause::client_unknown(attempt), cause::wrong_environment(attempt), cause::user_inactive(attempt)]
}

/// A secret says nothing about itself, so what is left is what can be wrong with any.
fn secret_refused(attempt: &Attempt<'_>) -> Vec<Cause> {
    let encoding = attempt.secret_is_encoded.then(|| cause::secret_encoding(attempt));
    [cause::secret_wrong(attempt)].into_iter().chain(encoding).chain(client_refused(attempt)).collect()
}

/// Every local check holds, so the server knows something that we do not.
fn assertion_refused(attempt: &Attempt<'_>) -> Vec<Cause> {
    let audience = local::audience(attempt);
    let is_client = attempt.purpose != Purpose::Token
        || attempt.assertion().is_some_and(|grant| grant.carrier == Carrier::ClientAssertion);
    let client = is_client.then(|| cause::client_unknown(attempt));
    let rest = [cause::wrong_environment(attempt), cause::user_inactive(attempt)];
    audience.into_iter().chain([cause::key_unknown(attempt)]).chain(client).chain(rest).collect()
}
