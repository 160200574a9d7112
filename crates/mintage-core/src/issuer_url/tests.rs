use super::*;

fn why(typed: &str) -> &'static str {
    match IssuerUrl::parse(typed) {
        Err(IssuerUrlError { why, .. }) => why,
        other => panic!("{typed}: {other:?}"),
    }
}

#[test]
fn an_issuer_is_normalised_as_servers_write_it() {
    for (typed, expected) in [
        ("https://auth.example.com", "https://auth.example.com"),
        ("https://tenant.example.com/", "https://tenant.example.com/"),
        ("https://example.com/app/a/", "https://example.com/app/a/"),
        ("auth.example.com", "https://auth.example.com"),
        (" https://Auth.Example.com:443 ", "https://auth.example.com"),
        ("HTTPS://auth.example.com", "https://auth.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://127.0.0.1:9/realms/a", "http://127.0.0.1:9/realms/a"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("[2001:db8::1]/realms/a", "https://[2001:db8::1]/realms/a"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("auth.example.com.", "https://auth.example.com."),
        ("https://a.example/realms/b/.well-known/openid-configuration", "https://a.example/realms/b"),
        ("https://a.example/realms/b/.well-known/openid-configuration/", "https://a.example/realms/b"),
        ("a.example/.well-known/openid-configuration", "https://a.example"),
        ("https://a.example:8443/.well-known/openid-configuration", "https://a.example:8443"),
    ] {
        let issuer = IssuerUrl::parse(typed).expect(typed);
        assert_eq!(issuer.as_str(), expected);
        assert_eq!(IssuerUrl::parse(expected).expect(expected), issuer, "{typed} is stable");
    }
}

#[test]
fn its_host_is_known_with_and_without_its_port() {
    for (typed, host, with_port) in [
        ("https://auth.example.com:443/realms/a", "auth.example.com", "auth.example.com"),
        ("localhost:8080", "localhost", "localhost:8080"),
        ("http://[::1]:9", "[::1]", "[::1]:9"),
        ("https://127.1", "127.0.0.1", "127.0.0.1"),
    ] {
        let issuer = IssuerUrl::parse(typed).expect(typed);
        assert_eq!((issuer.host(), issuer.host_and_port()), (host.to_owned(), with_port.to_owned()), "{typed}");
    }
}

#[test]
fn what_names_no_host_is_refused_as_that() {
    for typed in [
        "",
        "/",
        "///",
        "https://",
        "https:///",
        "https:///auth.example.com",
        "https://////.well-known/openid-configuration",
        "/.well-known/openid-configuration",
        ".well-known/openid-configuration",
        "https://.well-known/openid-configuration",
        "https://.",
        "..",
        "https://a..b",
        "https://?x=1",
        "#",
        ":8080",
    ] {
        assert_eq!(why(typed), NO_HOST, "{typed}");
    }
}

#[test]
fn an_unsafe_or_odd_issuer_is_refused_with_its_reason() {
    let scheme = "only https is allowed, or http for a loopback address";
    let user = "it contains a user name or password";
    let query = "it has a query or a fragment";
    let unseen = "it contains whitespace or invisible characters";
    let slashes = "its scheme isn't followed by `//` and a host";
    for (typed, expected) in [
        ("http://example.com", scheme),
        ("ftp://a.b", scheme),
        ("file:///etc/passwd", NO_HOST),
        ("https://u:p@a.b", user),
        ("u@a.b", user),
        ("https://a.b?x=1", query),
        ("https://a.b#f", query),
        ("https://a.b/?", query),
        ("a.b/?next=https://c.d", query),
        ("a b", unseen),
        ("https://a\u{0}.b", unseen),
        ("https://a.b/\tc", unseen),
        ("https://a\u{200b}.b", unseen),
        ("https://a.b/\u{202e}c", unseen),
        ("\u{feff}\u{202a}", unseen),
        ("https:\\\\a.b", "it contains a backslash"),
        ("https://a.b\\@c.d", "it contains a backslash"),
        ("https:a.b", slashes),
        ("https:/a.b", slashes),
        ("https:", slashes),
        ("https://https://a.b", slashes),
        ("https://a.b:99999", "its port isn't a number up to 65535"),
        ("https://a.b:x", "its port isn't a number up to 65535"),
        ("https://[::1", "it isn't a URL"),
        ("https://a%00b", "it isn't a URL"),
        ("https://1.2.3.4.5", "it isn't a URL"),
    ] {
        assert_eq!(why(typed), expected, "{typed}");
    }
    for long in ["a".repeat(1_000_000), format!("https://a.b/{}", "x".repeat(5_000))] {
        assert_eq!(why(&long), "it is longer than 2,000 bytes");
    }
}

#[test]
fn a_refusal_shows_what_was_typed_without_a_password_and_without_what_nobody_sees() {
    for (typed, expected) in [
        ("https://me:hunter2@a.b", "`…@a.b` isn't a valid issuer: it contains a user name or password"),
        ("a\u{202e}\nb", "`ab` isn't a valid issuer: it contains whitespace or invisible characters"),
    ] {
        assert_eq!(IssuerUrl::parse(typed).expect_err(typed).to_string(), expected);
    }
    let long = IssuerUrl::parse(&"a".repeat(1_000_000)).expect_err("too long").to_string();
    assert!(long.len() < 200, "{long}");
}

#[test]
fn a_slash_at_the_end_makes_no_other_issuer() {
    let check = |one: &str, other: &str, same: bool| {
        for (one, other) in [(one, other), (other, one)] {
            assert_eq!(IssuerUrl::parse(one).expect(one).is_named_by(other), same, "{one} and {other}");
        }
    };
    check("https://a.example", "https://a.example", true);
    check(" https://a.example/ ", "https://a.example", true);
    check("https://a.example", "a.example", true);
    check("https://a.example", "https://a.example/b", false);
    check("https://a.example//", "https://a.example", false);
    assert!(!IssuerUrl::parse("https://a.example").expect("an issuer").is_named_by(""));
}

/// Nothing that is typed, pasted or stored may cause a panic or an issuer without a host.
#[test]
fn every_mixture_of_an_issuers_parts_is_an_issuer_with_a_host_or_refused() {
    let parts =
        ["https", "http", ":", "/", "//", "\\", "@", "?", "#", ".", "a", "[::1]", ":1", DISCOVERY, "\u{202e}", "é"];
    for a in parts {
        for b in parts {
            for c in parts {
                for d in parts {
                    let typed = [a, b, c, d].concat();
                    let Ok(issuer) = IssuerUrl::parse(&typed) else { continue };
                    assert!(!issuer.host().is_empty(), "{typed}");
                    let again = IssuerUrl::parse(issuer.as_str()).expect(&typed);
                    assert_eq!((again.host(), again.base()), (issuer.host(), issuer.base()), "{typed}");
                }
            }
        }
    }
}

#[test]
fn hostile_issuers_are_refused_on_a_small_stack() {
    crate::hostile::on_a_small_stack(|| {
        for piece in ["/", "a.", "a/../", "@", ":", "%25", "xn--", "é.", "[", "\\", "https://", "\u{202e}", "?", "#"] {
            for size in [1_900, 600_000] {
                let typed = piece.repeat(size / piece.len());
                let found = IssuerUrl::parse(&typed);
                assert!(found.is_err() || size < LONGEST_ADDRESS, "{piece}");
                assert!(
                    found.is_ok_and(|issuer| !issuer.host().is_empty())
                        || !shown(&typed).is_empty()
                        || piece == "\u{202e}"
                );
            }
        }
    });
}
