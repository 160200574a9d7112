//! Two servers that others wrote: what Mintage sends must be good for them, and what they issue and say
//! must be read rightly. They keep their own time, so the mint's clock is the real one here.

#[path = "support/servers.rs"]
mod servers;
#[path = "support/world.rs"]
#[expect(dead_code, reason = "these journeys need no demo issuer and no folder")]
mod world;

#[path = "foreign/client_credentials.rs"]
mod client_credentials;
#[path = "foreign/introspection.rs"]
mod introspection;
#[path = "foreign/journey.rs"]
mod journey;
#[path = "foreign/jwt_bearer.rs"]
mod jwt_bearer;
