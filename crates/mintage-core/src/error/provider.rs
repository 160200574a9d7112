//! What can be wrong with a provider's profile.

/// A provider's profile is not usable, or cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// A profile file is longer than any profile.
    #[error("the file is larger than 64 kB, so it is no profile")]
    TooLarge,
    /// A profile file is neither TOML nor JSON of a profile.
    #[error("the profile cannot be read at line {line}: {why}")]
    Unreadable {
        /// The line, from 1; 0 where it is not known.
        line: usize,
        /// What the parser says, for example that a member is unknown.
        why: String,
    },
    /// A profile lacks what it cannot do without.
    #[error("the profile has no `{member}`")]
    Missing {
        /// The member's path.
        member: &'static str,
    },
    /// A template uses a placeholder that nothing stands behind.
    #[error("nothing is known to put in place of `{{{name}}}` in `{text}`")]
    PlaceholderUnknown {
        /// The placeholder without its braces.
        name: String,
        /// The template.
        text: String,
    },
    /// A member cannot be what it is, alone or beside the others.
    #[error("`{member}` is not possible: {why}")]
    Impossible {
        /// The member's path.
        member: &'static str,
        /// Why not, as a sentence part.
        why: &'static str,
    },
    /// No profile has this id.
    #[error("no provider profile `{id}` is known")]
    Unknown {
        /// The id.
        id: String,
    },
    /// A profile of the user's own cannot be used any more.
    #[error("the profile `{id}` cannot be used")]
    Unusable {
        /// The id.
        id: String,
        /// What is wrong with it.
        source: Box<ProviderError>,
    },
    /// The id is another profile's.
    #[error("a provider profile with the id `{id}` exists already")]
    IdTaken {
        /// The id.
        id: String,
    },
    /// A built-in profile was to be changed.
    #[error("`{id}` is built in and cannot be changed")]
    BuiltIn {
        /// The id.
        id: String,
    },
    /// A profile was to be removed that environments follow.
    #[error("`{id}` is used by {environments}")]
    InUse {
        /// The id.
        id: String,
        /// The environments' names, joined by commas.
        environments: String,
    },
    /// The profile does not say how this kind of credential gets a token.
    #[error("`{provider}` takes no {credential}")]
    CredentialNotTaken {
        /// The provider's name.
        provider: String,
        /// The kind of credential, for example `client secret`.
        credential: &'static str,
    },
    /// The environment lacks a value that the profile's templates need.
    #[error("the environment has no {label}")]
    ParameterMissing {
        /// What the parameter is called on screen, or its name.
        label: String,
    },
}

impl ProviderError {
    /// A stable word to act on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "profile-too-large",
            Self::Unreadable { .. } => "profile-unreadable",
            Self::Missing { .. } => "profile-member-missing",
            Self::PlaceholderUnknown { .. } => "profile-placeholder-unknown",
            Self::Impossible { .. } => "profile-impossible",
            Self::Unknown { .. } => "profile-unknown",
            Self::Unusable { .. } => "profile-unusable",
            Self::IdTaken { .. } => "profile-id-taken",
            Self::BuiltIn { .. } => "profile-built-in",
            Self::InUse { .. } => "profile-in-use",
            Self::CredentialNotTaken { .. } => "credential-not-taken",
            Self::ParameterMissing { .. } => "parameter-missing",
        }
    }

    /// The next step.
    pub fn help(&self) -> String {
        match self {
            Self::TooLarge => "Choose the TOML or JSON file that was exported from Mintage".into(),
            Self::Unreadable { .. } => "Correct that line; an exported profile shows every member there is".into(),
            Self::Missing { member } => format!("Add `{member}`"),
            Self::PlaceholderUnknown { name, .. } => {
                format!("Correct the spelling, or add a parameter named `{name}` to the profile")
            }
            Self::Impossible { member, .. } => format!("Correct `{member}`"),
            Self::Unknown { .. } => "Import the profile, or choose another provider for the environment".into(),
            Self::Unusable { .. } => "Open it under Provider profiles and correct it, or remove it".into(),
            Self::IdTaken { .. } => "Give the profile another id, or replace the one that is there".into(),
            Self::BuiltIn { .. } => "Copy it and change the copy".into(),
            Self::InUse { .. } => "Choose another provider for these environments first".into(),
            Self::CredentialNotTaken { .. } => {
                "Choose another provider for the environment, or another credential".into()
            }
            Self::ParameterMissing { .. } => "Open the environment and fill it in".into(),
        }
    }
}
