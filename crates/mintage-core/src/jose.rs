//! **JOSE**: the keys and algorithms of signed tokens (RFC 7517, RFC 7518, RFC 8037), judged in one place.
//!
//! Rule: a key that import rejects for its public half verifies nothing, and a key that verification rejects isn't
//! imported. Both ask this module whether a public key is sound and what a JWK says it is for, and only here does a
//! library make or check a signature. Private numbers are read only by `private_key`, and the provider decides which
//! algorithms a server accepts.

mod algorithm;
mod curve;
mod flaw;
pub(crate) mod jwk;
mod key_facts;
mod key_type;
mod public_key;
mod roca;
mod signing;
mod spki;

pub(crate) use algorithm::Algorithm;
pub use algorithm::SigningAlgorithm;
pub(crate) use curve::Curve;
pub(crate) use flaw::{Flaw, bits_of, check_rsa_size, strip_zeros};
pub use key_facts::KeyFacts;
pub(crate) use key_type::KeyType;
pub(crate) use public_key::PublicKey;
pub(crate) use signing::SigningPair;
