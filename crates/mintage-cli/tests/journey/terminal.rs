//! A **terminal** that a person types into: the program's controlling terminal, whatever its standard streams are.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use crate::machine::{Machine, Ran};

impl Machine {
    /// Runs a command line on a terminal. Each answer is typed once its question is shown. Gives what the program left
    /// behind, and what was shown on the terminal.
    pub(crate) fn on_terminal(&self, line: &str, answers: &[(&str, &str)]) -> (Ran, String) {
        let own = self.command(line);
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).arg(own.get_program()).args(own.get_args());
        command.current_dir(own.get_current_dir().unwrap()).env_clear();
        command.envs(std::env::vars_os());
        for (name, value) in own.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut child =
            command.stdin(Stdio::from(terminal.slave)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The command holds the terminal's other end open, and nobody would see it close.
        drop(command);
        let mut person = File::from(terminal.master);
        let mut shown = String::new();
        for (question, answer) in answers {
            let asked = shown.len();
            while !shown[asked..].contains(question) {
                let mut bytes = [0; 4096];
                let count = person.read(&mut bytes).unwrap_or(0);
                assert!(count > 0, "{line}: `{question}` was never asked: {shown}, {:?}", said(&mut child));
                shown += &String::from_utf8_lossy(&bytes[..count]);
            }
            // A person types after reading: by then what is secret isn't echoed any more.
            while question.starts_with("Passphrase") && echoes(&person) {
                std::thread::yield_now();
            }
            person.write_all(format!("{answer}\n").as_bytes()).unwrap();
        }
        let mut rest = Vec::new();
        // Linux says EIO where others say end of file.
        _ = person.read_to_end(&mut rest);
        shown += &String::from_utf8_lossy(&rest);
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }, shown)
    }
}

/// Whether the terminal shows what is typed.
fn echoes(terminal: &File) -> bool {
    nix::sys::termios::tcgetattr(terminal).unwrap().local_flags.contains(nix::sys::termios::LocalFlags::ECHO)
}

fn said(child: &mut std::process::Child) -> String {
    let mut text = String::new();
    _ = child.stderr.take().unwrap().read_to_string(&mut text);
    text
}
