//! `mintage import`: key files into the keychain.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use mintage_app::agent::resolve;
use mintage_app::import::{self, BatchFile, Tested};
use mintage_cli::args::{Global, ImportArgs};
use mintage_cli::failure::{Exit, Failure, escaped};
use mintage_cli::full;
use mintage_cli::output::Columns;
use mintage_cli::terminal;
use mintage_core::credential::Source;
use mintage_core::error::Problem;
use mintage_core::ids::EnvironmentId;
use mintage_core::mint::{ImportRequest, Mint, PlanEntry, PlanItem, PlanRequest, Review, ReviewId};
use mintage_core::secret::Secret;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::input::read_input;
use crate::problem::failure;
use crate::session::Session;
use crate::{print, print_json, say};

/// The largest input that is read.
const MOST_BYTES: u64 = mintage_core::key_file::MAX_BYTES;

/// What became of one file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    file: String,
    /// `stored`, `unchanged` or `refused`.
    state: &'static str,
    service_user: Option<String>,
    /// Why it was refused, or why no token could be minted with it.
    problem: Option<String>,
    code: Option<String>,
    /// Whether a token was minted with it, if that was tried.
    tested: Option<bool>,
    /// Whether the file was deleted.
    removed: bool,
    /// What to know about it that doesn't prevent its import: sentences without a final period.
    warnings: Vec<String>,
}

/// Imports files. Exits with 1 if any was refused, and with 9 if only a person was missing who knows the passphrase.
///
/// # Errors
/// There is no environment for them; what catalogue and keychain report.
pub(crate) async fn import(args: &ImportArgs, global: &Global) -> Result<u8, Failure> {
    let rows = Session::with(async |session| import_with(&session.mint, args, global).await).await?;
    show(&rows, global)?;
    let refused: Vec<_> = rows.iter().filter(|row| row.state == "refused").collect();
    let only_typing = refused.iter().all(|row| row.code.as_deref() == Some("needs-person"));
    let exit = match refused.len() {
        0 => Exit::Success,
        _ if only_typing => Exit::NeedsInput,
        _ => Exit::Failed,
    };
    Ok(exit.code())
}

async fn import_with(mint: &Mint, args: &ImportArgs, global: &Global) -> Result<Vec<Row>, Failure> {
    let environment = environment(mint, global).await?;
    let reviews = opened(mint, review(mint, args).await?, global).await;
    let mut rows: Vec<Row> = reviews.iter().filter_map(unreadable).collect();
    let items = planned(mint, args, environment, &reviews).await?;
    let files: HashMap<_, _> = reviews.iter().map(|review| (review.id, notes_of(review, &items))).collect();
    let requests: Vec<_> = items.into_iter().filter_map(|item| importable(item, &files, &mut rows)).collect();
    // A file is only deleted once its key has proven itself.
    let test = args.test || args.remove_file;
    for file in import::batch(mint, &requests, test, |_| ControlFlow::Continue(())).await {
        let mut row = imported(&file, files.get(&file.review));
        if args.remove_file && row.state != "refused" {
            remove(mint, file.review, &mut row).await;
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Deletes the file of a key that was read back from the keychain and gave a token.
async fn remove(mint: &Mint, review: ReviewId, row: &mut Row) {
    if row.tested != Some(true) {
        let kept = "the file was kept, because its key gave no token";
        row.problem = Some(row.problem.take().map_or_else(|| kept.to_owned(), |problem| format!("{kept}: {problem}")));
        return;
    }
    match mint.delete_original(review).await {
        Ok(()) => row.removed = true,
        Err(error) => row.problem = Some(format!("the file was kept: {error}")),
    }
}

/// How often a passphrase is asked for.
const TRIES: usize = 3;

/// Opens what is encrypted with a passphrase that a person types.
async fn opened(mint: &Mint, reviews: Vec<Review>, global: &Global) -> Vec<Review> {
    let mut all = Vec::new();
    for review in reviews {
        let sealed = review.problem.as_ref().is_some_and(|problem| PASSPHRASE.contains(&problem.code.as_str()));
        all.push(if sealed { unsealed(mint, review, global).await } else { review });
    }
    // What joined another file isn't one of its own any more.
    let taken_up: Vec<_> = all.iter().filter_map(|review| review.takes_up).collect();
    all.retain(|review| !taken_up.contains(&review.id));
    all
}

/// The codes of a key that needs a passphrase: before one was tried, and after.
const PASSPHRASE: [&str; 2] = ["passphrase-needed", "passphrase-wrong"];

async fn unsealed(mint: &Mint, review: Review, global: &Global) -> Review {
    let mut problem = review.problem.clone();
    for attempt in 0..TRIES {
        let name = escaped(&name_of(&review.source));
        let again = if attempt == 0 { "" } else { "Wrong passphrase. " };
        let typed = match terminal::secret(&format!("{again}Passphrase of {name}: "), global) {
            Ok(typed) => Secret::new(typed.expose_secret().to_owned()),
            Err(failure) => {
                let help = failure.help.unwrap_or_default();
                problem =
                    Some(Problem::of_shell(&failure.code, "its passphrase has to be typed by a person".into(), &help));
                break;
            }
        };
        match mint.unseal(review.id, &typed).await.map_err(Problem::from) {
            Ok(review) => return review,
            Err(wrong) => {
                let again = PASSPHRASE.contains(&wrong.code.as_str());
                problem = Some(wrong);
                if !again {
                    break;
                }
            }
        }
    }
    Review { problem, ..review }
}

async fn environment(mint: &Mint, global: &Global) -> Result<Option<EnvironmentId>, Failure> {
    let meant = full::user_if_named(None, global)?;
    let Some(name) = meant.name.environment else { return Ok(None) };
    let all: Vec<_> = mint.environments().await.map_err(failure)?.into_iter().map(|row| row.environment).collect();
    let found = resolve::within(Some(&name), &all).map_err(mintage_cli::agent::failed)?;
    let found = found.first().copied();
    if let Some(environment) = found {
        resolve::check_issuer(environment, meant.issuer.as_deref()).map_err(mintage_cli::agent::failed)?;
    }
    Ok(found.map(|environment| environment.id))
}

async fn review(mint: &Mint, args: &ImportArgs) -> Result<Vec<Review>, Failure> {
    let (input, files): (Vec<_>, Vec<_>) = args.files.iter().cloned().partition(|file| file == Path::new("-"));
    let mut reviews = if files.is_empty() { Vec::new() } else { mint.review_files(&files).await.map_err(failure)? };
    if !input.is_empty() {
        let text = read_input(MOST_BYTES)?;
        reviews.push(mint.review_text(text, Source::Paste).await.map_err(failure)?);
    }
    Ok(reviews)
}

/// The plan for each file that can be read.
async fn planned(
    mint: &Mint,
    args: &ImportArgs,
    environment: Option<EnvironmentId>,
    reviews: &[Review],
) -> Result<Vec<PlanItem>, Failure> {
    let readable: Vec<_> = reviews.iter().filter(|review| review.facts.is_some()).collect();
    if args.name.is_some() && readable.len() > 1 {
        return Err(Failure::new(Exit::Usage, "usage", "`--name` is for a single file"));
    }
    let entries = readable.iter().map(|review| PlanEntry { name: args.name.clone(), ..PlanEntry::of(review.id) });
    let request = PlanRequest { environment, entries: entries.collect(), ..PlanRequest::default() };
    let plan = mint.import_plan(&request).await.map_err(failure)?;
    if plan.environment.is_none() && !readable.is_empty() {
        let help = if mint.environments().await.map_err(failure)?.is_empty() {
            "Add one with `mintage env add NAME --issuer URL`, then name it with `-e NAME`"
        } else {
            "Add `-e ENV`; `mintage env ls` lists them"
        };
        return Err(Failure::new(Exit::Usage, "usage", "say which environment the keys are for").with_help(help));
    }
    Ok(plan.items)
}

/// What the row of every file contains, imported or not.
struct FileNotes {
    name: String,
    warnings: Vec<String>,
}

fn notes_of(review: &Review, items: &[PlanItem]) -> FileNotes {
    let facts = review.facts.iter().flat_map(|facts| &facts.warnings);
    let planned = items.iter().filter(|item| item.review == review.id).flat_map(|item| &item.misfits);
    let warnings = facts.chain(planned).map(|notice| notice.message.clone()).collect();
    FileNotes { name: name_of(&review.source), warnings }
}

/// The request for a file that can go in; else why it can't becomes a row.
fn importable(item: PlanItem, files: &HashMap<ReviewId, FileNotes>, rows: &mut Vec<Row>) -> Option<ImportRequest> {
    let (code, problem) = match item.request {
        Some(request) if item.complete && item.taken && !item.foreign => return Some(request),
        _ if item.foreign || !item.taken => ("other-environment", "it belongs to another provider"),
        _ => ("import-incomplete", "an id is missing that only the console shows"),
    };
    rows.push(Row::refused(files.get(&item.review), code, problem));
    None
}

fn unreadable(review: &Review) -> Option<Row> {
    let problem = review.problem.as_ref()?;
    Some(Row::refused(Some(&notes_of(review, &[])), &problem.code, &problem.message))
}

impl Row {
    fn refused(notes: Option<&FileNotes>, code: &str, problem: &str) -> Self {
        Self { problem: Some(problem.to_owned()), code: Some(code.to_owned()), ..Self::new(notes, "refused") }
    }

    fn new(notes: Option<&FileNotes>, state: &'static str) -> Self {
        Self {
            file: notes.map(|notes| notes.name.clone()).unwrap_or_default(),
            state,
            service_user: None,
            problem: None,
            code: None,
            tested: None,
            removed: false,
            warnings: notes.map(|notes| notes.warnings.clone()).unwrap_or_default(),
        }
    }
}

fn imported(batch: &BatchFile, notes: Option<&FileNotes>) -> Row {
    let imported = match &batch.imported {
        Ok(imported) => imported,
        Err(problem) => return Row::refused(notes, &problem.code, &problem.message),
    };
    let (tested, problem): (_, Option<&Problem>) = match &batch.tested {
        Tested::No => (None, None),
        Tested::Worked(_) => (Some(true), None),
        Tested::Failed(problem) => (Some(false), Some(problem)),
    };
    Row {
        service_user: Some(imported.name.clone()),
        problem: problem.map(|problem| problem.message.clone()),
        code: problem.map(|problem| problem.code.clone()),
        tested,
        ..Row::new(notes, if imported.outcome.unchanged { "unchanged" } else { "stored" })
    }
}

fn name_of(source: &Source) -> String {
    match source {
        Source::File { name } | Source::DeletedFile { name } => name.clone(),
        Source::Paste | Source::Form | Source::Generated => "-".to_owned(),
    }
}

fn show(rows: &[Row], global: &Global) -> Result<(), Failure> {
    if global.json {
        let rows = serde_json::to_value(rows).expect("strings and flags are JSON");
        return print_json(&rows).map(drop);
    }
    let mut columns = Columns::new(&["FILE", "STATE", "SERVICE USER", "PROBLEM"]);
    for row in rows {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        columns.push([&*row.file, row.state, &text(&row.service_user), &text(&row.problem)]);
    }
    print(&columns)?;
    if global.quiet {
        return Ok(());
    }
    for (row, warning) in rows.iter().flat_map(|row| row.warnings.iter().map(move |warning| (row, warning))) {
        say(&format!("warning: {}: {warning}", row.file));
    }
    Ok(())
}
