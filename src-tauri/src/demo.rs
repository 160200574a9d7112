//! The **demo**: issuers that run inside the app on loopback, with service users to play with.

use std::sync::Arc;

use mintage_core::error::Error;
use mintage_core::mint::Mint;

/// The demo's running issuers.
#[derive(Default)]
pub(crate) struct Demo {}

impl Demo {
    /// Starts the demo.
    pub(crate) async fn start(&self, mint: &Arc<Mint>) -> Result<(), Error> {
        let _ = mint;
        todo!()
    }

    /// Resumes it.
    pub(crate) async fn resume(&self, mint: &Arc<Mint>) -> Result<(), Error> {
        let _ = mint;
        Ok(())
    }

    /// Removes it.
    pub(crate) async fn forget(&self, mint: &Arc<Mint>) -> Result<(), Error> {
        mint.forget_demo().await
    }
}
