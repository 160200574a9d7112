//! **Basic**: an id and a secret as the value of an Authorization header.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::provider::SecretPlace;
use crate::secret::Secret;

/// The client's own id and secret as a Basic credential (RFC 6749 §2.3.1, RFC 7617 §2).
pub(crate) fn credential(id: &str, secret: &Secret, place: SecretPlace) -> Secret {
    let encoded = |text: &str| -> Zeroizing<String> {
        match place {
            // A space as `%20`: every server reads that, and some don't understand the form encoding's `+`.
            SecretPlace::BasicEncoded => {
                let form: Zeroizing<String> =
                    Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect());
                Zeroizing::new(form.replace('+', "%20"))
            }
            SecretPlace::BasicRaw | SecretPlace::Post => Zeroizing::new(text.to_owned()),
        }
    };
    let pair = Zeroizing::new(format!("{}:{}", *encoded(id), *encoded(secret.expose())));
    let encoded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
    Secret::new(format!("Basic {}", *encoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_written_raw_or_encoded_first() {
        let secret = Secret::new("s+e/c=r e:t".into());
        let decoded = |place| {
            let header = credential("id:1", &secret, place);
            let text = header.expose().strip_prefix("Basic ").expect("the scheme").to_owned();
            String::from_utf8(BASE64_STANDARD.decode(text).expect("base64")).expect("text")
        };
        assert_eq!(decoded(SecretPlace::BasicRaw), "id:1:s+e/c=r e:t");
        assert_eq!(decoded(SecretPlace::BasicEncoded), "id%3A1:s%2Be%2Fc%3Dr%20e%3At");
    }
}
