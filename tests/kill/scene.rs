//! The **scene** of a killing: a folder that processes are sent to, each with its order.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::life::{Deed, Life};
use super::seam::{Halt, Seam};

/// The environment variable that the other process has its order from.
const ORDER: &str = "MINTAGE_TEST_ORDER";
/// What the kernel sends to a process that writes beyond its limit; it ends the process at once.
const SIGXFSZ: i32 = 25;
const SIGKILL: i32 = 9;

/// What another process is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    folder: PathBuf,
    deeds: Vec<Deed>,
    /// The step to halt at, from 1; 0 for none.
    at: u32,
    halt: Halt,
    /// Whether with the desktop's keychain, not with files.
    platform: bool,
}

/// How another process ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It did all it was told to.
    Done,
    /// It was killed.
    Killed,
}

/// A folder with a catalogue and perhaps a keychain of files.
pub(crate) struct Scene {
    folder: TempDir,
}

impl Scene {
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::with_prefix("mintage-kill-").expect("a temporary folder can be made") }
    }

    /// A scene where these things were done, with a keychain of files.
    pub(crate) async fn after(deeds: &[Deed]) -> Self {
        let scene = Self::empty();
        let life = scene.enter().await;
        for deed in deeds {
            life.act(*deed).await;
        }
        life.close().await;
        scene
    }

    /// Another scene that is the same.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Enters it in this process, with a keychain of files and no fatal step.
    pub(crate) async fn enter(&self) -> Life {
        Life::with_files(self.path(), Seam::default()).await
    }

    /// An order to another process with a keychain of files.
    pub(crate) fn order(&self, deeds: &[Deed], fatal: u32) -> Order {
        Order { folder: self.path().to_owned(), deeds: deeds.to_vec(), at: fatal, halt: Halt::Die, platform: false }
    }

    /// Sends a process that dies at a step, and waits for its end.
    pub(crate) fn send(&self, deeds: &[Deed], fatal: u32) -> End {
        Self::end(&mut self.order(deeds, fatal).start(&mut this_program()))
    }

    /// Sends a process that is killed by the kernel when a file grows beyond this many units of `ulimit`,
    /// half a kilobyte or a whole one each, and waits for its end.
    pub(crate) fn send_with_files_up_to(&self, units: u32, deeds: &[Deed]) -> End {
        let mut command = Command::new("sh");
        command.args(["-c", r#"ulimit -c 0; ulimit -f "$1"; shift; exec "$@""#, "sh", &units.to_string()]);
        command.arg(this_program().get_program());
        Self::end(&mut self.order(deeds, 0).start(&mut command))
    }

    /// Waits for the end of a process.
    pub(crate) fn end(process: &mut Child) -> End {
        let status = process.wait().expect("the other process ends");
        match status.signal() {
            Some(SIGKILL | SIGXFSZ) => End::Killed,
            None if status.success() => End::Done,
            _ => panic!("the other process failed ({status}); its output stands above"),
        }
    }
}

impl Order {
    /// The same, but the process waits at the step instead of dying there.
    pub(crate) fn waiting(self) -> Self {
        Self { halt: Halt::Wait, ..self }
    }

    /// The same with the desktop's keychain.
    pub(crate) fn with_platform(self) -> Self {
        Self { platform: true, ..self }
    }

    /// Starts the process; nobody talks to it.
    pub(crate) fn start(&self, command: &mut Command) -> Child {
        self.spawn(command.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    /// Starts the process with pipes for its input and output.
    pub(crate) fn start_with_pipes(&self, command: &mut Command) -> Child {
        self.spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()))
    }

    fn spawn(&self, command: &mut Command) -> Child {
        command.args(["--exact", "the_other_process", "--ignored", "--nocapture"]);
        command.env(ORDER, serde_json::to_string(self).expect("an order is plain data"));
        command.spawn().expect("this test starts itself")
    }

    /// Carries out the order that this process was started with.
    pub(crate) async fn carry_out() {
        let order = std::env::var(ORDER).expect("this is only run by the tests beside it");
        let Self { folder, deeds, at, halt, platform } = serde_json::from_str(&order).expect("it is an order");
        let seam = Seam::new(at, halt);
        let life =
            if platform { Life::with_platform(&folder, seam).await } else { Life::with_files(&folder, seam).await };
        for deed in deeds {
            life.act(deed).await;
        }
        life.close().await;
    }
}

/// This test program, to be run as another process.
pub(crate) fn this_program() -> Command {
    Command::new(std::env::current_exe().expect("this test is a program"))
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
