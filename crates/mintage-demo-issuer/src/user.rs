//! A **user** is a service user as the demo issuer knows it: public keys, never private ones.

use std::collections::BTreeMap;

use time::OffsetDateTime;

/// A service user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// `iss` and `sub` of its assertions, `sub` of its tokens.
    pub user_id: String,
    /// The display name, `name` in userinfo.
    pub name: String,
    /// The login name, `preferred_username` in userinfo.
    pub login_name: String,
    /// Whether it gets tokens, and whether those it has still work.
    pub state: UserState,
    /// Its registered keys.
    pub keys: Vec<RegisteredKey>,
    /// The form of its access tokens.
    pub token_form: TokenForm,
    /// The roles granted to it.
    pub roles: Vec<Role>,
    /// Its metadata, values unencoded.
    pub metadata: BTreeMap<String, String>,
    /// The organisation that it belongs to.
    pub organisation: Option<Organisation>,
}

impl User {
    /// Begins with an active user without keys, roles or metadata, whose tokens are opaque.
    pub fn new(user_id: impl Into<String>, name: impl Into<String>, login_name: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            name: name.into(),
            login_name: login_name.into(),
            state: UserState::Active,
            keys: Vec::new(),
            token_form: TokenForm::Opaque,
            roles: Vec::new(),
            metadata: BTreeMap::new(),
            organisation: None,
        }
    }
}

/// Whether a user was deactivated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserState {
    /// It gets tokens.
    #[default]
    Active,
    /// It gets none, and its tokens have stopped working.
    Inactive,
}

/// The public half of a key of a user or an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredKey {
    /// `kid` of the assertions that it verifies.
    pub key_id: String,
    /// SPKI PEM (`-----BEGIN PUBLIC KEY-----`), RSA of at least 2048 bits. As at ZITADEL, another kind of
    /// key may be registered, but no assertion will ever be verified with it.
    pub public_pem: String,
    /// From then on the key is unknown; `None` is never.
    pub expires_at: Option<OffsetDateTime>,
}

/// The form of a user's access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenForm {
    /// Random characters: ZITADEL's default.
    #[default]
    Opaque,
    /// A signed JWT.
    Jwt,
    /// A five-part JWE that only the issuer can read: opaque to everybody else.
    Encrypted,
}

/// A role of a project, granted in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The project that defines the role.
    pub project_id: String,
    /// The role's key.
    pub role: String,
    /// The organisation that granted it.
    pub org_id: String,
    /// That organisation's primary domain.
    pub domain: String,
}

/// An organisation, for `urn:zitadel:iam:user:resourceowner`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its primary domain.
    pub domain: String,
}
