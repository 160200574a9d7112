use super::*;
use crate::provider::KeyIdRule;

const SMALL: &str = "id = \"acme\"\nname = \"ACME\"\n[endpoints]\ntoken = \"{base}/token\"\n[privateKey]\n";

#[test]
fn a_short_profile_takes_the_standard_for_everything_it_leaves_out() {
    let provider = read(SMALL).expect("sound");
    let grant = provider.private_key.expect("given");
    assert_eq!(grant.grant_type, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(grant.audience, ["{issuer}"]);
    assert_eq!(provider.response.token, ["/access_token"]);
}

#[test]
fn the_example_of_the_documentation_is_a_profile() {
    let page = include_str!("../../../../../docs/profiles.md");
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("it has one");
    let provider = read(example).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(provider.key_files.rules.len(), 1);
    assert!(provider.refusals.rules.len() > 1);
    for reason in ["key-unknown", "credential-refused", "named"] {
        assert!(page.contains(&format!("`{reason}`")), "{reason} is not explained");
    }
    for member in ["on", "sent", "status", "content", "error", "code", "id", "at", "lacks", "header", "cookie", "says"]
    {
        assert!(page.contains(&format!("`{member}`")), "{member} is not explained");
    }
    for member in ["matches", "keyEncoding", "passphrase", "suggestedName", "optional", "readyToken", "tokenEndpoint"] {
        assert!(page.contains(&format!("`{member}`")), "{member} is not explained");
    }
}

#[test]
fn the_members_of_a_rule_for_key_files_stand_in_remarks_until_there_is_one() {
    let text = write(&read(SMALL).expect("sound"), Format::Toml);
    let remarks: String =
        text.lines().filter_map(|line| line.strip_prefix("# ")).map(|line| format!("{line}\n")).collect();
    for member in ["name", "privateKey", "keyEncoding", "suggestedName", "optional", "\"/kind\""] {
        assert!(remarks.lines().any(|line| line.starts_with(member)), "{member}: {text}");
    }
    // Read unchanged, they lack only what nobody could write for the user.
    let taken = text.replace("\n# ", "\n").replace("\n#\n", "\n\n");
    assert_eq!(read(&taken).expect_err("it has no name yet").to_string(), "the profile has no `keyFiles.rules.name`");
    let named = taken.replace("name = \"\"\nprivateKey = \"\"", "name = \"ACME\"\nprivateKey = \"/key\"");
    assert_eq!(read(&named).expect("it is whole").key_files.rules.len(), 1, "{named}");
    // A rule may be added at the end as well.
    read(&format!("{text}\n{RULE}")).expect("nothing is there twice");
}

#[test]
fn what_cannot_work_is_named() {
    let check = |change: &str, code: &str, names: &str| {
        let text = match change.split_once(" => ") {
            Some((from, to)) => SMALL.replacen(from, to, 1),
            None => format!("{SMALL}{change}\n"),
        };
        let error = read(&text).expect_err(change);
        assert_eq!(error.code(), code, "{change}: {error}");
        assert!(error.to_string().contains(names), "{change}: {error}");
    };
    check("id = \"acme\" => ", "profile-member-missing", "id");
    check("\"acme\" => \"Ac me\"", "profile-impossible", "id");
    check("name = \"ACME\" => name = \" \"", "profile-member-missing", "name");
    check("colour = \"red\"", "profile-unreadable", "colour");
    check("name = => nmae =", "profile-unreadable", "nmae");
    check("[endpoints] => [endpoint]", "profile-unreadable", "endpoint");
    check("token = \"{base} => token = \"{bse}", "profile-placeholder-unknown", "bse");
    check("token = \"{base}/token\" => ", "profile-impossible", "endpoints.token");
    check("token = \"{base} => token = \"{tokenEndpoint}", "profile-impossible", "endpoints");
    check("[privateKey] => ", "profile-impossible", "privateKey");
    check("algorithms = []", "profile-member-missing", "algorithms");
    check("algorithms = [\"HS256\"]", "profile-unreadable", "HS256");
    check("lifetime = 5", "profile-impossible", "lifetime");
    check("lifetime = 3600", "profile-impossible", "lifetimeCap");
    check("lifetime = -1", "profile-unreadable", "");
    check("grantType = \"\"", "profile-impossible", "grantType");
    check("carrier = \"pigeon\"", "profile-unreadable", "pigeon");
    check("carrier = \"clientAssertion\"\nwithClientSecret = true", "profile-impossible", "withClientSecret");
    check("audience = [\"{who}\"]", "profile-placeholder-unknown", "who");
    check("[privateKey.claims]\niss = \"me\"", "profile-impossible", "claims");
    check("[privateKey.fields]\nscope = \"x\"", "profile-impossible", "fields");
    check("[response]\ntoken = []", "profile-member-missing", "response.token");
    check("[response]\ntoken = [\"access_token\"]", "profile-impossible", "Pointer");
    check("[introspection]\naudience = []", "profile-member-missing", "introspection.audience");
    check("[introspection]\naudience = [\"{where}\"]", "profile-placeholder-unknown", "where");
    check("audience = [\"{endpoint}\"]", "profile-placeholder-unknown", "endpoint");
    check("directRules = {}", "profile-impossible", "privateKey.directRules");
    check("direct = true\ndirectRules.audience = [\"{who}\"]", "profile-placeholder-unknown", "who");
    check("direct = true\ndirectRules.claims.aud = \"x\"", "profile-impossible", "privateKey.directRules");
    check("[[parameters]]\nname = \"issuer\"", "profile-impossible", "parameters.name");
    check("[[parameters]]\nname = \"a b\"", "profile-impossible", "parameters.name");
    check("[scopes]\nseparator = \"\"", "profile-impossible", "separator");
    check("[scopes]\nplace = \"claim\"\nseparator = \"\"", "profile-impossible", "scopes.separator");
    check("[privateKey] => [clientSecret]\n[scopes]\nseparator = \"\"\n", "profile-impossible", "scopes.separator");
    check("[privateKey] => [clientSecret]\n[scopes]\nplace = \"claim\"\n", "profile-impossible", "scopes.place");
    check("[scopes]\nplace = \"none\"\nrequired = true", "profile-impossible", "scopes.required");
    check("[response]\nlifetime = \"expires_in\"", "profile-impossible", "response.lifetime");
    check("[response]\nshown = [\"id\"]", "profile-impossible", "response.shown");
    check("[userinfo]\nsubject = \"sub\"", "profile-impossible", "userinfo.subject");
    check("issuedAt = false\nlifetime = 4000", "profile-impossible", "lifetimeCap");
    check("lifetimeCap = 90000", "profile-impossible", "privateKey.lifetimeCap");
    check("backdate = 4294967295", "profile-impossible", "privateKey.backdate");
    check("withClientSecret = true\n[privateKey.fields]\nclient_id = \"x\"", "profile-impossible", "privateKey.fields");
    check(
        "[clientSecret]\nplace = \"post\"\n[clientSecret.fields]\nclient_id = \"x\"",
        "profile-impossible",
        "clientSecret.fields",
    );
    check("[probe]\nurl = \"/x\"", "profile-impossible", "probe.url");
    check("[probe]\nurl = \"{base}/{who}\"", "profile-placeholder-unknown", "who");
    let probe = "[probe]\nurl = \"{base}/x\"\n[[probe.answers]]\nstatus = 401\n";
    read(&format!("{SMALL}{probe}")).expect("it says how such a server answers");
    check(&format!("{probe}help = \"Go\""), "profile-impossible", "probe.answers");
    check("[[meanings]]\nsays = \" \"\nmeans = \"secret-wrong\"", "profile-impossible", "refusals.rules");
    check("[privateKey.header]\nkeyId = \"sometimes\"", "profile-unreadable", "sometimes");
    check(
        "[endpoints]\ntoken = \"{base} => [endpoints]\njwks = \"keys\"\ntoken = \"{base}",
        "profile-impossible",
        "endpoints.jwks",
    );
    check("token = \"{base} => token = \"http://a.test", "profile-impossible", "endpoints.token");
    check("token = \"{base} => token = \"https://me:pw@a.test", "profile-impossible", "endpoints.token");
    check("[provisioning]", "profile-impossible", "provisioning.createKey");
    let keys = "[provisioning]\ncreateKey.url = \"{base}/k\"\npublicKey.url = \"{base}/k\"\n";
    check(keys, "profile-impossible", "provisioning.deleteKey");
    check(&format!("{keys}deleteKey.url = \"/k/{{keyId}}\""), "profile-impossible", "provisioning.deleteKey");
    let all = format!("{keys}deleteKey.url = \"{{base}}/k/{{keyId}}\"");
    read(&format!("{SMALL}{all}")).expect("without a client secret there are no secrets to make");
    check(&format!("{all}\n[clientSecret]"), "profile-impossible", "provisioning.createSecret");
    check("x = ", "profile-unreadable", "");
}

/// A rule for key files that goes with [`SMALL`]; each case adds to the rule.
const RULE: &str =
    "[[keyFiles.rules]]\nname = \"ACME key\"\nmatches = { \"/kind\" = \"acme\" }\nprivateKey = \"/key\"\n";

#[test]
fn a_rule_for_key_files_that_cannot_work_is_named() {
    let whole = |change: &str| match change.split_once(" => ") {
        Some((from, to)) => format!("{SMALL}{}", RULE.replacen(from, to, 1)),
        None => format!("{SMALL}{RULE}{change}\n"),
    };
    for sound in ["", "userId = \"/robot/id\"", "issuer = \"https://{/domain}/\"", "keyEncoding = \"jwk\""] {
        read(&whole(sound)).unwrap_or_else(|error| panic!("{sound}: {error}"));
    }
    let check = |change: &str, code: &str, names: &str| {
        let error = read(&whole(change)).expect_err(change);
        assert_eq!(error.code(), code, "{change}: {error}");
        assert!(error.to_string().contains(names), "{change}: {error}");
    };
    let impossible = |change: &str, member: &str| check(change, "profile-impossible", &format!("`keyFiles.{member}`"));
    check("\"ACME key\" => \" \"", "profile-member-missing", "`keyFiles.rules.name`");
    check("keyEncoding = \"morse\"", "profile-unreadable", "morse");
    check("colour = \"red\"", "profile-unreadable", "colour");
    check("optional = [\"name\"]", "profile-unreadable", "name");
    impossible("{ \"/kind\" = \"acme\" } => {}", "rules.matches");
    impossible("\"/kind\" => \"kind\"", "rules.matches");
    impossible("\"/kind\" => \"\"", "rules.matches");
    impossible("\"/key\" => \"key\"", "rules.privateKey");
    impossible("privateKey = \"/key\" => ", "rules");
    impossible("passphrase = \"pass\"", "rules.passphrase");
    impossible("expiresAt = \"until\"", "rules.expiresAt");
    impossible("suggestedName = \"name\"", "rules.suggestedName");
    impossible("userId = \"robot\"", "rules.userId");
    impossible("clientId = \"{robot}\"", "rules.clientId");
    impossible("keyId = \"{/kid}{kid}\"", "rules.keyId");
    impossible("issuer = \"https://acme.test\"", "rules.issuer");
    impossible("audience = \"{\"", "rules.audience");
    impossible("tokenEndpoint = \"https://acme.test/{/domain}\"", "rules.tokenEndpoint");
    impossible("userId = \"/key\"", "rules.userId");
    impossible("userId = \"/robot/client_secret\"", "rules.userId");
    impossible("issuer = \"https://{/passPhrase}.acme.test\"", "rules.issuer");
    impossible("suggestedName = \"/private_key\"", "rules.suggestedName");
    impossible("keyId = \"/a`b\"", "rules.keyId");
    impossible(&format!("keyId = \"/{}\"", "a".repeat(200)), "rules.keyId");
    impossible("\"ACME key\" => \"A\\u202eCME\"", "rules.name");
    impossible("passphrase = \"/pass\"\nkeyEncoding = \"jwk\"", "rules.passphrase");
    impossible("privateKey => keyEncoding = \"jwk\"\nreadyToken", "rules.keyEncoding");
    impossible(&RULE.repeat(32), "rules");
    impossible("optional = [\"userId\"]", "rules.optional");
    impossible("readyToken = \"/token\"", "rules.readyToken");
    impossible("privateKey => readyToken", "rules.readyToken");
    impossible("privateKey => clientSecret", "rules.clientSecret");
    impossible("clientSecret = \"/secret\"", "rules.clientSecret");
    impossible("privateKey => passphrase = \"/pass\"\nclientSecret", "rules.passphrase");
    let shapes = |shapes: &str| format!("[[keyFiles.rules]] => [keyFiles]\nshapes = {shapes}\n[[keyFiles.rules]]");
    read(&whole(&shapes("[\"zitadel-service-account\"]"))).expect("a shape that tells whose it is");
    impossible(&shapes("[\"pem\"]"), "shapes");
    impossible(&shapes("[\"described\"]"), "shapes");
    check(&shapes("[\"scroll\"]"), "profile-unreadable", "scroll");
    let keyless = SMALL.replace("[privateKey]", "[clientSecret]");
    let error = read(&format!("{keyless}{RULE}")).expect_err("a key without use");
    assert!(error.to_string().contains("`keyFiles.rules.privateKey`"), "{error}");
}

#[test]
fn json_is_told_by_its_brace_and_size_has_a_limit() {
    let error = read("{\"id\":\"a\",\"colour\":1}").expect_err("unknown member");
    assert!(error.to_string().contains("colour"), "{error}");
    assert_eq!(read(&" ".repeat(MAX_BYTES + 1)).expect_err("too large").code(), "profile-too-large");
}

#[test]
fn whether_the_key_id_is_written_is_a_word_that_was_once_a_flag() {
    let rule = |written: &str| {
        let provider = read(&format!("{SMALL}[privateKey.header]\nkeyId = {written}\n")).expect(written);
        provider.private_key.expect("given").header.key_id
    };
    for (written, expected) in [
        ("true", KeyIdRule::Required),
        ("false", KeyIdRule::Never),
        ("\"required\"", KeyIdRule::Required),
        ("\"ifKnown\"", KeyIdRule::IfKnown),
        ("\"never\"", KeyIdRule::Never),
    ] {
        assert_eq!(rule(written), expected, "{written}");
    }
}

#[test]
fn hostile_profiles_are_refused_with_a_line_or_none_on_a_small_stack() {
    crate::hostile::on_a_small_stack(|| {
        let toml = ["a=[", "[a.", "[[a]]\n", "a.", "a={a=", "[a]\n", "\"\"\"", "a=1\n", "a=[[],", "#", "'"];
        let mut texts: Vec<String> = toml.iter().map(|piece| piece.repeat(60_000 / piece.len())).collect();
        texts.push(format!("a={}{}", "[".repeat(30_000), "]".repeat(30_000)));
        texts.push(format!("a.{}b=1", "a.".repeat(30_000)));
        for name in ["id", "name", "keyFiles"] {
            texts.extend(crate::hostile::json_with_member(name).iter().map(|json| json.chars().take(60_000).collect()));
            texts.push(format!("{{\"{name}\":{}1{}}}", "[".repeat(30_000), "]".repeat(30_000)));
        }
        for text in texts {
            let error = read(&text).expect_err("none is a profile");
            for error in [error, ProviderError::Missing { member: "name" }] {
                assert!(line_of(&text, &error).is_none_or(|line| line <= 60_001));
            }
        }
    });
}

#[test]
fn a_profile_that_is_nested_too_deeply_is_told_the_line() {
    let error = read(&format!("id = \"a\"\nname = {}", "[".repeat(40))).expect_err("too deep");
    assert!(
        matches!(&error, ProviderError::Unreadable { line: 2, why } if why == "it is nested too deeply"),
        "{error:?}"
    );
}

/// What a profile says about refusals, read from its text.
fn refusals_of(text: &str) -> crate::provider::Refusals {
    read(&format!("{SMALL}{text}\n")).unwrap_or_else(|error| panic!("{text}: {error}")).refusals
}

#[test]
fn rules_for_refusals_are_read_with_all_that_they_may_name() {
    use crate::provider::{ContentKind, Reason, RequestKind, Sent};
    let refusals = refusals_of(
        r#"[refusals]
serverName = "ACME"
hostIsIssuer = true
[[refusals.rules]]
on = ["token", "keyComparison"]
sent = ["clientSecret"]
status = [401, 5]
content = "json"
error = "*"
code = "not_found"
id = "ACME-17"
at = { "/kind" = "robot", "/detail" = "" }
lacks = ["/hint"]
header = "X-Acme"
cookie = "acme"
says = "robot"
means = ["key-unknown", "user-inactive"]
explains = "The robot is asleep"
help = "Wake the robot"
[[refusals.otherwise]]
status = [500]
means = "credential-refused""#,
    );
    let rule = &refusals.rules[0];
    assert_eq!(
        (rule.on.as_slice(), rule.sent.as_slice()),
        (&[RequestKind::Token, RequestKind::KeyComparison][..], &[Sent::ClientSecret][..])
    );
    assert_eq!(
        (rule.content, rule.means.0.as_slice()),
        (Some(ContentKind::Json), &[Reason::KeyUnknown, Reason::UserInactive][..])
    );
    assert_eq!((refusals.server_name.as_str(), refusals.host_is_issuer, refusals.otherwise.len()), ("ACME", true, 1));
}

#[test]
fn what_earlier_profiles_said_of_refusals_is_read_as_it_was_meant() {
    use crate::provider::{Reason, built_in};
    let of = |id: &str| built_in().iter().find(|provider| provider.id.0 == id).expect("built in").refusals.clone();
    // The word was on the profile's first level, before its tables.
    let with_word = |word: &str| read(&format!("refusals = \"{word}\"\n{SMALL}")).map(|provider| provider.refusals);
    assert_eq!(with_word("zitadel").expect("an earlier word"), of("zitadel"));
    assert_eq!(with_word("frontier").expect("an earlier word"), of("frontier-rest"));
    assert_eq!(with_word("oAuth").expect("an earlier word"), of("generic"));
    let unknown = with_word("carrier pigeons").expect_err("no such word").to_string();
    assert!(unknown.contains("carrier pigeons"), "{unknown}");

    let text = format!(
        "refusals = \"zitadel\"\nmeanings = [{{ says = \"robot asleep\", means = \"user-inactive\" }}]\n{SMALL}"
    );
    let provider = read(&text).expect("an earlier profile");
    let first = &provider.refusals.rules[0];
    assert_eq!((first.says.as_str(), first.means.0.as_slice()), ("robot asleep", &[Reason::UserInactive][..]));
    assert_eq!(provider.refusals.rules[1..], of("zitadel").rules, "asked before the rest, as they were");
    let again = read(&write(&provider, Format::Toml)).expect("it is written in the form of today");
    assert_eq!(again, provider);
    let stored = r#"{"id":"acme","name":"ACME","endpoints":{"token":"{base}/t"},"privateKey":{},"refusals":"frontier","meanings":[{"says":"a","means":"key-unknown"}]}"#;
    assert_eq!(read_stored(stored).expect("as the catalogue keeps it").refusals.rules[0].says, "a");
}

#[test]
fn a_rule_that_would_mislead_is_refused() {
    let check = |rule: &str, names: &str| {
        let error = read(&format!("{SMALL}[[refusals.rules]]\n{rule}\n")).expect_err(rule).to_string();
        assert!(error.contains(names), "{rule}: {error}");
    };
    check("means = \"key-unknown\"", "refusals.rules");
    check("on = [\"token\"]\nmeans = \"key-unknown\"", "refusals.rules");
    check("says = \" \"\nmeans = \"key-unknown\"", "refusals.rules");
    check("status = [401]", "refusals.rules.means");
    check("status = [401]\nmeans = []", "refusals.rules.means");
    check("status = [401]\nmeans = \"of-our-own\"", "of-our-own");
    check("status = [99]\nmeans = \"key-unknown\"", "refusals.rules.status");
    check("status = [6]\nmeans = \"key-unknown\"", "refusals.rules.status");
    check("code = \"missing\"\nmeans = \"key-unknown\"", "refusals.rules.code");
    check("at = { kind = \"\" }\nmeans = \"key-unknown\"", "refusals.rules");
    check("colour = \"red\"\nmeans = \"key-unknown\"", "colour");
    check("status = [401]\nmeans = \"key-unknown\"\nhelp = \"Do it.\"", "refusals.rules");
}
