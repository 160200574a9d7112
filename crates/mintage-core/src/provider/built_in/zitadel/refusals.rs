//! ZITADEL's **refusals**: five eras, most of which say the same for every cause.
//!
//! Ids decide if there are any: the texts next to them follow `Accept-Language` and the instance's language. Sources:
//! ZITADEL v2.55 and the v4 line, measured; ZITADEL 2021 to 2026, source.

use RequestKind::{Api, Introspection, KeyComparison, Revocation, Token, Userinfo};

use super::super::*;

const SHOWN: &[RequestKind] = &[Userinfo, Api, KeyComparison];
const CALLS: &[RequestKind] = &[Api, KeyComparison];
const PROVEN: &[RequestKind] = &[Token, Introspection, Revocation];
const SIGNED: &[Sent] = &[Sent::Assertion];

pub(super) fn refusals() -> Refusals {
    Refusals {
        server_name: "ZITADEL".into(),
        // Its issuer is the requested host, and every custom domain is one.
        host_is_issuer: true,
        issuer_in_audience: true,
        version_help: String::new(),
        rules: [by_ids(), of_quota(), of_parents(), of_clients(), of_users()].concat(),
        otherwise: otherwise(),
    }
}

fn by_ids() -> Vec<RefusalRule> {
    let right =
        "Ask an administrator to make it a User Manager of its organisation, or choose a service user that is one";
    vec![
        // The same for an expired token and for one without the audience of ZITADEL's own APIs.
        by_id("AUTH-7fs1e", Reason::TokenAudience)
            .on(SHOWN)
            .help("Add the scope `urn:zitadel:iam:org:project:id:zitadel:aud`, then mint again"),
        // A 404 that means "no right", not "no such key".
        by_id("AUTHZ-cdgFk", Reason::NoPermission).on(SHOWN).help(right),
        by_id("AUTH-5mWD2", Reason::NoPermission).on(SHOWN).help(right),
        by_id("COMMAND-4m77G", Reason::KeyUnknown).on(CALLS),
        by_id("QUERY-Dgr3g", Reason::KeyUnknown).on(CALLS),
        by_id("COMMAND-bnipwm1", Reason::UserUnknown).on(CALLS),
        by_id("COMMAND-5F3h1", Reason::Named)
            .on(CALLS)
            .explains("ZITADEL doesn't accept this public key")
            .help("Use an RSA key with at least 2048 bits"),
        by_id("DOMAIN-dv3t5", Reason::Named)
            .on(CALLS)
            .explains("By the server's clock, the key would already have expired")
            .help("Choose a later expiry date"),
        by_id("QUERY-Tha6f", Reason::KeyUnknown).on(PROVEN),
        // Its gateway's own message, without details: the call doesn't exist in this version.
        code("not_found", Reason::PathUnknown).on(SHOWN).with_status(&[404]).lacks("/details"),
    ]
}

/// Discovery still returns 200, and there is no `Retry-After`.
fn of_quota() -> Vec<RefusalRule> {
    let exhausted = |rule: RefusalRule| {
        rule.with_status(&[429])
            .explains("The instance's quota is used up, so ZITADEL rejects every request; waiting won't help")
            .help("Ask whoever pays for the instance to raise or renew its quota")
    };
    vec![
        exhausted(by_id("QUOTA-vjAy8", Reason::QuotaExhausted)),
        exhausted(RefusalRule::default().means(&[Reason::QuotaExhausted]).cookie("zitadel.quota.exhausted")),
        exhausted(says("instance is blocked", Reason::QuotaExhausted)),
    ]
}

/// `parent` contains the true cause, if the instance is configured to report it.
fn of_parents() -> Vec<RefusalRule> {
    vec![
        // Its database, which never checked the credential.
        says("context deadline exceeded", Reason::ServerFailed),
        says("failed to connect to", Reason::ServerFailed),
        says("cannot decode, empty data", Reason::KeyUnknown).on(PROVEN),
        says("sql: no rows in result set", Reason::KeyUnknown).on(&[Token]).sent(SIGNED),
        says("sql: no rows in result set", Reason::ClientUnknown).on(PROVEN),
    ]
}

fn of_clients() -> Vec<RefusalRule> {
    let only_own = |text: &str| {
        says(text, Reason::ApplicationNotAllowed)
            .on(&[Revocation])
            .explains("ZITADEL lets only OIDC applications revoke tokens, and only tokens issued to them")
    };
    vec![
        only_own("client not found"),
        only_own("not issued for this client"),
        says("authnkey.notfound", Reason::KeyUnknown).on(PROVEN),
        // Its APIs, mistaken for the token endpoint.
        says("auth header missing", Reason::EndpointWrong).on(PROVEN),
        says("errors.user.machine.secret", Reason::SecretWrong).on(PROVEN),
        says("client not found", Reason::ClientUnknown).on(PROVEN),
        says("client does not exist", Reason::ClientUnknown).on(PROVEN),
    ]
}

fn of_users() -> Vec<RefusalRule> {
    vec![
        says("errors.user.notactive", Reason::UserInactive),
        says("errors.user.locked", Reason::UserInactive),
        // A key of another instance, up to v2.55.
        says("errors.user.notfound", Reason::WrongEnvironment).on(&[Token]).with_status(&[404]),
        says("errors.user.notfound", Reason::UserUnknown),
        says("errors.org.notactive", Reason::OrganisationDisabled),
        says("unable to set instance", Reason::WrongHost),
        says("externaldomain", Reason::WrongHost),
        says("instance not found", Reason::WrongHost),
    ]
}

/// The later eras return one of these for every bad assertion.
fn otherwise() -> Vec<RefusalRule> {
    let bad_assertion = Reason::CredentialRefused;
    vec![
        error("server_error", bad_assertion).on(PROVEN).sent(SIGNED).with_status(&[400, 500]),
        status(&[500], bad_assertion).on(&[Introspection, Revocation]).sent(SIGNED),
    ]
}
