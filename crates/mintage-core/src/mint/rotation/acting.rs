//! Who **acts** at a server, for whom, and what it makes of the server's refusals.

use std::borrow::Cow;

use crate::diagnosis;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, ServiceUserId};
use crate::issuer::IssuerError;
use crate::mint::Mint;
use crate::mint::endpoint::values_of;
use crate::provider::template::Values;
use crate::provider::{Provider, Reason, Recipe, RequestKind, Sent};
use crate::rotation::RotationError;
use crate::service_user::ServiceUser;

/// Who acts for whom, and where.
#[derive(Clone, Debug)]
pub(in crate::mint) struct Acting {
    pub(in crate::mint) environment: Environment,
    pub(in crate::mint) provider: Cow<'static, Provider>,
    /// Whose credentials are managed.
    pub(in crate::mint) service_user: ServiceUser,
    /// Its client id, if that isn't its user id.
    pub(in crate::mint) client_id: Option<String>,
    /// Its organisation at the server, if that isn't the environment's.
    pub(in crate::mint) organisation: Option<String>,
    /// Who acts.
    pub(in crate::mint) by: ServiceUser,
    /// With which credential; `None` for its default.
    pub(in crate::mint) with: Option<CredentialId>,
}

impl Acting {
    /// Whether the service user acts for itself.
    pub(in crate::mint) fn is_itself(&self) -> bool {
        self.by.id == self.service_user.id
    }

    /// What the provider's own rules make of a refusal.
    fn reasons(&self, error: &Error) -> Vec<Reason> {
        match error {
            Error::Diagnosed { source: IssuerError::Refused(said), .. } => {
                diagnosis::named_by(&self.provider, RequestKind::Api, Sent::Token, said)
            }
            _ => Vec::new(),
        }
    }

    /// Whether the server doesn't know the path: it is another version.
    pub(in crate::mint) fn says_path_unknown(&self, error: &Error) -> bool {
        self.reasons(error).first() == Some(&Reason::PathUnknown)
    }

    /// Whether the acting service user lacks the permission: by the provider's own rules, or by the status for that
    /// (RFC 9110 §15.5.4), unless a policy or a plan forbids it to everybody.
    pub(in crate::mint) fn says_no_right(&self, error: &Error) -> bool {
        let forbidden =
            matches!(error, Error::Diagnosed { source: IssuerError::Refused(said), .. } if said.status == 403);
        match self.reasons(error).first() {
            Some(Reason::NoPermission) => true,
            Some(Reason::PolicyBlocked) => false,
            _ => forbidden,
        }
    }

    /// Whether the server may be saying that it has no such credential: in its own words, or by the status for that,
    /// which others of its answers have too.
    pub(in crate::mint) fn may_say_gone(&self, error: &Error) -> bool {
        let not_found =
            matches!(error, Error::Diagnosed { source: IssuerError::Refused(said), .. } if said.status == 404);
        not_found || self.says_gone(error)
    }

    /// Whether the server says in its own words that it has no such credential.
    pub(in crate::mint) fn says_gone(&self, error: &Error) -> bool {
        self.reasons(error).first() == Some(&Reason::KeyUnknown)
    }

    /// Whether the server already has what it was asked for (RFC 9110 §15.5.10).
    pub(in crate::mint) fn says_conflict(&self, error: &Error) -> bool {
        matches!(error, Error::Diagnosed { source: IssuerError::Refused(said), .. } if said.status == 409)
    }

    /// The server's host and port.
    pub(in crate::mint) fn host(&self) -> String {
        self.environment.settings.issuer.host_and_port()
    }

    /// The values of placeholders: the environment's, the service user's, and further ones.
    pub(in crate::mint) fn values(&self, more: &[(&str, &str)]) -> Values {
        let mut values = values_of(&self.environment.settings);
        let parameter = self.provider.creation.as_ref().map(|rules| rules.organisation.clone()).unwrap_or_default();
        values.extend(self.organisation.iter().map(|organisation| (parameter.clone(), organisation.clone())));
        let user_id = &self.service_user.user_id;
        let client_id = self.client_id.as_ref().unwrap_or(user_id);
        values.insert("userId".to_owned(), user_id.clone());
        values.insert("clientId".to_owned(), client_id.clone());
        values.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        values
    }
}

/// Who acts, and by which recipe.
#[derive(Clone, Debug)]
pub(in crate::mint) struct Job {
    pub(in crate::mint) acting: Acting,
    pub(in crate::mint) recipe: Recipe,
}

impl Job {
    /// The error for a missing permission, with the role that has it.
    pub(in crate::mint) fn not_allowed(&self) -> Error {
        let Self { acting, recipe } = self;
        let role = recipe.actor.role.clone();
        let (by, service_user) = (acting.by.settings.name.clone(), acting.service_user.settings.name.clone());
        RotationError::NotAllowed { by, service_user, role }.into()
    }

    /// A refusal for want of a permission, with the role that has it; any other error as it is.
    pub(super) fn explained(&self, error: Error) -> Error {
        if self.acting.says_no_right(&error) { self.not_allowed() } else { error }
    }

    /// The error for what the provider has no recipe for.
    pub(super) fn unsupported(&self) -> Error {
        let provider = self.acting.provider.name.clone();
        RotationError::Unsupported { provider, credential: self.recipe.kind.name() }.into()
    }
}

/// Whether a failed request certainly changed nothing: the server refused it, or it was never sent.
pub(in crate::mint) fn is_certain(error: &Error) -> bool {
    match error {
        Error::Issuer(source) | Error::Diagnosed { source, .. } => match source {
            // A proxy that gave up waiting (RFC 9110 §15.5.9) doesn't know what the server did.
            IssuerError::Refused(said) => (400..500).contains(&said.status) && said.status != 408,
            // Named before anything was sent.
            IssuerError::HostUnknown { .. }
            | IssuerError::EndpointRefused { .. }
            | IssuerError::CaInvalid
            | IssuerError::NoCertificates
            | IssuerError::NoClient { .. } => true,
            IssuerError::Busy { said, .. } => said.status == 429,
            _ => false,
        },
        // The server did what was asked.
        Error::MadeNotStored { undone, .. } => *undone,
        Error::Rotation(
            RotationError::AnswerUnread { .. }
            | RotationError::CreatedUnread { .. }
            | RotationError::RegistrationTokenNotKept { .. },
        ) => false,
        _ => true,
    }
}

impl Mint {
    /// Who acts for a service user: itself, or another one of the same environment.
    pub(in crate::mint) async fn acting(
        &self,
        environment: Environment,
        service_user: ServiceUser,
        by: Option<ServiceUserId>,
    ) -> Result<Acting, Error> {
        let provider = self.ready_provider(&environment).await?;
        let by = match by.filter(|by| *by != service_user.id) {
            Some(by) => self.catalog.service_user(by).await?,
            None => service_user.clone(),
        };
        if by.environment != environment.id {
            return Err(Error::OtherEnvironment { service_user: by.settings.name });
        }
        let provider = Cow::Owned(provider.into_owned());
        let client_id = match service_user.default_credential {
            Some(id) => self.catalog.credential(id).await?.client_id,
            None => None,
        };
        let organisation = self.catalog.organisation(service_user.id).await?;
        Ok(Acting { environment, provider, service_user, client_id, organisation, by, with: None })
    }
}
