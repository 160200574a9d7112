//! `cargo xtask run`: builds the app with its page embedded, and opens it.

use std::path::PathBuf;
use std::process::{Child, Command};

use crate::session::Session;
use crate::tools::{self, Failure, Outcome};
use crate::{node, packages, screenshot};

/// What the command line requested.
#[derive(Debug, PartialEq)]
struct Request {
    headless: bool,
    release: bool,
    screenshot: Option<PathBuf>,
    size: String,
    /// Passed to the app unchanged: `--demo` and files.
    passed_on: Vec<String>,
}

/// Builds what has changed and runs the app until it is closed.
///
/// # Errors
/// Something it needs isn't available, it doesn't build, or the app exits with an error.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let request = parse(arguments)?;
    if request.headless && !cfg!(target_os = "linux") {
        return Err(Failure::new("--headless works only on Linux").help("omit it to open the app on this desktop"));
    }
    packages::ensure(if request.headless { &[packages::APP, packages::HEADLESS] } else { &[packages::APP] })?;
    node::build_page()?;
    build(request.release)?;
    if request.headless { run_headless(&request) } else { close(&mut app(&request)?.spawn()?) }
}

fn build(release: bool) -> Outcome {
    // Without this feature the app would look for a development server instead of its own page.
    let mut build = tools::cargo(["build", "--package", "mintage-desktop", "--features", "custom-protocol"]);
    if release {
        build.arg("--release");
    }
    tools::run(&mut build)
}

fn app(request: &Request) -> Outcome<Command> {
    let profile = if request.release { "release" } else { "debug" };
    let program = format!("mintage-desktop{}", std::env::consts::EXE_SUFFIX);
    let mut app = Command::new(tools::target()?.join(profile).join(program));
    app.args(&request.passed_on);
    Ok(app)
}

fn run_headless(request: &Request) -> Outcome {
    let session = Session::open(&request.size)?;
    eprintln!("\nDisplay {}, home {}", session.display(), session.home().display());
    let mut app = app(request)?;
    session.enter(&mut app);
    let mut child = app.spawn()?;
    let Some(file) = &request.screenshot else { return close(&mut child) };
    let taken = screenshot::take(&mut child, &session, file);
    child.kill()?;
    child.wait()?;
    taken
}

fn close(app: &mut Child) -> Outcome {
    let status = app.wait()?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("the app ended with an error ({status})"))) }
}

fn parse(arguments: &[String]) -> Outcome<Request> {
    let mut request =
        Request { headless: false, release: false, screenshot: None, size: "1280x800".into(), passed_on: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().ok_or_else(|| Failure::new(format!("`{argument}` needs a value")));
        match argument.as_str() {
            "--headless" => request.headless = true,
            "--release" => request.release = true,
            "--screenshot" => request.screenshot = Some(value()?.into()),
            "--size" => request.size = value()?,
            "--demo" => request.passed_on.push(argument.clone()),
            "--" => request.passed_on.extend(rest.by_ref().cloned()),
            option if option.starts_with('-') => {
                return Err(Failure::new(format!("there is no option `{option}`")).help("see `cargo xtask help`"));
            }
            _ => request.passed_on.push(argument.clone()),
        }
    }
    if request.screenshot.is_some() && !request.headless {
        return Err(Failure::new("--screenshot works only with --headless").help("add --headless"));
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Outcome<Request> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_demo_and_files_are_passed_on_to_the_app() {
        let check = |line: &str, headless: bool, release: bool, passed_on: &[&str]| {
            let request = parsed(line).unwrap();
            assert_eq!((request.headless, request.release), (headless, release), "{line:?}");
            assert_eq!(request.passed_on, passed_on, "{line:?}");
        };
        check("", false, false, &[]);
        check("--demo", false, false, &["--demo"]);
        check("--headless --demo --release", true, true, &["--demo"]);
        check("key.json --release other.json", false, true, &["key.json", "other.json"]);
        check("-- --strange.json", false, false, &["--strange.json"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let check =
            |line: &str, expected: &str| assert!(parsed(line).unwrap_err().to_string().contains(expected), "{line:?}");
        check("--dmeo", "no option `--dmeo`");
        check("--headless --screenshot", "needs a value");
        check("--screenshot a.png", "only with --headless");
    }
}
