//! **Answering** a program's request for tokens on a terminal. Return denies.

use std::io::{self, BufRead, IsTerminal, Write};

use mintage_agent_protocol::{Answer, Approve, ChoiceKind, Lease, QuestionRow, Request};

use super::done;
use super::rows::process;
use crate::agent::{Agent, unexpected};
use crate::args::Global;
use crate::failure::{Exit, Failure, escaped};

/// Shows a request and asks a person for the answer.
pub(super) fn approve(agent: &Agent, global: &Global, id: Option<&str>) -> Result<(), Failure> {
    if global.no_input || !io::stdin().is_terminal() {
        return Err(Failure::new(Exit::NeedsInput, "needs-person", "a request is approved by a person on a terminal")
            .with_help("Run `mintage approve` in a terminal of your own"));
    }
    let question = find(agent, id, "approve")?;
    let mut words = io::stderr().lock();
    let shown = words.write_all(shown(&question).as_bytes()).and_then(|()| words.flush());
    shown.map_err(|error| Failure::new(Exit::Failed, "output", "couldn't show the request").caused_by(&error))?;
    let mut answer = String::new();
    _ = io::stdin().lock().read_line(&mut answer);
    match chosen(&question, answer.trim()) {
        None => done(agent, &Request::Deny { request: question.request }),
        Some((choice, minutes)) => {
            let lease = Lease::of_minutes(minutes);
            done(agent, &Request::Approve(Approve { request: question.request, choice, lease }))
        }
    }
}

/// Denies a request.
pub(super) fn deny(agent: &Agent, id: Option<&str>) -> Result<(), Failure> {
    let question = find(agent, id, "deny")?;
    done(agent, &Request::Deny { request: question.request })
}

fn find(agent: &Agent, id: Option<&str>, verb: &str) -> Result<QuestionRow, Failure> {
    let Answer::Questions(questions) = agent.ask(&Request::Questions, true)? else { return Err(unexpected()) };
    meant(questions, id, verb)
}

/// The request with that id, or the only one.
fn meant(mut questions: Vec<QuestionRow>, id: Option<&str>, verb: &str) -> Result<QuestionRow, Failure> {
    questions.retain(|question| id.is_none_or(|id| question.request == id));
    match (questions.len(), questions.pop()) {
        (1, Some(question)) => Ok(question),
        (0, _) => Err(Failure::new(Exit::NoSuchName, "question-gone", "no such request waits for an answer")
            .with_help("It may have been answered, or its program ended")),
        (_, last) => {
            let mut failure =
                Failure::new(Exit::NoSuchName, "question-ambiguous", "several requests wait for an answer")
                    .with_help(format!("Give an id: `mintage {verb} ID`"));
            let all = questions.iter().chain(&last);
            failure.causes = all.map(|question| format!("{}: {}", question.request, asker(question))).collect();
            Err(failure)
        }
    }
}

fn asker(question: &QuestionRow) -> String {
    let program = question.chain.first().map_or_else(|| "a program".to_owned(), process);
    format!("{program} wants {} in {}", question.service_user, question.environment)
}

fn shown(question: &QuestionRow) -> String {
    let mut lines = vec![asker(question)];
    if question.production {
        lines.push("  This is a production environment.".to_owned());
    }
    lines.extend(question.chain.iter().skip(1).map(|parent| format!("  started by {}", process(parent))));
    lines.extend(question.chain.first().and_then(|first| first.folder.as_ref()).map(|folder| format!("  in {folder}")));
    for (name, values) in [("scopes", &question.scopes), ("audience", &question.audience)] {
        if !values.is_empty() {
            lines.push(format!("  {name}: {}", values.join(" ")));
        }
    }
    lines.extend(question.reason.as_ref().map(|reason| format!("  it says: {reason}")));
    if !question.certain {
        lines.push("  The program may have changed since it asked.".to_owned());
    }
    let choices = question.choices.iter().enumerate().map(|(at, choice)| {
        let kind = match choice.kind {
            ChoiceKind::Command => "this command",
            ChoiceKind::Program => "this program",
            ChoiceKind::Terminal => "this terminal",
        };
        format!("  {}  {kind}: {}", at + 1, process(&choice.process))
    });
    lines.extend(choices);
    let several = match question.waiting {
        0 | 1 => String::new(),
        count => format!(", for each of the {count} requests that wait"),
    };
    lines.push(format!("  o  only this once{several}"));
    // Names come from other programs and can't add lines.
    let lines: String = lines.iter().map(|line| escaped(line) + "\n").collect();
    let minutes = usual_minutes(question);
    let example = if question.choices.is_empty() {
        String::new()
    } else {
        format!("  For {minutes} minutes; `1 30` is for 30.\n")
    };
    lines + &example + "Allow which? Return denies: "
}

/// For how long the window proposes, too.
fn usual_minutes(question: &QuestionRow) -> u32 {
    if question.production { 10 } else { 60 }
}

/// Understands an answer: a choice, with minutes if they aren't the usual ones; once; or no.
fn chosen(question: &QuestionRow, answer: &str) -> Option<(Option<usize>, u32)> {
    let usual = usual_minutes(question);
    if answer == "o" {
        return Some((None, usual));
    }
    let (choice, minutes) = match answer.split_once(' ') {
        Some((choice, minutes)) => (choice, minutes.trim().parse().ok().filter(|minutes| *minutes > 0)?),
        None => (answer, usual),
    };
    let at = choice.parse::<usize>().ok()?.checked_sub(1)?;
    (at < question.choices.len()).then_some((Some(at), minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mintage_agent_protocol::{Choice, ProcessRow};

    fn question() -> QuestionRow {
        let process = |pid, name: &str| ProcessRow {
            pid,
            name: name.into(),
            program: None,
            folder: Some("/repo".into()),
            started_at: None,
        };
        QuestionRow {
            request: "q1".into(),
            user: "id-1".into(),
            service_user: "ci-bot".into(),
            environment: "live".into(),
            production: true,
            scopes: vec!["openid".into()],
            audience: Vec::new(),
            reason: Some("deploy\n  1  trust me".into()),
            chain: vec![process(12, "git"), process(11, "make\u{1b}[2J")],
            choices: vec![Choice { kind: ChoiceKind::Command, process: process(11, "make") }],
            certain: false,
            attended: true,
            asked_at: "2026-11-29T16:00:00Z".into(),
            ends_at: "2026-11-29T16:02:00Z".into(),
            waiting: 1,
        }
    }

    #[test]
    fn a_request_is_shown_with_who_asks_and_cannot_add_lines() {
        assert_eq!(
            shown(&question()),
            "git (12) wants ci-bot in live\n  This is a production environment.\n  started by make\\u{1b}[2J (11)\n  in /repo\n  \
             scopes: openid\n  it says: deploy\\n  1  trust me\n  The program may have changed since it asked.\n  \
             1  this command: make (11)\n  o  only this once\n  For 10 minutes; `1 30` is for 30.\nAllow which? Return denies: "
        );
    }

    #[test]
    fn who_else_gets_a_token_is_said() {
        let shown = shown(&QuestionRow { waiting: 3, ..question() });
        assert!(shown.contains("\n  o  only this once, for each of the 3 requests that wait\n"), "{shown}");
    }

    #[test]
    fn a_request_is_meant_by_its_whole_id_or_as_the_only_one() {
        let open = |ids: &[&str]| -> Vec<QuestionRow> {
            ids.iter().map(|id| QuestionRow { request: (*id).into(), ..question() }).collect()
        };
        let found =
            |ids: &[&str], id| meant(open(ids), id, "deny").map(|question| question.request).map_err(|no| no.code);
        assert_eq!(found(&["q7", "q71"], Some("q7")), Ok("q7".into()));
        assert_eq!(found(&["q7"], None), Ok("q7".into()));
        assert_eq!(found(&["q71"], Some("q7")), Err("question-gone".into()));
        assert_eq!(found(&[], None), Err("question-gone".into()));
        let several = meant(open(&["q7", "q71"]), None, "deny").unwrap_err();
        assert_eq!(
            (several.code.as_str(), several.help.as_deref()),
            ("question-ambiguous", Some("Give an id: `mintage deny ID`"))
        );
        assert!(several.causes[0].starts_with("q7: ") && several.causes[1].starts_with("q71: "), "{several:?}");
    }

    #[test]
    fn everything_but_a_choice_denies() {
        assert_eq!(chosen(&question(), "1"), Some((Some(0), 10)), "production");
        assert_eq!(chosen(&QuestionRow { production: false, ..question() }, "1"), Some((Some(0), 60)));
        assert_eq!(chosen(&question(), "1 5"), Some((Some(0), 5)));
        assert_eq!(chosen(&question(), "o"), Some((None, 10)));
        for answer in ["", "y", "yes", "0", "2", "-1", "O", "1 0", "1 x", "1 -5", "2 5", "99999999999999999999"] {
            assert_eq!(chosen(&question(), answer), None, "{answer}");
        }
    }
}
