//! **Exports**: what the files are called that Mintage writes for the user, and writing them.

use std::path::Path;

use mintage_core::activity::ExportForm;
use mintage_core::error::Problem;
use mintage_core::mint::RadarRow;
use mintage_core::provider::ProviderId;
use mintage_core::provider::file::Format;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

/// The name to propose for an export of the activity record.
pub fn activity_name(on: Date, form: ExportForm) -> String {
    format!("mintage-activity-{on}.{}", form.extension())
}

/// The name to propose for an export of rotations.
pub fn rotations_name(on: Date) -> String {
    format!("mintage-rotations-{on}.json")
}

/// The name to propose for an exported provider profile.
pub fn profile_name(id: &ProviderId, format: Format) -> String {
    let extension = match format {
        Format::Toml => "toml",
        Format::Json => "json",
    };
    format!("{}.{extension}", id.0)
}

/// The name to propose for a calendar of expiry dates.
pub const CALENDAR_NAME: &str = "mintage-expiry.ics";

/// Expiry dates as a calendar (RFC 5545): an all-day event for each, with a reminder 14 days before. The same key always
/// has the same `UID`, so that importing again updates it.
pub fn calendar(rows: &[RadarRow], now: OffsetDateTime) -> String {
    let stamp = format_description!("[year][month][day]T[hour][minute][second]Z");
    let stamp = now.to_offset(UtcOffset::UTC).format(&stamp).unwrap_or_default();
    let mut lines =
        vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), "PRODID:-//Mintage//Mintage//EN".to_owned()];
    for row in rows {
        let Some(expires_at) = row.expires_at else { continue };
        let day = expires_at.to_offset(UtcOffset::UTC).format(format_description!("[year][month][day]"));
        let name = format!("{} in {}: key expires", row.service_user_name, row.environment_name);
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@mintage", row.credential.0),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", day.unwrap_or_default()),
            format!("SUMMARY:{}", escaped(&name)),
            format!("DESCRIPTION:{}", escaped(&format!("Key {}", row.key_id))),
            "TRANSP:TRANSPARENT".to_owned(),
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("DESCRIPTION:{}", escaped(&name)),
            "TRIGGER:-P14D".to_owned(),
            "END:VALARM".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

/// RFC 5545 §3.3.11; control characters, which a name may contain, would end the line.
fn escaped(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.collect::<String>().replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
}

/// RFC 5545 §3.1: no line is longer than 75 octets; the rest goes on after a space.
fn folded(line: &str) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for character in line.chars() {
        if length + character.len_utf8() > 74 {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(character);
        length += character.len_utf8();
    }
    text + "\r\n"
}

/// Writes an export where the user said, and gives the file's name.
///
/// # Errors
/// `export-not-written`.
pub async fn write(path: &Path, text: &str) -> Result<String, Problem> {
    tokio::fs::write(path, text).await.map_err(|error| {
        let message = format!("couldn't write `{}`: {error}", path.display());
        Problem::of_shell("export-not-written", message, "Choose another folder")
    })?;
    Ok(path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// A JSON document with `~` in place of the user's home folder. In JSON a backslash of Windows' paths is doubled.
pub fn without_home(json: &str, home: &str) -> String {
    // The root is no one's home, and replacing it would leave no path readable.
    if home.len() < 2 { json.to_owned() } else { json.replace(&home.replace('\\', "\\\\"), "~") }
}

#[cfg(test)]
mod tests {
    use mintage_core::credential::CredentialKind;
    use mintage_core::environment::Tier;
    use mintage_core::ids::{CredentialId, EnvironmentId, ServiceUserId};
    use time::macros::{date, datetime};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_home_folder_is_replaced_as_json_writes_it() {
        for (home, json, expected) in [
            ("/home/jo", r#"["/home/jo/bin"]"#, r#"["~/bin"]"#),
            (r"C:\Users\jo", r#"["C:\\Users\\jo\\bin"]"#, r#"["~\\bin"]"#),
            ("/", r#"["/bin"]"#, r#"["/bin"]"#),
        ] {
            assert_eq!(without_home(json, home), expected);
        }
    }

    #[test]
    fn a_file_is_named_after_what_it_holds() {
        assert_eq!(activity_name(date!(2026 - 11 - 05), ExportForm::Csv), "mintage-activity-2026-11-05.csv");
        assert_eq!(profile_name(&ProviderId("mine".to_owned()), Format::Toml), "mine.toml");
        assert_eq!(profile_name(&ProviderId("mine".to_owned()), Format::Json), "mine.json");
    }

    #[test]
    fn a_calendar_has_an_event_for_each_expiry_and_nothing_can_break_its_lines() {
        let row = |name: &str, expires_at| RadarRow {
            credential: CredentialId(Uuid::from_u128(1)),
            service_user: ServiceUserId(Uuid::from_u128(2)),
            service_user_name: name.to_owned(),
            environment: EnvironmentId(Uuid::from_u128(3)),
            environment_name: "Shop".to_owned(),
            tier: Tier::Production,
            kind: CredentialKind::PrivateKey,
            key_id: "7".to_owned(),
            issued_at: None,
            expires_at,
            expiry_provenance: None,
            snoozed_until: None,
            imported_at: datetime!(2026-01-01 0:00 UTC),
            last_used_at: None,
        };
        let (at, now) = (Some(datetime!(2027-03-01 23:30 -1)), datetime!(2026-11-22 12:00 UTC));
        let odd = format!("a,b;c\\d\r\nBEGIN:VEVENT {}", "é".repeat(60));
        let text = calendar(&[row("bot", at), row("none", None), row(&odd, at)], now);
        assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 2, "{text}");
        assert!(text.contains("\r\nDTSTART;VALUE=DATE:20270302\r\n"), "{text}");
        assert!(text.contains("\r\nDTSTAMP:20261122T120000Z\r\n"), "{text}");
        assert!(text.contains("\r\nSUMMARY:bot in Shop: key expires\r\n"), "{text}");
        assert!(text.contains(r"a\,b\;c\\d  BEGIN"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
    }

    #[tokio::test]
    async fn what_cannot_be_written_says_where_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("activity.csv");
        assert_eq!(write(&path, "at,action\n").await.unwrap(), "activity.csv");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "at,action\n");
        let problem = write(&path.join("below"), "").await.unwrap_err();
        assert_eq!((problem.code.as_str(), problem.help.as_str()), ("export-not-written", "Choose another folder"));
        assert!(problem.message.contains("activity.csv"));
    }
}
