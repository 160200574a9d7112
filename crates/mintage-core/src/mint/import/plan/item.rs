//! What is planned for **one file**.

use std::collections::HashMap;

use super::name::proposed_name;
use super::{Candidate, KnownOwner, Place, PlanItem, Related, Target};
use crate::credential::Credential;
use crate::ids::CredentialId;
use crate::mint::ReviewId;
use crate::mint::import::existing::{is_sibling, of_client};
use crate::mint::import::fit::misfits;
use crate::mint::import::ids::{Entered, Ids, asked_ids, entered, known_ids, lacking};
use crate::mint::import::{ExistingCredential, ImportRequest};
use crate::mint::providers::takes;
use crate::mint::review::Notice;
use crate::provider::{IdKind, Provider};
use crate::service_user::ServiceUser;

/// The first file of each key and of each service user so far.
pub(super) type Before = HashMap<(bool, String), ReviewId>;

pub(super) fn of(
    candidate: &Candidate<'_>,
    target: Option<&Target<'_>>,
    provider: Option<&Provider>,
    before: &mut Before,
) -> PlanItem {
    let (entry, known) = (candidate.entry, &candidate.known);
    let typed = Entered { user_id: &entry.user_id, client_id: &entry.client_id, key_id: &entry.key_id };
    let asked = asked_ids(known, provider);
    let ids = known_ids(known, typed, &asked);
    let owner_id = ids.as_ref().map(|ids| ids.user_id.clone()).unwrap_or_default();
    let (owner, existing) = match (target, ids) {
        (Some(target), Some(ids)) => there(candidate, target, ids),
        _ => (None, Vec::new()),
    };
    let replaces = replaced(entry.place, &existing);
    let name = entry.name.clone().unwrap_or_else(|| proposed_name(candidate, &owner_id));
    let id = |kind| entered(known, typed, &asked, kind).map(str::to_owned);
    PlanItem {
        review: entry.review,
        request: target.map(|target| ImportRequest {
            review: entry.review,
            environment: target.environment.id,
            name: name.trim().to_owned(),
            user_id: id(IdKind::UserId),
            client_id: id(IdKind::ClientId),
            key_id: id(IdKind::KeyId),
            replaces,
        }),
        name,
        related: related(candidate, &owner_id, before),
        owner_id,
        complete: lacking(&asked, typed).is_none(),
        asked,
        foreign: candidate.is_foreign_to(provider),
        waits: false,
        taken: provider.is_none_or(|provider| takes(provider).contains(&known.kind)),
        misfits: provider.map(|provider| misfits_of(candidate, target, provider)).unwrap_or_default(),
        existing,
        replaces,
        owner,
    }
}

fn misfits_of(candidate: &Candidate<'_>, target: Option<&Target<'_>>, provider: &Provider) -> Vec<Notice> {
    let environment = target.map(|target| target.environment);
    misfits(candidate.token_endpoint.as_deref(), candidate.key.as_ref(), environment, provider)
}

/// The service user with these ids, and its credentials of the same client.
fn there(candidate: &Candidate<'_>, target: &Target<'_>, ids: Ids) -> (Option<KnownOwner>, Vec<ExistingCredential>) {
    let kind = candidate.known.kind;
    let (mut client_id, mut owner) = (ids.client_id, user(target, |user| user.user_id == ids.user_id));
    if owner.is_none() && client_id.is_none() && !kind.is_key() {
        // One that goes by a client id alone is found by its credentials: its own id may have been learnt since.
        let known = of_client(&target.credentials, kind, &ids.user_id);
        owner = known.and_then(|known| user(target, |user| user.id == known.service_user));
        client_id = known.and_then(|known| known.client_id.clone());
    }
    let Some(owner) = owner else { return (None, Vec::new()) };
    let of_owner = || target.credentials.iter().filter(|each| each.service_user == owner.id);
    let credentials = u32::try_from(of_owner().count()).unwrap_or(u32::MAX);
    let mut siblings: Vec<&Credential> =
        of_owner().filter(|each| !kind.is_key() && is_sibling(each, kind, client_id.as_deref())).collect();
    siblings
        .sort_by_key(|each| (owner.default_credential != Some(each.id), std::cmp::Reverse(each.imported_at), each.id));
    let known = KnownOwner { name: owner.settings.name.clone(), credentials };
    (Some(known), siblings.into_iter().map(ExistingCredential::from).collect())
}

fn user<'a>(target: &'a Target<'_>, is: impl Fn(&&ServiceUser) -> bool) -> Option<&'a ServiceUser> {
    target.service_users.iter().find(is)
}

/// The one that gives its place: as chosen while it is there, else one that was refused when it was last used.
fn replaced(place: Place, existing: &[ExistingCredential]) -> Option<CredentialId> {
    match place {
        Place::Beside => None,
        Place::Of(chosen) if existing.iter().any(|each| each.credential == chosen) => Some(chosen),
        Place::Of(_) | Place::Proposed => {
            existing.iter().find(|each| each.refused_at.is_some()).map(|each| each.credential)
        }
    }
}

/// The first file before it of the same key, else for the same service user.
fn related(candidate: &Candidate<'_>, owner_id: &str, before: &mut Before) -> Option<Related> {
    let review = candidate.entry.review;
    let key = candidate.key.as_ref().map(|key| (true, key.thumbprint.clone()));
    let owner = (!owner_id.is_empty()).then(|| (false, owner_id.to_owned()));
    let found = [&key, &owner]
        .into_iter()
        .flatten()
        .find_map(|same| before.get(same).map(|first| Related { review: *first, same_key: same.0 }));
    for same in [key, owner].into_iter().flatten() {
        before.entry(same).or_insert(review);
    }
    found
}
