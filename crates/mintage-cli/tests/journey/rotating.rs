//! Rotating from the terminal: by the real programs, with a real keychain, at the demo's ZITADEL.

use mintage_testbed::setup::KEY_ID;

use crate::machine::Machine;

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

    let kept = machine.json("rotate deploy-bot --grace 24h --json");
    assert_eq!(kept["next"]["kind"], "grace", "{kept}");
    let new = kept["rotation"]["newKeyId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(machine.succeeds("keys deploy-bot").lines().count(), 2);
    assert_eq!(machine.succeeds("rotate --due"), "", "its grace isn't over");
    machine.succeeds("rotate deploy-bot --undo --quiet");
    assert!(!machine.succeeds("keys deploy-bot").contains(&new));

    let done = machine.succeeds("rotate deploy-bot --quiet");
    assert!(done.contains("the new key is"), "{done}");
    let listed = machine.succeeds("keys deploy-bot");
    assert!(!listed.contains(KEY_ID) && listed.lines().count() == 1, "{listed}");
    assert!(machine.userinfo(machine.succeeds("token deploy-bot").trim_end()).starts_with("HTTP/1.1 200"));

    // The server tells when the new key expires, and a person may want to hear of it later.
    let asked = machine.run("radar --refresh --within 30d");
    assert_eq!((asked.err.as_str(), asked.code), ("left out live: it is a production environment\n", Some(0)));
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
