//! The app's **end**. Once it has begun, a second start finds the name of the first still taken and leaves, though the
//! first can no longer show anything. Such a start is kept, and carried out by a new process when this one is done.

use std::ffi::OsString;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::start::Start;

/// Whether the app is ending, and a start that came since.
#[derive(Default)]
pub(crate) struct Ending(Mutex<Stage>);

#[derive(Default)]
enum Stage {
    #[default]
    Running,
    Ending(Option<Start>),
}

impl Ending {
    /// Notes that the app is ending.
    pub(crate) fn begin(&self) {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*stage, Stage::Running) {
            *stage = Stage::Ending(None);
        }
    }

    /// Keeps a second start if the app is ending; returns it otherwise.
    pub(crate) fn keep(&self, start: Start) -> Option<Start> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Stage::Running => Some(start),
            Stage::Ending(late) => {
                *late = Some(start);
                None
            }
        }
    }

    /// Starts a new process for what was kept.
    pub(crate) fn start_again(&self) {
        let stage = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Stage::Ending(Some(start)) = stage else { return };
        // If that fails, nobody is left to report it to.
        let _ = std::env::current_exe().and_then(|program| Command::new(program).args(arguments(start)).spawn());
    }
}

/// What a start that is passed on may request: files to review and the palette, as from any second start.
fn arguments(start: Start) -> Vec<OsString> {
    let palette = start.palette.then(|| "--palette".into());
    palette.into_iter().chain(start.files.into_iter().map(Into::into)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_kept_only_while_the_app_ends() {
        let ending = Ending::default();
        let start = Start { files: vec!["/keys/a.json".into()], demo: true, palette: true, ..Start::default() };
        assert_eq!(ending.keep(start.clone()), Some(start.clone()));
        ending.begin();
        assert_eq!(ending.keep(start.clone()), None);
        ending.begin();
        assert!(matches!(&*ending.0.lock().unwrap(), Stage::Ending(Some(kept)) if *kept == start));
    }

    #[test]
    fn only_files_and_the_palette_are_passed_on() {
        let start = Start { files: vec!["/keys/a.json".into()], demo: true, in_tray: true, palette: true };
        assert_eq!(arguments(start), ["--palette", "/keys/a.json"]);
    }
}
