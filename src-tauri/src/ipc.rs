//! The page's side of the shell: which commands and events there are, and their TypeScript bindings.
//!
//! The bindings are generated from the types here and committed; the test below fails on a difference
//! and writes them anew with `cargo xtask bindings`.

use mintage_core::error::Problem;
use mintage_core::keychain::KeychainState;
use mintage_core::mint::{RepairReport, Review};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::{collect_commands, collect_events};

use crate::commands;
use crate::desktop::Wanted;
use crate::tray::TrayCopied;

/// Files were dropped on the window or handed over by a second start, and are under review.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FilesReviewed {
    /// One per file, in their order.
    pub(crate) reviews: Vec<Review>,
    /// Why there are none, if something went wrong as a whole.
    pub(crate) problem: Option<Problem>,
}

/// Files are held over the window, or no longer.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct DragOver {
    pub(crate) over: bool,
}

/// What the page needs to know when it starts.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Startup {
    /// Mintage's version.
    pub(crate) version: String,
    /// The folder of the catalogue.
    pub(crate) data_folder: String,
    /// How the keychain stands.
    pub(crate) keychain: KeychainState,
    /// What the repair at start found.
    pub(crate) repaired: RepairReport,
    /// Why the demo's issuers do not run, if they should and do not.
    pub(crate) demo_problem: Option<Problem>,
}

/// The commands and events of the app.
pub(crate) fn builder() -> tauri_specta::Builder<tauri::Wry> {
    tauri_specta::Builder::new()
        .commands(collect_commands![
            commands::startup,
            commands::providers,
            commands::own_providers,
            commands::copy_provider,
            commands::provider_text,
            commands::copied_provider_text,
            commands::save_provider,
            commands::forget_provider,
            commands::choose_provider,
            commands::export_provider,
            commands::environments,
            commands::add_environment,
            commands::edit_environment,
            commands::forget_environment,
            commands::check_environment,
            commands::confirm_production,
            commands::service_users,
            commands::service_user,
            commands::edit_service_user,
            commands::forget_service_user,
            commands::make_default,
            commands::forget_credential,
            commands::choose_key_files,
            commands::review_clipboard,
            commands::unseal,
            commands::described_key_file_text,
            commands::read_again,
            commands::import,
            commands::discard_reviews,
            commands::delete_original,
            commands::mint,
            commands::stop_waiting,
            commands::try_credential,
            commands::copy_token,
            commands::reveal_token,
            commands::copy_text,
            commands::copy_public_key,
            commands::inspect,
            commands::inspect_text,
            commands::inspect_clipboard,
            commands::inspect_at,
            commands::compare,
            commands::userinfo,
            commands::introspectors,
            commands::introspect,
            commands::introspect_with_audience,
            commands::revoke,
            commands::copy_assertion,
            commands::missing_ids,
            commands::misfits,
            commands::standing,
            commands::review_secret,
            commands::provision,
            commands::unprovision,
            commands::compare_key,
            commands::activity,
            commands::find_activity,
            commands::export_activity,
            commands::keychain_state,
            commands::unlock_keychain,
            commands::repair,
            commands::remove_orphans,
            commands::start_demo,
            commands::forget_demo,
            commands::settings,
            commands::change_settings,
            commands::desktop_state,
            commands::about,
            commands::open_data_folder,
            commands::test_keychain,
            commands::radar,
            commands::refresh_tray,
        ])
        .events(collect_events![FilesReviewed, DragOver, Wanted, TrayCopied])
}

#[cfg(test)]
mod tests {
    use super::*;

    include!("command_names.rs");

    const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/lib/bindings.ts");

    #[test]
    fn the_committed_bindings_are_those_of_the_types() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fresh = folder.path().join("bindings.ts");
        builder().export(specta_typescript::Typescript::default(), &fresh).expect("the types export");
        let fresh = std::fs::read_to_string(fresh).expect("it was just written");
        if std::env::var_os("MINTAGE_WRITE_BINDINGS").is_some() {
            std::fs::write(BINDINGS, &fresh).expect("ui/src/lib exists");
        }
        let committed = std::fs::read_to_string(BINDINGS).unwrap_or_default();
        assert!(committed == fresh, "ui/src/lib/bindings.ts is out of date: run `cargo xtask bindings`");
    }

    #[test]
    fn every_registered_command_has_its_permission() {
        let source = include_str!("ipc.rs");
        let registered: Vec<&str> =
            source.lines().filter_map(|line| line.trim().strip_prefix("commands::")?.strip_suffix(',')).collect();
        assert_eq!(registered, COMMAND_NAMES);
        let capability = include_str!("../capabilities/main.json");
        for name in COMMAND_NAMES {
            assert!(capability.contains(&format!("\"allow-{}\"", name.replace('_', "-"))), "{name}");
        }
    }
}
