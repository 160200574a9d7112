//! A further credential of a service user: it is tested and used without touching the default one.

use mintage_core::credential::{CredentialKind, Source};
use mintage_core::environment::{Environment, Tier};
use mintage_core::ids::{CredentialId, ServiceUserId};
use mintage_core::mint::{Ask, ImportOutcome, ImportRequest, ServiceUserDetail};
use mintage_core::secret::Secret;
use mintage_testbed::issuer::{DemoIssuer, RegisteredKey, RegisteredToken, TokenForm, User};

use mintage_testbed::setup::{Setup, USER_ID};

const FURTHER_KEY_ID: &str = "100509901696068777";
pub(crate) const CLIENT_ID: &str = "deploy-bot";

/// A service user whose default credential is a key that works.
pub(crate) struct Enrolled {
    pub(crate) setup: Setup,
    issuer: DemoIssuer,
    pub(crate) environment: Environment,
    pub(crate) id: ServiceUserId,
    pub(crate) default: CredentialId,
}

impl Enrolled {
    pub(crate) async fn new() -> Self {
        Self::in_setup(Setup::new().await).await
    }

    pub(crate) async fn in_setup(setup: Setup) -> Self {
        let issuer = setup.issuer().await;
        let environment = setup.environment(issuer.issuer(), "zitadel", Tier::Development).await;
        let id = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
        let default = setup.mint.service_user(id).await.expect("it is there").credentials[0].id;
        Self { setup, issuer, environment, id, default }
    }

    pub(crate) async fn user(&self) -> ServiceUserDetail {
        self.setup.mint.service_user(self.id).await.expect("it is there")
    }

    /// The last characters of the token in memory.
    async fn kept(&self) -> Option<String> {
        self.user().await.token.map(|token| token.last_four)
    }

    /// Changes what the issuer knows about the service user.
    pub(crate) fn change_user(&self, change: impl FnOnce(&mut User)) {
        let mut user = self.issuer.users().remove(0);
        change(&mut user);
        self.issuer.add_user(user);
    }

    /// Imports another key; the issuer knows it, or not.
    async fn import_key(&self, known: bool) -> ImportOutcome {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
        let review = self.setup.review(&std::fs::read_to_string(path).expect("the fixture is in the repository")).await;
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
        self.setup.mint.import(&request).await.expect("it is imported")
    }

    /// Imports a personal access token; the issuer knows it, or not.
    async fn import_token(&self, text: &str, known: bool) -> CredentialId {
        if known {
            self.change_user(|user| user.tokens.push(RegisteredToken::new(FURTHER_KEY_ID, text)));
        }
        let request = self.request(CredentialKind::PersonalToken, text).await;
        self.setup.mint.import(&request).await.expect("it is imported").credential
    }

    /// The request to import the service user's secret or personal access token.
    pub(crate) async fn request(&self, kind: CredentialKind, text: &str) -> ImportRequest {
        let text = Secret::new(text.to_owned());
        let review = self.setup.mint.review_secret(kind, &text, Source::Form).await.expect("reviewed");
        let client_id = (kind == CredentialKind::ClientSecret).then(|| CLIENT_ID.to_owned());
        let of = ImportRequest::of(review.id, self.environment.id);
        ImportRequest { user_id: Some(USER_ID.into()), client_id, ..of }
    }
}

#[tokio::test]
async fn a_further_key_that_does_not_work_changes_nothing_that_others_copy() {
    let enrolled = Enrolled::new().await;
    let mint = &enrolled.setup.mint;
    let before = mint.token(enrolled.id, Ask::default()).await.expect("a token is minted");
    let further = enrolled.import_key(false).await.credential;
    let refused = mint.try_credential(further, Ask::default(), true).await.expect_err("the issuer does not know it");
    assert_eq!(refused.code(), "refused");
    assert_eq!(enrolled.user().await.service_user.default_credential, Some(enrolled.default));
    let after = mint.token(enrolled.id, Ask::default()).await.expect("the token is there");
    assert!(after.reused);
    assert_eq!(after.last_four, before.last_four);
}

#[tokio::test]
async fn a_further_key_that_works_takes_over_with_its_token_where_that_is_wanted() {
    let enrolled = Enrolled::new().await;
    let mint = &enrolled.setup.mint;
    let before = mint.token(enrolled.id, Ask::default()).await.expect("a token is minted").last_four;
    let further = enrolled.import_key(true).await.credential;

    let tried = mint.try_credential(further, Ask::default(), false).await.expect("it works");
    assert!(!tried.is_default && tried.userinfo.is_none());
    assert_ne!(tried.token.last_four, before, "tokens of this issuer differ");
    assert_eq!(enrolled.user().await.service_user.default_credential, Some(enrolled.default));
    assert_eq!(enrolled.kept().await, Some(before));

    let tried = mint.try_credential(further, Ask::default(), true).await.expect("it works");
    assert!(tried.is_default);
    assert_eq!(enrolled.user().await.service_user.default_credential, Some(further));
    let copied = mint.token(enrolled.id, Ask::default()).await.expect("the token is there");
    assert!(copied.reused, "what was minted to try it is copied next");
    assert_eq!(copied.last_four, tried.token.last_four);
}

#[tokio::test]
async fn a_further_ready_made_token_is_shown_to_the_issuer_itself() {
    let enrolled = Enrolled::new().await;
    let mint = &enrolled.setup.mint;
    let before = mint.token(enrolled.id, Ask::default()).await.expect("a token is minted").last_four;
    let unknown = enrolled.import_token("a-token-of-another-server", false).await;
    mint.try_credential(unknown, Ask::default(), true).await.expect_err("the issuer does not know it");
    assert_eq!(enrolled.user().await.service_user.default_credential, Some(enrolled.default));
    assert_eq!(enrolled.kept().await, Some(before));

    let known = enrolled.import_token("a-token-from-the-console", true).await;
    let tried = mint.try_credential(known, Ask::default(), true).await.expect("the issuer knows it");
    let told = tried.userinfo.expect("it was shown to the issuer").claims;
    assert!(told.iter().any(|claim| claim.name == "sub" && claim.value == USER_ID));
    assert!(tried.is_default);
}

#[tokio::test]
async fn each_key_of_a_service_user_signs_assertions() {
    let enrolled = Enrolled::new().await;
    let further = enrolled.import_key(false).await.credential;
    let (_, by_default) = enrolled.setup.mint.sign(enrolled.default).await.expect("it is signed");
    let (_, by_further) = enrolled.setup.mint.sign(further).await.expect("it is signed");
    assert!(by_further.assertion.header.contains(FURTHER_KEY_ID));
    assert!(!by_default.assertion.header.contains(FURTHER_KEY_ID));

    let token = enrolled.import_token("ready-made", false).await;
    assert_eq!(enrolled.setup.mint.sign(token).await.expect_err("it is no key").code(), "not-a-key");
}
