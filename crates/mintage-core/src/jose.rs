//! **JOSE**: the keys and algorithms of signed tokens (RFC 7517, RFC 7518, RFC 8037), judged in one place.
//!
//! Rule: a key that import refuses verifies nothing, and a key that verification refuses is not imported.
//! Both ask this module whether a public key is sound and what a JWK says it is for. Not here: private
//! numbers, which only `private_key` reads, and which algorithm a server takes.

mod algorithm;
mod curve;
mod flaw;
pub(crate) mod jwk;
mod public_key;
mod roca;

pub(crate) use algorithm::Algorithm;
pub(crate) use curve::Curve;
pub(crate) use flaw::{Flaw, check_rsa_size, strip_zeros};
pub(crate) use public_key::PublicKey;
