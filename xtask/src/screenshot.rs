//! A screenshot of the app's window, taken when it has stopped changing.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::session::Session;
use crate::tools::{self, Failure, Outcome};

/// How long the window may take to appear.
const APPEARS: Duration = Duration::from_secs(60);
/// How long its content may take to settle; a window that keeps changing is captured as it is then.
const SETTLES: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(400);
/// After this many equal frames in a row the content has settled: a first start waits for the keychain and creates the
/// demo's keys, and nothing moves meanwhile.
const EQUAL: u32 = 8;

/// Waits for the window, then for its content, and writes a PNG.
///
/// # Errors
/// The app exits early, or no window appears.
pub(crate) fn take(app: &mut Child, session: &Session, file: &Path) -> Outcome {
    let window = wait_for_window(app, session)?;
    wait_for_content(session, &window)?;
    let mut import = Command::new("import");
    session.enter(import.args(["-window", &window]).arg(file));
    tools::run(&mut import)?;
    println!("{}", file.display());
    Ok(())
}

fn wait_for_window(app: &mut Child, session: &Session) -> Outcome<String> {
    let deadline = Instant::now() + APPEARS;
    while Instant::now() < deadline {
        if let Some(status) = app.try_wait()? {
            return Err(Failure::new(format!("the app ended before its window appeared ({status})")));
        }
        let mut search = Command::new("xdotool");
        session.enter(search.args(["search", "--onlyvisible", "--name", "^Mintage"]));
        if let Ok(found) = tools::capture(&mut search)
            && let Some(window) = found.lines().last()
        {
            return Ok(window.to_owned());
        }
        std::thread::sleep(PAUSE);
    }
    Err(Failure::new("the app's window didn't appear"))
}

fn wait_for_content(session: &Session, window: &str) -> Outcome {
    let deadline = Instant::now() + SETTLES;
    let mut last = Vec::new();
    let mut same = 0;
    while Instant::now() < deadline && same < EQUAL {
        std::thread::sleep(PAUSE);
        let mut import = Command::new("import");
        session.enter(import.args(["-window", window, "-depth", "8", "rgb:-"]));
        let pixels = import.stdin(Stdio::null()).output()?.stdout;
        same = if pixels == last && has_content(&pixels) { same + 1 } else { 0 };
        last = pixels;
    }
    Ok(())
}

/// Distinguishes a painted page from a blank window by its number of colours.
fn has_content(pixels: &[u8]) -> bool {
    let mut colours: Vec<&[u8]> = Vec::new();
    for pixel in pixels.chunks_exact(3) {
        if !colours.contains(&pixel) {
            colours.push(pixel);
        }
        if colours.len() > 16 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_window_has_no_content() {
        assert!(!has_content(&[]));
        assert!(!has_content(&[255; 300]));
        assert!(has_content(&(0..=99).collect::<Vec<u8>>()));
    }
}
