//! What people see in a real terminal. With `MINTAGE_TERMINAL_TEXT` set to a file, what is on the screen is written
//! there; `cargo xtask pictures` makes the README's picture of it.

use std::process::Command;

use mintage_testbed::wait::comes_true;

use crate::machine::Machine;

/// A terminal in tmux with a shell in it.
struct Screen {
    socket: String,
}

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

impl Screen {
    /// `None` where tmux isn't installed.
    fn open(machine: &Machine) -> Option<Self> {
        let screen = Self { socket: machine.session.path("run/tmux").display().to_string() };
        let bin = std::path::Path::new(env!("CARGO_BIN_EXE_mintage")).parent().unwrap().to_owned();
        let path = std::env::var("PATH").unwrap();
        let shell = machine.command("ls");
        let start = machine.session.path("run/shell");
        std::fs::write(&start, "PS1='$ '\n").unwrap();
        let program = format!("bash --rcfile {}", start.display());
        let mut command = screen.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "132", "-y", "30", &program]);
        for (name, value) in shell.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("PATH", format!("{}:{path}", bin.display())).env("API", machine.issuer.issuer());
        command.env("TERM", "xterm-256color").current_dir(machine.session.path("home"));
        match command.status() {
            Ok(status) => assert!(status.success()),
            Err(_) => return None,
        }
        screen.tmux(&["set-option", "-g", "status", "off"]).status().unwrap();
        screen.prompts(1);
        Some(screen)
    }

    fn tmux(&self, words: &[&str]) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-S", &self.socket]).args(words);
        command
    }

    fn text(&self) -> String {
        let output = self.tmux(&["capture-pane", "-p", "-S", "-200"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Waits until the shell has asked for its nth command.
    fn prompts(&self, count: usize) {
        let asked = || self.text().lines().filter(|line| *line == "$" || line.starts_with("$ ")).count() >= count;
        assert!(comes_true(PATIENCE, asked), "{}", self.text());
    }

    fn types(&self, line: &str, nth: usize) {
        self.tmux(&["send-keys", "-l", line]).status().unwrap();
        self.tmux(&["send-keys", "Enter"]).status().unwrap();
        self.prompts(nth + 2);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        _ = self.tmux(&["kill-server"]).status();
    }
}

#[test]
fn a_terminal_shows_lists_and_next_steps_and_no_token() {
    let Some(machine) = Machine::start() else { return };
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot --try");
    machine.succeeds("import orders-api.json -e dev --name orders-api");
    let token = machine.succeeds("token deploy-bot");
    let Some(screen) = Screen::open(&machine) else {
        return mintage_testbed::skip::skip("tmux isn't installed");
    };
    let lines = [
        "mintage ls",
        "mintage token deploy-bot",
        "mintage token deploy-bot --form header | curl -sS -H @- $API/oidc/v1/userinfo; echo",
        "mintage exec deploy-bot -- sh -c 'echo \"valid until $MINTAGE_TOKEN_EXPIRES_AT\"'",
        "mintage setup git deploy-bot --host https://git.example",
        "mintage radar --within 30d && echo 'no key expires soon'",
    ];
    for (nth, line) in lines.iter().enumerate() {
        screen.types(line, nth);
    }
    let shown = screen.text();
    for words in [
        "NAME",
        "deploy-bot",
        "error[token-on-terminal]: a token isn't printed to a terminal",
        "valid until ",
        "+host git.example: tokens of deploy-bot may go there",
        "# nothing was changed; add --write to do it",
        "no key expires soon",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let unwrapped = shown.replace('\n', "");
    assert!(!unwrapped.contains(token.trim_end()));
    if let Some(file) = std::env::var_os("MINTAGE_TERMINAL_TEXT") {
        // Whose computer it was is nobody's business.
        let home = machine.session.path("home").display().to_string();
        std::fs::write(file, shown.replace(&home, "~")).unwrap();
    }
}
