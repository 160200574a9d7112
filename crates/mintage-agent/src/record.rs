//! The **record** of what was handed out: one row per grant, however often its holder asked.
//!
//! Rule: git and kubectl ask hundreds of times, and each row of the catalogue costs a write to disk. So hand-outs are
//! counted in memory and stored from time to time. The record holds no tokens and no handles.

use std::collections::HashSet;

use mintage_agent_protocol::text::rfc3339;
use mintage_agent_protocol::{ProcessRow, RecordRow};
use time::OffsetDateTime;

use crate::grants::Pass;
use crate::source::Target;

/// How many rows stay in memory. The source has the older ones.
pub const MAX_ROWS: usize = 1000;

/// All rows, the one used last at the end.
#[derive(Debug, Default)]
pub struct Record {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    by: String,
    holder: ProcessRow,
    user: String,
    service_user: String,
    environment: String,
    first: OffsetDateTime,
    last: OffsetDateTime,
    count: u64,
    replaced: u64,
    is_kept: bool,
}

impl Record {
    /// Notes a hand-out, and gives its row. `replaced` means that the server refused the previous token.
    pub fn note(&mut self, pass: &Pass, target: &Target, replaced: bool, wall: OffsetDateTime) -> RecordRow {
        let mut entry = match self.entries.iter().position(|entry| entry.is_of(pass, target)) {
            Some(index) => self.entries.remove(index),
            None => Entry::new(pass, target, wall),
        };
        entry.last = wall;
        entry.count += 1;
        entry.replaced += u64::from(replaced);
        entry.is_kept = false;
        let row = entry.row();
        self.entries.push(entry);
        if self.entries.len() > MAX_ROWS {
            let oldest_kept = self.entries.iter().position(|entry| entry.is_kept).unwrap_or(0);
            self.entries.remove(oldest_kept);
        }
        row
    }

    /// The rows, the newest first.
    pub fn rows(&self) -> Vec<RecordRow> {
        self.entries.iter().rev().map(Entry::row).collect()
    }

    /// Whether there are rows that haven't been stored.
    pub fn has_news(&self) -> bool {
        self.entries.iter().any(|entry| !entry.is_kept)
    }

    /// The rows that have changed since they were stored, the oldest first.
    pub fn news(&self) -> Vec<RecordRow> {
        self.entries.iter().filter(|entry| !entry.is_kept).map(Entry::row).collect()
    }

    /// Notes that these rows were stored. One that has changed meanwhile stays news.
    pub fn stored(&mut self, rows: &[RecordRow]) {
        let rows: HashSet<_> = rows.iter().map(|row| (&row.grant, &row.user, row.count)).collect();
        for entry in &mut self.entries {
            entry.is_kept |= rows.contains(&(&entry.by, &entry.user, entry.count));
        }
    }
}

impl Entry {
    fn new(pass: &Pass, target: &Target, wall: OffsetDateTime) -> Self {
        let unknown = ProcessRow { pid: 0, name: String::new(), program: None, folder: None, started_at: None };
        Self {
            by: pass.by.clone(),
            holder: pass.holder.as_ref().map_or(unknown, |process| process.row()),
            user: target.user.clone(),
            service_user: target.service_user.clone(),
            environment: target.environment.clone(),
            first: wall,
            last: wall,
            count: 0,
            replaced: 0,
            is_kept: false,
        }
    }

    fn is_of(&self, pass: &Pass, target: &Target) -> bool {
        (&self.by, &self.user) == (&pass.by, &target.user)
    }

    fn row(&self) -> RecordRow {
        RecordRow {
            grant: self.by.clone(),
            holder: self.holder.clone(),
            user: self.user.clone(),
            service_user: self.service_user.clone(),
            environment: self.environment.clone(),
            first: rfc3339(self.first),
            last: rfc3339(self.last),
            count: self.count,
            replaced: self.replaced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::at;
    use crate::grants::tests::{pass, target};

    #[test]
    fn hundreds_of_hand_outs_by_one_grant_are_one_row() {
        let mut record = Record::default();
        for second in 0..300 {
            record.note(&pass("g1"), &target(), second == 7, at(second, 0).wall);
        }
        record.note(&pass("g2"), &target(), false, at(400, 0).wall);
        let rows = record.rows();
        assert_eq!(
            rows.iter().map(|row| (row.grant.as_str(), row.count)).collect::<Vec<_>>(),
            [("g2", 1), ("g1", 300)]
        );
        assert_eq!((rows[1].first.as_str(), rows[1].last.as_str()), ("2026-11-29T09:00:00Z", "2026-11-29T09:04:59Z"));
        assert_eq!(rows[1].replaced, 1);
    }

    #[test]
    fn only_what_has_changed_is_kept_again() {
        let mut record = Record::default();
        record.note(&pass("g1"), &target(), false, at(0, 0).wall);
        record.note(&pass("g2"), &target(), false, at(1, 0).wall);
        let news = record.news();
        assert_eq!(news.len(), 2);
        assert_eq!(record.news(), news, "they haven't been stored");
        record.note(&pass("g1"), &target(), false, at(2, 0).wall);
        record.stored(&news);
        assert!(record.has_news(), "one was handed out while they were being stored");
        let news = record.news();
        assert_eq!(news.iter().map(|row| (row.grant.as_str(), row.count)).collect::<Vec<_>>(), [("g1", 2)]);
        record.stored(&news);
        assert!(!record.has_news());
    }

    #[test]
    fn the_oldest_row_that_was_kept_makes_room() {
        let mut record = Record::default();
        for number in 0..MAX_ROWS {
            record.note(&pass(&format!("g{number}")), &target(), false, at(0, 0).wall);
        }
        record.stored(&record.news());
        record.note(&pass("g0"), &target(), false, at(1, 0).wall);
        record.note(&pass("new"), &target(), false, at(2, 0).wall);
        let grants: Vec<String> = record.rows().into_iter().map(|row| row.grant).collect();
        assert_eq!(grants.len(), MAX_ROWS);
        assert_eq!(grants[..2], ["new", "g0"]);
        assert!(!grants.contains(&"g1".to_owned()));
    }
}
