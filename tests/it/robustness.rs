//! Outside input ends neither the process nor a journey: clocks at the ends of time, responses of maximum size, servers
//! that aren't issuers, and bugs in Mintage itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mintage_core::endpoints::Endpoints;
use mintage_core::environment::{EnvironmentDraft, Tier};
use mintage_core::error::Error;
use mintage_core::guard::guarded;
use mintage_core::mint::Ask;
use mintage_testbed::issuer::{Quirks, TokenForm};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use mintage_testbed::fault_server::{Fault, FaultServer, http};
use mintage_testbed::setup::{NOON, SERVER_TIME, Setup, USER_ID, draft, enrolled};

/// To the year 9999, where the demo issuer's clock stops.
const TO_THE_END: Duration = Duration::days(4_000_000);

fn at(offset: Duration) -> Quirks {
    Quirks { clock_offset: offset, ..Quirks::default() }
}

fn codes(error: &Error) -> Vec<String> {
    error.problem().causes.into_iter().map(|cause| cause.code).collect()
}

#[tokio::test]
async fn a_server_years_away_is_reported_and_no_later_mint_suffers_from_it() {
    let (setup, issuer, _, id) = enrolled(Tier::Staging, TokenForm::Jwt).await;
    for offset in [TO_THE_END, Duration::days(800), Duration::days(-800), -TO_THE_END] {
        issuer.set_quirks(at(offset));
        let check = setup.mint.check(&draft(issuer.issuer(), "zitadel", Tier::Staging)).await.expect("it is checked");
        let problems: Vec<&str> = check.problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!((problems, check.skew_seconds), (vec!["server-date-wrong"], None), "{offset}");
        assert!(check.problems[0].dated.is_some() && check.keys.is_some(), "{offset}");

        let refused = setup.mint.token(id, SERVER_TIME).await.expect_err("its clock says no");
        assert_eq!(codes(&refused)[0], "server-date-wrong", "{offset}");
    }
    // Nothing of it is left once the clock is right, and a real difference is corrected as usual.
    for offset in [Duration::ZERO, Duration::seconds(-740)] {
        issuer.set_quirks(at(offset));
        // The first refusal reveals the difference, if there is one.
        let first = setup.mint.token(id, SERVER_TIME).await;
        assert!(first.is_ok() || codes(&first.expect_err("seen"))[0] == "clock-ahead", "{offset}");
        setup.mint.token(id, SERVER_TIME).await.unwrap_or_else(|error| panic!("{offset}: {error:?}"));
        assert!(setup.mint.inspect(id).await.expect("it is inspected").verification.is_some());
    }
}

#[tokio::test]
async fn a_token_of_a_server_years_away_is_kept_and_its_clock_is_not_used() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Staging, TokenForm::Jwt).await;
    for (date, life) in [("Fri, 31 Dec 9999 23:59:59 GMT", "1e300"), ("Thu, 01 Jan 1970 00:00:00 GMT", "3600")] {
        let head = format!("Content-Type: application/json\r\nDate: {date}\r\n");
        let body = format!(r#"{{"access_token":"opaque-token","token_type":"Bearer","expires_in":{life}}}"#);
        let server = FaultServer::start(Fault::Say(http("200 OK", &head, body))).await;
        let endpoints = Endpoints { token: Some(server.url()), ..Endpoints::default() };
        let edited = EnvironmentDraft { endpoints, ..environment.draft() };
        setup.save_environment(environment.id, edited).await.expect("the address is sound");
        for _ in 0..2 {
            let token = setup.mint.token(id, SERVER_TIME).await.unwrap_or_else(|error| panic!("{date}: {error:?}"));
            let told = token.trace.steps.iter().any(|step| step.name == "Clock not compared");
            assert!(told && token.trace.skew_seconds.is_none() && token.expires_at.is_some(), "{date}");
            setup.mint.inspect(id).await.expect("it is looked at");
        }
    }
}

#[tokio::test]
async fn a_local_clock_at_the_ends_of_time_fails_a_mint_and_not_the_process() {
    let (setup, _issuer, _, id) = enrolled(Tier::Staging, TokenForm::Jwt).await;
    for now in [datetime!(9999-12-31 23:59:59 UTC), datetime!(-9999-01-01 0:00 UTC), OffsetDateTime::UNIX_EPOCH] {
        setup.set_clock(now);
        let refused = setup.mint.token(id, SERVER_TIME).await.expect_err("the clock is wrong");
        assert_eq!(codes(&refused)[0], "server-date-wrong", "{now}");
        setup.mint.environments().await.expect("they are listed");
        setup.mint.radar().await.expect("it is drawn up");
        setup.mint.expiry_notices().await.expect("they are looked for");
    }
    setup.set_clock(NOON);
    setup.mint.token(id, Ask::default()).await.expect("the clock is right again");
}

#[tokio::test]
async fn what_is_no_issuer_is_refused_by_checking_and_by_adding() {
    let setup = Setup::new().await;
    for issuer in [
        ".well-known/openid-configuration",
        "https://.well-known/openid-configuration",
        "https:/",
        "https://",
        "///",
        "\u{202e}\u{200b}",
        "https://[",
        &"a".repeat(100_000),
    ] {
        let checked = setup.mint.check(&draft(issuer, "zitadel", Tier::Staging)).await.expect_err(issuer);
        let added = setup.mint.add_environment(draft(issuer, "zitadel", Tier::Staging), false).await.expect_err(issuer);
        assert_eq!((checked.code(), added.code()), ("issuer-invalid", "issuer-invalid"), "{issuer}");
    }
}

/// Responses of about 600 kB that no endpoint returns.
fn large_answers() -> Vec<String> {
    let times = |text: &str, size: usize| text.repeat(size / text.len());
    vec![
        times("[", 600_000),
        times("{\"a\":", 600_000),
        format!("{}{}", times("[", 300_000), times("]", 300_000)),
        format!("{{\"issuer\":{}{}}}", times("[", 300_000), times("]", 300_000)),
        format!("[{}1]", times("1,", 600_000)),
        format!("{{{}\"a\":1}}", times("\"a\":1,", 600_000)),
        format!("\"{}\"", times("\\u00e9", 600_000)),
        times(" ", 600_000),
    ]
}

async fn saying(body: &str) -> FaultServer {
    FaultServer::start(Fault::Say(http("200 OK", "Content-Type: application/json\r\n", body))).await
}

#[tokio::test]
async fn answers_as_large_and_deep_as_they_may_be_are_findings_of_a_check() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    for body in large_answers() {
        let server = saying(&body).await;
        let check = setup.mint.check(&draft(&server.url(), "zitadel", Tier::Staging)).await.expect("a finding");
        assert_eq!(check.problems[0].code, "answer-invalid", "{}", &body[..20]);

        let of_keys = Endpoints { jwks: Some(server.url()), ..Endpoints::default() };
        let wanted = EnvironmentDraft { endpoints: of_keys, ..draft(issuer.issuer(), "zitadel", Tier::Staging) };
        let check = setup.mint.check(&wanted).await.expect("a finding");
        assert!(check.keys.is_none() && check.problems.len() == 1, "{}", &body[..20]);
    }
}

#[tokio::test]
async fn answers_as_large_and_deep_as_they_may_be_end_a_journey_with_their_code() {
    let (setup, _issuer, environment, id) = enrolled(Tier::Staging, TokenForm::Jwt).await;
    let with = async |token: Option<String>, userinfo: Option<String>| {
        let endpoints = Endpoints { token, userinfo, ..Endpoints::default() };
        let edited = EnvironmentDraft { endpoints, ..environment.draft() };
        setup.save_environment(environment.id, edited).await.expect("the addresses are sound");
    };
    for body in large_answers() {
        let server = saying(&body).await;
        with(Some(server.url()), None).await;
        let minted = setup.mint.token(id, Ask::default()).await.expect_err("no token is in it");
        with(None, Some(server.url())).await;
        setup.mint.token(id, Ask::default()).await.expect("the issuer is as ever");
        let asked = setup.mint.userinfo(id).await.expect_err("nobody is named in it");
        assert_eq!((minted.code(), asked.code()), ("answer-invalid", "answer-invalid"), "{}", &body[..20]);
    }
    let members: Vec<String> = (0..40_000).map(|number| format!("\"m{number}\":1")).collect();
    let items = format!("\"a\":{}1{}", "[".repeat(60), ",1".repeat(40_000) + &"]".repeat(60));
    for endless in [members.join(","), items] {
        let server = saying(&format!("{{\"sub\":\"{USER_ID}\",{endless}}}")).await;
        with(None, Some(server.url())).await;
        setup.mint.token(id, Ask::default()).await.expect("the issuer is as ever");
        assert_eq!(setup.mint.userinfo(id).await.expect_err("it is too much to show").code(), "answer-invalid");
    }
}

#[tokio::test]
async fn what_a_server_says_of_a_refusal_is_cut_to_what_can_be_shown() {
    let setup = Setup::new().await;
    let issuer = setup.issuer().await;
    let environment = setup.environment(issuer.issuer(), "generic", Tier::Staging).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Jwt).await;
    let long = "x".repeat(600_000);
    let body = format!(r#"{{"error":"{0}","error_description":"{0}","parent":"{0}"}}"#, &long[..300_000]);
    let answer = http("400 Bad Request", "Content-Type: application/json\r\n", &body);
    let server = FaultServer::start(Fault::Say(answer)).await;
    let endpoints = Endpoints { token: Some(server.url()), ..Endpoints::default() };
    let edited = EnvironmentDraft { endpoints, ..environment.draft() };
    setup.save_environment(environment.id, edited).await.expect("the address is sound");
    let problem = setup.mint.token(id, Ask::default()).await.expect_err("it is refused").problem();
    assert!(problem.report.len() < 20_000, "{}", problem.report.len());
}

#[tokio::test]
async fn a_fault_of_its_own_is_an_answer_and_the_next_job_works() {
    let calls = Arc::new(AtomicU32::new(u32::MAX));
    let left = Arc::clone(&calls);
    // A counter that runs out panics once, wherever in the journey that is.
    let clock = move |now| if left.fetch_sub(1, Ordering::SeqCst) == 0 { panic!("hunter2") } else { now };
    let setup = Setup::with_clock(keyring_core::mock::Store::new().expect("the mock store is made"), clock).await;
    let issuer = setup.issuer().await;
    let mint = &setup.mint;
    let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Staging).await;
    let id = setup.enrol(&environment, &issuer, TokenForm::Jwt).await;

    let mut faults = 0;
    for after in 0..12 {
        calls.store(after, Ordering::SeqCst);
        let minted = guarded(mint.token(id, SERVER_TIME)).await;
        calls.store(u32::MAX, Ordering::SeqCst);
        let Err(fault) = minted else { break };
        faults += 1;
        let problem = fault.problem();
        assert_eq!(problem.code, "internal-error", "{after}");
        assert!(!format!("{problem:?}").contains("hunter2"), "{after}");
        // The lock, the lists and the memory are as before: the very next call mints.
        guarded(mint.token(id, SERVER_TIME)).await.expect("no panic").expect("it mints");
        assert_eq!(mint.service_users(None).await.expect("they are listed").len(), 1);
    }
    assert!((2..12).contains(&faults), "it panicked at {faults} places, and then no more");
}

#[tokio::test]
async fn a_folder_of_more_files_than_are_held_at_once_is_read_in_part_and_says_so() {
    let setup = Setup::new().await;
    let folder = setup.folder.path().join("keys");
    std::fs::create_dir(&folder).expect("the temporary folder is writable");
    for number in 0..1_003 {
        std::fs::write(folder.join(format!("{number:04}.json")), "").expect("the temporary folder is writable");
    }
    let reviews = setup.mint.review_files(&[folder]).await.expect("they are reviewed");
    let problem = reviews[1_000].problem.as_ref().expect("it was not read");
    assert_eq!((reviews.len(), problem.code.as_str()), (1_001, "too-many-files"));
    assert_eq!(problem.message, "only the first 1000 files were read; 3 were skipped, starting with this one");
}
