//! `mintage` with a source of tokens for tests: the product's own paths, and tokens from a folder that
//! `MINTAGE_TEST_SOURCE` names. It holds `hosts` and `tokens`, one a line; the first token is given until it's refused.
//! Each request is added to `requests`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mintage_cli::args::{Global, Verb};
use mintage_cli::failure::{Exit, Failure};
use mintage_cli::full::Owner;
use mintage_cli::project::Project;
use mintage_cli::request::{Outcome, Refused, TokenRequest, TokenSource};
use mintage_cli::target::Binding;
use mintage_cli::token::{Authorization, Origin, Token};
use mintage_cli::{fast_path, full};
use secrecy::{ExposeSecret, SecretString};

struct Folder(PathBuf);

impl Folder {
    fn lines(&self, name: &str) -> Vec<String> {
        fs::read_to_string(self.0.join(name)).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn note(&self, line: &str) {
        let mut file = fs::File::options().create(true).append(true).open(self.0.join("requests")).expect("a folder");
        writeln!(file, "{line}").expect("a file");
    }

    fn drop_token(&self, refused: &str) {
        let left: Vec<_> = self.lines("tokens").into_iter().filter(|token| token != refused).collect();
        fs::write(self.0.join("tokens"), left.join("\n")).expect("a folder");
    }
}

impl TokenSource for Folder {
    fn token(&mut self, request: &TokenRequest) -> Result<Outcome, Failure> {
        let target = request.target.as_ref().map(ToString::to_string).unwrap_or_default();
        self.note(&format!("{} {} {target}", request.asker, request.name.user.as_deref().unwrap_or("-")));
        let hosts = self.lines("hosts");
        let binding = Binding::parse(hosts.iter().map(String::as_str)).expect("the test's hosts are hosts");
        if request.target.as_ref().is_some_and(|target| !binding.covers(target)) {
            return Ok(Outcome::NotBound);
        }
        self.refused(request)?;
        let Some(token) = self.lines("tokens").into_iter().next() else {
            return Err(Failure::new(Exit::NotApproved, "request-denied", "the request was denied"));
        };
        Ok(Outcome::Token(Box::new(Token {
            handle: format!("handle-of-{token}"),
            access_token: SecretString::from(token),
            authorization: Authorization::Bearer,
            expires_at: time::OffsetDateTime::from_unix_timestamp(4_102_444_800).ok(),
            origin: Origin { environment: "staging".into(), ..Origin::default() },
        })))
    }

    fn refused(&mut self, request: &TokenRequest) -> Result<(), Failure> {
        let token = match &request.refused {
            Some(Refused::Handle(handle)) => handle.trim_start_matches("handle-of-").to_owned(),
            Some(Refused::Token(token)) => token.expose_secret().to_owned(),
            None => return Ok(()),
        };
        self.note(&format!("refused {token}"));
        self.drop_token(&token);
        Ok(())
    }
}

impl Owner for Folder {
    fn tokens(&mut self, _: &Global) -> Result<Box<dyn TokenSource + Send>, Failure> {
        Ok(Box::new(Self(self.0.clone())))
    }

    fn offer_environment(&mut self, _: &Project, _: &Path, _: &Global) -> Result<bool, Failure> {
        Ok(false)
    }

    fn bind_host(&mut self, _: &str, _: Option<&str>, _: bool, _: &Global) -> Result<bool, Failure> {
        Ok(false)
    }

    fn run(&mut self, _: Verb, _: &Global) -> Result<u8, Failure> {
        Err(Failure::new(Exit::Failed, "not-here", "only tokens are here"))
    }
}

fn main() -> ExitCode {
    let argv: Vec<_> = std::env::args_os().collect();
    let folder = std::env::var_os("MINTAGE_TEST_SOURCE").expect("MINTAGE_TEST_SOURCE names a folder");
    let mut source = Folder(folder.into());
    let route = fast_path::route(&argv, &|name| std::env::var(name).ok());
    let went = fast_path::go(route, &mut source);
    ExitCode::from(went.unwrap_or_else(|| {
        let full = std::iter::once("mintage".into()).chain(fast_path::for_full_program(&argv)).collect::<Vec<_>>();
        full::run(&full, &mut source)
    }))
}
