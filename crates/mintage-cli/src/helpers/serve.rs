//! **Serving** a helper: the one place where a protocol meets standard input, standard output and the owner of the
//! keys.

use std::io::{self, BufRead, Read, Write};

use zeroize::Zeroizing;

use super::call::Call;
use super::{Input, Reply, Step, Tool, cargo, google};
use crate::failure::{Exit, Failure};
use crate::request::{Name, Outcome, TokenRequest, TokenSource};

/// More than any tool says.
const LONGEST_INPUT: u64 = 1 << 20;

/// How a helper's run ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code.
    Exit(u8),
    /// The next program of the same name should answer.
    NextProgram,
}

/// The standard streams, or a test's.
pub struct Streams<'a> {
    /// Standard input.
    pub stdin: &'a mut dyn BufRead,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
}

/// Answers a tool.
///
/// # Errors
/// Those of the streams. A broken pipe is the tool's way of saying that it has heard enough.
pub fn serve(
    tool: Tool,
    call: &Call,
    variable: &dyn Fn(&str) -> Option<String>,
    streams: Streams,
    source: &mut dyn TokenSource,
) -> io::Result<Ended> {
    let Streams { stdin, stdout, stderr } = streams;
    if tool == Tool::Cargo {
        stdout.write_all(cargo::GREETING.as_bytes())?;
        stdout.flush()?;
    }
    loop {
        let Some(input) = read(tool, call, stdin)? else { return Ok(Ended::Exit(0)) };
        let reply = answer(tool.step(&Input { call, variable, stdin: &input }), source);
        if reply.next_program {
            return Ok(Ended::NextProgram);
        }
        stderr.write_all(reply.stderr.as_bytes())?;
        stdout.write_all(&reply.stdout)?;
        stdout.flush()?;
        if tool != Tool::Cargo || reply.exit != 0 {
            return Ok(Ended::Exit(reply.exit));
        }
    }
}

fn answer(step: Step, source: &mut dyn TokenSource) -> Reply {
    match step {
        Step::Reply(reply) => reply,
        Step::Ask(request, answer) => answer(ask(&request, source).and_then(Outcome::checked)),
        // The tool has failed already; that the token may be handed out again is worth a line.
        Step::Refused(request, reply) => match source.refused(&request) {
            Ok(()) => reply,
            Err(failure) => Reply { stderr: failure.to_text(), ..reply },
        },
    }
}

/// Asks for the host's service user. Where there are several, the tool's user name may be one of them.
fn ask(request: &TokenRequest, source: &mut dyn TokenSource) -> Result<Outcome, Failure> {
    let asked = source.token(request);
    let (Err(failure), Some(user)) = (&asked, &request.username) else { return asked };
    if failure.code != "user-ambiguous" || request.name.user.is_some() {
        return asked;
    }
    let name = Name { user: Some(user.clone()), ..request.name.clone() };
    match source.token(&TokenRequest { name, ..request.clone() }) {
        Err(other) if other.exit == Exit::NoSuchName => asked,
        told => told,
    }
}

/// Reads as much as the protocol says; `None` is the end of a conversation.
fn read(tool: Tool, call: &Call, stdin: &mut dyn BufRead) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut input = Zeroizing::new(Vec::new());
    let mut limited = stdin.take(LONGEST_INPUT + 1);
    match tool {
        Tool::Git if call.operation() != Some("capability") => loop {
            let before = input.len();
            if limited.read_until(b'\n', &mut input)? == 0 || input[before..] == *b"\n" {
                break;
            }
        },
        Tool::Cargo if limited.read_until(b'\n', &mut input)? == 0 => return Ok(None),
        Tool::Docker if matches!(call.operation(), Some("get")) => _ = limited.read_to_end(&mut input)?,
        Tool::Bazel => _ = limited.read_to_end(&mut input)?,
        _ => {}
    }
    if input.len() as u64 > LONGEST_INPUT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the tool sent more than a megabyte"));
    }
    Ok(Some(input))
}

/// Says what went wrong before a protocol could be spoken, in a way that the tool shows and doesn't mistake for an
/// answer.
///
/// # Errors
/// Those of the streams.
pub fn refuse(tool: Tool, failure: &Failure, streams: Streams) -> io::Result<u8> {
    let Streams { stdout, stderr, .. } = streams;
    match tool {
        // Clients of docker show standard output.
        Tool::Docker => stdout.write_all(failure.to_text().as_bytes())?,
        Tool::Google => stdout.write_all(&google::refuse(failure).stdout)?,
        _ => stderr.write_all(failure.to_text().as_bytes())?,
    }
    Ok(if tool == Tool::Google { 0 } else { failure.exit.code() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives `t1`, `t2`, … and remembers what was refused.
    #[derive(Default)]
    struct Counting {
        given: usize,
        refused: Vec<String>,
    }

    impl TokenSource for Counting {
        fn token(&mut self, _: &TokenRequest) -> Result<Outcome, Failure> {
            self.given += 1;
            Ok(Outcome::Token(Box::new(crate::testing::token(&format!("t{}", self.given)))))
        }

        fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure> {
            self.refused.push(format!("{:?}", request.refused));
            Ok(())
        }
    }

    fn run(tool: Tool, args: &[&str], stdin: &str) -> (Ended, String, Counting) {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let call = Call::parse(tool, &args).unwrap();
        let (mut out, mut errors, mut source) = (Vec::new(), Vec::new(), Counting::default());
        let streams = Streams { stdin: &mut stdin.as_bytes(), stdout: &mut out, stderr: &mut errors };
        let ended = serve(tool, &call, &|_| None, streams, &mut source).unwrap();
        assert_eq!(String::from_utf8(errors).unwrap(), "");
        (ended, String::from_utf8(out).unwrap(), source)
    }

    #[test]
    fn cargo_is_greeted_and_answered_line_by_line() {
        let line = r#"{"v":1,"registry":{"index-url":"https://x.example"},"kind":"get","operation":"read"}"#;
        let (ended, out, source) = run(Tool::Cargo, &["--cargo-plugin"], &format!("{line}\n{line}\n"));
        let lines: Vec<_> = out.lines().collect();
        assert_eq!((ended, lines.len(), lines[0], source.given), (Ended::Exit(0), 3, "{\"v\":[1]}", 2));
        assert!(lines[1].contains("Bearer t1") && lines[2].contains("Bearer t2"));
    }

    #[test]
    fn git_is_read_up_to_the_blank_line() {
        let (_, out, _) = run(Tool::Git, &["get"], "protocol=https\nhost=x.example\n\nhost=y\n");
        assert_eq!(out, "username=oauth2\npassword=t1\npassword_expiry_utc=1795968000\n");
        let (ended, out, source) = run(Tool::Git, &["erase"], "host=x\nauthtype=Bearer\ncredential=old\n\n");
        assert_eq!((ended, out.as_str(), source.refused.len()), (Ended::Exit(0), "", 1));
    }

    #[test]
    fn a_token_that_would_add_lines_to_a_protocol_is_not_given() {
        struct Injecting;
        impl TokenSource for Injecting {
            fn token(&mut self, _: &TokenRequest) -> Result<Outcome, Failure> {
                Ok(Outcome::Token(Box::new(crate::testing::token("good\nquit=1"))))
            }
            fn refused(&mut self, _: &TokenRequest) -> Result<(), Failure> {
                Ok(())
            }
        }
        let call = Call::parse(Tool::Pnpm, &["ci-bot".into()]).unwrap();
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        let streams = Streams { stdin: &mut io::empty(), stdout: &mut out, stderr: &mut errors };
        assert_eq!(serve(Tool::Pnpm, &call, &|_| None, streams, &mut Injecting).unwrap(), Ended::Exit(1));
        assert!(out.is_empty());
        assert!(String::from_utf8(errors).unwrap().starts_with("error[token-not-printable]: "));
    }

    #[test]
    fn wrong_arguments_are_reported_where_the_tool_looks() {
        let failure = Call::parse(Tool::Git, &["--wat".into()]).unwrap_err();
        for (tool, where_to, code) in [(Tool::Git, "err", 2), (Tool::Docker, "out", 2), (Tool::Google, "out", 0)] {
            let (mut out, mut errors) = (Vec::new(), Vec::new());
            let streams = Streams { stdin: &mut io::empty(), stdout: &mut out, stderr: &mut errors };
            assert_eq!(refuse(tool, &failure, streams).unwrap(), code);
            assert_eq!((out.is_empty(), errors.is_empty()), (where_to == "err", where_to == "out"), "{tool:?}");
        }
    }

    #[test]
    fn the_user_name_of_an_index_says_which_of_several_is_meant() {
        struct Several;
        impl TokenSource for Several {
            fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
                let no = |code| Err(Failure::new(Exit::NoSuchName, code, "no"));
                match request.name.user.as_deref() {
                    None => no("user-ambiguous"),
                    Some("ci-bot") => Ok(Outcome::Token(Box::new(crate::testing::token("of ci-bot")))),
                    Some(_) => no("user-not-found"),
                }
            }
            fn refused(&mut self, _: &TokenRequest) -> Result<(), Failure> {
                Ok(())
            }
        }
        for (args, expected, code) in [
            (&["get", "https://pypi.example/", "ci-bot"][..], "of ci-bot\n", ""),
            (&["get", "https://pypi.example/", "oauth2"], "", "error[user-ambiguous]"),
            (&["get", "https://pypi.example/", "--mode", "creds"], "", "error[user-ambiguous]"),
        ] {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            let call = Call::parse(Tool::Keyring, &args).unwrap();
            let (mut out, mut errors) = (Vec::new(), Vec::new());
            let streams = Streams { stdin: &mut io::empty(), stdout: &mut out, stderr: &mut errors };
            serve(Tool::Keyring, &call, &|_| None, streams, &mut Several).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert!(String::from_utf8(errors).unwrap().starts_with(code));
        }
    }

    #[test]
    fn a_keyring_that_knows_nothing_makes_way() {
        assert_eq!(run(Tool::Keyring, &["set", "x", "y"], "").0, Ended::NextProgram);
    }
}
