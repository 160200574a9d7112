//! Reading a provider **profile's file** that the user chose or named.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use mintage_core::error::{Error, Problem};
use mintage_core::guard::off_thread;
use mintage_core::provider::ProviderError;
use mintage_core::provider::file::MAX_BYTES;

/// Reads a profile's file as text, to be shown before anything is stored.
///
/// # Errors
/// `file-unreadable`, [`ProviderError::TooLarge`].
pub async fn read(path: PathBuf) -> Result<String, Problem> {
    let text = off_thread(move || text_of(&path)).await?.ok_or_else(unreadable)?;
    if text.len() > MAX_BYTES { Err(Error::from(ProviderError::TooLarge).problem()) } else { Ok(text) }
}

fn unreadable() -> Problem {
    let message = "couldn't read the file as text".to_owned();
    Problem::of_shell("file-unreadable", message, "Choose a TOML or JSON file")
}

/// At most one byte more than a profile may have.
fn text_of(path: &Path) -> Option<String> {
    // Asked first: opening a pipe waits for somebody who writes into it.
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
    // A character that the limit cuts in two is a file that is too large, not one that isn't text.
    if bytes.len() > MAX_BYTES {
        Some(String::from_utf8_lossy(&bytes).into_owned())
    } else {
        String::from_utf8(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_unless_it_is_too_large_or_not_text() {
        let folder = tempfile::tempdir().unwrap();
        let at = |bytes: &[u8]| {
            let path = folder.path().join("profile.toml");
            std::fs::write(&path, bytes).unwrap();
            path
        };
        assert_eq!(read(at(b"id = \"mine\"")).await.unwrap(), "id = \"mine\"");
        let too_large = "ä".repeat(MAX_BYTES / 2 + 1);
        assert_eq!(read(at(too_large.as_bytes())).await.unwrap_err().code, "profile-too-large");
        assert_eq!(read(at(b"\xff\xfe")).await.unwrap_err().code, "file-unreadable");
        assert_eq!(read(folder.path().to_path_buf()).await.unwrap_err().code, "file-unreadable");
        assert_eq!(read(folder.path().join("nowhere")).await.unwrap_err().code, "file-unreadable");
    }
}
