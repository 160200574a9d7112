//! From a key file to a token that the issuer knows.

use mintage_testbed::setup::{KEY_ID, USER_ID};
use serde_json::Value;

use crate::machine::Machine;

/// A question of git's, with the state that the helper gave it.
fn git_asks(machine: &Machine, state: &str) -> String {
    let host = machine.issuer.issuer().trim_start_matches("http://");
    let question = format!("capability[]=authtype\ncapability[]=state\nprotocol=http\nhost={host}\n{state}\n")
        .replace("\n\n", "\n");
    let ran = machine.run_with("helper git deploy-bot -e dev get", &(question + "\n"));
    assert_eq!((ran.err.as_str(), ran.code), ("", Some(0)));
    ran.out
}

fn field<'a>(answer: &'a str, name: &str) -> &'a str {
    answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
}

#[test]
fn a_key_file_becomes_tokens_that_the_issuer_knows() {
    let Some(machine) = Machine::start() else { return };
    let stored = machine.json("import deploy-bot.json -e dev --name deploy-bot --try --json");
    assert_eq!((&stored[0]["state"], &stored[0]["tested"]), (&"stored".into(), &true.into()), "{stored}");

    // The first question starts the agent.
    let token = machine.succeeds("token deploy-bot");
    let token = token.trim_end();
    assert_eq!(token.split('.').count(), 3, "it is a JWT");
    let copied = machine.run("copy deploy-bot");
    assert!(copied.code == Some(1) && copied.err.starts_with("error[clipboard-needs-desktop]: "), "{copied:?}");
    assert!(machine.userinfo(token).starts_with("HTTP/1.1 200"));
    assert!(!machine.userinfo("another").starts_with("HTTP/1.1 200"));
    let again = machine.json("token deploy-bot --json");
    assert_eq!((&again["token"], &again["reused"]), (&token.into(), &true.into()));
    assert_eq!((&again["environment"], &again["issuer"]), (&"dev".into(), &machine.issuer.issuer().into()));
    let fresh = machine.json("token dev/deploy-bot --fresh --json");
    assert_eq!(fresh["reused"], false);
    assert_ne!(fresh["token"], token);

    // A refused token is replaced within the same command of git's.
    let first = git_asks(&machine, "");
    assert_eq!(field(&first, "credential"), fresh["token"]);
    let state = format!("state[]={}", field(&first, "state[]"));
    let second = git_asks(&machine, &state);
    assert_ne!(field(&second, "credential"), field(&first, "credential"));
    assert!(machine.userinfo(field(&second, "credential")).starts_with("HTTP/1.1 200"));
    assert_eq!(machine.succeeds("token deploy-bot").trim_end(), field(&second, "credential"));

    // What a lock forgets isn't handed out again.
    machine.succeeds("lock");
    let locked = machine.run("token deploy-bot");
    assert!(locked.code == Some(6) && locked.err.starts_with("error[agent-locked]: "), "{locked:?}");
    assert_eq!(machine.run("unlock").code, Some(1), "only a person unlocks");
    let (unlocked, _) = machine.on_terminal("unlock", &[]);
    assert_eq!(unlocked.code, Some(0), "{unlocked:?}");
    let after = machine.json("token deploy-bot --json");
    assert_eq!(after["reused"], false);
}

#[test]
fn names_hosts_and_production_have_their_own_ends() {
    let Some(machine) = Machine::start() else { return };
    for environment in ["dev", "live"] {
        machine.succeeds(&format!("import deploy-bot.json -e {environment} --name deploy-bot"));
    }
    let ambiguous = machine.run("token deploy-bot");
    assert_eq!(ambiguous.code, Some(3));
    assert!(ambiguous.err.contains("dev/deploy-bot, live/deploy-bot"), "{}", ambiguous.err);
    assert_eq!(machine.run("token nobody").code, Some(3));
    let production = machine.run("token live/deploy-bot --no-input");
    assert_eq!((production.out.as_str(), production.code), ("", Some(9)), "{}", production.err);

    let elsewhere = "capability[]=authtype\nprotocol=https\nhost=git.example\n\n";
    assert_eq!(machine.run_with("helper git deploy-bot -e dev get", elsewhere).out, "");
}

#[test]
fn lists_say_what_is_stored() {
    let Some(machine) = Machine::start() else { return };
    let content = std::fs::read_to_string(machine.session.path("home/deploy-bot.json")).unwrap();
    let stored = machine.run_with("import - -e dev --name deploy-bot", &content);
    assert_eq!((stored.out.as_str(), stored.code), ("-\tstored\tdeploy-bot\t\n", Some(0)), "{}", stored.err);
    assert_eq!(machine.succeeds("import deploy-bot.json -e dev"), "deploy-bot.json\tunchanged\tdeploy-bot\t\n");
    assert_eq!(machine.run_with("import - -e dev", "no key").code, Some(1));

    // A Tab starts no agent.
    assert_eq!(machine.succeeds("__complete users"), "deploy-bot\n");
    assert_eq!(machine.succeeds("__complete environments"), "dev\nlive\n");
    assert!(machine.run("agent status").err.starts_with("error[no-agent]: "));

    let listed = machine.json("ls --json");
    assert_eq!((&listed[0]["name"], &listed[0]["state"]), (&"deploy-bot".into(), &"ready".into()));
    let shown = machine.json("show deploy-bot --json");
    assert_eq!((&shown["userId"], &shown["keyId"], &shown["id"]), (&USER_ID.into(), &KEY_ID.into(), &listed[0]["id"]));
    let environments = machine.succeeds("env ls");
    let issuer = machine.issuer.issuer();
    assert_eq!(
        environments,
        format!("dev\tdevelopment\tzitadel\t{issuer}\t1\nlive\tproduction\tzitadel\t{issuer}\t0\n")
    );
    assert_eq!(machine.succeeds("radar"), "");

    let token = machine.succeeds("token deploy-bot");
    let claims = machine.run_with("claims - --json", &token);
    let claims: Value = serde_json::from_str(&claims.out).unwrap();
    assert_eq!(claims["payload"]["sub"], USER_ID);
    assert_eq!(machine.json("claims deploy-bot --json"), claims);
}

#[test]
fn a_key_file_gives_a_token_and_nothing_is_stored() {
    let Some(machine) = Machine::start() else { return };
    let issuer = machine.issuer.issuer();
    let token = machine.succeeds(&format!("token --key-file deploy-bot.json --issuer {issuer}"));
    assert!(machine.userinfo(token.trim_end()).starts_with("HTTP/1.1 200"));
    let content = std::fs::read_to_string(machine.session.path("home/deploy-bot.json")).unwrap();
    let piped = machine.run_with(&format!("token --key-file - --issuer {issuer} --json"), &content);
    let piped: Value = serde_json::from_str(&piped.out).unwrap();
    assert_eq!((&piped["issuer"], &piped["reused"]), (&issuer.into(), &false.into()));
    assert_eq!(machine.json("ls --json"), serde_json::json!([]));
}

/// As in a container: no home, no keychain, no bus, no agent, and perhaps no folder for temporary files.
#[test]
fn a_key_file_is_all_that_a_token_needs() {
    let Some(machine) = Machine::start() else { return };
    let folder = machine.session.path("temporary");
    std::fs::create_dir(&folder).unwrap();
    let line = format!("token --key-file deploy-bot.json --issuer {}", machine.issuer.issuer());
    for temporary in [folder.as_path(), std::path::Path::new("/nowhere")] {
        let mut command = machine.command(&line);
        let output = command.env_clear().env("TMPDIR", temporary).stdin(std::process::Stdio::null()).output().unwrap();
        assert_eq!((output.stderr.as_slice(), output.status.code()), (&b""[..], Some(0)), "{output:?}");
        assert!(machine.userinfo(String::from_utf8(output.stdout).unwrap().trim_end()).starts_with("HTTP/1.1 200"));
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing stays");
}
