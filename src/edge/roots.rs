//! Which certificate authorities are trusted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject};

/// Where Linux distributions keep their bundle.
const SYSTEM_BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

/// Why a CA bundle gives no roots.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The file cannot be read, or is no PEM.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The bundle.
        path: PathBuf,
        /// What the PEM reader says.
        reason: pem::Error,
    },
    /// No certificate in it can be a root.
    #[error("{}: no certificate in it", path.display())]
    Empty {
        /// The bundle.
        path: PathBuf,
    },
}

/// The named bundle, else `SSL_CERT_FILE`, else the system's, else the roots of the Mozilla
/// program that are built in: the probe needs no file to start.
///
/// # Errors
///
/// A named bundle that cannot be read or holds no certificate.
pub fn load(named: Option<&Path>, ssl_cert_file: Option<&Path>) -> Result<Arc<RootCertStore>, RootsError> {
    if let Some(path) = named {
        return from_file(path);
    }
    let system = SYSTEM_BUNDLES.iter().map(PathBuf::from);
    for path in ssl_cert_file.map(Path::to_path_buf).into_iter().chain(system) {
        match from_file(&path) {
            Ok(store) => return Ok(store),
            Err(error) => tracing::debug!(%error, "no roots from this file"),
        }
    }
    Ok(Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }))
}

fn from_file(path: &Path) -> Result<Arc<RootCertStore>, RootsError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|reason| RootsError::Unreadable { path: path.to_owned(), reason })?;
    let mut store = RootCertStore::empty();
    // A bundle may hold a root that webpki does not take; the rest is still of use.
    let (added, ignored) = store.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(RootsError::Empty { path: path.to_owned() });
    }
    tracing::debug!(added, ignored, path = %path.display(), "roots loaded");
    Ok(Arc::new(store))
}
