use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::place::Places;
use super::*;
use crate::credential::CredentialState;
use crate::environment::{EnvironmentDraft, Tier};
use crate::ids::ServiceUserId;
use crate::jose::SigningAlgorithm;
use crate::provider::built_in;
use crate::service_user::ServiceUserDraft;

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

fn entry(number: u128) -> PlanEntry {
    PlanEntry::of(ReviewId(Uuid::from_u128(number)))
}

/// A key file that names its service user and key, of nobody's known.
fn key_of<'a>(entry: &'a PlanEntry, user_id: Option<&str>, makers: &[&str]) -> Candidate<'a> {
    Candidate {
        entry,
        known: KnownIds {
            user_id: user_id.map(str::to_owned),
            key_id: user_id.map(|_| "1".to_owned()),
            ..KnownIds::none(CredentialKind::PrivateKey)
        },
        makers: makers.iter().map(|id| ProviderId((*id).to_owned())).collect(),
        issuer: None,
        token_endpoint: None,
        name: None,
        source: Source::Paste,
        key: Some(facts("RSA", &entry.review.0.to_string())),
    }
}

fn facts(key_type: &str, thumbprint: &str) -> KeyFacts {
    KeyFacts {
        key_type: key_type.to_owned(),
        bits: 2048,
        fingerprint: String::new(),
        thumbprint: thumbprint.to_owned(),
        public_pem: String::new(),
        algorithm: None,
    }
}

fn environment(number: u128, provider: &str, issuer: &str) -> Environment {
    Environment {
        id: EnvironmentId(Uuid::from_u128(number)),
        settings: EnvironmentDraft::new(
            format!("environment {number}"),
            ProviderId(provider.to_owned()),
            Tier::Development,
            issuer,
        )
        .read()
        .expect("an issuer"),
        demo: false,
        created_at: NOW,
    }
}

fn provider(id: &str) -> &'static Provider {
    built_in().iter().find(|provider| provider.id.0 == id).expect("built in")
}

fn planned(candidates: &[Candidate<'_>], of: &str) -> ImportPlan {
    let environment = environment(1, of, "https://auth.example.com");
    let target = Target {
        environment: &environment,
        provider: Some(provider(of)),
        service_users: Vec::new(),
        credentials: Vec::new(),
    };
    plan(candidates, Some(&target), None)
}

fn reviews(numbers: &[u128]) -> Vec<ReviewId> {
    numbers.iter().map(|number| ReviewId(Uuid::from_u128(*number))).collect()
}

#[test]
fn what_lacks_nothing_goes_in_next_and_the_rest_says_what_it_lacks() {
    let (complete, bare) = (entry(1), entry(2));
    let plan = planned(&[key_of(&complete, Some("17"), &["zitadel"]), key_of(&bare, None, &[])], "zitadel");
    assert_eq!(plan.next, reviews(&[1]));
    assert!(plan.items[0].complete && !plan.items[1].complete);
    let filled = PlanEntry { user_id: " 18 ".to_owned(), key_id: "2".to_owned(), ..bare };
    let plan = planned(&[key_of(&filled, None, &[])], "zitadel");
    let request = plan.items[0].request.clone().expect("there is an environment");
    assert_eq!((plan.next, request.user_id.as_deref(), request.name.as_str()), (reviews(&[2]), Some("18"), "18"));
}

#[test]
fn without_an_environment_most_providers_ids_are_asked_for_and_nothing_can_be_requested() {
    let bare = entry(1);
    let plan = plan(&[key_of(&bare, None, &[])], None, None);
    let asked: Vec<_> = plan.items[0].asked.iter().map(|asked| (asked.kind, asked.optional)).collect();
    assert_eq!(asked, [(crate::provider::IdKind::UserId, false), (crate::provider::IdKind::KeyId, false)]);
    assert_eq!((plan.environment, &plan.items[0].request), (None, &None));
    assert_eq!(plan.by_hand.client_secret.len(), 2);
}

#[test]
fn an_environment_that_is_being_made_asks_for_its_own_providers_ids() {
    let bare = entry(1);
    let box_key = || key_of(&bare, None, &["box"]);
    for id in ["box", "google", "zitadel"] {
        let making = plan(&[box_key()], None, Some(provider(id)));
        let there = planned(&[box_key()], id);
        assert_eq!((&making.items[0].asked, &making.by_hand), (&there.items[0].asked, &there.by_hand), "{id}");
        assert_eq!((making.environment, making.items[0].request.as_ref()), (None, None));
        assert_eq!((&making.next, making.elsewhere), (&there.next, id != "box"), "{id}");
    }
}

#[test]
fn a_file_is_foreign_where_its_maker_is_another_and_the_profile_names_files() {
    let file = entry(1);
    for (makers, id, expected) in [
        (&["box"][..], "box", false),
        (&["box"], "zitadel", true),
        (&["box"], "generic", false),
        (&[], "zitadel", false),
    ] {
        let candidate = key_of(&file, Some("17"), makers);
        assert_eq!(candidate.is_foreign_to(Some(provider(id))), expected, "{makers:?} {id}");
        assert!(!candidate.is_foreign_to(None));
    }
}

#[test]
fn another_systems_file_waits_for_an_environment_of_its_own_unless_it_is_alone() {
    let (own, bare, google) = (entry(1), entry(2), entry(3));
    let foreign = || key_of(&google, Some("3"), &["google"]);
    let plan = planned(&[key_of(&own, Some("17"), &["zitadel"]), foreign()], "zitadel");
    assert_eq!((&plan.next, plan.items[1].waits, plan.elsewhere), (&reviews(&[1]), true, false));
    let plan = planned(&[key_of(&bare, None, &[]), foreign()], "zitadel");
    assert_eq!((&plan.next, plan.items[0].waits, plan.items[1].waits), (&vec![], false, true));
    let plan = planned(&[foreign()], "zitadel");
    assert_eq!((&plan.next, plan.items[0].foreign, plan.elsewhere), (&reviews(&[3]), true, true));
}

#[test]
fn an_applications_key_alone_leaves_nothing_to_test() {
    let (application, key) = (entry(1), entry(2));
    let introspects = || {
        let file = key_of(&application, Some("app"), &[]);
        Candidate { known: KnownIds { kind: CredentialKind::ApplicationKey, ..file.known.clone() }, ..file }
    };
    assert!(!planned(&[introspects()], "zitadel").testable);
    assert!(planned(&[introspects(), key_of(&key, Some("17"), &[])], "zitadel").testable);
}

#[test]
fn files_of_one_key_or_one_service_user_belong_together() {
    let entries = [entry(1), entry(2), entry(3), entry(4)];
    let mut files = [("1", 1_u8), ("2", 2), ("1", 2), ("9", 1)]
        .iter()
        .zip(&entries)
        .map(|((user, key), entry)| Candidate {
            key: Some(facts("RSA", &key.to_string())),
            ..key_of(entry, Some(user), &[])
        })
        .collect::<Vec<_>>();
    let related = |plan: &ImportPlan| plan.items.iter().map(|item| item.related).collect::<Vec<_>>();
    let same = |first: u128, same_key| Some(Related { review: entry(first).review, same_key });
    assert_eq!(related(&planned(&files, "zitadel")), [None, None, same(2, true), same(1, true)]);
    files.swap_remove(1);
    assert_eq!(related(&planned(&files[..1], "zitadel")), [None]);
    files[2].key = Some(facts("RSA", "3"));
    assert_eq!(related(&planned(&files, "zitadel"))[2], same(1, false));
}

#[test]
fn a_key_that_signs_with_none_of_the_providers_algorithms_is_said_at_once() {
    let file = entry(1);
    let codes = |key: KeyFacts, of: &str| {
        let candidate = Candidate { key: Some(key), ..key_of(&file, Some("17"), &[]) };
        let misfits = planned(&[candidate], of).items.remove(0).misfits;
        misfits.into_iter().map(|notice| notice.code).collect::<Vec<_>>()
    };
    let bound = KeyFacts { algorithm: Some(SigningAlgorithm::Ps256), ..facts("RSA", "1") };
    assert_eq!(codes(facts("Ed25519", "1"), "google"), ["algorithm-not-taken"]);
    assert_eq!(codes(bound, "google"), ["algorithm-bound"]);
    assert!(codes(facts("RSA", "1"), "google").is_empty());
    assert!(codes(facts("Ed25519", "1"), "keycloak").is_empty());
}

#[test]
fn a_kind_that_a_provider_does_not_take_is_said() {
    let file = entry(1);
    let secret = Candidate {
        known: KnownIds { user_id: Some("17".to_owned()), ..KnownIds::none(CredentialKind::ClientSecret) },
        ..key_of(&file, None, &[])
    };
    assert!(!planned(&[secret], "google").items[0].taken);
    assert!(planned(&[key_of(&file, Some("17"), &[])], "google").items[0].taken);
}

fn secret_of(owner: ServiceUserId, number: u128, refused: bool) -> Credential {
    Credential {
        id: CredentialId(Uuid::from_u128(number)),
        service_user: owner,
        kind: CredentialKind::ClientSecret,
        key_id: None,
        client_id: None,
        key: None,
        certificate: None,
        audience: None,
        source: Source::Form,
        state: CredentialState::Active,
        issued_at: None,
        expires_at: None,
        imported_at: NOW + time::Duration::days(i64::try_from(number).expect("small")),
        last_used_at: None,
        refused_at: refused.then_some(NOW),
        token_endpoint: None,
    }
}

#[test]
fn a_secret_takes_the_place_that_was_chosen_else_that_of_a_refused_one() {
    let owner = ServiceUserId(Uuid::from_u128(9));
    let environment = environment(1, "zitadel", "https://auth.example.com");
    let chosen = |number| Place::Of(CredentialId(Uuid::from_u128(number)));
    let check = |refused: &[bool], place: Place, expected: Option<u128>| {
        let settings = ServiceUserDraft {
            name: "orders".into(),
            scopes: vec![],
            favourite: false,
            tags: vec![],
            notes: String::new(),
        };
        let user = ServiceUser {
            id: owner,
            environment: environment.id,
            settings,
            user_id: "orders".to_owned(),
            default_credential: None,
            created_at: NOW,
            last_used_at: None,
        };
        let credentials = refused.iter().zip(1..).map(|(refused, number)| secret_of(owner, number, *refused)).collect();
        let target = Target {
            environment: &environment,
            provider: Some(provider("zitadel")),
            service_users: vec![user],
            credentials,
        };
        let entry = PlanEntry { client_id: "orders".to_owned(), place, ..entry(1) };
        let file = Candidate { known: KnownIds::none(CredentialKind::ClientSecret), ..key_of(&entry, None, &[]) };
        let plan = plan(&[file], Some(&target), None);
        let item = &plan.items[0];
        let context = format!("{refused:?} {place:?}");
        assert_eq!(item.replaces, expected.map(|number| CredentialId(Uuid::from_u128(number))), "{context}");
        assert_eq!(item.request.as_ref().and_then(|request| request.replaces), item.replaces, "{context}");
        let known = item.owner.as_ref().map(|owner| (owner.name.as_str(), owner.credentials));
        assert_eq!(
            (item.existing.len(), known),
            (refused.len(), Some(("orders", u32::try_from(refused.len()).unwrap())))
        );
    };
    check(&[true, false], Place::Proposed, Some(1));
    check(&[false], Place::Proposed, None);
    check(&[], Place::Proposed, None);
    check(&[true, false], chosen(2), Some(2));
    check(&[true, false], Place::Beside, None);
    // One of another environment.
    check(&[true, false], chosen(77), Some(1));
}

fn places<'a>(environments: &'a [Environment], candidates: &'a [Candidate<'a>]) -> Places<'a> {
    Places { environments, providers: built_in(), candidates }
}

#[test]
fn the_environment_is_the_one_of_the_files_issuer_else_of_their_maker() {
    let (first, second, third) = (entry(1), entry(2), entry(3));
    let zitadel = || key_of(&first, Some("1"), &["zitadel"]);
    let frontier = |entry| key_of(entry, Some("2"), &["frontier-connect", "frontier-rest"]);
    let staging = environment(1, "zitadel", "https://staging.example.com");
    let production = environment(2, "zitadel", "https://auth.example.com");
    let of_frontier = environment(2, "frontier-rest", "https://frontier.example.com");
    let two = [staging.clone(), production];
    let mixed = [staging.clone(), of_frontier];
    let looked_at = Some(staging.id);
    let check = |environments: &[Environment], files: &[Candidate<'_>], looked_at, expected: Option<u128>| {
        let proposed = places(environments, files).proposed(looked_at).map(|environment| environment.id);
        assert_eq!(proposed, expected.map(|number| EnvironmentId(Uuid::from_u128(number))));
    };
    check(&two, &[zitadel()], None, None);
    let named = Candidate { issuer: Some("https://auth.example.com".to_owned()), ..zitadel() };
    check(&two, &[named], looked_at, Some(2));
    check(&two[..1], &[zitadel()], None, Some(1));
    check(&mixed, &[zitadel()], looked_at, Some(1));
    // Two systems: the one that most files are of, and of equals the first.
    check(&mixed, &[zitadel(), frontier(&second)], looked_at, Some(1));
    check(&mixed, &[zitadel(), frontier(&second), frontier(&third)], looked_at, Some(2));
    check(&mixed, &[frontier(&second)], looked_at, Some(2));
    check(&mixed[..1], &[frontier(&second)], looked_at, None);
    let files = [frontier(&second)];
    assert_eq!(places(&mixed, &files).unmatched(), None);
    assert_eq!(places(&mixed[..1], &files).unmatched().as_deref(), Some(provider("frontier-connect").name.as_str()));
}

#[test]
fn a_new_environment_starts_from_the_provider_of_an_address_else_from_the_maker() {
    let file = entry(1);
    let check = |issuer: Option<&str>, endpoint: Option<&str>, makers: &[&str], expected: Option<[Option<&str>; 2]>| {
        let candidate = Candidate {
            issuer: issuer.map(str::to_owned),
            token_endpoint: endpoint.map(str::to_owned),
            ..key_of(&file, Some("1"), makers)
        };
        let files = [candidate];
        let new = places(&[], &files).new_environment();
        let told =
            new.as_ref().map(|new| [new.provider.as_ref().map(|id| id.0.as_str()), new.token_endpoint.as_deref()]);
        assert_eq!(told, expected, "{issuer:?} {endpoint:?} {makers:?}");
    };
    check(Some("https://accounts.google.com"), None, &["box"], Some([Some("google"), None]));
    check(None, Some("https://oauth2.googleapis.com/token"), &[], Some([Some("google"), None]));
    check(None, Some("https://t.example/token"), &["google"], Some([Some("google"), Some("https://t.example/token")]));
    check(Some("https://a.example"), Some("https://a.example/t"), &[], Some([None, Some("https://a.example/t")]));
    check(None, None, &["box", "google"], Some([Some("box"), None]));
    check(None, None, &["gone"], Some([None, None]));
    check(None, None, &[], None);
}

#[test]
fn a_new_environment_is_for_the_first_system_that_names_an_address() {
    let (first, second, third) = (entry(1), entry(2), entry(3));
    let nothing = key_of(&first, Some("1"), &[]);
    let endpoint =
        Candidate { token_endpoint: Some("https://t.example".to_owned()), ..key_of(&second, Some("2"), &[]) };
    let issuer = Candidate { issuer: Some("https://i.example".to_owned()), ..key_of(&third, Some("3"), &[]) };
    let files = [nothing, endpoint, issuer];
    let new = places(&[], &files).new_environment().expect("an address is named");
    assert_eq!((new.issuer, new.token_endpoint.as_deref()), (None, Some("https://t.example")));
}
