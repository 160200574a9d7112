//! A **call** is the command line with which a tool runs its helper: what the person wrote into the tool's
//! configuration, followed by what the tool appends.

use crate::failure::{Exit, Failure};
use crate::helpers::Tool;
use crate::request::{Name, TokenRequest};
use crate::scan::{self, Word};
use crate::target::Target;

/// A helper's command line, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// The tool's name, for the record.
    pub tool: &'static str,
    /// The service user and environment that the configuration names.
    pub name: Name,
    /// `--scope`.
    pub scopes: Vec<String>,
    /// `--audience`.
    pub audience: Vec<String>,
    /// `--min-valid`.
    pub min_valid: Option<std::time::Duration>,
    /// `--username`, for tools that only know names and passwords.
    pub username: Option<String>,
    /// `--url`, for tools that don't say where the token goes.
    pub url: Option<Target>,
    /// `--mode`, which only the keyring protocol has.
    pub mode: Option<String>,
    /// `--no-input`.
    pub no_input: bool,
    /// What the tool appends: an operation and what belongs to it.
    pub operands: Vec<String>,
}

/// The options that take a value.
const VALUES: [&str; 8] = ["-e", "--env", "--scope", "--audience", "--min-valid", "--username", "--url", "--mode"];

impl Call {
    /// Reads a helper's arguments.
    ///
    /// # Errors
    /// A usage failure for what nobody could have meant.
    pub fn parse(tool: Tool, args: &[String]) -> Result<Self, Failure> {
        let mut call = Self { tool: tool.name(), ..Self::default() };
        let mut words = Vec::new();
        for word in scan::words(args, &VALUES) {
            match word? {
                Word::Plain(word) => words.push(word.to_owned()),
                Word::Value(option, value) => call.set(option, value)?,
                Word::Flag("--no-input") => call.no_input = true,
                Word::Flag("--cargo-plugin" | "-q" | "--quiet" | "--") => {}
                Word::Flag(other) => return Err(scan::unknown_option(other)),
            }
        }
        let own = words.len().saturating_sub(appended(tool, &words));
        call.operands = words.split_off(own);
        match words.len() {
            0 => {}
            1 => call.name.user = words.pop(),
            _ => return Err(too_many(tool, &words[1])),
        }
        Ok(call)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), Failure> {
        let text = value.to_owned();
        match option {
            "-e" | "--env" => self.name.environment = Some(text),
            "--scope" => self.scopes.push(text),
            "--audience" => self.audience.push(text),
            "--min-valid" => self.min_valid = Some(scan::duration(value)?),
            "--username" => self.username = Some(text),
            "--mode" => self.mode = Some(text),
            _ => self.url = Some(Target::parse(value).ok_or_else(|| scan::no_url(value))?),
        }
        Ok(())
    }

    /// Starts a request; the environment's defaults fill what the command line leaves open.
    pub fn request(&self, variable: &dyn Fn(&str) -> Option<String>) -> TokenRequest {
        TokenRequest {
            name: self.name.clone().or(Name::from_environment(variable)),
            target: self.url.clone(),
            asker: self.tool,
            scopes: self.scopes.clone(),
            audience: self.audience.clone(),
            min_valid: self.min_valid,
            no_input: self.no_input || variable("MINTAGE_NO_INPUT").is_some_and(|value| !value.is_empty()),
            ..TokenRequest::default()
        }
    }

    /// The name for tools that only know names and passwords.
    pub fn username(&self) -> &str {
        self.username.as_deref().unwrap_or("oauth2")
    }

    /// The first word that the tool appended.
    pub fn operation(&self) -> Option<&str> {
        self.operands.first().map(String::as_str)
    }
}

/// Says how many of the words the tool appended.
fn appended(tool: Tool, words: &[String]) -> usize {
    match tool {
        Tool::Git | Tool::Docker | Tool::Bazel => 1,
        Tool::Terraform => 2,
        Tool::Keyring => {
            let operation = words.iter().position(|word| matches!(word.as_str(), "get" | "set" | "del"));
            operation.map_or(words.len(), |at| words.len() - at)
        }
        Tool::Cargo | Tool::Google | Tool::Headers | Tool::Kubectl | Tool::Pnpm => 0,
    }
}

fn too_many(tool: Tool, word: &str) -> Failure {
    let message = format!("`{word}` is one word too many for the {} helper", tool.name());
    Failure::new(Exit::Usage, "usage", message).with_help(format!("Write `mintage helper {} USER -e ENV`", tool.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(tool: Tool, line: &str) -> Result<Call, Failure> {
        Call::parse(tool, &line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_the_tool_appends_is_told_from_what_the_person_wrote() {
        for (tool, line, user, operands) in [
            (Tool::Git, "ci-bot -e staging get", Some("ci-bot"), vec!["get"]),
            (Tool::Git, "get", None, vec!["get"]),
            (Tool::Git, "--env=staging get", None, vec!["get"]),
            (Tool::Docker, "list", None, vec!["list"]),
            (Tool::Terraform, "ci-bot get app.terraform.io", Some("ci-bot"), vec!["get", "app.terraform.io"]),
            (Tool::Keyring, "get https://x/ bob", None, vec!["get", "https://x/", "bob"]),
            (Tool::Keyring, "ci-bot get https://x/ --mode creds", Some("ci-bot"), vec!["get", "https://x/"]),
            (Tool::Kubectl, "staging/ci-bot", Some("staging/ci-bot"), vec![]),
            (Tool::Kubectl, "", None, vec![]),
        ] {
            let call = parse(tool, line).unwrap();
            assert_eq!(
                (call.name.user.as_deref(), call.operands),
                (user, operands.iter().map(ToString::to_string).collect()),
                "{line}"
            );
        }
    }

    #[test]
    fn arguments_that_make_no_sense_are_usage_failures() {
        for line in ["a b get", "--wat get", "-e", "--min-valid soon get", "--url :// get", "--no-input=1 get"] {
            assert_eq!(parse(Tool::Git, line).unwrap_err().exit, Exit::Usage, "{line}");
        }
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        let variable = |name: &str| Some(if name == "MINTAGE_ENV" { "production" } else { "someone" }.to_owned());
        let named = |line| parse(Tool::Kubectl, line).unwrap().request(&variable).name;
        let name = |user: &str, environment: Option<&str>| Name {
            user: Some(user.into()),
            environment: environment.map(Into::into),
        };
        assert_eq!(named("ci-bot -e staging"), name("ci-bot", Some("staging")));
        assert_eq!(named("ci-bot"), name("ci-bot", Some("production")));
        assert_eq!(named("staging/ci-bot"), name("staging/ci-bot", None));
        assert_eq!(named(""), name("someone", Some("production")));
    }
}
