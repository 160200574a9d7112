//! An **error** of ZITADEL's API. With an id, it comes from the call itself, and its text may follow
//! `Accept-Language`; without, it comes from the gateway or from the validation before the call.

use crate::grpc::Code;
use crate::language::Language;

#[derive(Clone, Debug)]
pub(super) struct ApiError {
    pub(super) code: Code,
    /// Where in ZITADEL it comes from. Clients should match on this.
    pub(super) id: Option<&'static str>,
    text: Text,
}

#[derive(Clone, Debug)]
enum Text {
    /// The same in every language.
    Fixed(&'static str),
    Translated {
        english: &'static str,
        german: &'static str,
    },
    Made(String),
}

impl ApiError {
    pub(super) const HEADER_MISSING: Self = Self::gateway(Code::Unauthenticated, "auth header missing");
    pub(super) const NO_SUCH_PATH: Self = Self::gateway(Code::NotFound, "Not Found");
    pub(super) const NO_SUCH_METHOD: Self = Self::gateway(Code::Unimplemented, "Method Not Allowed");
    pub(super) const INTERNAL: Self = Self::gateway(Code::Internal, "Errors.Internal");

    /// An invalid token or one without ZITADEL's audience; both get the same response.
    pub(super) const TOKEN_INVALID: Self = Self::fixed(Code::Unauthenticated, "AUTH-7fs1e", "Errors.Token.Invalid");
    /// The caller has no manager role at all.
    pub(super) const NO_MEMBERSHIP: Self = Self::fixed(Code::NotFound, "AUTHZ-cdgFk", "membership not found");
    /// None of the caller's manager roles allows it.
    pub(super) const NO_PERMISSION: Self =
        Self::fixed(Code::PermissionDenied, "AUTH-5mWD2", "No matching permissions found");
    pub(super) const QUOTA_EXHAUSTED: Self =
        Self::fixed(Code::ResourceExhausted, "QUOTA-vjAy8", "Quota.Access.Exhausted");
    pub(super) const EXPIRED_ALREADY: Self =
        Self::fixed(Code::InvalidArgument, "DOMAIN-dv3t5", "Errors.AuthNKey.ExpireBeforeNow");
    /// For reading a key; removing one returns [`Self::KEY_NOT_FOUND`].
    pub(super) const KEY_UNKNOWN: Self = Self::fixed(Code::NotFound, "QUERY-Dgr3g", "Errors.AuthNKey.NotFound");

    pub(super) const USER_NOT_FOUND: Self = Self::translated(
        Code::FailedPrecondition,
        "COMMAND-bnipwm1",
        "User could not be found",
        "Benutzer konnte nicht gefunden werden",
    );
    /// Source: ZITADEL's code; not measured.
    pub(super) const USER_EXISTS: Self =
        Self::translated(Code::AlreadyExists, "COMMAND-k2una", "User already exists", "Benutzer existiert bereits");
    /// Source: ZITADEL's code; not measured.
    pub(super) const NO_SUCH_USER: Self = Self::fixed(Code::NotFound, "COMMAND-m9od", "Errors.User.NotFound");
    /// The status is that of ZITADEL's clients' code; the id wasn't measured.
    pub(super) const MEMBER_EXISTS: Self = Self::gateway(Code::AlreadyExists, "Errors.Org.Member.AlreadyExists");
    /// Source: ZITADEL's code; not measured.
    pub(super) const ROLE_INVALID: Self = Self::fixed(Code::InvalidArgument, "Org-4N8es", "Errors.Org.MemberInvalid");
    pub(super) const KEY_NOT_FOUND: Self = Self::translated(
        Code::NotFound,
        "COMMAND-4m77G",
        "Machine key not found",
        "Maschinen Schlüssel nicht gefunden",
    );
    /// The German text wasn't measured.
    pub(super) const KEY_INVALID: Self = Self::translated(
        Code::InvalidArgument,
        "COMMAND-5F3h1",
        "Public key is not a valid RSA public key in PKIX format with PEM encoding",
        "Öffentlicher Schlüssel ist kein gültiger RSA-Schlüssel im PKIX-Format mit PEM-Kodierung",
    );
    /// Source: ZITADEL's code; not measured.
    pub(super) const TOKEN_NOT_FOUND: Self = Self::translated(
        Code::NotFound,
        "COMMAND-4m77G",
        "Personal Access Token not found",
        "Persönliches Zugriffstoken nicht gefunden",
    );
    /// Source: ZITADEL's code; not measured.
    pub(super) const SECRET_NOT_FOUND: Self =
        Self::translated(Code::FailedPrecondition, "COMMAND-x0992n", "Secret doesn't exist", "Secret existiert nicht");

    const fn gateway(code: Code, text: &'static str) -> Self {
        Self { code, id: None, text: Text::Fixed(text) }
    }

    const fn fixed(code: Code, id: &'static str, text: &'static str) -> Self {
        Self { code, id: Some(id), text: Text::Fixed(text) }
    }

    const fn translated(code: Code, id: &'static str, english: &'static str, german: &'static str) -> Self {
        Self { code, id: Some(id), text: Text::Translated { english, german } }
    }

    /// A message that can't be read or lacks something.
    pub(super) fn invalid(text: String) -> Self {
        Self { code: Code::InvalidArgument, id: None, text: Text::Made(text) }
    }

    pub(super) fn text(&self, language: Language) -> &str {
        match (&self.text, language) {
            (Text::Fixed(text), _)
            | (Text::Translated { english: text, .. }, Language::English)
            | (Text::Translated { german: text, .. }, Language::German) => text,
            (Text::Made(text), _) => text,
        }
    }
}
