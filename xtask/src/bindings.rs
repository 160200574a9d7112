//! `cargo xtask bindings`: writes the TypeScript bindings from the Rust types. The tests compare
//! the same text with the committed file and fail on a difference.

use crate::tools::{self, Outcome};
use crate::{node, packages, test};

/// Writes the bindings into `ui/`.
pub(crate) fn run() -> Outcome {
    packages::ensure(&[packages::APP])?;
    // The crate embeds the page, but bindings don't depend on it: an old one will do.
    if !tools::root().join("ui/dist/index.html").is_file() {
        node::build_page()?;
    }
    let mut write = tools::cargo(["test"]);
    write.args(test::WORKSPACE).args(["--lib", "bindings"]);
    tools::run(write.env("MINTAGE_WRITE_BINDINGS", "1"))
}
