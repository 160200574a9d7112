//! Provider profiles as files that people write.

use mintage_core::provider::file::{Format, read, write};

use crate::leak;

/// A profile as TOML or JSON.
pub(crate) fn text(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match read(text) {
        Ok(provider) => {
            for format in [Format::Toml, Format::Json] {
                let written = write(&provider, format);
                let again = read(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
                assert_eq!(again, provider, "what is exported is imported as it was");
            }
        }
        Err(error) => leak::check_error(error.code(), &error.to_string(), &error.help()),
    }
}
