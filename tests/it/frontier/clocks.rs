//! The lifetime of a token whose end is given as a time: by the server's clock, whatever the local one says.

use mintage_core::copy_form::CopyForm;
use mintage_core::mint::Ask;
use mintage_testbed::issuer::System;
use time::Duration;

use crate::providers::account::{Account, ORG_ID, enrol};
use crate::providers::files;
use mintage_testbed::setup::NOON;

/// Systems that give no lifetime in seconds: Frontier's tokens have `exp`, GitHub's response `expires_at`.
fn accounts() -> Vec<Account> {
    vec![
        Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("frontier-connect", System::FrontierConnect, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("github-app", System::GitHubApp, files::PEM)
            .with("installationId", "42")
            .speaking_for_path("42"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_as_long_as_its_server_says_on_a_clock_that_is_ahead_or_behind() {
    for account in accounts() {
        for ahead in [-7200, -90, 0, 90, 7200].map(Duration::seconds) {
            let name = format!("{}, {ahead}", account.name());
            let enrolled = enrol(&account).await;
            let local = NOON + ahead;
            enrolled.setup.set_clock(local);
            // The times of the assertion are another matter: they are the server's here.
            let ask = Ask { use_server_time: true, send_anyway: true, ..Ask::default() };
            // If the clock wasn't measured before, the first refusal measures it.
            let minted = match enrolled.setup.mint.token(enrolled.id, ask.clone()).await {
                Ok(minted) => minted,
                Err(_) => enrolled.setup.mint.token(enrolled.id, ask).await.unwrap_or_else(|e| panic!("{name}: {e}")),
            };
            let life = minted.expires_at.expect("its end is told") - local;
            assert!((life - Duration::hours(1)).abs() <= Duration::seconds(1), "{name}: {life}");
            assert!(enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("it lives").reused, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_is_not_handed_out_as_alive_on_a_clock_that_is_behind() {
    for ahead in [Duration::seconds(-3000), Duration::ZERO, Duration::seconds(30)] {
        let enrolled = enrol(&accounts()[0]).await;
        enrolled.setup.set_clock(NOON + ahead);
        let ask = Ask { use_server_time: true, send_anyway: true, ..Ask::default() };
        if enrolled.setup.mint.token(enrolled.id, ask.clone()).await.is_err() {
            enrolled.setup.mint.token(enrolled.id, ask).await.expect("the clock is known now");
        }
        // Both clocks advance by an hour; the token has expired by the server's.
        enrolled.setup.set_clock(NOON + ahead + Duration::hours(1));
        enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::hours(1));
        let before = enrolled.issuer.requests().len();
        enrolled.setup.mint.copy(enrolled.id, CopyForm::Token, Ask::default()).await.expect("another one is minted");
        assert!(enrolled.issuer.requests().len() > before, "{ahead}: the dead one was copied");
    }
}
