//! An **access token** in one of its three forms, and the **grant** that the issuer remembers for it.
//!
//! Rule: a token is recognised by looking it up whole, never by what it says about itself.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::claims;
use crate::random;
use crate::scope::Scopes;
use crate::signing::SigningKey;
use crate::system::TokenRules;
use crate::user::{TokenForm, User};

/// What an access token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// The client that got the token; a service user is its own.
    pub(crate) user_id: String,
    /// Whom the token is about: the client, or somebody it speaks for.
    pub(crate) subject: String,
    /// The projects asked for, else the client itself.
    pub(crate) audience: Vec<String>,
    pub(crate) scopes: Scopes,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) jwt_id: String,
    /// Whether it was made ready by an administrator and never exchanged for anything.
    pub(crate) ready_made: bool,
}

/// What a token is made with.
pub(crate) struct Press<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) rules: &'a TokenRules,
    pub(crate) key: &'a SigningKey,
    pub(crate) sealer: &'a Sealer,
}

impl Grant {
    /// The claims of RFC 9068 §2.2 that ZITADEL writes.
    pub(crate) fn registered_claims(&self, issuer: &str) -> Value {
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

    /// The access token for this grant, in the system's or the user's form. `None` where the crypto provider
    /// refuses.
    pub(crate) fn access_token(&self, user: &User, press: &Press<'_>) -> Option<String> {
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

    /// The id token (OpenID Connect Core §2) for an audience, asked for with `openid` or by its own name.
    pub(crate) fn id_token(
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

/// Seals tokens so that only this issuer could read them.
pub(crate) struct Sealer(LessSafeKey);

impl Sealer {
    pub(crate) fn generate() -> Self {
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
