//! Programs that ask the running app for tokens: the real `mintage` at a terminal of its own, the real window.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mintage_testbed::app::App;
use mintage_testbed::desktop::DesktopSession;
use mintage_testbed::issuer::Quirks;
use mintage_testbed::wait::until;

use crate::BINARY;
use crate::issuer;
use crate::steps::open_with_key;

/// The `mintage` command, which `cargo xtask test window` builds beside the app.
pub(crate) fn mintage() -> PathBuf {
    let program = Path::new(BINARY).with_file_name("mintage");
    assert!(program.is_file(), "`mintage` isn't built; run `cargo build -p mintage-cli`");
    program
}

/// A command at a pseudo-terminal of its own, as somebody types it: `script` (util-linux) makes the terminal, and
/// `setsid` makes it nobody's child, so that it has no ancestor in common with another terminal.
pub(crate) struct Terminal {
    output: PathBuf,
    /// The command goes on once this file exists.
    go: PathBuf,
}

impl Terminal {
    /// Types a line, in which `mintage` is the real one and `GO` waits until the test lets it go on.
    pub(crate) fn run(desktop: &DesktopSession, name: &str, line: &str) -> Self {
        Self::run_and_type(desktop, name, line, "")
    }

    /// The same, and types an answer to what the command asks.
    fn run_and_type(desktop: &DesktopSession, name: &str, line: &str, answer: &str) -> Self {
        let answer = desktop.write(&format!("{name}.in"), answer);
        let (output, go) =
            (desktop.session.path(&format!("home/{name}.out")), desktop.session.path(&format!("home/{name}.go")));
        let wait_for = |file: &Path| format!("while [ ! -e {} ]; do sleep 0.1; done", file.display());
        let start = desktop.session.path(&format!("home/{name}.start"));
        let typed = line.replace("mintage", &mintage().display().to_string()).replace("GO", &wait_for(&go));
        let mut command = desktop.command("setsid");
        command.args([
            "--fork",
            "script",
            "--quiet",
            "--flush",
            "--command",
            &format!("{}; {typed}; echo ended $?", wait_for(&start)),
            "/dev/null",
        ]);
        command.env("SHELL", "/bin/sh").stdin(File::open(answer).expect("it was just written"));
        command.stdout(File::create(&output).expect("the home is writable"));
        assert!(command.status().expect("`setsid` is installed").success());
        // Only now has the terminal lost its last ancestor that others share.
        std::fs::write(start, "").expect("the home is writable");
        Self { output, go }
    }

    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap_or_default()
    }

    pub(crate) fn go_on(&self) {
        std::fs::write(&self.go, "").expect("the home is writable");
    }

    /// Waits for the command's end, and returns its output and its exit code.
    pub(crate) fn ended(&self) -> (String, String) {
        until("the command has ended", || self.said().contains("ended "));
        let said = self.said();
        let (before, code) = said.rsplit_once("ended ").unwrap_or_default();
        (before.to_owned(), code.trim().to_owned())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A session that has ended already has no folder to write to.
        let _: std::io::Result<()> = std::fs::write(&self.go, "");
    }
}

/// A command without a terminal, and what it printed.
pub(crate) fn run(desktop: &DesktopSession, line: &str) -> (String, Option<i32>) {
    let mut command: Command = desktop.command(mintage());
    let output = command.args(line.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    let output = output.expect("`mintage` starts");
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&text).into_owned(), output.status.code())
}

pub(crate) const TOKEN: &str = "mintage token deploy-bot -e Acme --show";

pub(crate) fn serves(app: &App<'_>) {
    app.click("@rail-programs");
    app.wait_for("@serving[data-serving='running']");
}

#[test]
fn a_person_allows_a_program_in_the_window_sees_it_there_and_ends_it() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    serves(&app);
    let asking = Terminal::run(&desktop, "asking", &format!("{TOKEN}; {TOKEN}; GO; {TOKEN}"));
    app.wait_for_words("@question", "deploy-bot");
    app.wait_for_words("@question", "Staging");
    app.picture("question");
    app.wait_for("@allow:not(:disabled)");
    app.click("@allow");
    app.wait_until_gone("@question");
    app.wait_for_words("@grant-count", "2 times");
    app.picture("programs");
    app.click("@revoke");
    app.wait_until_gone("@revoke");
    asking.go_on();
    app.wait_for("@question");
    app.click("@deny");
    let (said, code) = asking.ended();
    assert_eq!(code, "6", "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("eyJ")).count(), 2, "{said}");

    app.click("@rail-activity");
    app.until("the record has it", || {
        app.click("@rail-programs");
        app.click("@rail-activity");
        app.shows("@activity-entry[data-action='program']")
    });
    app.picture("programs-activity");
}

#[test]
fn return_and_escape_deny_and_the_program_is_refused_for_a_while() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    serves(&app);
    for key in ["Return", "Escape"] {
        let asking = Terminal::run(&desktop, key, &format!("{TOKEN}; {TOKEN}"));
        app.wait_for("@question");
        app.until("the safe answer has the keyboard", || app.exists("@deny:focus"));
        app.focus();
        desktop.press(&[key]);
        let (said, code) = asking.ended();
        assert_eq!(code, "6", "{said}");
        assert!(said.contains("denied a moment ago"), "{said}");
        app.wait_until_gone("@question");
    }
    assert_eq!(run(&desktop, "agent grants --json").0, "", "nothing was granted");
}

#[test]
fn a_question_answered_at_another_terminal_closes_in_the_window() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "production");
    serves(&app);
    let asking = Terminal::run(&desktop, "asking", TOKEN);
    app.wait_for("@question");
    app.wait_for_words("@question", "Production");
    app.picture("question-production");
    let answering = Terminal::run_and_type(&desktop, "answering", "mintage approve", "o\n");
    let (said, code) = answering.ended();
    assert_eq!(code, "0", "{said}");
    let (said, code) = asking.ended();
    assert_eq!(code, "0", "{said}");
    app.wait_until_gone("@question");
}

#[test]
fn a_command_copies_a_token_as_it_would_print_it() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    serves(&app);
    let copying = Terminal::run(&desktop, "copying", "mintage copy deploy-bot -e Acme --form export");
    app.wait_for("@allow:not(:disabled)");
    app.click("@allow");
    let (said, code) = copying.ended();
    assert_eq!(code, "0", "{said}");
    let copied = desktop.clipboard();
    assert!(copied.starts_with("export MINTAGE_TOKEN='eyJ") && copied.ends_with('\''), "{copied}");
    app.click("@rail-activity");
    app.wait_for("@activity-entry[data-action='copy']");
}

#[test]
fn a_lock_forgets_tokens_covers_the_window_and_holds_until_it_is_unlocked() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "development");
    app.click("@row-copy");
    app.until("the token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
    app.click("@lock-now");
    app.wait_for("@locked");
    app.picture("locked");
    app.until("the clipboard is cleared", || desktop.clipboard().is_empty());
    let (said, code) = run(&desktop, "token deploy-bot -e Acme");
    assert_eq!(code, Some(6), "{said}");
    // Keys that reach the window behind it copy nothing.
    app.focus();
    desktop.press(&["Escape"]);
    app.wait_for("@locked");
    app.click("@unlock-mintage");
    app.wait_until_gone("@locked");
    app.click("@row-copy");
    app.until("another token is on the clipboard", || desktop.clipboard().starts_with("eyJ"));
}

#[test]
fn a_lock_outlives_the_app_that_set_it() {
    let desktop = DesktopSession::new(BINARY);
    let app = desktop.open();
    app.wait_for("@first-run");
    serves(&app);
    app.click("@lock-now");
    app.wait_for("@locked");
    app.quit();
    let app = desktop.open();
    app.wait_for("@locked");
    app.click("@unlock-mintage");
    app.wait_until_gone("@locked");
}

#[test]
fn the_app_takes_over_from_a_headless_agent_and_gives_up_on_quit() {
    let desktop = DesktopSession::new(BINARY);
    let (said, code) = run(&desktop, "agent start");
    assert_eq!(code, Some(0), "{said}");
    assert!(run(&desktop, "agent status").0.starts_with("a headless agent"));
    let app = desktop.open();
    app.wait_for("@first-run");
    serves(&app);
    let status = run(&desktop, "agent status").0;
    assert!(!status.contains("headless"), "{status}");
    app.quit();
    assert_eq!(run(&desktop, "agent start").1, Some(0));
    assert!(run(&desktop, "agent status").0.starts_with("a headless agent"));
    run(&desktop, "agent stop");
}

#[test]
fn who_waits_for_an_answer_hears_it_when_the_app_quits() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "staging");
    serves(&app);
    let asking = Terminal::run(&desktop, "asking", TOKEN);
    app.wait_for("@question");
    app.quit();
    let (said, code) = asking.ended();
    assert_eq!(code, "1", "{said}");
    assert!(said.contains("agent-ended"), "{said}");
}

#[test]
fn lines_for_other_tools_name_the_helper_and_hold_no_token() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    let app = open_with_key(&desktop, &issuer, "Acme", "development");
    app.click("@row-copy");
    app.click("@tab-elsewhere");
    app.wait_for_words("@snippet-git", "mintage setup git deploy-bot -e Acme");
    app.wait_for("@command-missing");
    assert!(!app.text("@elsewhere").contains("eyJ"));
    app.click("@copy-shell");
    app.until("the line is on the clipboard", || desktop.clipboard() == "TOKEN=$(mintage token deploy-bot -e Acme)");
    app.picture("elsewhere");
}

/// 800 commands in four terminals, and 200 copies in the window.
#[test]
fn four_commands_and_the_window_share_one_catalogue_and_lose_nothing() {
    let desktop = DesktopSession::new(BINARY);
    let issuer = issuer::start(&desktop, Quirks::default());
    desktop.write("deploy-bot.json", &issuer::key_file());
    let freely = "--provider zitadel --tier development --programs tell";
    let add = |name: &str| format!("env add {name} --issuer {} {freely}", issuer.issuer());
    let key = desktop.session.path("home/deploy-bot.json");
    for line in [add("shared"), format!("import {} -e shared --name deploy-bot", key.display())] {
        let (said, code) = run(&desktop, &line);
        assert_eq!(code, Some(0), "{said}");
    }
    let app = desktop.open();
    app.wait_for("@row-copy");
    std::thread::scope(|scope| {
        let commands: Vec<_> = (0..4)
            .map(|number| {
                let (desktop, add) = (&desktop, &add);
                scope.spawn(move || {
                    for round in 0..40 {
                        let added = add(&format!("e{number}-{round}"));
                        let lines =
                            [&added, "ls --json", "token shared/deploy-bot", "show shared/deploy-bot", "env ls"];
                        for line in lines {
                            let (said, code) = run(desktop, line);
                            assert_eq!(code, Some(0), "{line}: {said}");
                        }
                    }
                })
            })
            .collect();
        for _ in 0..200 {
            app.click("@row-copy");
            app.wait_for("@row-copy:not([aria-busy])");
        }
        for command in commands {
            command.join().expect("every command succeeded");
        }
    });
    assert_eq!(run(&desktop, "env ls").0.lines().count(), 161);
    assert!(!app.exists("@problem"));
    // One grant for each process that asked, and none of them was asked about.
    app.click("@rail-activity");
    app.wait_for("@activity-entry[data-action='program']");
}
