//! What goes wrong around the programs: readers that go away, full disks, agents that die, and places that aren't safe.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use mintage_testbed::wait::until;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::machine::{Machine, Ran};

fn enrolled() -> Option<Machine> {
    let machine = Machine::start()?;
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot");
    Some(machine)
}

impl Machine {
    fn socket(&self) -> PathBuf {
        self.session.path("run/mintage/agent.sock")
    }

    /// The agents of this machine, each by its process.
    fn agents(&self) -> Vec<Pid> {
        let mine = format!("XDG_RUNTIME_DIR={}", self.session.path("run").display());
        let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
            let is_agent = read("cmdline").ends_with(b"agent\0serve\0--detach\0");
            let is_mine = || read("environ").split(|byte| *byte == 0).any(|one| one == mine.as_bytes());
            (is_agent && is_mine()).then_some(Pid::from_raw(id))
        });
        processes.collect()
    }

    fn mints(&self) -> usize {
        self.issuer.requests().iter().filter(|request| request.path.ends_with("/token")).count()
    }

    fn run_into(&self, line: &str, out: Stdio) -> Ran {
        let output = self.command(line).stdin(Stdio::null()).stdout(out).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }
}

#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    let Some(machine) = enrolled() else { return };
    for line in
        ["ls", "token deploy-bot", "env ls --json", "activity", "claims deploy-bot", "import deploy-bot.json -e dev"]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = machine.run_into(line, writer.into());
        assert_eq!((ran.err.as_str(), ran.code), ("", Some(0)), "{line}");
    }
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let Some(machine) = Machine::start() else { return };
    let full = || File::options().write(true).open("/dev/full").unwrap().into();
    let told = machine.run_into("import deploy-bot.json -e dev --name deploy-bot", full());
    assert!(told.code == Some(1) && told.err.starts_with("error[output]: "), "{told:?}");
    assert_eq!(machine.json("ls --json").as_array().unwrap().len(), 1, "the key is stored anyway");
    for line in ["token deploy-bot", "ls", "env export dev"] {
        let told = machine.run_into(line, full());
        assert!(told.code == Some(1) && told.err.starts_with("error[output]: "), "{line}: {told:?}");
    }
    let report = machine.run("check --report /dev/full");
    assert!(report.code == Some(1) && report.err.starts_with("error[export-not-written]: "), "{report:?}");
}

#[test]
fn a_killed_agent_is_replaced_by_the_next_question() {
    let Some(machine) = enrolled() else { return };
    machine.succeeds("token deploy-bot");
    let agents = machine.agents();
    assert_eq!(agents.len(), 1);
    kill(agents[0], Signal::SIGKILL).unwrap();
    // The socket is left behind, and nobody listens on it.
    assert!(machine.socket().exists());
    let token = machine.succeeds("token deploy-bot");
    assert!(machine.userinfo(token.trim_end()).starts_with("HTTP/1.1 200"));
    assert_ne!(machine.agents(), agents);
}

/// What `/proc/PID/stat` says: the parent and the session.
fn parent_and_session(process: impl std::fmt::Display) -> (u32, u32) {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().collect();
    (fields[1].parse().unwrap(), fields[3].parse().unwrap())
}

#[test]
fn an_agent_is_no_child_of_the_program_that_exec_becomes_and_keeps_nothing_of_it() {
    let Some(machine) = enrolled() else { return };
    let mut program = machine.command("exec --env-name API_TOKEN deploy-bot -- cat");
    program.envs([("MINTAGE_TOKEN", "outer"), ("AWS_SECRET_ACCESS_KEY", "outer"), ("LC_ALL", "C.UTF-8")]);
    let mut program = program.spawn().unwrap();
    // cat repeats what it reads, once `mintage` has become it.
    program.stdin.as_mut().unwrap().write_all(b"ready\n").unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let agents = machine.agents();
    assert_eq!(agents.len(), 1);
    let (parent, session) = parent_and_session(agents[0]);
    assert_ne!(parent, program.id());
    assert_ne!(session, parent_and_session(program.id()).1);
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", program.id()));
    assert!(children.is_ok_and(|children| children.trim().is_empty()), "nor is there a zombie");
    assert_eq!(fs::read_link(format!("/proc/{}/cwd", agents[0])).unwrap(), Path::new("/"));
    let environment = fs::read(format!("/proc/{}/environ", agents[0])).unwrap();
    let environment = String::from_utf8(environment).unwrap();
    let names = environment.split('\0').filter_map(|one| Some(one.split_once('=')?.0));
    let names: Vec<&str> = names.collect();
    assert!(
        !["MINTAGE_TOKEN", "API_TOKEN", "AWS_SECRET_ACCESS_KEY"].iter().any(|name| names.contains(name)),
        "{names:?}"
    );
    assert!(["MINTAGE_DATA_DIR", "LC_ALL"].iter().all(|name| names.contains(name)), "{names:?}");
    drop(program.stdin.take());
    assert!(program.wait().unwrap().success());
}

#[test]
fn many_who_ask_at_once_start_one_agent_and_share_one_mint() {
    let Some(machine) = enrolled() else { return };
    let before = machine.mints();
    let ask = || machine.command("token deploy-bot").stdin(Stdio::null()).spawn().unwrap();
    let askers: Vec<_> = (0..20).map(|_| ask()).collect();
    let mut tokens: Vec<_> = askers
        .into_iter()
        .map(|asker| {
            let output = asker.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        })
        .collect();
    tokens.dedup();
    assert_eq!((tokens.len(), machine.agents().len(), machine.mints() - before), (1, 1, 1));
}

#[test]
fn a_socket_that_somebody_else_may_have_put_there_gets_no_question() {
    let Some(machine) = enrolled() else { return };
    machine.succeeds("token deploy-bot");
    let (socket, folder) = (machine.socket(), machine.session.path("run/mintage"));
    let moved = socket.with_file_name("moved.sock");
    fs::rename(&socket, &moved).unwrap();
    symlink(&moved, &socket).unwrap();
    let linked = machine.run("token deploy-bot");
    assert!(linked.code == Some(1) && linked.err.starts_with("error[agent-unsafe]: "), "{linked:?}");
    fs::remove_file(&socket).unwrap();
    fs::rename(&moved, &socket).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let open = machine.run("token deploy-bot");
    assert!(open.code == Some(1) && open.err.starts_with("error[agent-unsafe]: "), "{open:?}");
    assert!(open.err.contains("help: Close the folder with `chmod 700`"), "{open:?}");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    machine.succeeds("token deploy-bot");
}

#[test]
fn an_agent_of_another_version_is_named_as_the_reason() {
    let Some(machine) = Machine::start() else { return };
    fs::create_dir(machine.session.path("run/mintage")).unwrap();
    fs::set_permissions(machine.session.path("run/mintage"), fs::Permissions::from_mode(0o700)).unwrap();
    let listener = UnixListener::bind(machine.socket()).unwrap();
    let newer = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = String::new();
        BufReader::new(stream.try_clone().unwrap()).read_line(&mut asked).unwrap();
        stream.write_all(b"{\"v\":2,\"something\":\"new\"}\n").unwrap();
    });
    let told = machine.run("token deploy-bot");
    newer.join().unwrap();
    assert!(told.code == Some(1) && told.err.starts_with("error[agent-other-version]: "), "{told:?}");
    assert!(told.err.contains("version 2") && told.err.contains("help: "), "{told:?}");
    fs::remove_file(machine.socket()).unwrap();
}

#[test]
fn a_request_that_is_too_long_is_refused_and_a_slow_one_delays_nobody() {
    let Some(machine) = enrolled() else { return };
    let long = format!("token deploy-bot --reason {}", "x".repeat(70_000));
    let refused = machine.run(&long);
    assert!(refused.code == Some(1) && refused.err.starts_with("error[request-too-large]: "), "{refused:?}");
    let mut slow = UnixStream::connect(machine.socket()).unwrap();
    slow.write_all(b"{\"v\":1,\"ask\":").unwrap();
    let token = machine.succeeds("token deploy-bot");
    let mut told = String::new();
    slow.read_to_string(&mut told).unwrap();
    assert!(told.contains("request-too-slow") && !told.contains(token.trim_end()), "{told}");
}

/// Everything on the machine that a token or a key could have got into, but the keychain's own encrypted file.
fn written(folder: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            written(&path, into);
        } else if kind.is_file() {
            into.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn tokens_and_keys_are_nowhere_but_where_they_were_asked_for() {
    let Some(machine) = Machine::start() else { return };
    let file = fs::read_to_string(machine.session.path("home/deploy-bot.json")).unwrap();
    let key = file.split("-----").nth(2).unwrap().replace("\\n", "");
    let key = &key[200..260];
    machine.succeeds("import deploy-bot.json -e dev --name deploy-bot --remove-file");
    // The child looks at everybody's command lines while the token is in its environment.
    let shown = machine.succeeds("exec deploy-bot -- sh -c printenv\tMINTAGE_TOKEN;cat\t/proc/[0-9]*/cmdline");
    let (token, lines) = shown.split_once('\n').unwrap();
    assert!(token.split('.').count() == 3 && lines.contains("agent"), "{token}");
    assert!(!lines.contains(token), "a command line has the token in it");
    let told: Vec<_> = [
        "ls --json",
        "agent log",
        "agent grants --json",
        "activity --json",
        "agent status --json",
        "show deploy-bot --json",
    ]
    .map(|line| machine.succeeds(line))
    .into();
    for agent in machine.agents() {
        for name in ["cmdline", "environ"] {
            let text = fs::read(format!("/proc/{agent}/{name}")).unwrap();
            assert!(!contains(&text, token) && !contains(&text, key), "the agent's {name}");
        }
        let limits = fs::read_to_string(format!("/proc/{agent}/limits")).unwrap();
        let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
        assert!(core.trim_start().starts_with("1 "), "a crash would leave the agent's memory in a file: {core}");
    }
    let mut files = Vec::new();
    written(&machine.session.path(""), &mut files);
    files.extend(told.into_iter().map(|text| (PathBuf::from("an answer"), text.into_bytes())));
    assert!(files.len() > 5, "the catalogue and the keyring are among them");
    for (path, bytes) in files {
        assert!(!contains(&bytes, token) && !contains(&bytes, key), "{}", path.display());
    }
}

/// A crash writes no memory to a disk, of whichever program: the small one, the full one, the agent. What is started with
/// a token keeps its own limit.
#[test]
fn no_program_that_holds_a_secret_dumps_core() {
    let Some(machine) = enrolled() else { return };
    let limit =
        |limits: &str| limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap().to_owned();
    let soft = |limits: &str| limit(limits).split_whitespace().next().unwrap().to_owned();
    let own = limit(&fs::read_to_string("/proc/self/limits").unwrap());
    for starter in ["exec", "file", "--agent require exec"] {
        let childs = machine.succeeds(&format!("{starter} deploy-bot -- cat /proc/self/limits"));
        assert_eq!(limit(&childs), own, "{starter}");
    }
    let of = |pid: u32| soft(&fs::read_to_string(format!("/proc/{pid}/limits")).unwrap());
    let agent = machine.agents()[0].as_raw().cast_unsigned();
    assert_eq!(of(agent), "1");
    // Both wait for their input.
    for (line, program) in [("helper git deploy-bot get", "mintage"), ("import - -e dev", "mintage-full")] {
        let mut waiting = machine.command(line).spawn().unwrap();
        let id = waiting.id();
        until("it has begun", || {
            let runs = fs::read_link(format!("/proc/{id}/exe")).unwrap();
            runs.file_name() == Some(program.as_ref()) && of(id) == "1"
        });
        drop(waiting.stdin.take());
        waiting.wait().unwrap();
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
