//! Rotating from the terminal: by the real programs, with a real keychain, at the demo's ZITADEL.

use mintage_core::catalog::Catalog;
use mintage_core::credential::Source;
use mintage_core::environment::Tier;
use mintage_core::provider::{Provider, ProviderId, built_in};
use mintage_core::secret::Secret;
use mintage_demo::{Era, Instead, Loss, Membership, Quirks, RegisteredKey, User};
use mintage_testbed::setup::{KEY_ID, USER_ID, fixture_key, key_file};
use mintage_testbed::wait::until;
use serde_json::json;
use time::Duration;

use crate::machine::{Machine, draft, fixture, write_private};

const ADMIN_ID: &str = "100507859606880001";
const LEFT_OUT: &str = "left out live: it is a production environment; `--yes` asks it too\n";

impl Machine {
    fn with_deploy_bot() -> Option<Self> {
        let machine = Self::start()?;
        machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
        Some(machine)
    }

    /// The user's keys at the server.
    fn keys(&self) -> Vec<RegisteredKey> {
        let users = self.issuer.users();
        users.into_iter().find(|user| user.user_id == USER_ID).unwrap().keys
    }

    fn key_ids(&self) -> Vec<String> {
        self.keys().into_iter().map(|key| key.key_id).collect()
    }

    /// Adds a service user that manages others, here as `admin`.
    fn import_administrator(&self) {
        let pem = fixture("throwaway-rsa-2048-b.pkcs1.pem");
        let escaped = |pem: &str| pem.replace('\n', "\\n");
        let file = key_file(ADMIN_ID, "100509901696060001", "").replace(&escaped(&fixture_key()), &escaped(&pem));
        let review =
            self.in_app(async |mint| mint.review_text(Secret::new(file.clone()), Source::Paste).await.unwrap());
        let public_pem = review.facts.unwrap().key.unwrap().public_pem;
        let mut admin = User::new(ADMIN_ID, "Admin", "admin@acme.com");
        admin.memberships = vec![Membership::OrgUserManager];
        admin.keys = vec![RegisteredKey { key_id: "100509901696060001".to_owned(), public_pem, expires_at: None }];
        self.issuer.add_user(admin);
        write_private(&self.session.path("home/admin.json"), &file);
        self.succeeds("import admin.json -e dev --name admin");
    }

    /// Ends the grace of the rotation that is open, as if its time had passed.
    fn end_grace(&self) {
        self.in_app(async |_| {
            let catalog = Catalog::open(&self.session.path("catalogue")).await.unwrap();
            let mut open = catalog.open_rotations().await.unwrap().remove(0);
            open.retire_at = open.retire_at.map(|at| at - Duration::days(2));
            catalog.put_rotation(&open).await.unwrap();
            catalog.close().await;
        });
    }

    /// Adds an environment at whose provider a person manages keys, as at this one.
    fn add_console_environment(&self, like: &str) {
        self.in_app(async |mint| {
            let like = built_in().iter().find(|one| one.id.0 == like).unwrap();
            let zitadel = mint.provider(&ProviderId("zitadel".to_owned())).await.unwrap();
            let id = ProviderId("by-hand".to_owned());
            let mut recipes = like.recipes.clone();
            // This server needs no time, and a wrong id is told at once.
            recipes.iter_mut().for_each(|recipe| recipe.delay = 0);
            let own = Provider {
                id: id.clone(),
                name: "By hand".to_owned(),
                recipes,
                creation: None,
                provisioning: None,
                ..zitadel
            };
            mint.save_provider(&own, None).await.unwrap();
            let mut console = draft("console", Tier::Development, self.issuer.issuer());
            console.provider = id;
            mint.add_environment(console, false).await.unwrap();
        });
    }
}

#[test]
fn a_key_is_replaced_and_listed_and_everything_has_its_exit_code() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    let plan = machine.succeeds("rotate deploy-bot --dry-run");
    assert!(plan.contains("ZITADEL") && plan.contains("mint a token with it"), "{plan}");
    machine.succeeds("rotate deploy-bot --by deploy-bot --remember --dry-run");
    let chosen = machine.in_app(async |mint| {
        let dev = mint.environments().await.unwrap().remove(0).environment;
        mint.administrator(dev.id).await.unwrap()
    });
    assert_eq!(chosen, None, "a dry run changes nothing");
    let listed = machine.succeeds("keys deploy-bot");
    assert!(listed.contains(KEY_ID) && listed.contains("default"), "{listed}");

    let paused = machine.run("rotate deploy-bot --pause");
    assert_eq!(paused.code, Some(9), "it waits for a person: {paused:?}");
    assert!(paused.err.contains("mint a token with it"), "{paused:?}");
    assert_eq!(machine.run("rotate deploy-bot").code, Some(1), "there is one already");
    machine.succeeds("rotate deploy-bot --undo --quiet");
    assert_eq!(machine.succeeds("keys deploy-bot").lines().count(), 1);

    let kept = machine.json("rotate deploy-bot --json");
    assert_eq!((&kept["next"]["kind"], &kept["rotation"]["graceSeconds"]), (&json!("grace"), &json!(86_400)), "{kept}");
    let new = kept["rotation"]["newKeyId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(machine.succeeds("keys deploy-bot").lines().count(), 2);
    assert_eq!(machine.succeeds("rotate --due"), "", "its grace isn't over");
    machine.succeeds("rotate deploy-bot --undo --quiet");
    assert!(!machine.succeeds("keys deploy-bot").contains(&new));

    let done = machine.succeeds("rotate deploy-bot --grace 0 --quiet");
    assert!(done.contains("the new key is"), "{done}");
    let listed = machine.succeeds("keys deploy-bot");
    assert!(!listed.contains(KEY_ID) && listed.lines().count() == 1, "{listed}");
    assert!(machine.userinfo(machine.succeeds("token deploy-bot").trim_end()).starts_with("HTTP/1.1 200"));

    // The server tells when the new key expires, and a person may want to hear of it later.
    let asked = machine.run("radar --refresh --within 30d");
    assert_eq!((asked.err.as_str(), asked.code), (LEFT_OUT, Some(0)));
    let soon = machine.run("radar --within 400d");
    assert!(soon.code == Some(1) && soon.out.contains("deploy-bot"), "{soon:?}");
    machine.succeeds("radar --snooze deploy-bot --for 7d");
    assert_eq!(machine.succeeds("radar --within 400d"), "", "it is snoozed");
    let asked = machine.run("radar --within 400d --snoozed");
    assert!(asked.code == Some(1) && asked.out.contains("deploy-bot"), "{asked:?}");
    let calendar = machine.succeeds("radar --ics");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.contains("deploy-bot"), "{calendar}");
    machine.succeeds("radar --wake deploy-bot");
    assert_eq!(machine.run("radar --within 400d").code, Some(1));

    let id = listed.split(['\t', ' ']).next().unwrap_or_default().to_owned();
    let refused = machine.run(&format!("keys deploy-bot --remove {id}"));
    assert!(refused.code == Some(1) && refused.err.contains("last-credential"), "{refused:?}");
    assert_eq!(machine.run("rotate nobody").code, Some(3));
    assert_eq!(machine.run("rotate deploy-bot --resume").code, Some(1));
}

#[test]
fn an_administrator_acts_by_the_first_version_of_the_api_and_is_remembered() {
    let Some(machine) = Machine::with_deploy_bot() else { return };
    machine.issuer.set_quirks(Quirks::of(Era::V2_55));
    let refused = machine.run("rotate deploy-bot");
    assert!(refused.code == Some(1) && refused.err.starts_with("error[rotation-not-allowed]"), "{refused:?}");
    machine.import_administrator();
    let done = machine.succeeds("rotate deploy-bot --by admin --remember --grace 0 --quiet");
    let first = machine.key_ids();
    assert!(first.len() == 1 && first[0] != KEY_ID && done.contains(&first[0]), "{first:?} {done}");
    let listed = machine.succeeds("keys deploy-bot");
    assert!(listed.contains(&first[0]), "the administrator asks: {listed}");
    machine.succeeds("rotate deploy-bot --grace 0 --quiet");
    assert!(machine.key_ids().len() == 1 && machine.key_ids() != first);
    assert!(machine.userinfo(machine.succeeds("token deploy-bot").trim_end()).starts_with("HTTP/1.1 200"));

    let history = machine.succeeds("rotate --history");
    assert_eq!(
        history.lines().filter(|line| line.contains("rotated") && line.ends_with("admin")).count(),
        2,
        "{history}"
    );
    let audit = machine.json("rotate deploy-bot --history --json");
    assert_eq!((audit[1]["oldKeyId"].as_str(), audit[1]["steps"][0]["step"].as_str()), (Some(KEY_ID), Some("make")));
    assert_eq!(machine.succeeds("rotate admin --history"), "");
}

#[test]
fn a_killed_rotation_is_resumed_and_says_each_step_that_it_takes() {
    let Some(machine) = Machine::with_deploy_bot() else { return };
    let (method, path_end) = ("POST".to_owned(), "/keys".to_owned());
    let loss = Loss { method, path_end, done: true, after: 0, times: 1, instead: Instead::Silence };
    machine.issuer.change_quirks(|quirks| quirks.losses = vec![loss]);
    let mut child = machine.command("rotate deploy-bot --grace 0").spawn().unwrap();
    until("the server has the new key", || machine.keys().len() == 2);
    child.kill().unwrap();
    child.wait().unwrap();

    let resumed = machine.run("rotate deploy-bot --resume");
    let told: Vec<&str> = resumed.err.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
    let expected = [
        "done   look at the server for what is left of it",
        "done   mint a token with it",
        "done   make it the default",
        "done   remove the old one at the server",
        "done   remove the old one here",
    ];
    assert_eq!((resumed.code, told), (Some(0), expected.to_vec()), "{resumed:?}");
    let left = machine.key_ids();
    assert!(left.len() == 1 && left[0] != KEY_ID && resumed.out.contains(&left[0]), "{left:?} {resumed:?}");
    machine.succeeds("token deploy-bot");
}

#[test]
fn a_rotation_whose_grace_is_over_is_finished_by_a_scheduler() {
    let Some(machine) = Machine::with_deploy_bot() else { return };
    let kept = machine.succeeds("rotate deploy-bot --quiet");
    assert!(kept.contains("`mintage rotate --due`") && machine.keys().len() == 2, "{kept}");
    assert_eq!(machine.succeeds("rotate --due"), "", "its grace isn't over");
    machine.end_grace();
    let done = machine.succeeds("rotate --due");
    let left = machine.key_ids();
    assert!(left.len() == 1 && left[0] != KEY_ID && done.contains(&left[0]), "{left:?} {done}");
    assert_eq!(machine.succeeds("rotate --due"), "", "it is over");
}

#[test]
fn a_rotation_goes_by_the_servers_clock_where_that_is_wanted() {
    let Some(machine) = Machine::with_deploy_bot() else { return };
    machine.issuer.change_quirks(|quirks| quirks.clock_offset = Duration::minutes(10));
    let refused = machine.run("rotate deploy-bot --grace 0");
    assert!(refused.code != Some(0) && refused.err.contains("add `--server-time`"), "{refused:?}");
    assert_eq!(machine.key_ids(), [KEY_ID]);
    machine.succeeds("rotate deploy-bot --grace 0 --server-time --quiet");
    assert!(machine.keys().len() == 1 && machine.key_ids() != [KEY_ID]);
}

#[test]
fn where_only_a_console_takes_keys_a_person_uploads_and_removes_them() {
    let Some(machine) = Machine::start() else { return };
    machine.add_console_environment("docusign");
    machine.succeeds("import deploy-bot.json -e console --name deploy-bot");
    let upload = machine.run("rotate deploy-bot --grace 0");
    assert!(upload.code == Some(9) && upload.out.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{upload:?}");
    assert!(upload.err.contains("--resume --done"), "{upload:?}");
    let again = machine.run("rotate deploy-bot --resume --quiet");
    assert_eq!((again.out.as_str(), again.err.as_str(), again.code), (upload.out.as_str(), "", Some(9)));

    let public_pem = upload.out.clone();
    machine.issuer.add_key(USER_ID, RegisteredKey { key_id: "4711".to_owned(), public_pem, expires_at: None });
    let mistyped = machine.run("rotate deploy-bot --resume --done --key-id 4712 --quiet");
    assert!(mistyped.code == Some(4) && mistyped.err.starts_with("error[refused]"), "{mistyped:?}");
    machine.succeeds("token deploy-bot");
    let proven = machine.run("rotate deploy-bot --resume --done --key-id 4711 --quiet");
    let by_hand = format!("deploy-bot: remove the old key {KEY_ID} in the provider\u{2019}s console");
    assert!(proven.code == Some(9) && proven.out.starts_with(&by_hand), "{proven:?}");
    assert_eq!(machine.run("rotate deploy-bot --resume --quiet").out, proven.out, "nobody said that it is done");
    machine.issuer.remove_key(USER_ID, KEY_ID);
    assert_eq!(machine.succeeds("rotate deploy-bot --resume --done --quiet"), "deploy-bot: the new key is 4711\n");
    machine.succeeds("token deploy-bot");
}

#[test]
fn where_a_console_makes_the_key_its_file_is_brought() {
    let Some(machine) = Machine::start() else { return };
    machine.add_console_environment("github-app");
    machine.succeeds("import deploy-bot.json -e console --name deploy-bot");
    let plan = machine.succeeds("rotate deploy-bot --dry-run");
    assert!(plan.contains("store the key from the file") && plan.contains("Generate a private key"), "{plan}");
    let waits = machine.run("rotate deploy-bot --grace 0");
    assert!(waits.code == Some(9) && waits.out.contains("--resume --key-file FILE"), "{waits:?}");
    assert!(waits.err.contains("Generate a private key"), "{waits:?}");
    assert_eq!(machine.run("rotate deploy-bot --resume --done --quiet").code, Some(9), "there is no file yet");
    let own = machine.run("rotate deploy-bot --resume --key-file deploy-bot.json --quiet");
    assert!(own.code == Some(1) && own.err.starts_with("error[rotation-wrong-file]"), "{own:?}");

    let pem = fixture("throwaway-rsa-2048-b.pkcs1.pem");
    let escaped = |pem: &str| pem.replace('\n', "\\n");
    let file = key_file(USER_ID, "4711", "").replace(&escaped(&fixture_key()), &escaped(&pem));
    let review = machine.in_app(async |mint| mint.review_text(Secret::new(file.clone()), Source::Paste).await.unwrap());
    let public_pem = review.facts.unwrap().key.unwrap().public_pem;
    machine.issuer.add_key(USER_ID, RegisteredKey { key_id: "4711".to_owned(), public_pem, expires_at: None });
    write_private(&machine.session.path("home/downloaded.json"), &file);
    let proven = machine.run("rotate deploy-bot --resume --key-file downloaded.json");
    let by_hand = format!("deploy-bot: remove the old key {KEY_ID} in the provider\u{2019}s console");
    assert!(proven.code == Some(9) && proven.out.starts_with(&by_hand), "{proven:?}");
    assert!(proven.err.contains("done   store the key from the file"), "{proven:?}");
    machine.issuer.remove_key(USER_ID, KEY_ID);
    assert_eq!(machine.succeeds("rotate deploy-bot --resume --done --quiet"), "deploy-bot: the new key is 4711\n");
    machine.succeeds("token deploy-bot");
}

#[test]
fn servers_are_asked_also_in_production_and_what_mintage_lacks_is_listed_until_it_is_removed() {
    const ELSEWHERE: &str = "100509901696068000";
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e live --name live-bot");
    let own = machine.keys().remove(0);
    machine.issuer.add_key(USER_ID, RegisteredKey { key_id: ELSEWHERE.to_owned(), ..own });
    let unasked = machine.run("radar --foreign --refresh");
    assert_eq!((unasked.out.as_str(), unasked.err.as_str(), unasked.code), ("", LEFT_OUT, Some(0)));
    for line in ["radar --foreign --refresh --yes", "radar --foreign"] {
        let found = machine.run(line);
        assert!(found.code == Some(1) && found.out.contains(ELSEWHERE) && !found.out.contains(KEY_ID), "{found:?}");
    }
    machine.succeeds(&format!("keys live-bot --yes --remove {ELSEWHERE}"));
    assert_eq!(machine.succeeds("radar --foreign"), "");
    assert_eq!(machine.succeeds("keys live-bot --yes --kind token"), "");
    let unlisted = machine.run("keys live-bot --yes --kind secret");
    assert!(unlisted.code == Some(1) && unlisted.err.starts_with("error[credentials-unlisted]"), "{unlisted:?}");
}
