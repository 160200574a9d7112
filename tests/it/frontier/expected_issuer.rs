//! Which issuer tokens name: the provider default, or what the environment says.

use mintage_core::mint::Ask;
use mintage_core::verify::{Verdict, Verification};
use mintage_testbed::issuer::System;

use crate::providers::account::{Account, Enrolled, ORG_ID, enrol};
use crate::providers::files;

async fn verification(enrolled: &Enrolled) -> Verification {
    enrolled.setup.mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
    let inspection = enrolled.setup.mint.inspect(enrolled.id).await.expect("a token is in memory");
    inspection.verification.unwrap_or_else(|| panic!("{:?}", inspection.unchecked))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_says_which_issuer_its_tokens_name_and_a_difference_in_that_alone_says_so() {
    for account in [
        Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID),
        Account::with_key("zitadel", System::Zitadel, files::ZITADEL),
    ] {
        let name = account.name();
        let enrolled = enrol(&account).await;
        let usual = verification(&enrolled).await;
        assert_eq!((&usual.verdict, usual.notices.len()), (&Verdict::Valid, 0), "{name}");

        enrolled.change_environment(|draft| draft.expected_issuer = Some(" http://localhost.frontier ".into())).await;
        let kept = enrolled.setup.mint.service_user(enrolled.id).await.expect("it is there").environment.settings;
        assert_eq!(kept.expected_issuer.as_deref(), Some("http://localhost.frontier"), "{name}");
        let other = verification(&enrolled).await;
        assert_eq!(other.verdict, Verdict::ClaimsFail, "{name}");
        let reason = &other.checks.iter().find(|check| check.name == "iss").expect("it is checked").reason;
        assert!(reason.ends_with("expected `http://localhost.frontier`"), "{name}: {reason}");
        assert!(
            other.notices[0].contains("enter it as the environment's expected issuer"),
            "{name}: {:?}",
            other.notices
        );

        enrolled.change_environment(|draft| draft.expected_issuer = Some("  ".into())).await;
        assert_eq!(verification(&enrolled).await.verdict, Verdict::Valid, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_of_another_issuer_is_not_explained_by_its_issuer_alone() {
    let account = Account::with_key("frontier-rest", System::FrontierRestOrg, files::FRONTIER).with("orgId", ORG_ID);
    let enrolled = enrol(&account).await;
    enrolled.change_environment(|draft| draft.expected_issuer = Some("http://localhost.frontier".into())).await;
    enrolled.issuer.change_quirks(|quirks| quirks.token_lifetime = time::Duration::seconds(-3600));
    let found = verification(&enrolled).await;
    assert_eq!((found.verdict, found.notices), (Verdict::ClaimsFail, Vec::<String>::new()));
}
