//! A **user** is a service user as the demo issuer knows it: public keys, never private ones.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::credential::{RegisteredSecret, RegisteredToken};
use crate::membership::Membership;

/// A service user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// `iss` and `sub` of its assertions, `sub` of its tokens.
    pub user_id: String,
    /// The display name, `name` in userinfo.
    pub name: String,
    /// The login name, `preferred_username` in userinfo.
    pub login_name: String,
    /// Whether it gets tokens, and whether its existing ones still work.
    pub state: UserState,
    /// Its registered keys.
    pub keys: Vec<RegisteredKey>,
    /// Its keys that are registered and don't work: switched off, or not activated yet (vendors that know such keys).
    pub idle_keys: Vec<RegisteredKey>,
    /// Its client secrets.
    pub secrets: Vec<RegisteredSecret>,
    /// Its personal access tokens.
    pub tokens: Vec<RegisteredToken>,
    /// Whom it may act for, if a client's assertion is about someone else: users at Salesforce, DocuSign and Google, an
    /// enterprise at Box, installations at GitHub.
    pub speaks_for: Vec<Subject>,
    /// Whether it may manage the credentials of others in its organisation (ZITADEL's `ORG_OWNER`, Frontier's
    /// organisation admin).
    pub administrator: bool,
    /// Its manager roles at ZITADEL, in addition to `administrator`.
    pub memberships: Vec<Membership>,
    /// Whether it is Frontier's bootstrap superuser, which may do everything.
    pub superuser: bool,
    /// Whether it is a human user and not a service user (ZITADEL).
    pub human: bool,
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
            idle_keys: Vec::new(),
            secrets: Vec::new(),
            tokens: Vec::new(),
            speaks_for: Vec::new(),
            administrator: false,
            memberships: Vec::new(),
            superuser: false,
            human: false,
            token_form: TokenForm::Opaque,
            roles: Vec::new(),
            metadata: BTreeMap::new(),
            organisation: None,
        }
    }

    /// The id of its organisation; all users without one share the instance's first.
    pub fn organisation_id(&self) -> &str {
        self.organisation.as_ref().map_or(FIRST_ORGANISATION, |organisation| organisation.id.as_str())
    }

    /// Its manager roles that count in an organisation.
    pub fn memberships_in(&self, organisation_id: &str) -> impl Iterator<Item = Membership> {
        let owner = self.administrator.then_some(Membership::OrgOwner);
        let at_home = self.organisation_id() == organisation_id;
        let all = self.memberships.iter().copied().chain(owner);
        all.filter(move |membership| at_home || membership.is_of_instance())
    }
}

/// The organisation that ZITADEL creates with an instance.
const FIRST_ORGANISATION: &str = "100000000000000002";

/// Someone a client acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Their name in an assertion's `sub`, or in the path at GitHub.
    pub id: String,
    /// Whether they agreed.
    pub consented: bool,
}

impl Subject {
    /// Someone who agreed.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), consented: true }
    }
}

/// Whether a user was deactivated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserState {
    /// It gets tokens.
    #[default]
    Active,
    /// It gets none, and its tokens no longer work.
    Inactive,
}

/// The public half of a key of a user or an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredKey {
    /// `kid` of the assertions that it verifies; at Entra the certificate's SHA-256 thumbprint, `x5t#S256`.
    pub key_id: String,
    /// PEM with the key in SPKI form, under any label, that fits an algorithm of the system: RSA of at least 2048 bits
    /// at ZITADEL. As there, another kind may be registered, but no assertion is verified with it.
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
    /// A five-part JWE that only the issuer can read: opaque to everyone else.
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
