//! A **conversion** is the command that makes a file which Mintage reads out of one that it doesn't.
//!
//! Rule: a test carries out every command here as it is printed, on a file of its kind. So a command names its
//! files as the help does, and asks for passphrases itself, since those don't belong on a command line.

/// The conversions, each with what its help says around the command.
macro_rules! conversions {
    ($($(#[$doc:meta])* $name:ident: $input:literal => $output:literal, $does:literal, $command:literal, $then:literal;)+) => {
        /// A command that converts a file of one kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Conversion { $($(#[$doc])* $name,)+ }

        impl Conversion {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name that the command reads from.
            pub fn input(self) -> &'static str {
                match self { $(Self::$name => $input,)+ }
            }

            /// The name that the command writes to; its input where that is changed in place.
            pub fn output(self) -> &'static str {
                match self { $(Self::$name => $output,)+ }
            }

            /// The command, as a shell takes it.
            pub fn command(self) -> &'static str {
                match self { $(Self::$name => $command,)+ }
            }

            /// The next step: what to do with the command, and with what it makes.
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => concat!($does, " `", $command, "`", $then),)+ }
            }
        }
    };
}

conversions! {
    /// A PKCS#12 file that OpenSSL 3 opens. Certificates stay, since some servers know a key by its certificate.
    Pkcs12: "key.p12" => "key.pem",
        "Convert it with",
        "openssl pkcs12 -in key.p12 -clcerts -out key.pem",
        " and import `key.pem`";
    /// A PKCS#12 file under RC2 or RC4, which OpenSSL 3 opens only with its legacy provider.
    OldPkcs12: "key.p12" => "key.pem",
        "Convert it with",
        "openssl pkcs12 -legacy -in key.p12 -clcerts -out key.pem",
        " (before OpenSSL 3 and on macOS without `-legacy`) and import `key.pem`";
    /// A keystore as base64 text, as Kubernetes, CI variables and Azure Key Vault hold it.
    KeystoreText: "key.b64" => "key.p12",
        "Save the text alone as `key.b64`, decode it with",
        "base64 -d < key.b64 > key.p12",
        " and import `key.p12`";
    /// A Java keystore. What the PKCS#12 file needs next depends on the version of Java that writes it.
    JavaKeystore: "key.jks" => "key.p12",
        "Convert it with",
        "keytool -importkeystore -srckeystore key.jks -destkeystore key.p12 -deststoretype PKCS12",
        ", then import `key.p12` to get the second step";
    /// The same in the format that keytool doesn't recognise by itself in every version.
    JceKeystore: "key.jceks" => "key.p12",
        "Convert it with",
        "keytool -importkeystore -srckeystore key.jceks -srcstoretype JCEKS -destkeystore key.p12 -deststoretype PKCS12",
        ", then import `key.p12` to get the second step";
    /// A Java keystore that settings name.
    NamedKeystore: "keystore.jks" => "key.p12",
        "Convert the keystore with",
        "keytool -importkeystore -srckeystore keystore.jks -destkeystore key.p12 -deststoretype PKCS12",
        ", then import `key.p12` to get the second step";
    /// An encrypted RSA or ECDSA key of OpenSSH; it keeps its passphrase.
    OpenSsh: "copy-of-key" => "copy-of-key",
        "Make a copy that only you can read, convert it with",
        "ssh-keygen -p -m PKCS8 -f copy-of-key",
        " and import the copy";
    /// Any other encrypted key of OpenSSH: ssh-keygen writes Ed25519 in no other format, whatever `-m` says.
    OpenSshEd25519: "copy-of-key" => "copy-of-key",
        "Make a copy that only you can read, remove its passphrase with",
        "ssh-keygen -p -N \"\" -f copy-of-key",
        ", import the copy and delete it";
    /// PuTTY's own format, in every version.
    Putty: "key.ppk" => "key.openssh",
        "Convert it with",
        "puttygen key.ppk -O private-openssh-new -o key.openssh",
        " (on Windows: Conversions, Export OpenSSH key, force new file format) and import `key.openssh`";
    /// The format of SSH.com, which ssh-keygen reads only in part.
    SshCom: "key.ssh2" => "key.openssh",
        "Convert it with",
        "puttygen key.ssh2 -O private-openssh-new -o key.openssh",
        " and import `key.openssh`";
    /// A key whose encryption OpenSSL opens.
    Encrypted: "key.pem" => "key.pkcs8.pem",
        "Save the key alone as `key.pem`, convert it with",
        "openssl pkcs8 -topk8 -v2 aes256 -in key.pem -out key.pkcs8.pem",
        " and import `key.pkcs8.pem`";
    /// A key whose encryption OpenSSL 3 opens only with its legacy provider.
    OldEncrypted: "key.pem" => "key.pkcs8.pem",
        "Save the key alone as `key.pem`, convert it with",
        "openssl pkcs8 -topk8 -v2 aes256 -in key.pem -out key.pkcs8.pem -provider legacy -provider default",
        " (before OpenSSL 3 and on macOS without the providers) and import `key.pkcs8.pem`";
}
