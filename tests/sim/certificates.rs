//! The certificates that the servers show, as facts: the loopback world makes real ones of them.

use std::net::IpAddr;

use ecr_probe::model::Role;

use super::aws::{self, Host};
use super::world::{NOW, Service, TlsFault, World, untranslated};

const DAY: i64 = 86_400;

/// Registries and stores besides private ECR that AWS runs.
const AMAZONS: [&str; 2] = ["public.ecr.aws", ".cloudfront.net"];

/// Who signed a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    Amazon,
    /// One of Amazon's authorities that the client's bundle does not have.
    AmazonNew,
    /// Another public authority.
    Public,
    /// A company that inspects TLS.
    Inspector,
    /// One that the client knows.
    InspectorTrusted,
    Itself,
}

impl Issuer {
    /// Organization and common name; the country is `US`.
    pub fn name(self) -> Option<(&'static str, &'static str)> {
        match self {
            Issuer::Amazon => Some(("Amazon", "Amazon RSA 2048 M02")),
            Issuer::AmazonNew => Some(("Amazon", "Amazon RSA 2048 M04")),
            Issuer::Public => Some(("Google Trust Services", "WE1")),
            Issuer::Inspector => Some(("Zscaler Inc.", "Zscaler Intermediate Root CA")),
            Issuer::InspectorTrusted => Some(("Example Corp", "Example Corp TLS Inspection CA")),
            Issuer::Itself => None,
        }
    }
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub common_name: String,
    pub names: Vec<String>,
    pub issuer: Issuer,
    /// Seconds since the epoch, by the true clock of the world, [`NOW`].
    pub not_before: i64,
    pub not_after: i64,
}

/// The certificate that a client of `host` is shown at `address`: by a service's endpoint, or by the
/// host's own server. `turn` connections went there before.
pub fn shown(world: &World, host: &str, address: IpAddr, turn: u32) -> Facts {
    let own = aws::host(world, host);
    let at_endpoint = world.vpc.endpoint_at(untranslated(address)).map(|(service, _)| service);
    let fault = world.tls_fault(own.role, address, turn);
    let (common_name, names) = match (fault, at_endpoint) {
        (Some(TlsFault::WrongName), _) => ("mirror.corp.example".to_owned(), vec!["mirror.corp.example".to_owned()]),
        (_, Some(service)) if service.role() != own.role => names_of_endpoint(world, service),
        _ => (host.to_owned(), names(host, &own)),
    };
    let issuer = match fault {
        Some(TlsFault::Intercepted) => Issuer::Inspector,
        Some(TlsFault::InterceptedTrusted) => Issuer::InspectorTrusted,
        Some(TlsFault::OldBundle) => Issuer::AmazonNew,
        Some(TlsFault::SelfSigned) => Issuer::Itself,
        _ if !own.role.is_aws() && !AMAZONS.iter().any(|domain| host.ends_with(domain)) => Issuer::Public,
        _ => Issuer::Amazon,
    };
    let (not_before, not_after) = match fault {
        Some(TlsFault::Expired) => (NOW - 400 * DAY, NOW - 5 * DAY),
        Some(TlsFault::NotYetValid) => (NOW + 2 * DAY, NOW + 397 * DAY),
        _ => (NOW - 60 * DAY, NOW + 335 * DAY),
    };
    Facts { common_name, names, issuer, not_before, not_after }
}

fn names(host: &str, read: &Host) -> Vec<String> {
    let Some(region) = read.region.as_deref().filter(|_| read.classic) else { return vec![host.to_owned()] };
    let domain = aws::domains(region).ipv4;
    match read.role {
        Role::EcrDkr => vec![format!("*.dkr.ecr.{region}.{domain}")],
        Role::S3 => vec![format!("s3.{region}.{domain}"), format!("*.s3.{region}.{domain}")],
        _ => vec![host.to_owned()],
    }
}

fn names_of_endpoint(world: &World, service: Service) -> (String, Vec<String>) {
    let region = world.region();
    let domain = aws::domains(region).ipv4;
    let host = match service {
        Service::EcrApi => format!("api.ecr.{region}.{domain}"),
        Service::EcrDkr => format!("dkr.ecr.{region}.{domain}"),
        Service::S3 => format!("s3.{region}.{domain}"),
        other => format!("{}.{region}.{domain}", other.role().name()),
    };
    (host.clone(), vec![host.clone(), format!("*.{host}")])
}
