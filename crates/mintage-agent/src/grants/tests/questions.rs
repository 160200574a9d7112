//! Questions: which are asked, whom an answer concerns, and when none is.

use super::*;

#[test]
fn the_same_question_of_the_same_root_is_asked_once() {
    let mut grants = Grants::default();
    let asked: Vec<(Ticket, String)> =
        (0..11).map(|number| wait(&mut grants, ask(from_claude(100 + 2 * number)), at(0, 0))).collect();
    assert_eq!(grants.questions().len(), 1);
    assert_eq!(grants.questions()[0].waiting, 11);
    assert_eq!(grants.take_events().len(), 1, "one event, and so one notification");
    grants.approve(&asked[0].1, Some(1), Lease::default(), at(1, 1)).unwrap();
    assert!(asked.iter().all(|(ticket, _)| matches!(grants.poll(*ticket, at(1, 1)), Some(Ok(_)))));
}

#[test]
fn in_one_terminal_commands_without_a_program_are_one_question_and_programs_are_several() {
    let typed = |pid, program| {
        let chain = [(pid, "mintage"), (pid - 1, program), (10, "zsh"), (5, "kitty")];
        Arc::new(Peer { chain: chain.map(|(pid, name)| process(pid, name, 10)).into(), certain: true })
    };
    let mut grants = Grants::default();
    for (pid, program, questions) in [(100, "sh", 1), (200, "sh", 1), (300, "git", 2), (400, "npm", 3), (500, "sh", 3)]
    {
        wait(&mut grants, ask(typed(pid, program)), at(0, 0));
        assert_eq!(grants.questions().len(), questions, "{program}");
    }
}

#[test]
fn other_questions_are_asked_apart() {
    let mut grants = Grants::default();
    wait(&mut grants, ask(from_claude(100)), at(0, 0));
    wait(&mut grants, ask(from_service(200)), at(0, 0));
    wait(&mut grants, ask(from_service(300)), at(0, 0));
    wait(&mut grants, Ask { target: Target { user: "id-2".into(), ..target() }, ..ask(from_claude(100)) }, at(0, 0));
    wait(&mut grants, ask(Arc::new(Peer::unknown())), at(0, 0));
    wait(&mut grants, ask(Arc::new(Peer::unknown())), at(0, 0));
    assert_eq!(grants.questions().len(), 6, "of unknown askers nobody knows whether they are the same");
}

#[test]
fn whoever_the_grant_does_not_cover_is_asked_about_anew() {
    let mut grants = Grants::default();
    let (first, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    let (second, _) = wait(&mut grants, ask(from_claude(200)), at(0, 0));
    grants.approve(&question, Some(0), Lease::default(), at(1, 1)).unwrap();
    assert!(matches!(grants.poll(first, at(1, 1)), Some(Ok(_))));
    assert_eq!(grants.poll(second, at(1, 1)), None);
    assert_eq!(grants.questions().len(), 1);
    assert_ne!(grants.questions()[0].request, question);
}

#[test]
fn a_grant_answers_every_question_that_it_covers() {
    let mut grants = Grants::default();
    let typed = [(300, "mintage"), (299, "npm"), (10, "zsh"), (5, "kitty")].map(|(pid, name)| process(pid, name, 10));
    let typed = Arc::new(Peer { chain: typed.into(), certain: true });
    let (claude, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    let (npm, _) = wait(&mut grants, ask(Arc::clone(&typed)), at(0, 0));
    let other = Target { user: "id-2".into(), ..target() };
    let (other, _) = wait(&mut grants, Ask { target: other, ..ask(typed) }, at(0, 0));
    assert_eq!(grants.questions().len(), 3);
    let terminal = grants.questions()[0].choices.len() - 1;
    grants.approve(&question, Some(terminal), Lease::default(), at(1, 1)).unwrap();
    for ticket in [claude, npm] {
        assert!(matches!(grants.poll(ticket, at(1, 1)), Some(Ok(_))));
    }
    assert_eq!(grants.poll(other, at(1, 1)), None, "a grant for another token answers nothing");
    assert_eq!(grants.questions().len(), 1);
}

#[test]
fn no_answer_in_two_minutes_is_no() {
    for (wall, monotonic) in [(120, 120), (120, 111), (-60, 120)] {
        let mut grants = Grants::default();
        let (ticket, _) = wait(&mut grants, ask(from_service(100)), at(0, 0));
        assert_eq!(grants.poll(ticket, at(119, 119)), None);
        assert_eq!(grants.poll(ticket, at(wall, monotonic)), Some(Err(problems::timed_out())), "{wall} {monotonic}");
        assert!(grants.is_empty());
    }
}

#[test]
fn a_no_is_for_all_who_wait() {
    let mut grants = Grants::default();
    let (first, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    let (second, _) = wait(&mut grants, ask(from_claude(200)), at(0, 0));
    grants.deny(&question, at(1, 1)).unwrap();
    for ticket in [first, second] {
        assert_eq!(grants.poll(ticket, at(1, 1)), Some(Err(problems::denied())));
    }
    assert!(!passed(&mut grants, from_claude(100), at(31, 31)));
}

#[test]
fn after_a_no_the_program_is_not_asked_about_for_half_a_minute() {
    let refused = |grants: &mut Grants, ask: Ask, second: u64| {
        let at = at(i64::try_from(second).unwrap(), second);
        match grants.ask(ask, at) {
            Verdict::Refuse(problem) => Some(problem.code),
            Verdict::Wait { ticket, .. } => {
                grants.withdraw(ticket);
                None
            }
            Verdict::Pass(_) => panic!("nobody approved"),
        }
    };
    let denied = || {
        let mut grants = Grants::default();
        let (_, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
        grants.deny(&question, at(0, 0)).unwrap();
        grants
    };
    let other = |peer| Ask { target: Target { user: "id-2".into(), ..target() }, ..ask(peer) };
    let denied_code = || Some("approval-denied".to_owned());
    assert_eq!(refused(&mut denied(), ask(from_claude(300)), 29), denied_code(), "another command of claude");
    assert_eq!(refused(&mut denied(), other(from_claude(100)), 29), denied_code(), "the same process, another token");
    assert_eq!(refused(&mut denied(), other(from_claude(300)), 29), None, "another command, another token");
    assert_eq!(refused(&mut denied(), ask(from_service(300)), 29), None, "another program");
    assert_eq!(refused(&mut denied(), ask(from_claude(300)), 30), None, "later");
    let mut allowed = granted();
    let (_, question) = wait(&mut allowed, other(from_claude(100)), at(1, 1));
    allowed.deny(&question, at(1, 1)).unwrap();
    assert!(passed(&mut allowed, from_claude(100), at(2, 2)), "what it was granted before stays");
}

#[test]
fn no_answer_is_no_denial() {
    let mut grants = Grants::default();
    wait(&mut grants, ask(from_claude(100)), at(0, 0));
    grants.observe(at(120, 120));
    wait(&mut grants, ask(from_claude(100)), at(121, 121));
}

#[test]
fn once_means_the_askers_who_wait_and_no_grant() {
    let mut grants = Grants::default();
    let (ticket, question) = wait(&mut grants, ask(Arc::new(Peer::unknown())), at(0, 0));
    assert_eq!(grants.questions()[0].choices, []);
    assert_eq!(grants.approve(&question, Some(0), Lease::default(), at(1, 1)), Err(problems::no_such_choice()));
    grants.approve(&question, None, Lease::default(), at(1, 1)).unwrap();
    assert!(matches!(grants.poll(ticket, at(1, 1)), Some(Ok(_))));
    assert!(grants.is_empty());
    assert!(!passed(&mut grants, Arc::new(Peer::unknown()), at(1, 1)));
}

#[test]
fn a_question_that_nobody_waits_for_is_withdrawn() {
    let mut grants = Grants::default();
    let (first, question) = wait(&mut grants, ask(from_claude(100)), at(0, 0));
    let (second, _) = wait(&mut grants, ask(from_claude(200)), at(0, 0));
    grants.withdraw(first);
    assert_eq!(grants.questions()[0].waiting, 1);
    grants.withdraw(second);
    assert!(grants.is_empty());
    assert_eq!(grants.deny(&question, at(1, 1)), Err(problems::no_such_question(&question)));
}

#[test]
fn a_program_without_a_person_waits_behind_one_notification() {
    let mut grants = Grants::default();
    wait(&mut grants, ask(from_service(100)), at(0, 0));
    wait(&mut grants, ask(from_service(200)), at(0, 0));
    wait(&mut grants, ask(from_claude(300)), at(0, 0));
    let notified: Vec<bool> =
        grants.take_events().iter().map(|event| matches!(event, Event::Question { notify: true, .. })).collect();
    assert_eq!(notified, [true, false, true]);
}

#[test]
fn whoever_forbids_asking_is_refused_at_once() {
    let mut grants = Grants::default();
    let verdict = grants.ask(Ask { no_input: true, ..ask(from_claude(100)) }, at(0, 0));
    assert_eq!(verdict, Verdict::Refuse(problems::needs_person()));
    assert!(grants.is_empty());
}

#[test]
fn no_more_questions_wait_than_a_person_can_answer() {
    let mut grants = Grants::default();
    for pid in 0..u32::try_from(MAX_QUESTIONS).unwrap() {
        wait(&mut grants, ask(from_service(100 + pid)), at(0, 0));
    }
    assert_eq!(grants.ask(ask(from_service(99)), at(0, 0)), Verdict::Refuse(problems::too_many_questions()));
}

#[test]
fn production_asks_whatever_is_set() {
    let tell = Target { approval: Approval::Tell, production: true, ..target() };
    let mut grants = Grants::default();
    wait(&mut grants, Ask { target: tell, ..ask(from_claude(100)) }, at(0, 0));
}
