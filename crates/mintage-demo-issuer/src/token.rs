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
use crate::user::{TokenForm, User};

/// What an access token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) user_id: String,
    /// The projects asked for, else the client itself.
    pub(crate) audience: Vec<String>,
    pub(crate) scopes: Scopes,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) jwt_id: String,
}

impl Grant {
    /// The claims of RFC 9068 §2.2 that ZITADEL writes; a service user is its own client.
    pub(crate) fn registered_claims(&self, issuer: &str) -> Value {
        json!({
            "iss": issuer,
            "sub": self.user_id,
            "aud": self.audience,
            "exp": self.expires_at.unix_timestamp(),
            "iat": self.issued_at.unix_timestamp(),
            "nbf": self.issued_at.unix_timestamp(),
            "client_id": self.user_id,
            "jti": self.jwt_id,
        })
    }

    /// The access token for this grant, in the user's form. `None` where the crypto provider refuses.
    pub(crate) fn access_token(&self, issuer: &str, user: &User, key: &SigningKey, sealer: &Sealer) -> Option<String> {
        match user.token_form {
            TokenForm::Opaque => Some(random::text::<64>()),
            TokenForm::Encrypted => sealer.seal(&format!("{}:{}", self.jwt_id, self.user_id)),
            TokenForm::Jwt => {
                let mut body = self.registered_claims(issuer);
                claims::extend(&mut body, claims::reserved(user, &self.scopes, &self.audience));
                key.sign(&body)
            }
        }
    }

    /// The id token (OpenID Connect Core §2), asked for with `openid`.
    pub(crate) fn id_token(&self, issuer: &str, expires_at: OffsetDateTime, key: &SigningKey) -> Option<String> {
        key.sign(&json!({
            "iss": issuer,
            "sub": self.user_id,
            "aud": [self.user_id],
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
