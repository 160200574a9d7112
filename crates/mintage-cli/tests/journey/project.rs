//! A folder that says whose tokens are used in it.

use std::fs;

use crate::machine::Machine;

fn write(machine: &Machine, text: &str) {
    fs::write(machine.session.path("home/.mintage.toml"), text).unwrap();
}

#[test]
fn what_is_exported_makes_arguments_needless_elsewhere() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    let file = machine.succeeds("env export dev --user deploy-bot");
    assert!(file.contains("environment = \"dev\"") && file.contains("user = \"deploy-bot\""), "{file}");
    write(&machine, &file);
    let token = machine.succeeds("token");
    assert!(machine.userinfo(token.trim_end()).starts_with("HTTP/1.1 200"));
    assert_eq!(machine.succeeds("exec -- printenv MINTAGE_TOKEN"), token);
    let host = machine.issuer.issuer().trim_start_matches("http://").to_owned();
    let git = machine.run_with("helper git get", &format!("protocol=http\nhost={host}\n\n"));
    assert!(git.out.contains(&format!("password={}", token.trim_end())), "{git:?}");
    let elsewhere = machine.run_with("helper git get", "protocol=https\nhost=git.evil.example\n\n");
    assert_eq!(elsewhere.out, "", "the file doesn't decide where tokens go: {elsewhere:?}");
    machine.succeeds("file -- printenv MINTAGE_TOKEN_FILE");
}

#[test]
fn an_unknown_environment_is_offered_once_on_the_terminal_only() {
    let Some(machine) = Machine::start() else { return };
    let issuer = machine.issuer.issuer().to_owned();
    write(
        &machine,
        &format!(
            "environment = \"team\"\nissuer = \"{issuer}\"\nprovider = \"zitadel\"\ntier = \"development\"\nuser = \"deploy-bot\"\nhosts = [\"git.team.example\"]\n"
        ),
    );
    let silent = machine.run("token --no-input");
    assert_eq!((silent.out.as_str(), silent.code), ("", Some(9)), "{silent:?}");
    let (no, shown) = machine.on_terminal("token", &[("Add it? [y/N] ", "n")]);
    assert!(shown.contains(&issuer) && shown.contains("git.team.example"), "{shown}");
    assert!(shown.contains("programs     you're asked before one gets a token"), "{shown}");
    assert!(no.code == Some(3) && no.err.starts_with("error[environment-not-found]: "), "{no:?}");

    let (yes, _) = machine.on_terminal("token", &[("Add it? [y/N] ", "y")]);
    // The environment is there now; its key is the next thing that is missing.
    assert!(yes.code == Some(3) && yes.err.starts_with("error[user-not-found]: "), "{yes:?}");
    assert_eq!(
        machine.succeeds("env hosts team"),
        format!("{}\tissuer\ngit.team.example\ttools\n", issuer.trim_start_matches("http://"))
    );
    machine.succeeds("import deploy-bot.json -e team --name deploy-bot");
    // However harmless the file calls its environment, tokens aren't handed out without a person.
    assert_eq!(machine.json("env show team --json")["programs"], "ask");
    assert_eq!(machine.run("token --no-input").code, Some(9));
}

#[test]
fn a_repository_s_file_keeps_nobody_from_other_hosts() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    let host = machine.issuer.issuer().trim_start_matches("http://").to_owned();
    for text in ["environment = \"theirs\"\nuser = \"deploy-bot\"\n", "user = \"their-bot\"\n", "token = \"x\"\n"] {
        write(&machine, text);
        let elsewhere = machine.run_with("helper git get", "protocol=https\nhost=github.com\n\n");
        assert_eq!((elsewhere.out.as_str(), elsewhere.err.as_str(), elsewhere.code), ("", "", Some(0)), "{text}");
        let ours = machine.run_with("helper git get", &format!("protocol=http\nhost={host}\n\n"));
        assert!(ours.out.contains("password=") && ours.code == Some(0), "{text}: {ours:?}");
    }
}

#[test]
fn an_environment_of_that_name_at_another_issuer_is_not_taken_for_it() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    let file = |issuer: &str| format!("environment = \"dev\"\nissuer = \"{issuer}\"\nuser = \"deploy-bot\"\n");
    write(&machine, &file("https://other.example"));
    for line in ["token", "token --agent never", "show", "userinfo", "check", "import deploy-bot.json", "exec -- true"]
    {
        let refused = machine.run(line);
        assert!(
            refused.code == Some(3) && refused.err.starts_with("error[environment-differs]: "),
            "{line}: {refused:?}"
        );
    }
    machine.succeeds("token -e dev");
    write(&machine, &file(machine.issuer.issuer()));
    for line in ["token", "show", "userinfo", "import deploy-bot.json"] {
        machine.succeeds(line);
    }
    assert!(machine.run("check").out.contains("token\tok\tdeploy-bot got a token"));
    // The file's environment counts for whoever else is named there, too.
    machine.succeeds("import deploy-bot.json -e live --name other-bot");
    let other = machine.run("token other-bot");
    assert!(other.code == Some(3) && other.err.starts_with("error[user-not-found]: "), "{other:?}");
}

#[test]
fn a_file_with_a_secret_or_of_somebody_else_is_refused() {
    let Some(machine) = Machine::start() else { return };
    write(&machine, "user = \"deploy-bot\"\nclient_secret = \"hunter2\"\n");
    let refused = machine.run("token");
    assert!(refused.code == Some(1) && refused.err.contains("looks like a secret"), "{refused:?}");
    assert!(!refused.err.contains("hunter2"));
}
