//! Causes in the **client**: its id, its secret, its user, its organisation.

use super::cause;
use crate::credential::CredentialKind;
use crate::diagnosis::{Case, Cause, NextStep};
use crate::provider::{RequestKind, ScopePlace};

pub(in crate::diagnosis) fn unknown(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("The server doesn't know the client id `{}`", case.client_id);
    let help = "Compare the client id with the one in the console, and check that you're using the environment it was created in";
    Some(cause("client-unknown", sentence, help, NextStep::EditEnvironment))
}

/// The same as one of several causes: only if the request names a client.
pub(in crate::diagnosis) fn unknown_if_named(case: &Case<'_>) -> Option<Cause> {
    unknown(case).filter(|_| case.names_client())
}

pub(in crate::diagnosis) fn disabled(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("The client `{}` is disabled on the server", case.client_id);
    Some(cause("client-disabled", sentence, "Ask an administrator to enable it in the console", NextStep::None))
}

pub(in crate::diagnosis) fn secret_wrong(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The client secret is wrong, has expired, or was replaced on the server";
    let help = "Create a new secret in the console and import it";
    case.sends_secret().then(|| cause("secret-wrong", sentence, help, NextStep::ImportKey))
}

pub(in crate::diagnosis) fn secret_expired(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The client secret has expired on the server";
    let help = "Create a new secret in the console and import it";
    case.sends_secret().then(|| cause("secret-expired", sentence, help, NextStep::ImportKey))
}

pub(in crate::diagnosis) fn secret_encoding(case: &Case<'_>) -> Option<Cause> {
    let sentence = "The client id or secret contains characters like `+`, `/` or `%`, and this server may expect them to be \
                    encoded differently";
    let help = "Choose Basic raw, Basic form-encoded or post in a copy of the provider's profile";
    let odd = case.secret_is_encoded && case.sends_secret();
    odd.then(|| cause("secret-encoding", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn secret_missing(case: &Case<'_>) -> Cause {
    let sentence = format!(
        "{} requires the client secret of `{}` as well as the key, but none is stored for this service user",
        case.provider.name, case.client_id
    );
    let help = "Import the settings file that contains both, or just the client secret";
    cause("client-secret-missing", sentence, help, NextStep::ImportKey)
}

pub(in crate::diagnosis) fn key_wanted(_: &Case<'_>) -> Option<Cause> {
    let sentence = "This client doesn't use a secret: it signs its requests with a private key";
    Some(cause("key-wanted", sentence, "Import this client's private key", NextStep::ImportKey))
}

pub(in crate::diagnosis) fn secret_wanted(case: &Case<'_>) -> Option<Cause> {
    let (sentence, help) = if case.sends_secret() {
        (
            "The server found no client secret where it expected one",
            "Choose Basic raw, Basic form-encoded or post in a copy of the provider's profile",
        )
    } else {
        ("This client authenticates with a client secret, not with a key", "Import this client's secret")
    };
    let next = if case.sends_secret() { NextStep::EditEnvironment } else { NextStep::ImportKey };
    Some(cause("secret-wanted", sentence, help, next))
}

pub(in crate::diagnosis) fn wrong_environment(case: &Case<'_>) -> Option<Cause> {
    let what = match case.token {
        Some(token) if !token.ready_made => "token",
        _ => case.kind().map_or("credential", CredentialKind::name),
    };
    let sentence = format!("The {what} is from a different environment, not `{}`", case.host);
    let help = "Compare this host with the address of the console where it was created";
    Some(cause("wrong-environment", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn user_inactive(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("The {} is deactivated, locked or removed", case.owner());
    Some(cause("user-inactive", sentence, "Ask an administrator to check it in the console", NextStep::None))
}

pub(in crate::diagnosis) fn user_unknown(case: &Case<'_>) -> Option<Cause> {
    let sentence =
        format!("`{}` has no such service user: it was removed, or it belongs to another instance", case.host);
    let help = "Compare this host with the address of the console where the service user was created";
    Some(cause("user-unknown", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn acting_user_missing(_: &Case<'_>) -> Option<Cause> {
    let sentence = "This client has no user to act as";
    let help = "Ask an administrator to choose the user that the client runs as";
    Some(cause("acting-user-missing", sentence, help, NextStep::None))
}

pub(in crate::diagnosis) fn organisation_disabled(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The service user's organisation is disabled";
    Some(cause("organisation-disabled", sentence, "Ask an administrator to enable it", NextStep::None))
}

pub(in crate::diagnosis) fn tenant_unknown(_: &Case<'_>) -> Option<Cause> {
    let sentence = "The server doesn't know the tenant in the issuer";
    let help = "Compare the tenant in the issuer with the one in the console";
    Some(cause("tenant-unknown", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn not_in_tenant(case: &Case<'_>) -> Option<Cause> {
    let sentence = format!("The client `{}` isn't set up in this tenant", case.client_id);
    let help = "Ask an administrator of the tenant to add it, or correct the tenant in the issuer";
    Some(cause("not-in-tenant", sentence, help, NextStep::EditEnvironment))
}

pub(in crate::diagnosis) fn policy_blocked(_: &Case<'_>) -> Option<Cause> {
    let sentence =
        "A policy of your organisation blocks this sign-in, for example because of its network or risk level";
    Some(cause("policy-blocked", sentence, "Ask an administrator which policy blocks it", NextStep::None))
}

pub(in crate::diagnosis) fn consent_missing(case: &Case<'_>) -> Option<Cause> {
    let sentence = "No one has allowed this client to act for that user, or with these permissions";
    let help = match case.provider.scopes.place {
        ScopePlace::Claim => "Grant consent in the console for the requested scopes",
        _ => "Ask an administrator to approve the application in the console",
    };
    Some(cause("consent-missing", sentence, help, NextStep::None))
}

/// What sentences call the credential of a token request.
pub(super) fn kind_of(case: &Case<'_>) -> &'static str {
    match case.kind() {
        Some(CredentialKind::PrivateKey) if case.request == RequestKind::Token => "signed assertion",
        kind => kind.map_or("credential", CredentialKind::name),
    }
}
