//! Frontier's **refusals**: it says "not authenticated" to every bad credential, and has no ids.
//!
//! Sources: Frontier v0.90 (REST and Connect) and v0.115, measured.

use RequestKind::{Api, KeyComparison, Token, Userinfo};

use super::super::*;

const CALLS: &[RequestKind] = &[Api, KeyComparison];

/// For REST's profiles: its gateway responds in JSON, and whatever responds in text is something else.
pub(super) fn of_rest() -> Refusals {
    let elsewhere = [
        code("not_found", Reason::EndpointWrong)
            .on(&[Token, Userinfo])
            .at("/message", "Not Found")
            .explains("Frontier's REST gateway responds, but it has no such path under this base address")
            .help("Check the base address: paths begin with `/v1beta1` right after it"),
        status(&[404], Reason::PathUnknown).content(ContentKind::Text),
        status(&[404], Reason::PathUnknown).content(ContentKind::Empty),
    ];
    refusals_with(&elsewhere)
}

/// For Connect's: a server that doesn't know the procedure says so in text, and JSON comes from REST's gateway.
pub(super) fn of_connect() -> Refusals {
    let elsewhere = [
        status(&[404], Reason::EndpointWrong)
            .on(&[Token, Userinfo])
            .content(ContentKind::Text)
            .means(&[Reason::PathUnknown, Reason::EndpointWrong]),
        status(&[404], Reason::PathUnknown).on(CALLS).content(ContentKind::Text),
        status(&[404], Reason::PathUnknown).content(ContentKind::Empty),
    ];
    refusals_with(&elsewhere)
}

fn refusals_with(elsewhere: &[RefusalRule]) -> Refusals {
    Refusals {
        server_name: "Frontier".into(),
        version_help:
            "Choose Frontier REST for servers before v0.91, Frontier Connect for v0.91 and later, and check the port"
                .into(),
        rules: [named(), elsewhere.to_vec(), unknown_paths()].concat(),
        otherwise: otherwise(),
        ..Refusals::default()
    }
}

fn named() -> Vec<RefusalRule> {
    vec![
        // 500 on v0.90, 403 on v0.115.
        says("org is disabled", Reason::OrganisationDisabled),
        code("failed_precondition", Reason::OrganisationDisabled),
        says("service user credentials not found", Reason::KeyUnknown).on(CALLS),
        says("service user credential doesn't exist", Reason::KeyUnknown).on(CALLS),
        says("service user doesn't exist", Reason::UserUnknown).on(CALLS),
        says("org doesn't exist", Reason::TargetUnknown).on(CALLS),
    ]
}

fn unknown_paths() -> Vec<RefusalRule> {
    vec![
        code("not_found", Reason::PathUnknown).at("/message", "Not Found"),
        code("unimplemented", Reason::PathUnknown),
        status(&[405, 415, 501], Reason::PathUnknown),
    ]
}

fn otherwise() -> Vec<RefusalRule> {
    let superuser =
        "Try again; the bootstrap superuser can't get a token, so use its id and secret directly on the API";
    vec![
        status(&[403], Reason::OrganisationDisabled)
            .on(&[Token])
            .means(&[Reason::OrganisationDisabled, Reason::UserInactive]),
        status(&[500], Reason::ServerFailed)
            .on(&[Token])
            .means(&[Reason::ServerFailed, Reason::OrganisationDisabled])
            .help(superuser),
        // A valid token whose user was deleted.
        status(&[500], Reason::UserInactive).on(&[Userinfo]).means(&[Reason::UserInactive, Reason::ServerFailed]),
        status(&[400], Reason::PathUnknown).on(&[Token]).means(&[Reason::PathUnknown, Reason::RequestRefused]),
    ]
}
