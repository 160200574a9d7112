//! The running app: its mint, its clipboard, its demo. Made at once; the mint is opened by whoever needs
//! it first, so that the window is there before the disk is read.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use mintage_core::catalog::Catalog;
use mintage_core::error::{Error, Problem};
use mintage_core::keychain::Keychain;
use mintage_core::mint::{Mint, RepairReport};
use time::OffsetDateTime;
use tokio::sync::OnceCell;

use crate::clipboard::Clipboard;
use crate::demo::Demo;
use crate::desktop::Desktop;
use crate::start::Start;
use crate::stopping::Stopping;

/// What the commands share.
pub(crate) struct App {
    mint: OnceCell<Opened>,
    pub(crate) clipboard: Clipboard,
    pub(crate) demo: Demo,
    pub(crate) desktop: Desktop,
    pub(crate) stopping: Stopping,
    start: Mutex<Start>,
}

struct Opened {
    mint: Arc<Mint>,
    /// What the repair found, by whoever asked first. The keychain may take its time to answer, so the
    /// lists do not wait for it.
    repaired: OnceCell<RepairReport>,
    /// Why the demo's issuers do not run, if they should and do not. No reason to keep the rest shut.
    demo_problem: Option<Problem>,
}

impl App {
    pub(crate) fn new(start: Start) -> Self {
        Self {
            mint: OnceCell::new(),
            clipboard: Clipboard::default(),
            demo: Demo::default(),
            desktop: Desktop::default(),
            stopping: Stopping::default(),
            start: Mutex::new(start),
        }
    }

    /// The mint, opened by the first caller. A failed opening is tried again by the next.
    pub(crate) async fn mint(&self) -> Result<&Arc<Mint>, Problem> {
        Ok(&self.opened().await?.mint)
    }

    /// What the repair at start found; runs it if nobody asked before.
    pub(crate) async fn repaired(&self) -> Result<RepairReport, Problem> {
        let opened = self.opened().await?;
        Ok(opened.repaired.get_or_try_init(|| opened.mint.repair()).await?.clone())
    }

    /// Why the demo's issuers do not run, if they should and do not.
    pub(crate) async fn demo_problem(&self) -> Result<Option<Problem>, Problem> {
        Ok(self.opened().await?.demo_problem.clone())
    }

    async fn opened(&self) -> Result<&Opened, Problem> {
        Ok(self.mint.get_or_try_init(|| self.open()).await?)
    }

    async fn open(&self) -> Result<Opened, Error> {
        let catalog = Catalog::open(&data_folder()).await?;
        let mint = Arc::new(Mint::new(catalog, Keychain::platform(), Arc::new(now)));
        let demo_problem = self.demo.resume(&mint).await.err().map(Problem::from);
        Ok(Opened { mint, repaired: OnceCell::new(), demo_problem })
    }

    /// Takes what the command line asked for; the second call gets nothing.
    pub(crate) fn take_start(&self) -> Start {
        std::mem::take(&mut *self.start.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The one place where the desktop reads the clock.
#[expect(clippy::disallowed_methods, reason = "this is the shell's clock, handed to the core")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Where the catalogue lives: `MINTAGE_DATA_DIR`, else the platform's folder for an app's data.
pub(crate) fn data_folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("MINTAGE_DATA_DIR").filter(|folder| !folder.is_empty()) {
        return PathBuf::from(folder);
    }
    dirs::data_dir().unwrap_or_else(|| PathBuf::from(".")).join("mintage")
}
