//! A **key file** is what a console lets its user download or copy: JSON or PEM that holds a private key,
//! a client secret or a ready token and, with luck, the ids that go with it.
//!
//! Rule: parsing is total. Every input gives a [`KeyFile`] or an error that names what it is and the
//! next step; nothing panics, hangs, or leaves key bytes behind. Not here: storing, and any network.
//!
//! What is done about key bytes: the file is read into one buffer that never grows; JSON texts, base64
//! and decrypted DER are decoded into buffers of their final size; all of them are wiped when dropped.
//! What remains out of reach is what the operating system and the libraries do on their own stacks.

use serde::{Deserialize, Serialize};
use specta::Type;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::error::{KeyError, WrongKind};
use crate::private_key::PrivateKey;
use crate::provider::{KeyFileRule, Provider, ProviderId};
use crate::secret::{Secret, SecretBytes};

mod assignments;
mod buffer;
mod certificate;
mod client;
mod cost;
mod described;
mod document;
mod encrypted;
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

pub(crate) use member::check_id;
pub use open::read;

/// The largest key file that is read, in bytes.
pub const MAX_BYTES: u64 = 256 * 1024;

/// The longest client secret or token that is taken, in bytes; the keychain of Windows holds 2,560.
const MAX_SECRET: usize = 2_400;

/// What a key file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// ZITADEL's service-account JSON, of any era.
    ZitadelServiceAccount,
    /// ZITADEL's application JSON, of any era: it authenticates introspection and cannot mint.
    ZitadelApplication,
    /// Raystack Frontier's service-user key, as its API answers.
    FrontierKey,
    /// Raystack Frontier's service-user secret, likewise.
    FrontierSecret,
    /// Raystack Frontier's opaque token, likewise.
    FrontierToken,
    /// Keycloak's adapter settings (`keycloak.json`) with a client secret.
    KeycloakSettings,
    /// A client with its secret as Keycloak's admin API and exports give it.
    KeycloakClient,
    /// A private JWK (RFC 7517 §4): the ids must be asked for.
    Jwk,
    /// A JWK set (RFC 7517 §5) of one private key: likewise.
    JwkSet,
    /// Any JSON with a client id and a client secret.
    ClientSecret,
    /// JSON that a provider's profile describes.
    Described,
    /// A private key alone, as PEM, DER or OpenSSH has it: the ids must be asked for.
    Pem,
    /// A client secret or a ready-made token alone, entered as such: the ids must be asked for.
    Alone,
}

/// A key file that parsed.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// What it turned out to be.
    pub shape: Shape,
    /// What the profile that describes it calls such a file.
    pub described: Option<String>,
    /// Whose key file it is, as far as one can tell: the profiles to start from, the likeliest first.
    pub makers: Vec<ProviderId>,
    /// What somebody called it, where the file tells: to suggest, never to rely on.
    pub name: Option<String>,
    /// The service user's id or the assertion's `sub`, where the file holds it.
    pub user_id: Option<String>,
    /// The client's id or the assertion's `iss`, where it differs from the user id or authenticates.
    pub client_id: Option<String>,
    /// The key's id, where the file holds it; [`issued_at_of_id`] may tell when it was made.
    pub key_id: Option<String>,
    /// The issuer, where the file names it.
    pub issuer: Option<String>,
    /// The assertion's `aud`, where the file names it.
    pub audience: Option<String>,
    /// The token endpoint, where the file names it: data, to which nothing is sent unasked.
    pub token_endpoint: Option<String>,
    /// When the key expires; `None` where the file does not say, or says never (year 9999).
    pub expires_at: Option<OffsetDateTime>,
    /// `x5t#S256` (RFC 7515 §4.1.8) of the certificate of this key, where one stands beside it.
    pub certificate: Option<String>,
    /// A client secret that is sent along with what the key signs.
    pub companion: Option<Secret>,
    /// What the file is about.
    pub material: Material,
}

/// What a credential consists of.
#[derive(Clone, Debug)]
pub enum Material {
    /// A key that signs.
    PrivateKey(PrivateKey),
    /// A secret that authenticates a client.
    ClientSecret(Secret),
    /// A token that is sent as it is.
    ReadyToken(Secret),
}

impl KeyFile {
    /// A key file that tells nothing but what it holds.
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
            companion: None,
            material,
        }
    }

    /// The private key, where it holds one.
    pub fn key(&self) -> Option<&PrivateKey> {
        match &self.material {
            Material::PrivateKey(key) => Some(key),
            Material::ClientSecret(_) | Material::ReadyToken(_) => None,
        }
    }
}

/// A key file's bytes and what its folder entry says.
#[derive(Debug)]
pub struct ReadFile {
    /// Its content, wiped when dropped.
    pub bytes: SecretBytes,
    /// Its name without folders.
    pub name: String,
    /// Whether group or others may read it.
    pub readable_by_others: bool,
}

/// Parses a key file's bytes: JSON or PEM, lenient about BOM, line ends, `\n` escapes and text around
/// the PEM; strict about everything that could mean the wrong key.
///
/// JSON is read by the rules of these profiles, the user's own before the built-in ones, and by what Mintage
/// knows by itself.
///
/// An expired key parses: whether that matters is for the review to say.
///
/// # Errors
/// One variant per way of being wrong, all in [`KeyError`];
/// [`KeyError::PassphraseNeeded`] for an encrypted key without (or with the wrong) passphrase.
pub fn parse(bytes: &[u8], passphrase: Option<&Secret>, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let ledger = Ledger::default();
    unpack::file(bytes, &Reading { opener: Opener::new(passphrase, &ledger), providers, key: None })
}

/// Parses a key file whose private key its user keeps elsewhere (see [`KeyError::PrivateKeyElsewhere`]), with that
/// key.
///
/// # Errors
/// As [`parse`]; [`KeyError::PrivateKeyElsewhere`] where this is another key.
pub(crate) fn parse_with(bytes: &[u8], key: &PrivateKey, providers: &[Provider]) -> Result<KeyFile, KeyError> {
    let ledger = Ledger::default();
    unpack::file(bytes, &Reading { opener: Opener::new(None, &ledger), providers, key: Some(key) })
}

/// What a key file is read with.
struct Reading<'a> {
    /// What opens an encrypted key.
    opener: Opener<'a>,
    /// By whose profiles.
    providers: &'a [Provider],
    /// A private key that is not in the file itself.
    key: Option<&'a PrivateKey>,
}

/// Drafts a profile's rule for JSON that [`parse`] does not know, from the names in it.
///
/// # Errors
/// What keeps it from being JSON; [`WrongKind::MtlsClient`] where its key signs nothing.
pub(crate) fn sketch(bytes: &[u8]) -> Result<KeyFileRule, KeyError> {
    let document = unpack::document(text_of(bytes)?)?;
    sketch::of(document.expose())
}

/// A client secret or a ready-made token that was entered as such: text without a shape of its own.
///
/// # Errors
/// [`KeyError::Empty`]; [`KeyError::SecretMasked`]; [`KeyError::SecretUnusable`] for text that no header or form can carry, for example
/// a whole key file; [`KeyError::SecretIsKey`].
pub fn alone(is_token: bool, text: &Secret) -> Result<KeyFile, KeyError> {
    let trimmed = text.expose().trim();
    if trimmed.is_empty() {
        return Err(KeyError::Empty);
    }
    // RFC 6749 appendix A.2 and A.12: visible ASCII and space.
    if trimmed.len() > MAX_SECRET || !trimmed.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(KeyError::SecretUnusable);
    }
    if pem::is_private_key(trimmed) {
        return Err(KeyError::SecretIsKey);
    }
    mask::check(if is_token { "token" } else { "client secret" }, trimmed)?;
    let secret = Secret::new(trimmed.to_owned());
    let material = if is_token { Material::ReadyToken(secret) } else { Material::ClientSecret(secret) };
    Ok(KeyFile::new(Shape::Alone, material))
}

/// When an id generated by ZITADEL was made: `(id >> 24) * 10 ms` since 2019-04-29T00:00:00Z.
///
/// `None` for ids that are no such number, or whose time lies before 2019-05 or after `now`.
pub fn issued_at_of_id(id: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    const EPOCH: OffsetDateTime = datetime!(2019-04-29 00:00 UTC);
    const FIRST: OffsetDateTime = datetime!(2019-05-01 00:00 UTC);
    // `parse` alone would take a sign and leading zeros, which no generated id has.
    if !id.bytes().all(|byte| byte.is_ascii_digit()) || id.starts_with('0') {
        return None;
    }
    let number: u64 = id.parse().ok()?;
    let ticks = i64::try_from(number >> 24).ok()?;
    let issued_at = EPOCH.checked_add(Duration::milliseconds(ticks.checked_mul(10)?))?;
    (FIRST <= issued_at && issued_at <= now).then_some(issued_at)
}

/// The bytes as text, without a BOM and outer white space.
fn text_of(bytes: &[u8]) -> Result<&str, KeyError> {
    if let Some(error) = foreign::of_bytes(bytes) {
        return Err(error);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| KeyError::NotUtf8 { at: error.valid_up_to() })?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() { Err(KeyError::Empty) } else { Ok(text) }
}

/// A word out of a file, fit for a message: short and plain, so that it cannot be a piece of a key.
fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.: ".contains(c);
    if word.len() <= 24 && word.chars().all(plain) { word.to_owned() } else { "…".to_owned() }
}

impl From<WrongKind> for KeyError {
    fn from(kind: WrongKind) -> Self {
        Self::WrongKind(kind)
    }
}

#[cfg(test)]
mod tests;
