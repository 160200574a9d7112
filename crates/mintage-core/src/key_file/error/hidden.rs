//! What **hides** a secret behind a mask, which says where the real one is.

/// What put a mask in place of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenBy {
    /// Keycloak's admin API and exports, for a reader who isn't allowed to see secrets.
    Keycloak,
    /// A server's response or export.
    Server,
    /// Terraform's plan or output.
    Terraform,
    /// The log of a CI job.
    Log,
    /// A template, to be filled in.
    Template,
    /// Settings that refer to where the secret is stored: a variable, a vault, a file.
    Reference,
    /// A program that encrypts settings: SOPS, Ansible, Spring, Jasypt.
    Encryption,
    /// A server that stores only a secret's hash.
    Hash,
    /// Something that replaced the secret with a word.
    Unknown,
}

impl HiddenBy {
    /// What is there instead of the secret, as a sentence part.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keycloak => "the mask that Keycloak shows instead",
            Self::Server => "the mask that the server shows instead",
            Self::Terraform => "the mask that Terraform shows instead",
            Self::Log => "the mask that a CI log shows instead",
            Self::Template => "a placeholder that was never filled in",
            Self::Reference => "a reference to where it is stored",
            Self::Encryption => "its encrypted form",
            Self::Hash => "its hash, as a server stores it",
            Self::Unknown => "a word that replaces it",
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
            Self::Terraform => "Get the real value with `terraform output -raw NAME` and import it",
            Self::Log => "Copy the real value from where your CI stores its secrets, or create a new one",
            Self::Template => {
                "Import the file with the secret filled in, or copy the secret from your provider's console"
            }
            Self::Reference => "Copy the secret from there and enter it with the client id",
            Self::Encryption => "Decrypt the file with the program that encrypted it and import the result",
            Self::Hash => "Copy the secret from where it was saved when it was created, or create a new one",
            Self::Unknown => {
                "Get the original from whoever redacted it, or copy the secret from your provider's console"
            }
        }
    }
}
