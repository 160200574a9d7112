//! **Wine** runs the tests for Windows. What it doesn't do as Windows does is skipped by name, and said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{self, Outcome};

/// What Wine 8 isn't like Windows in, and the tests that need it, by their names or what they begin with.
pub(super) const CANNOT: &[(&str, &[&str])] = &[
    (
        "new files don't inherit their folder's access list",
        &["access::tests::what_is_created_in_a_closed_folder_is_private"],
    ),
    (
        "it has no certificate engine for authorities of one's own, and an unknown revocation is an error to it",
        &["faults::trust::certificates_are_trusted_only_with_reason"],
    ),
    ("a reset connection looks like one that was closed", &["faults::a_connection_that_is_reset_is_unreachable"]),
    (
        "it has neither Node.js nor Python, which the servers that others wrote need",
        &["foreign::client_credentials::", "foreign::introspection::", "foreign::jwt_bearer::"],
    ),
];

/// Wine 8's `CredEnumerateW` returns unaligned pointers where there are several items. The processor reads them,
/// but debug assertions abort the whole test program.
pub(super) const PROFILE: &[&str] =
    &["--config", "profile.dev.package.windows-native-keyring-store.debug-assertions=false"];

/// Rust's standard library asks this one for randomness since Windows 8; Wine 8 has none of that name.
const BCRYPT_PRIMITIVES: &str = r"
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) {
    while (length) {
        ULONG part = length > 0x40000000 ? 0x40000000 : (ULONG)length;
        if (!SystemFunction036(data, part)) return FALSE;
        data += part;
        length -= part;
    }
    return TRUE;
}
";

/// A Windows of its own.
pub(super) struct Wine {
    program: PathBuf,
    prefix: PathBuf,
}

impl Wine {
    /// Makes its folder, once.
    pub(super) fn prepare(folder: &Path) -> Outcome<Self> {
        // Debian's package puts no program on the path.
        let packaged = PathBuf::from("/usr/lib/wine/wine64");
        let program = if packaged.is_file() { packaged } else { "wine".into() };
        let wine = Self { program, prefix: folder.to_owned() };
        let system = folder.join("drive_c/windows/system32");
        if !system.join("kernel32.dll").is_file() {
            fs::create_dir_all(folder)?;
            tools::run(wine.with_settings(&mut Command::new(&wine.program)).args(["wineboot", "--init"]))?;
        }
        let library = system.join("bcryptprimitives.dll");
        if !library.is_file() {
            let source = folder.join("bcryptprimitives.c");
            fs::write(&source, BCRYPT_PRIMITIVES)?;
            let mut gcc = Command::new("x86_64-w64-mingw32-gcc");
            tools::run(gcc.args(["-shared", "-O2", "-o"]).arg(library).arg(source).arg("-ladvapi32"))?;
        }
        Ok(wine)
    }

    /// Has cargo run test programs in it, with the web view's loader that is built beside the app.
    pub(super) fn runs(&self, cargo: &mut Command, built: &Path) {
        self.with_settings(cargo)
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", &self.program)
            .env("WINEPATH", in_windows(built))
            // insta would ask a cargo that isn't in Windows.
            .env("INSTA_WORKSPACE_ROOT", in_windows(&tools::root()))
            .env("INSTA_UPDATE", "no");
    }

    fn with_settings<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("WINEPREFIX", &self.prefix).env("WINEDEBUG", "-all")
    }
}

/// A path as Wine's programs see it: the whole file system is drive Z.
fn in_windows(path: &Path) -> String {
    format!("Z:{}", path.display().to_string().replace('/', "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_on_drive_z() {
        assert_eq!(in_windows(Path::new("/home/me/mintage")), r"Z:\home\me\mintage");
    }
}
