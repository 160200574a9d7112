//! **Notices**: what to know about a key file that doesn't prevent its import.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::OffsetDateTime;

use crate::dated::Dated;
use crate::key_file::KeyFile;
use crate::mint::periods::Periods;

/// Something to know that doesn't prevent the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// A stable kebab-case code.
    pub code: String,
    /// A sentence without a final period.
    pub message: String,
    /// The same with its time separate, if it contains one.
    pub dated: Option<Dated>,
}

/// What a key file itself gives reason to say.
pub(super) fn warnings(file: &KeyFile, readable_by_others: bool, now: OffsetDateTime) -> Vec<Notice> {
    let notice = |code: &str, message: String| Notice { code: code.to_owned(), message, dated: None };
    let dated = |code: &str, words: String, at| {
        let dated = Dated::new(words, at);
        Notice { dated: Some(dated.clone()), ..notice(code, dated.to_string()) }
    };
    let mut warnings = Vec::new();
    match file.expires_at {
        Some(at) if at <= now => {
            warnings.push(dated("key-expired", "This key expired on".to_owned(), at));
        }
        Some(at) if at - now < Periods::SOON => {
            let when = match (at - now).whole_days() {
                0 => "within 24 hours".to_owned(),
                1 => "in 1 day".to_owned(),
                days => format!("in {days} days"),
            };
            warnings.push(dated("key-expires-soon", format!("This key expires {when}, on"), at));
        }
        _ => {}
    }
    if readable_by_others {
        let message = "Other users of this computer can read this file; delete it after importing it";
        warnings.push(notice("readable-by-others", message.to_owned()));
    }
    warnings
}
