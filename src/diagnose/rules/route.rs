//! Packets to public AWS addresses that nothing answers: RTE-01 for ECR, with DNS-11 where the other host of
//! ECR has an endpoint, DNS-12 where the name is one that endpoints do not hold, and RTE-10 where the image is in
//! another Region; RTE-03 for the layer store.

use std::net::IpAddr;

use super::{commands, ipv6_route, words};
use crate::aws::{EcrHost, Service, Variant, registry_host};
use crate::diagnose::addresses::{self, Side, UnansweredHosts};
use crate::diagnose::{Case, Contact, Draft, Host, Need};
use crate::model::outcome::ResolveOutcome;
use crate::model::{AddressClass, Blank, Command, Fix, Mode, Observation, Role, Stage, Word};

rule!(RTE_01, "RTE-01", "no-route-to-ecr", Need::Connections, no_route_to_ecr);
rule!(DNS_11, "DNS-11", "one-endpoint-of-two", Need::Connections, one_endpoint_of_two);
rule!(DNS_12, "DNS-12", "dual-stack-name-bypasses-endpoint", Need::Connections, dual_stack_name);
rule!(RTE_10, "RTE-10", "image-in-another-region", Need::Connections, image_in_another_region);
rule!(RTE_03, "RTE-03", "no-route-to-layer-store", Need::LayerStore, no_route_to_layers);

fn no_route_to_ecr(case: &Case<'_>) -> Vec<Draft> {
    use Surroundings::{DualStackName, OneEndpoint, OtherRegion};
    let mut drafts =
        of_ecr(case, |surroundings| !matches!(surroundings, OneEndpoint | DualStackName(_) | OtherRegion(_)));
    drafts.extend(ipv6_route::of_either_side(case));
    drafts
}

fn one_endpoint_of_two(case: &Case<'_>) -> Vec<Draft> {
    of_ecr(case, |surroundings| matches!(surroundings, Surroundings::OneEndpoint))
}

fn dual_stack_name(case: &Case<'_>) -> Vec<Draft> {
    of_ecr(case, |surroundings| matches!(surroundings, Surroundings::DualStackName(_)))
}

fn image_in_another_region(case: &Case<'_>) -> Vec<Draft> {
    of_ecr(case, |surroundings| matches!(surroundings, Surroundings::OtherRegion(_)))
}

/// The same silence means different things: each rule takes its own.
fn of_ecr(case: &Case<'_>, fits: fn(&Surroundings<'_>) -> bool) -> Vec<Draft> {
    let of_ecr = |host| if addresses::is_ecr(host) { addresses::timed_out_public(host) } else { Vec::new() };
    let lost = UnansweredHosts::by_region(case, of_ecr).map(|lost| (Surroundings::of(case, &lost), lost));
    lost.filter(|(surroundings, _)| fits(surroundings)).map(|(it, lost)| no_way_out(case, &lost, &it)).collect()
}

/// What is seen beside public addresses of ECR's that are silent.
enum Surroundings<'e> {
    /// This name server, which is not asked first, gives an endpoint's address for the same name.
    OtherServer(IpAddr, &'e Observation),
    /// Other public addresses of AWS answer.
    WayOut,
    /// The same answer has an endpoint's address too.
    Mixed,
    /// The other host of ECR has an endpoint.
    OneEndpoint,
    /// It has, and this name is a dual-stack one, whose IPv4 registry is this.
    DualStackName(String),
    /// The task is in this Region, the image in another.
    OtherRegion(&'e str),
    /// Nothing; with what else may be, by the names and settings alone.
    Nothing(Vec<&'static str>),
}

impl<'e> Surroundings<'e> {
    fn of(case: &Case<'e>, lost: &UnansweredHosts<'_, 'e>) -> Self {
        let siblings =
            case.hosts.iter().filter(|it| addresses::is_ecr(it) && addresses::region_of(case, it) == lost.region);
        let at_endpoint = |host: &Host<'_>| host.contacts.iter().any(|it| addresses::is_private(host, it));
        if let Some((server, observation)) = private_elsewhere(&lost.hosts) {
            Surroundings::OtherServer(server, observation)
        } else if siblings.clone().any(|host| host.contacts.iter().any(|it| leads_out(host, it))) {
            Surroundings::WayOut
        } else if lost.hosts.iter().any(|host| at_endpoint(host)) {
            Surroundings::Mixed
        } else if siblings.clone().any(at_endpoint) {
            let dual_stack = lost.hosts.iter().find_map(|host| ipv4_registry(host));
            dual_stack.map_or(Surroundings::OneEndpoint, Surroundings::DualStackName)
        } else if let Some(own) = addresses::other_region(case, lost.region) {
            Surroundings::OtherRegion(own)
        } else {
            // On a host nothing tells in which Region it is; what it is set up for is a hint.
            let set_elsewhere = case.vantage.region.as_deref().is_some_and(|set| set != lost.region);
            let dual_stack = lost.hosts.iter().any(|host| ipv4_registry(host).is_some());
            let more = [("RTE-10", set_elsewhere), ("DNS-12", dual_stack)];
            Surroundings::Nothing(more.into_iter().filter(|(_, may_be)| *may_be).map(|(code, _)| code).collect())
        }
    }

    fn summary(&self, case: &Case<'_>, names: &str, count: usize, region: &str) -> String {
        let resolves = words::verb(count, "resolves", "resolve");
        let to_public = format!("{names} {resolves} to public AWS addresses");
        match self {
            Surroundings::WayOut => format!("{to_public} that do not answer, although others do"),
            Surroundings::OneEndpoint => {
                format!("{to_public}, to which there is no way out, while ECR's other host has a VPC endpoint")
            }
            Surroundings::DualStackName(_) => {
                format!(
                    "the dual-stack name {to_public}, to which there is no way out, while ECR's API has a VPC endpoint"
                )
            }
            Surroundings::OtherRegion(own) => {
                format!("the image is in {region} and the task in {own}: {to_public}, and there is no way out to them")
            }
            _ if case.vantage.mode == Mode::Lambda => {
                format!("{to_public}, and there is no way out to them for this function, which has no public address")
            }
            _ => format!("{to_public}, and there is no way out to them from this subnet"),
        }
    }

    /// What they add to the reason, the causes that look the same, and what to do first.
    fn judge(&self, case: &Case<'_>, draft: Draft, reason: String, region: &str) -> Draft {
        match self {
            Surroundings::OtherServer(server, observation) => draft
                .likely(format!(
                    "{reason}; the name server {server} gives an endpoint's address for the same name, and is not asked first"
                ))
                .cite([*observation])
                .or(&["DNS-04"])
                .fix(words::amazon_dns(case)),
            Surroundings::WayOut => draft.likely(reason).or(&["RTE-05", "ACL-02"]).fix(words::routes(case)),
            Surroundings::Mixed => draft
                .likely(format!(
                    "{reason}; the same answer has an endpoint's address too, as when private DNS has just been turned on"
                ))
                .or(&["DNS-07", "DNS-04"])
                .fix(endpoints(region)),
            Surroundings::OneEndpoint => draft
                .likely(format!(
                    "{reason}; the other ECR host resolves to an endpoint, so this one's is missing, or its private DNS is off"
                ))
                .or(&["DNS-03", "DNS-04", "VPE-07", "RTE-01"])
                .fix(endpoints(region)),
            Surroundings::DualStackName(registry) => draft
                .likely(format!(
                    "{reason}; the API's name resolves to an endpoint, and private DNS of an endpoint may cover the IPv4 name of the registry only"
                ))
                .or(&["DNS-11", "DNS-03", "DNS-04"])
                .fix(Fix::advice(format!(
                    "name the image by {registry}, which the endpoint's private DNS covers: it is the same registry"
                )))
                .fix(endpoints(region)),
            Surroundings::OtherRegion(own) => draft
                .likely(format!("{reason}; an endpoint serves the names of its own Region only, and here that is {own}"))
                .or(&["RTE-02", "RTE-06", "ACL-01"])
                .fix(across_regions(own)),
            Surroundings::Nothing(more) => draft
                .likely(reason)
                .or(&["DNS-02", "DNS-03", "DNS-04", "RTE-02", "RTE-06", "ACL-01"])
                .or(more)
                .fix(endpoints(region)),
        }
    }
}

fn no_way_out(case: &Case<'_>, lost: &UnansweredHosts<'_, '_>, surroundings: &Surroundings<'_>) -> Draft {
    let region = lost.region;
    let count = lost.hosts.len();
    let names = words::hosts(&lost.hosts);
    let siblings = || case.hosts.iter().filter(|it| addresses::is_ecr(it) && addresses::region_of(case, it) == region);
    let way_out = siblings().any(|host| host.contacts.iter().any(|it| leads_out(host, it)));
    let endpoint = siblings().any(|host| host.contacts.iter().any(|it| addresses::is_private(host, it)));
    let no_endpoint_would_help = matches!(surroundings, Surroundings::OtherRegion(_) | Surroundings::DualStackName(_));

    let summary = surroundings.summary(case, &names, count, region);
    let reason = format!(
        "{} of AWS's public ranges and no SYN to {} was answered",
        words::verb(lost.contacts.len(), "the address is", "the addresses are"),
        words::verb(lost.contacts.len(), "it", "any of them"),
    );
    let draft = Draft::error(Stage::Route, names, summary).cite(lost.observations());
    let mut draft = surroundings.judge(case, draft, reason, region);
    // The layer store is behind the same missing way out.
    let stores: Vec<&Contact<'_>> = case
        .hosts_of(Role::S3)
        .filter(|it| !way_out && !endpoint && addresses::is_s3(it) && addresses::region_of(case, it) == region)
        .flat_map(addresses::timed_out_public)
        .collect();
    draft = draft.cover(stores.iter().map(|contact| contact.connect.0));
    if !way_out && !no_endpoint_would_help {
        for service in lost.hosts.iter().filter_map(|host| Service::of(host.role())) {
            draft = draft.fix(create_endpoint(region, service));
        }
        if !stores.is_empty() {
            draft = draft
                .fix(create_gateway(region, "and the S3 gateway endpoint, which the layers take (it costs nothing)"));
        }
    }
    if !way_out {
        // The route is that of the task, wherever the image is.
        let here = match surroundings {
            Surroundings::OtherRegion(own) => own,
            _ => region,
        };
        draft = draft.fix(Fix::run(
            "or give the subnet a way out: a NAT gateway in a public subnet, and a default route to it",
            &commands::default_route(here),
        ));
    }
    match lost.at_odd_port() {
        Some(host) => draft.or(&["CFG-03"]).fix(words::drop_port(host.target)),
        None => draft,
    }
}

/// An address that AWS announces and that answers: a NAT or internet gateway is there.
fn leads_out(host: &Host<'_>, contact: &Contact<'_>) -> bool {
    let is_public = match addresses::side(host, contact) {
        Side::Public => true,
        Side::Translated => contact.class.is_public_aws(),
        Side::Private | Side::Unknown => false,
    };
    contact.connected() && is_public
}

/// The IPv4 name of the registry that the host is the dual-stack name of.
fn ipv4_registry(host: &Host<'_>) -> Option<String> {
    let EcrHost { account, region, .. } = EcrHost::parse(&host.target.host).filter(|it| it.dual_stack)?;
    Some(registry_host(&account, &region, Variant::default()))
}

fn across_regions(own: &str) -> Fix {
    Fix::advice(format!("replicate the repository to {own} and name the image of that Region in the task definition"))
}

/// A name server whose answer is not public, beside the one that is asked first.
fn private_elsewhere<'e>(hosts: &[&Host<'e>]) -> Option<(IpAddr, &'e Observation)> {
    let is_private = |outcome: &ResolveOutcome| {
        let addresses = outcome.addresses();
        !addresses.is_empty() && addresses.iter().all(|known| known.class.is_private())
    };
    let answers = hosts.iter().flat_map(|host| host.resolves.iter());
    answers.filter(|(_, outcome)| is_private(outcome)).find_map(|(it, _)| Some((it.address?, *it)))
}

fn endpoints(region: &str) -> Fix {
    let endpoints =
        commands::endpoints(region).query("VpcEndpoints[].[ServiceName,VpcEndpointId,State,PrivateDnsEnabled]").table();
    Fix::run("see which endpoints the VPC has, and whether their private DNS is on", &endpoints)
}

fn create_endpoint(region: &str, service: Service) -> Fix {
    Fix::run(
        match service {
            Service::EcrApi => "create the endpoint of the ECR API if it is missing",
            _ => {
                "create the endpoint of the registry if it is missing (the layers need an S3 gateway endpoint besides)"
            }
        },
        &commands::create_interface_endpoint(region, service),
    )
}

fn create_gateway(region: &str, does: &str) -> Fix {
    let create = Command::of("aws ec2 create-vpc-endpoint")
        .region(region)
        .option("--vpc-id", Blank::VPC_ID)
        .words("--vpc-endpoint-type Gateway")
        .option("--service-name", Service::S3.endpoint_service(region))
        .option("--route-table-ids", Blank::ROUTE_TABLE_ID);
    Fix::run(does.to_owned(), &create)
}

fn no_route_to_layers(case: &Case<'_>) -> Vec<Draft> {
    let of_store = |host| if addresses::is_s3(host) { addresses::timed_out_public(host) } else { Vec::new() };
    UnansweredHosts::by_region(case, of_store).map(|lost| no_layers(case, &lost)).collect()
}

fn no_layers(case: &Case<'_>, lost: &UnansweredHosts<'_, '_>) -> Draft {
    let region = lost.region;
    let names = words::hosts(&lost.hosts);
    let all_s3 = lost.contacts.iter().all(|contact| contact.class == AddressClass::S3);
    let mut reason = if all_s3 { "the name resolves to S3's published addresses, as it does with a gateway endpoint, and no SYN to them was answered" } else { "the name resolves to public AWS addresses and no SYN to them was answered" }
    .to_owned();
    let from = if case.vantage.mode == Mode::Lambda { words::this(case) } else { "this subnet" };
    let summary = format!("the layer store {names} cannot be reached: S3's addresses do not answer from {from}");
    let draft = Draft::error(Stage::Route, names, summary).cite(lost.observations());
    // ECR in public is reached through a NAT gateway, and so would S3 be if nothing singled it out.
    let nat =
        case.hosts.iter().any(|host| addresses::is_ecr(host) && host.contacts.iter().any(|it| leads_out(host, it)));
    if nat {
        reason.push_str("; other public addresses of AWS answer, so something singles out S3");
        return draft
            .likely(reason)
            .or(&["SG-04", "RTE-05", "ACL-02"])
            .fix(prefix_list(region))
            .fix(egress(region))
            .fix(words::routes(case));
    }
    let draft = match addresses::other_region(case, region) {
        Some(own) => {
            reason.push_str(&format!(
                "; the image is in {region} and the task in {own}, and a gateway endpoint serves its own Region only"
            ));
            draft.likely(reason).or(&["RTE-10", "SG-04", "ACL-02"]).fix(across_regions(own))
        }
        None => {
            let none = "if there is none, create the gateway endpoint on the route table of the task's subnet (it costs nothing)";
            let draft = draft.likely(reason).or(&["RTE-04", "SG-04", "ACL-02"]);
            draft.fix(gateways(region)).fix(create_gateway(region, none)).fix(add_route_table(region))
        }
    };
    draft.fix(prefix_list(region)).fix(egress(region))
}

fn gateways(region: &str) -> Fix {
    let endpoints = commands::endpoints_of(region, [Service::S3])
        .query("VpcEndpoints[].[VpcEndpointId,VpcEndpointType,State,RouteTableIds]");
    Fix::run("see whether the VPC has an S3 endpoint, and on which route tables", &endpoints)
}

fn add_route_table(region: &str) -> Fix {
    Fix::run(
        "if it is on other route tables only, add that of the task's subnet (RTE-04)",
        &commands::modify_endpoint(region).option("--add-route-table-ids", Blank::ROUTE_TABLE_ID),
    )
}

fn prefix_list(region: &str) -> Fix {
    // A gateway endpoint's prefix list has the name of its service.
    let service = Service::S3.endpoint_service(region);
    let find = Command::of("aws ec2 describe-managed-prefix-lists")
        .region(region)
        .filters([("prefix-list-name", service.into())])
        .query("PrefixLists[].PrefixListId")
        .text();
    Fix::run("find S3's prefix list", &find)
}

fn egress(region: &str) -> Fix {
    let to_list = Word::from("IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{PrefixListId=")
        .then(Blank::PREFIX_LIST_ID)
        .then("}]");
    Fix::run(
        "let the task's security group out to it, if its egress is restricted (SG-04)",
        &commands::let_out(region).option("--ip-permissions", to_list),
    )
}
