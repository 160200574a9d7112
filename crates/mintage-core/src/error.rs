//! What can go wrong, as facts.
//!
//! Rule: one enum per noun, all gathered in [`Error`]; facts in fields, wording here and nowhere else.
//! Every error has a stable kebab-case `code` that shells act on and a `help` that is the next step.
//! No variant holds a secret or a catch-all text.

use crate::diagnosis::{Cause, NextStep};

mod catalog;
mod issuer;
mod key;
mod keychain;
mod problem;
mod provider;
mod settings;
mod stranger;
mod token;

pub use catalog::CatalogError;
pub(crate) use issuer::left_open;
pub use issuer::{IssuerError, Refusal, Refused};
pub use key::{Conversion, HiddenBy, KeyError, WrongKind};
pub use keychain::KeychainError;
pub use problem::{Problem, ServerSaid};
pub use provider::ProviderError;
pub use settings::SettingsError;
pub use stranger::StrangerError;
pub use token::TokenError;

/// Everything that a journey can end in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key or key file is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A token is not readable.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The keychain did not do what was asked.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The catalogue did not do what was asked.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A provider's profile is not usable.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The settings are not usable.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The server, or the way to it.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// A server that does not know who asks.
    #[error(transparent)]
    Stranger(#[from] StrangerError),
    /// A server refused a credential or could not be asked, and this is what it probably means.
    #[error("{source}")]
    Diagnosed {
        /// What happened.
        #[source]
        source: IssuerError,
        /// Likely causes, the likeliest first; never empty.
        causes: Vec<Cause>,
    },
    /// The request would certainly fail, so it was not sent.
    #[error("not sent, because the server would refuse it")]
    Preflight {
        /// Why, the most certain first; never empty.
        causes: Vec<Cause>,
    },
    /// Mintage panicked, which only a fault of its own can make it do. What the panic said may hold anything, so
    /// it isn't kept.
    #[error("a fault in Mintage itself stopped this; nothing else is affected")]
    Internal,
    /// What was typed is not an issuer identifier.
    #[error("`{typed}` cannot be an issuer: {why}")]
    IssuerInvalid {
        /// What was typed.
        typed: String,
        /// Why not, as a sentence part.
        why: &'static str,
    },
    /// An environment's draft lacks a name.
    #[error("the environment has no name")]
    EnvironmentUnnamed,
    /// Discovery, or a profile from elsewhere, places an endpoint on a host that the user has not confirmed.
    #[error("the {endpoint} is on `{host}`, which is not confirmed for this environment")]
    HostUnconfirmed {
        /// Which endpoint, for example `token endpoint`.
        endpoint: &'static str,
        /// The unconfirmed host with its port.
        host: String,
    },
    /// Neither discovery nor the provider nor the user gives this endpoint.
    #[error("no {endpoint} is known for this environment")]
    EndpointUnknown {
        /// Which endpoint, for example `userinfo endpoint`.
        endpoint: &'static str,
    },
    /// An id is missing that neither the file nor the user gave.
    #[error("the {what} is missing")]
    ImportIncomplete {
        /// What is missing: `user id`, `client id`, `key id` or `project id`.
        what: &'static str,
    },
    /// What was typed as an id is none that a server gives out.
    #[error("what was entered as the {what} is no id: {why}")]
    TypedIdInvalid {
        /// What was typed: `user id`, `client id`, `key id` or `project id`.
        what: &'static str,
        /// Why not, as a sentence part.
        why: &'static str,
    },
    /// A key was to be imported into the demo.
    #[error("`{environment}` belongs to the demo, which is removed with one click and its keys with it")]
    DemoEnvironment {
        /// The environment's name.
        environment: String,
    },
    /// The key is in this environment already, under other ids.
    #[error("this key is imported already, for `{service_user}` with user id `{user_id}` and key id `{key_id}`")]
    KeyKnownOtherwise {
        /// The service user's name.
        service_user: String,
        /// Its user id.
        user_id: String,
        /// The key's id.
        key_id: String,
    },
    /// The review that an import speaks of is gone.
    #[error("this key file is no longer under review")]
    ReviewGone,
    /// The service user has no credential that can sign.
    #[error("`{service_user}` has no usable credential")]
    NoCredential {
        /// The service user's name.
        service_user: String,
    },
    /// The keychain has no item for this credential.
    #[error("the private key of `{service_user}` is not in this keychain")]
    KeyMissing {
        /// The service user's name.
        service_user: String,
    },
    /// The keychain's key is not the one that was imported.
    #[error("the keychain holds another key for `{service_user}` than the one that was imported")]
    KeyChanged {
        /// The service user's name.
        service_user: String,
    },
    /// The provider's servers have no API to make or remove this.
    #[error("a {credential} of {provider} cannot be made or removed from here")]
    NotProvisioned {
        /// The provider's name.
        provider: String,
        /// What it is, for example `client secret`.
        credential: &'static str,
    },
    /// The server made a credential, and it could not be stored.
    #[error("the server made `{id}`, but it could not be stored{}", if *.undone { ", so it was removed there again" } else { "" })]
    MadeNotStored {
        /// Its id at the server, or its title where the answer tells none.
        id: String,
        /// Whether it was removed at the server again.
        undone: bool,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// A credential of one environment was to be used at the server of another.
    #[error("{service_user} belongs to another environment, and its credential is for that server alone")]
    OtherEnvironment {
        /// Whose it is.
        service_user: String,
    },
    /// Something that only a key can do was asked of a secret or a token.
    #[error("a {kind} cannot sign")]
    NotAKey {
        /// What it is, for example `client secret`.
        kind: &'static str,
    },
    /// A secret or a token has no public half.
    #[error("a {kind} has no public half")]
    NoPublicHalf {
        /// What it is, for example `client secret`.
        kind: &'static str,
    },
    /// No token is in memory.
    #[error("no token of `{service_user}` is in memory")]
    NoToken {
        /// The service user's name.
        service_user: String,
    },
    /// Minting for production was not confirmed in this session.
    #[error("`{environment}` is production, and minting was not confirmed in this session")]
    ProductionUnconfirmed {
        /// The environment's name.
        environment: String,
    },
    /// Userinfo speaks of someone else than the token (OpenID Connect Core §5.3.2).
    #[error("userinfo is about `{found}`, but the token is about `{expected}`")]
    SubjectMismatch {
        /// The token's subject.
        expected: String,
        /// The userinfo response's subject.
        found: String,
    },
    /// The original of a file was to be deleted before its key was stored.
    #[error("the key of `{name}` is not stored yet, so the file stays")]
    OriginalNotStored {
        /// The file's name.
        name: String,
    },
    /// The file is another one than the one that was imported.
    #[error("`{name}` has changed since it was imported, so it stays")]
    OriginalChanged {
        /// The file's name.
        name: String,
    },
    /// The original of an imported file could not be deleted.
    #[error("`{name}` could not be deleted")]
    OriginalNotDeleted {
        /// The file's name.
        name: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// A stable kebab-case word for it, which shells may act on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::Keychain(error) => error.code(),
            Self::Catalog(error) => error.code(),
            Self::Provider(error) => error.code(),
            Self::Settings(error) => error.code(),
            Self::Stranger(error) => error.code(),
            Self::Issuer(error) | Self::Diagnosed { source: error, .. } => error.code(),
            Self::Preflight { .. } => "would-be-refused",
            Self::Internal => "internal-error",
            Self::IssuerInvalid { .. } => "issuer-invalid",
            Self::EnvironmentUnnamed => "environment-unnamed",
            Self::HostUnconfirmed { .. } => "host-unconfirmed",
            Self::EndpointUnknown { .. } => "endpoint-unknown",
            Self::ImportIncomplete { .. } => "import-incomplete",
            Self::TypedIdInvalid { .. } => "typed-id-invalid",
            Self::DemoEnvironment { .. } => "demo-environment",
            Self::KeyKnownOtherwise { .. } => "key-known-otherwise",
            Self::ReviewGone => "review-gone",
            Self::NoCredential { .. } => "no-credential",
            Self::KeyMissing { .. } => "key-missing",
            Self::KeyChanged { .. } => "key-changed",
            Self::NotProvisioned { .. } => "not-provisioned",
            Self::MadeNotStored { .. } => "made-not-stored",
            Self::OtherEnvironment { .. } => "other-environment",
            Self::NotAKey { .. } => "not-a-key",
            Self::NoPublicHalf { .. } => "no-public-half",
            Self::NoToken { .. } => "no-token",
            Self::ProductionUnconfirmed { .. } => "production-unconfirmed",
            Self::SubjectMismatch { .. } => "subject-mismatch",
            Self::OriginalNotStored { .. } => "original-not-stored",
            Self::OriginalChanged { .. } => "original-changed",
            Self::OriginalNotDeleted { .. } => "original-not-deleted",
        }
    }

    /// The next step, as one imperative sentence without its final period.
    pub fn help(&self) -> String {
        match self {
            Self::Key(error) => error.help(),
            Self::Token(error) => error.help(),
            Self::Keychain(error) => error.help(),
            Self::Catalog(error) => error.help(),
            Self::Provider(error) => error.help(),
            Self::Settings(error) => error.help(),
            Self::Stranger(error) => error.help(),
            Self::Issuer(error) => error.help(),
            Self::Diagnosed { causes, .. } | Self::Preflight { causes } => causes[0].help.clone(),
            Self::Internal => "Try again; if it keeps happening, copy the report and file an issue with it".into(),
            Self::IssuerInvalid { .. } => {
                "Give the address as it stands in your provider's console, like `https://auth.example.com`".into()
            }
            Self::EnvironmentUnnamed => "Give the environment a name".into(),
            Self::HostUnconfirmed { .. } => {
                "Open the environment, run Check and confirm the host if it is your provider's".into()
            }
            Self::EndpointUnknown { endpoint } => format!("Open the environment and enter its {endpoint}"),
            Self::ImportIncomplete { what } => format!("Enter the {what}; it stands in the console beside the key"),
            Self::TypedIdInvalid { what, .. } => format!("Enter the {what} as it stands in the console beside the key"),
            Self::DemoEnvironment { .. } => "Choose or add an environment of your own".into(),
            Self::KeyKnownOtherwise { .. } => {
                "Remove that credential first if its ids are wrong, then import the key again".into()
            }
            Self::ReviewGone => "Choose the key file again".into(),
            Self::NoCredential { .. } => "Import a key file for it".into(),
            Self::KeyMissing { .. } => {
                "Unlock or choose the keychain that holds it, or import the key file again".into()
            }
            Self::KeyChanged { .. } => "Remove the credential and import the key file again".into(),
            Self::NotProvisioned { .. } => "Make it in the console, and import it".into(),
            Self::MadeNotStored { undone: true, source, .. } => source.help(),
            Self::MadeNotStored { source, .. } => {
                format!("{}; then remove that id at the server and make a new one", source.help())
            }
            Self::OtherEnvironment { .. } => "Choose one of the same environment".into(),
            Self::NotAKey { .. } | Self::NoPublicHalf { .. } => "Choose a private key".into(),
            Self::NoToken { .. } => "Mint a token first".into(),
            Self::ProductionUnconfirmed { .. } => "Confirm that you want a production token".into(),
            Self::SubjectMismatch { .. } => {
                "Do not trust this answer; check the userinfo endpoint of the environment".into()
            }
            Self::OriginalNotStored { .. } => "Import the key first".into(),
            Self::OriginalChanged { .. } => "Look at the file and delete it by hand, if that is what you want".into(),
            Self::OriginalNotDeleted { .. } => "Delete the file by hand".into(),
        }
    }

    /// What a button beside it could do.
    fn next(&self) -> NextStep {
        match self {
            Self::Keychain(KeychainError::Locked) => NextStep::UnlockKeychain,
            Self::Keychain(KeychainError::TimedOut { .. } | KeychainError::Absent) | Self::Internal => {
                NextStep::TryAgain
            }
            Self::HostUnconfirmed { .. } | Self::EndpointUnknown { .. } | Self::Provider(_) => {
                NextStep::EditEnvironment
            }
            Self::Key(error) if error.is_undescribed() => NextStep::DescribeFile,
            Self::Stranger(error) => error.next(),
            Self::NoCredential { .. } | Self::KeyMissing { .. } | Self::KeyChanged { .. } => NextStep::ImportKey,
            _ => NextStep::None,
        }
    }

    /// The error as shells show it.
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
            server_said: said.map(|said| ServerSaid { status: said.status, body: said.body.clone() }),
            causes,
            report: String::new(),
        };
        problem.report = problem.write_report();
        problem
    }

    /// What a server said when it refused, where one did.
    fn said(&self) -> Option<&Refusal> {
        let said = match self {
            Self::Issuer(issuer) | Self::Diagnosed { source: issuer, .. } => issuer.said(),
            Self::Stranger(error) => error.refusal(),
            _ => None,
        };
        said.filter(|said| said.is_quotable())
    }

    /// Its sentence with the time apart, where it holds one.
    fn dated(&self) -> Option<crate::dated::Dated> {
        match self {
            Self::Issuer(issuer) | Self::Diagnosed { source: issuer, .. } => issuer.dated(),
            _ => None,
        }
    }

    /// The error as shells show it beside the profile's text that it came of.
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
