//! The domain of Mintage: from a key file to an access token, without window, terminal or clipboard.
//!
//! Three journeys, each one function of [`mint::Mint`] that reads from top to bottom:
//!
//! ```text
//! import   bytes → key_file::parse → keychain.put → catalog.add → ServiceUser
//! token    id → catalog.find → keychain.get → issuer.discover → request::prepare(now) → issuer.exchange → Token
//! inspect  Token → claims::decode → UnverifiedClaims → verify → Verdict;   Token → issuer.userinfo
//! ```
//!
//! Read in this order: the words ([`ids`], [`issuer_url`], [`endpoints`], [`environment`], [`provider`],
//! [`service_user`], [`credential`], [`creation`], [`rotation`], [`activity`], [`settings`], [`dated`]), the pure modules ([`private_key`], [`key_file`],
//! [`assertion`], [`token`], [`claims`], [`verify`], [`diagnosis`]), the three edges ([`keychain`], [`catalog`],
//! [`issuer`]), [`error`], which combines all their errors into one, and [`mint`], the only one that knows them all.
#![warn(missing_docs)]

pub mod mint;

pub mod activity;
pub mod creation;
pub mod credential;
pub mod dated;
pub mod endpoints;
pub mod environment;
pub mod ids;
pub mod issuer_url;
pub mod provider;
pub mod rotation;
pub mod service_user;
pub mod settings;

pub mod assertion;
mod basic;
pub mod claims;
pub mod copy_form;
mod der;
pub mod diagnosis;
pub mod jose;
pub mod key_file;
pub mod private_key;
pub mod request;
pub mod scope;
pub mod token;
pub mod verify;

pub mod catalog;
pub mod issuer;
pub mod keychain;

pub mod error;
mod error_table;
pub mod guard;
mod json;
mod moment;
pub mod secret;

#[cfg(test)]
mod hostile;
