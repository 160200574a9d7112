//! **Importing** key files that are under review, one or several.
//!
//! Rule: what goes in and how is the plan's decision ([`mintage_core::mint::ImportPlan`]). A file that is being
//! imported is finished; stopping takes effect between two files. All are stored before the first is tested.

use std::ops::ControlFlow;

use mintage_core::credential::CredentialKind;
use mintage_core::error::Problem;
use mintage_core::mint::{Ask, CredentialTest, ImportOutcome, ImportRequest, Mint, ReviewId};
use serde::Serialize;
use specta::Type;

/// What importing one file did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// What was stored.
    pub outcome: ImportOutcome,
    /// The service user's name.
    pub name: String,
    /// Whether its service user mints with another credential.
    pub further: bool,
    /// Whether its service user is to mint with it once it is known to work. What was there already changes nothing.
    pub takes_over: bool,
}

/// One file of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchFile {
    /// Which file.
    pub review: ReviewId,
    /// What importing it did.
    pub imported: Result<Imported, Problem>,
    /// What testing it gave.
    pub tested: Tested,
}

/// What testing a credential gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Tested {
    /// It wasn't tested: nobody asked for it, it wasn't stored, or it can't mint.
    No,
    /// It gave a token.
    Worked(Box<CredentialTest>),
    /// It gave none.
    Failed(Box<Problem>),
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file that is next, from 1.
    pub at: usize,
    /// How many there are.
    pub total: usize,
}

/// Imports several files as planned, without testing them. `go_on` gets each file before it goes in, and may stop there;
/// the results are those of the files before.
pub async fn several(
    mint: &Mint,
    requests: &[ImportRequest],
    mut go_on: impl FnMut(Progress) -> ControlFlow<()>,
) -> Vec<Result<Imported, Problem>> {
    let total = requests.len();
    let outcomes = mint.import_several(requests, |at| go_on(Progress { at: at + 1, total }).is_continue()).await;
    let mut imported = Vec::with_capacity(outcomes.len());
    for (request, outcome) in requests.iter().zip(outcomes) {
        imported.push(match outcome {
            Ok(outcome) => Ok(described(mint, request, outcome).await),
            Err(error) => Err(error.into()),
        });
    }
    imported
}

async fn described(mint: &Mint, request: &ImportRequest, outcome: ImportOutcome) -> Imported {
    // It is stored: what can't be read of its service user now must not make it look as if it weren't.
    let owner = mint.service_user(outcome.service_user).await.ok().map(|detail| detail.service_user);
    let further =
        owner.as_ref().and_then(|owner| owner.default_credential).is_some_and(|used| used != outcome.credential);
    Imported {
        takes_over: further && !outcome.unchanged && outcome.learned.is_empty(),
        name: owner.map_or_else(|| request.name.clone(), |owner| owner.settings.name),
        further,
        outcome,
    }
}

/// Imports several files, and tests each if that is wanted. Production that nobody confirmed is tried once and then no
/// more.
pub async fn batch(
    mint: &Mint,
    requests: &[ImportRequest],
    test: bool,
    go_on: impl FnMut(Progress) -> ControlFlow<()>,
) -> Vec<BatchFile> {
    let (mut files, mut test) = (Vec::new(), test);
    for (request, imported) in requests.iter().zip(several(mint, requests, go_on).await) {
        let tested = match &imported {
            Ok(imported) if test && imported.outcome.kind != CredentialKind::ApplicationKey => {
                try_out(mint, imported).await
            }
            _ => Tested::No,
        };
        test &= !matches!(&tested, Tested::Failed(problem) if problem.code == "production-unconfirmed");
        files.push(BatchFile { review: request.review, imported, tested });
    }
    files
}

async fn try_out(mint: &Mint, imported: &Imported) -> Tested {
    match mint.try_credential(imported.outcome.credential, Ask::default(), imported.takes_over).await {
        Ok(test) => Tested::Worked(Box::new(test)),
        Err(error) => Tested::Failed(Box::new(error.problem())),
    }
}
