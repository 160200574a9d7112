//! **Ready-made** tokens, which their provider's console gave and nobody mints.

use std::time::Instant;

use super::{Kept, told_expiry};
use crate::credential::{Credential, CredentialKind};
use crate::environment::Environment;
use crate::error::{CatalogError, Error, IssuerError, ProviderError};
use crate::mint::held::Held;
use crate::mint::story::Story;
use crate::mint::{Mint, Userinfo};
use crate::provider::Provider;
use crate::service_user::ServiceUser;
use crate::token::{Authorization, Token, TokenForm};

impl Mint {
    /// A ready-made token is the credential itself: nothing is sent anywhere.
    pub(super) async fn ready_made(
        &self,
        environment: &Environment,
        service_user: &ServiceUser,
        credential: &Credential,
        provider: &Provider,
        mut story: Story,
    ) -> Result<Kept, Error> {
        let not_taken = || ProviderError::CredentialNotTaken {
            provider: provider.name.clone(),
            credential: credential.kind.name(),
        };
        let scheme = provider.ready_token.ok_or_else(not_taken)?;
        let held = story.time(self.held(service_user, credential)).await?;
        story.told(&held.told(credential.kind).0, String::new());
        let Held::Text(access_token) = held else {
            return Err(Error::KeyChanged { service_user: service_user.settings.name.clone() });
        };
        let told = credential.expires_at.or_else(|| told_expiry(access_token.expose()));
        let mut token = Token {
            form: TokenForm::of(access_token.expose()),
            minted_at: self.now(),
            expires_at: told.map(|at| self.by_local_clock(environment.id, at)),
            requested_scopes: Vec::new(),
            granted_scopes: None,
            authorization: Authorization::by(scheme, credential.client_id_or(&service_user.user_id)),
            also_said: Vec::new(),
            scopes: Vec::new(),
            access_token,
            credential: credential.id,
            subject: None,
            story: story.0,
        };
        token.subject = self.subject_of_token(provider, service_user, credential, &token).await;
        Ok(Kept { token, settings: environment.settings.clone(), since: Instant::now() })
    }

    /// Notes whether the issuer takes a token that is a credential itself; of one that was minted, this says
    /// nothing of the credential.
    pub(in crate::mint) async fn note_ready_made(&self, token: &Token, outcome: &Result<Userinfo, Error>) {
        let refused = match outcome {
            Ok(_) => false,
            // RFC 6750 §3.1.
            Err(Error::Diagnosed { source: IssuerError::Refused(refusal), .. }) if refusal.status == 401 => true,
            Err(_) => return,
        };
        let Ok(credential) = self.catalog.credential(token.credential).await else { return };
        if credential.kind == CredentialKind::PersonalToken {
            let at = refused.then(|| self.now());
            let _: Result<(), CatalogError> = self.catalog.credential_refused(credential.id, at).await;
        }
    }
}
