//! What every shell of Mintage needs: the window, and the command.
//!
//! Rule: no window, terminal or clipboard, and no rule of the domain, which is the core's. [`App`] opens the
//! catalogue and owns what runs; [`agent`] is what programs get from it; [`demo`] is *Try the demo*; [`stopping`] drops
//! a job that takes too long; [`import`] brings key files in, one or several; [`elsewhere`] says how tools get a token;
//! [`rows`] lists service users; [`notice`], [`label`] and [`export`] hold the wording that all shells share.
#![warn(missing_docs)]

pub mod agent;
mod app;
pub mod data_folder;
pub mod demo;
pub mod elsewhere;
pub mod export;
pub mod import;
pub mod label;
mod lock_marker;
pub mod notice;
pub mod profile_file;
pub mod rows;
pub mod stopping;

pub use app::{App, open_mint};
