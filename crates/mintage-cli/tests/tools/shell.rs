//! The program as shells run it: pipes, terminals, files and children.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::bench::{Bench, run};
use crate::server::{Response, Server};

fn bench() -> Bench {
    Bench::new(&[], &["good"])
}

#[test]
fn a_pipe_gets_the_token_and_one_line_break() {
    let bench = bench();
    let ran = bench.run("mintage", &["token", "ci-bot"]).unwrap();
    assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.code), ("good\n", "", Some(0)));
    let header = bench.run("mintage", &["token", "ci-bot", "--form", "header"]).unwrap();
    assert_eq!(header.out, "Authorization: Bearer good\n");
    let json = bench.run("mintage", &["token", "ci-bot", "--json"]).unwrap();
    assert!(
        json.out.starts_with("{\"token\":\"good\",\"tokenType\":\"Bearer\",\"expiresAt\":\"2100-01-01T00:00:00Z\",")
    );
}

#[test]
fn both_paths_give_the_same() {
    let bench = bench();
    let short = bench.run("mintage", &["token", "ci-bot", "--json"]).unwrap();
    let full = bench.run("mintage", &["--json", "token", "ci-bot"]).unwrap();
    assert_eq!((short.out, short.code), (full.out, full.code));
    let helper = |line: &[&str]| bench.run("mintage", line).unwrap().out;
    let short = helper(&["helper", "headers", "ci-bot", "-e", "staging"]);
    assert_eq!(short, "{\"Authorization\":\"Bearer good\"}\n");
    assert_eq!(helper(&["--no-input", "helper", "headers", "ci-bot", "-e", "staging"]), short);
    assert_eq!(helper(&["-e", "staging", "helper", "headers", "ci-bot"]), short);
    let failed = Bench::new(&[], &[]);
    for args in [["token", "ci-bot", "--json"], ["--json", "token", "ci-bot"]] {
        let ran = failed.run("mintage", &args).unwrap();
        assert_eq!((ran.out.as_str(), ran.code), ("", Some(6)));
        assert_eq!(
            ran.err,
            "{\"error\":{\"code\":\"request-denied\",\"message\":\"the request was denied\",\"help\":null,\"causes\":[]}}\n"
        );
    }
}

#[test]
fn a_terminal_gets_no_token_unless_it_is_asked_for() {
    let bench = bench();
    let on_terminal = |line: &str| {
        let terminal = nix::pty::openpty(None, None).unwrap();
        let mut command = bench.command("mintage");
        let mut child =
            command.args(line.split(' ')).stdout(Stdio::from(terminal.slave)).stderr(Stdio::piped()).spawn().unwrap();
        // The command holds the terminal's other end until it is dropped.
        drop(command);
        let mut shown = Vec::new();
        // Linux says EIO where others say end of file.
        _ = fs::File::from(terminal.master).read_to_end(&mut shown);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (String::from_utf8_lossy(&shown).into_owned(), err, child.wait().unwrap().code())
    };
    let (shown, err, code) = on_terminal("token ci-bot");
    assert_eq!((shown.as_str(), code), ("", Some(2)));
    for way in ["error[token-on-terminal]", "`--show`", "`mintage copy USER`", "`mintage exec USER -- CMD`"] {
        assert!(err.contains(way), "{err}");
    }
    assert_eq!(bench.requests(), Vec::<String>::new(), "nothing is asked for what can't be shown");
    assert_eq!(on_terminal("token ci-bot --json").2, Some(2));
    assert_eq!(on_terminal("helper headers ci-bot").2, Some(2));
    assert_eq!(on_terminal("token ci-bot --show"), ("good\r\n".to_owned(), String::new(), Some(0)));
}

#[test]
fn a_named_pipe_gets_no_token() {
    let bench = bench();
    let fifo = bench.path("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    // Opened for both directions, so that nobody waits for a reader.
    let file = fs::File::options().read(true).write(true).open(&fifo).unwrap();
    let ran = bench
        .command("mintage")
        .args(["token", "ci-bot", "--show"])
        .stdout(file)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("error[token-in-named-pipe]"));
    assert_eq!(bench.requests(), Vec::<String>::new());
}

#[test]
fn what_cannot_be_understood_is_reported_as_any_other_failure() {
    let bench = bench();
    for (line, says) in [
        (&["tokn"][..], "error[usage]: unrecognized subcommand 'tokn'\nhelp: A similar subcommand exists: 'token'\n"),
        (
            &["diff", "a"][..],
            "error[usage]: the following required arguments were not provided: <AFTER>\nhelp: mintage diff <BEFORE> <AFTER>\n",
        ),
        (&["radar", "--within", "soon", "--json"][..], "{\"error\":{\"code\":\"usage\","),
    ] {
        let ran = bench.run("mintage", line).unwrap();
        assert!(ran.err.starts_with(says) && ran.code == Some(2) && ran.out.is_empty(), "{ran:?}");
    }
    let help = bench.run("mintage", &["token", "--help"]).unwrap();
    assert!(help.out.starts_with("Example: ") && help.code == Some(0), "{help:?}");
}

/// `--key-file` must never fall back to somebody's stored key.
#[test]
fn a_key_file_is_not_mistaken_for_a_stored_key() {
    let bench = bench();
    bench.write("home/.mintage.toml", "user = \"deployer\"\n");
    let line = ["token", "--key-file", "-", "--issuer", "https://auth.example"];
    let ran = bench.run("mintage", &line).unwrap();
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(1)), "{ran:?}");
    assert_eq!(bench.requests(), Vec::<String>::new());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let bench = bench();
    for line in ["mintage man", "mintage completions bash", "mintage token ci-bot", "mintage __complete users"] {
        let script = format!("set -o pipefail; {line} | true; echo \"${{PIPESTATUS[0]}}\"");
        let ran = run("bash", bench.command("bash").args(["-c", &script])).unwrap();
        let expected = if line.contains("__complete") { "1\n" } else { "0\n" };
        assert!(!ran.err.contains("panicked") && ran.out == expected, "{line}: {ran:?}");
    }
}

#[test]
fn exec_becomes_its_program() {
    let bench = bench();
    let script = "echo $MINTAGE_TOKEN $MINTAGE_TOKEN_EXPIRES_AT $MINTAGE_ENV $OTHER \"$@\"; exit 7";
    let line = ["exec", "ci-bot", "deployer=OTHER", "--", "sh", "-c", script, "sh", "--json", "-e"];
    let ran = bench.run("mintage", &line).unwrap();
    assert_eq!((ran.out.as_str(), ran.code), ("good 4102444800 staging good --json -e\n", Some(7)), "{ran:?}");
    let parent = bench.command("mintage").args(["exec", "ci-bot", "--", "sh", "-c", "kill -TERM $$"]).status().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&parent), Some(15));
    assert_eq!(bench.run("mintage", &["exec", "ci-bot", "--", "/nowhere"]).unwrap().code, Some(127));
    assert_eq!(bench.run("mintage", &["exec", "ci-bot", "--", "/"]).unwrap().code, Some(126));
}

#[test]
fn file_forwards_a_termination_and_removes_its_file() {
    let bench = bench();
    let ready = bench.path("ready");
    // The shell says that it listens by writing the path of its token.
    let script = format!(
        "trap 'exit 9' TERM; echo \"$AWS_WEB_IDENTITY_TOKEN_FILE\" > {0}.new; mv {0}.new {0}; while :; do read -t 1 x <> /dev/zero || :; done",
        ready.display()
    );
    let mut command = bench.command("mintage");
    let mut child = command.args(["file", "ci-bot", "--for", "aws", "--", "bash", "-c", &script]).spawn().unwrap();
    while !ready.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::yield_now();
    }
    let token = fs::read_to_string(&ready).unwrap().trim().to_owned();
    assert_eq!(fs::read_to_string(&token).unwrap(), "good");
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(9));
    assert!(!std::path::Path::new(&token).exists());
}

#[test]
fn file_takes_no_place_that_holds_something() {
    let bench = bench();
    let key = bench.write("home/id_ed25519", "mine");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    for user in ["ci-bot", "typo"] {
        let ran = bench.run("mintage", &["file", user, "--path", "id_ed25519", "--", "true"]).unwrap();
        assert!(ran.code == Some(2) && ran.err.starts_with("error[path-taken]: "), "{ran:?}");
        assert_eq!(fs::read_to_string(&key).unwrap(), "mine");
    }
    assert_eq!(bench.requests(), Vec::<String>::new(), "nobody is asked for a token that can't be written");
    let ran = bench.run("mintage", &["file", "ci-bot", "--path", "token", "--", "cat", "token"]).unwrap();
    assert_eq!((ran.out.as_str(), ran.code), ("good", Some(0)), "{ran:?}");
    assert!(!bench.path("home/token").exists());
}

#[test]
fn a_folder_s_project_file_says_who_is_meant() {
    let bench = bench();
    let refused = bench.run("mintage", &["token"]).unwrap();
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{refused:?}");
    bench.write("home/.mintage.toml", "environment = \"staging\"\nuser = \"deployer\"\n");
    assert_eq!(bench.run("mintage", &["token"]).unwrap().out, "good\n");
    assert_eq!(bench.requests(), ["token deployer "]);
}

#[test]
fn a_folder_s_file_also_says_in_which_environment_another_service_user_is() {
    let bench = bench();
    bench.write("home/.mintage.toml", "environment = \"live\"\nuser = \"deployer\"\nissuer = \"https://x.example\"\n");
    let set_up = |line: &[&str]| bench.run("mintage", line).unwrap().out;
    let shown = |line: &[&str]| set_up(line).lines().last().unwrap_or_default().to_owned();
    let host = ["--host", "git.example"];
    assert!(shown(&["setup", "git", host[0], host[1]]).ends_with("git deployer -e live"));
    assert!(shown(&["setup", "git", "ci-bot", host[0], host[1]]).ends_with("git ci-bot -e live"));
    assert!(shown(&["setup", "git", "ci-bot", "-e", "dev", host[0], host[1]]).ends_with("git ci-bot -e dev"));
}

#[test]
fn curl_reads_the_header_from_its_input() {
    let server =
        Server::wanting("good", "Bearer", |_, _| Some(Response { kind: "text/plain", body: b"here".to_vec() }));
    let script = format!("mintage token ci-bot --form header | curl -sS -H @- http://{}/", server.host());
    let bench = bench();
    let ran = bench.run("sh", &["-c", &script]).unwrap();
    if ran.code == Some(127) {
        return crate::bench::skipped("curl");
    }
    assert_eq!((ran.out.as_str(), server.authorizations()), ("here", vec!["Bearer good".to_owned()]), "{ran:?}");
}

/// The product itself, with an agent that it starts and a catalogue that is new.
#[test]
fn the_small_program_becomes_the_full_one() {
    let bench = bench();
    let ran = run("mintage", bench.command(env!("CARGO_BIN_EXE_mintage")).arg("--version")).unwrap();
    assert_eq!((ran.out.trim(), ran.code), (concat!("mintage ", env!("CARGO_PKG_VERSION")), Some(0)), "{ran:?}");
    let ran = run("mintage", bench.command(env!("CARGO_BIN_EXE_mintage")).args(["token", "ci-bot"])).unwrap();
    let stopped = run("mintage", bench.command(env!("CARGO_BIN_EXE_mintage")).args(["agent", "stop"])).unwrap();
    assert!(ran.code == Some(3) && ran.err.starts_with("error[user-not-found]: "), "{ran:?}");
    assert_eq!((stopped.err.as_str(), stopped.code), ("", Some(0)));
}
