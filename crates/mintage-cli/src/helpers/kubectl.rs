//! kubectl and client-go: the ExecCredential API, `client.authentication.k8s.io/v1`.
//!
//! The cluster's configuration in kubeconfig may name service user and environment, so that one user entry serves
//! all clusters. The protocol can't say "nothing for this host"; a host that isn't bound is a failure.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Input, Reply, Step, not_bound};
use crate::request::{Name, Outcome};
use crate::target::Target;

const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// Clients keep a token for their whole run and don't repeat the request that a dead one failed.
const MIN_VALID: Duration = Duration::from_secs(300);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    api_version: String,
    kind: String,
    #[serde(default)]
    spec: Spec,
}

#[derive(Default, Deserialize)]
struct Spec {
    cluster: Option<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    server: String,
    config: Option<serde_json::Value>,
}

/// What the cluster's extension `client.authentication.k8s.io/exec` may say: `{"mintage": {"environment": "staging"}}`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configured {
    user: Option<String>,
    environment: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    audience: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credential<'a> {
    api_version: &'a str,
    kind: &'a str,
    status: Status<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    expiration_timestamp: Option<OffsetDateTime>,
    token: &'a str,
}

pub(super) fn step(input: &Input) -> Step {
    match read(input) {
        Ok((asked, configured)) => ask(input, asked, configured),
        Err(reply) => Step::Reply(reply),
    }
}

fn read(input: &Input) -> Result<(Asked, Configured), Reply> {
    let Some(text) = (input.variable)("KUBERNETES_EXEC_INFO").filter(|text| !text.is_empty()) else {
        let message =
            "KUBERNETES_EXEC_INFO isn't set: this helper is run by kubectl, from `users[].user.exec` in kubeconfig";
        return Err(Reply::misunderstood(message));
    };
    let asked: Asked = serde_json::from_str(&text)
        .map_err(|error| Reply::misunderstood(format!("KUBERNETES_EXEC_INFO can't be read: {error}")))?;
    if asked.kind != "ExecCredential" || !VERSIONS.contains(&asked.api_version.as_str()) {
        let message =
            format!("kubeconfig asks for `{}` of `{}`, expected `{}`", asked.kind, asked.api_version, VERSIONS[0]);
        return Err(Reply::misunderstood(message));
    }
    let config = asked.spec.cluster.as_ref().and_then(|cluster| cluster.config.as_ref());
    let configured = match config.and_then(|config| config.get("mintage")) {
        Some(value) => Configured::deserialize(value).map_err(|error| {
            Reply::misunderstood(format!("the cluster's `mintage` configuration can't be read: {error}"))
        })?,
        None => Configured::default(),
    };
    Ok((asked, configured))
}

fn ask(input: &Input, asked: Asked, configured: Configured) -> Step {
    let mut request = input.request();
    let written = input.call.name.clone().or(Name { user: configured.user, environment: configured.environment });
    request.name = written.or(request.name);
    if request.scopes.is_empty() {
        request.scopes = configured.scopes;
    }
    if request.audience.is_empty() {
        request.audience = configured.audience;
    }
    request.min_valid.get_or_insert(MIN_VALID);
    // A client runs its plugin once and keeps the token until a 401.
    request.repeat_is_refusal = true;
    if let Some(cluster) = &asked.spec.cluster {
        match Target::parse(&cluster.server) {
            Some(target) => request.target = Some(target),
            None => return Step::Reply(Reply::misunderstood(format!("`{}` isn't a server's URL", cluster.server))),
        }
    }
    let unbound = not_bound(&request);
    Step::ask(request, move |outcome| match outcome {
        Ok(Outcome::Token(token)) => Reply::json(&Credential {
            api_version: &asked.api_version,
            kind: "ExecCredential",
            status: Status { expiration_timestamp: token.expires_at, token: &token.credentials() },
        }),
        Ok(Outcome::NotBound) => Reply::failure(&unbound),
        Err(failure) => Reply::failure(&failure),
    })
}

#[cfg(test)]
mod tests {
    use crate::helpers::Tool;
    use crate::helpers::testing::step;

    const V1: &str =
        r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}"#;
    const CLUSTER: &str = r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":true,
        "cluster":{"server":"https://k8s.example:6443","config":{"mintage":{"environment":"staging","user":"deployer"}}}}}"#;

    fn run(args: &[&str], info: &str) -> super::Step {
        step(Tool::Kubectl, args, &[("KUBERNETES_EXEC_INFO", info), ("MINTAGE_ENV", "production")], "")
    }

    #[test]
    fn the_answer_is_an_exec_credential_of_the_asked_version() {
        assert_eq!(
            run(&["ci-bot"], V1).given(),
            concat!(
                r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","#,
                r#""status":{"expirationTimestamp":"2026-11-29T16:00:00Z","token":"good"}}"#,
                "\n"
            )
        );
        assert!(
            run(&["ci-bot"], CLUSTER).given().starts_with(r#"{"apiVersion":"client.authentication.k8s.io/v1beta1""#)
        );
    }

    #[test]
    fn the_cluster_names_environment_and_host_and_the_command_line_wins() {
        let (request, _) = run(&[], CLUSTER).asks();
        assert_eq!(
            (request.name.user.as_deref(), request.name.environment.as_deref()),
            (Some("deployer"), Some("staging"))
        );
        assert_eq!(request.target.unwrap().to_string(), "https://k8s.example:6443");
        assert_eq!(request.min_valid.unwrap().as_secs(), 300);
        let (request, _) = run(&["ci-bot", "-e", "development"], CLUSTER).asks();
        assert_eq!(
            (request.name.user.as_deref(), request.name.environment.as_deref()),
            (Some("ci-bot"), Some("development"))
        );
    }

    #[test]
    fn a_host_that_is_not_bound_and_a_denial_say_why_on_standard_error() {
        let reply = run(&[], CLUSTER).without();
        assert_eq!((reply.text_of().as_str(), reply.exit), ("", 1));
        assert!(
            reply.stderr.starts_with(
                "error[host-not-bound]: `https://k8s.example:6443` isn't one of the environment's hosts\n"
            )
        );
        assert_eq!(run(&[], V1).denied().exit, 6);
    }

    #[test]
    fn what_is_no_exec_credential_is_refused() {
        for info in [
            "",
            "{}",
            "[]",
            r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v2","spec":{}}"#,
            r#"{"kind":"Pod","apiVersion":"client.authentication.k8s.io/v1","spec":{}}"#,
            r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"server":""}}}"#,
            r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"server":"https://x","config":{"mintage":{"token":"x"}}}}}"#,
        ] {
            let reply = run(&[], info).replies();
            assert_eq!((reply.exit, reply.stdout.len()), (1, 0), "{info}");
            assert!(reply.stderr.starts_with("error[helper-protocol]: "), "{info}");
        }
    }
}
