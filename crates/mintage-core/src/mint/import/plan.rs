//! The **import plan**: what is to be said and asked about the key files under review, where they go, and which of
//! them go in next.
//!
//! Rule: pure but for gathering what is known. A shell sends what the user entered and shows the answer; whatever
//! follows from a file, a profile or the catalogue follows here.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::ids::{AskedId, KnownIds, asked_ids};
use super::{ExistingCredential, ImportRequest};
use crate::credential::{Credential, CredentialKind, Source};
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::{CredentialId, EnvironmentId};
use crate::jose::KeyFacts;
use crate::mint::review::{Notice, Reviewed};
use crate::mint::{Mint, ReviewId, lock};
use crate::provider::{Provider, ProviderId};
use crate::service_user::ServiceUser;

mod item;
mod name;
mod place;

pub use place::NewEnvironment;

/// What is known of the files under review, and what the user entered so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanRequest {
    /// Where the user wants the files to go; `None` leaves it to be proposed.
    pub environment: Option<EnvironmentId>,
    /// The profile of a new environment that is being made for the files, and so goes before `environment`; `None`
    /// while none is being made, or its profile isn't known yet.
    pub new_provider: Option<ProviderId>,
    /// The environment that the user looks at.
    pub looked_at: Option<EnvironmentId>,
    /// The files to plan for, in the order in which they are shown. One that can't be read yet, or is imported
    /// already, is left out of the plan.
    pub entries: Vec<PlanEntry>,
}

/// What the user entered for one file; an empty id counts as missing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanEntry {
    /// Which file.
    pub review: ReviewId,
    /// The service user's name; `None` takes the proposed one.
    pub name: Option<String>,
    /// The service user's id.
    pub user_id: String,
    /// The client id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
    /// Which existing credential gives its place to this one.
    pub place: Place,
}

/// Which existing credential gives its place to a new secret or ready-made token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The one that the server refused, if there is one.
    Proposed,
    /// None: all are kept.
    Beside,
    /// This one, while it is there.
    Of(CredentialId),
}

/// What a shell shows of an import before it happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportPlan {
    /// Where the files go: as asked for, else what is proposed; `None` where the user must choose.
    pub environment: Option<EnvironmentId>,
    /// One for each file that can be imported.
    pub items: Vec<PlanItem>,
    /// The files that go in next: those that lack nothing and belong to the environment.
    pub next: Vec<ReviewId>,
    /// Whether any of what goes in next can be tested by minting.
    pub testable: bool,
    /// Whether all of the files belong to another system than the environment's.
    pub elsewhere: bool,
    /// The provider whose files these are, where the user has no environment that follows it or could.
    pub unmatched: Option<String>,
    /// What to start a new environment from, where the files tell.
    pub new_environment: Option<NewEnvironment>,
    /// The ids to ask for where a credential is entered by hand.
    pub by_hand: AskedByHand,
}

/// The ids to ask for beside a credential that is entered by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub struct AskedByHand {
    /// Beside a private key.
    pub private_key: Vec<AskedId>,
    /// Beside a client secret.
    pub client_secret: Vec<AskedId>,
    /// Beside a ready-made token.
    pub personal_token: Vec<AskedId>,
}

/// The plan for one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanItem {
    /// Which file.
    pub review: ReviewId,
    /// What imports it as planned; `None` while there is no environment.
    pub request: Option<ImportRequest>,
    /// The service user's name: as entered, else as proposed.
    pub name: String,
    /// The id that its service user goes by; empty while there is none.
    pub owner_id: String,
    /// The ids that are asked for.
    pub asked: Vec<AskedId>,
    /// Whether nothing is missing that the import can't do without.
    pub complete: bool,
    /// Whether it tells that it belongs to another system than the environment's.
    pub foreign: bool,
    /// Whether it stays until those are in that belong to the environment.
    pub waits: bool,
    /// Whether the environment's servers take such a credential at all.
    pub taken: bool,
    /// What of it the environment's servers won't take: an endpoint of other servers, a key of the wrong type.
    pub misfits: Vec<Notice>,
    /// Secrets or tokens of the same client that are there already; the default first, then the newest.
    pub existing: Vec<ExistingCredential>,
    /// The one of them whose place it takes.
    pub replaces: Option<CredentialId>,
    /// The service user that it is for, where the environment has it already.
    pub owner: Option<KnownOwner>,
    /// The first file before it that is of the same key or for the same service user.
    pub related: Option<Related>,
}

/// A service user that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct KnownOwner {
    /// Its name.
    pub name: String,
    /// How many credentials it has.
    pub credentials: u32,
}

/// A file that belongs together with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Related {
    /// Which file.
    pub review: ReviewId,
    /// Whether it is the same key, and not only for the same service user.
    pub same_key: bool,
}

impl PlanRequest {
    /// The request for files as they are, nothing entered.
    pub fn of(environment: Option<EnvironmentId>, reviews: impl IntoIterator<Item = ReviewId>) -> Self {
        Self { environment, entries: reviews.into_iter().map(PlanEntry::of).collect(), ..Self::default() }
    }

    /// The request for what one import would do.
    pub fn like(request: &ImportRequest) -> Self {
        let text = |id: &Option<String>| id.clone().unwrap_or_default();
        let entry = PlanEntry {
            name: Some(request.name.clone()).filter(|name| !name.is_empty()),
            user_id: text(&request.user_id),
            client_id: text(&request.client_id),
            key_id: text(&request.key_id),
            place: request.replaces.map_or(Place::Proposed, Place::Of),
            ..PlanEntry::of(request.review)
        };
        Self { environment: Some(request.environment), entries: vec![entry], ..Self::default() }
    }
}

impl PlanEntry {
    /// Nothing entered for a file.
    pub fn of(review: ReviewId) -> Self {
        let (user_id, client_id, key_id) = (String::new(), String::new(), String::new());
        Self { review, name: None, user_id, client_id, key_id, place: Place::Proposed }
    }
}

/// A file under review as the plan needs to know it, without its key.
struct Candidate<'a> {
    entry: &'a PlanEntry,
    known: KnownIds,
    makers: Vec<ProviderId>,
    issuer: Option<String>,
    token_endpoint: Option<String>,
    name: Option<String>,
    source: Source,
    key: Option<KeyFacts>,
}

/// Where the files go, and what is there already.
struct Target<'a> {
    environment: &'a Environment,
    /// `None` where its profile can't be used; then importing says why.
    provider: Option<&'a Provider>,
    service_users: Vec<ServiceUser>,
    credentials: Vec<Credential>,
}

impl Mint {
    /// Plans the import of the files under review.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn import_plan(&self, request: &PlanRequest) -> Result<ImportPlan, Error> {
        let providers = self.providers().await?;
        let environments: Vec<_> =
            self.catalog.environments().await?.into_iter().filter(|environment| !environment.demo).collect();
        let candidates = self.files_to_plan(&request.entries);
        let place = place::Places { environments: &environments, providers: &providers, candidates: &candidates };
        let making = request.new_provider.as_ref().and_then(|id| place.provider(id));
        let target = match (making, request.environment) {
            (Some(_), _) => None,
            (None, Some(id)) => environments.iter().find(|environment| environment.id == id),
            (None, None) => place.proposed(request.looked_at),
        };
        let target = match target {
            Some(environment) => Some(Target {
                environment,
                provider: place.provider_of(environment),
                service_users: self.catalog.service_users(Some(environment.id)).await?,
                credentials: self.catalog.credentials_of_environment(Some(environment.id)).await?,
            }),
            None => None,
        };
        Ok(ImportPlan {
            unmatched: place.unmatched(),
            new_environment: place.new_environment(),
            ..plan(&candidates, target.as_ref(), making)
        })
    }

    fn files_to_plan<'a>(&self, entries: &'a [PlanEntry]) -> Vec<Candidate<'a>> {
        let reviews = lock(&self.reviews);
        entries.iter().filter_map(|entry| Candidate::of(entry, reviews.get(&entry.review)?)).collect()
    }
}

impl<'a> Candidate<'a> {
    fn of(entry: &'a PlanEntry, reviewed: &Reviewed) -> Option<Self> {
        let file = reviewed.file.as_ref()?;
        Some(Self {
            entry,
            known: KnownIds::of(file),
            makers: file.makers.clone(),
            issuer: file.issuer.clone(),
            token_endpoint: file.token_endpoint.clone(),
            name: file.name.clone(),
            source: reviewed.source.clone(),
            key: file.key().map(|key| key.facts().clone()),
        })
    }

    /// Whether it tells that it belongs to other servers than this provider's.
    fn is_foreign_to(&self, provider: Option<&Provider>) -> bool {
        let Some(provider) = provider else { return false };
        // A profile that says nothing of key files takes any.
        let tells = !provider.key_files.shapes.is_empty() || !provider.key_files.rules.is_empty();
        tells && !self.makers.is_empty() && !self.makers.contains(&provider.id)
    }
}

/// The plan for these files in this environment, or in one that is being made with this profile.
fn plan(candidates: &[Candidate<'_>], target: Option<&Target<'_>>, making: Option<&Provider>) -> ImportPlan {
    let provider = target.and_then(|target| target.provider).or(making);
    let mut items: Vec<PlanItem> = Vec::new();
    let mut before = HashMap::new();
    for candidate in candidates {
        items.push(item::of(candidate, target, provider, &mut before));
    }
    let elsewhere = !items.is_empty() && items.iter().all(|item| item.foreign);
    for item in &mut items {
        // Alone, another system's file goes in against all advice; among others it stays for an environment of its own.
        item.waits = item.foreign && !elsewhere;
    }
    let goes = |item: &&PlanItem| item.complete && !item.waits;
    let next: Vec<ReviewId> = items.iter().filter(goes).map(|item| item.review).collect();
    let mints = |candidate: &&Candidate<'_>| candidate.known.kind != CredentialKind::ApplicationKey;
    let counts = |candidate: &&Candidate<'_>| next.is_empty() || next.contains(&candidate.entry.review);
    let by_hand = |kind| asked_ids(&KnownIds::none(kind), provider);
    ImportPlan {
        environment: target.map(|target| target.environment.id),
        testable: candidates.iter().filter(counts).any(|candidate| mints(&candidate)),
        items,
        next,
        elsewhere,
        unmatched: None,
        new_environment: None,
        by_hand: AskedByHand {
            private_key: by_hand(CredentialKind::PrivateKey),
            client_secret: by_hand(CredentialKind::ClientSecret),
            personal_token: by_hand(CredentialKind::PersonalToken),
        },
    }
}

#[cfg(test)]
mod tests;
