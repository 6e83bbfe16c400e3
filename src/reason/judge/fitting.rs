//! Whether a code can be of what the text names.

use super::foreign::is_foreign;
use super::hop::Hop;
use super::layers_begun::have_begun;
use super::own_host::{is_own, names_registry};
use crate::model::AddressClass;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;
use crate::reason::vocabulary::Service;

/// The service that the text is of, where it tells.
pub fn service(parsed: &Parsed) -> Option<Service> {
    Hop::of(parsed, None).map(Hop::service)
}

/// Whether the code can be of that service; of any where the text does not tell.
pub fn is_of_service(code: &str, service: Option<Service>) -> bool {
    use Service::{Ecr, Logs, S3, Secrets, Ssm};
    let of: &[Service] = match code {
        "INIT-01" => &[Secrets],
        "INIT-02" => &[Ssm],
        "INIT-03" | "INIT-04" | "INIT-12" | "INIT-17" => &[Secrets, Ssm],
        "INIT-05" | "INIT-06" | "INIT-13" | "INIT-14" | "INIT-15" | "INIT-16" => &[Logs],
        "KMS-01" | "THR-01" | "THR-02" => &[Ecr],
        _ => match code.split('-').next() {
            Some("ECR" | "HUB" | "IMG" | "PTC" | "PUB") => &[Ecr],
            Some("LYR") => &[Ecr, S3],
            _ => return true,
        },
    };
    service.is_none_or(|service| of.contains(&service))
}

/// Whether the text names one of these hosts, or no registry at all.
fn names(kinds: &[HostKind], parsed: &Parsed) -> bool {
    use HostKind::{DockerHub, LayerStore, OtherRegistry, PublicEcr, Registry};
    let any = |kinds: &[HostKind]| kinds.iter().any(|kind| parsed.names(*kind));
    any(kinds) || !any(&[Registry, PublicEcr, DockerHub, OtherRegistry, LayerStore]) && !names_registry(parsed)
}

/// `false` for what only ECR has, where the text is of other registries alone.
pub fn is_of_registry(code: &str, parsed: &Parsed) -> bool {
    use HostKind::{DockerHub, LayerStore, PublicEcr, Registry};
    match code {
        "ECR-01" | "ECR-02" => names(&[Registry, PublicEcr], parsed),
        "TOK-03" | "TOK-04" => names(&[Registry, PublicEcr], parsed),
        "RTE-11" => names(&[Registry, LayerStore], parsed),
        "IMG-13" | "PTC-01" | "PTC-02" | "PTC-03" | "PTC-04" | "PTC-05" => names(&[Registry], parsed),
        "KMS-01" => names(&[Registry, LayerStore], parsed),
        // A name without a registry is Docker Hub's; Docker takes a host without a repository for one.
        "IMG-03" => names(&[DockerHub, Registry], parsed),
        _ => true,
    }
}

/// `false` where the text names registries, and none of which the code could be, or another service.
pub fn fits(code: &str, service: Option<Service>, parsed: &Parsed) -> bool {
    use HostKind::{Cdn, DockerHub, LayerStore, OtherRegistry, PublicEcr, Registry};
    let of = |kinds: &[HostKind]| names(kinds, parsed);
    let private = parsed.address_class().map(|class| matches!(class, AddressClass::Vpc | AddressClass::Elsewhere));
    if parsed.address.as_ref().is_some_and(|known| is_own(known.address))
        && ["SG-", "RTE-0"].iter().any(|it| code.starts_with(it))
    {
        return false;
    }
    // Nothing says that it is AWS that was asked.
    if parsed.hosts.is_empty()
        && is_foreign(parsed)
        && matches!(code, "SG-01" | "SG-02" | "SG-05" | "RTE-03" | "RTE-04")
    {
        return false;
    }
    // The registry had the image, and let the client have its manifest.
    if matches!(code, "IMG-01" | "IMG-02" | "IMG-03") && have_begun(parsed) {
        return false;
    }
    match (code, private) {
        ("SG-01" | "SG-02" | "DNS-08", Some(false)) | ("RTE-01" | "RTE-02", Some(true)) => return false,
        _ => {}
    }
    let fits = match code {
        "HUB-01" | "HUB-02" => of(&[DockerHub, Cdn]),
        "PUB-01" | "PUB-02" => of(&[PublicEcr]),
        "THR-01" | "THR-02" | "IAM-01" | "IAM-02" | "IAM-03" | "IAM-04" | "IAM-05" | "IAM-09" | "IAM-10" | "VPE-01"
        | "VPE-02" | "SG-01" | "TOK-02" | "DNS-03" => of(&[Registry]),
        "RTE-03" | "RTE-04" | "RTE-05" | "SG-04" | "VPE-04" | "VPE-05" | "VPE-06" | "VPE-08" => {
            of(&[Registry, LayerStore, PublicEcr])
        }
        "IAM-12" | "IMG-03" => of(&[DockerHub, OtherRegistry]),
        "TOK-01" | "IAM-13" => of(&[Registry, PublicEcr]),
        "CFG-04" => parsed.hosts.iter().any(|host| host.name.contains(".dkr-ecr")),
        _ => true,
    };
    fits && is_of_registry(code, parsed) && is_of_service(code, service)
}
