//! Phrases and fixes that several rules share.

use std::net::IpAddr;

use super::commands;
use crate::diagnose::addresses::{self, HTTPS};
use crate::diagnose::{Case, Contact, Host};
use crate::model::{Blank, Command, Fix, Mode, Role, Target, Values};

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

/// A time in milliseconds as seconds: `5.0 s`.
pub fn seconds(milliseconds: f64) -> String {
    format!("{:.1} s", milliseconds / 1e3)
}

/// `once`, `twice`, `3 times`.
pub fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// What the probe is, whose packets are those of a task.
pub fn this(case: &Case<'_>) -> &'static str {
    if case.vantage.mode == Mode::Lambda { "this function" } else { "this task" }
}

/// How the VPC's own resolver becomes the one that is asked.
pub fn amazon_dns(case: &Case<'_>) -> Fix {
    let region = addresses::own_region(case);
    let create = commands::amazon_dhcp_options(region).query("DhcpOptions.DhcpOptionsId").text();
    Fix::run(
        "let the VPC's own resolver answer, for every task that starts from now on (this replaces the whole set of DHCP options: copy its other options too)",
        &Command::of("aws ec2 associate-dhcp-options")
            .region(region)
            .option("--vpc-id", Blank::VPC_ID)
            .option("--dhcp-options-id", create.printed()),
    )
}

/// How to see who owns addresses that are not AWS's public ones.
pub fn owner(region: &str, contacts: &[&Contact<'_>]) -> Fix {
    let (ipv4, ipv6): (Vec<IpAddr>, Vec<IpAddr>) = contacts.iter().map(|it| it.address).partition(IpAddr::is_ipv4);
    let (filter, addresses) =
        if ipv4.is_empty() { ("ipv6-addresses.ipv6-address", ipv6) } else { ("addresses.private-ip-address", ipv4) };
    Fix::run(
        "see whose the address is; where nothing comes back, nobody in this account and Region holds it, and the record is stale (DNS-08) unless the endpoint is another account's",
        &Command::of("aws ec2 describe-network-interfaces")
            .region(region)
            .filters([(filter, Values::any_of(addresses.iter().map(ToString::to_string)))])
            .query("NetworkInterfaces[].[NetworkInterfaceId,AvailabilityZone,Status,Description,Groups[].GroupId]"),
    )
}

/// How to see the routes that the task's packets meet.
pub fn routes(case: &Case<'_>) -> Fix {
    let region = addresses::own_region(case);
    Fix::run(
        "look at the routes of the task's subnet; where nothing comes back, the VPC's main route table is the one",
        &commands::route_tables(region).query("RouteTables[].[RouteTableId,Routes]").words("--output json"),
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
