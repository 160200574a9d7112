//! Two third-party servers: what Mintage sends must be valid for them, and what they issue and say must be read
//! correctly. They use real time, so the mint's clock is the real one here.

mod client_credentials;
mod introspection;
mod journey;
mod jwt_bearer;
