//! Certificates: a chain that reads like Amazon's, and the broken ones.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

/// A root with one issuing certificate under it, as AWS's public chains have.
pub struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    issuing: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// The names that AWS's own chains carry.
    pub fn amazon() -> Authority {
        Authority::new("Amazon", "Amazon Root CA 1", "Amazon RSA 2048 M02")
    }

    /// A TLS inspector's authority, which nothing trusts.
    pub fn inspector() -> Authority {
        Authority::new("Example Corp", "Example Corp Root", "Example Corp TLS Inspection")
    }

    fn new(organization: &str, root: &str, issuing: &str) -> Authority {
        let root = CertifiedIssuer::self_signed(issuer(organization, root), key()).expect("a root certificate");
        let issuing = CertifiedIssuer::signed_by(issuer(organization, issuing), key(), &root);
        Authority { root, issuing: issuing.expect("an issuing certificate") }
    }

    /// Writes the root's certificate, for clients to trust.
    pub fn write_root(&self, file: &Path) {
        std::fs::write(file, self.root.pem()).expect("the root certificate can be written");
    }

    /// Writes chain and key into one file, as haproxy reads them.
    pub fn write_leaf(&self, names: &[&str], validity: Validity, file: &Path) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut leaf = CertificateParams::new(names.clone()).expect("names that a certificate can hold");
        leaf.distinguished_name = distinguished(None, &names[0]);
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let now = OffsetDateTime::now_utc();
        (leaf.not_before, leaf.not_after) = match validity {
            Validity::Now => (now - Duration::days(1), now + Duration::days(30)),
            Validity::Past => (now - Duration::days(400), now - Duration::days(3)),
        };
        let key = key();
        let leaf = leaf.signed_by(&key, &self.issuing).expect("a leaf certificate");
        let text = [leaf.pem(), self.issuing.pem(), key.serialize_pem()].concat();
        std::fs::write(file, text).expect("the certificate can be written");
    }
}

#[derive(Clone, Copy)]
pub enum Validity {
    Now,
    Past,
}

fn issuer(organization: &str, name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished(Some(organization), name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn distinguished(organization: Option<&str>, name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    if let Some(organization) = organization {
        distinguished.push(DnType::CountryName, "US");
        distinguished.push(DnType::OrganizationName, organization);
    }
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
