//! Who **hides** a secret behind a mask, which says where the real one is.

/// What put a mask into a secret's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenBy {
    /// Keycloak's admin API and exports, for a reader who may not see secrets.
    Keycloak,
    /// A server's answer or export.
    Server,
    /// Terraform's plan or output.
    Terraform,
    /// The log of a CI job.
    Log,
    /// A template, to be filled in.
    Template,
    /// Settings that name where the secret is kept: a variable, a vault, a file.
    Reference,
    /// A program that keeps settings encrypted: SOPS, Ansible, Spring, Jasypt.
    Encryption,
    /// A server that keeps no more of a secret than its hash.
    Hash,
    /// Something that wrote a word in the secret's place.
    Unknown,
}

impl HiddenBy {
    /// What is there instead of the secret, as a sentence part.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keycloak => "the mask that Keycloak shows in its place",
            Self::Server => "the mask that the server shows in its place",
            Self::Terraform => "the mask that Terraform shows in its place",
            Self::Log => "the mask that a CI log shows in its place",
            Self::Template => "a placeholder that was never filled in",
            Self::Reference => "a reference to where it is kept",
            Self::Encryption => "its encrypted form",
            Self::Hash => "its hash, as a server stores it",
            Self::Unknown => "a word that was put in its place",
        }
    }

    /// Where the real one is.
    pub fn help(self) -> &'static str {
        match self {
            Self::Keycloak => {
                "Copy the secret from the client's `Credentials` tab in Keycloak's console and enter it with the client id"
            }
            Self::Server => {
                "Copy the real secret from your provider's console; where it's shown only once, create a new one"
            }
            Self::Terraform => "Get the real value with `terraform output -raw NAME`, and import that",
            Self::Log => "Copy the real value from where your CI keeps its secrets, or create a new one",
            Self::Template => {
                "Import the file in which the secret is filled in, or copy it from your provider's console"
            }
            Self::Reference => "Copy the secret from there and enter it with the client id",
            Self::Encryption => "Decrypt the file with the program that encrypted it, and import the result",
            Self::Hash => "Copy the secret from where it was kept when it was created, or create a new one",
            Self::Unknown => {
                "Get the original from whoever redacted it, or copy the secret from your provider's console"
            }
        }
    }
}
