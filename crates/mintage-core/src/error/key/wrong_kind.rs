//! What a file turned out to be when it is no service user's private key.
//!
//! Rule: a kind is a row of one table: its code, its name with its article, and the next step, in which every
//! command is a [`Conversion`]'s.

use super::Conversion;

const CREATE: &str = "Create a key for the service user in your provider's console and import that";
const DOWNLOAD: &str =
    "Download the key file again while you are signed in to your provider's console, and import that";
const SERVICE_ACCOUNT: &str = "Create a JSON key for a service account in Google's console and import that";
const PRIVATE_HALF: &str = "Import the private key that belongs to it; a public key can't sign";

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $is:literal, $help:expr;)+) => {
        /// A well-known kind of file that is taken for a key file.
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
        "Import the private key that the certificate was made for";
    /// A certificate request (PKCS#10, RFC 2986).
    CertificateRequest: "is-certificate-request", "a certificate request",
        "Import the private key that the request was made with";
    /// A list of revoked certificates (RFC 5280 §5).
    RevocationList: "is-revocation-list", "a list of revoked certificates (CRL)",
        CREATE;
    /// Certificates or signed data as PKCS#7 (RFC 2315, RFC 5652).
    Pkcs7: "is-pkcs7", "a PKCS#7 file, which holds certificates and no private key",
        "Import the private key that the certificates were made for";
    /// Parameters that keys are made with: Diffie-Hellman, DSA.
    Parameters: "is-parameters", "a set of parameters to make keys with, without a key",
        CREATE;
    /// The name of a curve, as OpenSSL writes it above an EC key.
    CurveName: "is-curve-name", "the name of a curve (`EC PARAMETERS`) without the key that follows it",
        "Copy the `EC PRIVATE KEY` block below it as well";
    /// An encrypted RSA or ECDSA key of OpenSSH.
    OpenSshEncrypted: "is-openssh-key", "an OpenSSH private key with a passphrase",
        Conversion::OpenSsh.help();
    /// An encrypted key of OpenSSH of another type.
    OpenSshEd25519Encrypted: "is-openssh-ed25519-key", "an OpenSSH private key with a passphrase",
        Conversion::OpenSshEd25519.help();
    /// A public key with an authority's signature, as OpenSSH has them.
    OpenSshCertificate: "is-openssh-certificate", "an OpenSSH certificate",
        "Import the private key that it was made for: the file of the same name without `-cert.pub`";
    /// A key that stays in a security key, smart card or TPM; the file only refers to it.
    HardwareKey: "is-hardware-key", "a reference to a key that stays in a security key, smart card or TPM",
        "Create a key as a file for the service user in your provider's console and import that";
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
    Age: "is-age-key", "a file of `age`, which encrypts and doesn't sign",
        CREATE;
    /// A key of minisign or signify.
    Minisign: "is-minisign-key", "a minisign or signify key, which signs files",
        CREATE;
    /// A key or connection of a VPN: WireGuard, OpenVPN.
    Vpn: "is-vpn-key", "a VPN's key or connection",
        CREATE;
    /// An RSA private key as .NET writes it.
    XmlKey: "is-xml-key", "an RSA private key as .NET's XML",
        "Save it as PEM with .NET's `ExportPkcs8PrivateKeyPem` and import that";
    /// A PKCS#12 file, `.p12` or `.pfx` (RFC 7292).
    Pkcs12: "is-pkcs12", "a PKCS#12 file",
        Conversion::Pkcs12.help();
    /// A PKCS#12 file whose encryption OpenSSL 3 counts as legacy.
    OldPkcs12: "is-old-pkcs12", "a PKCS#12 file in an old encryption",
        Conversion::OldPkcs12.help();
    /// A PKCS#12 file or a Java keystore as base64 text.
    KeystoreText: "is-keystore-text", "a keystore as base64 text",
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
    /// A document of an office program, PDF or RTF.
    Document: "is-document", "a document (PDF, RTF or of an office program)",
        "Open it, copy the key from its `BEGIN` line to its `END` line and paste that";
    /// A picture.
    Picture: "is-picture", "a picture",
        DOWNLOAD;
    /// A web page.
    WebPage: "is-web-page", "a web page",
        DOWNLOAD;
    /// ZITADEL's key of an application.
    ApplicationKey: "is-application-key", "an application's key, which authenticates introspection and can't mint; a service user's key is needed",
        "Create a key for a service user in your provider's console and import that";
    /// A JWK without private part (RFC 7517 §4).
    PublicJwk: "is-public-jwk", "a public key as JWK",
        PRIVATE_HALF;
    /// A JWK set without private parts (RFC 7517 §5).
    PublicJwkSet: "is-public-key-set", "a set of public keys, as a server publishes it",
        CREATE;
    /// A JWK that is meant for encryption (RFC 7517 §4.2, §4.3).
    EncryptionJwk: "is-encryption-jwk", "a JWK for encryption, which can't sign",
        "Create a signing key for the service user in your provider's console and import that";
    /// A JWK set with private parts.
    PrivateJwkSet: "is-server-key-set", "a set of private keys without a user, as a server keeps it to sign its own tokens",
        "Put it back on the server, let nobody else have it, and create a key for the service user instead";
    /// A JWK of a shared secret (`oct`).
    SymmetricJwk: "is-symmetric-jwk", "a shared secret as JWK",
        "Create a key pair for the service user in your provider's console and import its private key";
    /// ZITADEL's answer to the API call that makes a key.
    ZitadelApiAnswer: "is-api-answer", "ZITADEL's answer to a new key, but the key file packed in it is incomplete",
        "Import the whole answer unchanged, or create a new key";
    /// A Google OAuth client, as which people sign in.
    GoogleOauthClient: "is-google-oauth-client", "a Google OAuth client, which people sign in with",
        SERVICE_ACCOUNT;
    /// Another of Google's credential files: user, workload identity.
    GoogleOther: "is-google-credentials", "a Google credentials file without a service account's key",
        SERVICE_ACCOUNT;
    /// The settings of an app that uses Firebase: `google-services.json`, `GoogleService-Info.plist`.
    FirebaseApp: "is-firebase-app", "a Firebase app's settings file, which has no credential for servers in it",
        "Create a private key in Firebase's console, under Project settings, Service accounts, and import that";
    /// A key of App Store Connect with its ids, as fastlane keeps it.
    AppStoreConnect: "is-app-store-connect-key", "an App Store Connect key, which Apple's tools sign their own tokens with",
        "Use it with fastlane or Apple's tools: App Store Connect has no token endpoint to mint from";
    /// A service account's authorized key of Yandex Cloud.
    YandexKey: "is-yandex-key", "an authorized key of Yandex Cloud, whose token service doesn't speak OAuth",
        "Use it with Yandex Cloud's own tools, or import a key file of a server that mints OAuth tokens";
    /// A project of Adobe's developer console without a server-to-server credential.
    AdobeProject: "is-adobe-project", "an Adobe Developer Console project without a server-to-server credential",
        "Add an OAuth Server-to-Server credential to the project, download the project again and import that";
    /// An Entra service principal whose certificate and key are in another file.
    AzureCertificateFile: "is-azure-certificate-file", "an Entra service principal whose key is in another file",
        "Import the PEM file that `fileWithCertAndPrivateKey` names: it holds the key and the certificate";
    /// An AWS access key.
    AwsAccessKey: "is-aws-access-key", "an AWS access key, which AWS's tools sign each request with",
        "Use it with AWS's tools, or import a key file of a server that mints OAuth tokens";
    /// A kubeconfig.
    Kubeconfig: "is-kubeconfig", "a kubeconfig, which `kubectl` signs in to a cluster with",
        CREATE;
    /// What a server answers to a request that failed.
    ErrorAnswer: "is-error-answer", "a server's error message, not a key file", DOWNLOAD;
    /// A server's discovery document (RFC 8414, OpenID Connect Discovery).
    Discovery: "is-discovery", "a server's discovery document",
        "Enter its `issuer` as the issuer of an environment, and import the service user's key file";
    /// A server's SAML metadata.
    SamlMetadata: "is-saml-metadata", "SAML metadata, which holds certificates and no private key",
        CREATE;
    /// What Raystack Frontier tells of a service user, without a credential.
    FrontierServiceUser: "is-frontier-service-user", "Frontier's description of a service user, without a credential",
        "Create a key or a secret for the service user and import the answer, which holds it";
    /// Keycloak's adapter settings without a secret.
    KeycloakSettings: "is-keycloak-settings", "a Keycloak adapter's settings without a client secret",
        "Set the client's authenticator to `Client Id and Secret` in Keycloak's console and download the settings again, or import its key as PEM";
    /// Keycloak's adapter settings whose key is in a Java keystore beside them.
    KeycloakKeystore: "is-keycloak-keystore", "a Keycloak adapter's settings, whose key is in the keystore that they name",
        Conversion::NamedKeystore.help();
    /// A person's own login at Google, with a refresh token.
    GoogleUser: "is-google-user", "a person's own Google login (gcloud)", SERVICE_ACCOUNT;
    /// How a person signs in at Google through a workforce pool.
    GoogleLoginConfig: "is-google-login-config",
        "a Google login configuration, which says where people sign in and holds no credential", SERVICE_ACCOUNT;
    /// How a workload elsewhere proves itself to Google.
    GoogleFederation: "is-google-federation",
        "a Google workload identity configuration, which names where to get a credential and holds none", SERVICE_ACCOUNT;
    /// How somebody acts as a Google service account.
    GoogleImpersonation: "is-google-impersonation",
        "a Google login that acts as a service account and has no key of it", SERVICE_ACCOUNT;
    /// A client that proves itself by a certificate over mTLS (RFC 8705 §2).
    MtlsClient: "is-mtls-client",
        "a client that authenticates with a certificate over mTLS; its key doesn't sign assertions",
        "Create a client secret or a signing key for the client in your provider's console and import that";
    /// A file whose values a program keeps encrypted: SOPS, Ansible Vault, Sealed Secrets.
    EncryptedFile: "is-encrypted-file", "a file that SOPS, Ansible Vault or Sealed Secrets encrypted",
        "Decrypt it with the program that encrypted it, or get the original, and import that";
    /// A private key with its ids in a notation that isn't read, so that they would be lost.
    UnreadIds: "is-unread-key-file", "a private key with its ids, written in a way that Mintage can't read",
        "Import the key file itself without what's around it, or paste the private key alone and enter its ids";
    /// A Kubernetes Secret without a key file in it.
    KubernetesSecret: "is-kubernetes-secret", "a Kubernetes Secret without a key file in it",
        "Choose the Secret that holds the key file, with its `data`";
    /// A value of Terraform's without a key file in it.
    TerraformValue: "is-terraform-value", "a Terraform value without a key file in it",
        "Choose the output or the state that holds the key file";
    /// A token or a token response.
    Token: "is-token", "a token",
        "Open it in the inspector, or import the key file that it was minted with";
}
