//! What Mintage needs of **Windows** where other systems have file modes, limits and groups: [`access`] for this user
//! alone, no [`crash_reports`], and [`detached`] programs. On other systems the crate is empty.
#![cfg(windows)]
#![warn(missing_docs)]

pub mod access;
pub mod crash_reports;
pub mod detached;
