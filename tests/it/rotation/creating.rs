//! **Service users that are created** at ZITADEL and at Frontier: from nothing to a token, in an organisation and with a
//! role that were chosen, and with answers that are lost. Whatever is lost, no second one is ever created.

use mintage_core::error::Error;
use mintage_core::mint::{Ask, CreationRequest, Mint};
use mintage_core::rotation::Step;
use mintage_testbed::issuer::{DemoIssuer, Era, Instead, Loss, Membership, System, User};
use mintage_testbed::setup::Setup;

use super::providers::calls;
use super::{Enrolled, answered};
use crate::providers::account::{self, Account, ORG_ID, enrol};
use crate::providers::files;

const NAME: &str = "new-bot";

/// A server, and an administrator there.
struct Place {
    name: &'static str,
    setup: Setup,
    issuer: DemoIssuer,
    request: CreationRequest,
}

impl Place {
    async fn zitadel(name: &'static str, era: Era, role: Membership) -> Self {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(&[role]).await;
        let Enrolled { setup, issuer, .. } = enrolled;
        Self { name, setup, issuer, request: CreationRequest::of(admin, NAME) }
    }

    async fn frontier(name: &'static str, system: System) -> Self {
        let enrolled = enrol(&Account::with_key(name, system, files::FRONTIER).with("orgId", ORG_ID)).await;
        let admin = enrolled.administrator().await;
        let account::Enrolled { setup, issuer, .. } = enrolled;
        Self { name, setup, issuer, request: CreationRequest::of(admin, NAME) }
    }

    /// The place with this number.
    async fn of(number: usize) -> Option<Self> {
        Some(match number {
            0 => Self::zitadel("ZITADEL v2.55", Era::V2_55, Membership::OrgUserManager).await,
            1 => Self::zitadel("ZITADEL v4", Era::V4, Membership::OrgUserManager).await,
            2 => Self::frontier("shield", System::FrontierRest).await,
            3 => Self::frontier("frontier-rest", System::FrontierRestOrg).await,
            4 => Self::frontier("frontier-connect", System::FrontierConnect).await,
            _ => return None,
        })
    }

    fn mint(&self) -> &Mint {
        &self.setup.mint
    }

    /// The service users with the new one's name at the server.
    fn created(&self) -> Vec<User> {
        self.issuer.users().into_iter().filter(|user| user.name == NAME).collect()
    }

    fn lose(&self, loss: Loss) {
        self.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
    }

    fn has_lost_something(&self) -> bool {
        let mut left = 0;
        self.issuer.change_quirks(|quirks| left = quirks.losses[0].times);
        left == 0
    }

    /// Makes its first key, and a token with it.
    async fn gets_a_token(&self, user: mintage_core::ids::ServiceUserId) {
        let mint = self.mint();
        let first = mint.start_rotation(&mint.first_key(user, &self.request)).await;
        let id = first.unwrap_or_else(|error| panic!("{}: {}", self.name, error.problem().report)).rotation.id;
        let done = mint.continue_rotation(id, &|_| {}).await;
        let done = done.unwrap_or_else(|error| panic!("{}: {}", self.name, error.problem().report));
        assert!(done.rotation.succeeded() && answered(&done).contains(&Step::Prove), "{}", self.name);
        mint.token(user, Ask::default()).await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }
}

fn nth_answer(after: u32, done: bool) -> Loss {
    Loss { method: String::new(), path_end: String::new(), done, after, times: 1, instead: Instead::Cut }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_user_is_created_and_gets_its_first_key() {
    let mut number = 0;
    while let Some(place) = Place::of(number).await {
        let user = place.mint().create_service_user(&place.request).await;
        let user = user.unwrap_or_else(|error| panic!("{}: {}", place.name, error.problem().report));
        place.gets_a_token(user).await;
        let again = place.mint().create_service_user(&place.request).await.expect_err("its name is taken");
        assert_eq!((again.code(), place.created().len()), ("creation-name-taken", 1), "{}", place.name);
        assert!(place.mint().open_creations().await.expect("the catalogue answers").is_empty(), "{}", place.name);
        number += 1;
    }
    assert_eq!(number, 5);
}

#[tokio::test]
async fn the_requests_of_a_creation_are_those_of_each_dialect_of_frontier() {
    let mut text = String::new();
    for number in 2..5 {
        let place = Place::of(number).await.expect("it is there");
        place.mint().create_service_user(&place.request).await.expect("it may");
        text.push_str(&format!("# {}\n{}\n", place.name, calls(&place.issuer)));
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_service_user_without_the_right_creates_none_and_hears_the_role() {
    for era in [Era::V4, Era::V2_55] {
        let enrolled = Enrolled::at(era).await;
        let refused = enrolled.setup.mint.create_service_user(&CreationRequest::of(enrolled.user, NAME)).await;
        let problem = refused.expect_err("it has no right").problem();
        assert_eq!(problem.code, "creation-not-allowed");
        assert!(problem.help.contains("ORG_USER_MANAGER"), "{}", problem.help);
        assert!(enrolled.setup.mint.open_creations().await.expect("the catalogue answers").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_answer_to_a_creation_may_be_lost_and_none_is_created_twice() {
    let lost = (0..5).flat_map(|number| [true, false].map(|done| tokio::spawn(lose_each(number, done))));
    for losing in lost.collect::<Vec<_>>() {
        losing.await.expect("what fails is said above");
    }
}

/// Loses each answer in turn; `done` says whether the server did what was asked. Every second one is cleaned up.
async fn lose_each(number: usize, done: bool) {
    let mut found = 0;
    for after in 0.. {
        for back in [false, true] {
            let place = Place::of(number).await.expect("there are five");
            place.lose(nth_answer(after, done));
            let first = place.mint().create_service_user(&place.request).await;
            if !place.has_lost_something() {
                assert!(first.is_ok() && after > 2, "{}: only {after} answers", place.name);
                assert_eq!(found > 0, done, "{}: found {found} times", place.name);
                return;
            }
            found += u32::from(go_on(&place, first.err(), back).await);
        }
    }
}

/// Goes on, or cleans up, after an answer was lost; says whether the service user was at the server by then.
async fn go_on(place: &Place, failed: Option<Error>, back: bool) -> bool {
    let (name, mint) = (place.name, place.mint());
    let open = mint.open_creations().await.expect("the catalogue answers");
    let was_there = !place.created().is_empty();
    let user = match (open.first(), failed) {
        // An answer that wasn't needed.
        (None, None) => return false,
        // Nothing had been asked for.
        (None, Some(_)) => {
            assert!(!was_there, "{name}: it is at the server, and no record speaks of it");
            mint.create_service_user(&place.request).await
        }
        (Some(open), failed) => {
            assert!(failed.is_some(), "{name}: it succeeded, and is open");
            let again = mint.create_service_user(&place.request).await.expect_err("one is under way");
            assert_eq!(again.code(), "creation-open", "{name}");
            if back {
                mint.undo_creation(open.id, None).await.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(place.created().is_empty(), "{name}: it is still at the server");
                assert!(mint.open_creations().await.expect("the catalogue answers").is_empty(), "{name}");
                return was_there;
            }
            mint.continue_creation(open.id, None).await
        }
    };
    let user = user.unwrap_or_else(|error| panic!("{name}: {}", error.problem().report));
    let known = mint.service_user(user).await.expect("it is in the catalogue").service_user.user_id;
    let created: Vec<String> = place.created().into_iter().map(|user| user.user_id).collect();
    assert_eq!(created, [known], "{name}");
    assert!(mint.open_creations().await.expect("the catalogue answers").is_empty(), "{name}");
    was_there
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_waits_for_somebody_while_the_server_cannot_be_asked_and_may_be_forgotten() {
    let place = Place::of(1).await.expect("it is there");
    let mint = place.mint();
    place.lose(Loss { path_end: "/users/machine".into(), ..nth_answer(0, true) });
    mint.create_service_user(&place.request).await.expect_err("the answer was lost");
    place.lose(Loss { path_end: "/_search".into(), times: 100, ..nth_answer(0, false) });
    let open = mint.open_creations().await.expect("the catalogue answers").remove(0);
    assert_eq!((open.name.as_str(), &open.user_id), (NAME, &None));
    mint.continue_creation(open.id, None).await.expect_err("the server can't be asked");
    mint.undo_creation(open.id, None).await.expect_err("the server can't be asked");
    assert_eq!((place.created().len(), mint.open_creations().await.expect("it answers").len()), (1, 1));
    mint.forget_creation(open.id).await.expect("a person has looked");
    assert_eq!(mint.continue_creation(open.id, None).await.expect_err("it is forgotten").code(), "gone");
    assert_eq!(place.created().len(), 1, "forgetting asks nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_created_in_another_organisation_with_a_role_and_gets_its_key_there() {
    const OTHER: &str = "200000000000000009";
    for (era, lost) in [(Era::V4, false), (Era::V2_55, false), (Era::V4, true), (Era::V2_55, true)] {
        let mut place = Place::zitadel("ZITADEL", era, Membership::IamOwner).await;
        place.request.organisation = Some(OTHER.into());
        place.request.role = Some("ORG_USER_MANAGER".into());
        let user = match lost {
            false => place.mint().create_service_user(&place.request).await.expect("it may"),
            true => {
                place.lose(Loss { path_end: "/members".into(), ..nth_answer(0, true) });
                place.mint().create_service_user(&place.request).await.expect_err("the answer was lost");
                let open = place.mint().open_creations().await.expect("the catalogue answers").remove(0);
                assert!(open.user_id.is_some(), "only its role was open");
                place.mint().continue_creation(open.id, None).await.expect("it has its role")
            }
        };
        let created = place.created();
        assert_eq!((created.len(), created[0].organisation_id()), (1, OTHER), "{era:?}");
        assert_eq!(created[0].memberships, [Membership::OrgUserManager], "{era:?}");
        place.gets_a_token(user).await;
    }
}

#[tokio::test]
async fn a_role_that_may_not_be_given_is_refused_before_anything_is_made() {
    let place = Place::of(1).await.expect("it is there");
    for (role, code) in [("ORG_OWNER", "creation-not-allowed"), ("EMPEROR", "creation-unsupported")] {
        let request = CreationRequest { role: Some(role.into()), ..place.request.clone() };
        let refused = place.mint().create_service_user(&request).await.expect_err("it may not").problem();
        assert_eq!(refused.code, code, "{}", refused.report);
        assert!(code == "creation-unsupported" || refused.help.contains("ORG_OWNER"), "{}", refused.help);
    }
    let place = Place::of(4).await.expect("it is there");
    let request = CreationRequest { role: Some("app_organization_manager".into()), ..place.request.clone() };
    let refused = place.mint().create_service_user(&request).await.expect_err("it isn't known how");
    assert_eq!((refused.code(), place.created().len()), ("creation-unsupported", 0));
}
