//! The client against small agents that end in every way.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::JoinHandle;

use super::*;
use crate::LineReader;

struct Place {
    _above: tempfile::TempDir,
    address: Address,
}

fn place() -> Place {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("mintage");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    Place { address: Address::at(folder.join("agent.sock")).unwrap(), _above: above }
}

/// Serves one connection after another with these.
fn serve(listener: UnixListener, how: Vec<fn(UnixStream)>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for serve in how {
            serve(listener.accept().unwrap().0);
        }
    })
}

fn read_request(stream: &UnixStream) -> String {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}

fn answer(stream: UnixStream) {
    assert_eq!(read_request(&stream), "{\"v\":1,\"ask\":\"lock\"}\n");
    (&stream).write_all(&Answer::Done.to_line()).unwrap();
}

fn lock(address: &Address) -> Result<Answer, ClientError> {
    ask(address, &Request::Lock, &mut |_| panic!("nobody is asked"))
}

#[test]
fn a_request_gets_its_answer() {
    let place = place();
    let agent = serve(UnixListener::bind(place.address.socket()).unwrap(), vec![answer]);
    assert!(matches!(lock(&place.address), Ok(Answer::Done)));
    agent.join().unwrap();
}

#[test]
fn whatever_an_agent_ends_in_is_no_agent() {
    let ends: [fn(UnixStream); 4] = [
        |stream| drop(stream),
        |stream| drop(read_request(&stream)),
        |stream| {
            read_request(&stream);
            (&stream).write_all(b"{\"v\":1,\"do").unwrap();
        },
        |stream| {
            read_request(&stream);
            (&stream).write_all(&Answer::Waiting { request: "q1".into() }.to_line()).unwrap();
        },
    ];
    for end in ends {
        let place = place();
        let agent = serve(UnixListener::bind(place.address.socket()).unwrap(), vec![end]);
        let error = ask(&place.address, &Request::Lock, &mut |_| {}).unwrap_err();
        assert!(matches!(error, ClientError::NoAgent), "{error}");
        agent.join().unwrap();
    }
}

#[test]
fn an_absent_and_a_stale_socket_are_no_agent() {
    let place = place();
    assert!(matches!(lock(&place.address), Err(ClientError::NoAgent)));
    drop(UnixListener::bind(place.address.socket()).unwrap());
    assert!(place.address.socket().exists());
    assert!(matches!(lock(&place.address), Err(ClientError::NoAgent)));
    fs::remove_dir_all(place.address.folder()).unwrap();
    assert!(matches!(lock(&place.address), Err(ClientError::NoAgent)));
}

#[test]
fn nothing_is_sent_to_a_place_that_others_can_open() {
    let place = place();
    let listener = UnixListener::bind(place.address.socket()).unwrap();
    fs::set_permissions(place.address.folder(), Permissions::from_mode(0o770)).unwrap();
    assert_eq!(lock(&place.address).unwrap_err().code(), "agent-unsafe");
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock, "somebody connected");
}

#[test]
fn the_person_who_is_asked_is_spoken_of_before_the_answer() {
    let place = place();
    let agent = serve(
        UnixListener::bind(place.address.socket()).unwrap(),
        vec![|stream| {
            read_request(&stream);
            (&stream).write_all(&Answer::Waiting { request: "q7".into() }.to_line()).unwrap();
            (&stream).write_all(&Answer::Done.to_line()).unwrap();
        }],
    );
    let mut asked = Vec::new();
    let answer = ask(&place.address, &Request::Lock, &mut |request| asked.push(request.to_owned())).unwrap();
    assert!(matches!(answer, Answer::Done));
    assert_eq!(asked, ["q7"]);
    agent.join().unwrap();
}

#[test]
fn an_agent_is_started_once_and_asked_again_once() {
    let place = place();
    let start = || {
        serve(UnixListener::bind(place.address.socket()).unwrap(), vec![answer]);
        Ok(())
    };
    assert!(matches!(ask_or_start(&place.address, &Request::Lock, &mut |_| {}, start), Ok(Answer::Done)));

    let mut starts = 0;
    let error = ask_or_start(&place.address, &Request::Lock, &mut |_| {}, || {
        starts += 1;
        Ok(())
    });
    assert!(matches!(error, Err(ClientError::AgentEnds)));
    assert_eq!(starts, 1);
}

#[test]
fn an_answer_of_another_version_is_told_apart_from_a_broken_one() {
    for (line, code) in [("{\"v\":2,\"new\":1}\n", "agent-other-version"), ("hello\n", "agent-unreadable")] {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (&theirs).write_all(line.as_bytes()).unwrap();
        let line = LineReader::new(ours, 64).next_line().unwrap().unwrap().to_vec();
        assert_eq!(ClientError::from(Answer::from_line(&line).unwrap_err()).code(), code);
    }
}
