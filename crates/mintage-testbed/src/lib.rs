//! The **testbed**: the environment for Mintage's tests and benchmarks. Nothing in it ships.
//!
//! - servers: [`issuer`] has the demo's ZITADEL in every era, and a strict emulator for every other vendor; [`servers`]
//!   starts two third-party servers; [`fault_server`] sends whatever a test says, with [`certificates`] good and bad;
//!   [`public_name`] gives an issuer the name of a host.
//! - the domain: [`setup`] is a `Mint` with its own catalogue, keychain and clock; [`failing_store`] is a keychain that
//!   stops working.
//! - tests: [`skip`] says what couldn't be tried.
//! - a desktop (Linux): a private [`session`], a [`display`], a [`desktop`] session with both, the [`app`] in its window
//!   under the [`mouse`] and the [`gallery`] in a browser, both through a [`webdriver`], with [`axe`], both
//!   once the page is at [`rest`]; the other programs on its [`bus`],
//!   and its windows as [`x11`] has them.

pub mod certificates;
pub mod failing_store;
pub mod fault_server;
mod frontier;
pub mod issuer;
mod management;
pub mod process;
pub mod public_name;
pub mod servers;
pub mod setup;
pub mod skip;
mod system;
mod version;
pub mod wait;

#[cfg(target_os = "linux")]
pub mod app;
#[cfg(target_os = "linux")]
pub mod axe;
#[cfg(target_os = "linux")]
pub mod bus;
#[cfg(target_os = "linux")]
pub mod desktop;
#[cfg(target_os = "linux")]
pub mod display;
#[cfg(target_os = "linux")]
pub mod gallery;
#[cfg(target_os = "linux")]
pub mod logind;
#[cfg(target_os = "linux")]
mod mouse;
#[cfg(target_os = "linux")]
pub mod rest;
#[cfg(target_os = "linux")]
pub mod session;
#[cfg(target_os = "linux")]
pub mod webdriver;
#[cfg(target_os = "linux")]
pub mod x11;
