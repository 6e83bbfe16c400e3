//! Nothing answers at an address, or at one that is not told: who may be to blame.

use super::answer::Answer;
use super::foreign::{is_foreign, is_private};
use super::hop::Hop;
use crate::model::{AddressClass, KnownAddress, Stage};
use crate::ranges::translated;
use crate::reason::host_kind::HostKind;
use crate::reason::parsed::Parsed;

/// The way from the task to the hop is dead.
pub fn lost(parsed: &Parsed, hop: Hop) -> Answer {
    let at =
        parsed.address.as_ref().map(|known| format!(" at {} ({})", known.address, owner(known))).unwrap_or_default();
    let stage = match hop.stage() {
        of @ (Stage::TaskStart | Stage::Credentials) => of,
        _ => Stage::Route,
    };
    let answer = Answer::at(stage, format!("{} did not answer the task{at}", hop.title()));
    if parsed.address.as_ref().is_some_and(|known| translated(known.address).is_some()) {
        return not_translated(answer);
    }
    match hop {
        Hop::Unnamed if is_foreign(parsed) => {
            no_way_out(answer, "RTE-01", "the registry is outside of AWS, and nothing of it answers")
        }
        Hop::Api | Hop::Registry | Hop::Unnamed => ecr(answer, parsed, hop),
        Hop::Sts => ecr(answer, parsed, hop).possible("IAM-13", "or nothing else in the credential chain gave any"),
        Hop::LayerStore => layer_store(answer, parsed),
        Hop::Upstream => {
            answer.proven("PTC-03", "the layer comes from the upstream's own store, to which the task needs a way out")
        }
        Hop::BlobStore => {
            no_way_out(answer, "LYR-07", "the registry sends clients there for layers, and no endpoint serves it")
        }
        Hop::PublicEcr => no_way_out(
            answer,
            "PUB-01",
            "no VPC endpoint serves public.ecr.aws: it takes a NAT gateway or a public address",
        ),
        Hop::DockerHub => no_way_out(
            answer,
            "HUB-02",
            "no VPC endpoint serves Docker Hub: it takes a NAT gateway or a public address",
        )
        .or(if parsed.names(HostKind::Cdn) {
            &[("PTC-03", "or the image is one of a pull-through cache, which has not stored its layers yet")]
        } else {
            &[]
        }),
        Hop::OtherRegistry => no_way_out(answer, "RTE-01", "the registry is outside, and nothing of it answers"),
        Hop::SecretsManager => service(answer, parsed, "INIT-01"),
        Hop::Ssm => service(answer, parsed, "INIT-02"),
        Hop::Logs => service(answer, parsed, "INIT-05"),
        Hop::EnvFiles => answer.likely("INIT-11", "environment files come from S3, by the way that layers take").or(&[
            ("RTE-03", "there may be no S3 gateway endpoint"),
            ("RTE-04", "or it is not on the subnet's route table"),
            ("SG-04", "or the task's security group lets nothing out to S3's prefix list"),
        ]),
    }
}

/// Whose the address is, in a few words.
fn owner(known: &KnownAddress) -> String {
    match (known.class, &known.s3_region) {
        (AddressClass::S3, Some(region)) => format!("S3 in {region}"),
        (AddressClass::S3, None) => "S3".to_owned(),
        (AddressClass::Aws, _) => "a public address of AWS".to_owned(),
        (AddressClass::Vpc, _) => "in the VPC".to_owned(),
        (AddressClass::AwsOrVpc, _) => "in AWS's ranges for EC2: public, or in a VPC".to_owned(),
        (AddressClass::Elsewhere, _) if is_private(known.address) => {
            "a private address: likely a VPC endpoint".to_owned()
        }
        (AddressClass::Elsewhere, _) => "a public address that is not AWS's".to_owned(),
    }
}

fn ecr(answer: Answer, parsed: &Parsed, hop: Hop) -> Answer {
    match parsed.address_class() {
        Some(AddressClass::Vpc | AddressClass::Elsewhere) => endpoint(answer),
        Some(AddressClass::AwsOrVpc) => of_either_side(answer),
        Some(AddressClass::Aws | AddressClass::S3) => answer
            .likely("RTE-01", "the name resolved to a public address, and there is no way out to it")
            .or(&[
                ("DNS-03", "an endpoint exists, but its private DNS is off"),
                ("DNS-02", "or the VPC's DNS host names are off"),
                ("DNS-04", "or a name server of your own does not know the endpoint"),
                ("RTE-02", "a public subnet, and the task has no public address"),
                ("RTE-06", "the route to the NAT gateway is a black hole"),
                ("SG-03", "the task's security group lets nothing out"),
                ("ACL-01", "a network ACL drops it"),
            ])
            .or(match hop {
                Hop::Registry => &[("DNS-11", "only one of ECR's two endpoints exists")],
                _ => &[],
            }),
        None => answer
            .likely(
                "RTE-01",
                "the text does not tell the address; without endpoints it is public, and there is no way out to it",
            )
            .or(&[
                ("SG-01", "with endpoints: their security group does not let the task in"),
                ("RTE-02", "a public subnet, and the task has no public address"),
                ("SG-03", "the task's security group lets nothing out"),
                ("DNS-03", "an endpoint exists, but its private DNS is off"),
                ("ACL-01", "a network ACL drops it"),
                ("DNS-02", "the VPC's DNS host names are off"),
                ("DNS-04", "a name server of your own does not know the endpoint"),
            ]),
    }
}

/// An IPv6 address of which the text does not tell whether it is a service's or a VPC's.
fn of_either_side(answer: Answer) -> Answer {
    answer.or(&[
        (
            "RTE-01",
            "if the address is public: the subnet has no route for IPv6, such as an egress-only internet gateway",
        ),
        ("DNS-12", "if the name is a dual-stack one: private DNS of an endpoint may not hold it, so it stays public"),
        ("SG-01", "if the address is an endpoint's: its security group does not let the task in"),
        ("SG-03", "the task's own security group lets no IPv6 out"),
        ("ACL-01", "a network ACL drops it on the way there or back"),
    ])
}

/// An address that DNS64 made.
fn not_translated(answer: Answer) -> Answer {
    answer
        .likely("RTE-16", "the name server made the address of an IPv4 one (DNS64), and no NAT gateway translates it")
        .or(&[
            ("RTE-06", "the route to the NAT gateway is a black hole"),
            ("SG-03", "the task's security group lets nothing out to it"),
            ("ACL-01", "a network ACL drops it"),
        ])
}

/// An address inside somebody's VPC that does not answer.
fn endpoint(answer: Answer) -> Answer {
    answer.likely("SG-01", "the name resolved to an endpoint, and its security group does not let the task in").or(&[
        ("SG-03", "the task's own security group lets nothing out to it"),
        ("ACL-01", "a network ACL drops it on the way there or back"),
        ("SG-02", "the endpoint has another security group than the one that was opened"),
        ("RTE-08", "the endpoint is in another VPC, and there is no way back"),
        ("SG-05", "the group allows the wrong port, source or address family"),
        ("DNS-08", "the record is stale, and nobody holds the address any more"),
    ])
}

fn layer_store(answer: Answer, parsed: &Parsed) -> Answer {
    match parsed.address_class() {
        Some(AddressClass::Vpc | AddressClass::Elsewhere) => endpoint(answer),
        Some(AddressClass::AwsOrVpc) => of_either_side(answer),
        _ => answer
            .likely(
                "RTE-03",
                "manifests came and layers do not: there is no S3 gateway endpoint, and no other way to S3",
            )
            .or(&[
                ("SG-04", "the task's security group lets nothing out to S3's prefix list"),
                ("RTE-04", "the gateway endpoint is not on the route table of the task's subnet"),
                ("RTE-05", "a more specific route takes S3's addresses elsewhere"),
                ("ACL-02", "a network ACL drops S3's public addresses"),
                ("RTE-06", "the route to the NAT gateway is a black hole"),
            ]),
    }
}

fn no_way_out(answer: Answer, code: &'static str, why: &str) -> Answer {
    answer.likely(code, why).or(&[
        ("RTE-02", "a public subnet, and the task has no public address"),
        ("SG-03", "the task's security group lets nothing out"),
        ("RTE-01", "there is no NAT gateway, or no route to it"),
        ("ACL-01", "a network ACL drops it"),
    ])
}

fn service(answer: Answer, parsed: &Parsed, code: &'static str) -> Answer {
    if let Some(AddressClass::Vpc | AddressClass::Elsewhere) = parsed.address_class() {
        return answer.likely(code, "its endpoint does not answer").or(&[
            ("SG-06", "the endpoint's security group does not let the task in"),
            ("SG-03", "the task's security group lets nothing out"),
            ("ACL-01", "a network ACL drops it"),
        ]);
    }
    answer.likely(code, "there is no endpoint of it, and no other way to it").or(&[
        ("SG-06", "an endpoint exists, and its security group does not let the task in"),
        ("RTE-01", "there is no NAT gateway, or no route to it"),
        ("SG-03", "the task's security group lets nothing out"),
        ("ACL-01", "a network ACL drops it"),
        ("DNS-07", "its endpoint is new, and names still lead to public addresses"),
    ])
}
