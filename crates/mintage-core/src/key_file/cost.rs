//! The **cost** of deriving a key from a passphrase, estimated from its parameters before any work is done.
//!
//! Rule: a file says how much work it needs, so the file can't be trusted about it. Anything that would take longer
//! than about two seconds is rejected, whatever the passphrase; all keys of one file share that limit (`opener`).

use pkcs8::pkcs5::pbes2::{Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, ScryptParams};

use super::EncryptionError;

/// The most work, in units of about a quarter of a microsecond on a laptop: two seconds.
pub(super) const MOST: u64 = 8_000_000;

/// Memory that scrypt may use, in bytes: what password guidance recommends. OpenSSL's own keys use 16 MiB.
const MOST_MEMORY: u64 = 128 * 1024 * 1024;

/// OpenSSL rejects anything that needs more memory than this.
const MOST_MEMORY_OF_OPENSSL: u64 = 32 * 1024 * 1024;

/// The cost of a derivation, in units of [`MOST`].
///
/// # Errors
/// [`EncryptionError::TooSlow`] if this one alone takes too long, or too much memory.
pub(super) fn check(parameters: &Parameters) -> Result<u64, EncryptionError> {
    let cost = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => of_pbkdf2(pbkdf2, parameters.encryption.key_size()),
        Kdf::Scrypt(scrypt) if memory_of(scrypt) > MOST_MEMORY => u64::MAX,
        Kdf::Scrypt(scrypt) => of_scrypt(scrypt),
        _ => 0,
    };
    if cost > MOST { Err(too_slow(parameters)) } else { Ok(cost) }
}

/// The error for an encryption that takes too long to open.
pub(super) fn too_slow(parameters: &Parameters) -> EncryptionError {
    let (scheme, openssl) = match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => (format!("PBKDF2 with {} rounds", pbkdf2.iteration_count), true),
        Kdf::Scrypt(scrypt) => {
            let (cost, size, lanes) = (scrypt.cost_parameter, scrypt.block_size, scrypt.parallelization);
            (format!("scrypt with N={cost}, r={size}, p={lanes}"), memory_of(scrypt) < MOST_MEMORY_OF_OPENSSL)
        }
        _ => ("an unknown key derivation".to_owned(), true),
    };
    EncryptionError::TooSlow { scheme, openssl }
}

/// RFC 8018 §5.2: every round is one pass of the hash, repeated for each hash-sized block of the key.
fn of_pbkdf2(parameters: &Pbkdf2Params, key_size: usize) -> u64 {
    let (round, block) = match parameters.prf {
        Pbkdf2Prf::HmacWithSha1 => (2, 20),
        Pbkdf2Prf::HmacWithSha224 => (3, 28),
        Pbkdf2Prf::HmacWithSha256 => (3, 32),
        Pbkdf2Prf::HmacWithSha384 => (4, 48),
        _ => (4, 64),
    };
    let size = parameters.key_length.map_or(key_size, usize::from);
    let blocks = u64::try_from(size.div_ceil(block)).unwrap_or(u64::MAX);
    u64::from(parameters.iteration_count).saturating_mul(round).saturating_mul(blocks)
}

/// RFC 7914 §6: N·r·p steps over blocks of 128 bytes, each about 1.5 units.
fn of_scrypt(parameters: &ScryptParams) -> u64 {
    let size = u64::from(parameters.block_size).saturating_mul(parameters.parallelization.into());
    parameters.cost_parameter.saturating_mul(size).saturating_mul(3) / 2
}

/// N blocks of 128·r bytes.
fn memory_of(parameters: &ScryptParams) -> u64 {
    parameters.cost_parameter.saturating_mul(u64::from(parameters.block_size)).saturating_mul(128)
}

#[cfg(test)]
mod tests {
    use pkcs8::pkcs5::pbes2::EncryptionScheme;

    use super::*;

    fn pbkdf2(prf: Pbkdf2Prf, iteration_count: u32) -> Kdf {
        let parameters = Pbkdf2Params::hmac_sha256(1, b"8 bytes.").expect("valid");
        Kdf::Pbkdf2(Pbkdf2Params { iteration_count, prf, ..parameters })
    }

    fn scrypt(cost_parameter: u64, block_size: u16, parallelization: u16) -> Kdf {
        let salt = Pbkdf2Params::hmac_sha256(1, b"8 bytes.").expect("valid").salt;
        Kdf::Scrypt(ScryptParams { salt, cost_parameter, block_size, parallelization, key_length: None })
    }

    /// `None` if Mintage opens the key; otherwise whether OpenSSL does.
    fn refused(kdf: Kdf, encryption: EncryptionScheme) -> Option<bool> {
        match check(&Parameters { kdf, encryption }) {
            Ok(_) => None,
            Err(EncryptionError::TooSlow { openssl, .. }) => Some(openssl),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_tools_write_and_guidance_asks_for_is_opened_and_more_is_refused() {
        use Pbkdf2Prf::{HmacWithSha1, HmacWithSha224, HmacWithSha256, HmacWithSha384, HmacWithSha512};
        let aes = |bytes: usize| match bytes {
            16 => EncryptionScheme::Aes128Cbc { iv: [0; 16] },
            _ => EncryptionScheme::Aes256Cbc { iv: [0; 16] },
        };
        let triple_des = || EncryptionScheme::DesEde3Cbc { iv: [0; 8] };
        for (kdf, cipher, expected) in [
            // OpenSSL's default, and OWASP's recommendation for each hash.
            (pbkdf2(HmacWithSha256, 2_048), aes(32), None),
            (pbkdf2(HmacWithSha1, 1_300_000), aes(32), None),
            (pbkdf2(HmacWithSha256, 600_000), aes(32), None),
            (pbkdf2(HmacWithSha512, 210_000), aes(32), None),
            (pbkdf2(HmacWithSha256, 2_600_000), aes(32), None),
            (pbkdf2(HmacWithSha224, 2_600_000), aes(32), Some(true)),
            (pbkdf2(HmacWithSha224, 2_600_000), aes(16), None),
            (pbkdf2(HmacWithSha256, 2_700_000), aes(32), Some(true)),
            (pbkdf2(HmacWithSha384, 2_000_001), aes(32), Some(true)),
            (pbkdf2(HmacWithSha512, 2_000_000), aes(32), None),
            (pbkdf2(HmacWithSha512, 5_000_000), aes(32), Some(true)),
            // One block of SHA-1 is enough key for AES-128; AES-256 and Triple DES need two.
            (pbkdf2(HmacWithSha1, 4_000_000), aes(16), None),
            (pbkdf2(HmacWithSha1, 4_000_000), aes(32), Some(true)),
            (pbkdf2(HmacWithSha1, 4_000_000), triple_des(), Some(true)),
            (pbkdf2(HmacWithSha1, u32::MAX), aes(32), Some(true)),
            // OpenSSL's default, and OWASP's strongest recommendation.
            (scrypt(16_384, 8, 1), aes(32), None),
            (scrypt(131_072, 8, 1), aes(32), None),
            (scrypt(131_072, 8, 16), aes(32), Some(false)),
            (scrypt(16_384, 8, 16), aes(32), None),
            (scrypt(16_384, 8, 127), aes(32), Some(true)),
            (scrypt(1_048_576, 8, 1), aes(32), Some(false)),
            (scrypt(u64::MAX, u16::MAX, u16::MAX), aes(32), Some(false)),
        ] {
            assert_eq!(refused(kdf.clone(), cipher), expected, "{kdf:?}");
        }
    }
}
