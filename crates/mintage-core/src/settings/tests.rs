use super::*;

fn stored(rows: &[(&str, &str)]) -> Settings {
    Settings::from_stored(rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn unusual() -> Settings {
    Settings {
        theme: Theme::Dark,
        text_size: 125,
        clipboard_seconds: 45,
        production_clipboard_seconds: 5,
        reuse_seconds: 300,
        assertion_seconds: Some(600),
        ask_before_production: false,
        close_to_tray: true,
        start_at_login: true,
        palette_shortcut: Some("Control+Shift+KeyM".into()),
        key_age_days: 90,
        expiry_notifications: false,
        lock_minutes: 15,
    }
}

#[test]
fn what_was_stored_is_read_back() {
    for settings in [Settings::default(), unusual()] {
        assert_eq!(Settings::from_stored(settings.to_stored()), settings);
    }
    assert_eq!(Settings::from_stored([]), Settings::default());
}

#[test]
fn every_member_is_stored_under_its_own_name_and_differs_from_its_default() {
    let defaults = Settings::default().to_stored();
    for (name, value) in unusual().to_stored() {
        let default = defaults.iter().find(|(found, _)| *found == name).expect("both have the same members");
        assert_ne!(value, default.1, "{name}");
        assert_ne!(stored(&[(&name, &value)]), Settings::default(), "{name} is read by itself");
    }
}

#[test]
fn what_cannot_be_read_gives_way_to_the_default_and_leaves_the_others() {
    let check = |name: &str, value: &str| {
        let rows = [("keyAgeDays", "90"), (name, value), ("theme", "\"dark\"")];
        let expected = Settings { key_age_days: 90, theme: Theme::Dark, ..Settings::default() };
        assert_eq!(stored(&rows), expected, "{name} {value}");
    };
    check("textSize", "\"large\"");
    check("textSize", "4294967296");
    check("textSize", "-1");
    check("textSize", "");
    check("clipboardSeconds", "0");
    check("clipboardSeconds", "601");
    check("productionClipboardSeconds", "600");
    check("assertionSeconds", "59");
    check("askBeforeProduction", "null");
    check("askBeforeProduction", "0");
    check("paletteShortcut", "\"\"");
    check("a-setting-of-a-later-version", "true");
    check("expiry-notices", "{\"a\":14}");
    assert_eq!(stored(&[("theme", "\"sepia\""), ("textSize", "110")]).text_size, 110);
}

#[test]
fn numbers_have_bounds_and_the_error_names_the_field_and_its_range() {
    let check = |change: fn(&mut Settings, u32), least: u32, most: u32, what: &str| {
        for (given, sound) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
            let mut settings = Settings::default();
            change(&mut settings, given);
            match settings.check() {
                Ok(()) => assert!(sound, "{what} {given}"),
                Err(error) => {
                    assert!(!sound, "{what} {given}");
                    let said = error.to_string();
                    for word in [what, &given.to_string()] {
                        assert!(said.contains(word), "{said} does not say {word}");
                    }
                    let help = error.help();
                    for bound in [least, most] {
                        assert!(help.contains(&bound.to_string()), "{help} does not say {bound}");
                    }
                }
            }
        }
    };
    check(|s, n| s.text_size = n, 80, 200, "text size");
    check(|s, n| s.clipboard_seconds = n, 5, 600, "clipboard");
    check(|s, n| s.production_clipboard_seconds = n, 5, 120, "for production");
    check(|s, n| s.reuse_seconds = n, 5, 3600, "remaining lifetime");
    check(|s, n| s.assertion_seconds = Some(n), 60, 3600, "assertion");
    check(|s, n| s.key_age_days = n, 30, 3650, "age limit");
}

#[test]
fn a_shortcut_is_names_of_keys_joined_by_plus() {
    let check = |keys: &str, sound: bool| {
        let settings = Settings { palette_shortcut: Some(keys.to_owned()), ..Settings::default() };
        assert_eq!(settings.check().is_ok(), sound, "{keys:?}");
    };
    check("Control+Shift+KeyM", true);
    check("F9", true);
    check("", false);
    check("Control+", false);
    check("Control + M", false);
    check("Control+\u{202E}M", false);
    check(&"A".repeat(65), false);
}

#[test]
fn what_the_journeys_ask_of_settings_follows_the_tier() {
    let settings = Settings { clipboard_seconds: 40, production_clipboard_seconds: 8, ..Settings::default() };
    assert_eq!(
        [Tier::Development, Tier::Staging, Tier::Production].map(|tier| settings.clears_after(tier)),
        [40, 40, 8]
    );
    assert_eq!(
        [Tier::Development, Tier::Staging, Tier::Production].map(|tier| settings.asks_before(tier)),
        [false, false, true]
    );
    assert!(!Settings { ask_before_production: false, ..settings }.asks_before(Tier::Production));
}
