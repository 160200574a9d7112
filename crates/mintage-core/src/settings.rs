//! The **settings** are what the user chose for Mintage as a whole.
//!
//! Rule: pure. Settings are checked when they are changed, so that code that has them needn't. Stored settings are read
//! member by member: one that this version doesn't know or that is out of bounds falls back to its default without
//! affecting the others.
//!
//! Settings of one environment or service user aren't here.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;
use time::Duration;

use crate::environment::Tier;

mod error;

pub use error::SettingsError;

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Like the desktop.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What the user chose for Mintage as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The colours of the window.
    pub theme: Theme,
    /// The text size in percent of the desktop's.
    pub text_size: u32,
    /// After how many seconds a token is cleared from the clipboard, for development and staging.
    pub clipboard_seconds: u32,
    /// The same for production.
    pub production_clipboard_seconds: u32,
    /// A token in memory is reused while it has at least this many seconds left.
    pub reuse_seconds: u32,
    /// How many seconds an assertion is valid; `None` uses the provider's profile.
    pub assertion_seconds: Option<u32>,
    /// Whether minting for a production environment asks for confirmation, once per session.
    pub ask_before_production: bool,
    /// Whether closing the window keeps Mintage in the tray, if the desktop has one.
    pub close_to_tray: bool,
    /// Whether Mintage starts with the desktop session.
    pub start_at_login: bool,
    /// The keys that open the palette from anywhere, like `Control+Shift+KeyM`; `None` is off.
    pub palette_shortcut: Option<String>,
    /// A key older than this many days is shown on the expiry radar.
    pub key_age_days: u32,
    /// Whether to send a notification when a key expires soon.
    pub expiry_notifications: bool,
    /// After how many minutes without anybody at the window or a terminal Mintage locks; 0 is never.
    pub lock_minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            text_size: 100,
            clipboard_seconds: 30,
            production_clipboard_seconds: 10,
            reuse_seconds: 60,
            assertion_seconds: None,
            ask_before_production: true,
            close_to_tray: false,
            start_at_login: false,
            palette_shortcut: None,
            key_age_days: 365,
            expiry_notifications: true,
            lock_minutes: 0,
        }
    }
}

/// The bounds of a number: its member's stored name, its name in a sentence, its unit.
struct Bounds {
    member: &'static str,
    what: &'static str,
    unit: &'static str,
    range: RangeInclusive<u32>,
}

const TEXT_SIZE: Bounds = Bounds { member: "textSize", what: "the text size", unit: "percent", range: 80..=200 };
const CLIPBOARD: Bounds =
    Bounds { member: "clipboardSeconds", what: "the clipboard time", unit: "seconds", range: 5..=600 };
const PRODUCTION_CLIPBOARD: Bounds = Bounds {
    member: "productionClipboardSeconds",
    what: "the clipboard time for production",
    unit: "seconds",
    range: 5..=120,
};
/// Below a few seconds a token would expire on its way to where it is pasted.
const REUSE: Bounds = Bounds {
    member: "reuseSeconds",
    what: "the remaining lifetime for reusing a token",
    unit: "seconds",
    range: 5..=3600,
};
const ASSERTION: Bounds =
    Bounds { member: "assertionSeconds", what: "the assertion lifetime", unit: "seconds", range: 60..=3600 };
const KEY_AGE: Bounds = Bounds { member: "keyAgeDays", what: "the key age limit", unit: "days", range: 30..=3650 };

const LOCK: Bounds =
    Bounds { member: "lockMinutes", what: "the time before locking", unit: "minutes", range: 0..=1440 };

/// Longer than any key combination.
const LONGEST_SHORTCUT: usize = 64;

impl Settings {
    /// Reads the stored settings, by name.
    pub fn from_stored(stored: impl IntoIterator<Item = (String, String)>) -> Self {
        let stored: Vec<(String, String)> = stored.into_iter().collect();
        let read = |settings: Self, (name, value): &(String, String)| settings.with(name, value).unwrap_or(settings);
        Self::whole(&stored).unwrap_or_else(|| stored.iter().fold(Self::default(), read))
    }

    /// Writes each member for storing, by name.
    pub fn to_stored(&self) -> Vec<(String, String)> {
        self.members().into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    /// The members that differ from `opened`, for storing, by name.
    pub fn changes_since(&self, opened: &Self) -> Vec<(String, String)> {
        let before = opened.to_stored();
        self.to_stored().into_iter().filter(|member| !before.contains(member)).collect()
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// [`SettingsError::OutOfRange`] for the first number that is out of bounds; [`SettingsError::ShortcutInvalid`].
    pub fn check(&self) -> Result<(), SettingsError> {
        TEXT_SIZE.check(self.text_size)?;
        CLIPBOARD.check(self.clipboard_seconds)?;
        PRODUCTION_CLIPBOARD.check(self.production_clipboard_seconds)?;
        REUSE.check(self.reuse_seconds)?;
        self.assertion_seconds.map_or(Ok(()), |seconds| ASSERTION.check(seconds))?;
        KEY_AGE.check(self.key_age_days)?;
        LOCK.check(self.lock_minutes)?;
        match &self.palette_shortcut {
            Some(keys) if !is_shortcut(keys) => Err(SettingsError::ShortcutInvalid),
            _ => Ok(()),
        }
    }

    /// After how many seconds a copied token of this tier is cleared from the clipboard.
    pub fn clears_after(&self, tier: Tier) -> u32 {
        match tier {
            Tier::Production => self.production_clipboard_seconds,
            Tier::Development | Tier::Staging => self.clipboard_seconds,
        }
    }

    /// Whether minting for an environment of this tier must be confirmed in each session.
    pub fn asks_before(&self, tier: Tier) -> bool {
        tier == Tier::Production && self.ask_before_production
    }

    /// After how long without anybody at the window or a terminal Mintage locks; `None` is never.
    pub fn locks_after(&self) -> Option<Duration> {
        (self.lock_minutes > 0).then(|| Duration::minutes(i64::from(self.lock_minutes)))
    }

    /// How much lifetime a token must have left to be reused.
    pub fn reuse_floor(&self) -> Duration {
        Duration::seconds(i64::from(self.reuse_seconds))
    }

    /// How long an assertion is valid, if that isn't left to the provider.
    pub fn assertion_lifetime(&self) -> Option<Duration> {
        self.assertion_seconds.map(|seconds| Duration::seconds(i64::from(seconds)))
    }

    /// Everything that was stored, read at once; `None` if any of it has to fall back to its default.
    fn whole(stored: &[(String, String)]) -> Option<Self> {
        let mut members = Self::default().members();
        for (name, value) in stored {
            if let Some(member) = members.get_mut(name) {
                *member = serde_json::from_str(value).ok()?;
            }
        }
        let settings: Self = serde_json::from_value(Value::Object(members)).ok()?;
        settings.check().is_ok().then_some(settings)
    }

    /// The same settings with one stored member applied; `None` if it can't be.
    fn with(&self, name: &str, value: &str) -> Option<Self> {
        let mut members = self.members();
        *members.get_mut(name)? = serde_json::from_str(value).ok()?;
        let settings: Self = serde_json::from_value(Value::Object(members)).ok()?;
        settings.check().is_ok().then_some(settings)
    }

    fn members(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => unreachable!("a struct of plain members is an object"),
        }
    }
}

impl Bounds {
    fn check(&self, given: u32) -> Result<(), SettingsError> {
        if self.range.contains(&given) {
            return Ok(());
        }
        let (least, most) = (*self.range.start(), *self.range.end());
        Err(SettingsError::OutOfRange { member: self.member, what: self.what, unit: self.unit, given, least, most })
    }
}

/// Whether this may be key names joined by `+`. Which of them a desktop knows is the shell's concern.
fn is_shortcut(keys: &str) -> bool {
    keys.len() <= LONGEST_SHORTCUT
        && keys.split('+').all(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
