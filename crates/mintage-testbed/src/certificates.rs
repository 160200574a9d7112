//! Certificates created for every test, good and bad: none can expire in the repository.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// A certificate authority and what it signs.
pub struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    /// A new authority.
    pub fn generate() -> Self {
        let key = KeyPair::generate().expect("a key");
        Self { authority: CertifiedIssuer::self_signed(authority_params(), key).expect("an authority") }
    }

    pub fn authority_pem(&self) -> String {
        self.authority.pem()
    }

    pub fn authority_key_pem(&self) -> String {
        self.authority.key().serialize_pem()
    }

    /// For `localhost`, valid now.
    pub fn good(&self) -> TlsAcceptor {
        self.signed("localhost", |_| {})
    }

    /// For another name of this server.
    pub fn for_host(&self, name: &str) -> TlsAcceptor {
        self.signed(name, |_| {})
    }

    /// For a name other than the server's.
    pub fn for_another_host(&self) -> TlsAcceptor {
        self.signed("other.example.com", |_| {})
    }

    /// Valid until 2021.
    pub fn expired(&self) -> TlsAcceptor {
        self.signed("localhost", |params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
    }

    /// Valid from the year 3000.
    pub fn of_the_future(&self) -> TlsAcceptor {
        self.signed("localhost", |params| params.not_before = date_time_ymd(3000, 1, 1))
    }

    /// Self-signed, and its own PEM.
    pub fn self_signed(&self) -> (TlsAcceptor, String) {
        let key = KeyPair::generate().expect("a key");
        let certificate = server_params("localhost").self_signed(&key).expect("a certificate");
        (acceptor(certificate.der().clone(), &key), certificate.pem())
    }

    /// The authority's own certificate instead of a server's.
    pub fn authority_as_server(&self) -> TlsAcceptor {
        acceptor(self.authority.der().clone(), self.authority.key())
    }

    fn signed(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let mut params = server_params(name);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.authority).expect("a certificate");
        acceptor(certificate.der().clone(), &key)
    }
}

fn authority_params() -> CertificateParams {
    let mut params = server_params("localhost");
    params.distinguished_name.push(DnType::CommonName, "Authority of the tests");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn server_params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("a DNS name")
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS#8");
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider's own versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("key and certificate are a pair");
    TlsAcceptor::from(Arc::new(config))
}
