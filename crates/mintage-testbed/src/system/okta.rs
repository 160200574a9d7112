//! An Okta custom authorization server.

use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, Flaw, IdRule, KeyReference, SubjectRule, Times,
};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Carrier, GrantRule, Issued, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{Grant, TokenAudience, TokenRules};
use mintage_demo::words;
use mintage_demo::{TokenForm, User};
use serde_json::{Value, json};

pub(super) const RULES: Rules = Rules {
    issuer: "/oauth2/default",
    paths: Paths {
        token: "/oauth2/default/v1/token",
        discovery: Some("/oauth2/default/.well-known/openid-configuration"),
        keys: Some("/oauth2/default/v1/keys"),
        userinfo: Some("/oauth2/default/v1/userinfo"),
        introspection: Some("/oauth2/default/v1/introspect"),
        revocation: Some("/oauth2/default/v1/revoke"),
    },
    takes_json: false,
    grants: &[GrantRule::client_credentials(&[Carrier::ClientAssertion, Carrier::Basic, Carrier::Post])],
    assertion: AssertionRules {
        algorithms: &["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
        small_keys: false,
        key: KeyReference::KeyId,
        audience: AudienceRule { names: &[AudienceName::TokenUrl], several: false },
        subject: SubjectRule::Itself,
        times: Times {
            late: 0,
            early: 0,
            cap: Some(Cap::FromNow(3600)),
            issued_at_required: false,
            max_age: None,
            not_before: true,
        },
        id: IdRule::OnceIfGiven,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Form, required: true, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 3600,
        audience: TokenAudience::Issuer,
        claims,
    },
    status: 200,
    respond,
    refuse,
};

fn claims(grant: &Grant, _: &User) -> Value {
    let scopes: Vec<String> = grant.scopes.joined().split(' ').map(str::to_owned).collect();
    json!({ "ver": 1, "cid": grant.user_id, "scp": scopes })
}

fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "token_type": "Bearer",
        "expires_in": issued.expires_in(),
        "access_token": issued.access_token,
        "scope": issued.scope(),
    })
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    let (status, error, description) = match failure {
        Failure::ClientAssertion(flaw) => match invalid(flaw) {
            Some(text) => (401, "invalid_client", text),
            None => return words::refuse(failure, place),
        },
        Failure::ClientUnknown(_) | Failure::UserNotActive => {
            (401, "invalid_client", "Invalid value for 'client_id' parameter.")
        }
        Failure::SecretWrong(_) | Failure::SecretExpired(_) => {
            (401, "invalid_client", "The client secret supplied for a confidential client is invalid.")
        }
        Failure::ScopeMissing => (
            400,
            "invalid_scope",
            "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
        ),
        Failure::ScopeRefused(_) => {
            (400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.")
        }
        Failure::PossessionUnproven => (400, "invalid_dpop_proof", "The DPoP proof JWT header is missing."),
        Failure::GrantNotAllowed => (
            400,
            "unauthorized_client",
            "The client is not authorized to use the provided grant type. Configured grant types: \
             [authorization_code].",
        ),
        _ => return words::refuse(failure, place),
    };
    Refusal::oauth(status, error, description)
}

fn invalid(flaw: &Flaw) -> Option<&'static str> {
    Some(match flaw {
        Flaw::Audience { .. } | Flaw::SeveralAudiences => {
            "The audience claim for client_assertion must be the endpoint invoked for the request."
        }
        Flaw::Expired { expires_at: Some(_) } => "The client_assertion token is expired.",
        Flaw::LivesTooLong { .. } => "The client_assertion token has an expiration too far into the future.",
        Flaw::KeyIdMissing | Flaw::UnknownKey(_) | Flaw::KeyExpired(_) => "The client_assertion JWT kid is invalid.",
        Flaw::Signature => "The client_assertion signature is invalid.",
        Flaw::IssuerUnknown(_) => "Invalid value for 'client_id' parameter.",
        _ => return None,
    })
}
