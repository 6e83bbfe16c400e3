//! Packets to public AWS addresses that nothing answers: RTE-01 for ECR, RTE-03 for the layer store.

use super::words;
use crate::diagnose::{Case, Contact, Draft, Host, Need, Rule};
use crate::model::outcome::ConnectOutcome;
use crate::model::{AddressClass, Code, Fix, Role, Stage};

pub static RTE_01: Rule = Rule {
    code: Code("RTE-01"),
    name: "no-route-to-ecr",
    page: include_str!("../../../docs/codes/RTE-01.md"),
    need: Need::Connections,
    judge: no_route_to_ecr,
};

pub static RTE_03: Rule = Rule {
    code: Code("RTE-03"),
    name: "no-route-to-layer-store",
    page: include_str!("../../../docs/codes/RTE-03.md"),
    need: Need::LayerStore,
    judge: no_route_to_layers,
};

fn lost(contact: &Contact<'_>) -> bool {
    matches!(contact.connect.1, ConnectOutcome::TimedOut)
}

/// The addresses to which every SYN was lost, all of them public ones of AWS.
fn lost_in_public<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
    host.all_failed(|contact| lost(contact) && contact.class.is_public_aws())
}

fn no_route_to_ecr(case: &Case<'_>) -> Vec<Draft> {
    let dead: Vec<(&Host<'_>, Vec<&Contact<'_>>)> = case
        .hosts
        .iter()
        .filter(|host| matches!(host.role(), Role::EcrApi | Role::EcrDkr))
        .map(|host| (host, lost_in_public(host)))
        .filter(|(_, contacts)| !contacts.is_empty())
        .collect();
    if dead.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<&Host<'_>> = dead.iter().map(|(host, _)| *host).collect();
    let contacts: Vec<&Contact<'_>> = dead.iter().flat_map(|(_, contacts)| contacts.iter().copied()).collect();
    let names = words::hosts(&hosts);
    let count = hosts.len();
    // What lies behind the same missing way out: the layer store, at its public addresses.
    let stores: Vec<&Contact<'_>> = case.hosts_of(Role::S3).flat_map(lost_in_public).collect();
    // The other ECR host answers at an endpoint address: then only one of the endpoints is there.
    let sibling_works = case
        .hosts
        .iter()
        .any(|host| matches!(host.role(), Role::EcrApi | Role::EcrDkr) && host.contacts.iter().any(|it| it.works()));
    let summary = format!(
        "{names} {} to public AWS addresses, and there is no way out to them from this subnet",
        words::verb(count, "resolves", "resolve"),
    );
    let region = case.region();
    let mut draft = Draft::error(Stage::Route, names.clone(), summary)
        .likely(format!(
            "the {} of AWS's public ranges and no SYN to {} was answered",
            words::verb(contacts.len(), "address is", "addresses are"),
            words::verb(contacts.len(), "it", "any of them"),
        ))
        .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
        .cite(contacts.iter().map(|contact| contact.connect.0))
        .cover(stores.iter().map(|contact| contact.connect.0));
    draft = match sibling_works {
        true => draft.or(&["DNS-11", "DNS-03", "DNS-04"]),
        false => draft.or(&["DNS-02", "DNS-03", "DNS-04", "RTE-02", "ACL-01"]),
    };
    vec![
        draft
            .fix(Fix::fill_in(
                "see which endpoints the VPC has, and whether their private DNS is on",
                format!("aws ec2 describe-vpc-endpoints --region {region} --filters Name=vpc-id,Values=VPC_ID --query 'VpcEndpoints[].[ServiceName,State,PrivateDnsEnabled]' --output table"),
            ))
            .fix(Fix::fill_in(
                "create the endpoint that is missing (once for ecr.api and once for ecr.dkr; S3 needs a gateway endpoint besides)",
                format!("aws ec2 create-vpc-endpoint --region {region} --vpc-id VPC_ID --vpc-endpoint-type Interface --service-name com.amazonaws.{region}.ecr.api --subnet-ids SUBNET_ID --security-group-ids ENDPOINT_SECURITY_GROUP --private-dns-enabled"),
            ))
            .fix(Fix::fill_in(
                "or give the subnet a way out: a NAT gateway in a public subnet, and a default route to it",
                format!("aws ec2 create-route --region {region} --route-table-id ROUTE_TABLE_ID --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NAT_GATEWAY_ID"),
            )),
    ]
}

fn no_route_to_layers(case: &Case<'_>) -> Vec<Draft> {
    let region = case.region();
    case.hosts_of(Role::S3)
        .filter_map(|host| {
            let contacts = lost_in_public(host);
            if contacts.is_empty() {
                return None;
            }
            let all_s3 = contacts.iter().all(|contact| contact.class == AddressClass::S3);
            let summary = format!(
                "the layer store {} cannot be reached: S3's addresses have no route out of this subnet",
                host.target
            );
            let reason = match all_s3 {
                true => "the name resolves to S3's published addresses, as it does with a gateway endpoint, and no SYN to them was answered",
                false => "the name resolves to public AWS addresses and no SYN to them was answered",
            };
            Some(
                Draft::error(Stage::Route, host.target.to_string(), summary)
                    .likely(reason)
                    .cite(host.answer().map(|(observation, _)| observation))
                    .cite(contacts.iter().map(|contact| contact.connect.0))
                    .or(&["RTE-04", "SG-04", "ACL-02"])
                    .fix(Fix::fill_in(
                        "create the S3 gateway endpoint on the route table of the task's subnet (it costs nothing)",
                        format!("aws ec2 create-vpc-endpoint --region {region} --vpc-id VPC_ID --vpc-endpoint-type Gateway --service-name com.amazonaws.{region}.s3 --route-table-ids ROUTE_TABLE_ID"),
                    ))
                    .fix(Fix::fill_in(
                        "if there is one, let the task's security group out to S3's prefix list too",
                        format!("aws ec2 describe-managed-prefix-lists --region {region} --filters Name=prefix-list-name,Values=com.amazonaws.{region}.s3 --query 'PrefixLists[].PrefixListId'"),
                    )),
            )
        })
        .collect()
}
