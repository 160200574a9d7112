//! The **command line**: what a token, a list and an agent cost, beside an empty program and what others use.
//!
//! Both programs are the release's, the small one with its own profile. Times are from starting a process to its end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use mintage_core::catalog::Catalog;
use mintage_core::environment::{EnvironmentDraft, ProgramApproval, Tier};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{ImportRequest, Mint};
use mintage_core::secret::Secret;
use mintage_testbed::certificates::Certificates;
use mintage_testbed::fault_server::{Fault, FaultServer, http};
use mintage_testbed::issuer::{Config, DemoIssuer, RegisteredKey, TokenForm, User};
use mintage_testbed::setup::{KEY_ID, USER_ID, draft, key_file};
use mintage_testbed::wait::{PATIENCE, comes_true};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::sample::{Sample, milliseconds};
use crate::table::Table;
use crate::{Outcome, process, seed, setup};

const ROUNDS: usize = 200;
const ROUNDS_OF_LISTS: usize = 20;
const ROUNDS_OF_FIRST_TOKENS: usize = 15;
const ROUNDS_OF_KUBECTL: usize = 40;
const ASKERS: usize = 100;

/// What `mintage ls` prints, as SQL.
const ROWS: &str = "SELECT u.name, json_extract(e.settings, '$.name'), json_extract(e.settings, '$.provider'),
    c.state, c.expires_at, u.last_used_at, u.id
    FROM service_users u JOIN environments e ON e.id = u.environment
    LEFT JOIN credentials c ON c.service_user = u.id AND c.is_default = 1
    ORDER BY u.favourite DESC, u.name_folded, u.name, u.id";

/// The two programs, a catalogue with one service user, and an issuer that knows its key.
struct Machine {
    programs: PathBuf,
    data: TempDir,
    run: TempDir,
    issuer: DemoIssuer,
}

impl Machine {
    async fn start(programs: PathBuf) -> Outcome<Self> {
        let (data, run) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let issuer = DemoIssuer::start(Config::new(Arc::new(setup::now)).recording()).await?;
        let catalog = Catalog::open(data.path()).await?;
        let mint = Mint::new(catalog.clone(), Keychain::platform(), Arc::new(setup::now));
        // Nobody is here to be asked.
        let draft = EnvironmentDraft {
            programs: ProgramApproval::Tell,
            ..draft(issuer.issuer(), "zitadel", Tier::Development)
        };
        let environment = mint.add_environment(draft, false).await?;
        let text = Secret::new(key_file(USER_ID, KEY_ID, ""));
        let review = mint.review_text(text, mintage_core::credential::Source::Paste).await?;
        let key = review.facts.and_then(|facts| facts.key).ok_or("the key file has no key")?;
        let mut user = User::new(USER_ID, "Deploy Bot", "deploy-bot@acme.com");
        user.token_form = TokenForm::Jwt;
        user.keys = vec![RegisteredKey { key_id: KEY_ID.into(), public_pem: key.public_pem, expires_at: None }];
        issuer.add_user(user);
        mint.import(&ImportRequest { name: "ci-bot".into(), ..ImportRequest::of(review.id, environment.id) }).await?;
        catalog.close().await;
        Ok(Self { programs, data, run, issuer })
    }

    fn mintage(&self, line: &str) -> Command {
        let mut command = Command::new(self.programs.join("mintage"));
        command.args(line.split(' '));
        self.join(&mut command);
        quiet(&mut command);
        command
    }

    /// Points a program to this machine's catalogue and agent.
    fn join(&self, command: &mut Command) {
        command.env("MINTAGE_DATA_DIR", self.data.path());
        command.env("XDG_RUNTIME_DIR", self.run.path()).env_remove("MINTAGE_AGENT_SOCK");
    }

    fn stop_agent(&self) -> Outcome {
        self.mintage("agent stop").status()?;
        // The next one waits until it has stored its record, which is none of that one's business.
        comes_true(PATIENCE, || process::agents(self.run.path()).is_empty());
        Ok(())
    }

    fn mints(&self) -> usize {
        self.issuer.requests().iter().filter(|request| request.path.ends_with("/token")).count()
    }
}

fn quiet(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
}

/// Measures everything about the command line.
pub(crate) fn measure(runtime: &Runtime, table: &mut Table) -> Outcome {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).ok_or(format!("`{name}` isn't set"));
    let (programs, empty) = (variable("MINTAGE_BENCH_CLI")?, variable("MINTAGE_BENCH_EMPTY")?);
    let machine = runtime.block_on(Machine::start(programs))?;
    succeed(&mut machine.mintage("token ci-bot"))?;
    cached(&machine, &empty, table)?;
    together(&machine, table)?;
    memory(&machine, table);
    runtime.block_on(kubectl(&machine, table))?;
    first(&machine, table)?;
    machine.stop_agent()?;
    runtime.block_on(lists(&machine, table))?;
    machine.stop_agent()
}

fn succeed(command: &mut Command) -> Outcome {
    if command.status()?.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
}

fn time(command: &mut Command) -> Outcome<f64> {
    let started = Instant::now();
    succeed(command)?;
    Ok(milliseconds(started))
}

/// A token that the agent has, and a helper's answer, beside a program that does nothing and the least that others do.
fn cached(machine: &Machine, empty: &Path, table: &mut Table) -> Outcome {
    let mut programs = [
        machine.mintage("token ci-bot"),
        machine.mintage("helper headers ci-bot"),
        Command::new(empty),
        Command::new("oidc-token"),
    ];
    programs[3].arg("--version");
    let mut samples: [Sample; 4] = Default::default();
    for _ in 0..ROUNDS {
        for (program, sample) in programs.iter_mut().zip(&mut samples) {
            quiet(program);
            sample.0.push(time(program)?);
        }
    }
    let [token, helper, nothing, other] = samples;
    table.time("a cached token", token.median(), "an empty program", nothing.median());
    table.time("  its minimum", token.minimum(), "  its minimum", nothing.minimum());
    table.time("a cached token", token.median(), "oidc-token --version, without a token", other.median());
    table.time("  its minimum", token.minimum(), "  its minimum", other.minimum());
    table.time("a helper's answer (what kubectl waits for)", helper.median(), "an empty program", nothing.median());
    Ok(())
}

/// Many who ask at once for a token that nobody has yet.
fn together(machine: &Machine, table: &mut Table) -> Outcome {
    machine.stop_agent()?;
    let before = machine.mints();
    let started = Instant::now();
    let askers = (0..ASKERS).map(|_| machine.mintage("token ci-bot").spawn()).collect::<Result<Vec<Child>, _>>()?;
    for mut asker in askers {
        if !asker.wait()?.success() {
            return Err("an asker got no token".into());
        }
    }
    table.time_alone("100 askers at once, without an agent", milliseconds(started));
    table.note(format!("{ASKERS} askers at once led to {} mint(s)", machine.mints() - before));
    Ok(())
}

fn memory(machine: &Machine, table: &mut Table) {
    let agents = process::agents(machine.run.path());
    for (resident, proportional) in agents {
        table.memory_alone("the agent's memory (RSS)", resident);
        table.memory_alone("the agent's memory (PSS)", proportional);
    }
}

/// kubectl with the helper, beside kubectl with the same token in its configuration.
async fn kubectl(machine: &Machine, table: &mut Table) -> Outcome {
    let answer = http("200 OK", "Content-Type: application/json\r\n", "{}");
    let answer = move |_: &str| Fault::Say(answer.clone());
    let server = FaultServer::start_with(Some(Certificates::generate().good()), answer).await;
    let url = server.tls_url();
    succeed(&mut machine.mintage(&format!("env hosts ci-bot --add {}", url.trim_start_matches("https://"))))?;
    let token = machine.mintage("token ci-bot").stdout(Stdio::piped()).output()?;
    let token = String::from_utf8(token.stdout)?;
    let config = kubeconfig(&url, token.trim_end(), &machine.programs.join("mintage"));
    let file = machine.run.path().join("kubeconfig");
    std::fs::write(&file, config.to_string())?;
    let get = |user: &str| {
        let mut command = Command::new("kubectl");
        command.arg("--kubeconfig").arg(&file).args(["--user", user, "--cluster", "c", "get", "--raw", "/version"]);
        machine.join(&mut command);
        quiet(&mut command);
        command
    };
    let mut programs = [get("helper"), get("static")];
    if programs[1].status().is_err() {
        table.note("kubectl isn't installed, so it wasn't measured".to_owned());
        return Ok(());
    }
    let mut samples: [Sample; 2] = Default::default();
    for _ in 0..ROUNDS_OF_KUBECTL {
        for (program, sample) in programs.iter_mut().zip(&mut samples) {
            // The server answers on this runtime.
            let started = Instant::now();
            tokio::task::block_in_place(|| succeed(program))?;
            sample.0.push(milliseconds(started));
        }
    }
    let [helper, fixed] = samples;
    table.time("kubectl with the helper", helper.median(), "kubectl with a static token", fixed.median());
    table.time("  its minimum", helper.minimum(), "  its minimum", fixed.minimum());
    table.note(format!("the helper costs kubectl {:.1} ms (median)", helper.without(&[&fixed]).median()));
    Ok(())
}

fn kubeconfig(server: &str, token: &str, program: &Path) -> Value {
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": program, "interactiveMode": "Never",
        "args": ["helper", "kubectl", "ci-bot"], "provideClusterInfo": true,
    });
    json!({
        "apiVersion": "v1", "kind": "Config",
        "clusters": [{ "name": "c", "cluster": { "server": server, "insecure-skip-tls-verify": true } }],
        "users": [{ "name": "static", "user": { "token": token } }, { "name": "helper", "user": { "exec": exec } }],
    })
}

/// From no agent to a token: a process, a catalogue, a keychain, a mint.
fn first(machine: &Machine, table: &mut Table) -> Outcome {
    let mut sample = Sample::default();
    for _ in 0..ROUNDS_OF_FIRST_TOKENS {
        machine.stop_agent()?;
        sample.0.push(time(&mut machine.mintage("token ci-bot"))?);
    }
    table.time_alone("a first token without an agent (issuer on loopback)", sample.median());
    table.time_alone("  its minimum", sample.minimum());
    Ok(())
}

/// Ten thousand rows on a pipe, beside the same by sqlite3.
async fn lists(machine: &Machine, table: &mut Table) -> Outcome {
    let data = tempfile::tempdir()?;
    seed::fill(data.path()).await?;
    let mut ours = machine.mintage("ls");
    ours.env("MINTAGE_DATA_DIR", data.path());
    let mut theirs = Command::new("sqlite3");
    theirs.args(["-readonly", "-separator", "\t"]).arg(data.path().join("mintage.db")).arg(ROWS);
    quiet(&mut theirs);
    succeed(&mut ours)?;
    let mut samples: [Sample; 2] = Default::default();
    for _ in 0..ROUNDS_OF_LISTS {
        samples[0].0.push(time(&mut ours)?);
        samples[1].0.push(time(&mut theirs)?);
    }
    let [ours, theirs] = samples;
    table.time("ls of 10,000 service users", ours.median(), "sqlite3", theirs.median());
    table.time("  its minimum", ours.minimum(), "  its minimum", theirs.minimum());
    Ok(())
}
