//! A further credential of a service user: it is tried and used without touching the default one.

use mintage_core::credential::{CredentialId, CredentialKind, Source};
use mintage_core::environment::{Environment, Tier};
use mintage_core::mint::{Ask, ImportOutcome, ImportRequest};
use mintage_core::secret::Secret;
use mintage_core::service_user::{ServiceUserDetail, ServiceUserId};
use mintage_demo_issuer::{DemoIssuer, RegisteredKey, RegisteredToken, TokenForm, User};

use crate::world::{USER_ID, World};

const FURTHER_KEY_ID: &str = "100509901696068777";
pub(crate) const CLIENT_ID: &str = "deploy-bot";

/// A service user whose default credential is a key that works.
pub(crate) struct Stage {
    pub(crate) world: World,
    issuer: DemoIssuer,
    pub(crate) environment: Environment,
    pub(crate) id: ServiceUserId,
    pub(crate) default: CredentialId,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_in(World::new().await).await
    }

    pub(crate) async fn set_in(world: World) -> Self {
        let issuer = world.issuer().await;
        let environment = world.environment(issuer.issuer(), "zitadel", Tier::Development).await;
        let id = world.enrol(&environment, &issuer, TokenForm::Opaque).await;
        let default = world.mint.service_user(id).await.expect("it is there").credentials[0].id;
        Self { world, issuer, environment, id, default }
    }

    pub(crate) async fn user(&self) -> ServiceUserDetail {
        self.world.mint.service_user(self.id).await.expect("it is there")
    }

    /// The last characters of the token in memory.
    async fn kept(&self) -> Option<String> {
        self.user().await.token.map(|token| token.last_four)
    }

    /// Changes what the issuer knows of the service user.
    pub(crate) fn change_user(&self, change: impl FnOnce(&mut User)) {
        let mut user = self.issuer.users().remove(0);
        change(&mut user);
        self.issuer.add_user(user);
    }

    /// Imports another key; the issuer knows it, or not.
    async fn import_key(&self, known: bool) -> ImportOutcome {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
        let review = self.world.review(&std::fs::read_to_string(path).expect("the fixture is in the repository")).await;
        let public_pem = review.facts.expect("it is a key").key.expect("it is a key").public_pem;
        if known {
            let key = RegisteredKey { key_id: FURTHER_KEY_ID.into(), public_pem, expires_at: None };
            self.change_user(|user| user.keys.push(key));
        }
        let request = ImportRequest {
            user_id: Some(USER_ID.into()),
            key_id: Some(FURTHER_KEY_ID.into()),
            ..ImportRequest::of(review.id, self.environment.id)
        };
        self.world.mint.import(&request).await.expect("it is imported")
    }

    /// Imports a ready-made token; the issuer knows it, or not.
    async fn import_token(&self, text: &str, known: bool) -> CredentialId {
        if known {
            self.change_user(|user| user.tokens.push(RegisteredToken::new(FURTHER_KEY_ID, text)));
        }
        let request = self.request(CredentialKind::PersonalToken, text).await;
        self.world.mint.import(&request).await.expect("it is imported").credential
    }

    /// The request to import a secret or ready-made token of the service user.
    pub(crate) async fn request(&self, kind: CredentialKind, text: &str) -> ImportRequest {
        let text = Secret::new(text.to_owned());
        let review = self.world.mint.review_secret(kind, &text, Source::Form).await.expect("reviewed");
        let client_id = (kind == CredentialKind::ClientSecret).then(|| CLIENT_ID.to_owned());
        let of = ImportRequest::of(review.id, self.environment.id);
        ImportRequest { user_id: Some(USER_ID.into()), client_id, ..of }
    }
}

#[tokio::test]
async fn a_further_key_that_does_not_work_changes_nothing_that_others_copy() {
    let stage = Stage::set().await;
    let mint = &stage.world.mint;
    let before = mint.token(stage.id, Ask::default()).await.expect("a token is minted");
    let further = stage.import_key(false).await.credential;
    let refused = mint.try_credential(further, Ask::default(), true).await.expect_err("the issuer does not know it");
    assert_eq!(refused.code(), "refused");
    assert_eq!(stage.user().await.service_user.default_credential, Some(stage.default));
    let after = mint.token(stage.id, Ask::default()).await.expect("the token is there");
    assert!(after.reused);
    assert_eq!(after.last_four, before.last_four);
}

#[tokio::test]
async fn a_further_key_that_works_takes_over_with_its_token_where_that_is_wanted() {
    let stage = Stage::set().await;
    let mint = &stage.world.mint;
    let before = mint.token(stage.id, Ask::default()).await.expect("a token is minted").last_four;
    let further = stage.import_key(true).await.credential;

    let tried = mint.try_credential(further, Ask::default(), false).await.expect("it works");
    assert!(!tried.is_default && tried.userinfo.is_none());
    assert_ne!(tried.token.last_four, before, "tokens of this issuer differ");
    assert_eq!(stage.user().await.service_user.default_credential, Some(stage.default));
    assert_eq!(stage.kept().await, Some(before));

    let tried = mint.try_credential(further, Ask::default(), true).await.expect("it works");
    assert!(tried.is_default);
    assert_eq!(stage.user().await.service_user.default_credential, Some(further));
    let copied = mint.token(stage.id, Ask::default()).await.expect("the token is there");
    assert!(copied.reused, "what was minted to try it is copied next");
    assert_eq!(copied.last_four, tried.token.last_four);
}

#[tokio::test]
async fn a_further_ready_made_token_is_shown_to_the_issuer_itself() {
    let stage = Stage::set().await;
    let mint = &stage.world.mint;
    let before = mint.token(stage.id, Ask::default()).await.expect("a token is minted").last_four;
    let unknown = stage.import_token("a-token-of-another-server", false).await;
    mint.try_credential(unknown, Ask::default(), true).await.expect_err("the issuer does not know it");
    assert_eq!(stage.user().await.service_user.default_credential, Some(stage.default));
    assert_eq!(stage.kept().await, Some(before));

    let known = stage.import_token("a-token-from-the-console", true).await;
    let tried = mint.try_credential(known, Ask::default(), true).await.expect("the issuer knows it");
    let told = tried.userinfo.expect("it was shown to the issuer").claims;
    assert!(told.iter().any(|claim| claim.name == "sub" && claim.value == USER_ID));
    assert!(tried.is_default);
}

#[tokio::test]
async fn each_key_of_a_service_user_signs_assertions() {
    let stage = Stage::set().await;
    let further = stage.import_key(false).await.credential;
    let (_, by_default) = stage.world.mint.sign(stage.default).await.expect("it is signed");
    let (_, by_further) = stage.world.mint.sign(further).await.expect("it is signed");
    assert!(by_further.assertion.header.contains(FURTHER_KEY_ID));
    assert!(!by_default.assertion.header.contains(FURTHER_KEY_ID));

    let token = stage.import_token("ready-made", false).await;
    assert_eq!(stage.world.mint.sign(token).await.expect_err("it is no key").code(), "not-a-key");
}
