//! The demo issuer over real HTTP, asked by a client that knows none of its code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod support;

mod assertion;
mod discovery;
mod introspection;
mod request;
mod running;
mod token;
mod userinfo;
