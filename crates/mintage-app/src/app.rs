//! The running **app**: its mint, its demo, and what can be stopped.
//!
//! Rule: making one does nothing yet. The first caller who needs the mint opens it, so that a window is there
//! before the disk is read: catalogue, then demo, then repair.

use std::sync::Arc;

use mintage_core::catalog::Catalog;
use mintage_core::error::{Error, Problem};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Mint, RepairReport};
use time::OffsetDateTime;
use tokio::sync::OnceCell;

use crate::data_folder::data_folder;
use crate::demo::Demo;
use crate::lock_marker;
use crate::stopping::Stopping;

/// What the commands of a shell share. A clone is the same app.
#[derive(Clone, Default)]
pub struct App {
    parts: Arc<Parts>,
    /// The jobs under way that the user may stop.
    pub stopping: Arc<Stopping>,
}

struct Parts {
    mint: OnceCell<Opened>,
    keychain: Keychain,
    demo: Demo,
}

impl Default for Parts {
    fn default() -> Self {
        Self { mint: OnceCell::default(), keychain: Keychain::platform(), demo: Demo::default() }
    }
}

struct Opened {
    mint: Arc<Mint>,
    /// What the first repair found. The keychain may be slow to answer, so lists don't wait for it.
    repaired: OnceCell<RepairReport>,
    /// Why the demo's issuers don't run, if they should. No reason to keep the rest shut.
    demo_problem: Option<Problem>,
}

impl App {
    /// The mint, opened by the first caller. If opening fails, the next caller tries again.
    ///
    /// # Errors
    /// There is no data folder, or the catalogue can't be opened.
    pub async fn mint(&self) -> Result<&Arc<Mint>, Problem> {
        Ok(&self.opened().await?.mint)
    }

    /// Opens the mint and connects to the keychain at once, because somebody waits for a token. What is wrong, the first
    /// who needs them hears.
    pub async fn get_ready(&self) {
        let opening = async { self.mint().await.map(drop) };
        let _: (Result<(), Problem>, ()) = tokio::join!(opening, self.parts.keychain.connect());
    }

    /// Waits until what was done is in the catalogue's file.
    pub async fn finish(&self) {
        if let Some(opened) = self.parts.mint.get() {
            opened.mint.finish().await;
        }
    }

    /// Forgets every token, and hands out none until [`App::unlock`], also by the next program that serves as the agent.
    ///
    /// # Errors
    /// As [`App::mint`].
    pub async fn lock(&self) -> Result<(), Problem> {
        let mint = self.mint().await.inspect(|mint| mint.lock());
        lock_marker::set();
        mint.map(drop)
    }

    /// Hands out tokens again. The keychain may ask for its password.
    ///
    /// # Errors
    /// As [`App::mint`] and [`Mint::unlock`].
    pub async fn unlock(&self) -> Result<(), Problem> {
        Ok(self.mint().await?.unlock(lock_marker::clear).await?)
    }

    /// Whether it's locked.
    pub fn is_locked(&self) -> bool {
        self.parts.mint.get().map_or_else(lock_marker::is_set, |opened| opened.mint.is_locked())
    }

    /// What the repair at start found; runs it if nobody asked before.
    ///
    /// # Errors
    /// As [`App::mint`]; what the catalogue reports.
    pub async fn repaired(&self) -> Result<RepairReport, Problem> {
        let opened = self.opened().await?;
        Ok(opened.repaired.get_or_try_init(|| opened.mint.repair()).await?.clone())
    }

    /// Why the demo's issuers don't run, if they should.
    ///
    /// # Errors
    /// As [`App::mint`].
    pub async fn demo_problem(&self) -> Result<Option<Problem>, Problem> {
        Ok(self.opened().await?.demo_problem.clone())
    }

    /// Starts the demo, unless it runs already.
    ///
    /// # Errors
    /// As [`App::mint`]; the demo's issuers can't be started.
    pub async fn start_demo(&self) -> Result<(), Problem> {
        Ok(self.parts.demo.start(self.mint().await?).await?)
    }

    /// Removes the demo: environments, service users, keys, issuers.
    ///
    /// # Errors
    /// As [`App::mint`]; what catalogue and keychain report.
    pub async fn forget_demo(&self) -> Result<(), Problem> {
        Ok(self.parts.demo.forget(self.mint().await?).await?)
    }

    async fn opened(&self) -> Result<&Opened, Problem> {
        self.parts.mint.get_or_try_init(|| self.open()).await
    }

    async fn open(&self) -> Result<Opened, Problem> {
        let mint = Arc::new(open_with(self.parts.keychain.clone()).await?.0);
        let demo_problem = self.parts.demo.resume(&mint).await.err().map(Problem::from);
        Ok(Opened { mint, repaired: OnceCell::new(), demo_problem })
    }
}

/// Opens the mint over the catalogue and the keychain that all of Mintage's programs share. A lock that one of them has
/// set holds for this one.
///
/// # Errors
/// There is no data folder, or the catalogue can't be opened.
pub async fn open_mint() -> Result<(Mint, Catalog), Problem> {
    open_with(Keychain::platform()).await
}

async fn open_with(keychain: Keychain) -> Result<(Mint, Catalog), Problem> {
    let catalog = Catalog::open(&data_folder()?).await.map_err(Error::from)?;
    let mint = Mint::new(catalog.clone(), keychain, Arc::new(now));
    if lock_marker::is_set() {
        mint.lock();
    }
    Ok((mint, catalog))
}

/// The clock of the shells that open the catalogue.
#[expect(clippy::disallowed_methods, reason = "this is the shells' clock, handed to the core")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
