//! What can go wrong, as facts.
//!
//! Rule: one enum per noun, next to its noun, and all gathered here in [`Error`]; facts in fields, wording there and
//! nowhere else. Every error has a stable kebab-case `code` that shells act on and a `help` that is the next step. No
//! variant contains a secret or a catch-all text.

use crate::catalog::CatalogError;
use crate::diagnosis::{Cause, NextStep};
use crate::error_table::error_table;
use crate::issuer::{IssuerError, Refusal};
use crate::issuer_url::IssuerUrlError;
use crate::key_file::KeyFileError;
use crate::keychain::KeychainError;
use crate::private_key::KeyError;
use crate::provider::ProviderError;
use crate::rotation::RotationError;
use crate::settings::SettingsError;
use crate::token::TokenError;

mod problem;
mod stranger;

pub use problem::{Problem, ServerResponse};
pub use stranger::StrangerError;

error_table! {
    /// Everything a journey can fail with.
    #[derive(Debug, thiserror::Error)]
    pub enum Error {
        /// A key isn't usable.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Key(#[from] KeyError),
        /// A key file isn't usable.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        KeyFile(KeyFileError),
        /// A token isn't readable.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Token(#[from] TokenError),
        /// A keychain operation failed.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Keychain(#[from] KeychainError),
        /// A catalogue operation failed.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Catalog(#[from] CatalogError),
        /// A provider's profile isn't usable.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Provider(#[from] ProviderError),
        /// The settings aren't usable.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Settings(#[from] SettingsError),
        /// A rotation can't begin, go on or be undone.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Rotation(#[from] RotationError),
        /// The server or the connection to it failed.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Issuer(#[from] IssuerError),
        /// What was typed isn't an issuer identifier.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        IssuerUrl(#[from] IssuerUrlError),
        /// A server didn't recognise the caller.
        #[error(transparent)]
        [code(0: error) = error.code(), help(0: error) = error.help()]
        Stranger(#[from] StrangerError),
        /// A server refused a credential or couldn't be reached, and this is what it probably means.
        #[error("{source}")]
        [code(source: error) = error.code(), help(causes) = causes[0].help.clone()]
        Diagnosed {
            /// What happened.
            #[source]
            source: IssuerError,
            /// Likely causes, the likeliest first; never empty.
            causes: Vec<Cause>,
        },
        /// The request would certainly fail, so it wasn't sent.
        #[error("not sent, because the server would refuse it")]
        [code = "would-be-refused", help(causes) = causes[0].help.clone()]
        Preflight {
            /// Why, the most certain first; never empty.
            causes: Vec<Cause>,
        },
        /// Mintage panicked, which is always a bug in Mintage. The panic message may contain anything, so it isn't kept.
        #[error("an internal error in Mintage stopped this; nothing else is affected")]
        [code = "internal-error", help = "Try again; if it keeps happening, copy the report and file an issue"]
        Internal,
        /// An environment's draft lacks a name.
        #[error("the environment has no name")]
        [code = "environment-unnamed", help = "Give the environment a name"]
        EnvironmentUnnamed,
        /// Discovery, or an imported profile, places an endpoint on a host that the user hasn't confirmed.
        #[error("the {endpoint} is on `{host}`, which you haven't confirmed for this environment")]
        [
            code = "host-unconfirmed",
            help = "Open the environment, run Check and confirm the host if it belongs to your provider"
        ]
        HostUnconfirmed {
            /// Which endpoint, for example `token endpoint`.
            endpoint: &'static str,
            /// The unconfirmed host with its port.
            host: String,
        },
        /// Neither discovery nor the provider nor the user provides this endpoint.
        #[error("this environment has no {endpoint}")]
        [code = "endpoint-unknown", help(endpoint) = format!("Open the environment and enter its {endpoint}")]
        EndpointUnknown {
            /// Which endpoint, for example `userinfo endpoint`.
            endpoint: &'static str,
        },
        /// A required id is neither in the file nor entered.
        #[error("the {what} is missing")]
        [code = "import-incomplete", help(what) = format!("Enter the {what}; the console shows it next to the key")]
        ImportIncomplete {
            /// What is missing: `user id`, `client id`, `key id` or `project id`.
            what: &'static str,
        },
        /// What was entered as an id isn't one that a server issues.
        #[error("the {what} you entered isn't a valid id: {why}")]
        [
            code = "typed-id-invalid",
            help(what) = format!("Enter the {what} exactly as the console shows it next to the key")
        ]
        TypedIdInvalid {
            /// What was entered: `user id`, `client id`, `key id` or `project id`.
            what: &'static str,
            /// Why not, as a sentence part.
            why: &'static str,
        },
        /// The user tried to import a key into the demo.
        #[error("`{environment}` is part of the demo; removing the demo would remove your key too")]
        [code = "demo-environment", help = "Choose one of your own environments, or add one"]
        DemoEnvironment {
            /// The environment's name.
            environment: String,
        },
        /// The key is already in this environment, with other ids.
        #[error("this key is already imported for `{service_user}` with user id `{user_id}` and key id `{key_id}`")]
        [code = "key-known-otherwise", help = "Remove that credential if its ids are wrong, then import the key again"]
        KeyKnownOtherwise {
            /// The service user's name.
            service_user: String,
            /// Its user id.
            user_id: String,
            /// The key's id.
            key_id: String,
        },
        /// The review that an import refers to no longer exists.
        #[error("this key file is no longer under review")]
        [code = "review-gone", help = "Choose the key file again"]
        ReviewGone,
        /// The service user has no credential that can sign.
        #[error("`{service_user}` has no usable credential")]
        [code = "no-credential", help = "Import a key file for it"]
        NoCredential {
            /// The service user's name.
            service_user: String,
        },
        /// The keychain has no item for this credential.
        #[error("the private key of `{service_user}` isn't in this keychain")]
        [code = "key-missing", help = "Unlock or select the keychain that contains it, or import the key file again"]
        KeyMissing {
            /// The service user's name.
            service_user: String,
        },
        /// The keychain's key isn't the one that was imported.
        #[error("the keychain has a different key for `{service_user}` than the one you imported")]
        [code = "key-changed", help = "Remove the credential and import the key file again"]
        KeyChanged {
            /// The service user's name.
            service_user: String,
        },
        /// The provider's servers have no API to create or remove this.
        #[error("creating and removing a {credential} at {provider} isn't supported")]
        [code = "not-provisioned", help = "Create it in the console and import it"]
        NotProvisioned {
            /// The provider's name.
            provider: String,
            /// What it is, for example `client secret`.
            credential: &'static str,
        },
        /// The server created a credential, but it couldn't be stored.
        #[error("the server created `{id}`, but Mintage couldn't store it{}", if *.undone { ", so it was removed from the server again" } else { "" })]
        [
            code = "made-not-stored",
            help(undone, source) = if *undone {
                source.help()
            } else {
                format!("{}; then remove that id from the server and create a new one", source.help())
            }
        ]
        MadeNotStored {
            /// Its id on the server, or its title if the response has no id.
            id: String,
            /// Whether it was removed from the server again.
            undone: bool,
            /// Why.
            #[source]
            source: Box<Error>,
        },
        /// A credential of one environment was to be used with another's server.
        #[error("`{service_user}` belongs to another environment, and its credential works only with that server")]
        [code = "other-environment", help = "Choose a service user of the same environment"]
        OtherEnvironment {
            /// Whose it is.
            service_user: String,
        },
        /// A service user can't be moved to an environment that has the same one, or its key.
        #[error("`{environment}` already has `{service_user}` or its key")]
        [code = "already-there", help = "Remove one of the two, then try again"]
        AlreadyThere {
            /// The environment's name.
            environment: String,
            /// The service user's name.
            service_user: String,
        },
        /// A secret or a token was asked to do something that only a key can do.
        #[error("a {kind} can't sign")]
        [code = "not-a-key", help = "Choose a private key"]
        NotAKey {
            /// What it is, for example `client secret`.
            kind: &'static str,
        },
        /// A secret or a token has no public key.
        #[error("a {kind} has no public key")]
        [code = "no-public-half", help = "Choose a private key"]
        NoPublicHalf {
            /// What it is, for example `client secret`.
            kind: &'static str,
        },
        /// Mintage is locked.
        #[error("Mintage is locked")]
        [code = "agent-locked", help = "Unlock it and try again"]
        Locked,
        /// No token is in memory.
        #[error("there is no token for `{service_user}` in memory")]
        [code = "no-token", help = "Mint a token first"]
        NoToken {
            /// The service user's name.
            service_user: String,
        },
        /// Minting for production wasn't confirmed in this session.
        #[error("`{environment}` is a production environment, and you haven't confirmed minting in this session")]
        [code = "production-unconfirmed", help = "Confirm that you want a production token"]
        ProductionUnconfirmed {
            /// The environment's name.
            environment: String,
        },
        /// Userinfo describes someone other than the token's subject (OpenID Connect Core §5.3.2).
        #[error("userinfo describes `{found}`, but the token belongs to `{expected}`")]
        [code = "subject-mismatch", help = "Don't trust this response; check the environment's userinfo endpoint"]
        SubjectMismatch {
            /// The token's subject.
            expected: String,
            /// The userinfo response's subject.
            found: String,
        },
        /// The original of a file was to be deleted before its key was stored.
        #[error("the key in `{name}` isn't stored yet, so the file was kept")]
        [code = "original-not-stored", help = "Import the key first"]
        OriginalNotStored {
            /// The file's name.
            name: String,
        },
        /// The original of an imported file isn't known any more: its folder is kept in memory only.
        #[error("Mintage no longer knows where this credential's file is")]
        [code = "original-unknown", help = "Choose the file"]
        OriginalUnknown,
        /// A file was chosen as a credential's original, but holds something else.
        #[error("`{name}` doesn't contain this credential, so it was kept")]
        [code = "original-other", help = "Choose the file that this credential was imported from"]
        OriginalOther {
            /// The file's name.
            name: String,
        },
        /// The file isn't the one that was imported.
        #[error("`{name}` has changed since it was imported, so it was kept")]
        [code = "original-changed", help = "Check the file, and delete it yourself if you no longer need it"]
        OriginalChanged {
            /// The file's name.
            name: String,
        },
        /// The original of an imported file couldn't be deleted.
        #[error("couldn't delete `{name}`")]
        [code = "original-not-deleted", help = "Delete the file yourself"]
        OriginalNotDeleted {
            /// The file's name.
            name: String,
            /// Why.
            #[source]
            source: std::io::Error,
        },
    }
}

impl From<KeyFileError> for Error {
    /// An unusable key is the same error, whether it was in a file or not.
    fn from(error: KeyFileError) -> Self {
        match error {
            KeyFileError::Key(error) => Self::Key(error),
            error => Self::KeyFile(error),
        }
    }
}

impl Error {
    /// What a button next to it could do.
    fn next(&self) -> NextStep {
        match self {
            Self::Keychain(KeychainError::Locked) => NextStep::UnlockKeychain,
            Self::Keychain(KeychainError::TimedOut { .. } | KeychainError::Absent) | Self::Internal => {
                NextStep::TryAgain
            }
            Self::HostUnconfirmed { .. } | Self::EndpointUnknown { .. } | Self::Provider(_) => {
                NextStep::EditEnvironment
            }
            Self::KeyFile(error) if error.is_undescribed() => NextStep::DescribeFile,
            Self::Stranger(error) => error.next(),
            Self::NoCredential { .. } | Self::KeyMissing { .. } | Self::KeyChanged { .. } => NextStep::ImportKey,
            _ => NextStep::None,
        }
    }

    /// The error in the form that shells show.
    pub fn problem(&self) -> Problem {
        let said = self.said();
        let causes = match self {
            Self::Diagnosed { causes, .. } | Self::Preflight { causes } => causes.clone(),
            _ => Vec::new(),
        };
        let mut problem = Problem {
            code: self.code().to_owned(),
            message: self.to_string(),
            dated: self.dated(),
            help: self.help(),
            next: self.next(),
            line: None,
            details: sources(self),
            server_response: said.map(|said| ServerResponse { status: said.status, body: said.body.clone() }),
            causes,
            report: String::new(),
        };
        problem.report = problem.write_report();
        problem
    }

    /// What a server said when it refused, if one did.
    fn said(&self) -> Option<&Refusal> {
        let said = match self {
            Self::Issuer(issuer) | Self::Diagnosed { source: issuer, .. } => issuer.said(),
            Self::Stranger(error) => error.refusal(),
            _ => None,
        };
        said.filter(|said| said.is_quotable())
    }

    /// Its sentence with the time separate, if it contains one.
    fn dated(&self) -> Option<crate::dated::Dated> {
        match self {
            Self::Issuer(issuer) | Self::Diagnosed { source: issuer, .. } => issuer.dated(),
            _ => None,
        }
    }

    /// The error in the form that shells show next to the profile's text that caused it.
    pub fn problem_in(&self, text: &str) -> Problem {
        let line = match self {
            Self::Provider(error) => crate::provider::file::line_of(text, error),
            _ => None,
        };
        Problem { line: line.and_then(|line| u32::try_from(line).ok()), ..self.problem() }
    }
}

/// The causes below an error, outermost first, as text.
fn sources(error: &Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        let text = source.to_string();
        if texts.last() != Some(&text) && text != error.to_string() {
            texts.push(text);
        }
        next = source.source();
    }
    texts
}
