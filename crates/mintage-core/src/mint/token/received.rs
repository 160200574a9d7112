//! The token **received**: what the server said about it, and what the request asked for.

use time::OffsetDateTime;

use super::Plan;
use crate::claims;
use crate::issuer::{Answer, TokenResponse};
use crate::mint::Mint;
use crate::mint::trace::Trace;
use crate::scope;
use crate::token::{Authorization, Token, TokenForm, TokenView};

impl Mint {
    pub(super) fn received(&self, plan: &Plan<'_>, answer: Answer<TokenResponse>, trace: Trace) -> Token {
        let (response, now) = (answer.value, self.now());
        let access_token = response.access_token.expose();
        let requested = &plan.loaded.wanted.scopes;
        Token {
            form: TokenForm::of(access_token),
            minted_at: now,
            expires_at: self.expiry(plan, &response, now),
            scopes: scope::outcomes(requested, response.scopes.as_deref(), access_token, plan.provider),
            requested_scopes: requested.clone(),
            granted_scopes: response.scopes,
            authorization: Authorization::Bearer,
            also_said: response.also_said,
            credential: plan.loaded.credential.id,
            subject: None,
            trace: trace.0,
            access_token: response.access_token,
        }
    }

    /// When a token expires by the local clock, as far as the response or the token says it.
    fn expiry(&self, plan: &Plan<'_>, response: &TokenResponse, now: OffsetDateTime) -> Option<OffsetDateTime> {
        if let Some(lifetime) = response.expires_in {
            return Some(now.saturating_add(lifetime));
        }
        // A time given by the server's clock, which may be hours away from the local one.
        let told = response.expires_at.or_else(|| told_expiry(response.access_token.expose()))?;
        Some(self.by_local_clock(plan.environment(), told))
    }
}

/// The `exp` of a readable token.
pub(super) fn told_expiry(token: &str) -> Option<OffsetDateTime> {
    let claims = claims::decode(token, &[]).ok()?;
    claims.payload.into_iter().find(|claim| claim.name == "exp")?.time
}

/// The part of a token that a screen may show.
pub(in crate::mint) fn view(token: &Token, reused: bool) -> TokenView {
    TokenView {
        form: token.form,
        last_four: token.access_token.last_four(),
        minted_at: token.minted_at,
        expires_at: token.expires_at,
        requested_scopes: token.requested_scopes.clone(),
        granted_scopes: token.granted_scopes.clone(),
        scopes: token.scopes.clone(),
        also_said: token.also_said.clone(),
        subject: token.subject.clone(),
        reused,
        trace: token.trace.clone(),
    }
}
