//! The demo issuer over real HTTP, asked by a client that knows none of its code.

mod support;

mod token;
