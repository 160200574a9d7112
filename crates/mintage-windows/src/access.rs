//! **Access** for this user alone: what 0600 and 0700 are on other systems.
//!
//! Rule: only this user is granted anything, and nothing is inherited from the folder above. Administrators and the system
//! can still take what is on their computer, as root can elsewhere.

use std::fs::OpenOptions;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::Path;

use windows_permissions::constants::{AceType, SeObjectType, SecurityInformation};
use windows_permissions::utilities::current_process_sid;
use windows_permissions::{Ace, LocalBox, SecurityDescriptor, Sid, wrappers};

/// The system and its administrators ("Well-known SIDs", Microsoft): they have access to everything.
const ABOVE: [&str; 2] = ["S-1-5-18", "S-1-5-32-544"];

/// The right to change an access list.
const WRITE_DAC: u32 = 0x0004_0000;

/// Without this flag folders can't be opened.
const BACKUP_SEMANTICS: u32 = 0x0200_0000;

/// The security identifier of this process's user, such as `S-1-5-21-1-2-3-1001`.
///
/// # Errors
/// The system doesn't say.
pub fn own_user() -> io::Result<String> {
    current_process_sid().map(|user| user.to_string())
}

/// The security descriptor, as a string, of what this user owns and nobody else may use. What is created in a folder
/// with it has the same.
///
/// # Errors
/// The system doesn't say who the user is.
pub fn private_descriptor() -> io::Result<String> {
    own_user().map(|user| format!("O:{user}D:P(A;OICI;FA;;;{user})"))
}

/// Closes a file or folder to all others. What is created in the folder from then on is closed as well; what is already
/// in it keeps its own list.
///
/// # Errors
/// It isn't this user's, or its file system has no access lists.
pub fn close(path: &Path) -> io::Result<()> {
    set(path, &private_descriptor()?)
}

/// Replaces the access list. As a kernel object, which a file is too, nothing from the folder above is added to it.
fn set(path: &Path, descriptor: &str) -> io::Result<()> {
    let descriptor: LocalBox<SecurityDescriptor> = descriptor.parse()?;
    let mut file = OpenOptions::new().access_mode(WRITE_DAC).custom_flags(BACKUP_SEMANTICS).open(path)?;
    let what = SecurityInformation::Dacl | SecurityInformation::ProtectedDacl;
    wrappers::SetSecurityInfo(&mut file, SeObjectType::SE_KERNEL_OBJECT, what, None, None, descriptor.dacl(), None)
}

/// Whether a file or folder is closed to all others but administrators and the system.
///
/// # Errors
/// Its access list can't be read.
pub fn is_private(path: &Path) -> io::Result<bool> {
    is_closed(&*wrappers::GetNamedSecurityInfo(path, SeObjectType::SE_FILE_OBJECT, SecurityInformation::Dacl)?)
}

/// Whether what is behind a handle, such as a pipe, belongs to this user and is closed to all others.
///
/// # Errors
/// Its owner or its access list can't be read.
pub fn is_own_and_private(handle: &impl AsRawHandle) -> io::Result<bool> {
    let what = SecurityInformation::Owner | SecurityInformation::Dacl;
    let descriptor = wrappers::GetSecurityInfo(handle, SeObjectType::SE_KERNEL_OBJECT, what)?;
    let own = current_process_sid()?;
    Ok(descriptor.owner().is_some_and(|owner| *owner == *own) && is_closed(&descriptor)?)
}

fn is_closed(descriptor: &SecurityDescriptor) -> io::Result<bool> {
    // Without a list, everyone has access.
    let Some(list) = descriptor.dacl() else { return Ok(false) };
    let mut trusted: Vec<LocalBox<Sid>> = vec![current_process_sid()?];
    for user in ABOVE {
        trusted.push(user.parse()?);
    }
    let is_trusted = |entry: &Ace| entry.sid().is_some_and(|sid| trusted.iter().any(|trusted| **trusted == *sid));
    let is_harmless = |entry: &Ace| entry.ace_type() == AceType::ACCESS_DENIED_ACE_TYPE || is_trusted(entry);
    Ok((0..list.len()).filter_map(|index| list.get_ace(index)).all(is_harmless))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What everyone may use.
    const OPEN: &str = "D:P(A;;FA;;;WD)";

    #[test]
    fn a_closed_file_is_private_and_an_open_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        fs::write(&file, "a token").unwrap();
        set(&file, OPEN).unwrap();
        assert!(!is_private(&file).unwrap());
        close(&file).unwrap();
        assert!(is_private(&file).unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), "a token");
    }

    #[test]
    fn what_is_created_in_a_closed_folder_is_private() {
        let above = tempfile::tempdir().unwrap();
        set(above.path(), OPEN).unwrap();
        let folder = above.path().join("mintage");
        fs::create_dir(&folder).unwrap();
        close(&folder).unwrap();
        fs::create_dir(folder.join("inside")).unwrap();
        fs::write(folder.join("inside/file"), "").unwrap();
        for path in [folder.clone(), folder.join("inside"), folder.join("inside/file")] {
            assert!(is_private(&path).unwrap(), "{}", path.display());
        }
    }

    #[test]
    fn a_user_is_named_by_an_identifier() {
        assert!(own_user().unwrap().starts_with("S-1-5-21-"), "{:?}", own_user());
    }
}
