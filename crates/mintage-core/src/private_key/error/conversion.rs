//! A **conversion** is the command that turns a file that Mintage can't read into one that it can.
//!
//! Rule: a test runs every command here exactly as printed, on a file of its kind. So a command names its files as the
//! help does, and prompts for passphrases itself, since those don't belong on a command line.

/// The conversions, each with what its help says around the command.
macro_rules! conversions {
    ($($(#[$doc:meta])* $name:ident: $input:literal => $output:literal, $does:literal, $command:literal, $then:literal;)+) => {
        /// A command that converts one kind of file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Conversion { $($(#[$doc])* $name,)+ }

        impl Conversion {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name that the command reads from.
            pub fn input(self) -> &'static str {
                match self { $(Self::$name => $input,)+ }
            }

            /// The name that the command writes to; its input if it is changed in place.
            pub fn output(self) -> &'static str {
                match self { $(Self::$name => $output,)+ }
            }

            /// The command, as entered in a shell.
            pub fn command(self) -> &'static str {
                match self { $(Self::$name => $command,)+ }
            }

            /// The next step: what to do with the command, and with its output.
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => concat!($does, " `", $command, "`", $then),)+ }
            }
        }
    };
}

conversions! {
    /// A PKCS#12 file that OpenSSL 3 opens. Certificates are kept, since some servers identify a key by its
    /// certificate.
    Pkcs12: "key.p12" => "key.pem",
        "Convert it with",
        "openssl pkcs12 -in key.p12 -clcerts -out key.pem",
        " and import `key.pem`";
    /// A PKCS#12 file with RC2 or RC4, which OpenSSL 3 opens only with its legacy provider.
    OldPkcs12: "key.p12" => "key.pem",
        "Convert it with",
        "openssl pkcs12 -legacy -in key.p12 -clcerts -out key.pem",
        " (leave out `-legacy` before OpenSSL 3 and on macOS) and import `key.pem`";
    /// A keystore as base64 text, as Kubernetes, CI variables and Azure Key Vault store it.
    KeystoreText: "key.b64" => "key.p12",
        "Save only the text as `key.b64`, decode it with",
        "base64 -d < key.b64 > key.p12",
        " and import `key.p12`";
    /// A Java keystore. What the PKCS#12 file needs next depends on the version of Java that writes it.
    JavaKeystore: "key.jks" => "key.p12",
        "Convert it with",
        "keytool -importkeystore -srckeystore key.jks -destkeystore key.p12 -deststoretype PKCS12",
        ", then import `key.p12` for the next step";
    /// The same in a format that keytool doesn't detect by itself in every version.
    JceKeystore: "key.jceks" => "key.p12",
        "Convert it with",
        "keytool -importkeystore -srckeystore key.jceks -srcstoretype JCEKS -destkeystore key.p12 -deststoretype PKCS12",
        ", then import `key.p12` for the next step";
    /// A Java keystore named by a configuration.
    NamedKeystore: "keystore.jks" => "key.p12",
        "Convert the keystore with",
        "keytool -importkeystore -srckeystore keystore.jks -destkeystore key.p12 -deststoretype PKCS12",
        ", then import `key.p12` for the next step";
    /// An encrypted RSA or ECDSA key of OpenSSH; it keeps its passphrase.
    OpenSsh: "copy-of-key" => "copy-of-key",
        "Make a copy that only you can read, convert it with",
        "ssh-keygen -p -m PKCS8 -f copy-of-key",
        " and import the copy";
    /// Any other encrypted OpenSSH key: ssh-keygen writes Ed25519 in no other format, whatever `-m` says.
    OpenSshEd25519: "copy-of-key" => "copy-of-key",
        "Make a copy that only you can read, remove its passphrase with",
        "ssh-keygen -p -N \"\" -f copy-of-key",
        ", import the copy and delete it";
    /// PuTTY's own format, in every version.
    Putty: "key.ppk" => "key.openssh",
        "Convert it with",
        "puttygen key.ppk -O private-openssh-new -o key.openssh",
        " (on Windows: Conversions, Export OpenSSH key, force new file format) and import `key.openssh`";
    /// The format of SSH.com, which ssh-keygen only partly reads.
    SshCom: "key.ssh2" => "key.openssh",
        "Convert it with",
        "puttygen key.ssh2 -O private-openssh-new -o key.openssh",
        " and import `key.openssh`";
    /// A key whose encryption OpenSSL opens.
    Encrypted: "key.pem" => "key.pkcs8.pem",
        "Save only the key as `key.pem`, convert it with",
        "openssl pkcs8 -topk8 -v2 aes256 -in key.pem -out key.pkcs8.pem",
        " and import `key.pkcs8.pem`";
    /// A key whose encryption OpenSSL 3 opens only with its legacy provider.
    OldEncrypted: "key.pem" => "key.pkcs8.pem",
        "Save only the key as `key.pem`, convert it with",
        "openssl pkcs8 -topk8 -v2 aes256 -in key.pem -out key.pkcs8.pem -provider legacy -provider default",
        " (leave out both `-provider` options before OpenSSL 3 and on macOS) and import `key.pkcs8.pem`";
}
