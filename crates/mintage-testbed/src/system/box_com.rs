//! Box: an application acts for an enterprise or a user, with an assertion *and* its client secret.

use mintage_demo::assertion::{AssertionRules, AudienceName, AudienceRule, Cap, Flaw, IdRule, KeyReference, Times};
use mintage_demo::place::Place;
use mintage_demo::refusal::{Failure, Refusal};
use mintage_demo::rules::{Carrier, GrantRule, Issued, Paths, Rules};
use mintage_demo::token::TokenRules;
use mintage_demo::words;
use serde_json::{Value, json};

use super::service_account::{self, ASSERTION, TIMES, TOKEN};

pub(super) const RULES: Rules = Rules {
    paths: Paths::token_only("/oauth2/token"),
    grants: &[
        GrantRule { secret_too: true, ..GrantRule::JWT_BEARER },
        GrantRule {
            speaks_for: Some(("box_subject_id", "box_subject_type")),
            ..GrantRule::client_credentials(&[Carrier::Post])
        },
    ],
    assertion: AssertionRules {
        algorithms: &["RS256", "RS384", "RS512"],
        key: KeyReference::KeyId,
        audience: AudienceRule { names: &[AudienceName::TokenUrl], several: false },
        times: Times { cap: Some(Cap::FromNow(60)), issued_at_required: false, ..TIMES },
        id: IdRule::RequiredOnce,
        claims: &["box_sub_type"],
        ..ASSERTION
    },
    client_id_required: true,
    token: TokenRules { lifetime: 4188, ..TOKEN },
    respond,
    refuse,
    ..service_account::RULES
};

/// With `token_type` in lower case, which RFC 6749 §5.1 allows.
fn respond(issued: &Issued<'_>) -> Value {
    json!({
        "access_token": issued.access_token,
        "expires_in": issued.expires_in(),
        "restricted_to": [],
        "token_type": "bearer",
    })
}

fn refuse(failure: &Failure, place: &Place) -> Refusal {
    let (error, description) = match failure {
        Failure::Assertion(flaw) => match invalid(flaw) {
            Some(text) => ("invalid_grant", text),
            None => return words::refuse(failure, place),
        },
        Failure::SecretWrong(_) | Failure::ClientUnknown(_) | Failure::ClientIdDiffers => {
            ("invalid_client", "The client credentials are invalid")
        }
        Failure::GrantTypeMissing | Failure::GrantTypeUnsupported(_) => {
            ("unsupported_grant_type", "Invalid grant_type parameter or parameter missing")
        }
        Failure::GrantNotAllowed => ("unauthorized_client", "The grant type is unauthorized for this client_id"),
        Failure::UserNotActive | Failure::ConsentMissing(_) => {
            ("unauthorized_client", "This app is not authorized by the enterprise")
        }
        _ => return words::refuse(failure, place),
    };
    Refusal::oauth(400, error, description)
}

fn invalid(flaw: &Flaw) -> Option<&'static str> {
    Some(match flaw {
        Flaw::Expired { expires_at: None } | Flaw::LivesTooLong { .. } => "Please check the 'exp' claim.",
        Flaw::Expired { .. } => "Current date/time MUST be before the expiration date/time listed in the 'exp' claim",
        Flaw::IdMissing | Flaw::IdUsed => "Please check the 'jti' claim. A unique 'jti' value is required.",
        Flaw::Audience { .. } | Flaw::SeveralAudiences => "Please check the 'aud' claim.",
        Flaw::SubjectUnknown(_) | Flaw::SubjectMissing => "Please check the 'sub' claim.",
        Flaw::IssuerUnknown(_) | Flaw::IssuerMissing => "Please check the 'iss' claim.",
        Flaw::ClaimMissing("box_sub_type") => "Please check the 'box_sub_type' claim.",
        Flaw::IssuedInFuture { .. } => "Please check the 'iat' claim.",
        Flaw::KeyIdMissing | Flaw::UnknownKey(_) | Flaw::KeyExpired(_) => "Please check the 'kid' header.",
        _ => return None,
    })
}
