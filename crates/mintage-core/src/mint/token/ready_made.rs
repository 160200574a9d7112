//! **Personal access tokens**, which come from the provider's console and aren't minted.

use super::Loaded;
use super::received::told_expiry;
use crate::error::Error;
use crate::mint::Mint;
use crate::mint::secret_material::SecretMaterial;
use crate::mint::trace::Trace;
use crate::provider::{Provider, ProviderError};
use crate::secret::Secret;
use crate::token::{Authorization, Token, TokenForm};

impl Mint {
    /// A personal access token is the credential itself: nothing is sent anywhere.
    pub(super) async fn ready_made(
        &self,
        loaded: &Loaded,
        provider: &Provider,
        mut trace: Trace,
    ) -> Result<Token, Error> {
        let Loaded { service_user, credential, .. } = loaded;
        let scheme = provider.ready_token.ok_or_else(|| ProviderError::CredentialNotTaken {
            provider: provider.name.clone(),
            credential: credential.kind.name(),
        })?;
        let SecretMaterial::Text(access_token) = self.secret_read(loaded, &mut trace).await? else {
            return Err(Error::KeyChanged { service_user: service_user.settings.name.clone() });
        };
        let authorization = Authorization::by(scheme, credential.client_id_or(&service_user.user_id));
        let mut token = self.as_token(loaded, access_token, authorization, trace);
        token.subject = self.subject_of_token(provider, service_user, credential, &token).await;
        Ok(token)
    }

    fn as_token(&self, loaded: &Loaded, secret: Secret, authorization: Authorization, trace: Trace) -> Token {
        let Loaded { environment, credential, .. } = loaded;
        let expires_at = credential.expires_at.or_else(|| told_expiry(secret.expose()));
        Token {
            form: TokenForm::of(secret.expose()),
            minted_at: self.now(),
            expires_at: expires_at.map(|at| self.by_local_clock(environment, at)),
            requested_scopes: Vec::new(),
            granted_scopes: None,
            authorization,
            also_said: Vec::new(),
            scopes: Vec::new(),
            access_token: secret,
            credential: credential.id,
            subject: None,
            trace: trace.0,
        }
    }
}
