//! Verbs that look at tokens, ask the issuer, and find out what is wrong.

use mintage_core::settings::Settings;
use mintage_testbed::setup::{KEY_ID, USER_ID};
use serde_json::Value;

use crate::machine::{Machine, PROJECT};

fn enrolled() -> Option<Machine> {
    let machine = Machine::start()?;
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    Some(machine)
}

#[test]
fn a_token_is_verified_against_the_issuer_s_keys() {
    let Some(machine) = enrolled() else { return };
    let verified = machine.json("verify deploy-bot --json");
    assert_eq!((&verified["verdict"], &verified["environment"]), (&"valid".into(), &"dev".into()), "{verified}");

    let token = machine.succeeds("token deploy-bot");
    // Two environments have the issuer that it names.
    let ambiguous = machine.run_with("verify -", &token);
    assert!(ambiguous.code == Some(3) && ambiguous.err.starts_with("error[issuer-ambiguous]: "), "{ambiguous:?}");
    let piped = machine.run_with("verify - -e dev", &token);
    assert_eq!((piped.out.lines().next(), piped.code), (Some("token\tvalid\t"), Some(0)), "{piped:?}");
    let elsewhere = machine.run_with("verify - -e dev --audience somebody-else", &token);
    assert_eq!(elsewhere.code, Some(1));
    assert!(elsewhere.out.contains("aud\tfails\t"), "{elsewhere:?}");

    let (rest, signature) = token.trim_end().rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = machine.run_with("verify - -e dev", &format!("{rest}.{flipped}{}", &signature[1..]));
    assert_eq!(
        (forged.out.lines().next(), forged.code),
        (Some("token\tinvalid\tthe signature doesn't match"), Some(1))
    );
    assert_eq!(machine.run_with("verify -", "no token").code, Some(1));

    let opaque = machine.run_with("verify - -e dev", "opaque-token-of-somebody");
    assert!(opaque.err.starts_with("error[token-opaque]: "), "{opaque:?}");
    // An issuer that the user never entered isn't asked for its keys.
    let stranger = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL3N0cmFuZ2VyLmV4YW1wbGUifQ.c2ln";
    let unknown = machine.run_with("verify -", stranger);
    assert!(unknown.code == Some(3) && unknown.err.starts_with("error[issuer-unknown]: "), "{unknown:?}");
    // No key is found for it, but its issuer is certainly another one.
    let foreign = machine.run_with("verify - -e dev", stranger);
    assert!(foreign.code == Some(1) && foreign.out.starts_with("token\tinvalid\t"), "{foreign:?}");
    assert!(foreign.out.contains("signature\tnot checked\t") && foreign.out.contains("iss\tfails\t"), "{foreign:?}");
}

#[test]
fn the_issuer_is_asked_whose_token_it_is_and_whether_it_is_active() {
    let Some(machine) = enrolled() else { return };
    assert_eq!(machine.json("userinfo deploy-bot --json")["sub"], USER_ID);
    assert!(machine.succeeds("userinfo dev/deploy-bot").contains(&format!("sub\t{USER_ID}\t")));
    assert_eq!(machine.run("userinfo nobody").code, Some(3));

    let nobody = machine.run("introspect deploy-bot");
    assert!(nobody.code == Some(3) && nobody.err.starts_with("error[client-not-found]: "), "{nobody:?}");
    machine.succeeds("import orders-api.json -e dev --name orders-api");
    assert!(machine.succeeds("ls orders-api").contains("\tintrospects\t"));
    let inactive = machine.run("introspect deploy-bot");
    assert!(inactive.code == Some(1) && inactive.out.starts_with("active\tfalse"), "{inactive:?}");
    assert!(inactive.err.contains("help: "), "a cause is told: {inactive:?}");
    let audience = format!("token deploy-bot --scope openid --scope urn:zitadel:iam:org:project:id:{PROJECT}:aud");
    let token = machine.succeeds(&audience);
    let active = machine.run_with("introspect - -e dev --client orders-api --json", &token);
    let active: Value = serde_json::from_str(&active.out).unwrap();
    assert_eq!((&active["active"], &active["sub"]), (&true.into(), &USER_ID.into()));
    assert_eq!(machine.run_with("introspect -", &token).code, Some(2), "it has to say whose application asks");
    assert_eq!(machine.run("introspect deploy-bot --client nobody").code, Some(3));
}

#[test]
fn two_tokens_are_compared() {
    let Some(machine) = enrolled() else { return };
    let same = machine.run("diff deploy-bot dev/deploy-bot");
    assert_eq!((same.out.as_str(), same.code), ("", Some(0)), "{same:?}");
    let other = machine
        .succeeds(&format!("token deploy-bot --scope openid --scope urn:zitadel:iam:org:project:id:{PROJECT}:aud"));
    let differ = machine.run_with("diff deploy-bot - --json", &other);
    assert_eq!(differ.code, Some(1), "{differ:?}");
    let differ: Value = serde_json::from_str(&differ.out).unwrap();
    let payload = differ["payload"].as_array().unwrap();
    let aud = payload.iter().find(|claim| claim["name"] == "aud").unwrap();
    assert!(aud["change"] != "same" && aud.to_string().contains(PROJECT), "{aud}");
    assert_eq!(machine.run("diff - -").code, Some(2));
}

#[test]
fn a_check_says_what_works_and_the_report_tells_no_secret() {
    let Some(machine) = enrolled() else { return };
    let token = machine.succeeds("token deploy-bot");
    let report = machine.session.path("report.json");
    let checked = machine.json(&format!("check deploy-bot --json --report {}", report.display()));
    let result = |name: &str| {
        let found = checked.as_array().unwrap().iter().find(|finding| finding["check"] == name);
        found.map(|finding| finding["result"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    for name in ["agent", "keychain", "catalogue", "discovery document", "token"] {
        assert_eq!(result(name), "ok", "{name}: {checked}");
    }
    let text = std::fs::read_to_string(report).unwrap();
    assert!(text.contains("\"findings\"") && !text.contains(token.trim_end()) && !text.contains("PRIVATE KEY"));
    assert!(!text.contains(machine.session.path("home").to_str().unwrap()), "whose computer it is stays out of it");

    assert_eq!(machine.run("check nobody").code, Some(3));
    assert_eq!(machine.run("check").code, Some(0));
    assert!(machine.issuer.remove_key(USER_ID, KEY_ID));
    let refused = machine.run("check deploy-bot");
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.out.contains("token\tfailed\t") && refused.out.contains("\tcause\t"), "{refused:?}");
}

#[test]
fn activity_tells_what_was_done_and_for_whom() {
    let Some(machine) = enrolled() else { return };
    for _ in 0..3 {
        machine.succeeds("token deploy-bot");
    }
    let rows = machine.json("activity --json");
    let rows = rows.as_array().unwrap();
    let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert!(actions.contains(&"import") && actions.contains(&"mint"), "{actions:?}");
    assert_eq!(actions.iter().filter(|action| **action == "program").count(), 1, "each hand-out once: {actions:?}");
    let handed = rows.iter().find(|row| row["action"] == "program").unwrap();
    assert_eq!((&handed["serviceUser"], &handed["environment"]), (&"deploy-bot".into(), &"dev".into()));
    assert_eq!((&handed["count"], &handed["detail"]), (&3.into(), &"3 times".into()), "{handed}");
    assert!(handed["program"].as_str().is_some_and(|program| !program.is_empty()), "{handed}");
    machine.succeeds("agent stop");
    assert_eq!(machine.json("activity --json").as_array().unwrap(), rows, "the agent has stored what it handed out");
    assert_eq!(machine.json("activity deploy-bot --limit 1 --json").as_array().unwrap().len(), 1);
    assert_eq!(machine.run("activity nobody").code, Some(3));
}

#[test]
fn copying_needs_the_desktop_and_says_so() {
    let Some(machine) = enrolled() else { return };
    let alone = machine.run("copy deploy-bot");
    assert!(alone.code == Some(1) && alone.err.starts_with("error[clipboard-needs-desktop]: "), "{alone:?}");
    machine.succeeds("token deploy-bot");
    // A headless agent has no clipboard either.
    let headless = machine.run("copy deploy-bot");
    assert!(
        headless.err.contains("error[clipboard-needs-desktop]: ") && headless.err.contains("help: "),
        "{headless:?}"
    );
}

#[test]
fn without_an_agent_this_process_mints_and_asks_about_production() {
    let Some(machine) = enrolled() else { return };
    let token = machine.succeeds("token deploy-bot --agent never");
    assert!(machine.userinfo(token.trim_end()).starts_with("HTTP/1.1 200"));
    let status = machine.run("agent status");
    assert!(status.err.starts_with("error[no-agent]: "), "none was started: {status:?}");
    machine.succeeds("import deploy-bot.json -e live --name deploy-bot");
    assert_eq!(machine.run("token live/deploy-bot --agent never --no-input").code, Some(9));
    let line = "token live/deploy-bot --agent never";
    let (yes, _) = machine.on_terminal(line, &[("which is production? [y/N] ", "y")]);
    assert!(machine.userinfo(yes.out.trim_end()).starts_with("HTTP/1.1 200"), "{yes:?}");
    for asks in [true, false] {
        // Whatever the window asks, a no is a no.
        machine.in_app(async |mint| {
            let opened = mint.settings().await.unwrap();
            let wanted = Settings { ask_before_production: asks, ..opened.clone() };
            mint.change_settings(&opened, &wanted).await.unwrap();
        });
        let (no, _) = machine.on_terminal(line, &[("which is production? [y/N] ", "")]);
        assert_eq!((no.out.as_str(), no.code), ("", Some(7)), "{no:?}");
    }
}
