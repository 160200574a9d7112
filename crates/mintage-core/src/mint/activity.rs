//! The activity record: reading, searching and exporting it, and recording that a token was inspected.

use std::hash::BuildHasher as _;

use super::{Inspection, Mint, lock};
use crate::activity::{Action, ActivityEntry, ActivityFilter, ActivityPage, ExportForm};
use crate::catalog::CatalogError;
use crate::environment::Environment;
use crate::error::Error;
use crate::ids::ServiceUserId;
use crate::service_user::ServiceUser;
use crate::verify::Verdict;

/// How many entries a page has.
const PAGE: u32 = 500;

impl Mint {
    /// The newest 500 entries of the record, of one service user or of all.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn activity(&self, of: Option<ServiceUserId>) -> Result<Vec<ActivityEntry>, Error> {
        Ok(self.catalog.activity(of, PAGE).await?)
    }

    /// Searches the whole record and returns the newest 500 matches.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn find_activity(&self, filter: &ActivityFilter) -> Result<ActivityPage, Error> {
        let all = self.catalog.activity(None, u32::MAX).await?;
        let count = |entries: &[ActivityEntry]| u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let kept = count(&all);
        let mut entries = filter.of(all);
        let found = count(&entries);
        entries.truncate(PAGE as usize);
        Ok(ActivityPage { entries, found, kept })
    }

    /// Writes all matching entries as text in this form, the newest first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn export_activity(&self, filter: &ActivityFilter, form: ExportForm) -> Result<String, Error> {
        Ok(form.write(&filter.of(self.catalog.activity(None, u32::MAX).await?)))
    }

    /// Records what programs were given, one entry for each name, however often it happened.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn note_programs(&self, entries: &[(String, ActivityEntry)]) -> Result<(), Error> {
        Ok(self.catalog.record_repeated(entries).await?)
    }

    /// Records that a token was inspected, the first time in this session: opening its claims ten times is still
    /// inspecting one token. A record that can't be written must not hide the result.
    pub(super) async fn note_inspection(
        &self,
        token: &str,
        environment: Option<&Environment>,
        service_user: Option<&ServiceUser>,
        inspection: &Inspection,
    ) {
        let hash = self.inspected.hasher.hash_one((token, environment.map(|found| found.id)));
        if !lock(&self.inspected.tokens).insert(hash) {
            return;
        }
        let entry = ActivityEntry {
            at: self.now(),
            action: Action::Inspect,
            environment: environment.map(|found| found.id),
            environment_name: environment.map(|found| found.settings.name.clone()).unwrap_or_default(),
            service_user: service_user.map(|found| found.id),
            service_user_name: service_user.map(|found| found.settings.name.clone()).unwrap_or_default(),
            error_code: None,
            detail: finding(inspection).to_owned(),
            repeated: None,
        };
        let _: Result<(), CatalogError> = self.catalog.record(&entry).await;
    }
}

/// The result, in two words for the record.
fn finding(inspection: &Inspection) -> &'static str {
    match inspection.verification.as_ref().map(|verification| &verification.verdict) {
        None => "not checked",
        Some(Verdict::Valid) => "verified",
        Some(Verdict::SignatureInvalid) => "signature invalid",
        Some(Verdict::ClaimsFail | Verdict::FailsUnverified { .. }) => "a claim failed",
        Some(Verdict::CannotVerify { .. }) => "can't be verified",
        Some(Verdict::Malformed { .. }) => "malformed",
    }
}
