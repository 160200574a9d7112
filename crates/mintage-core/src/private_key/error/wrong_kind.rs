//! What a file turned out to be if it isn't a service user's private key.
//!
//! Rule: a kind is a row of one table: its code, its name with its article, and the next step, in which every command
//! comes from a [`Conversion`].

use super::Conversion;

const CREATE: &str = "Create a key for the service user in your provider's console and import it";
const DOWNLOAD: &str = "Download the key file again while you are signed in to your provider's console, and import it";
const SERVICE_ACCOUNT: &str = "Create a JSON key for a service account in Google's console and import it";
const PRIVATE_HALF: &str = "Import the private key that belongs to it; a public key can't sign";

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $is:literal, $help:expr;)+) => {
        /// A well-known kind of file that is mistaken for a key file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum WrongKind { $($(#[$doc])* $name,)+ }

        impl WrongKind {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// A stable kebab-case word for it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it is, with its article, for example `a public key`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $is,)+ }
            }

            /// The next step.
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)+ }
            }
        }
    };
}

kinds! {
    /// A public key: PEM, DER or OpenSSH.
    PublicKey: "is-public-key", "a public key",
        PRIVATE_HALF;
    /// An X.509 certificate (RFC 5280).
    Certificate: "is-certificate", "a certificate",
        "Import the private key that the certificate belongs to";
    /// A certificate request (PKCS#10, RFC 2986).
    CertificateRequest: "is-certificate-request", "a certificate request",
        "Import the private key that the request was made with";
    /// A list of revoked certificates (RFC 5280 §5).
    RevocationList: "is-revocation-list", "a list of revoked certificates (CRL)",
        CREATE;
    /// Certificates or signed data as PKCS#7 (RFC 2315, RFC 5652).
    Pkcs7: "is-pkcs7", "a PKCS#7 file, which contains certificates but no private key",
        "Import the private key that the certificates belong to";
    /// Parameters for creating keys: Diffie-Hellman, DSA.
    Parameters: "is-parameters", "a set of key parameters without a key",
        CREATE;
    /// The name of a curve, as OpenSSL writes it above an EC key.
    CurveName: "is-curve-name", "the name of a curve (`EC PARAMETERS`) without the key that follows it",
        "Copy the `EC PRIVATE KEY` block below it as well";
    /// An encrypted RSA or ECDSA key of OpenSSH.
    OpenSshEncrypted: "is-openssh-key", "an OpenSSH private key with a passphrase",
        Conversion::OpenSsh.help();
    /// An encrypted OpenSSH key of another type.
    OpenSshEd25519Encrypted: "is-openssh-ed25519-key", "an OpenSSH private key with a passphrase",
        Conversion::OpenSshEd25519.help();
    /// A public key with an authority's signature, in OpenSSH's form.
    OpenSshCertificate: "is-openssh-certificate", "an OpenSSH certificate",
        "Import the private key that it belongs to: the file with the same name but without `-cert.pub`";
    /// A key that stays on a security key, smart card or TPM; the file only refers to it.
    HardwareKey: "is-hardware-key", "a reference to a key that stays on a security key, smart card or TPM",
        "Create a key for the service user in your provider's console, download it as a file and import it";
    /// A PuTTY private key.
    Putty: "is-putty-key", "a PuTTY private key",
        Conversion::Putty.help();
    /// A private key of SSH.com's programs.
    SshCom: "is-ssh-com-key", "an SSH.com private key",
        Conversion::SshCom.help();
    /// An OpenPGP key or message.
    Pgp: "is-pgp-key", "an OpenPGP key or message",
        CREATE;
    /// A key or file of age.
    Age: "is-age-key", "an `age` file, which is for encryption and can't sign",
        CREATE;
    /// A key of minisign or signify.
    Minisign: "is-minisign-key", "a minisign or signify key, which signs files",
        CREATE;
    /// A VPN key or configuration: WireGuard, OpenVPN.
    Vpn: "is-vpn-key", "a VPN key or configuration",
        CREATE;
    /// An RSA private key as .NET writes it.
    XmlKey: "is-xml-key", "an RSA private key in .NET's XML format",
        "Save it as PEM with .NET's `ExportPkcs8PrivateKeyPem` and import the PEM";
    /// A PKCS#12 file, `.p12` or `.pfx` (RFC 7292).
    Pkcs12: "is-pkcs12", "a PKCS#12 file",
        Conversion::Pkcs12.help();
    /// A PKCS#12 file whose encryption OpenSSL 3 considers legacy.
    OldPkcs12: "is-old-pkcs12", "a PKCS#12 file with outdated encryption",
        Conversion::OldPkcs12.help();
    /// A PKCS#12 file or a Java keystore as base64 text.
    KeystoreText: "is-keystore-text", "a base64-encoded keystore",
        Conversion::KeystoreText.help();
    /// A Java keystore, JKS.
    JavaKeystore: "is-java-keystore", "a Java keystore",
        Conversion::JavaKeystore.help();
    /// A Java keystore, JCEKS.
    JceKeystore: "is-jce-keystore", "a Java keystore (JCEKS)",
        Conversion::JceKeystore.help();
    /// An archive.
    Archive: "is-archive", "an archive",
        "Unpack it and import the key file inside";
    /// An office document, PDF or RTF.
    Document: "is-document", "a document (PDF, RTF or an office format)",
        "Open it, copy the key from its `BEGIN` line to its `END` line and paste it";
    /// An image.
    Picture: "is-picture", "an image",
        DOWNLOAD;
    /// A web page.
    WebPage: "is-web-page", "a web page",
        DOWNLOAD;
    /// ZITADEL's application key.
    ApplicationKey: "is-application-key", "an application's key, which can introspect tokens but can't mint them",
        "Create a key for a service user in your provider's console and import it";
    /// A JWK without a private part (RFC 7517 §4).
    PublicJwk: "is-public-jwk", "a public key in JWK format",
        PRIVATE_HALF;
    /// A JWK set without private parts (RFC 7517 §5).
    PublicJwkSet: "is-public-key-set", "a set of public keys, as a server publishes them",
        CREATE;
    /// A JWK that is meant for encryption (RFC 7517 §4.2, §4.3).
    EncryptionJwk: "is-encryption-jwk", "a JWK for encryption, which can't sign",
        "Create a signing key for the service user in your provider's console and import it";
    /// A JWK set with private parts.
    PrivateJwkSet: "is-server-key-set", "a set of private keys that belong to a server, not a user: it signs its own tokens with them",
        "Return it to the server, keep it secret, and create a key for the service user instead";
    /// A shared-secret JWK (`oct`).
    SymmetricJwk: "is-symmetric-jwk", "a shared secret in JWK format",
        "Create a key pair for the service user in your provider's console and import its private key";
    /// ZITADEL's response to the API call that creates a key.
    ZitadelApiAnswer: "is-api-answer", "ZITADEL's response to creating a key, but the key file inside it is incomplete",
        "Import the whole response, unchanged, or create a new key";
    /// A Google OAuth client, which people sign in with.
    GoogleOauthClient: "is-google-oauth-client", "a Google OAuth client, which is for people to sign in with",
        SERVICE_ACCOUNT;
    /// Another of Google's credential files: user, workload identity.
    GoogleOther: "is-google-credentials", "a Google credentials file without a service account's key",
        SERVICE_ACCOUNT;
    /// The settings of an app that uses Firebase: `google-services.json`, `GoogleService-Info.plist`.
    FirebaseApp: "is-firebase-app", "a Firebase app's settings file, which contains no server credential",
        "Create a private key in Firebase's console, under Project settings, Service accounts, and import it";
    /// A key of App Store Connect with its ids, as fastlane keeps it.
    AppStoreConnect: "is-app-store-connect-key", "an App Store Connect key, which Apple's tools use to sign their own tokens",
        "Use it with fastlane or Apple's tools: App Store Connect has no token endpoint to mint from";
    /// A service account's authorized key of Yandex Cloud.
    YandexKey: "is-yandex-key", "an authorized key of Yandex Cloud, whose token service doesn't speak OAuth",
        "Use it with Yandex Cloud's own tools, or import a key file of a server that mints OAuth tokens";
    /// A project of Adobe's developer console without a server-to-server credential.
    AdobeProject: "is-adobe-project", "an Adobe Developer Console project without a server-to-server credential",
        "Add an OAuth Server-to-Server credential to the project, then download the project again and import it";
    /// An Entra service principal whose certificate and key are in another file.
    AzureCertificateFile: "is-azure-certificate-file", "an Entra service principal whose key is in another file",
        "Import the PEM file that `fileWithCertAndPrivateKey` names: it contains the key and the certificate";
    /// An AWS access key.
    AwsAccessKey: "is-aws-access-key", "an AWS access key, which AWS's tools use to sign each request",
        "Use it with AWS's tools, or import a key file of a server that mints OAuth tokens";
    /// A kubeconfig.
    Kubeconfig: "is-kubeconfig", "a kubeconfig, which `kubectl` uses to sign in to a cluster",
        CREATE;
    /// A server's response to a failed request.
    ErrorAnswer: "is-error-answer", "a server's error message, not a key file", DOWNLOAD;
    /// A server's discovery document (RFC 8414, OpenID Connect Discovery).
    Discovery: "is-discovery", "a server's discovery document",
        "Enter its `issuer` as the issuer of an environment, and import the service user's key file";
    /// A server's SAML metadata.
    SamlMetadata: "is-saml-metadata", "SAML metadata, which contains certificates but no private key",
        CREATE;
    /// Raystack Frontier's description of a service user, without a credential.
    FrontierServiceUser: "is-frontier-service-user", "Frontier's description of a service user, without a credential",
        "Create a key or a secret for the service user and import the response, which contains it";
    /// Keycloak's adapter configuration without a secret.
    KeycloakSettings: "is-keycloak-settings", "a Keycloak adapter configuration without a client secret",
        "Set the client's authenticator to `Client Id and Secret` in Keycloak's console and download the configuration again, or import its key as PEM";
    /// Keycloak's adapter configuration with its key in a separate Java keystore.
    KeycloakKeystore: "is-keycloak-keystore", "a Keycloak adapter configuration whose key is in a separate keystore",
        Conversion::NamedKeystore.help();
    /// A personal Google login, with a refresh token.
    GoogleUser: "is-google-user", "a personal Google login (gcloud)", SERVICE_ACCOUNT;
    /// How a person signs in at Google through a workforce pool.
    GoogleLoginConfig: "is-google-login-config",
        "a Google login configuration, which says where people sign in but contains no credential", SERVICE_ACCOUNT;
    /// How a workload elsewhere authenticates to Google.
    GoogleFederation: "is-google-federation",
        "a Google workload identity configuration, which says where to get a credential but contains none", SERVICE_ACCOUNT;
    /// How someone impersonates a Google service account.
    GoogleImpersonation: "is-google-impersonation",
        "a Google login that impersonates a service account without having its key", SERVICE_ACCOUNT;
    /// A client that authenticates with a certificate over mTLS (RFC 8705 §2).
    MtlsClient: "is-mtls-client",
        "a client that authenticates with a certificate over mTLS; its key doesn't sign assertions",
        "Create a client secret or a signing key for the client in your provider's console and import it";
    /// A file with encrypted values: SOPS, Ansible Vault, Sealed Secrets.
    EncryptedFile: "is-encrypted-file", "a file encrypted by SOPS, Ansible Vault or Sealed Secrets",
        "Decrypt it with the program that encrypted it, or get the original, then import the result";
    /// A private key with its ids in an unsupported notation, so that they would be lost.
    UnreadIds: "is-unread-key-file", "a private key with its ids, in a form that Mintage can't read",
        "Import only the key file, without the text around it, or paste the private key alone and enter its ids";
    /// A Kubernetes Secret that doesn't contain a key file.
    KubernetesSecret: "is-kubernetes-secret", "a Kubernetes Secret that doesn't contain a key file",
        "Choose the Secret that contains the key file, including its `data`";
    /// A Terraform value that doesn't contain a key file.
    TerraformValue: "is-terraform-value", "a Terraform value that doesn't contain a key file",
        "Choose the output or the state that contains the key file";
    /// A token or a token response.
    Token: "is-token", "a token",
        "Open it in the Inspector, or import the key file that it was minted with";
}
