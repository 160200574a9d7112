//! The demo issuer over real HTTP, called by a client that shares none of its code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod api;
mod emulator;
mod support;

mod api_keys;
mod api_lists;
mod api_replies;
mod api_rights;
mod api_secrets;
mod assertion;
mod discovery;
mod eras;
mod frontier;
mod frontier_versions;
mod hostile;
mod introspection;
mod quirks;
mod refusals;
mod request;
mod running;
mod secrets;
mod systems;
mod token;
mod userinfo;
