//! The **settings** are what the user chose for the whole of Mintage.
//!
//! Rule: pure. Settings are checked when they are changed, so that whoever holds them need not. What was
//! stored is read member by member: one that this version does not know or that is out of its bounds
//! gives way to the default, and takes none of the others with it.
//!
//! Not here: what belongs to one environment or service user.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use specta::Type;
use time::Duration;

use crate::environment::Tier;
use crate::error::SettingsError;

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What the user chose for the whole of Mintage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The colours of the window.
    pub theme: Theme,
    /// The size of text in per cent of the desktop's.
    pub text_size: u32,
    /// After how many seconds a token leaves the clipboard, for development and staging.
    pub clipboard_seconds: u32,
    /// The same for production.
    pub production_clipboard_seconds: u32,
    /// A token in memory is handed out again while at least so many seconds of its life are left.
    pub reuse_seconds: u32,
    /// How many seconds an assertion is valid; `None` leaves it to the provider's profile.
    pub assertion_seconds: Option<u32>,
    /// Whether minting for a production environment asks, once per session.
    pub ask_before_production: bool,
    /// Whether closing the window leaves Mintage in the tray, where the desktop has one.
    pub close_to_tray: bool,
    /// Whether Mintage starts with the desktop session.
    pub start_at_login: bool,
    /// The keys that open the palette from anywhere, like `Control+Shift+KeyM`; `None` is off.
    pub palette_shortcut: Option<String>,
    /// A key that is older than so many days is shown on the expiry radar.
    pub key_age_days: u32,
    /// Whether the desktop is told when a key expires soon.
    pub expiry_notifications: bool,
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
        }
    }
}

/// The bounds of a number: its member's name as it is stored, what it is in a sentence, its unit.
struct Bounds {
    member: &'static str,
    what: &'static str,
    unit: &'static str,
    range: RangeInclusive<u32>,
}

const TEXT_SIZE: Bounds = Bounds { member: "textSize", what: "the text size", unit: "per cent", range: 80..=200 };
const CLIPBOARD: Bounds =
    Bounds { member: "clipboardSeconds", what: "the time on the clipboard", unit: "seconds", range: 5..=600 };
const PRODUCTION_CLIPBOARD: Bounds = Bounds {
    member: "productionClipboardSeconds",
    what: "the time on the clipboard for production",
    unit: "seconds",
    range: 5..=120,
};
/// Below a few seconds a token would expire on its way to where it is pasted.
const REUSE: Bounds =
    Bounds { member: "reuseSeconds", what: "the life that a token must have left", unit: "seconds", range: 5..=3600 };
const ASSERTION: Bounds =
    Bounds { member: "assertionSeconds", what: "the lifetime of an assertion", unit: "seconds", range: 60..=3600 };
const KEY_AGE: Bounds = Bounds { member: "keyAgeDays", what: "the age limit of a key", unit: "days", range: 30..=3650 };

/// More than any combination of keys has.
const LONGEST_SHORTCUT: usize = 64;

impl Settings {
    /// Reads what was stored, by name.
    pub fn from_stored(stored: impl IntoIterator<Item = (String, String)>) -> Self {
        stored
            .into_iter()
            .fold(Self::default(), |settings, (name, value)| settings.with(&name, &value).unwrap_or(settings))
    }

    /// Writes each member for storing, by name.
    pub fn to_stored(&self) -> Vec<(String, String)> {
        self.members().into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// [`SettingsError::OutOfRange`] for the first number that is out of its bounds;
    /// [`SettingsError::ShortcutInvalid`].
    pub fn check(&self) -> Result<(), SettingsError> {
        TEXT_SIZE.check(self.text_size)?;
        CLIPBOARD.check(self.clipboard_seconds)?;
        PRODUCTION_CLIPBOARD.check(self.production_clipboard_seconds)?;
        REUSE.check(self.reuse_seconds)?;
        self.assertion_seconds.map_or(Ok(()), |seconds| ASSERTION.check(seconds))?;
        KEY_AGE.check(self.key_age_days)?;
        match &self.palette_shortcut {
            Some(keys) if !is_shortcut(keys) => Err(SettingsError::ShortcutInvalid),
            _ => Ok(()),
        }
    }

    /// After how many seconds a copied token of this tier leaves the clipboard.
    pub fn clears_after(&self, tier: Tier) -> u32 {
        match tier {
            Tier::Production => self.production_clipboard_seconds,
            Tier::Development | Tier::Staging => self.clipboard_seconds,
        }
    }

    /// Whether minting for an environment of this tier is to be confirmed in each session.
    pub fn asks_before(&self, tier: Tier) -> bool {
        tier == Tier::Production && self.ask_before_production
    }

    /// How much of its life a token must have left to be handed out again.
    pub fn reuse_floor(&self) -> Duration {
        Duration::seconds(i64::from(self.reuse_seconds))
    }

    /// How long an assertion is valid, if that is not left to the provider.
    pub fn assertion_lifetime(&self) -> Option<Duration> {
        self.assertion_seconds.map(|seconds| Duration::seconds(i64::from(seconds)))
    }

    /// The same settings with one stored member read into them; `None` where it cannot be.
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

/// Whether this may be names of keys joined by `+`. Which of them a desktop knows, its shell knows.
fn is_shortcut(keys: &str) -> bool {
    keys.len() <= LONGEST_SHORTCUT
        && keys.split('+').all(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
