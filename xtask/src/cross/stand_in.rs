//! What **stands in** for another system's C compiler where only Rust code is checked: it makes empty objects, and leaves
//! questions (preprocessing, versions) to this system's compiler.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::tools::Outcome;

const COMPILER: &str = r#"#!/bin/sh
out= previous=
for word in "$@"; do
    case "$word" in
        -E | --version | -v | -dumpmachine | -print-*) exec cc "$@" ;;
        -Fo*) out=${word#-Fo} ;;
    esac
    [ "$previous" = -o ] && out=$word
    previous=$word
done
[ -z "$out" ] || : > "$out"
"#;

const ARCHIVER: &str = r#"#!/bin/sh
for word in "$@"; do
    case "$word" in *.a | *.lib) : > "$word" ;; esac
done
"#;

/// The compiler of Windows' resources: known as GNU's by its version, and called with `--output FILE`.
const RESOURCES: &str = r#"#!/bin/sh
previous=
for word in "$@"; do
    [ "$word" = -V ] && echo "GNU windres (stand-in)"
    [ "$previous" = --output ] && : > "$word"
    previous=$word
done
exit 0
"#;

/// Sets the variables by which build scripts find a target's compiler.
pub(super) fn instead_of_a_c_compiler(cargo: &mut Command, triple: &str) -> Outcome {
    let folder = super::folder()?.join("stand-in");
    fs::create_dir_all(&folder)?;
    let triple = triple.replace('-', "_");
    for (variable, program, script) in
        [("CC", "cc", COMPILER), ("CXX", "cc", COMPILER), ("AR", "ar", ARCHIVER), ("RC", "windres", RESOURCES)]
    {
        let program = folder.join(program);
        write(&program, script)?;
        cargo.env(format!("{variable}_{triple}"), program);
    }
    Ok(())
}

/// Writes a program, unless it is already there: a compiler that is newer than its objects would remake them.
fn write(file: &Path, script: &str) -> Outcome {
    if fs::read_to_string(file).is_ok_and(|written| written == script) {
        return Ok(());
    }
    fs::write(file, script)?;
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}
