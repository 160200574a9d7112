//! How values are stored in the catalogue's **columns**: ids as text, times as Unix seconds, lists as JSON, flags as 0
//! and 1.
//!
//! Rule: writing can't fail; reading names what it couldn't read and never shows the value.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use uuid::Uuid;

use super::CatalogError;
use crate::moment;

/// Reads an id.
pub(super) fn id(text: &str, what: &'static str) -> Result<Uuid, CatalogError> {
    Uuid::parse_str(text).map_err(|_| CatalogError::Unreadable { what })
}

/// Writes a time, to the second.
pub(super) fn seconds(at: OffsetDateTime) -> i64 {
    at.unix_timestamp()
}

/// Reads a time; one that is out of range becomes the nearest in range, so that no row is lost over it.
pub(super) fn time(seconds: i64) -> OffsetDateTime {
    moment::nearest_to_seconds(seconds)
}

/// Reads a time that may be absent.
pub(super) fn optional_time(seconds: Option<i64>) -> Option<OffsetDateTime> {
    seconds.map(time)
}

/// Writes a list.
pub(super) fn list(items: &[String]) -> String {
    serde_json::to_string(items).expect("strings are always representable as JSON")
}

/// Reads a list.
pub(super) fn items(list: &str) -> Result<Vec<String>, CatalogError> {
    document(list, "list")
}

/// Reads a map of strings.
pub(super) fn members(map: &str) -> Result<BTreeMap<String, String>, CatalogError> {
    document(map, "settings")
}

/// Reads JSON that a query composed.
pub(super) fn document<T: DeserializeOwned>(json: &str, what: &'static str) -> Result<T, CatalogError> {
    serde_json::from_str(json).map_err(|_| CatalogError::Unreadable { what })
}

/// Reads a count or size.
pub(super) fn count(number: i64) -> Result<u32, CatalogError> {
    u32::try_from(number).map_err(|_| CatalogError::Unreadable { what: "number" })
}

/// A case-folded name, for comparing and sorting. Upper case first, because it unifies what lower case keeps apart: `ß`
/// and `SS`, `ς` and `σ`.
pub(super) fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_case_fold_to_one() {
        for (one, other) in
            [("Shop", "sHOP"), ("ÄRGER", "ärger"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("ЖУК", "жук"), ("", "")]
        {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("a", "á"), ("a", "a ")] {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn an_unreadable_column_names_its_kind_and_hides_its_value() {
        let errors = [
            id("hunter2", "environment id").map(drop),
            items("hunter2").map(drop),
            items("{}").map(drop),
            count(-1).map(drop),
        ];
        for error in errors {
            let error = error.expect_err("none of them can be read");
            assert!(matches!(error, CatalogError::Unreadable { .. }));
            assert!(!format!("{error:?} {error}").contains("hunter2"));
        }
    }
}
