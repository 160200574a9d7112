//! An **access token** in one of its three forms, and the **grant** that the issuer remembers for it.
//!
//! Rule: a token is recognised by looking it up whole, never by its content.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::claims;
use crate::random;
use crate::scope::Scopes;
use crate::signing::SigningKey;
use crate::user::{TokenForm, User};

/// What an access token stands for.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The client that got the token; a service user is its own client.
    pub user_id: String,
    /// The token's subject: the client, or someone it acts for.
    pub subject: String,
    /// The requested projects, otherwise the client itself.
    pub audience: Vec<String>,
    pub scopes: Scopes,
    pub issued_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub jwt_id: String,
    /// Whether an administrator created it and it was never exchanged for anything.
    pub ready_made: bool,
}

/// What access tokens are like.
#[derive(Clone, Copy)]
pub struct TokenRules {
    /// `None` is the user's setting.
    pub form: Option<TokenForm>,
    /// The prefix of an opaque token.
    pub prefix: &'static str,
    /// In seconds, the system's initial setting.
    pub lifetime: i64,
    pub audience: TokenAudience,
    /// Claims of a JWT in addition to those of RFC 9068.
    pub claims: fn(&Grant, &User) -> Value,
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAudience {
    /// The projects that ZITADEL's scopes name, otherwise the client.
    Projects,
    /// The form field `audience`, which names a registered API.
    Field,
    /// The scope without its suffix.
    Scope,
    /// The issuer itself.
    Issuer,
}

/// What a token is created with.
pub struct Press<'a> {
    pub issuer: &'a str,
    pub rules: &'a TokenRules,
    pub key: &'a SigningKey,
    pub sealer: &'a Sealer,
}

impl Grant {
    /// The claims of RFC 9068 §2.2 that ZITADEL writes.
    pub fn registered_claims(&self, issuer: &str) -> Value {
        json!({
            "iss": issuer,
            "sub": self.subject,
            "aud": self.audience,
            "exp": self.expires_at.unix_timestamp(),
            "iat": self.issued_at.unix_timestamp(),
            "nbf": self.issued_at.unix_timestamp(),
            "client_id": self.user_id,
            "jti": self.jwt_id,
        })
    }

    /// The access token for this grant, in the system's or the user's form. `None` if the crypto provider refuses.
    pub fn access_token(&self, user: &User, press: &Press<'_>) -> Option<String> {
        match press.rules.form.unwrap_or(user.token_form) {
            TokenForm::Opaque => Some(format!("{}{}", press.rules.prefix, random::text::<64>())),
            TokenForm::Encrypted => press.sealer.seal(&format!("{}:{}", self.jwt_id, self.user_id)),
            TokenForm::Jwt => {
                let mut body = self.registered_claims(press.issuer);
                if let Value::Object(more) = (press.rules.claims)(self, user) {
                    claims::extend(&mut body, more);
                }
                press.key.sign(&body)
            }
        }
    }

    /// The id token (OpenID Connect Core §2) for an audience, requested with `openid` or by its own name.
    pub fn id_token(
        &self,
        issuer: &str,
        audience: &str,
        expires_at: OffsetDateTime,
        key: &SigningKey,
    ) -> Option<String> {
        key.sign(&json!({
            "iss": issuer,
            "sub": self.subject,
            "aud": [audience],
            "azp": self.user_id,
            "client_id": self.user_id,
            "exp": expires_at.unix_timestamp(),
            "iat": self.issued_at.unix_timestamp(),
            "auth_time": self.issued_at.unix_timestamp(),
        }))
    }
}

/// Encrypts tokens so that only this issuer can read them.
pub struct Sealer(LessSafeKey);

impl Sealer {
    pub fn generate() -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &random::bytes::<32>()).expect("an AES-256 key has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// A compact JWE with direct encryption (RFC 7516 §3.1): its second part, the encrypted key, is empty.
    fn seal(&self, plain: &str) -> Option<String> {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
        let nonce = random::bytes::<NONCE_LEN>();
        let mut text = plain.as_bytes().to_vec();
        // The additional data is the encoded header (RFC 7516 §5.1 step 14).
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&header), &mut text)
            .ok()?;
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Some(format!("{header}..{}.{}.{}", encode(&nonce), encode(&text), encode(tag.as_ref())))
    }

    #[cfg(test)]
    fn open(&self, token: &str) -> Option<String> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, "", nonce, text, tag] = parts[..] else { return None };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let nonce = Nonce::try_assume_unique_for_key(&decode(nonce)?).ok()?;
        let mut sealed = [decode(text)?, decode(tag)?].concat();
        let plain = self.0.open_in_place(nonce, Aad::from(header), &mut sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_token_has_five_parts_and_opens_again() {
        let sealer = Sealer::generate();
        let token = sealer.seal("jti:user").unwrap();
        assert!(token.starts_with("eyJ"));
        assert_eq!(token.split('.').count(), 5);
        assert_eq!(sealer.open(&token).as_deref(), Some("jti:user"));
        assert_eq!(Sealer::generate().open(&token), None, "another issuer cannot read it");
    }
}
