//! The **reasons** and their causes, in one table: what each means to the user, the likeliest first.
//!
//! Rule: a cause that doesn't apply to what was sent omits itself, so the rows need no conditions.

use super::cause::{api, assertion, client, request, server, token};
use super::{Case, Cause};
use crate::provider::Reason;

type Of = fn(&Case<'_>) -> Option<Cause>;

/// Where the causes of a reason go among the locally known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    /// Before all others: whatever sent it didn't look at the credential.
    BeforeAll,
    /// After what is certain locally.
    Named,
    /// After what is likely locally: it may mean many things.
    Vague,
}

/// How specific a reason is.
pub(super) fn precedence(reason: Reason) -> Precedence {
    match reason {
        Reason::ProxyRefused | Reason::DpopRequired | Reason::QuotaExhausted | Reason::ServerBusy => {
            Precedence::BeforeAll
        }
        Reason::CredentialRefused
        | Reason::RequestRefused
        | Reason::TokenRefused
        | Reason::ServerFailed
        | Reason::Named => Precedence::Vague,
        _ => Precedence::Named,
    }
}

/// The causes of a reason that apply, the likeliest first.
pub(super) fn causes(reason: Reason, case: &Case<'_>) -> Vec<Cause> {
    row(reason).iter().filter_map(|of| of(case)).collect()
}

/// The code of the cause that restates the reason itself, if that applies; the others are what may be behind it. A
/// profile's own words replace it.
pub(super) fn own_code(reason: Reason, case: &Case<'_>) -> Option<String> {
    let own = match reason {
        // What is known locally is more specific, and precedes it.
        Reason::AudienceRefused => assertion::audience_refused,
        _ => *row(reason).first()?,
    };
    own(case).map(|cause| cause.code)
}

fn row(reason: Reason) -> &'static [Of] {
    match reason {
        Reason::AudienceRefused => {
            &[assertion::host_differs, assertion::audience_lacks_issuer, assertion::audience_refused]
        }
        Reason::TooLate => &[assertion::told_late],
        Reason::TooEarly => &[assertion::told_early],
        Reason::TimesRefused => &[assertion::told_times],
        Reason::LifetimeTooLong => &[assertion::lifetime_too_long],
        Reason::JwtIdRefused => &[assertion::jwt_id_refused],
        Reason::KeyUnknown => &[assertion::key_unknown],
        Reason::KeyDiffers => &[assertion::key_differs],
        Reason::KeyExpired => &[assertion::key_expired_there],
        Reason::CertificateUnknown => &[assertion::certificate_unknown],
        Reason::AlgorithmRefused => &[assertion::algorithm_refused],
        Reason::ClientUnknown => &[client::unknown, client::wrong_environment, client::user_inactive],
        Reason::ClientDisabled => &[client::disabled],
        Reason::SecretWrong => &[
            client::secret_wrong,
            client::secret_encoding,
            client::unknown,
            client::wrong_environment,
            client::user_inactive,
        ],
        Reason::SecretExpired => &[client::secret_expired],
        Reason::KeyWanted => &[client::key_wanted],
        Reason::SecretWanted => &[client::secret_wanted],
        Reason::CredentialRefused => &[
            client::secret_wrong,
            client::secret_encoding,
            assertion::key_unknown,
            assertion::key_differs,
            token::revoked,
            client::unknown_if_named,
            client::wrong_environment,
            client::user_inactive,
        ],
        Reason::UserInactive => &[client::user_inactive],
        Reason::UserUnknown => &[client::user_unknown, client::wrong_environment],
        Reason::WrongEnvironment => &[client::wrong_environment, client::user_unknown],
        Reason::ActingUserMissing => &[client::acting_user_missing],
        Reason::OrganisationDisabled => &[client::organisation_disabled],
        Reason::TenantUnknown => &[client::tenant_unknown],
        Reason::NotInTenant => &[client::not_in_tenant],
        Reason::PolicyBlocked => &[client::policy_blocked],
        Reason::ConsentMissing => &[client::consent_missing],
        Reason::TargetUnknown => &[request::target_unknown, request::endpoint_wrong_if_404],
        Reason::TargetSuspended => &[request::target_suspended],
        Reason::ScopeRefused => &[request::scope_refused],
        Reason::ScopeEmpty => &[request::scope_empty, request::scope_not_found],
        Reason::GrantUnsupported => &[request::grant_unsupported],
        Reason::GrantNotAllowed => &[request::grant_not_allowed],
        Reason::RequestRefused => {
            &[server::named_if_explained, request::scope_empty_unexplained, client::secret_encoding, request::refused]
        }
        Reason::RequestAltered => &[request::altered],
        Reason::WrongHost => &[request::wrong_host],
        Reason::EndpointWrong => &[request::endpoint_wrong],
        Reason::PathUnknown => &[request::path_unknown, request::endpoint_wrong],
        Reason::TokenRefused => &[token::revoked, client::user_inactive, client::wrong_environment],
        Reason::TokenExpired => &[token::expired],
        Reason::TokenAudience => &[token::audience_missing, token::revoked],
        Reason::TokenScope => &[token::scope_missing],
        Reason::NoPermission => &[api::no_permission],
        Reason::ApplicationNotAllowed => &[token::application_not_allowed],
        Reason::TokenKindRefused => &[token::kind_refused],
        Reason::DpopRequired => &[server::dpop_required],
        Reason::ProxyRefused => &[server::proxy_refused],
        Reason::QuotaExhausted => &[server::quota_exhausted],
        Reason::ServerBusy => &[server::busy],
        Reason::ServerFailed => &[server::failed],
        Reason::Named => &[server::named],
    }
}
