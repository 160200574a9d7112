//! The real app in a real window, with a real keyring, over real HTTP. Each test has a desktop session
//! of its own; see `support/desk.rs`.
#![cfg(target_os = "linux")]

mod accessibility;
mod activity;
#[path = "../support/app.rs"]
mod app;
#[path = "../support/axe.rs"]
mod axe;
#[path = "../support/bus.rs"]
mod bus;
mod demo;
#[path = "../support/desk.rs"]
mod desk;
#[path = "../support/gallery.rs"]
mod gallery;
mod import;
mod inspector;
mod instance;
mod issuer;
mod keyboard;
mod keychain;
mod looks;
mod pictures;
mod production;
mod providers;
mod radar;
mod refusal;
#[path = "../support/session.rs"]
#[expect(dead_code, reason = "shared with the keychain's tests, which need more of it")]
mod session;
mod settings;
mod steps;
mod token;
mod tray;
#[path = "../support/webdriver.rs"]
mod webdriver;
#[path = "../support/x11.rs"]
mod x11;
