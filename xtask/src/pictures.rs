//! `cargo xtask pictures`: retakes the README's screenshots and its demonstration. Those of the window are what the window
//! tests see of the real app, and that of the terminal is what a journey finds on a real terminal's screen (tmux), so
//! that the README never shows an outdated program.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::tools::{self, Failure, Outcome};
use crate::{packages, test, tools::root};

/// The screenshots; each is taken in both themes.
const PICTURES: &[&str] = &["window", "claims", "refused"];

/// How long each frame of the demonstration is shown, in hundredths of a second.
const FRAMES: &[u32] = &[160, 160, 180, 260, 260, 320];
/// How wide the demonstration is, in pixels.
const DEMONSTRATION_WIDTH: u32 = 1000;

/// The journey that types into a real terminal.
const TERMINAL: &str = "a_terminal_shows_lists_and_next_steps_and_no_token";

/// Takes the screenshots and puts them in `docs/`.
///
/// # Errors
/// The app can't be built or shown, or doesn't do what is pictured.
pub(crate) fn run() -> Outcome {
    test::run(&["window", "--", "readme::"].map(str::to_owned))?;
    for name in PICTURES {
        for theme in ["light", "dark"] {
            let picture = taken(&format!("readme-{name}-{theme}"))?;
            fs::copy(&picture, root().join(format!("docs/{name}-{theme}.png"))).map_err(|error| {
                Failure::new(format!("couldn't read {}: {error}", picture.display()))
                    .help("choose a picture from tests/window/readme.rs")
            })?;
        }
    }
    demonstration()?;
    terminal()
}

/// A screenshot that the window tests took.
fn taken(name: &str) -> Outcome<PathBuf> {
    Ok(tools::scratch()?.with_file_name("screenshots").join(format!("{name}.png")))
}

/// Puts the frames of the demonstration together.
fn demonstration() -> Outcome {
    let mut animate = Command::new("convert");
    for (number, duration) in (1..).zip(FRAMES) {
        animate.args(["-delay", &duration.to_string()]).arg(taken(&format!("demonstration-{number}"))?);
    }
    animate.args(["-resize", &DEMONSTRATION_WIDTH.to_string(), "-dither", "None", "-colors", "128"]);
    animate.args(["-layers", "OptimizeTransparency", "-loop", "0"]);
    tools::run(animate.arg(root().join("docs/demonstration.gif")))
}

/// Renders what is on the terminal's screen, in its own font and colours.
fn terminal() -> Outcome {
    packages::ensure(&[packages::APP, packages::HEADLESS, packages::ICONS, packages::PICTURES])?;
    let text = tools::scratch()?.join("terminal.txt");
    let mut journey = tools::cargo(["test", "--package", "mintage-cli", "--test", "journey", "--", TERMINAL]);
    tools::run(journey.env("MINTAGE_TERMINAL_TEXT", &text))?;
    let text = fs::read_to_string(&text)?;
    for (theme, background, words) in [("light", "#fbfbfa", "#24292f"), ("dark", "#1b1d22", "#dfe2e7")] {
        let drawing = tools::scratch()?.join("terminal.svg");
        fs::write(&drawing, drawn(text.trim_end_matches("\n$"), background, words))?;
        let mut render = Command::new("rsvg-convert");
        render.args(["--width", "1400", "--output"]).arg(root().join(format!("docs/terminal-{theme}.png")));
        tools::run(render.arg(drawing))?;
    }
    Ok(())
}

/// The text as a drawing: a line of the terminal is 20 high, and a letter 8.43 wide; what is typed is bold.
fn drawn(text: &str, background: &str, words: &str) -> String {
    let width = text.lines().map(|line| line.chars().count()).max().unwrap_or_default() as f64 * 8.43 + 40.0;
    let height = text.lines().count() * 20 + 40;
    let lines = text.lines().enumerate().map(|(at, line)| {
        let weight = if line.starts_with("$ ") { " font-weight=\"bold\"" } else { "" };
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        format!("<text x=\"20\" y=\"{}\" xml:space=\"preserve\"{weight}>{line}</text>\n", at * 20 + 34)
    });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"{background}\"/>\n\
         <g font-family=\"DejaVu Sans Mono\" font-size=\"14\" fill=\"{words}\">\n{}</g>\n</svg>\n",
        lines.collect::<String>()
    )
}
