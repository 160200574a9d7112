//! Which C library the programs need: the newest version among those of the symbols that they were linked with.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::{self, Failure, Outcome};

/// The oldest version of the GNU C library that all of these programs run with.
pub(super) fn needed(programs: &[PathBuf]) -> Outcome<String> {
    let symbols = tools::capture(Command::new("objdump").arg("--dynamic-syms").args(programs))?;
    newest(&symbols).ok_or_else(|| Failure::new("the programs name no version of the C library"))
}

/// The newest `GLIBC_` version in objdump's list.
fn newest(symbols: &str) -> Option<String> {
    let versions = symbols.split("GLIBC_").skip(1).filter_map(|rest| {
        let version = rest.split(|c: char| c != '.' && !c.is_ascii_digit()).next()?;
        let numbers: Option<Vec<u32>> = version.split('.').map(|number| number.parse().ok()).collect();
        numbers.map(|numbers| (numbers, version))
    });
    versions.max().map(|(_, version)| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let symbols = "\
            0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.2.5) memcpy\n\
            0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.34) __libc_start_main\n\
            0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.4) __stack_chk_fail\n\
            0000000000000000      DF *UND*  0000000000000000 (GCC_3.0) _Unwind_Resume\n\
            0000000000000000  w   DF *UND*  0000000000000000 (GLIBC_PRIVATE) __something\n";
        assert_eq!(newest(symbols).as_deref(), Some("2.34"));
        assert_eq!(newest("no symbols\n"), None);
    }
}
