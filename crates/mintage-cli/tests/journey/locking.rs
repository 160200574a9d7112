//! When a headless agent locks by itself, and that it stays so until a person or the keychain unlocks it.

use mintage_testbed::logind::{self, Logind};
use mintage_testbed::wait::until;

use crate::machine::Machine;

impl Machine {
    fn enrolled_in_session() -> Option<(Self, Logind)> {
        let machine = Self::start()?;
        let logind = Logind::start(&machine.session, nix::unistd::geteuid().as_raw());
        machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
        machine.succeeds("token deploy-bot");
        Some((machine, logind))
    }

    fn is_locked(&self) -> bool {
        self.json("agent status --json")["locked"] == true
    }

    fn unlock(&self) {
        let (unlocked, _) = self.on_terminal("unlock", &[]);
        assert_eq!(unlocked.code, Some(0), "{unlocked:?}");
        assert!(!self.is_locked());
    }
}

#[test]
fn tokens_are_forgotten_before_the_computer_sleeps() {
    let Some((machine, logind)) = Machine::enrolled_in_session() else { return };
    for _ in 0..2 {
        assert_eq!(machine.json("token deploy-bot --json")["reused"], true);
        // Returns once the agent no longer delays sleep.
        logind.sleep();
        assert!(machine.is_locked());
        let locked = machine.run("token deploy-bot");
        assert!(locked.code == Some(6) && locked.err.starts_with("error[agent-locked]: "), "{locked:?}");
        logind.wake();
        assert!(machine.is_locked(), "waking up unlocks nothing");
        machine.unlock();
        assert_eq!(machine.json("token deploy-bot --json")["reused"], false);
    }
}

#[test]
fn a_locked_screen_locks_and_another_user_s_does_not() {
    let Some((machine, logind)) = Machine::enrolled_in_session() else { return };
    for interface in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"] {
        logind.lock_screen(interface);
        until("the agent has heard of the screen", || machine.is_locked());
        machine.unlock();
    }
    logind.lock_session(logind::OWN);
    until("the agent has heard of the session", || machine.is_locked());
    machine.unlock();
    // The agent takes one after the other: by the time it asks about the second, it has decided about the first.
    let before = logind.times_listed();
    for heard in 1..=2 {
        logind.lock_session(logind::ANOTHER);
        until("the agent has asked whose session it is", || logind.times_listed() >= before + heard);
    }
    assert!(!machine.is_locked());
}

#[test]
fn a_locked_keychain_locks_and_its_password_is_asked_for_once() {
    let Some((machine, _logind)) = Machine::enrolled_in_session() else { return };
    machine.session.lock();
    until("the agent has heard of the keychain", || machine.is_locked());
    // Nobody can type a password at a prompt here, so no key is read.
    let refused = machine.run("import deploy-bot.json -e live --name another --no-input");
    assert!(refused.code != Some(0), "{refused:?}");
    machine.session.unlock();
    machine.unlock();
    assert_eq!(machine.json("token deploy-bot --json")["reused"], false);
}

#[test]
fn a_lock_holds_for_programs_that_ask_no_agent() {
    let Some((machine, _logind)) = Machine::enrolled_in_session() else { return };
    let lines = [
        "token deploy-bot --agent never",
        "exec deploy-bot --agent never -- true",
        "keys deploy-bot",
        "token deploy-bot",
    ];
    assert_eq!(machine.run(lines[0]).code, Some(0));
    machine.succeeds("lock");
    for line in lines {
        let locked = machine.run(line);
        assert!(locked.code == Some(6) && locked.out.is_empty(), "{line}: {locked:?}");
        assert!(locked.err.starts_with("error[agent-locked]: "), "{line}: {locked:?}");
    }
    machine.unlock();
    machine.succeeds(lines[0]);
}

#[test]
fn whatever_asks_is_asked_about_without_an_agent_too() {
    let Some(machine) = Machine::start() else { return };
    let issuer = machine.issuer.issuer();
    machine.succeeds(&format!("env add staging --issuer {issuer} --provider zitadel --tier staging"));
    machine.succeeds("import deploy-bot.json -e staging --name deploy-bot");
    let line = "token deploy-bot --agent never";
    assert_eq!(machine.run(&format!("{line} --no-input")).code, Some(9));
    let question = "Mint a token of deploy-bot in staging? [y/N] ";
    let (no, _) = machine.on_terminal(line, &[(question, "n")]);
    assert!(no.code == Some(6) && no.out.is_empty() && no.err.starts_with("error[approval-denied]: "), "{no:?}");
    let (yes, _) = machine.on_terminal(line, &[(question, "y")]);
    assert!(machine.userinfo(yes.out.trim_end()).starts_with("HTTP/1.1 200"), "{yes:?}");
    assert_eq!(machine.succeeds("ls --agent never").split('\t').next(), Some("deploy-bot"));
    assert_eq!(machine.run("lock --agent never").code, Some(2));
}

#[test]
fn a_lock_outlives_the_agent_and_only_a_person_ends_it() {
    let Some((machine, _logind)) = Machine::enrolled_in_session() else { return };
    for verb in ["lock", "agent lock"] {
        // Whether an agent runs makes no difference.
        machine.succeeds("agent stop");
        machine.succeeds("agent stop");
        machine.succeeds(verb);
        assert!(machine.is_locked());
        machine.succeeds("agent stop");
        // The next question starts another agent, which is locked from its start.
        let locked = machine.run("token deploy-bot");
        assert!(locked.code == Some(6) && locked.err.starts_with("error[agent-locked]: "), "{locked:?}");
        machine.succeeds("ls");
        let refused = machine.run("unlock");
        assert!(refused.code == Some(1) && refused.err.starts_with("error[unlocker-unknown]: "), "{refused:?}");
        machine.unlock();
        machine.succeeds("token deploy-bot");
    }
}
