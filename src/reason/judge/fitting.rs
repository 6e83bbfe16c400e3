//! Whether a code can be of the registry that the text names.

use super::hop::Hop;
use crate::model::{AddressClass, Stage};
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;

/// `false` where the text names registries, and none of which the code could be.
pub fn fits(code: &str, parsed: &Parsed) -> bool {
    use HostKind::{Cdn, DockerHub, LayerStore, OtherRegistry, PublicEcr, Registry};
    let names = |kinds: &[HostKind]| kinds.iter().any(|kind| parsed.names(*kind));
    let named = names(&[Registry, PublicEcr, DockerHub, OtherRegistry, LayerStore]);
    let of = |kinds: &[HostKind]| !named || names(kinds);
    let private = parsed.address_class().map(|class| matches!(class, AddressClass::Vpc | AddressClass::Elsewhere));
    match (code, private) {
        ("SG-01" | "SG-02" | "DNS-08", Some(false)) | ("RTE-01" | "RTE-02", Some(true)) => return false,
        _ => {}
    }
    let of_start = Hop::of(parsed, None).is_some_and(|hop| hop.stage() == Stage::TaskStart);
    match code {
        "INIT-04" | "INIT-12" | "INIT-17" => Hop::of(parsed, None).is_none() || of_start,
        "PTC-01" | "PTC-04" | "THR-01" | "THR-02" if of_start => false,
        "HUB-01" | "HUB-02" => of(&[DockerHub, Cdn]),
        "PUB-01" | "PUB-02" => of(&[PublicEcr]),
        "THR-01" | "THR-02" | "IAM-01" | "IAM-02" | "IAM-03" | "IAM-04" | "IAM-05" | "IAM-09" | "IAM-10" | "VPE-01"
        | "VPE-02" | "SG-01" | "TOK-02" | "DNS-03" => of(&[Registry]),
        "RTE-03" | "RTE-04" | "RTE-05" | "SG-04" | "VPE-04" | "VPE-05" | "VPE-06" | "VPE-08" => {
            of(&[Registry, LayerStore, PublicEcr])
        }
        "IAM-12" | "IMG-03" => of(&[DockerHub, OtherRegistry]),
        "TOK-01" => of(&[Registry, PublicEcr]),
        "CFG-04" => parsed.hosts.iter().any(|host| host.name.contains(".dkr-ecr")),
        _ => true,
    }
}
