//! Reading the fields of a certificate that a diagnosis needs.

use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::model::Timestamp;
use crate::model::outcome::Certificate;
use crate::wire::scrub;

/// A certificate may list thousands of names; these are enough to recognise it.
const MOST_NAMES: usize = 20;

/// `None` when the bytes are not an X.509 certificate (RFC 5280).
pub fn read(der: &[u8]) -> Option<Certificate> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let signed = certificate.tbs_certificate;
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    Some(Certificate {
        subject: scrub(&signed.subject.to_string()),
        issuer: scrub(&signed.issuer.to_string()),
        self_signed: signed.subject == signed.issuer,
        names: names(&signed),
        not_before: Timestamp(seconds(signed.validity.not_before)?),
        not_after: Timestamp(seconds(signed.validity.not_after)?),
    })
}

fn names(signed: &x509_cert::TbsCertificate) -> Vec<String> {
    let Ok(Some((_, alternatives))) = signed.get::<SubjectAltName>() else { return Vec::new() };
    let text = |name: &GeneralName| match name {
        GeneralName::DnsName(name) => Some(scrub(name.as_str())),
        GeneralName::IpAddress(bytes) => match bytes.as_bytes() {
            &[a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
            _ => None,
        },
        _ => None,
    };
    alternatives.0.iter().filter_map(text).take(MOST_NAMES).collect()
}
