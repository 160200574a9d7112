//! A disk that is full below the catalogue.

use std::process::{Command, Stdio};

use mintage_testbed::skip::skip;

use crate::machine::{Machine, Ran};

/// The disk's size. Only the catalogue is on it, and what fills the rest.
const SIZE: &str = "2m";

impl Machine {
    /// Runs a command line with a copy of the catalogue on a disk that has no space left.
    fn on_full_disk(&self, line: &str) -> Ran {
        let own = self.command(line);
        let script = format!(
            "set -e; mkdir -p $0; mount -t tmpfs -o size={SIZE},mode=700 tmpfs $0; cp -p $1/* $0/; \
             cat /dev/zero > $0/ballast 2>/dev/null || true; \
             export MINTAGE_DATA_DIR=$0; user=$2; group=$3; shift 3; \
             exec unshare --user --map-user=$user --map-group=$group -- \"$@\""
        );
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
        command.arg(self.session.path("full")).arg(self.session.path("catalogue"));
        command.arg(nix::unistd::geteuid().to_string()).arg(nix::unistd::getegid().to_string());
        command.arg(own.get_program()).args(own.get_args()).current_dir(own.get_current_dir().unwrap());
        command.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }
}

/// Whether this system lets a user have mounts of their own.
fn may_mount() -> bool {
    let probe =
        Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).stderr(Stdio::null()).status();
    let may = probe.is_ok_and(|status| status.success());
    if !may {
        skip("this system allows no mounts of one's own");
    }
    may
}

#[test]
fn what_cannot_be_stored_is_said() {
    let Some(machine) = Machine::start().filter(|_| may_mount()) else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    machine.succeeds("agent stop");
    for line in [
        format!("env add x --issuer {} --provider zitadel", machine.issuer.issuer()),
        "env hosts dev --add a.example".to_owned(),
        "import deploy-bot.json -e live --name another".to_owned(),
    ] {
        let told = machine.on_full_disk(&line);
        assert!(told.code == Some(1) && told.err.contains("error[disk-full]: "), "{line}: {told:?}");
        assert!(told.err.contains("help: Free some space"), "{line}: {told:?}");
    }
}
