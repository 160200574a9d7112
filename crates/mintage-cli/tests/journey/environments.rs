//! Environments from the terminal: adding, the hosts of their tokens, and what others get of them.

use crate::machine::Machine;

#[test]
fn an_environment_is_added_once_its_server_was_asked() {
    let Some(machine) = Machine::start() else { return };
    let issuer = machine.issuer.issuer();
    let line = format!("env add staging --issuer {issuer} --provider zitadel --tier staging --json");
    assert_eq!(machine.json(&line)["name"], "staging");
    let shown = machine.json("env show staging --json");
    assert_eq!((&shown["tier"], &shown["programs"]), (&"staging".into(), &"ask".into()));
    let twice = machine.run(&line);
    assert!(twice.code == Some(1) && twice.err.contains("name-taken"), "{twice:?}");
    assert_eq!(machine.run("env add other --issuer http://auth.example").code, Some(1), "plain HTTP isn't an issuer's");
    machine.succeeds("import deploy-bot.json -e staging --name deploy-bot");
    assert_eq!(machine.run("token staging/deploy-bot --no-input").code, Some(9), "a person is asked");
    for (name, more, programs) in [
        ("shared", "--tier staging --programs tell", "tell"),
        ("own", "--tier development", "ask"),
        ("live-too", "--tier production --programs tell", "ask"),
    ] {
        machine.succeeds(&format!("env add {name} --issuer {issuer} --provider zitadel {more}"));
        assert_eq!(machine.json(&format!("env show {name} --json"))["programs"], programs, "{name}");
    }
    machine.succeeds("import deploy-bot.json -e shared --name deploy-bot");
    assert!(machine.userinfo(machine.succeeds("token shared/deploy-bot").trim_end()).starts_with("HTTP/1.1 200"));
}

#[test]
fn tokens_go_to_the_hosts_that_are_listed_and_to_no_other() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    let issuer = machine.issuer.issuer().trim_start_matches("http://").to_owned();
    assert_eq!(machine.succeeds("env hosts dev"), format!("{issuer}\tissuer\n"));
    let docker = || machine.run_with("helper docker get", "registry.example:5000\n");
    assert_eq!(docker().out, "credentials not found in native keychain\n");
    machine.succeeds("env hosts deploy-bot --add registry.example:5000 --add *.corp.example");
    let hosts = machine.json("env hosts dev --json");
    assert_eq!(hosts[1]["host"], "registry.example:5000");
    // docker names no service user: it's the one whose environment has the host.
    let given = docker();
    assert!(given.out.contains("\"ServerURL\":\"registry.example:5000\"") && given.code == Some(0), "{given:?}");
    let keyring = machine.run("helper keyring get https://pypi.corp.example/simple/ oauth2");
    assert_eq!((keyring.out.lines().count(), keyring.code), (1, Some(0)), "{keyring:?}");
    assert_eq!(machine.run("helper keyring get https://pypi.evil.example/simple/ oauth2").out, "");
    machine.succeeds("env hosts dev --remove registry.example:5000");
    assert_eq!(docker().out, "credentials not found in native keychain\n");
    assert_eq!(machine.run("env hosts dev --add https://x.example/path").code, Some(2));
    assert_eq!(machine.run("env hosts nowhere --add x.example").code, Some(3));
}

#[test]
fn setup_shows_and_stores_the_host_that_it_is_for() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    let line = "setup docker deploy-bot -e dev --host registry.example:5000";
    let shown = machine.run(line);
    assert!(shown.out.starts_with("+host registry.example:5000: tokens of deploy-bot may go there\n"), "{shown:?}");
    assert!(!machine.succeeds("env hosts dev").contains("registry.example"), "nothing was changed");
    machine.succeeds(&format!("{line} --write"));
    assert!(machine.succeeds("env hosts dev").contains("registry.example:5000\ttools\n"));
    assert!(!machine.run(line).out.contains("+host"), "it is stored already");
    // Another service user of the environment makes no difference to who was set up.
    machine.succeeds("import orders-api.json -e dev --name orders-api");
    let given = machine.run_with("helper docker deploy-bot -e dev get", "registry.example:5000\n");
    assert_eq!(given.code, Some(0), "{given:?}");
    let index = "helper keyring get https://registry.example:5000/simple/";
    let keyring = machine.run(&format!("{index} deploy-bot"));
    assert_eq!((keyring.out.lines().count(), keyring.code), (1, Some(0)), "{keyring:?}");
    machine.succeeds(&format!("{line} --undo"));
    let nobody = machine.run("setup terraform nobody");
    assert!(nobody.code == Some(3) && nobody.err.starts_with("error[user-not-found]: "), "{nobody:?}");
}
