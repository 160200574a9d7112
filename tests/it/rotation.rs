//! **Rotations** at the demo's ZITADEL: by the service user itself (API v2), by an administrator (API v1), and whatever
//! can go wrong on the way. Clocks stand at noon, unless a test sets them.

mod clocks;
mod console;
mod creating;
mod expiry;
mod holes;
mod lost_answers;
mod providers;
mod registration;
mod requests;
mod rights;
mod server_credentials;
mod trouble;
mod waiting;
mod watch;

use std::sync::Mutex;

use mintage_core::credential::CredentialState;
use mintage_core::environment::{Environment, Tier};
use mintage_core::error::Error;
use mintage_core::ids::{RotationId, ServiceUserId};
use mintage_core::mint::{Ask, ImportRequest, RotationRequest, RotationView};
use mintage_core::rotation::{Direction, Next, Stage, Step, Undo};
use mintage_testbed::issuer::{DemoIssuer, Era, Membership, Quirks, RegisteredKey, TokenForm, User};
use mintage_testbed::setup::{KEY_ID, NOON, Setup, USER_ID, key_file};

const ADMIN_ID: &str = "100507859606880001";
const ADMIN_KEY_ID: &str = "100509901696060001";

/// A service user at a ZITADEL of one era.
pub(crate) struct Enrolled {
    pub(crate) setup: Setup,
    pub(crate) issuer: DemoIssuer,
    pub(crate) environment: Environment,
    pub(crate) user: ServiceUserId,
}

impl Enrolled {
    pub(crate) async fn at(era: Era) -> Self {
        Self::of(era, Tier::Development).await
    }

    pub(crate) async fn of(era: Era, tier: Tier) -> Self {
        let setup = Setup::new().await;
        let issuer = setup.issuer().await;
        issuer.set_quirks(Quirks::of(era));
        let environment = setup.environment(issuer.issuer(), "zitadel", tier).await;
        let user = setup.enrol(&environment, &issuer, TokenForm::Opaque).await;
        Self { setup, issuer, environment, user }
    }

    /// An administrator with these roles, whose credential Mintage holds.
    pub(crate) async fn administrator(&self, roles: &[Membership]) -> ServiceUserId {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/throwaway-rsa-2048-b.pkcs1.pem");
        let pem = std::fs::read_to_string(path).expect("the fixture is in the repository");
        let file = key_file(ADMIN_ID, ADMIN_KEY_ID, "")
            .replace(&mintage_testbed::setup::fixture_key().replace('\n', "\\n"), &pem.replace('\n', "\\n"));
        let review = self.setup.review(&file).await;
        let public_pem = review.facts.expect("it is a key file").key.expect("it is a key").public_pem;
        let mut admin = User::new(ADMIN_ID, "Admin", "admin@acme.com");
        admin.memberships = roles.to_vec();
        admin.keys = vec![RegisteredKey { key_id: ADMIN_KEY_ID.to_owned(), public_pem, expires_at: None }];
        self.issuer.add_user(admin);
        let request = ImportRequest { name: "admin".into(), ..ImportRequest::of(review.id, self.environment.id) };
        self.setup.mint.import(&request).await.expect("the import works").service_user
    }

    pub(crate) fn administrator_loses_its_roles(&self) {
        self.administrator_gets_its_roles(&[]);
    }

    pub(crate) fn administrator_gets_its_roles(&self, roles: &[Membership]) {
        let users = self.issuer.users();
        let mut admin = users.into_iter().find(|user| user.user_id == ADMIN_ID).expect("it is there");
        admin.memberships = roles.to_vec();
        self.issuer.add_user(admin);
    }

    pub(crate) fn request(&self) -> RotationRequest {
        RotationRequest::of(self.user)
    }

    pub(crate) async fn start(&self, request: &RotationRequest) -> RotationId {
        self.setup.mint.start_rotation(request).await.expect("it may").rotation.id
    }

    pub(crate) async fn go_on(&self, id: RotationId) -> Result<RotationView, Error> {
        self.setup.mint.continue_rotation(id, &|_| {}).await
    }

    /// The ids of the user's keys at the server.
    pub(crate) fn keys(&self) -> Vec<String> {
        let users = self.issuer.users();
        let user = users.into_iter().find(|user| user.user_id == USER_ID).expect("it is there");
        user.keys.into_iter().map(|key| key.key_id).collect()
    }

    /// The states and key ids of the user's credentials here.
    pub(crate) async fn held(&self) -> Vec<(String, CredentialState)> {
        let detail = self.setup.mint.service_user(self.user).await.expect("it is there");
        detail.credentials.into_iter().map(|one| (one.shown_id().to_owned(), one.state)).collect()
    }

    /// Whether a new token can be minted.
    pub(crate) async fn mints(&self) -> bool {
        self.setup.mint.token(self.user, Ask { fresh: true, ..Ask::default() }).await.is_ok()
    }
}

/// The steps that were answered.
pub(crate) fn answered(view: &RotationView) -> Vec<Step> {
    let steps = view.rotation.steps.iter();
    steps.filter(|step| step.answered_at.is_some() && step.error_code.is_none()).map(|step| step.step).collect()
}

const WHOLE: [Step; 6] = [Step::Make, Step::Register, Step::Prove, Step::Switch, Step::Remove, Step::Forget];

#[tokio::test]
async fn a_service_user_replaces_its_own_key_by_the_second_version_of_the_api() {
    let enrolled = Enrolled::at(Era::V4).await;
    let plan = enrolled.setup.mint.plan_rotation(&enrolled.request()).await.expect("it may");
    assert_eq!((plan.api.as_str(), plan.itself, plan.found), ("ZITADEL’s API v2", true, Some(1)));
    assert_eq!(plan.steps, WHOLE);
    assert_eq!(enrolled.keys(), [KEY_ID], "a plan changes nothing");

    let id = enrolled.start(&enrolled.request()).await;
    let told = Mutex::new(Vec::new());
    let watch =
        |view: &RotationView| told.lock().expect("not poisoned").push((view.rotation.stage, view.rotation.asked));
    let done = enrolled.setup.mint.continue_rotation(id, &watch).await.expect("it works");
    assert_eq!(answered(&done), WHOLE);
    assert!(done.rotation.succeeded() && done.undo == Undo::Over);
    let told = told.into_inner().expect("not poisoned");
    assert!(told.contains(&(Stage::Made, Some(Step::Register))), "{told:?}");

    let new = done.rotation.new_key_id.expect("it has an id");
    assert_eq!(enrolled.keys(), std::slice::from_ref(&new));
    assert_eq!(enrolled.held().await, [(new, CredentialState::Active)]);
    assert!(enrolled.mints().await);
    assert!(enrolled.setup.mint.open_rotations().await.expect("the catalogue answers").is_empty());
}

#[tokio::test]
async fn an_administrator_replaces_a_key_by_the_first_version_of_the_api() {
    for era in [Era::V2_55, Era::V4] {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
        let request = RotationRequest { by: Some(admin), ..enrolled.request() };
        let plan = enrolled.setup.mint.plan_rotation(&request).await.expect("it may");
        let expected = if era == Era::V4 { "ZITADEL’s API v2" } else { "ZITADEL’s Management API v1" };
        assert_eq!((plan.api.as_str(), plan.itself, plan.by_name.as_str()), (expected, false, "admin"));
        let id = enrolled.start(&request).await;
        let done = enrolled.go_on(id).await.expect("it works");
        assert_eq!(answered(&done), WHOLE);
        assert_eq!(enrolled.keys(), [done.rotation.new_key_id.expect("it has an id")]);
        assert!(enrolled.mints().await);
    }
}

#[tokio::test]
async fn a_missing_right_is_said_with_its_role_before_anything_is_made() {
    // Version 1 answers 404 to whoever has no role, and 403 to whoever has another one.
    for (era, roles, by_itself) in [
        (Era::V2_55, &[][..], true),
        (Era::V2_55, &[][..], false),
        (Era::V2_55, &[Membership::OrgOwnerViewer][..], false),
        (Era::V2_55, &[Membership::OrgProjectCreator][..], false),
        (Era::V4, &[][..], false),
        (Era::V4, &[Membership::OrgOwnerViewer][..], false),
    ] {
        let enrolled = Enrolled::at(era).await;
        let admin = enrolled.administrator(roles).await;
        let request = RotationRequest { by: (!by_itself).then_some(admin), ..enrolled.request() };
        let refused = enrolled.setup.mint.start_rotation(&request).await.expect_err("it may not");
        let problem = refused.problem();
        assert_eq!(problem.code, "rotation-not-allowed", "{era:?} {roles:?}: {}", problem.report);
        assert!(problem.help.contains("ORG_USER_MANAGER"), "{}", problem.help);
        assert_eq!(enrolled.keys(), [KEY_ID]);
        assert_eq!(enrolled.held().await.len(), 1);
        assert!(enrolled.setup.mint.rotations(None).await.expect("the catalogue answers").is_empty());
    }
}

#[tokio::test]
async fn production_is_asked_for_each_time() {
    let enrolled = Enrolled::of(Era::V4, Tier::Production).await;
    enrolled.setup.mint.confirm_production(enrolled.environment.id);
    let refused = enrolled.setup.mint.start_rotation(&enrolled.request()).await.expect_err("it wasn't confirmed");
    assert_eq!(refused.code(), "rotation-unconfirmed");
    let request = RotationRequest { confirmed: true, ..enrolled.request() };
    let id = enrolled.start(&request).await;
    assert!(enrolled.go_on(id).await.expect("it works").rotation.succeeded());
}

#[tokio::test]
async fn production_is_asked_for_before_it_goes_on_or_back_unless_its_grace_is_over() {
    let enrolled = Enrolled::of(Era::V4, Tier::Production).await;
    enrolled.setup.mint.confirm_production(enrolled.environment.id);
    let admin = enrolled.administrator(&[Membership::OrgUserManager]).await;
    let request = RotationRequest { by: Some(admin), confirmed: true, grace_seconds: 3600, ..enrolled.request() };
    let id = enrolled.start(&request).await;
    enrolled.go_on(id).await.expect("it works until its grace");
    let mint = &enrolled.setup.mint;
    // A lock forgets confirmations, as the end of the process does.
    mint.lock();
    mint.unlock(|| ()).await.expect("the keychain is unlocked");
    let released = mint.release_rotation(id, None).await;
    for refused in [mint.continue_rotation(id, &|_| {}).await, mint.undo_rotation(id, &|_| {}).await, released] {
        assert_eq!(refused.expect_err("nobody has confirmed it since").code(), "production-unconfirmed");
    }
    assert!(mint.due_rotations().await.expect("the catalogue answers").is_empty(), "its grace goes on");
    enrolled.setup.set_clock(NOON + time::Duration::HOUR);
    enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = time::Duration::HOUR);
    let done = mint.continue_due_rotations(&|_| {}).await.expect("it works");
    assert!(done[0].as_ref().expect("it was agreed to").rotation.succeeded());
}

#[tokio::test]
async fn a_new_key_is_added_without_replacing_one() {
    let enrolled = Enrolled::at(Era::V4).await;
    let adds = Some(mintage_core::credential::CredentialKind::PrivateKey);
    let id = enrolled.start(&RotationRequest { adds, ..enrolled.request() }).await;
    let done = enrolled.go_on(id).await.expect("it works");
    assert_eq!(answered(&done), [Step::Make, Step::Register, Step::Prove, Step::Switch]);
    assert_eq!((enrolled.keys().len(), enrolled.held().await.len()), (2, 2));
    assert_eq!(enrolled.held().await[0].0, KEY_ID, "the default stays");
}

#[tokio::test]
async fn the_private_key_is_in_the_keychain_and_nowhere_else() {
    use base64::Engine as _;
    let enrolled = Enrolled::at(Era::V4).await;
    let id = enrolled.start(&RotationRequest { pause_after_proof: true, ..enrolled.request() }).await;
    let told = Mutex::new(String::new());
    let watch = |view: &RotationView| {
        told.lock().expect("not poisoned").push_str(&serde_json::to_string(view).expect("it is plain data"));
    };
    let paused = enrolled.setup.mint.continue_rotation(id, &watch).await.expect("it works");
    let new = paused.rotation.new.expect("it was made");
    let key = enrolled.setup.mint.keychain().get(new).await.expect("it is there");
    // Whatever form it could be written in, the middle of the private exponent would be in it.
    let middle = &key.expose()[600..700];
    let forms = [
        middle.to_vec(),
        base64::engine::general_purpose::STANDARD.encode(&key.expose()[600..699]).into_bytes(),
        middle.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes(),
    ];
    let mut places = vec![("what shells are told".to_owned(), told.into_inner().expect("not poisoned").into_bytes())];
    for request in enrolled.issuer.requests() {
        places.push((request.path.clone(), format!("{request:?}").into_bytes()));
    }
    for entry in walk(enrolled.setup.folder.path()) {
        places.push((entry.display().to_string(), std::fs::read(&entry).expect("it is readable")));
    }
    assert!(places.len() > 5, "there is something to search");
    for (place, bytes) in places {
        for form in &forms {
            assert!(!bytes.windows(form.len()).any(|window| window == form), "{place}");
        }
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("it is readable").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn it_pauses_after_the_proof_and_waits_through_the_grace() {
    let enrolled = Enrolled::at(Era::V4).await;
    let request = RotationRequest { pause_after_proof: true, grace_seconds: 3600, ..enrolled.request() };
    let id = enrolled.start(&request).await;
    let paused = enrolled.go_on(id).await.expect("it works");
    assert_eq!((paused.rotation.stage, paused.next), (Stage::Proven, Next::Pause));
    assert_eq!(enrolled.held().await[0].0, KEY_ID, "the old key is still the default");

    enrolled.setup.mint.release_rotation(id, None).await.expect("it is paused");
    let waiting = enrolled.go_on(id).await.expect("it works");
    let until = NOON + time::Duration::HOUR;
    assert_eq!((waiting.rotation.stage, waiting.next), (Stage::Switched, Next::Grace { until }));
    assert_eq!(enrolled.keys().len(), 2);
    assert!(enrolled.setup.mint.continue_due_rotations(&|_| {}).await.expect("it works").is_empty(), "not yet");

    enrolled.setup.set_clock(until);
    enrolled.issuer.change_quirks(|quirks| quirks.clock_offset = time::Duration::HOUR);
    let due = enrolled.setup.mint.continue_due_rotations(&|_| {}).await.expect("it works");
    assert!(matches!(&due[..], [Ok(view)] if view.rotation.succeeded()), "{due:?}");
    assert_eq!(enrolled.keys().len(), 1);
    assert_eq!(enrolled.setup.mint.rotation(id).await.expect("it is recorded").rotation.direction, Direction::Forward);
}
