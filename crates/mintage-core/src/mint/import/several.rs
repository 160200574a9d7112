//! **Several** key files at once: the rows of a group are written together, then its items one after the other, then the
//! rows are finished together, because every transaction waits for the disk.
//!
//! Rule: a group is what can be stored without regard to the rest of it: new credentials of different service users in
//! one environment. Anything else is imported alone.

use std::ops::ControlFlow;

use super::store::Arrival;
use super::{ImportOutcome, ImportRequest, ids_of};
use crate::activity::ActivityEntry;
use crate::catalog::Changing;
use crate::credential::CredentialState;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::CredentialId;
use crate::mint::{Mint, ReviewId};
use crate::provider::Provider;

/// The most that go together: enough that waiting for the disk hardly counts, few enough that others who want to change
/// something needn't wait long.
const GROUP: usize = 20;

/// A file of a group.
struct Member {
    review: ReviewId,
    arrival: Arrival,
}

impl Mint {
    /// Imports several reviewed credentials in their order, each as [`Mint::import`] does. `go_on` gets the place of each,
    /// from 0, before it is stored, and may stop there: nothing is left of those that didn't get their turn. Returns the
    /// outcomes of the others. A keychain that stays locked is asked once for a whole group.
    pub async fn import_several(
        &self,
        requests: &[ImportRequest],
        mut go_on: impl FnMut(usize) -> bool,
    ) -> Vec<Result<ImportOutcome, Error>> {
        let mut outcomes = Vec::new();
        while let Some(request) = requests.get(outcomes.len()) {
            let place = outcomes.len();
            if self.import_group(requests, &mut outcomes, &mut go_on).await.is_break() {
                break;
            }
            if outcomes.len() > place {
                continue;
            }
            if !go_on(place) {
                break;
            }
            outcomes.push(self.import(request).await);
        }
        outcomes
    }

    /// Imports what can go together next. Adds no outcome if the next file has to go alone, which then says why.
    async fn import_group(
        &self,
        requests: &[ImportRequest],
        outcomes: &mut Vec<Result<ImportOutcome, Error>>,
        go_on: &mut impl FnMut(usize) -> bool,
    ) -> ControlFlow<()> {
        let Ok(alone) = self.catalog.changing().await else { return ControlFlow::Continue(()) };
        let Some((environment, group)) = self.group(&requests[outcomes.len()..]).await else {
            return ControlFlow::Continue(());
        };
        // Checked before anything is written, as for a single file.
        if let Err(error) = self.keychain.unlock().await {
            outcomes.extend(group.iter().map(|_| Err(error.clone().into())));
            return ControlFlow::Continue(());
        }
        let rows: Vec<_> =
            group.iter().map(|Member { arrival, .. }| (&arrival.service_user, &arrival.credential)).collect();
        if self.catalog.add_all_pending(&rows).await.is_err() {
            return ControlFlow::Continue(());
        }
        let (mut put, mut flow) = (Vec::new(), ControlFlow::Continue(()));
        for Member { arrival, .. } in &group {
            if !go_on(outcomes.len() + put.len()) {
                flow = ControlFlow::Break(());
                break;
            }
            let stored = self.keychain.put(arrival.credential.id, arrival.bytes.clone()).await;
            let failed = stored.is_err();
            put.push(match stored {
                Ok(()) => Ok(()),
                Err(error) => Err(self.unwind(&alone, &arrival.credential, error).await),
            });
            // Those behind it begin anew, with the question whether the keychain is there at all.
            if failed {
                break;
            }
        }
        self.finish_group(&alone, &environment, &group, put, outcomes).await;
        flow
    }

    /// Finishes the rows whose items are stored, and removes those that didn't get their turn.
    async fn finish_group(
        &self,
        alone: &Changing,
        environment: &Environment,
        group: &[Member],
        put: Vec<Result<(), Error>>,
        outcomes: &mut Vec<Result<ImportOutcome, Error>>,
    ) {
        let (begun, waiting) = group.split_at(put.len());
        let stored = || begun.iter().zip(&put).filter(|(_, put)| put.is_ok()).map(|(member, _)| &member.arrival);
        let ids: Vec<CredentialId> = stored().map(|arrival| arrival.credential.id).collect();
        let entries: Vec<ActivityEntry> = stored().map(|arrival| self.imported_entry(environment, arrival)).collect();
        let dropped: Vec<CredentialId> = waiting.iter().map(|member| member.arrival.credential.id).collect();
        let finished = self.catalog.finish_pending(alone, &ids, &dropped, &entries).await;
        for (Member { review, arrival }, put) in begun.iter().zip(put) {
            let id = arrival.credential.id;
            let active = match (put, &finished) {
                (Ok(()), Err(_)) => {
                    self.catalog.set_state(alone, id, CredentialState::Active).await.map_err(Error::from)
                }
                (put, _) => put,
            };
            if active.is_ok() {
                self.note_stored(*review, id);
            }
            outcomes.push(active.map(|()| arrival.outcome()));
        }
    }

    /// The first of these files that can go in together, and where; `None` if the very first has to go alone.
    async fn group(&self, requests: &[ImportRequest]) -> Option<(Environment, Vec<Member>)> {
        let (environment, provider) = self.destination(requests.first()?.environment).await.ok()?;
        let mut group: Vec<Member> = Vec::new();
        for request in requests.iter().take(GROUP) {
            match self.member(&environment, &provider, request).await {
                Some(member) if group.iter().all(|other| other.is_apart_from(&member)) => group.push(member),
                _ => break,
            }
        }
        (group.len() > 1).then_some((environment, group))
    }

    /// The file as part of a group; `None` if it has to go alone.
    async fn member(&self, environment: &Environment, provider: &Provider, request: &ImportRequest) -> Option<Member> {
        if request.environment != environment.id || request.replaces.is_some() {
            return None;
        }
        let (file, source) = self.under_review(request.review).ok()?;
        if file.client_secret.is_some() {
            return None;
        }
        let ids = ids_of(request, &file, provider).ok()?;
        let arrival = self.arrival(environment, provider, &request.name, ids, &file, source).await.ok()?;
        let is_new = self.existing(environment, &arrival).await.ok()?.is_none();
        is_new.then_some(Member { review: request.review, arrival })
    }
}

impl Member {
    /// Whether neither changes what the other finds.
    fn is_apart_from(&self, other: &Self) -> bool {
        let (one, two) = (&self.arrival, &other.arrival);
        let same = |one: Option<&str>, two: Option<&str>| one.is_some() && one == two;
        one.service_user.user_id != two.service_user.user_id
            && !same(one.credential.thumbprint(), two.credential.thumbprint())
            && !same(one.credential.client_id.as_deref(), two.credential.client_id.as_deref())
    }
}
