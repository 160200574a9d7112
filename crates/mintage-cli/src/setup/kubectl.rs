//! kubectl: a user that runs the helper, and with a cluster's name a context that joins both.

use std::path::Path;
use std::process::Command;

use super::{Change, Edit, Machine, Options};
use crate::failure::{Exit, Failure};
use crate::target::Target;

const API: &str = "--exec-api-version=client.authentication.k8s.io/v1";

pub(super) fn plan(options: &Options, machine: &Machine) -> Result<Change, Failure> {
    let list = machine.path("KUBECONFIG", ".kube/config");
    let file = std::env::split_paths(&list).next().unwrap_or(list);
    let lines = if options.undo {
        removing(options, &super::change::read(&file)?.unwrap_or_default())
    } else {
        adding(options)
    };
    let server = match options.host.as_deref().filter(|_| !lines.is_empty()) {
        None => None,
        Some(cluster) => match server_of(cluster, &file)? {
            None if !options.undo => return Err(unknown(cluster, &file)),
            server => server,
        },
    };
    let host = server.as_deref().and_then(Target::parse).as_ref().and_then(Options::bound);
    let edit = (!lines.is_empty()).then_some((file, Edit::Commands(lines)));
    let note = if options.host.is_some() { "" } else { NO_CLUSTER };
    Ok(Change { edit, host, note: if options.undo { String::new() } else { note.to_owned() }, ..Change::default() })
}

/// The commands that add the user, and the context if a cluster is named.
fn adding(options: &Options) -> Vec<Vec<String>> {
    let user = user(options);
    let exec = ["--exec-command=mintage", "--exec-arg=helper", "--exec-arg=kubectl"];
    let mut set = kubectl(&["set-credentials", &user, API]);
    set.extend(exec.map(str::to_owned));
    set.extend(options.arguments().iter().map(|word| format!("--exec-arg={word}")));
    set.extend(["--exec-interactive-mode=IfAvailable".into(), "--exec-provide-cluster-info=true".into()]);
    let context = options.host.as_ref().map(|cluster| {
        kubectl(&["set-context", &context(cluster), &format!("--cluster={cluster}"), &format!("--user={user}")])
    });
    std::iter::once(set).chain(context).collect()
}

/// The commands that remove what is in a kubeconfig of these.
fn removing(options: &Options, kubeconfig: &str) -> Vec<Vec<String>> {
    let known = |name: &String| {
        let entry = format!("name: {name}");
        kubeconfig.lines().any(|line| line.trim_start_matches(['-', ' ']) == entry)
    };
    let user = Some(user(options)).filter(known).map(|user| kubectl(&["delete-user", &user]));
    let context = options.host.as_deref().map(context).filter(known);
    user.into_iter().chain(context.map(|name| kubectl(&["delete-context", &name]))).collect()
}

fn user(options: &Options) -> String {
    match &options.environment {
        Some(environment) => format!("mintage-{environment}-{}", options.user),
        None => format!("mintage-{}", options.user),
    }
}

fn context(cluster: &str) -> String {
    format!("mintage-{cluster}")
}

fn kubectl(words: &[&str]) -> Vec<String> {
    let flag = format!("--kubeconfig={}", Edit::FILE);
    ["kubectl", "config", &flag].iter().chain(words).map(ToString::to_string).collect()
}

const NO_CLUSTER: &str = "# Add `--host CLUSTER` for a context with this user, and to let tokens go to that cluster.\n";

fn unknown(cluster: &str, file: &Path) -> Failure {
    let message = format!("`{}` has no cluster `{cluster}`", file.display());
    Failure::new(Exit::NoSuchName, "cluster-not-found", message)
        .with_help("Run `kubectl config get-clusters` to list them")
}

/// The server of a cluster, if kubeconfig has it.
fn server_of(cluster: &str, file: &Path) -> Result<Option<String>, Failure> {
    let template = r#"{range .clusters[*]}{.name}{"\n"}{.cluster.server}{"\n"}{end}"#;
    let mut command = Command::new("kubectl");
    command.arg(format!("--kubeconfig={}", file.display())).args(["config", "view", "-o"]);
    let output = command.arg(format!("jsonpath={template}")).output();
    let output = output.map_err(|error| crate::exec::not_run("kubectl", &error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines();
    while let (Some(name), Some(server)) = (lines.next(), lines.next()) {
        if name == cluster {
            return Ok(Some(server.to_owned()));
        }
    }
    Ok(None)
}
