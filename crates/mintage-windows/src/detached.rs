//! **Detached** programs hold nothing of the one that starts them: neither its console nor its pipes.
//!
//! The standard library passes on every handle that this program was itself given to pass on. An agent that is started
//! by `$(mintage token …)` would hold that pipe, and the shell would wait until the agent ends.

use std::io;
use std::path::Path;

use winsafe::co::{CREATE, ERROR, WAIT};
use winsafe::guard::CloseHandlePiGuard;
use winsafe::{CreateProcess, STARTUPINFO};

/// A program that was started here, and goes on by itself.
pub struct Detached(CloseHandlePiGuard);

/// Starts a program with this one's environment, in the program's own folder: nobody can delete a folder that a program
/// works in. The arguments must be words without spaces and quotes.
///
/// # Errors
/// It can't be started.
pub fn start(program: &Path, arguments: &[&str]) -> io::Result<Detached> {
    let program = program.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
    let line = format!("\"{program}\" {}", arguments.join(" "));
    // It gets no Ctrl-C of this one's console either.
    let flags = CREATE::DETACHED_PROCESS | CREATE::NEW_PROCESS_GROUP;
    let mut info = STARTUPINFO::default();
    let folder = Path::new(program).parent().and_then(Path::to_str);
    let started = CreateProcess(Some(program), Some(&line), None, None, false, flags, &[], folder, &mut info);
    started.map(Detached).map_err(failed)
}

impl Detached {
    /// Whether it has ended.
    ///
    /// # Errors
    /// The system doesn't say.
    pub fn has_ended(&self) -> io::Result<bool> {
        self.0.hProcess.WaitForSingleObject(Some(0)).map(|state| state == WAIT::OBJECT_0).map_err(failed)
    }
}

fn failed(error: ERROR) -> io::Error {
    i32::try_from(error.raw()).map_or_else(io::Error::other, io::Error::from_raw_os_error)
}
