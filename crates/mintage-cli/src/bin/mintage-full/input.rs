//! **Standard input**, where a key or a token comes from that must not be on a command line.

use std::io::Read;

use mintage_cli::failure::{Exit, Failure};
use mintage_core::secret::Secret;

/// Reads standard input into memory that is wiped.
///
/// # Errors
/// It can't be read, isn't text, or is longer than `most` bytes.
pub(crate) fn read_input(most: u64) -> Result<Secret, Failure> {
    let unreadable =
        |error: &std::io::Error| Failure::new(Exit::Failed, "input", "couldn't read standard input").caused_by(error);
    // Of its final size, so that no part is left behind when it grows.
    let capacity = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
    let mut text = zeroize::Zeroizing::new(String::with_capacity(capacity));
    std::io::stdin().lock().take(most + 1).read_to_string(&mut text).map_err(|error| unreadable(&error))?;
    if text.len() as u64 > most {
        return Err(Failure::new(Exit::Usage, "input", format!("standard input has more than {most} bytes")));
    }
    Ok(Secret::new(std::mem::take(&mut *text)))
}
