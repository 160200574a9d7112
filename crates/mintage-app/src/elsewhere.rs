//! How a service user's token is used **elsewhere**: lines for other tools, each of which asks `mintage` for the token.
//!
//! Rule: no line contains a token. Names are quoted for the shell that reads them.

use std::path::PathBuf;

use mintage_agent_protocol::text::word;
use mintage_core::environment::Environment;
use mintage_core::service_user::ServiceUser;
use serde::Serialize;
use specta::Type;

/// Lines for one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Snippet {
    /// The tool.
    pub tool: Tool,
    /// The lines, to be copied as they are.
    pub text: String,
}

/// What a token is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    /// A POSIX shell: the token in a variable of one command.
    Shell,
    /// Any program, with the token in its environment.
    Exec,
    /// curl.
    Curl,
    /// git over HTTPS.
    Git,
    /// kubectl.
    Kubectl,
    /// docker.
    Docker,
    /// HTTP clients that read headers from a command, such as MCP clients.
    Headers,
    /// HTTP clients that read variables: VS Code REST Client, Bruno, Insomnia.
    Http,
}

/// The lines for a service user.
pub fn snippets(user: &ServiceUser, environment: &Environment) -> Vec<Snippet> {
    let arguments = format!("{} -e {}", word(&user.settings.name), word(&environment.settings.name));
    let host = host(environment);
    // Plain HTTP is possible on this computer only.
    let is_plain = host == environment.settings.issuer.host_and_port()
        && environment.settings.issuer.as_str().starts_with("http:");
    let url = format!("{}://{host}", if is_plain { "http" } else { "https" });
    let text = |tool| match tool {
        Tool::Shell => format!("TOKEN=$(mintage token {arguments})"),
        Tool::Exec => format!("mintage exec {arguments} --env-name ACCESS_TOKEN -- ./your-program"),
        Tool::Curl => format!("mintage token {arguments} --form header | curl -H @- {}", word(&url)),
        Tool::Git => format!("mintage setup git {arguments} --host {} --write", word(&url)),
        Tool::Kubectl => format!("mintage setup kubectl {arguments} --host {CURRENT_CLUSTER} --write"),
        Tool::Docker => format!("mintage setup docker {arguments} --host {} --write", word(&host)),
        Tool::Headers => format!("mintage helper headers {arguments} --url {}", word(&url)),
        Tool::Http => format!("mintage exec {arguments} --env-name ACCESS_TOKEN -- code ."),
    };
    let all = [Tool::Shell, Tool::Exec, Tool::Curl, Tool::Git, Tool::Kubectl, Tool::Docker, Tool::Headers, Tool::Http];
    all.into_iter().map(|tool| Snippet { tool, text: text(tool) }).collect()
}

/// The cluster of kubectl's current context, whose name only kubeconfig knows.
const CURRENT_CLUSTER: &str = r#""$(kubectl config view --minify -o jsonpath='{..context.cluster}')""#;

/// A host that the environment's tokens may go to: the first that the user listed, or else the issuer's.
fn host(environment: &Environment) -> String {
    let settings = &environment.settings;
    let listed = settings.token_hosts.iter().find(|host| !host.contains('*'));
    listed.cloned().unwrap_or_else(|| settings.issuer.host_and_port())
}

/// Where the `mintage` command is, if a shell would find it.
pub fn command_on_path() -> Option<PathBuf> {
    let name = if cfg!(windows) { "mintage.exe" } else { "mintage" };
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use mintage_core::environment::{EnvironmentDraft, Tier};
    use mintage_core::ids::{EnvironmentId, ServiceUserId};
    use mintage_core::provider::ProviderId;
    use mintage_core::service_user::ServiceUserDraft;
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    fn lines(user: &str, environment: &str, token_hosts: &[&str]) -> Vec<Snippet> {
        let draft = EnvironmentDraft {
            token_hosts: token_hosts.iter().map(ToString::to_string).collect(),
            ..EnvironmentDraft::new(
                environment,
                ProviderId("zitadel".into()),
                Tier::Staging,
                "https://auth.example:8443",
            )
        };
        let id = EnvironmentId(Uuid::nil());
        let created_at = OffsetDateTime::UNIX_EPOCH;
        let environment = Environment { id, settings: draft.read().unwrap(), demo: false, created_at };
        let user = ServiceUser {
            id: ServiceUserId(Uuid::nil()),
            environment: id,
            user_id: "1".into(),
            settings: ServiceUserDraft {
                name: user.into(),
                scopes: Vec::new(),
                favourite: false,
                tags: Vec::new(),
                notes: String::new(),
            },
            default_credential: None,
            created_at,
            last_used_at: None,
        };
        snippets(&user, &environment)
    }

    #[test]
    fn every_line_names_the_command_and_the_service_user() {
        for Snippet { tool, text } in lines("ci-bot", "Dev", &["*.corp.example", "git.example"]) {
            assert!(text.contains("mintage ") && text.contains("ci-bot -e Dev"), "{tool:?}: {text}");
            let names_host = matches!(tool, Tool::Curl | Tool::Git | Tool::Docker | Tool::Headers);
            assert_eq!(text.contains("git.example"), names_host, "{tool:?}: {text}");
        }
        let git = &lines("ci-bot", "Dev", &[])[3].text;
        assert_eq!(git, "mintage setup git ci-bot -e Dev --host https://auth.example:8443 --write");
    }

    #[test]
    fn a_name_is_one_word_for_the_shell_whatever_is_in_it() {
        for (name, word) in [("a b", "'a b'"), ("it's", r"'it'\''s'"), ("$(rm)", "'$(rm)'"), ("é", "'é'")] {
            let line = &lines(name, name, &[])[0].text;
            assert_eq!(line, &format!("TOKEN=$(mintage token {word} -e {word})"));
        }
    }
}
