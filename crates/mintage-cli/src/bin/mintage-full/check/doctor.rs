//! What on **this machine** can be in the way: the agent, the programs that tools run, the keychain, the catalogue and
//! the clock.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mintage_agent_protocol::{Answer, Host, Request};
use mintage_cli::agent::{Agent, unexpected};
use mintage_core::keychain::{Keychain, KeychainState};

use super::{Finding, Outcome};
use crate::session::Session;

/// The names under which tools look for `mintage`.
const NAMES: [&str; 5] =
    ["mintage", "git-credential-mintage", "docker-credential-mintage", "terraform-credentials-mintage", "keyring"];

/// How such names begin that end with a service user's.
const OF_USERS: [&str; 3] = ["docker-credential-mintage-", "mintage-bazel-", "mintage-pnpm-"];

/// The agent, the keychain and the programs on `PATH`.
pub(super) async fn machine() -> Vec<Finding> {
    let mut findings = vec![agent(), keychain().await];
    findings.extend(programs());
    findings
}

fn agent() -> Finding {
    let hello = Request::Hello { program: env!("CARGO_PKG_VERSION").to_owned() };
    match Agent::find(false).and_then(|agent| agent.ask(&hello, true)) {
        Ok(Answer::Hello(hello)) => {
            let host = match hello.host {
                Host::Desktop => "the desktop app",
                Host::Headless => "a headless agent",
            };
            let locked = if hello.locked { ", locked" } else { "" };
            let finding = Finding::new("agent", Outcome::Ok, format!("{host} {}{locked}", hello.program));
            if hello.program == env!("CARGO_PKG_VERSION") {
                return finding;
            }
            Finding { result: Outcome::Warning, ..finding }
                .with_help(format!("This is version {}: quit Mintage and start it again", env!("CARGO_PKG_VERSION")))
        }
        Ok(_) => Finding::failed("agent", unexpected()),
        Err(failure) if failure.code == "no-agent" => {
            Finding::new("agent", Outcome::Ok, "none is running; one is started when it is needed")
        }
        Err(failure) => Finding::failed("agent", failure),
    }
}

async fn keychain() -> Finding {
    match Keychain::platform().state().await {
        KeychainState::Ready { name } => Finding::new("keychain", Outcome::Ok, format!("{name} is unlocked")),
        KeychainState::Locked { name } => Finding::new("keychain", Outcome::Warning, format!("{name} is locked"))
            .with_help("Unlock it; Mintage asks when it needs a key"),
        KeychainState::Absent => unusable("there is no keychain"),
        KeychainState::Silent => unusable("the keychain doesn't answer"),
    }
}

fn unusable(detail: &str) -> Finding {
    let finding = Finding::new("keychain", Outcome::Failed, detail)
        .with_help("Log in to a desktop session, or mint from a file with `mintage token --key-file`");
    Finding { exit: mintage_cli::failure::Exit::Keychain, ..finding }
}

/// Each program on `PATH` that is, or claims to be, `mintage`. A `keyring` that isn't ours is nobody's fault.
fn programs() -> Vec<Finding> {
    let own = std::env::current_exe().ok().and_then(|path| path.canonicalize().ok());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = NAMES.iter().map(ToString::to_string).chain(named_after_users(&folders));
    names.filter_map(|name| program(&name, &folders, own.as_deref())).collect()
}

/// The names by which tools say whose tokens they want.
fn named_after_users(folders: &[PathBuf]) -> BTreeSet<String> {
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let of_users = names.filter(|name| OF_USERS.iter().any(|start| name.starts_with(start)));
    of_users.map(|name| name.strip_suffix(std::env::consts::EXE_SUFFIX).unwrap_or(&name).to_owned()).collect()
}

fn program(name: &str, folders: &[PathBuf], own: Option<&Path>) -> Option<Finding> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let found = folders.iter().map(|folder| folder.join(&file)).find(|path| path.symlink_metadata().is_ok())?;
    let shown = found.display();
    let Ok(real) = found.canonicalize() else {
        return Some(
            Finding::new(name, Outcome::Failed, format!("{shown} is a broken link"))
                .with_help("Run `mintage setup` for that tool again, or delete the link"),
        );
    };
    let is_ours = real.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("mintage"));
    if !is_ours {
        return None;
    }
    // The small program and the full one belong to one installation.
    let beside = |own: &Path| {
        own.parent().is_some_and(|folder| real.starts_with(folder))
            || own
                .parent()
                .map(|folder| folder.join("../../bin"))
                .and_then(|bin| bin.canonicalize().ok())
                .is_some_and(|bin| real.starts_with(bin))
    };
    if own.is_some_and(beside) {
        return Some(Finding::new(name, Outcome::Ok, shown.to_string()));
    }
    let finding = Finding::new(name, Outcome::Warning, format!("{shown} belongs to another installation"));
    Some(finding.with_help("Remove one of the two, so that tools and you use the same"))
}

/// What the catalogue says: its size, and whether the clock went back behind what was recorded.
pub(super) async fn stored(session: &Session) -> Vec<Finding> {
    let environments = session.mint.environments().await;
    let users = session.mint.service_users(None).await;
    let (Ok(environments), Ok(users), Ok(activity)) = (environments, users, session.mint.activity(None).await) else {
        return vec![Finding::new("catalogue", Outcome::Failed, "it can't be read")];
    };
    let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let detail = format!("{}, {}", count(environments.len(), "environment"), count(users.len(), "service user"));
    let mut findings = vec![Finding::new("catalogue", Outcome::Ok, detail)];
    let missing = users.iter().filter(|user| user.listed.key_missing).count();
    if missing > 0 {
        let detail = format!("{} missing from the keychain", count(missing, "key"));
        findings.push(
            Finding::new("keys", Outcome::Warning, detail)
                .with_help("Import their key files again; `mintage ls` shows whose"),
        );
    }
    if activity.first().is_some_and(|newest| newest.at > session.mint.now()) {
        let detail = "the clock is earlier than the last thing that Mintage recorded";
        findings.push(Finding::new("clock", Outcome::Warning, detail).with_help("Set this computer's clock"));
    }
    findings
}
