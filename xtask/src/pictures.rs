//! `cargo xtask pictures`: takes the README's pictures anew. They are those that the window's tests take of
//! the gallery, so that the README never shows a window that is not there.

use std::fs;

use crate::tools::{self, Failure, Outcome};
use crate::{test, tools::root};

/// The view in the gallery, and the picture's name in `docs/`; each is taken in both themes.
const PICTURES: &[(&str, &str)] = &[("token-whole", "window"), ("token-refused", "refused"), ("claims", "claims")];
const WIDTH: u32 = 1240;

/// Takes the pictures and puts them into `docs/`.
///
/// # Errors
/// The gallery cannot be built or shown, or a view is pictured no more.
pub(crate) fn run() -> Outcome {
    let ring = ["window", "--", "every_view_is_pictured_in_its_states"];
    test::run(&ring.map(str::to_owned))?;
    let taken = tools::scratch()?.with_file_name("screenshots");
    for (view, name) in PICTURES {
        for theme in ["light", "dark"] {
            let picture = taken.join(format!("view-{view}-{WIDTH}-{theme}.png"));
            fs::copy(&picture, root().join(format!("docs/{name}-{theme}.png"))).map_err(|error| {
                Failure::new(format!("{} is not there: {error}", picture.display()))
                    .help("name a view of tests/desktop/looks.rs")
            })?;
        }
    }
    Ok(())
}
