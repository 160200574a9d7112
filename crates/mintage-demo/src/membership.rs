//! A **membership** is a manager role of a ZITADEL user, in its organisation or in the instance. Its
//! permissions decide what the user may do through the API.

/// A manager role. `Org…` roles apply in the user's own organisation, `Iam…` roles everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Membership {
    /// `ORG_OWNER`
    OrgOwner,
    /// `ORG_OWNER_VIEWER`
    OrgOwnerViewer,
    /// `ORG_USER_MANAGER`
    OrgUserManager,
    /// `ORG_USER_PERMISSION_EDITOR`
    OrgUserPermissionEditor,
    /// `ORG_PROJECT_CREATOR`
    OrgProjectCreator,
    /// `ORG_SETTINGS_MANAGER`
    OrgSettingsManager,
    /// `ORG_ADMIN_IMPERSONATOR`
    OrgAdminImpersonator,
    /// `IAM_OWNER`
    IamOwner,
    /// `IAM_OWNER_VIEWER`
    IamOwnerViewer,
    /// `IAM_USER_MANAGER`
    IamUserManager,
}

/// Reading users and their credentials.
pub(crate) const USER_READ: &str = "user.read";
/// Giving users a manager role.
pub(crate) const MEMBER_WRITE: &str = "org.member.write";
/// Creating and removing them.
pub(crate) const USER_WRITE: &str = "user.write";

impl Membership {
    /// The role with this name, if it is one of an organisation.
    pub(crate) fn of_organisation(name: &str) -> Option<Self> {
        Some(match name {
            "ORG_OWNER" => Self::OrgOwner,
            "ORG_OWNER_VIEWER" => Self::OrgOwnerViewer,
            "ORG_USER_MANAGER" => Self::OrgUserManager,
            "ORG_USER_PERMISSION_EDITOR" => Self::OrgUserPermissionEditor,
            "ORG_PROJECT_CREATOR" => Self::OrgProjectCreator,
            "ORG_SETTINGS_MANAGER" => Self::OrgSettingsManager,
            "ORG_ADMIN_IMPERSONATOR" => Self::OrgAdminImpersonator,
            _ => return None,
        })
    }

    /// Whether it applies in every organisation.
    pub(crate) fn is_of_instance(self) -> bool {
        matches!(self, Self::IamOwner | Self::IamOwnerViewer | Self::IamUserManager)
    }

    /// The permissions it includes. Which roles may read and write users was measured (ZITADEL v2.55 and v4,
    /// 2026-11-29); the others are some of those in ZITADEL's default configuration.
    pub(crate) fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::OrgOwner => {
                &["org.read", "org.write", MEMBER_WRITE, "project.read", "project.write", USER_READ, USER_WRITE]
            }
            Self::OrgOwnerViewer => &["org.read", "project.read", USER_READ],
            Self::OrgUserManager => &["org.read", USER_READ, USER_WRITE],
            Self::OrgUserPermissionEditor => &["org.read", "user.grant.read", "user.grant.write", USER_READ],
            Self::OrgProjectCreator => &["policy.read", "project.create"],
            Self::OrgSettingsManager => &["policy.read", "policy.write"],
            Self::OrgAdminImpersonator => &["admin.impersonation"],
            Self::IamOwner => &["iam.read", "iam.write", "org.read", "org.write", MEMBER_WRITE, USER_READ, USER_WRITE],
            Self::IamOwnerViewer => &["iam.read", "org.read", USER_READ],
            Self::IamUserManager => &["iam.read", "org.read", USER_READ, USER_WRITE],
        }
    }
}
