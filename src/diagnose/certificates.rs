//! Whose a certificate is.

use crate::model::outcome::Certificate;

/// Organisations that certify, or have certified, AWS's endpoints.
const AMAZON_ISSUERS: [&str; 4] = ["amazon", "starfield", "digicert", "baltimore"];

/// Whether the issuer is one of the organisations that certify AWS's endpoints.
pub fn from_amazon(certificate: &Certificate) -> bool {
    let issuer = certificate.issuer.to_ascii_lowercase();
    !certificate.self_signed && AMAZON_ISSUERS.iter().any(|name| issuer.contains(name))
}
