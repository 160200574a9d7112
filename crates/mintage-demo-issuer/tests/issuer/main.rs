//! The demo issuer over real HTTP, asked by a client that knows none of its code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod stage;
mod support;

mod assertion;
mod discovery;
mod frontier;
mod introspection;
mod management;
mod quirks;
mod refusals;
mod request;
mod running;
mod secrets;
mod systems;
mod token;
mod userinfo;
