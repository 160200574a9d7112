//! **Rights and rules** that a server has beyond "administrator or not": who lacks one of them, or breaks one, is told so,
//! and nothing of ours stays at the server.

use mintage_core::mint::RotationRequest;
use mintage_core::rotation::Stage;

use super::providers::{account_at, accounts};
use crate::providers::account::enrol;

/// Who may list isn't always allowed to add: it is told the role, and nothing stays.
#[tokio::test]
async fn a_right_to_list_alone_is_not_enough_and_the_role_is_told() {
    let rights = [
        ("google", "iam.serviceAccountKeys.create"),
        ("okta", "okta.apps.manage"),
        ("auth0", "create:client_credentials"),
        ("keycloak", "manage-clients"),
        ("stackit", "edit"),
    ];
    for (account, by) in accounts() {
        let name = account.name();
        let Some((_, right)) = rights.iter().find(|(provider, _)| name.starts_with(provider)) else { continue };
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        enrolled.point_api_here().await;
        let mint = &enrolled.setup.mint;
        let by = if by == "another" { Some(enrolled.administrator().await) } else { None };
        let request = RotationRequest { by, confirmed: true, ..RotationRequest::of(enrolled.id) };
        enrolled.issuer.change_quirks(|quirks| quirks.missing_rights = vec![(*right).to_owned()]);
        let refused = match mint.start_rotation(&request).await {
            // Google says beforehand what a caller may do.
            Err(refused) => {
                assert!(name.starts_with("google"), "{name}: {refused}");
                refused
            }
            Ok(started) => {
                let refused = mint.continue_rotation(started.rotation.id, &|_| {}).await.expect_err("it may not");
                let undone = mint.undo_rotation(started.rotation.id, &|_| {}).await;
                assert!(undone.expect("nothing was registered").rotation.is_over(), "{name}");
                refused
            }
        };
        let problem = refused.problem();
        assert_eq!(problem.code, "rotation-not-allowed", "{name}: {}", problem.report);
        assert!(problem.help.contains("with the role"), "{name}: {}", problem.help);
        assert_eq!((enrolled.keys(), enrolled.held_keys().await), (1, 1), "{name}: nothing stays");
    }
}

/// Auth0 asks for another right where the new key is activated.
#[tokio::test]
async fn a_right_that_is_missing_at_the_proof_is_told_with_its_role() {
    let (account, _) = account_at("auth0");
    let enrolled = enrol(&account).await;
    enrolled.make_administrator();
    enrolled.point_api_here().await;
    let mint = &enrolled.setup.mint;
    let id = mint.start_rotation(&RotationRequest::of(enrolled.id)).await.expect("it may").rotation.id;
    enrolled.issuer.change_quirks(|quirks| quirks.missing_rights = vec!["update:clients".into()]);
    let refused = mint.continue_rotation(id, &|_| {}).await.expect_err("it may not").problem();
    assert_eq!(refused.code, "rotation-not-allowed", "{}", refused.report);
    assert!(refused.help.contains("update:clients"), "{}", refused.help);
    enrolled.issuer.change_quirks(|quirks| quirks.missing_rights.clear());
    assert!(mint.continue_rotation(id, &|_| {}).await.expect("it may again").rotation.succeeded());
    assert_eq!((enrolled.keys(), enrolled.held_keys().await), (1, 1));
}

/// Each call needs a scope of its own: to list, nothing is begun without it; to delete, the old key stays until it is
/// there.
#[tokio::test]
async fn each_scope_of_auth0_is_needed_where_it_is_used() {
    let (account, _) = account_at("auth0");
    let enrolled = enrol(&account).await;
    enrolled.make_administrator();
    enrolled.point_api_here().await;
    let mint = &enrolled.setup.mint;
    let lacks = |scope: &str| enrolled.issuer.change_quirks(|quirks| quirks.missing_rights = vec![scope.to_owned()]);
    lacks("read:client_credentials");
    let refused = mint.start_rotation(&RotationRequest::of(enrolled.id)).await.expect_err("it may not").problem();
    assert_eq!(refused.code, "rotation-not-allowed", "{}", refused.report);
    assert!(refused.help.contains("read:client_credentials"), "{}", refused.help);
    lacks("delete:client_credentials");
    let id = mint.start_rotation(&RotationRequest::of(enrolled.id)).await.expect("it may").rotation.id;
    let refused = mint.continue_rotation(id, &|_| {}).await.expect_err("it may not").problem();
    assert_eq!(refused.code, "rotation-not-allowed", "{}", refused.report);
    assert_eq!(mint.rotation(id).await.expect("it is recorded").rotation.stage, Stage::Disabled);
    assert_eq!(enrolled.held_keys().await, 2, "nothing goes here before it is gone there");
    enrolled.issuer.change_quirks(|quirks| quirks.missing_rights.clear());
    assert!(mint.continue_rotation(id, &|_| {}).await.expect("it may again").rotation.succeeded());
    assert_eq!((enrolled.keys(), enrolled.held_keys().await), (1, 1));
}

/// What a server refuses for another reason is told in its words, and undone without a trace.
#[tokio::test]
async fn a_policy_a_plan_and_an_old_key_without_its_id_refuse_a_new_key() {
    for (provider, cause) in [
        ("google", "Key upload is not allowed"),
        ("okta", "every key needs a kid"),
        // The status is that of a missing permission, and no role helps.
        ("auth0", "need the Enterprise plan"),
    ] {
        let (account, by) = account_at(provider);
        let enrolled = enrol(&account).await;
        enrolled.make_administrator();
        enrolled.point_api_here().await;
        let mint = &enrolled.setup.mint;
        let by = if by == "another" { Some(enrolled.administrator().await) } else { None };
        match provider {
            "google" => enrolled.issuer.change_quirks(|quirks| quirks.upload_forbidden = true),
            "auth0" => enrolled.issuer.change_quirks(|quirks| quirks.plan_without_keys = true),
            _ => enrolled.lose_key_id(),
        }
        let request = RotationRequest { by, ..RotationRequest::of(enrolled.id) };
        let id = mint.start_rotation(&request).await.expect("it may").rotation.id;
        let refused = mint.continue_rotation(id, &|_| {}).await.expect_err("it is refused").problem();
        assert_eq!(refused.code, "refused", "{provider}: {}", refused.report);
        assert!(refused.report.contains(cause), "{provider}: {}", refused.report);
        if provider != "okta" {
            assert!(refused.report.contains("policy-blocked"), "{}", refused.report);
        }
        assert!(mint.undo_rotation(id, &|_| {}).await.expect("nothing was made").rotation.is_over(), "{provider}");
        assert_eq!((enrolled.keys(), enrolled.held_keys().await), (1, 1), "{provider}");
    }
}
