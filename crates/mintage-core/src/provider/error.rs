//! What can be wrong with a provider's profile.

use crate::error_table::error_table;

error_table! {
    /// A provider's profile isn't usable, or can't be changed.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    pub enum ProviderError {
        /// A profile file is larger than any profile.
        #[error("the file is larger than 64 kB, so it can't be a profile")]
        [code = "profile-too-large", help = "Choose the TOML or JSON file that was exported from Mintage"]
        TooLarge,
        /// A profile file isn't a profile in TOML or JSON.
        #[error("couldn't read the profile at line {line}: {why}")]
        [code = "profile-unreadable", help = "Fix that line; an exported profile lists every member there is"]
        Unreadable {
            /// The line, from 1; 0 if it isn't known.
            line: usize,
            /// What the parser says, for example that a member is unknown.
            why: String,
        },
        /// A profile lacks a required member.
        #[error("the profile has no `{member}`")]
        [code = "profile-member-missing", help(member) = format!("Add `{member}`")]
        Missing {
            /// The member's path.
            member: &'static str,
        },
        /// A template uses an unknown placeholder.
        #[error("there is no value for the placeholder `{{{name}}}` in `{text}`")]
        [
            code = "profile-placeholder-unknown",
            help(name) = format!("Fix the spelling, or add a parameter named `{name}` to the profile")
        ]
        PlaceholderUnknown {
            /// The placeholder without its braces.
            name: String,
            /// The template.
            text: String,
        },
        /// A member's value isn't allowed, alone or together with the others.
        #[error("`{member}` isn't valid: {why}")]
        [code = "profile-impossible", help(member) = format!("Fix `{member}`")]
        Impossible {
            /// The member's path.
            member: &'static str,
            /// Why not, as a sentence part.
            why: &'static str,
        },
        /// No profile has this id.
        #[error("there is no provider profile `{id}`")]
        [code = "profile-unknown", help = "Import the profile, or choose another provider for the environment"]
        Unknown {
            /// The id.
            id: String,
        },
        /// One of the user's profiles can no longer be used.
        #[error("the profile `{id}` can't be used")]
        [code = "profile-unusable", help = "Open it under Provider profiles and fix it, or remove it"]
        Unusable {
            /// The id.
            id: String,
            /// What is wrong with it.
            source: Box<ProviderError>,
        },
        /// The id belongs to another profile.
        #[error("a provider profile with the id `{id}` already exists")]
        [code = "profile-id-taken", help = "Give the profile another id, or replace the existing one"]
        IdTaken {
            /// The id.
            id: String,
        },
        /// The user tried to change a built-in profile.
        #[error("`{id}` is built in and can't be changed")]
        [code = "profile-built-in", help = "Copy it and change the copy"]
        BuiltIn {
            /// The id.
            id: String,
        },
        /// The user tried to remove a profile that environments use.
        #[error("`{id}` is used by {environments}")]
        [code = "profile-in-use", help = "Choose another provider for these environments first"]
        InUse {
            /// The id.
            id: String,
            /// The environments' names, joined by commas.
            environments: String,
        },
        /// The profile doesn't say how this kind of credential gets a token.
        #[error("`{provider}` doesn't accept {credential}s")]
        [code = "credential-not-taken", help = "Choose another provider for the environment, or another credential"]
        CredentialNotTaken {
            /// The provider's name.
            provider: String,
            /// The kind of credential, for example `client secret`.
            credential: &'static str,
        },
        /// The environment lacks a value that the profile's templates need.
        #[error("the environment has no {label}")]
        [code = "parameter-missing", help = "Open the environment and fill it in"]
        ParameterMissing {
            /// The parameter's name on screen, or its name in the profile.
            label: String,
        },
    }
}
