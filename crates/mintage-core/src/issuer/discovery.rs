//! **Discovery** is where a server publishes its name and its endpoints.
//!
//! Rule: a claim to compare with what the user configured, never an instruction. Whether an endpoint's host was
//! confirmed is known to the environment, not here.

use url::Url;

use super::transport::endpoint_refused;
use super::{Discovery, IssuerError};
use crate::endpoints::Endpoints;
use crate::issuer_url::{DISCOVERY, IssuerUrl, LONGEST_ADDRESS, has_user, is_allowed_scheme};
use crate::json::Json;

/// OpenID Connect Discovery §4.1: the well-known part is appended to the issuer, path and all.
pub(super) fn openid_url(issuer: &IssuerUrl) -> String {
    format!("{}{DISCOVERY}", issuer.base())
}

/// RFC 8414 §3.1: the well-known part goes between the issuer's host and its path.
pub(super) fn oauth_url(issuer: &IssuerUrl) -> String {
    let issuer = issuer.base();
    let host_start = issuer.find("://").map_or(0, |position| position + 3);
    let path_start = issuer[host_start..].find('/').map_or(issuer.len(), |position| host_start + position);
    let (origin, path) = issuer.split_at(path_start);
    format!("{origin}/.well-known/oauth-authorization-server{path}")
}

/// Reads a discovery document of `host` for `issuer`.
pub(super) fn parse(text: &str, issuer: &IssuerUrl, host: &str) -> Result<Discovery, IssuerError> {
    let invalid = |why: &str| IssuerError::AnswerInvalid { host: host.to_owned(), why: why.to_owned() };
    let document = Json::parse(text).map_err(|_| invalid("it isn't JSON with unique names"))?;
    if !matches!(document, Json::Object(_)) {
        return Err(invalid("it isn't a JSON object"));
    }
    let found = document.get("issuer").and_then(Json::as_text).ok_or_else(|| invalid("issuer is missing"))?;
    if found.len() > LONGEST_ADDRESS {
        return Err(invalid("issuer is longer than 2,000 bytes"));
    }
    // RFC 8414 §3.3, RFC 3986 §6.2.1: simple string comparison, so an extra slash makes a different issuer.
    if found != issuer.as_str() {
        return Err(IssuerError::IssuerDiffers { expected: issuer.as_str().to_owned(), found: found.to_owned() });
    }
    let endpoint = |name: &str| match document.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Text(url)) if url.len() > LONGEST_ADDRESS => {
            Err(invalid(&format!("{name} is longer than 2,000 bytes")))
        }
        Some(Json::Text(url)) if may_be_used(url, issuer) => Ok(Some(url.clone())),
        Some(Json::Text(url)) => Err(endpoint_refused(url)),
        Some(_) => Err(invalid(&format!("{name} isn't a string"))),
    };
    Ok(Discovery {
        issuer: found.to_owned(),
        endpoints: Endpoints {
            token: endpoint("token_endpoint")?,
            userinfo: endpoint("userinfo_endpoint")?,
            introspection: endpoint("introspection_endpoint")?,
            revocation: endpoint("revocation_endpoint")?,
            jwks: endpoint("jwks_uri")?,
        },
    })
}

/// Plain http is only for loopback addresses that the user typed: a document from an https issuer must not send a
/// credential to whatever listens on this machine.
fn may_be_used(url: &str, issuer: &IssuerUrl) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let scheme_fits = url.scheme() == "https" || issuer.as_str().starts_with("http://");
        scheme_fits && is_allowed_scheme(&url) && !has_user(&url)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(url: &str) -> IssuerUrl {
        IssuerUrl::parse(url).expect("the test's issuer is valid")
    }

    #[test]
    fn both_documents_are_looked_for_where_their_standards_say() {
        for (typed, openid, oauth) in [
            (
                "https://a.test",
                "https://a.test/.well-known/openid-configuration",
                "https://a.test/.well-known/oauth-authorization-server",
            ),
            (
                "https://a.test:8443/realms/x",
                "https://a.test:8443/realms/x/.well-known/openid-configuration",
                "https://a.test:8443/.well-known/oauth-authorization-server/realms/x",
            ),
        ] {
            assert_eq!(openid_url(&issuer(typed)), openid);
            assert_eq!(oauth_url(&issuer(typed)), oauth);
        }
    }

    #[test]
    fn endpoints_are_taken_only_where_a_credential_may_go() {
        let code = |configured: &str, token_endpoint: &str| {
            let text = format!(r#"{{"issuer":"{configured}","token_endpoint":{token_endpoint}}}"#);
            parse(&text, &issuer(configured), "a.test").map(|found| found.endpoints.token).map_err(|error| error.code())
        };
        let same = |url: &str| Ok(Some(url.to_owned()));
        assert_eq!(code("https://a.test", r#""https://b.test/t""#), same("https://b.test/t"));
        assert_eq!(code("http://localhost:1", r#""http://127.0.0.1:2/t""#), same("http://127.0.0.1:2/t"));
        assert_eq!(code("https://a.test", "null"), Ok(None));
        for (configured, refused) in [
            ("https://a.test", r#""http://a.test/t""#),
            ("https://a.test", r#""http://127.0.0.1/t""#),
            ("http://localhost", r#""http://a.test/t""#),
            ("https://a.test", r#""https://user:word@a.test/t""#),
            ("https://a.test", r#""file:///etc/passwd""#),
            ("https://a.test", r#""/oauth/v2/token""#),
            ("https://a.test", r#""""#),
        ] {
            assert_eq!(code(configured, refused), Err("endpoint-refused"), "{refused}");
        }
        assert_eq!(code("https://a.test", "7"), Err("answer-invalid"));
    }

    #[test]
    fn another_issuer_is_named_as_it_was_found() {
        for found in ["https://a.test/", "http://a.test", "https://A.test", "https://b.test"] {
            let error = parse(&format!(r#"{{"issuer":"{found}"}}"#), &issuer("https://a.test"), "a.test")
                .expect_err("it is not the configured issuer");
            assert!(matches!(error, IssuerError::IssuerDiffers { found: named, .. } if named == found));
        }
    }

    #[test]
    fn a_document_of_the_wrong_shape_is_refused() {
        for text in ["[]", "{}", "null", r#"{"issuer":7}"#, r#"{"issuer":"https://a.test","issuer":"https://b.test"}"#]
        {
            let error = parse(text, &issuer("https://a.test"), "a.test").expect_err(text);
            assert_eq!(error.code(), "answer-invalid", "{text}");
        }
    }

    #[test]
    fn an_address_that_is_too_long_to_be_one_is_refused_by_name() {
        let long = "x".repeat(2_000);
        for (text, expected) in [
            (format!(r#"{{"issuer":"https://a.test/{long}"}}"#), "issuer is longer than 2,000 bytes"),
            (
                format!(r#"{{"issuer":"https://a.test","jwks_uri":"https://a.test/{long}"}}"#),
                "jwks_uri is longer than 2,000 bytes",
            ),
        ] {
            let error = parse(&text, &issuer("https://a.test"), "a.test").expect_err(expected);
            assert!(matches!(&error, IssuerError::AnswerInvalid { why, .. } if why == expected), "{error}");
        }
    }

    #[test]
    fn hostile_documents_are_refused_on_a_small_stack() {
        crate::hostile::on_a_small_stack(|| {
            for name in ["issuer", "jwks_uri"] {
                for text in crate::hostile::json_with_member(name) {
                    let error = parse(&text, &issuer("https://a.test"), "a.test").expect_err("none is a document");
                    assert!(matches!(error.code(), "answer-invalid" | "issuer-differs"), "{}", error.code());
                }
            }
        });
    }
}
