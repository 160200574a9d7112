//! The **integration tests**, in one program: the domain from key file to token, against servers, faults, keychains and
//! kills. The window tests are a separate program (`tests/window`), since they need the app.

mod bad_key_files;
mod bad_tokens;
mod canary;
mod diagnosis;
mod errors;
mod faults;
mod file_store;
mod foreign;
mod frontier;
#[cfg(target_os = "linux")]
mod idle_lock;
mod introspection;
mod issuer;
mod journeys;
#[cfg(target_os = "linux")]
mod keychain;
#[cfg(unix)]
mod kill;
mod own_process;
mod providers;
mod robustness;
mod rotation;
mod seam;
mod settings;
mod trust;
