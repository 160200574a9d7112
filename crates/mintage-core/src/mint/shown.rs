//! A token that was **sent** to a server and refused: whose it is, or what it is allowed to do.

use time::Duration;

use super::Mint;
use crate::credential::{Credential, CredentialKind};
use crate::diagnosis::{self, Attempt, TokenShown};
use crate::environment::Environment;
use crate::error::Error;
use crate::issuer::IssuerError;
use crate::provider::{Provider, RequestKind};
use crate::token::Token;

/// What a token was sent for.
pub(super) struct Showing<'a> {
    pub(super) request: RequestKind,
    pub(super) environment: &'a Environment,
    pub(super) provider: &'a Provider,
    pub(super) token: &'a Token,
    /// The credential that it is about; the token's own if it isn't about one.
    pub(super) about: Option<&'a Credential>,
}

impl Mint {
    /// Turns the failure of a request with a token into an error with its likely causes.
    pub(super) async fn explain_shown(&self, showing: &Showing<'_>, failure: IssuerError) -> Error {
        let Showing { request, environment, provider, token, about } = showing;
        let issuer = &environment.settings.issuer;
        let measured = failure.said().and_then(|said| self.note_skew(environment, said.server_date));
        // The credential may have been removed since the token was minted with it.
        let own = self.catalog.credential(token.credential).await.ok();
        let ready_made = own.as_ref().is_some_and(|own| own.kind == CredentialKind::PersonalToken);
        let credential = about.or(own.as_ref());
        let attempt = Attempt {
            request: *request,
            provider,
            host: &issuer.host_and_port(),
            endpoint_host: &issuer.host_and_port(),
            issuer: issuer.as_str(),
            endpoint_by_hand: false,
            audience: &[],
            credential,
            client_id: credential.and_then(|credential| credential.client_id.as_deref()).unwrap_or_default(),
            parameters: &environment.settings.parameters,
            scopes: &token.requested_scopes,
            token: Some(TokenShown { expires_at: token.expires_at, ready_made }),
            lifetime: Duration::ZERO,
            now: self.now(),
            skew: measured.or(self.server_clock(environment).skew),
            corrected_by: Duration::ZERO,
            lacks_secret: false,
            secret_is_encoded: false,
        };
        Error::Diagnosed { causes: diagnosis::diagnose(&attempt, &failure), source: failure }
    }
}
