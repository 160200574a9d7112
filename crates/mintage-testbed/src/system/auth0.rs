//! An Auth0 tenant: its name ends with a slash, and a token is always for one of its APIs.

use mintage_demo::assertion::{
    AssertionRules, AudienceName, AudienceRule, Cap, IdRule, KeyReference, SubjectRule, Times,
};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Carrier, GrantRule, Issued, OPENID_CONFIGURATION, Paths, Rules, ScopePlace, ScopeRule};
use mintage_demo::token::{Grant, TokenAudience, TokenRules};
use mintage_demo::words;
use mintage_demo::{TokenForm, User};
use serde_json::{Value, json};

pub(super) const RULES: Rules = Rules {
    issuer: "/",
    paths: Paths {
        token: "/oauth/token",
        discovery: Some(OPENID_CONFIGURATION),
        keys: Some("/.well-known/jwks.json"),
        userinfo: Some("/userinfo"),
        introspection: None,
        revocation: None,
    },
    takes_json: true,
    grants: &[GrantRule::client_credentials(&[Carrier::ClientAssertion, Carrier::Basic, Carrier::Post])],
    assertion: AssertionRules {
        algorithms: &["RS256", "RS384", "PS256"],
        small_keys: false,
        key: KeyReference::KeyIdIfGiven,
        audience: AudienceRule { names: &[AudienceName::Issuer], several: false },
        subject: SubjectRule::Itself,
        times: Times {
            late: 0,
            early: 0,
            cap: Some(Cap::FromIssue(300)),
            issued_at_required: false,
            max_age: None,
            not_before: true,
        },
        id: IdRule::RequiredOnce,
        claims: &[],
    },
    scope: ScopeRule { place: ScopePlace::Form, required: false, suffix: None },
    client_id_required: false,
    clients_are_login_names: false,
    token: TokenRules {
        form: Some(TokenForm::Jwt),
        prefix: "",
        lifetime: 86_400,
        audience: TokenAudience::Field,
        claims,
    },
    status: 200,
    respond,
    refuse,
};

fn claims(grant: &Grant, _: &User) -> Value {
    json!({
        "sub": format!("{}@clients", grant.user_id),
        "azp": grant.user_id,
        "gty": "client-credentials",
        "scope": grant.scopes.joined(),
    })
}

fn respond(issued: &Issued<'_>) -> Value {
    let mut response = json!({
        "access_token": issued.access_token,
        "expires_in": issued.expires_in(),
        "token_type": "Bearer",
    });
    if !issued.scope().is_empty() {
        response["scope"] = json!(issued.scope());
    }
    response
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    match failure {
        Failure::ClientUnknown(_) | Failure::SecretWrong(_) | Failure::SecretExpired(_) | Failure::UserNotActive => {
            Refusal::oauth(401, "access_denied", "Unauthorized")
        }
        Failure::GrantNotAllowed => {
            let text = "Grant type 'client_credentials' not allowed for the client.";
            Refusal::oauth(403, "unauthorized_client", text)
        }
        Failure::ParameterMissing("audience") => {
            Refusal::oauth(403, "access_denied", "Non-global clients are not allowed access to APIv1")
        }
        Failure::ApiUnknown(api) => Refusal::oauth(403, "access_denied", &format!("Service not found: {api}")),
        Failure::ScopeRefused(scope) => {
            Refusal::oauth(403, "access_denied", &format!("Client has not been granted scopes: {scope}"))
        }
        Failure::ConsentMissing(api) => {
            let text = format!(
                "Client is not authorized to access \"{api}\". You need to create a \"client-grant\" associated to \
                 this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants"
            );
            Refusal::oauth(403, "access_denied", &text)
        }
        _ => words::refuse(failure, place),
    }
}
