//! The demo's **data**: which environments and service users it shows, each for a reason.

use std::collections::BTreeMap;

use mintage_core::environment::{Environment, Tier};
use mintage_demo::{Dialect, Membership, Organisation, Role, TokenForm, User};
use time::{Duration, OffsetDateTime};

/// The project of the roles and of the application.
pub(super) const PROJECT: &str = "221440129785921540";
const ORGANISATION: &str = "100507859606888400";
const DOMAIN: &str = "acme.demo";

/// One environment of the demo.
pub(super) struct DemoEnvironment {
    pub(super) name: &'static str,
    pub(super) tier: Tier,
    /// The wording of its refusals.
    pub(super) dialect: Dialect,
    pub(super) users: &'static [DemoUser],
    /// The API that receives the service users' tokens and introspects them.
    pub(super) application: Option<Api>,
}

/// An application of the demo.
pub(super) struct Api {
    pub(super) name: &'static str,
    pub(super) app_id: &'static str,
    pub(super) client_id: &'static str,
    /// Days since its key was created.
    pub(super) key_age_days: i64,
}

/// One service user of the demo.
pub(super) struct DemoUser {
    pub(super) name: &'static str,
    pub(super) user_id: &'static str,
    pub(super) scopes: &'static [&'static str],
    pub(super) token_form: TokenForm,
    pub(super) roles: &'static [&'static str],
    /// Whether it is the environment's administrator: it creates service users.
    pub(super) administrator: bool,
    /// Days until its key expires; negative for an expired one.
    pub(super) expires_in_days: Option<i64>,
    /// Days since its key was created.
    pub(super) key_age_days: i64,
    pub(super) favourite: bool,
}

/// The demo's environments.
pub(super) const ENVIRONMENTS: &[DemoEnvironment] = &[
    DemoEnvironment {
        name: "Acme development",
        tier: Tier::Development,
        dialect: Dialect::D4,
        users: &[
            DemoUser {
                name: "deploy-bot",
                user_id: "100507859606888466",
                scopes: &[
                    "openid",
                    "profile",
                    "urn:zitadel:iam:org:projects:roles",
                    "urn:zitadel:iam:org:project:id:221440129785921540:aud",
                ],
                token_form: TokenForm::Jwt,
                roles: &["deployer", "reader"],
                administrator: true,
                expires_in_days: Some(400),
                key_age_days: 1706,
                favourite: true,
            },
            DemoUser {
                name: "audit-export",
                user_id: "170652811490567621",
                scopes: &["openid", "profile"],
                token_form: TokenForm::Opaque,
                roles: &[],
                administrator: false,
                expires_in_days: None,
                key_age_days: 640,
                favourite: false,
            },
            DemoUser {
                name: "backup-runner",
                user_id: "170653044121349937",
                scopes: &["openid", "profile"],
                token_form: TokenForm::Encrypted,
                roles: &[],
                administrator: false,
                expires_in_days: None,
                key_age_days: 210,
                favourite: false,
            },
        ],
        application: Some(Api {
            name: "orders-api",
            app_id: "221440130021003264",
            client_id: "221440130021003265",
            key_age_days: 97,
        }),
    },
    DemoEnvironment {
        name: "Acme staging",
        tier: Tier::Staging,
        // The era whose servers give the same response to every refusal, which shows the diagnosis at work.
        dialect: Dialect::D3,
        users: &[
            DemoUser {
                name: "billing-sync",
                user_id: "100510120917882217",
                scopes: &["openid", "profile", "urn:zitadel:iam:user:metadata"],
                token_form: TokenForm::Jwt,
                roles: &[],
                administrator: false,
                expires_in_days: Some(6),
                key_age_days: 84,
                favourite: true,
            },
            DemoUser {
                name: "data-bridge",
                user_id: "181120744310985530",
                scopes: &["openid", "profile"],
                token_form: TokenForm::Jwt,
                roles: &[],
                administrator: false,
                expires_in_days: Some(-53),
                key_age_days: 418,
                favourite: false,
            },
        ],
        application: None,
    },
];

/// The demo data that an environment was created from: identified by its tier, since its name may have been changed.
pub(super) fn of(environment: &Environment) -> &'static DemoEnvironment {
    let tier = environment.settings.tier;
    ENVIRONMENTS.iter().find(|data| data.tier == tier).unwrap_or(&ENVIRONMENTS[0])
}

/// An id for a key created by the owner of that id, which reflects the key's age.
pub(super) fn key_id(now: OffsetDateTime, of: &str, age_days: i64) -> String {
    let low = of.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    super::id_made_at(now - Duration::days(age_days), low)
}

impl DemoUser {
    /// Gives an issuer's user everything besides its keys.
    pub(super) fn configure(&self, user: &mut User) {
        user.token_form = self.token_form;
        let role = |role: &&str| Role {
            project_id: PROJECT.to_owned(),
            role: (*role).to_owned(),
            org_id: ORGANISATION.to_owned(),
            domain: DOMAIN.to_owned(),
        };
        user.roles = self.roles.iter().map(role).collect();
        user.memberships = self.administrator.then_some(Membership::OrgUserManager).into_iter().collect();
        user.metadata = BTreeMap::from([("team".to_owned(), "platform".to_owned())]);
        user.organisation =
            Some(Organisation { id: ORGANISATION.to_owned(), name: "Acme".to_owned(), domain: DOMAIN.to_owned() });
    }
}
