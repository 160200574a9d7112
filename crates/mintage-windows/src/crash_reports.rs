//! **Crash reports**: Windows Error Reporting keeps and sends the memory of a program that crashes, unless the user
//! excludes the program.

use std::io;

use windows_registry::CURRENT_USER;

/// The programs that handle secrets.
const PROGRAMS: [&str; 3] = ["mintage-desktop.exe", "mintage.exe", "mintage-full.exe"];

/// The user's list ("WER Settings", Microsoft).
const EXCLUDED: &str = r"Software\Microsoft\Windows\Windows Error Reporting\ExcludedApplications";

/// Excludes all of Mintage's programs.
///
/// # Errors
/// The user's settings can't be changed.
pub fn turn_off() -> io::Result<()> {
    let list = CURRENT_USER.create(EXCLUDED)?;
    PROGRAMS.iter().try_for_each(|program| list.set_u32(program, 1))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_the_programs_is_reported() {
        turn_off().expect("the user's own settings can be changed");
        let list = CURRENT_USER.open(EXCLUDED).expect("it was just made");
        for program in PROGRAMS {
            assert_eq!(list.get_u32(program).expect(program), 1);
        }
    }
}
