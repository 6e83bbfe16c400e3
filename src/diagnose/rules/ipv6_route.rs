//! IPv6 addresses that nothing answers at: RTE-16 where DNS64 made them, and a part of RTE-01 where they may be a VPC's.

use super::{commands, words};
use crate::aws::EcrHost;
use crate::diagnose::addresses::{self, Side, UnansweredHosts};
use crate::diagnose::{Case, Contact, Draft, Host, Need};
use crate::model::{Blank, Command, Fix, Stage, Strength};

rule!(RTE_16, "RTE-16", "nat64-route-missing", Need::Connections, nat64);

/// The route through which a NAT gateway gets packets for IPv4 to translate.
pub fn to_nat64(case: &Case<'_>) -> Command {
    commands::route_to_nat(addresses::own_region(case), "--destination-ipv6-cidr-block", "64:ff9b::/96")
}

fn nat64(case: &Case<'_>) -> Vec<Draft> {
    UnansweredHosts::by_region(case, |host| addresses::on_side(host, Side::Translated))
        .map(|lost| not_translated(case, &lost))
        .collect()
}

fn not_translated(case: &Case<'_>, lost: &UnansweredHosts<'_, '_>) -> Draft {
    let names = words::hosts(&lost.hosts);
    let summary = format!(
        "{names} {} to IPv4 addresses in IPv6 form, and nothing answers: no NAT gateway translates for this subnet",
        words::verb(lost.hosts.len(), "resolves", "resolve"),
    );
    Draft::error(Stage::Route, names, summary)
        .likely(format!(
            "the name server made {} of IPv4 addresses (DNS64), and no SYN through 64:ff9b::/96 was answered",
            words::addresses(&lost.contacts),
        ))
        .cite(lost.observations())
        .or(&["RTE-06", "SG-03", "ACL-01"])
        .fix(words::routes(case))
        .fix(Fix::run(
            "if 64:ff9b::/96 is not among them, add it, with a NAT gateway in a subnet that has IPv4",
            &to_nat64(case),
        ))
}

/// Of these hosts, which VPC endpoints serve, no side is certain: RTE-01 gives them, and names the other causes.
pub fn of_either_side(case: &Case<'_>) -> Vec<Draft> {
    fn lost<'h, 'e>(host: &'h Host<'e>) -> Vec<&'h Contact<'e>> {
        let is_served = addresses::is_ecr(host) || addresses::is_s3(host);
        if is_served { addresses::on_side(host, Side::Unknown) } else { Vec::new() }
    }
    UnansweredHosts::by_region(case, lost).map(|lost| either(case, &lost)).collect()
}

fn either(case: &Case<'_>, lost: &UnansweredHosts<'_, '_>) -> Draft {
    let region = addresses::own_region(case);
    let names = words::hosts(&lost.hosts);
    let (resolve, are) = if lost.hosts.len() == 1 { ("resolves", "it is") } else { ("resolve", "they are") };
    let summary = format!(
        "{names} {resolve} to IPv6 addresses that do not answer; whether {are} public or in a VPC cannot be told"
    );
    let is_dual_stack = |host: &&Host<'_>| EcrHost::parse(&host.target.host).is_some_and(|it| it.dual_stack);
    let dual_stack = lost.hosts.iter().any(is_dual_stack);
    Draft::error(Stage::Route, names, summary)
        .strength(
            Strength::Possible,
            format!(
                "{} in the ranges that AWS publishes for EC2, which hold addresses of VPCs and of services alike; a public one takes a route for IPv6, an endpoint's a security group that lets the task in",
                words::verb(lost.contacts.len(), "the address is", "the addresses are"),
            ),
        )
        .cite(lost.observations())
        .or(if dual_stack { &["DNS-12", "SG-01", "SG-03", "ACL-01"] } else { &["SG-01", "DNS-12", "SG-03", "ACL-01"] })
        .fix(words::owner(region, &lost.contacts))
        .fix(Fix::run(
            "if nobody in the account holds it, it is public: give the subnet a way out for IPv6",
            &Command::of("aws ec2 create-egress-only-internet-gateway").region(region).option("--vpc-id", Blank::VPC_ID),
        ))
        .fix(Fix::run(
            "and lead the default route of IPv6 to it",
            &Command::of("aws ec2 create-route")
                .region(region)
                .option("--route-table-id", Blank::ROUTE_TABLE_ID)
                .words("--destination-ipv6-cidr-block ::/0")
                .option("--egress-only-internet-gateway-id", Blank::of("EGRESS_ONLY_GATEWAY_ID")),
        ))
}
