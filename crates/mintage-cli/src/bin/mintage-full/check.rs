//! `mintage check`: why a token can't be minted, or what on this machine is in the way.

use mintage_app::export;
use mintage_cli::args::{CheckArgs, Global};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::full;
use mintage_cli::output::{Columns, Moment};
use mintage_cli::request::TokenSource;
use mintage_core::environment::Environment;
use mintage_core::mint::EnvironmentCheck;
use mintage_core::service_user::ServiceUser;
use serde::Serialize;

use crate::problem::failure;
use crate::session::{Session, ask};
use crate::{print, print_json};

mod doctor;

/// A clock that is off by more is worth a word: providers tolerate less and less from here on.
const SKEW_WORTH_A_WORD: f64 = 5.0;

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    /// What was looked at, for example `keychain`.
    check: String,
    /// What was found.
    result: Outcome,
    /// In words.
    detail: String,
    /// The next step, where there is one.
    help: Option<String>,
    /// The likely causes, the likeliest first.
    causes: Vec<String>,
    /// The exit code that a failure leads to.
    #[serde(skip)]
    exit: Exit,
}

/// What looking at something gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Ok,
    Warning,
    Failed,
}

impl Finding {
    fn new(check: impl Into<String>, result: Outcome, detail: impl Into<String>) -> Self {
        let (check, detail) = (check.into(), detail.into());
        Self { check, result, detail, help: None, causes: Vec::new(), exit: Exit::Failed }
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn failed(check: &str, failure: Failure) -> Self {
        let Failure { code, message, help, causes, exit } = failure;
        Self {
            check: check.to_owned(),
            result: Outcome::Failed,
            detail: format!("{message} ({code})"),
            help,
            causes,
            exit,
        }
    }
}

/// Looks, and exits with the code of the first failure.
///
/// # Errors
/// There is no such service user, or the report can't be written.
pub(crate) async fn check(
    args: &CheckArgs,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Result<u8, Failure> {
    let meant = full::user_if_named(args.user.as_deref(), global)?;
    let mut findings = doctor::machine().await;
    let opened = Session::with(async |session| {
        findings.extend(doctor::stored(session).await);
        match meant.name.user {
            Some(_) => session.find(&meant).await.map(Some),
            None => Ok(None),
        }
    })
    .await;
    match opened {
        Ok(Some((user, environment))) => findings.extend(of_user(&user, &environment, global, source).await),
        Ok(None) => {}
        // Without a catalogue there are no service users; a wrong name is the caller's mistake.
        Err(failure) if failure.exit == Exit::NoSuchName => return Err(failure),
        Err(failure) => findings.push(Finding::failed("catalogue", failure)),
    }
    if let Some(path) = &args.report {
        let text = report(&findings);
        export::write(path, &text).await.map_err(failure)?;
    }
    show(&findings, global)?;
    let first = findings.iter().find(|finding| finding.result == Outcome::Failed);
    Ok(first.map_or(Exit::Success, |finding| finding.exit).code())
}

/// The server's own words about itself, then a new token.
async fn of_user(
    user: &ServiceUser,
    environment: &Environment,
    global: &Global,
    source: impl FnOnce() -> Result<Box<dyn TokenSource + Send>, Failure>,
) -> Vec<Finding> {
    let asked = Session::with(async |session| session.mint.check(&environment.draft()).await.map_err(failure)).await;
    let mut findings = match asked {
        Ok(found) => of_server(&found),
        Err(failure) => vec![Finding::failed("issuer", failure)],
    };
    let minted = source().and_then(|mut source| ask(user, "check", true, global, &mut *source));
    findings.push(match minted {
        Ok(token) => {
            let until = token.expires_at.map(|at| format!("until {}", Moment(at).rfc3339()));
            let until = until.unwrap_or_else(|| "that doesn't expire".into());
            Finding::new("token", Outcome::Ok, format!("{} got a token {until}", user.settings.name))
        }
        Err(failure) => Finding::failed("token", failure),
    });
    findings
}

fn of_server(found: &EnvironmentCheck) -> Vec<Finding> {
    let mut findings = Vec::new();
    for asked in &found.asked {
        let status = asked.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let result = if asked.fits { Outcome::Ok } else { Outcome::Failed };
        findings.push(Finding {
            exit: Exit::Network,
            ..Finding::new(&*asked.name, result, format!("{} · {status}", asked.url))
        });
    }
    for host in &found.unconfirmed_hosts {
        let detail = format!("discovery names {host}, which nobody has confirmed");
        findings.push(
            Finding::new("host", Outcome::Warning, detail)
                .with_help("Confirm it in the environment's editor if it is the issuer's"),
        );
    }
    if let Some(skew) = found.skew_seconds {
        let (result, words) = if skew.abs() < SKEW_WORTH_A_WORD {
            (Outcome::Ok, "in sync with the issuer".to_owned())
        } else {
            let direction = if skew > 0.0 { "ahead of" } else { "behind" };
            (Outcome::Warning, format!("{:.0} s {direction} the issuer", skew.abs()))
        };
        let finding = Finding::new("clock", result, words);
        findings.push(if result == Outcome::Ok { finding } else { finding.with_help("Set this computer's clock") });
    }
    let problems = found.problems.iter().map(|problem| Finding::failed("issuer", failure(problem.clone())));
    findings.extend(problems);
    findings
}

/// The findings as a file that can be sent to others. Tokens and keys never get into a finding; what names the user of
/// this computer is replaced.
fn report(findings: &[Finding]) -> String {
    let value = serde_json::json!({
        "mintage": env!("CARGO_PKG_VERSION"),
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "findings": findings,
    });
    let text = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
    match std::env::home_dir() {
        Some(home) => export::without_home(&text, &home.to_string_lossy()),
        None => text,
    }
}

fn show(findings: &[Finding], global: &Global) -> Result<(), Failure> {
    if global.json {
        return print_json(&serde_json::to_value(findings).unwrap_or_default()).map(drop);
    }
    let mut columns = Columns::new(&["CHECK", "RESULT", "DETAIL"]);
    for finding in findings {
        let result = match finding.result {
            Outcome::Ok => "ok",
            Outcome::Warning => "warning",
            Outcome::Failed => "failed",
        };
        columns.push([&*finding.check, result, &finding.detail]);
        for cause in &finding.causes {
            columns.push(["", "cause", cause]);
        }
        if let Some(help) = &finding.help {
            columns.push(["", "help", help]);
        }
    }
    print(&columns).map(drop)
}
