//! The **shared folder** of the kill tests: processes are started on it, each with its orders.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::life::{Action, Life};
use crate::own_process::{only, this_program};
use crate::seam::{Halt, Seam};

/// The environment variable that passes orders to the other process.
const ORDER: &str = "MINTAGE_TEST_ORDER";
/// What the kernel sends to a process that exceeds its limit; it ends the process at once.
const SIGXFSZ: i32 = 25;
const SIGKILL: i32 = 9;

/// What another process is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    folder: PathBuf,
    actions: Vec<Action>,
    /// The step to stop at, from 1; 0 for none.
    at: u32,
    halt: Halt,
    /// Whether to use the desktop's keychain instead of files.
    platform: bool,
}

/// How another process ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It did everything it was told to.
    Done,
    /// It was killed.
    Killed,
}

/// A folder with a catalogue and possibly a file keychain.
pub(crate) struct SharedFolder {
    folder: TempDir,
}

impl SharedFolder {
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::with_prefix("mintage-kill-").expect("a temporary folder can be made") }
    }

    /// A shared where these things were done, with a keychain of files.
    pub(crate) async fn after(actions: &[Action]) -> Self {
        let shared = Self::empty();
        let life = shared.enter().await;
        for action in actions {
            life.act(*action).await;
        }
        life.close().await;
        shared
    }

    /// Another shared that is the same.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Enters it in this process, with a file keychain and no fatal step.
    pub(crate) async fn enter(&self) -> Life {
        Life::with_files(self.path(), Seam::default()).await
    }

    /// Orders for another process with a file keychain.
    pub(crate) fn order(&self, actions: &[Action], fatal: u32) -> Order {
        Order { folder: self.path().to_owned(), actions: actions.to_vec(), at: fatal, halt: Halt::Die, platform: false }
    }

    /// Runs a process that dies at a step, and waits for its end.
    pub(crate) fn send(&self, actions: &[Action], fatal: u32) -> End {
        Self::end(&mut self.order(actions, fatal).start(&mut this_program()))
    }

    /// Runs a process that the kernel kills when a file exceeds this many units of `ulimit` (half a kilobyte or a whole
    /// one each), and waits for its end.
    pub(crate) fn send_with_files_up_to(&self, units: u32, actions: &[Action]) -> End {
        let mut command = Command::new("sh");
        command.args(["-c", r#"ulimit -c 0; ulimit -f "$1"; shift; exec "$@""#, "sh", &units.to_string()]);
        command.arg(this_program().get_program());
        Self::end(&mut self.order(actions, 0).start(&mut command))
    }

    /// Waits for the end of a process.
    pub(crate) fn end(process: &mut Child) -> End {
        let status = process.wait().expect("the other process ends");
        match status.signal() {
            Some(SIGKILL | SIGXFSZ) => End::Killed,
            None if status.success() => End::Done,
            _ => panic!("the other process failed ({status}); its output is above"),
        }
    }
}

impl Order {
    /// The same, but the process waits at the step instead of dying there.
    pub(crate) fn waiting(self) -> Self {
        Self { halt: Halt::Wait, ..self }
    }

    /// The same with the desktop's keychain.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_platform(self) -> Self {
        Self { platform: true, ..self }
    }

    /// Starts the process without pipes.
    pub(crate) fn start(&self, command: &mut Command) -> Child {
        self.spawn(command.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    /// Starts the process with pipes for its input and output.
    pub(crate) fn start_with_pipes(&self, command: &mut Command) -> Child {
        self.spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))
    }

    fn spawn(&self, command: &mut Command) -> Child {
        only(command, "kill::the_other_process").arg("--nocapture");
        command.env(ORDER, serde_json::to_string(self).expect("an order is plain data"));
        command.spawn().expect("this test starts itself")
    }

    /// Carries out the orders that this process was started with.
    pub(crate) async fn carry_out() {
        let order = std::env::var(ORDER).expect("this is only run by the tests beside it");
        let Self { folder, actions, at, halt, platform } = serde_json::from_str(&order).expect("it is an order");
        let seam = Seam::new(at, halt);
        let life =
            if platform { Life::with_platform(&folder, seam).await } else { Life::with_files(&folder, seam).await };
        for action in actions {
            life.act(action).await;
        }
        life.close().await;
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the folder can be listed").flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            std::fs::create_dir(&target).expect("a folder can be made");
            copy_folder(&source, &target);
        } else {
            std::fs::copy(&source, &target).expect("a file can be copied");
        }
    }
}
