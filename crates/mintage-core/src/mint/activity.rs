//! The record of activity: reading, searching and exporting it, and noting that a token was looked at.

use std::hash::BuildHasher as _;

use super::{Mint, lock};
use crate::activity::{ActivityEntry, ActivityFilter, ActivityPage, Deed, ExportForm};
use crate::environment::Environment;
use crate::error::{CatalogError, Error};
use crate::mint::Inspection;
use crate::service_user::{ServiceUser, ServiceUserId};
use crate::verify::Verdict;

/// How many entries a page holds.
const PAGE: u32 = 500;

impl Mint {
    /// The newest 500 entries of the record, of one service user or of all.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn activity(&self, of: Option<ServiceUserId>) -> Result<Vec<ActivityEntry>, Error> {
        Ok(self.catalog.activity(of, PAGE).await?)
    }

    /// Searches the whole record and gives the newest 500 of what fits.
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

    /// Writes all entries that fit as text of this form, the newest first.
    ///
    /// # Errors
    /// What the catalogue reports.
    pub async fn export_activity(&self, filter: &ActivityFilter, form: ExportForm) -> Result<String, Error> {
        Ok(form.write(&filter.of(self.catalog.activity(None, u32::MAX).await?)))
    }

    /// Notes that a token was looked at, the first time in this session: who turns to its claims ten
    /// times has looked at one token. A record that cannot be written must not hide what was found.
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
            deed: Deed::Inspect,
            environment: environment.map(|found| found.id),
            environment_name: environment.map(|found| found.settings.name.clone()).unwrap_or_default(),
            service_user: service_user.map(|found| found.id),
            service_user_name: service_user.map(|found| found.settings.name.clone()).unwrap_or_default(),
            error_code: None,
            detail: finding(inspection).to_owned(),
        };
        let _: Result<(), CatalogError> = self.catalog.record(&entry).await;
    }
}

/// What was found, in two words for the record.
fn finding(inspection: &Inspection) -> &'static str {
    match inspection.verification.as_ref().map(|verification| &verification.verdict) {
        None => "not checked",
        Some(Verdict::Valid) => "verified",
        Some(Verdict::SignatureInvalid) => "signature invalid",
        Some(Verdict::ClaimsFail) => "a claim fails",
        Some(Verdict::CannotVerify { .. }) => "cannot be verified",
        Some(Verdict::Malformed { .. }) => "malformed",
    }
}
