//! The page's interface to the shell: its commands and events, and their TypeScript bindings.
//!
//! The bindings are generated from the types here and committed; the test below fails on a difference and rewrites them
//! with `cargo xtask bindings`.

use tauri_specta::collect_events;

use crate::commands;
use crate::expiry::ExpiryChanged;
use crate::page::{AgentChanged, ClipboardReplaced, DragOver, FilesReviewed, Wanted};
use crate::rotating::RotationChanged;
use crate::tray::TrayCopied;

/// Has another macro take the list of the app's commands. The app runs them without knowing their types' TypeScript.
macro_rules! commands {
    ($($list:ident)::+) => {
        $($list)::+![
            commands::startup,
            commands::providers,
            commands::own_providers,
            commands::provider_text,
            commands::copied_provider_text,
            commands::save_provider,
            commands::review_provider,
            commands::changed_provider_text,
            commands::forget_provider,
            commands::choose_provider,
            commands::export_provider,
            commands::environments,
            commands::propose_environment,
            commands::add_environment,
            commands::edit_environment,
            commands::order_environments,
            commands::forget_environment,
            commands::check_environment,
            commands::confirm_production,
            commands::service_users,
            commands::service_user,
            commands::edit_service_user,
            commands::forget_service_user,
            commands::relocate,
            commands::make_default,
            commands::forget_credential,
            commands::choose_key_files,
            commands::review_clipboard,
            commands::paste,
            commands::clear_pasted,
            commands::clipboard_issuer,
            commands::unseal,
            commands::described_key_file_text,
            commands::read_again,
            commands::import_plan,
            commands::import,
            commands::discard_reviews,
            commands::delete_original,
            commands::original,
            commands::delete_original_of,
            commands::delete_chosen_original,
            commands::mint,
            commands::stop_waiting,
            commands::try_credential,
            commands::copy_token,
            commands::reveal_token,
            commands::copy_text,
            commands::copy_public_key,
            commands::copy_public_keys,
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
            commands::open_link,
            commands::show_exported,
            commands::quit,
            commands::test_keychain,
            commands::radar,
            commands::refresh_expiry,
            commands::snooze,
            commands::export_calendar,
            commands::plan_rotation,
            commands::start_rotation,
            commands::continue_rotation,
            commands::undo_rotation,
            commands::stop_rotation,
            commands::release_rotation,
            commands::bring_key,
            commands::rotation_console,
            commands::rotations,
            commands::export_rotations,
            commands::open_rotations,
            commands::rotation_public_half,
            commands::save_public_half,
            commands::server_credentials,
            commands::remove_server_credential,
            commands::create_service_user,
            commands::open_creations,
            commands::continue_creation,
            commands::undo_creation,
            commands::forget_creation,
            commands::let_another_act,
            commands::actors,
            commands::administrator,
            commands::set_administrator,
            commands::trust_server_time,
            commands::keep_registration_token,
            commands::has_registration_token,
            commands::forget_registration_token,
            commands::set_expiry,
            commands::refresh_tray,
            commands::agent_state,
            commands::allow_request,
            commands::deny_request,
            commands::revoke_grants,
            commands::lock,
            commands::unlock,
            commands::person_is_there,
            commands::serve_programs,
            commands::elsewhere,
        ]
    };
}

/// Runs the app's commands.
pub(crate) fn invoke_handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    commands!(tauri::generate_handler)
}

/// The app's events.
pub(crate) fn events() -> tauri_specta::Builder<tauri::Wry> {
    tauri_specta::Builder::new().events(collect_events![
        FilesReviewed,
        DragOver,
        Wanted,
        TrayCopied,
        ClipboardReplaced,
        AgentChanged,
        RotationChanged,
        ExpiryChanged
    ])
}

#[cfg(test)]
mod tests {
    use mintage_core::mint::Periods;

    use super::*;

    include!("command_names.rs");

    const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/lib/bindings.ts");

    #[test]
    fn the_committed_bindings_are_those_of_the_types() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fresh = folder.path().join("bindings.ts");
        let builder = events()
            // A reply is only written and a request only read, so that one type says what crosses.
            .disable_serde_phases()
            .commands(commands!(tauri_specta::collect_commands))
            .constant("periods", Periods::MINTAGE);
        builder.export(specta_typescript::Typescript::default(), &fresh).expect("the types export");
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
