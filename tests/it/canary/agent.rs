//! A token's way through the **agent**: from the keyring over the socket to a program, in a separate session.
//!
//! The agent writes no log. What it and its libraries would write is captured here at the finest level.

use std::collections::BTreeSet;
use std::sync::Arc;

use mintage_agent::{Agent, Config as AgentConfig, Limits, Server, SystemClock};
use mintage_agent_protocol::client::{self, ClientError};
use mintage_agent_protocol::{Address, Answer, Host, Request, TokenRequest, fingerprint};
use mintage_app::App;
use mintage_app::agent::{MintSource, lock_when_due};
use mintage_app::data_folder::data_folder;
use mintage_core::credential::Source;
use mintage_core::environment::{EnvironmentDraft, ProgramApproval, Tier};
use mintage_core::mint::ImportRequest;
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{Config, DemoIssuer, RegisteredKey, TokenForm, User};
use mintage_testbed::session::Session;
use mintage_testbed::setup::{KEY_ID, USER_ID, draft, key_file};
use time::OffsetDateTime;

use super::logs;
use super::marks::{Mark, Marks, der, secret_part};
use super::places::Places;
use crate::own_process::{passes, this_program};

#[expect(clippy::disallowed_methods, reason = "the app has the machine's clock, and so has its issuer")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

async fn ask(address: &Address, request: Request) -> Result<Answer, ClientError> {
    let address = address.clone();
    let asked = tokio::task::spawn_blocking(move || client::ask(&address, &request, &mut |_| {}));
    asked.await.expect("the client doesn't panic")
}

/// Imports the key, and registers it with the issuer.
async fn enrol(app: &App, issuer: &DemoIssuer) {
    let mint = app.mint().await.expect("the catalogue opens");
    // Nobody is here to be asked.
    let draft =
        EnvironmentDraft { programs: ProgramApproval::Tell, ..draft(issuer.issuer(), "zitadel", Tier::Development) };
    let environment = mint.add_environment(draft, false).await.expect("the draft is sound");
    let text = Secret::new(key_file(USER_ID, KEY_ID, ""));
    let review = mint.review_text(text, Source::Paste).await.expect("it is read");
    let public_pem = review.facts.and_then(|facts| facts.key).expect("it is a key").public_pem;
    let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
    user.token_form = TokenForm::Jwt;
    user.keys = vec![RegisteredKey { key_id: KEY_ID.to_owned(), public_pem, expires_at: None }];
    issuer.add_user(user);
    let request = ImportRequest { name: "ci-bot".into(), ..ImportRequest::of(review.id, environment.id) };
    mint.import(&request).await.expect("the import works");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is run by the test below, in a session of its own"]
async fn the_other_process() {
    logs::capture();
    let (mut marks, mut places) = (Marks::default(), Places::default());
    marks.add("the private key", &secret_part(&der()));
    let issuer = DemoIssuer::start(Config::new(Arc::new(now)).recording()).await.expect("it listens");
    let app = App::default();
    enrol(&app, &issuer).await;
    let address = Address::from_env().expect("the session has a place for an agent");
    let agent = Agent::new(MintSource::of(app.clone()), SystemClock::default(), AgentConfig::of(Host::Headless));
    let agent = Arc::new(agent);
    let server = Server::start(&address).await.expect("there is no other agent");
    let locking = tokio::spawn(lock_when_due(Arc::clone(&agent)));
    let serving = tokio::spawn(server.run(Arc::clone(&agent), Limits::default(), std::future::pending()));

    let wish = TokenRequest { user: "ci-bot".into(), ..TokenRequest::default() };
    let mut tokens = BTreeSet::new();
    // The second is the first again; then that is refused, and another is minted.
    for _ in 0..2 {
        for _ in 0..2 {
            let answer = ask(&address, Request::Token(wish.clone())).await.expect("the agent answers");
            places.debug("an answer", &answer);
            let Answer::Token(given) = answer else { panic!("no token: {answer:?}") };
            tokens.insert(given.value.expose().to_owned());
        }
        let refused = Request::RefusedToken { fingerprint: fingerprint(tokens.last().expect("there is one")) };
        places.debug("a refusal's answer", &ask(&address, refused).await.expect("the agent answers"));
    }
    for question in [Request::InMemory, Request::Grants, Request::Log, Request::Lock, Request::Token(wish.clone())] {
        places.debug("an answer", &ask(&address, question).await.expect("the agent answers"));
    }
    ask(&address, Request::TakeOver).await.expect("the agent answers");
    serving.await.expect("it ends");
    locking.abort();
    app.finish().await;
    places.folder("after the agent", address.folder());
    places.folder("after the agent", &data_folder().expect("the session has one"));

    assert_eq!(tokens.len(), 2, "a refused token is replaced");
    tokens.iter().for_each(|token| marks.add("an access token", token.as_bytes()));
    for request in issuer.requests() {
        request.field("assertion").into_iter().for_each(|proof| marks.add("an assertion", proof.as_bytes()));
    }
    places.text("the logs", logs::captured());
    for library in ["zbus", "hyper", "reqwest"] {
        let logged = logs::captured().lines().any(|line| line.starts_with(library));
        assert!(logged, "{library} logged nothing");
    }
    let found: Vec<(&str, Mark)> =
        places.iter().filter_map(|(place, bytes)| Some((place, marks.find(bytes)?))).collect();
    assert_eq!(found, []);
}

/// The agent has the keyring, the issuer and the asker at once, and libraries for each that log a lot.
#[test]
fn no_secret_gets_into_the_logs_of_an_agent() {
    let session = Session::start();
    let mut program = this_program();
    session.join(&mut program).env_remove("MINTAGE_AGENT_SOCK").env("MINTAGE_DATA_DIR", session.path("catalogue"));
    passes(&mut program, "canary::agent::the_other_process");
}
