//! The real app in a real window, with a real keyring, over real HTTP. Each test has its own desktop session; see
//! [`mintage_testbed::desktop`].
#![cfg(target_os = "linux")]

mod accessibility;
mod activity;
mod agent;
mod bringing_key;
mod care;
mod creating_user;
mod demo;
mod failed_start;
mod gestures;
mod import;
mod inspector;
mod instance;
mod issuer;
mod keyboard;
mod keychain;
mod looks;
mod pictures;
mod production;
mod profiles;
mod providers;
mod radar;
mod readme;
mod refusal;
mod rotation;
mod server_keys;
mod settings;
mod steps;
mod token;
mod tray;
mod unattended;
mod workbench;

/// The app as shipped, except for the WebDriver feature.
const BINARY: &str = env!("CARGO_BIN_EXE_mintage-desktop");
