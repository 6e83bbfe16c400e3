//! TLS handshakes made by ourselves, so that their outcome is typed at birth.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, VerifierBuilderError, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate;
use super::tcp::tcp_info;
use crate::model::Timestamp;
use crate::model::outcome::{Certificate, HandshakeOutcome};

/// The one TLS configuration of the probe.
#[derive(Debug, Clone)]
pub struct Tls {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
}

impl Tls {
    /// # Errors
    ///
    /// No roots to verify with.
    pub fn new(roots: Arc<RootCertStore>) -> Result<Self, VerifierBuilderError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build()?;
        Ok(Tls { provider, verifier })
    }

    /// The configuration for connections whose certificate need not be remembered.
    ///
    /// # Errors
    ///
    /// The provider lacks the protocol versions, which it does not.
    pub fn client_config(&self) -> Result<ClientConfig, Error> {
        self.config_with(self.verifier.clone())
    }

    fn config_with(&self, verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, Error> {
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        // Each act is measured on its own: a resumed handshake would flatter the next.
        config.resumption = Resumption::disabled();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Completes a handshake as a client of `host`, within `bound`.
    pub async fn handshake(
        &self,
        stream: TcpStream,
        host: &str,
        bound: Duration,
    ) -> (HandshakeOutcome, Option<TlsStream<TcpStream>>) {
        // An IPv6 address stands in brackets where a host may (RFC 3986 section 3.2.2), and without in a certificate.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let Ok(name) = ServerName::try_from(bare.to_owned()) else {
            return (HandshakeOutcome::Failed { reason: "the host is not a name that TLS can verify".into() }, None);
        };
        let recorder = Arc::new(Recorder { verifier: self.verifier.clone(), seen: Mutex::default() });
        let config = match self.config_with(recorder.clone()) {
            Ok(config) => config,
            Err(error) => return (HandshakeOutcome::Failed { reason: error.to_string() }, None),
        };
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
        match timeout(bound, connecting).await {
            Ok(Ok(stream)) => (completed(&stream, recorder.certificate()), Some(stream)),
            Ok(Err(error)) => (failed(&error, recorder.certificate()), None),
            Err(_) => (HandshakeOutcome::TimedOut, None),
        }
    }
}

fn completed(stream: &TlsStream<TcpStream>, certificate: Option<Certificate>) -> HandshakeOutcome {
    let (tcp, session) = stream.get_ref();
    let version = match session.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    };
    let cipher = session.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite())).unwrap_or_default();
    HandshakeOutcome::Completed { version, cipher, certificate, tcp: tcp_info(tcp) }
}

fn failed(error: &io::Error, certificate: Option<Certificate>) -> HandshakeOutcome {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(problem)) => refused_certificate(problem, certificate),
        Some(Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        )) => HandshakeOutcome::NoCommonParameters { reason: "the server refused every version or cipher".into() },
        Some(Error::AlertReceived(alert)) => HandshakeOutcome::Alert { alert: format!("{alert:?}") },
        Some(Error::PeerIncompatible(why)) => HandshakeOutcome::NoCommonParameters { reason: format!("{why:?}") },
        Some(Error::InvalidMessage(_)) => HandshakeOutcome::NotTls,
        Some(other) => HandshakeOutcome::Failed { reason: other.to_string() },
        None => match error.kind() {
            ErrorKind::UnexpectedEof => HandshakeOutcome::Closed,
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                HandshakeOutcome::Reset
            }
            ErrorKind::TimedOut => HandshakeOutcome::TimedOut,
            _ => HandshakeOutcome::Failed { reason: error.to_string() },
        },
    }
}

fn refused_certificate(problem: &CertificateError, certificate: Option<Certificate>) -> HandshakeOutcome {
    let now = Timestamp(i64::try_from(UnixTime::now().as_secs()).unwrap_or(i64::MAX));
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            HandshakeOutcome::Expired { certificate, now }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            HandshakeOutcome::NotYetValid { certificate, now }
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            HandshakeOutcome::NameMismatch { certificate }
        }
        // A root that is known by name and has another key is another root.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            HandshakeOutcome::UnknownIssuer { certificate }
        }
        // A self-signed certificate is usually marked as an authority too, and refused for that.
        _ if certificate.as_ref().is_some_and(|it| it.self_signed) => HandshakeOutcome::UnknownIssuer { certificate },
        other => HandshakeOutcome::BadCertificate { reason: other.to_string(), certificate },
    }
}

/// Remembers the server's certificate, also when it is refused: its issuer names an interceptor.
#[derive(Debug)]
struct Recorder {
    verifier: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<Certificate>>,
}

impl Recorder {
    fn certificate(&self) -> Option<Certificate> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = certificate::read(end_entity);
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// Completes a handshake as a client of `host` with a server whose certificate is for `name`.
    fn greeted(host: &str, name: &str) -> HandshakeOutcome {
        let issued = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(issued.cert.der().clone()).unwrap();
        let tls = Tls::new(Arc::new(roots)).unwrap();
        let key = rustls_pki_types::PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()).into();
        let server = rustls::ServerConfig::builder_with_provider(tls.provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![issued.cert.der().clone()], key)
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let serving = async {
                let (stream, _) = listener.accept().await.unwrap();
                let _ = TlsAcceptor::from(Arc::new(server)).accept(stream).await;
            };
            let greeting = async {
                let stream = TcpStream::connect(address).await.unwrap();
                tls.handshake(stream, host, Duration::from_secs(5)).await.0
            };
            tokio::join!(greeting, serving).0
        })
    }

    #[test]
    fn names_and_addresses_are_verified() {
        for host in ["store.example", "127.0.0.1", "[2001:db8::1]"] {
            let name = host.trim_matches(['[', ']']);
            let outcome = greeted(host, name);
            assert!(matches!(outcome, HandshakeOutcome::Completed { .. }), "{host}: {outcome:?}");
        }
        for (host, name) in [("store.example", "other.example"), ("[2001:db8::2]", "2001:db8::1")] {
            let outcome = greeted(host, name);
            assert!(matches!(outcome, HandshakeOutcome::NameMismatch { .. }), "{host}: {outcome:?}");
        }
        let outcome = greeted("no name", "store.example");
        assert!(matches!(outcome, HandshakeOutcome::Failed { .. }), "{outcome:?}");
    }
}
