//! The **mark** of a rotation: what identifies its credential in a server's list if the answer with its id was lost.

use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::ServerItem;
use crate::jose::KeyFacts;
use crate::provider::{Mark, Recipe};
use crate::rotation::Rotation;

/// Chooses what identifies the credential that will be asked for, and writes it down.
pub(super) fn mark(rotation: &mut Rotation, recipe: &Recipe, now: OffsetDateTime) {
    let random = u32::from_le_bytes(Uuid::new_v4().as_bytes()[..4].try_into().unwrap_or_default());
    let whole = |at: OffsetDateTime| at.replace_nanosecond(0).unwrap_or(at);
    let latest = if recipe.form.is_certificate() { now.saturating_add(LONGEST_CERTIFICATE) } else { LATEST_EXPIRY };
    let base = whole(rotation.expires_at.unwrap_or(latest));
    match recipe.mark {
        Mark::ExpiryMicroseconds => {
            let at = base + Duration::microseconds(i64::from(random % 999_999 + 1));
            rotation.expires_at = Some(at);
            rotation.marks.push(written_time(at));
        }
        Mark::ExpirySeconds => {
            let at = base - Duration::seconds(i64::from(random % 43_200));
            rotation.expires_at = Some(at);
            rotation.marks.push(written_time(at));
        }
        Mark::Title => {
            let attempt = rotation.marks.len() + 1;
            rotation.marks.push(titled(rotation, attempt));
        }
        // The key's id is known from the start, and adding it twice leaves one.
        Mark::KeyId | Mark::None => {}
    }
}

/// Where Mintage chooses the id, it is the key's thumbprint.
pub(super) fn mark_by_key(rotation: &mut Rotation, facts: &KeyFacts) {
    if rotation.traits.mark == Mark::KeyId {
        rotation.marks = vec![facts.thumbprint.clone()];
    }
}

/// What at the server is ours, and isn't the credential that is in use: the latest asked for last.
pub(super) fn left_behind(items: &[ServerItem], rotation: &Rotation, mark: Mark) -> Vec<ServerItem> {
    let is_other = |item: &&ServerItem| {
        !rotation.known_before.contains(&item.id) && rotation.new_key_id.as_ref() != Some(&item.id)
    };
    let of_mark = |wanted| items.iter().filter(move |item| is_marked(item, wanted, mark)).filter(is_other);
    let known = items.iter().filter(|item| rotation.left.contains(&item.id)).filter(is_other);
    known.chain(rotation.marks.iter().map(String::as_str).flat_map(of_mark)).cloned().collect()
}

fn is_marked(item: &ServerItem, wanted: &str, mark: Mark) -> bool {
    match mark {
        Mark::None => false,
        Mark::ExpiryMicroseconds | Mark::ExpirySeconds => {
            let wanted = OffsetDateTime::parse(wanted, &Rfc3339).ok();
            wanted.is_some() && item.expires_at == wanted
        }
        Mark::Title => item.title.as_deref() == Some(wanted),
        Mark::KeyId => item.id == wanted,
    }
}

/// The title of the credential that is asked for; each attempt has another one.
pub(super) fn title(rotation: &Rotation) -> String {
    titled(rotation, rotation.marks.len())
}

fn titled(rotation: &Rotation, attempt: usize) -> String {
    match attempt {
        0 | 1 => rotation.title.clone(),
        later => format!("{} ({later})", rotation.title),
    }
}

/// A time as RFC 3339, in UTC.
pub(super) fn written_time(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// How long a certificate is valid that isn't meant to expire.
const LONGEST_CERTIFICATE: Duration = Duration::days(3650);

/// The latest expiry that servers accept. Mintage shows it as "never".
pub(super) const LATEST_EXPIRY: OffsetDateTime = datetime!(9999-12-31 23:59:58 UTC);
