//! Grants: what they cover and when they end, with time as an argument. What is asked is in [`questions`].

use super::*;
use crate::clock::at;
use crate::process::tests::process;
use crate::source::Approval;

mod questions;

pub(crate) fn target() -> Target {
    Target {
        user: "id-1".into(),
        service_user: "ci-bot".into(),
        environment: "staging".into(),
        environment_id: "env-1".into(),
        production: false,
        approval: Approval::Ask,
        scopes: ["openid".to_owned()].into(),
        audience: [].into(),
    }
}

pub(crate) fn pass(by: &str) -> Pass {
    Pass { by: by.into(), holder: Some(process(7, "claude", 0)), is_grant: true, era: 0 }
}

/// A command started by `claude` (process 20), in the shell of a terminal (process 10).
fn from_claude(pid: u32) -> Arc<Peer> {
    let chain = [(pid, "mintage"), (pid - 1, "git"), (20, "claude"), (10, "zsh"), (5, "kitty")];
    Arc::new(Peer { chain: chain.map(|(pid, name)| process(pid, name, 10)).into(), certain: true })
}

/// A command without a terminal, started by a service manager.
fn from_service(pid: u32) -> Arc<Peer> {
    Arc::new(Peer {
        chain: [(pid, "curl"), (2, "systemd")].map(|(pid, name)| process(pid, name, 0)).into(),
        certain: true,
    })
}

fn ask(peer: Arc<Peer>) -> Ask {
    Ask { target: target(), peer, reason: None, no_input: false }
}

fn wait(grants: &mut Grants, ask: Ask, now: Now) -> (Ticket, String) {
    match grants.ask(ask, now) {
        Verdict::Wait { ticket, question } => (ticket, question),
        other => panic!("not asked: {other:?}"),
    }
}

fn passed(grants: &mut Grants, peer: Arc<Peer>, now: Now) -> bool {
    match grants.ask(ask(peer), now) {
        Verdict::Pass(pass) => {
            grants.used(&pass, now);
            true
        }
        Verdict::Wait { ticket, .. } => {
            grants.withdraw(ticket);
            false
        }
        Verdict::Refuse(problem) => panic!("{problem:?}"),
    }
}

/// Claude has a grant since second 0, with ten idle minutes and an hour in all.
fn granted() -> Grants {
    let mut grants = Grants::default();
    let (ticket, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    let claude = grants.questions()[0].choices.iter().position(|choice| choice.process.name == "claude");
    grants.approve(&question, claude, Lease::default(), at(0, 0)).unwrap();
    assert!(matches!(grants.poll(ticket, at(0, 0)), Some(Ok(_))));
    grants.take_events();
    grants
}

fn ends(grants: &mut Grants) -> Vec<String> {
    let events = grants.take_events().into_iter();
    events.filter_map(|event| if let Event::Ended { why, .. } = event { Some(why) } else { None }).collect()
}

#[test]
fn a_grant_covers_the_descendants_of_its_process_and_nothing_else() {
    let mut grants = granted();
    assert!(passed(&mut grants, from_claude(300), at(1, 1)));
    assert!(!passed(&mut grants, from_service(300), at(1, 1)));
    let mut reused = (*from_claude(300)).clone();
    reused.chain[2].id.start += 1;
    assert!(!passed(&mut grants, Arc::new(reused), at(1, 1)), "the number of claude, given to another process");
    assert_eq!(grants.rows()[0].count, 1);
}

#[test]
fn a_grant_is_for_exactly_the_token_that_its_question_showed() {
    let others = [
        Target { user: "id-2".into(), ..target() },
        Target { scopes: ["openid".to_owned(), "admin".to_owned()].into(), ..target() },
        Target { scopes: [].into(), ..target() },
        Target { audience: ["api".to_owned()].into(), ..target() },
    ];
    for other in others {
        let verdict = granted().ask(Ask { target: other.clone(), ..ask(from_claude(300)) }, at(1, 1));
        assert!(matches!(verdict, Verdict::Wait { .. }), "{other:?}");
    }
}

#[test]
fn a_grant_ends_when_it_is_idle_or_old_on_either_clock() {
    let check = |uses: &[(i64, u64)], then: (i64, u64), why: &[&str]| {
        let mut grants = granted();
        for (wall, monotonic) in uses {
            assert!(passed(&mut grants, from_claude(300), at(*wall, *monotonic)), "{wall}");
        }
        assert_eq!(passed(&mut grants, from_claude(300), at(then.0, then.1)), why.is_empty(), "{then:?}");
        assert_eq!(ends(&mut grants), why, "{then:?}");
    };
    check(&[], (599, 599), &[]);
    check(&[], (600, 600), &["idle"]);
    check(&[(500, 500)], (1099, 1099), &[]);
    check(&[], (-7200, 600), &["idle"]);
    let busy: Vec<(i64, u64)> = (1..8).map(|step| (step * 500, u64::try_from(step).unwrap() * 500)).collect();
    check(&busy, (3599, 3599), &[]);
    check(&busy, (3600, 3600), &["time"]);
    check(&busy, (-7200, 3600), &["time"]);
}

#[test]
fn no_lease_outlives_twelve_hours() {
    let mut grants = Grants::default();
    let (_, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    grants.approve(&question, Some(0), Lease { idle: u32::MAX, absolute: u32::MAX }, at(0, 0)).unwrap();
    grants.observe(at(12 * 3600 - 1, 12 * 3600 - 1));
    assert_eq!(grants.rows().len(), 1);
    grants.observe(at(12 * 3600, 12 * 3600));
    assert_eq!(ends(&mut grants), ["time"]);
}

#[test]
fn a_computer_that_slept_ends_every_grant_and_a_clock_that_was_set_back_none() {
    let mut grants = granted();
    grants.observe(at(-600, 5));
    assert_eq!(grants.rows().len(), 1);
    grants.observe(at(-589, 5));
    assert_eq!(ends(&mut grants), ["sleep"]);
}

#[test]
fn a_lock_ends_every_grant_and_every_question() {
    let mut grants = granted();
    let (ticket, _) = wait(&mut grants, ask(from_service(300)), at(1, 1));
    grants.lock();
    assert_eq!(ends(&mut grants), ["lock"]);
    assert_eq!(grants.poll(ticket, at(1, 1)), Some(Err(problems::locked())));
    assert!(grants.is_empty());
}

#[test]
fn a_pass_is_worth_nothing_once_its_grant_has_ended() {
    let grant_of = |grants: &mut Grants| match grants.ask(ask(from_claude(300)), at(1, 1)) {
        Verdict::Pass(pass) => pass,
        other => panic!("{other:?}"),
    };
    let mut grants = granted();
    let pass = grant_of(&mut grants);
    assert!(grants.still(&pass));
    grants.revoke(&pass.by, at(2, 2)).unwrap();
    assert!(!grants.still(&pass));

    let mut grants = Grants::default();
    let (ticket, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    grants.approve(&question, None, Lease::default(), at(0, 0)).unwrap();
    let once = grants.poll(ticket, at(0, 0)).unwrap().unwrap();
    assert!(grants.still(&once));
    grants.lock();
    assert!(!grants.still(&once));
}

#[test]
fn an_agent_that_ends_asks_nobody_and_finishes_what_is_granted() {
    let mut grants = granted();
    let Verdict::Pass(pass) = grants.ask(ask(from_claude(300)), at(1, 1)) else { panic!("not granted") };
    let (ticket, _) = wait(&mut grants, ask(from_service(300)), at(1, 1));
    grants.stop_asking();
    assert_eq!(grants.poll(ticket, at(1, 1)), Some(Err(problems::ending())));
    assert_eq!(grants.ask(ask(from_service(300)), at(1, 1)), Verdict::Refuse(problems::ending()));
    assert!(grants.still(&pass));
    grants.end_all(End::Agent);
    assert!(!grants.still(&pass));
}

#[test]
fn a_grant_ends_with_its_process() {
    let mut grants = granted();
    grants.end_with_processes(|process| process.pid == 20 && process.start == 1020);
    assert_eq!(grants.rows().len(), 1);
    grants.end_with_processes(|process| process.pid != 20);
    assert_eq!(ends(&mut grants), ["process"]);
}

#[test]
fn a_development_environment_may_hand_out_and_tell_afterwards_once() {
    let tell = Target { approval: Approval::Tell, ..target() };
    let mut grants = Grants::default();
    for pid in [100, 200, 300] {
        let verdict = grants.ask(Ask { target: tell.clone(), ..ask(from_claude(pid)) }, at(0, 0));
        assert!(matches!(verdict, Verdict::Pass(_)));
    }
    let told = grants.take_events();
    assert_eq!(told.len(), 1);
    assert!(matches!(&told[0], Event::Granted { grant } if !grant.approved && grant.holder.name == "zsh"));
    let verdict = grants.ask(Ask { target: tell, ..ask(Arc::new(Peer::unknown())) }, at(0, 0));
    assert!(matches!(verdict, Verdict::Pass(Pass { holder: None, .. })));
}

#[test]
fn the_next_deadline_is_the_nearest_one() {
    let mut grants = Grants::default();
    assert_eq!(grants.next_deadline(at(0, 0)), None);
    wait(&mut grants, ask(from_service(100)), at(0, 0));
    assert_eq!(grants.next_deadline(at(100, 20)), Some(Duration::from_secs(20)));
    assert_eq!(granted().next_deadline(at(100, 100)), Some(Duration::from_secs(500)));
}
