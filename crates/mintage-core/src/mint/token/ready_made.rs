//! **Personal access tokens**, which come from the provider's console and aren't minted.

use super::Loaded;
use super::received::told_expiry;
use crate::error::Error;
use crate::mint::Mint;
use crate::mint::secret_material::SecretMaterial;
use crate::mint::trace::Trace;
use crate::provider::{Provider, ProviderError};
use crate::token::{Authorization, Token, TokenForm};

impl Mint {
    /// A personal access token is the credential itself: nothing is sent anywhere.
    pub(super) async fn ready_made(
        &self,
        loaded: &Loaded,
        provider: &Provider,
        mut trace: Trace,
    ) -> Result<Token, Error> {
        let Loaded { environment, service_user, credential, .. } = loaded;
        let not_taken = || ProviderError::CredentialNotTaken {
            provider: provider.name.clone(),
            credential: credential.kind.name(),
        };
        let scheme = provider.ready_token.ok_or_else(not_taken)?;
        let secret = trace.time(self.secret_of(service_user, credential)).await?;
        trace.step(&secret.step(credential.kind).0, String::new());
        let SecretMaterial::Text(access_token) = secret else {
            return Err(Error::KeyChanged { service_user: service_user.settings.name.clone() });
        };
        let told = credential.expires_at.or_else(|| told_expiry(access_token.expose()));
        let mut token = Token {
            form: TokenForm::of(access_token.expose()),
            minted_at: self.now(),
            expires_at: told.map(|at| self.by_local_clock(environment, at)),
            requested_scopes: Vec::new(),
            granted_scopes: None,
            authorization: Authorization::by(scheme, credential.client_id_or(&service_user.user_id)),
            also_said: Vec::new(),
            scopes: Vec::new(),
            access_token,
            credential: credential.id,
            subject: None,
            trace: trace.0,
        };
        token.subject = self.subject_of_token(provider, service_user, credential, &token).await;
        Ok(token)
    }
}
