//! Phrases and fixes that several rules share.

use crate::diagnose::addresses::HTTPS;
use crate::diagnose::{Contact, Host};
use crate::model::{Fix, Role, Target};

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let mut unique: Vec<String> = Vec::new();
    for part in parts {
        if !unique.iter().any(|known| known == part.as_ref()) {
            unique.push(part.as_ref().to_owned());
        }
    }
    match unique.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The hosts by name.
pub fn hosts(hosts: &[&Host<'_>]) -> String {
    list(hosts.iter().map(|host| host.target.to_string()))
}

/// The addresses of contacts: S3 answers with eight, and the table below shows them all.
pub fn addresses(contacts: &[&Contact<'_>]) -> String {
    const MOST: usize = 4;
    let named = contacts.iter().map(|contact| contact.address.to_string());
    match contacts.len().checked_sub(MOST).filter(|more| *more > 1) {
        Some(more) => list(named.take(MOST).chain([format!("{more} more")])),
        None => list(named),
    }
}

/// `does` or `do`, after a list of so many.
pub fn verb<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

/// How the VPC's own resolver becomes the one that is asked.
pub fn amazon_dns(region: &str) -> Fix {
    Fix::fill_in(
        "let the VPC's own resolver answer, for every task that starts from now on (this takes the place of the whole set of DHCP options: carry over what else is in it)",
        format!(
            "aws ec2 associate-dhcp-options --region {region} --vpc-id VPC_ID --dhcp-options-id $(aws ec2 create-dhcp-options --region {region} --dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS --query DhcpOptions.DhcpOptionsId --output text)"
        ),
    )
}

/// A command that runs as it stands, unless the Region is not known.
pub fn in_region(region: &str, does: &str, command: String) -> Fix {
    match region {
        "REGION" => Fix::fill_in(does, command),
        _ => Fix::ready(does, command),
    }
}

/// How to see who owns addresses that are not AWS's public ones.
pub fn owner(region: &str, contacts: &[&Contact<'_>]) -> Fix {
    let values = |ipv4: bool| {
        let of_family = contacts.iter().filter(|it| it.address.is_ipv4() == ipv4);
        of_family.map(|it| it.address.to_string()).collect::<Vec<_>>().join(",")
    };
    let (filter, values) = match (values(true), values(false)) {
        (ipv4, _) if !ipv4.is_empty() => ("addresses.private-ip-address", ipv4),
        (_, ipv6) => ("ipv6-addresses.ipv6-address", ipv6),
    };
    in_region(
        region,
        "see whose the address is; where nothing comes back, nobody in this account and Region holds it, and the record is stale",
        format!(
            "aws ec2 describe-network-interfaces --region {region} --filters Name={filter},Values={values} --query 'NetworkInterfaces[].[NetworkInterfaceId,AvailabilityZone,Status,Description,Groups[].GroupId]'"
        ),
    )
}

/// How to see the routes that the task's packets meet.
pub fn routes(region: &str) -> Fix {
    Fix::fill_in(
        "look at the routes of the task's subnet; where nothing comes back, the VPC's main route table is the one",
        format!(
            "aws ec2 describe-route-tables --region {region} --filters Name=association.subnet-id,Values=SUBNET_ID --query 'RouteTables[].[RouteTableId,Routes]' --output json"
        ),
    )
}

/// How to come by the right port.
pub fn drop_port(target: &Target) -> Fix {
    let port = target.port;
    let place = match target.role {
        Role::EcrApi => "AWS_ENDPOINT_URL_ECR",
        _ => "the image reference",
    };
    Fix::advice(format!("take :{port} out of {place}: ECR listens on {HTTPS} only"))
}
