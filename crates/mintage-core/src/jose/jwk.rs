//! What a **JWK** says about itself besides its numbers (RFC 7517 §4): its type, and what it is for.
//!
//! Rule: its own statements bind it, whether it signs or verifies. A member that is an empty string counts as absent,
//! since some servers fill in members that a key doesn't have.

use super::Algorithm;
use crate::json::Json;

/// What a key is needed for, as `key_ops` names it (RFC 7517 §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Sign,
    Verify,
}

/// Why a JWK isn't suitable, as a sentence part with the key as its subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// It is for encryption.
    #[error("{0}")]
    Encryption(String),
    /// It says something else.
    #[error("{0}")]
    Otherwise(String),
}

impl From<Unfit> for String {
    fn from(why: Unfit) -> Self {
        why.to_string()
    }
}

/// Operations that no signing key has (RFC 7517 §4.3).
const ENCRYPTING: [&str; 6] = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];
/// How the names of asymmetric encryption algorithms begin (RFC 7518 §4.1).
const FOR_ENCRYPTION: [&str; 3] = ["RSA-OAEP", "RSA1_5", "ECDH-ES"];
/// Members that only RSA keys have (RFC 7518 §6.3).
const OF_RSA: [&str; 8] = ["n", "e", "p", "q", "dp", "dq", "qi", "oth"];
/// Curves of the type `OKP` (RFC 8037 §2).
const OKP_CURVES: [&str; 4] = ["Ed25519", "Ed448", "X25519", "X448"];

/// A member that is a string; `None` if it is absent or empty.
///
/// # Errors
/// It is something else.
pub(crate) fn text<'j>(jwk: &'j Json, name: &str) -> Result<Option<&'j str>, Unfit> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(Unfit::Otherwise(format!("has a `{name}` that isn't a string"))),
    }
}

/// Rejects a key whose members belong to another type than `kty` names: programs would disagree on which key it is.
///
/// # Errors
/// The type its members belong to.
pub(crate) fn check_type(jwk: &Json, kty: &str) -> Result<(), Unfit> {
    let has = |name: &str| jwk.get(name).is_some_and(|value| value.as_text() != Some(""));
    let curve = jwk.get("crv").and_then(Json::as_text).unwrap_or_default();
    let of_curve = if has("y") || !(curve.is_empty() || OKP_CURVES.contains(&curve)) { "EC" } else { "OKP" };
    let found = match kty {
        "RSA" if ["crv", "x", "y"].into_iter().any(has) => of_curve,
        "EC" | "OKP" if OF_RSA.into_iter().any(has) => "RSA",
        "EC" if OKP_CURVES.contains(&curve) => "OKP",
        "OKP" if of_curve == "EC" => "EC",
        _ => return Ok(()),
    };
    Err(Unfit::Otherwise(format!("has the type `{kty}` but members of type `{found}`")))
}

/// Rejects a key whose `use` or `key_ops` (RFC 7517 §4.2, §4.3) are for something else.
///
/// # Errors
/// What it is for.
pub(crate) fn check_purpose(jwk: &Json, wanted: Operation) -> Result<(), Unfit> {
    match text(jwk, "use")? {
        None | Some("sig") => {}
        Some("enc") => return Err(Unfit::Encryption("is meant for encryption (`use` is `enc`)".into())),
        Some(other) => {
            return Err(Unfit::Otherwise(format!("isn't meant for signatures (`use` is {})", shown(other))));
        }
    }
    let (name, purpose) = match wanted {
        Operation::Sign => ("sign", "sign"),
        Operation::Verify => ("verify", "verify signatures"),
    };
    let lacks = format!("isn't meant to {purpose} (`key_ops` lacks `{name}`)");
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Json::List(all)) if all.iter().any(|one| one.as_text() == Some(name)) => Ok(()),
        Some(Json::List(all)) if all.iter().filter_map(Json::as_text).any(|one| ENCRYPTING.contains(&one)) => {
            Err(Unfit::Encryption(lacks))
        }
        Some(Json::List(_)) => Err(Unfit::Otherwise(lacks)),
        Some(Json::Text(text)) if text.is_empty() => Ok(()),
        Some(_) => Err(Unfit::Otherwise("has `key_ops` that aren't a list".into())),
    }
}

/// The algorithm that the key is bound to (RFC 7517 §4.4), with its name.
///
/// # Errors
/// It isn't a signature algorithm.
pub(crate) fn algorithm(jwk: &Json) -> Result<Option<(Algorithm, &str)>, Unfit> {
    let Some(name) = text(jwk, "alg")? else { return Ok(None) };
    let why = || format!("is for {}, which isn't a supported signature algorithm", shown(name));
    match Algorithm::named(name) {
        Some(algorithm) => Ok(Some((algorithm, name))),
        None if FOR_ENCRYPTION.iter().any(|start| name.starts_with(start)) => Err(Unfit::Encryption(why())),
        None => Err(Unfit::Otherwise(why())),
    }
}

/// The reason for a key that is bound to another key type's algorithm.
pub(crate) fn of_another_type(name: &str) -> Unfit {
    Unfit::Otherwise(format!("isn't the type of key that {} needs", shown(name)))
}

/// A word from the JWK in backticks; one that is long or unusual isn't shown, since it could be part of a key.
pub(crate) fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.+: ".contains(c);
    if word.len() <= 24 && word.chars().all(plain) { format!("`{word}`") } else { "`…`".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwk(members: &str) -> Json {
        Json::parse(&format!("{{{members}}}")).expect("JSON")
    }

    #[test]
    fn members_of_another_type_are_named() {
        let check = |kty: &str, members: &str, found: Option<&str>| {
            let expected = found.map(|found| format!("has the type `{kty}` but members of type `{found}`"));
            assert_eq!(check_type(&jwk(members), kty).err().map(|why| why.to_string()), expected, "{kty} {members}");
        };
        check("RSA", r#""n":"AQ","e":"AQ""#, None);
        check("RSA", r#""n":"AQ","e":"AQ","x":"","y":"","crv":"""#, None);
        check("RSA", r#""crv":"P-256","x":"AQ","y":"AQ""#, Some("EC"));
        check("RSA", r#""x":"AQ","y":"AQ""#, Some("EC"));
        check("RSA", r#""crv":"secp256k1","x":"AQ""#, Some("EC"));
        check("RSA", r#""crv":"Ed25519","x":"AQ""#, Some("OKP"));
        check("RSA", r#""n":"AQ","e":"AQ","x":"AQ""#, Some("OKP"));
        check("EC", r#""crv":"P-256","x":"AQ","y":"AQ""#, None);
        check("EC", r#""crv":"P-256","x":"AQ","y":"AQ","n":"AQ""#, Some("RSA"));
        check("EC", r#""n":"AQ","e":"AQ""#, Some("RSA"));
        check("EC", r#""crv":"Ed25519","x":"AQ""#, Some("OKP"));
        check("OKP", r#""crv":"Ed25519","x":"AQ""#, None);
        check("OKP", r#""crv":"X25519","x":"AQ""#, None);
        check("OKP", r#""crv":"P-256","x":"AQ","y":"AQ""#, Some("EC"));
        check("OKP", r#""crv":"Ed25519","x":"AQ","qi":"AQ""#, Some("RSA"));
        check("AKP", r#""pub":"AQ""#, None);
    }

    #[test]
    fn a_key_is_for_what_it_says_whether_it_signs_or_verifies() {
        let check = |members: &str, sign: Result<(), (bool, &str)>, verify: Result<(), (bool, &str)>| {
            for (wanted, expected) in [(Operation::Sign, sign), (Operation::Verify, verify)] {
                let found = check_purpose(&jwk(members), wanted);
                let found = found.map_err(|why| (matches!(why, Unfit::Encryption(_)), why.to_string()));
                assert_eq!(found, expected.map_err(|(is, why)| (is, why.to_owned())), "{members} {wanted:?}");
            }
        };
        let both = |why| (Err(why), Err(why));
        let refused = |members: &str, why: (bool, &'static str)| {
            let (sign, verify) = both(why);
            check(members, sign, verify);
        };
        check("", Ok(()), Ok(()));
        check(r#""use":"sig","key_ops":["sign","verify"]"#, Ok(()), Ok(()));
        check(r#""use":"","key_ops":"""#, Ok(()), Ok(()));
        refused(r#""use":"enc""#, (true, "is meant for encryption (`use` is `enc`)"));
        refused(r#""use":"tls""#, (false, "isn't meant for signatures (`use` is `tls`)"));
        refused(r#""use":"SIG""#, (false, "isn't meant for signatures (`use` is `SIG`)"));
        refused(r#""use":["sig"]"#, (false, "has a `use` that isn't a string"));
        refused(r#""key_ops":{"sign":1}"#, (false, "has `key_ops` that aren't a list"));
        let cannot_sign = "isn't meant to sign (`key_ops` lacks `sign`)";
        let cannot_verify = "isn't meant to verify signatures (`key_ops` lacks `verify`)";
        check(r#""key_ops":["verify"]"#, Err((false, cannot_sign)), Ok(()));
        check(r#""key_ops":["sign"]"#, Ok(()), Err((false, cannot_verify)));
        check(r#""key_ops":[]"#, Err((false, cannot_sign)), Err((false, cannot_verify)));
        check(r#""key_ops":[1,"Sign"]"#, Err((false, cannot_sign)), Err((false, cannot_verify)));
        check(r#""key_ops":["decrypt"]"#, Err((true, cannot_sign)), Err((true, cannot_verify)));
    }

    #[test]
    fn an_algorithm_is_one_that_signs_with_a_key_pair() {
        let check = |members: &str, expected: Result<Option<Algorithm>, (bool, &str)>| {
            let jwk = jwk(members);
            let found = algorithm(&jwk).map(|found| found.map(|(algorithm, _)| algorithm));
            let found = found.map_err(|why| (matches!(why, Unfit::Encryption(_)), why.to_string()));
            assert_eq!(found, expected.map_err(|(is, why)| (is, why.to_owned())), "{members}");
        };
        check("", Ok(None));
        check(r#""alg":"""#, Ok(None));
        check(r#""alg":"PS256""#, Ok(Some(Algorithm::Ps256)));
        check(r#""alg":"Ed25519""#, Ok(Some(Algorithm::EdDsa)));
        for (name, is_encryption) in [
            ("ES521", false),
            ("HS256", false),
            ("none", false),
            ("rs256", false),
            ("RS1", false),
            ("RSA-OAEP-256", true),
            ("RSA1_5", true),
            ("ECDH-ES+A256KW", true),
        ] {
            let why = format!("is for `{name}`, which isn't a supported signature algorithm");
            check(&format!(r#""alg":"{name}""#), Err((is_encryption, &why)));
        }
        let long = "is for `…`, which isn't a supported signature algorithm";
        check(&format!(r#""alg":"{}""#, "A".repeat(40)), Err((false, long)));
        check(r#""alg":7"#, Err((false, "has a `alg` that isn't a string")));
    }
}
