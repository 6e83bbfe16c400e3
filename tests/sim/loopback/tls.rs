//! Certificates that read like AWS's, and like those of others, made anew for each world.

use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;

use super::super::certificates::{Facts, Issuer};
use super::super::world::NOW;

/// The authorities of the world.
#[derive(Debug)]
pub struct Authorities {
    known: Vec<(Issuer, CertifiedIssuer<'static, KeyPair>)>,
    /// Each certificate is made once.
    made: Mutex<Vec<(Facts, Arc<ServerConfig>)>>,
}

impl Authorities {
    pub fn new() -> Authorities {
        let all = [Issuer::Amazon, Issuer::AmazonNew, Issuer::Public, Issuer::Inspector, Issuer::InspectorTrusted];
        Authorities {
            known: all.into_iter().map(|issuer| (issuer, authority(issuer))).collect(),
            made: Mutex::default(),
        }
    }

    /// What the client trusts, as PEM: Amazon, another, and the inspector that is known to it.
    pub fn bundle(&self) -> String {
        let trusted = |issuer: &Issuer| matches!(issuer, Issuer::Amazon | Issuer::Public | Issuer::InspectorTrusted);
        self.known.iter().filter(|(issuer, _)| trusted(issuer)).map(|(_, authority)| authority.pem()).collect()
    }

    /// A server that shows such a certificate. `now` is the server's clock.
    pub fn server(&self, facts: &Facts, now: i64) -> Result<Arc<ServerConfig>, rcgen::Error> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, server)) = made.iter().find(|(of, _)| of == facts) {
            return Ok(server.clone());
        }
        let server = self.make(facts, now)?;
        made.push((facts.clone(), server.clone()));
        Ok(server)
    }

    fn make(&self, facts: &Facts, now: i64) -> Result<Arc<ServerConfig>, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(facts.names.clone())?;
        params.distinguished_name = named(None, &facts.common_name);
        params.not_before = moment(facts.not_before, now);
        params.not_after = moment(facts.not_after, now);
        params.use_authority_key_identifier_extension = true;
        let certificate = match self.known.iter().find(|(issuer, _)| *issuer == facts.issuer) {
            Some((_, authority)) => params.signed_by(&key, authority)?,
            None => params.self_signed(&key)?,
        };
        Ok(serving(certificate.der().clone(), &key))
    }

    /// A server whose certificate is no certificate.
    pub fn malformed(&self) -> Result<Arc<ServerConfig>, rcgen::Error> {
        let nonsense = CertificateDer::from(vec![0x30, 0x03, 0x02, 0x01, 0x2a]);
        Ok(serving(nonsense, &KeyPair::generate()?))
    }
}

fn authority(issuer: Issuer) -> CertifiedIssuer<'static, KeyPair> {
    let (organization, name) = issuer.name().expect("an authority has a name");
    let mut params = CertificateParams::default();
    params.distinguished_name = named(Some(organization), name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().expect("ring makes keys");
    CertifiedIssuer::self_signed(params, key).expect("these parameters can be signed")
}

fn named(organization: Option<&str>, name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    if let Some(organization) = organization {
        distinguished.push(DnType::CountryName, "US");
        distinguished.push(DnType::OrganizationName, organization);
    }
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// The facts go by the world's clock; certificates must go by the host's.
fn moment(by_world: i64, now: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(by_world - NOW + now).expect("a time of this millennium")
}

fn serving(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("rcgen writes PEM");
    let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("ring takes rcgen's keys");
    // Not checked against one another: a malformed certificate must be possible.
    let resolver = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}
