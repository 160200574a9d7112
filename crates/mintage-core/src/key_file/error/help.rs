//! The **next step** for a member that is missing or no good, by its name.

/// Depends on the member's name, wherever it is in the file.
pub(super) fn of_member(member: &str) -> String {
    match member.rsplit('.').next().unwrap_or(member) {
        "key" | "type" | "private_key" | "privateKey" | "kty" | "crv" => {
            "Download the key file again, or create a new key in your provider's console".to_owned()
        }
        "clientSecret" | "client_secret" | "secret" | "token" | "passphrase" => {
            "Copy the secret again, or create a new one in your provider's console".to_owned()
        }
        "auth-server-url" | "token_uri" | "tokenEndpoint" | "aud" | "realm" => {
            "Download the file again and import it unchanged".to_owned()
        }
        "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi" | "x" | "y" | "keys" => {
            "Download the JWK again, or export the key as PKCS#8 PEM, and import it unchanged".to_owned()
        }
        id => format!(
            "Download the key file again and keep `{id}` as a quoted string, or paste the private key alone and enter the ids yourself"
        ),
    }
}
