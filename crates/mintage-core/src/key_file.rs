//! A **key file** is what users download or copy from a console: JSON or PEM that contains a private key, a client
//! secret or a personal access token and, ideally, the ids that go with it.
//!
//! Rule: parsing is total. Every input returns a [`KeyFile`] or an error that says what the input is and what to do
//! next; nothing panics, hangs, or leaves key bytes behind. Storage and networking are out of scope here.
//!
//! Key bytes: the file is read into one buffer that never grows; JSON strings, base64 and decrypted DER are decoded
//! into buffers of their final size; all of them are wiped on drop. What we can't control is what the operating system
//! and the libraries leave on their own stacks.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::credential::CredentialKind;
use crate::private_key::PrivateKey;
use crate::provider::{KeyFileRule, Provider, ProviderId, Shape};
use crate::secret::{Secret, SecretBytes};

mod assignments;
mod buffer;
mod certificate;
mod client;
mod cost;
mod credential;
mod described;
mod document;
mod encrypted;
mod error;
mod foreign;
mod framing;
mod frontier;
mod invisible;
mod jwk;
mod keycloak;
mod kinds;
mod layer;
mod mask;
mod member;
mod open;
mod opener;
mod openssh;
mod pem;
mod pkcs12;
mod relaxed;
mod search;
mod sketch;
mod unpack;
mod zitadel;

use opener::{Ledger, Opener};

pub use error::{EncryptionError, HiddenBy, KeyFileError};
pub(crate) use member::check_id;
pub use open::read;

/// The largest key file that is accepted, in bytes.
pub const MAX_BYTES: u64 = 256 * 1024;

/// The longest client secret or token that is accepted, in bytes; the Windows keychain stores 2,560.
const MAX_SECRET: usize = 2_400;

/// A key file that parsed.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// The recognised shape.
    pub shape: Shape,
    /// The name that the profile describing it gives to this kind of file.
    pub described: Option<String>,
    /// The providers it may belong to, as far as the file says: the profiles to start from, the likeliest first.
    pub makers: Vec<ProviderId>,
    /// A name found in the file: a suggestion, never to be relied on.
    pub name: Option<String>,
    /// The service user's id or the assertion's `sub`, if the file contains it.
    pub user_id: Option<String>,
    /// The client's id or the assertion's `iss`, if it differs from the user id or authenticates.
    pub client_id: Option<String>,
    /// The key's id, if the file contains it; [`issued_at_of_id`] may derive its creation time.
    pub key_id: Option<String>,
    /// The issuer, if the file names it.
    pub issuer: Option<String>,
    /// The assertion's `aud`, if the file names it.
    pub audience: Option<String>,
    /// The token endpoint, if the file names it: data only, nothing is sent there without asking.
    pub token_endpoint: Option<String>,
    /// When the key expires; `None` if the file doesn't say, or says never (year 9999).
    pub expires_at: Option<OffsetDateTime>,
    /// `x5t#S256` (RFC 7515 §4.1.8) of this key's certificate, if the file includes one.
    pub certificate: Option<String>,
    /// A client secret that is sent together with what the key signs.
    pub client_secret: Option<Secret>,
    /// The credential itself.
    pub material: Material,
}

/// The secret part of a credential.
#[derive(Clone, Debug)]
pub enum Material {
    /// A signing key.
    PrivateKey(PrivateKey),
    /// A secret that authenticates a client.
    ClientSecret(Secret),
    /// A token that is sent as is.
    ReadyToken(Secret),
}

impl KeyFile {
    /// A key file with nothing but the credential itself.
    pub fn new(shape: Shape, material: Material) -> Self {
        Self {
            shape,
            described: None,
            makers: Vec::new(),
            name: None,
            user_id: None,
            client_id: None,
            key_id: None,
            issuer: None,
            audience: None,
            token_endpoint: None,
            expires_at: None,
            certificate: None,
            client_secret: None,
            material,
        }
    }

    /// The kind of credential that it holds.
    pub fn kind(&self) -> CredentialKind {
        match (&self.material, self.shape) {
            (Material::PrivateKey(_), Shape::ZitadelApplication) => CredentialKind::ApplicationKey,
            (Material::PrivateKey(_), _) => CredentialKind::PrivateKey,
            (Material::ClientSecret(_), _) => CredentialKind::ClientSecret,
            (Material::ReadyToken(_), _) => CredentialKind::PersonalToken,
        }
    }

    /// The private key, if there is one.
    pub fn key(&self) -> Option<&PrivateKey> {
        match &self.material {
            Material::PrivateKey(key) => Some(key),
            Material::ClientSecret(_) | Material::ReadyToken(_) => None,
        }
    }
}

/// A key file's bytes and its metadata in the folder.
#[derive(Debug)]
pub struct ReadFile {
    /// Its content, wiped on drop.
    pub bytes: SecretBytes,
    /// Its name without the folder.
    pub name: String,
    /// Whether group or others can read it.
    pub readable_by_others: bool,
}

/// Parses a key file's bytes: JSON or PEM. Lenient about BOM, line endings, `\n` escapes and text around the PEM;
/// strict about anything that could mean the wrong key.
///
/// JSON is read by the rules of these profiles, the user's own before the built-in ones, and then by the formats that
/// Mintage knows itself.
///
/// An expired key parses: the review decides whether that matters.
///
/// # Errors
/// One variant per kind of failure, all in [`KeyFileError`];
/// [`PassphraseNeeded`](crate::private_key::KeyError::PassphraseNeeded) for an encrypted key without (or with the wrong)
/// passphrase.
pub fn parse(bytes: &[u8], passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyFileError> {
    let ledger = Ledger::default();
    unpack::file(bytes, &Reading { opener: Opener::new(passphrase, &ledger), providers, key: None })
}

/// Parses a key file whose private key is stored elsewhere (see [`KeyFileError::PrivateKeyElsewhere`]), given that key.
///
/// # Errors
/// As [`parse`]; [`KeyFileError::PrivateKeyElsewhere`] if the key given doesn't match.
pub(crate) fn parse_with(bytes: &[u8], key: &PrivateKey, providers: &[Provider]) -> Result<KeyFile, KeyFileError> {
    let ledger = Ledger::default();
    unpack::file(bytes, &Reading { opener: Opener::new(None, &ledger), providers, key: Some(key) })
}

/// The inputs that parsing needs besides the file.
struct Reading<'a> {
    /// The passphrase for encrypted keys.
    opener: Opener<'a>,
    /// The profiles whose rules apply.
    providers: &'a [Provider],
    /// A private key that isn't in the file itself.
    key: Option<&'a PrivateKey>,
}

/// Drafts a profile rule for JSON that [`parse`] doesn't recognise, from the names of its members.
///
/// # Errors
/// Why it isn't JSON; [`WrongKind::MtlsClient`] if its key doesn't sign anything.
pub(crate) fn sketch(bytes: &[u8]) -> Result<KeyFileRule, KeyFileError> {
    let document = unpack::document(text_of(bytes)?)?;
    sketch::of(document.expose())
}

/// Reads a client secret or personal access token that was entered as such: text without a file format.
///
/// # Errors
/// [`KeyFileError::Empty`]; [`KeyFileError::SecretMasked`]; [`KeyFileError::SecretUnusable`] for text that can't be
/// sent in a header or form, for example a whole key file; [`KeyFileError::SecretIsKey`].
pub fn alone(is_token: bool, text: &Secret) -> Result<KeyFile, KeyFileError> {
    let trimmed = text.expose().trim();
    if trimmed.is_empty() {
        return Err(KeyFileError::Empty);
    }
    // RFC 6749 appendix A.2 and A.12: visible ASCII and space.
    if trimmed.len() > MAX_SECRET || !trimmed.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(KeyFileError::SecretUnusable);
    }
    if pem::is_private_key(trimmed) {
        return Err(KeyFileError::SecretIsKey);
    }
    mask::check(if is_token { "token" } else { "client secret" }, trimmed)?;
    let secret = Secret::new(trimmed.to_owned());
    let material = if is_token { Material::ReadyToken(secret) } else { Material::ClientSecret(secret) };
    Ok(KeyFile::new(Shape::Alone, material))
}

/// When an id generated by ZITADEL was created: `(id >> 24) * 10 ms` since 2019-04-29T00:00:00Z.
///
/// `None` for ids that aren't such a number, or whose time is before 2019-05 or after `now`.
pub fn issued_at_of_id(id: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    const EPOCH: OffsetDateTime = datetime!(2019-04-29 00:00 UTC);
    const FIRST: OffsetDateTime = datetime!(2019-05-01 00:00 UTC);
    // `parse` alone would accept a sign and leading zeros, which no generated id has.
    if !id.bytes().all(|byte| byte.is_ascii_digit()) || id.starts_with('0') {
        return None;
    }
    let number: u64 = id.parse().ok()?;
    let ticks = i64::try_from(number >> 24).ok()?;
    let issued_at = EPOCH.checked_add(Duration::milliseconds(ticks.checked_mul(10)?))?;
    (FIRST <= issued_at && issued_at <= now).then_some(issued_at)
}

/// The bytes as text, without a BOM and surrounding whitespace.
fn text_of(bytes: &[u8]) -> Result<&str, KeyFileError> {
    if let Some(error) = foreign::of_bytes(bytes) {
        return Err(error);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| KeyFileError::NotUtf8 { at: error.valid_up_to() })?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() { Err(KeyFileError::Empty) } else { Ok(text) }
}

/// A word from a file that is safe to show in a message: short and plain, so that it can't be part of a key.
fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.: ".contains(c);
    if word.len() <= 24 && word.chars().all(plain) { word.to_owned() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests;
