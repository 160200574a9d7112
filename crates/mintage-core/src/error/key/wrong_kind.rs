//! What a file turned out to be when it is no service user's private key.

/// A well-known kind of file that is taken for a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongKind {
    /// A public key: PEM, DER or OpenSSH.
    PublicKey,
    /// An X.509 certificate (RFC 5280).
    Certificate,
    /// A certificate request (PKCS#10, RFC 2986).
    CertificateRequest,
    /// An OpenSSH private key.
    OpenSsh,
    /// A PuTTY private key.
    Putty,
    /// An OpenPGP key.
    Pgp,
    /// A PKCS#12 file, `.p12` or `.pfx` (RFC 7292).
    Pkcs12,
    /// A Java keystore, JKS or JCEKS.
    JavaKeystore,
    /// A private key as binary DER.
    BinaryKey,
    /// An archive.
    Archive,
    /// A key file as base64, as Kubernetes and CI variables hold it.
    PackedAsBase64,
    /// ZITADEL's key of an application.
    ApplicationKey,
    /// A JWK without private part (RFC 7517 §4).
    PublicJwk,
    /// A JWK set without private parts (RFC 7517 §5).
    PublicJwkSet,
    /// A JWK that is meant for encryption (RFC 7517 §4.2, §4.3).
    EncryptionJwk,
    /// A JWK set with private parts.
    PrivateJwkSet,
    /// A JWK of a shared secret (`oct`).
    SymmetricJwk,
    /// ZITADEL's answer to the API call that makes a key.
    ZitadelApiAnswer,
    /// A Google OAuth client, as which people sign in.
    GoogleOauthClient,
    /// Another of Google's credential files: user, workload identity.
    GoogleOther,
    /// What Raystack Frontier tells of a service user, without a credential.
    FrontierServiceUser,
    /// Keycloak's adapter settings without a secret.
    KeycloakSettings,
    /// Keycloak's adapter settings whose key is in a Java keystore beside them.
    KeycloakKeystore,
    /// A client id with a client secret.
    ClientSecret,
    /// A token or a token response.
    Token,
    /// A person's own login at Google, with a refresh token.
    GoogleUser,
    /// How a person signs in at Google through a workforce pool.
    GoogleLoginConfig,
    /// How a workload elsewhere proves itself to Google.
    GoogleFederation,
    /// How somebody acts as a Google service account.
    GoogleImpersonation,
    /// A client that proves itself by a certificate over mTLS (RFC 8705 §2).
    MtlsClient,
    /// A Kubernetes Secret without a key file in it.
    KubernetesSecret,
    /// A value of Terraform's without a key file in it.
    TerraformValue,
}

/// Code, name with its article, next step.
type Row = (&'static str, &'static str, &'static str);

impl WrongKind {
    /// A stable kebab-case word for it.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// What it is, with its article, for example `a public key`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The next step.
    pub fn help(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> Row {
        match self {
            Self::ApplicationKey
            | Self::ZitadelApiAnswer
            | Self::GoogleOauthClient
            | Self::GoogleOther
            | Self::FrontierServiceUser
            | Self::KeycloakSettings
            | Self::KeycloakKeystore
            | Self::ClientSecret
            | Self::Token => self.row_of_provider_file(),
            Self::PublicJwk | Self::PublicJwkSet | Self::EncryptionJwk | Self::PrivateJwkSet | Self::SymmetricJwk => {
                self.row_of_jwk()
            }
            Self::GoogleUser
            | Self::GoogleLoginConfig
            | Self::GoogleFederation
            | Self::GoogleImpersonation
            | Self::MtlsClient
            | Self::KubernetesSecret
            | Self::TerraformValue => self.row_of_other_login(),
            _ => self.row_of_container(),
        }
    }

    fn row_of_other_login(self) -> Row {
        const SERVICE_ACCOUNT: &str = "Create a JSON key for a service account in Google's console and import that";
        match self {
            Self::GoogleUser => ("is-google-user", "a person's own Google login (gcloud)", SERVICE_ACCOUNT),
            Self::GoogleLoginConfig => (
                "is-google-login-config",
                "a Google login configuration, which says where people sign in and holds no credential",
                SERVICE_ACCOUNT,
            ),
            Self::GoogleFederation => (
                "is-google-federation",
                "a Google workload identity configuration, which names where to get a credential and holds none",
                SERVICE_ACCOUNT,
            ),
            Self::GoogleImpersonation => (
                "is-google-impersonation",
                "a Google login that acts as a service account and has no key of it",
                SERVICE_ACCOUNT,
            ),
            Self::MtlsClient => (
                "is-mtls-client",
                "a client that authenticates with a certificate over mTLS; its key doesn't sign assertions",
                "Create a client secret or a signing key for the client in your provider's console and import that",
            ),
            Self::KubernetesSecret => (
                "is-kubernetes-secret",
                "a Kubernetes Secret without a key file in it",
                "Choose the Secret that holds the key file, with its `data`",
            ),
            _ => (
                "is-terraform-value",
                "a Terraform value without a key file in it",
                "Choose the output or the state that holds the key file",
            ),
        }
    }

    fn row_of_container(self) -> Row {
        match self {
            Self::Certificate => {
                ("is-certificate", "a certificate", "Import the private key that the certificate was made for")
            }
            Self::CertificateRequest => (
                "is-certificate-request",
                "a certificate request",
                "Import the private key that the request was made with",
            ),
            Self::OpenSsh => (
                "is-openssh-key",
                "an OpenSSH private key",
                "Convert a copy of it with `ssh-keygen -p -m PKCS8 -f copy-of-key` and import the copy",
            ),
            Self::Putty => (
                "is-putty-key",
                "a PuTTY private key",
                "Convert it with `puttygen key.ppk -O private-openssh -o key.pem` and import `key.pem`",
            ),
            Self::Pgp => (
                "is-pgp-key",
                "an OpenPGP key",
                "Create a key for the service user in your provider's console and import that",
            ),
            Self::Pkcs12 => (
                "is-pkcs12",
                "a PKCS#12 file",
                "Convert it with `openssl pkcs12 -in key.p12 -nocerts -out key.pem` and import `key.pem`",
            ),
            Self::JavaKeystore => (
                "is-java-keystore",
                "a Java keystore",
                "Convert it with `keytool -importkeystore -srckeystore key.jks -destkeystore key.p12 -deststoretype PKCS12`, then `openssl pkcs12 -in key.p12 -nocerts -out key.pem`, and import `key.pem`",
            ),
            Self::BinaryKey => (
                "is-binary-key",
                "a private key as binary DER",
                "Convert it with `openssl pkey -inform DER -in key.der -out key.pem` and import `key.pem`",
            ),
            Self::PackedAsBase64 => (
                "is-base64",
                "a file packed as base64",
                "Unpack it with `base64 -d file > key.json` and import `key.json`",
            ),
            Self::Archive => ("is-archive", "an archive", "Unpack it and import the key file inside"),
            _ => {
                ("is-public-key", "a public key", "Import the private key that belongs to it; a public key cannot sign")
            }
        }
    }

    fn row_of_jwk(self) -> Row {
        match self {
            Self::EncryptionJwk => (
                "is-encryption-jwk",
                "a JWK for encryption, with which nothing is signed",
                "Create a signing key for the service user in your provider's console and import that",
            ),
            Self::PrivateJwkSet => (
                "is-server-key-set",
                "a set of private keys without a user, as a server keeps it to sign its own tokens",
                "Put it back on the server, let nobody else have it, and create a key for the service user instead",
            ),
            Self::PublicJwkSet => (
                "is-public-key-set",
                "a set of public keys, as a server publishes it",
                "Create a key for the service user in your provider's console and import that",
            ),
            Self::SymmetricJwk => (
                "is-symmetric-jwk",
                "a shared secret as JWK",
                "Create a key pair for the service user in your provider's console and import its private key",
            ),
            _ => (
                "is-public-jwk",
                "a public key as JWK",
                "Import the private key that belongs to it; a public key cannot sign",
            ),
        }
    }

    fn row_of_provider_file(self) -> Row {
        match self {
            Self::ApplicationKey => (
                "is-application-key",
                "an application's key, which authenticates introspection and cannot mint; a service user's key is needed",
                "Create a key for a service user in your provider's console and import that",
            ),
            Self::ZitadelApiAnswer => (
                "is-api-answer",
                "the API's answer with the key file packed inside",
                "Unpack it with `jq -r '.keyDetails // .keyContent' answer.json | base64 -d > key.json` and import `key.json`",
            ),
            Self::GoogleOauthClient => (
                "is-google-oauth-client",
                "a Google OAuth client, with which people sign in",
                "Create a JSON key for a service account in Google's console and import that",
            ),
            Self::GoogleOther => (
                "is-google-credentials",
                "a Google credentials file without a service account's key",
                "Create a JSON key for a service account in Google's console and import that",
            ),
            Self::FrontierServiceUser => (
                "is-frontier-service-user",
                "what Frontier tells of a service user, without a credential",
                "Create a key or a secret for the service user and import the answer, which holds it",
            ),
            Self::KeycloakSettings => (
                "is-keycloak-settings",
                "a Keycloak adapter's settings without a client secret",
                "Set the client's authenticator to `Client Id and Secret` in Keycloak's console and download the settings again, or import its key as PEM",
            ),
            Self::KeycloakKeystore => (
                "is-keycloak-keystore",
                "a Keycloak adapter's settings, whose key is in the keystore file that they name",
                "Convert the keystore with `keytool -importkeystore -srckeystore keystore.jks -destkeystore key.p12 -deststoretype PKCS12`, then `openssl pkcs12 -in key.p12 -nocerts -out key.pem`, and import `key.pem`",
            ),
            Self::ClientSecret => (
                "is-client-secret",
                "a client id with its secret",
                "Create a key (not a secret) for the service user in your provider's console and import that",
            ),
            _ => ("is-token", "a token", "Open it in the inspector, or import the key file that it was minted with"),
        }
    }
}
