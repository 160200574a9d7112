//! The **table** of refusals: what real servers return, read as it comes over the wire, together with what is known
//! locally, and the resulting first cause and next step. One file per provider in `tests/fixtures/refusals`.
//!
//! A response names its source and has rows of local state, first cause and next step. Local state is words: `secret`,
//! `odd-secret`, `pat`, `application` for the credential (otherwise a key); `skew=74` in seconds, with `corrected` for
//! times that were corrected by it, and `unmeasured`; `expired`, `token-expired`, `no-key-id`, `no-certificate`,
//! `no-client-secret`, `no-scope`; `hand=HOST` for an endpoint that the user entered, `host=HOST` for one from discovery;
//! `audience=…`, `lifetime=60`, `name:value` for a parameter.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use super::*;
use crate::issuer::Refused;
use crate::issuer::testing::{Written, read};
use crate::provider::RefusalRule;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/refusals");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    provider: String,
    answer: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    source: String,
    provider: Option<String>,
    request: Option<RequestKind>,
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    /// Local state, first cause, next step.
    rows: Vec<(String, String, String)>,
}

struct Local {
    test_attempt: TestAttempt,
    token: Option<TokenShown>,
    host: String,
}

impl Local {
    fn of(provider: &str, request: RequestKind, words: &str) -> Self {
        let mut test_attempt = TestAttempt { request, ..TestAttempt::of(provider) };
        test_attempt.credential.certificate = Some("thumbprint".into());
        if test_attempt.provider.scopes.place == crate::provider::ScopePlace::None {
            test_attempt.scopes.clear();
        }
        use RequestKind::{Api, KeyComparison, KeySet, Userinfo};
        let shows = matches!(request, Userinfo | Api | KeyComparison | KeySet);
        let token = shows.then(|| TokenShown { expires_at: Some(NOW + Duration::hours(1)), ready_made: false });
        let mut local = Self { test_attempt, token, host: "auth.example.com".into() };
        words.split(' ').filter(|word| !word.is_empty()).for_each(|word| local.change(word));
        local
    }

    fn change(&mut self, word: &str) {
        let test_attempt = &mut self.test_attempt;
        let seconds = |text: &str| Duration::seconds(text.parse().unwrap_or_else(|_| panic!("{text} seconds")));
        match word.split_once('=').unwrap_or((word, "")) {
            ("secret", _) => test_attempt.credential.kind = CredentialKind::ClientSecret,
            ("odd-secret", _) => {
                test_attempt.credential.kind = CredentialKind::ClientSecret;
                test_attempt.secret_is_encoded = true;
            }
            ("application", _) => test_attempt.credential.kind = CredentialKind::ApplicationKey,
            ("pat", _) => {
                test_attempt.credential.kind = CredentialKind::PersonalToken;
                self.token = Some(TokenShown { expires_at: None, ready_made: true });
            }
            ("skew", by) => test_attempt.skew = Some(seconds(by)),
            ("corrected", _) => test_attempt.corrected_by = test_attempt.skew.expect("a skew that is corrected"),
            ("unmeasured", _) => test_attempt.skew = None,
            ("expired", _) => test_attempt.credential.expires_at = Some(NOW - Duration::days(5)),
            ("token-expired", _) => {
                self.token.as_mut().expect("a token").expires_at = Some(NOW - Duration::minutes(1));
            }
            ("no-key-id", _) => test_attempt.credential.key_id = None,
            ("no-certificate", _) => test_attempt.credential.certificate = None,
            ("no-client-secret", _) => test_attempt.lacks_secret = true,
            ("no-scope", _) => test_attempt.scopes.clear(),
            ("hand", host) => {
                test_attempt.endpoint_by_hand = true;
                self.host = host.to_owned();
            }
            ("host", host) => self.host = host.to_owned(),
            ("audience", audience) => test_attempt.audience = vec![audience.to_owned()],
            ("lifetime", lifetime) => test_attempt.lifetime = seconds(lifetime),
            (parameter, _) => {
                let (name, value) = parameter.split_once(':').unwrap_or_else(|| panic!("{word} is no state"));
                test_attempt.parameters.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt { token: self.token, ..self.test_attempt.attempt() }
    }

    /// The causes of a response, read in the same way as every response.
    fn causes(&self, answer: &Answer) -> Vec<Cause> {
        let headers: Vec<_> = answer.headers.clone().into_iter().collect();
        let written = Written { host: &self.host, status: answer.status, headers: &headers, body: &answer.body };
        let attempt = self.attempt();
        let proof = match attempt.assertion() {
            Some(_) => Refused::Assertion,
            None => Refused::ClientSecret,
        };
        let failure = read(&written, attempt.request, proof, &attempt.provider.response).expect_err("it is no success");
        match attempt.request {
            RequestKind::Discovery => on_the_way(attempt.provider, &failure),
            _ => diagnose(&attempt, &failure),
        }
    }
}

fn sheets() -> Vec<(String, Sheet)> {
    let mut found: Vec<_> =
        std::fs::read_dir(FIXTURES).expect("the folder").map(|file| file.expect("a file").path()).collect();
    found.sort();
    let parse = |path: std::path::PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("it is text");
        (name.clone(), toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    found.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "toml")).map(parse).collect()
}

fn word(next: NextStep) -> String {
    serde_json::to_string(&next).expect("a word").trim_matches('"').to_owned()
}

#[test]
fn every_answer_leads_to_its_cause_first() {
    let (mut wrong, mut rows, mut local) = (Vec::new(), 0, 0);
    for (name, sheet) in sheets() {
        for answer in &sheet.answer {
            assert!(!answer.source.trim().is_empty(), "{name}: {} has no source", answer.body);
            for (state, code, next) in &answer.rows {
                let provider = answer.provider.as_ref().unwrap_or(&sheet.provider);
                let request = answer.request.unwrap_or(RequestKind::Token);
                let causes = Local::of(provider, request, state).causes(answer);
                let found = (causes[0].code.clone(), word(causes[0].next));
                (rows, local) = (rows + 1, local + usize::from(!state.is_empty()));
                if found != (code.clone(), next.clone()) {
                    let all: Vec<_> = causes.iter().map(|cause| cause.code.as_str()).collect();
                    wrong.push(format!(
                        "{name} {request:?} {} {} [{state}]: {all:?} {}",
                        answer.status, answer.body, found.1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows >= 250 && local * 2 >= rows, "{rows} rows, {local} of them with a local state");
}

#[test]
fn every_cause_is_a_whole_sentence_with_a_step() {
    for (name, sheet) in sheets() {
        for answer in &sheet.answer {
            for (state, ..) in &answer.rows {
                let provider = answer.provider.as_ref().unwrap_or(&sheet.provider);
                let causes = Local::of(provider, answer.request.unwrap_or(RequestKind::Token), state).causes(answer);
                let codes: BTreeSet<_> = causes.iter().map(|cause| &cause.code).collect();
                assert_eq!(codes.len(), causes.len(), "{name}: a cause is there twice: {causes:?}");
                for text in causes.iter().flat_map(|cause| [&cause.sentence, &cause.help]) {
                    let whole = !text.is_empty() && !text.ends_with(['.', ' ']) && !text.contains("  ");
                    assert!(whole && !text.contains("``") && text.matches('`').count() % 2 == 0, "{name}: {text}");
                }
            }
        }
    }
}

/// The rule that a response matches, if a profile or a table has one.
fn met(local: &Local, answer: &Answer) -> Option<RefusalRule> {
    let headers: Vec<_> = answer.headers.clone().into_iter().collect();
    let written = Written { host: &local.host, status: answer.status, headers: &headers, body: &answer.body };
    let attempt = local.attempt();
    let failure = read(&written, attempt.request, Refused::Assertion, &attempt.provider.response).err()?;
    let said = failure.said()?;
    let named = rules::named(attempt.provider, attempt.request, &attempt.sent(), said);
    Some(named.unwrap_or_else(|| rules::left(&attempt, said)).rule().clone())
}

#[test]
fn every_rule_is_met_by_an_answer() {
    let mut met_rules = Vec::new();
    for (_, sheet) in sheets() {
        for answer in &sheet.answer {
            for (state, ..) in &answer.rows {
                let provider = answer.provider.as_ref().unwrap_or(&sheet.provider);
                met_rules
                    .extend(met(&Local::of(provider, answer.request.unwrap_or(RequestKind::Token), state), answer));
            }
        }
    }
    let of =
        |name: &'static str, rules: &[RefusalRule]| rules.iter().map(|rule| (name, rule.clone())).collect::<Vec<_>>();
    let mut all: Vec<_> = built_in()
        .iter()
        .flat_map(|provider| {
            [of(&provider.id.0, &provider.refusals.rules), of(&provider.id.0, &provider.refusals.otherwise)].concat()
        })
        .collect();
    all.extend(of("library", crate::provider::library_rules()));
    all.extend(
        [of("standard", &standard::NAMED), of("left", &standard::LEFT), of("everyday", &everyday::WORDS)].concat(),
    );
    let unmet: Vec<_> = all.into_iter().filter(|(_, rule)| !met_rules.contains(rule)).collect();
    let shown: Vec<_> =
        unmet.iter().map(|(of, rule)| format!("{of}: {}", serde_json::to_string(rule).expect("data"))).collect();
    assert!(unmet.is_empty(), "{} rules are met by no answer:\n{}", unmet.len(), shown.join("\n"));
}

/// All reasons; the `match` keeps the list complete.
macro_rules! reasons {
    ($($reason:ident)+) => {{
        fn known(reason: Reason) { match reason { $(Reason::$reason => {})+ } }
        let all = [$(Reason::$reason),+];
        all.into_iter().for_each(known);
        all
    }};
}

#[test]
fn the_wording_of_every_cause_is_as_reviewed() {
    let all = reasons! {
        AudienceRefused TooLate TooEarly TimesRefused LifetimeTooLong JwtIdRefused KeyUnknown KeyDiffers KeyExpired
        CertificateUnknown AlgorithmRefused ClientUnknown ClientDisabled SecretWrong SecretExpired KeyWanted SecretWanted
        CredentialRefused UserInactive UserUnknown WrongEnvironment ActingUserMissing OrganisationDisabled TenantUnknown
        NotInTenant PolicyBlocked ConsentMissing TargetUnknown TargetSuspended ScopeRefused ScopeEmpty GrantUnsupported
        GrantNotAllowed RequestRefused RequestAltered WrongHost EndpointWrong PathUnknown TokenRefused TokenExpired
        TokenAudience TokenScope NoPermission ApplicationNotAllowed TokenKindRefused DpopRequired ProxyRefused
        QuotaExhausted ServerBusy ServerFailed Named
    };
    let attempts = [
        ("a key", RequestKind::Token, "skew=74 no-scope hand=api.example.com audience=https://b.test"),
        ("a secret", RequestKind::Token, "odd-secret orgId:42"),
        ("a key without an id", RequestKind::Token, "no-key-id skew=-400"),
        ("an application's key", RequestKind::Introspection, "application unmeasured"),
        ("a revocation", RequestKind::Revocation, "secret"),
        ("a token", RequestKind::Userinfo, ""),
        ("a ready-made token", RequestKind::Userinfo, "pat"),
    ];
    let (mut seen, mut text) = (BTreeSet::new(), String::new());
    let said = Refusal { host: "api.example.com".into(), ..refusal(404, "of_their_own", "Not from here") };
    let mut write = |cause: &Cause| {
        if seen.insert((cause.sentence.clone(), cause.help.clone())) {
            let _ =
                writeln!(text, "{} [{}]\n    {}.\n    {}.\n", cause.code, word(cause.next), cause.sentence, cause.help);
        }
    };
    for reason in all {
        for (_, request, words) in attempts {
            for provider in ["zitadel", "frontier-rest", "box", "generic"] {
                let local = Local::of(provider, request, words);
                let attempt = local.attempt();
                let case = Case { attempt: &attempt, said: Some(&said) };
                reasons::causes(reason, &case).iter().for_each(&mut write);
            }
        }
    }
    // What is found locally, and what profiles say in their own words.
    for (provider, words) in
        [("box", "no-client-secret"), ("entra", "no-certificate"), ("zitadel", "expired application")]
    {
        preflight(&Local::of(provider, RequestKind::Token, words).attempt()).iter().for_each(&mut write);
    }
    for (_, sheet) in sheets() {
        for answer in &sheet.answer {
            for (state, ..) in &answer.rows {
                let provider = answer.provider.as_ref().unwrap_or(&sheet.provider);
                let local = Local::of(provider, answer.request.unwrap_or(RequestKind::Token), state);
                local.causes(answer).iter().for_each(&mut write);
            }
        }
    }
    insta::assert_snapshot!(text);
}
