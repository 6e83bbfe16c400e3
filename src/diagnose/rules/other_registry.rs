//! Registries on the internet that no endpoint leads to, with the hosts that their tokens and layers come from:
//! PUB-01 for public ECR, HUB-02 for Docker Hub.

use super::{commands, words};
use crate::aws::{EcrHost, Partition, Variant, registry_host};
use crate::diagnose::addresses::{self, Side};
use crate::diagnose::{Case, Contact, Draft, Host, Need};
use crate::model::outcome::{LayerUrlOutcome, ReferenceOutcome};
use crate::model::{Act, Blank, Command, Fix, Mode, Role, Stage, Word};

rule!(PUB_01, "PUB-01", "public-ecr-unreachable", Need::Connections, public_ecr);
rule!(HUB_02, "HUB-02", "docker-hub-unreachable", Need::Connections, docker_hub);

/// Public ECR's host, and its dual-stack one.
const PUBLIC_ECR: [&str; 2] = ["public.ecr.aws", "ecr-public.aws.com"];
/// Where Docker Hub's images come from, whatever the reference calls it, and its tokens.
const DOCKER_HUB: [&str; 2] = ["registry-1.docker.io", "auth.docker.io"];

/// `public.ecr.aws`
pub fn is_public_ecr(host: &str) -> bool {
    PUBLIC_ECR.contains(&host)
}

/// One of Docker Hub's hosts.
pub fn is_docker_hub(host: &str) -> bool {
    DOCKER_HUB.contains(&host)
}

/// Whether one of those two sends clients to this host for layers.
pub fn serves(case: &Case<'_>, store: &Host<'_>) -> bool {
    leads_to(case, store, |host| is_public_ecr(host) || is_docker_hub(host))
}

/// Whether a registry of such a name sends clients to this host for layers.
fn leads_to(case: &Case<'_>, store: &Host<'_>, from: impl Fn(&str) -> bool) -> bool {
    case.evidence.iter().any(|it| {
        matches!(&it.act, Act::LayerUrl(LayerUrlOutcome::Redirected { host, port, .. })
            if *host == store.target.host && *port == store.target.port)
            && it.target.as_ref().is_some_and(|target| from(&target.host))
    })
}

/// Whether the host is one of those two, which public DNS has had for years.
pub fn is_well_known(host: &Host<'_>) -> bool {
    is_public_ecr(&host.target.host) || is_docker_hub(&host.target.host)
}

fn public_ecr(case: &Case<'_>) -> Vec<Draft> {
    let image = image_of(case, |outcome| matches!(outcome, ReferenceOutcome::PublicEcr));
    let region = addresses::own_region(case);
    let rule = Fix::run(CACHE, &commands::create_public_ecr_rule(region));
    let draft = unreachable(case, &PUBLIC_ECR, "and no VPC endpoint leads to public ECR's images", image);
    draft.map(|draft| with_a_way_out(case, draft.fix(rule))).into_iter().collect()
}

fn docker_hub(case: &Case<'_>) -> Vec<Draft> {
    let image = image_of(case, |outcome| matches!(outcome, ReferenceOutcome::DockerHub));
    let rule = Fix::run(CACHE, &commands::create_docker_hub_rule(addresses::own_region(case)));
    let draft = unreachable(case, &DOCKER_HUB, "and no VPC endpoint leads to Docker Hub", image);
    draft.map(|draft| with_a_way_out(case, draft.fix(rule))).into_iter().collect()
}

const CACHE: &str =
    "or let ECR fetch and keep it: a pull-through cache rule, whose first pull of an image needs a way out once";

/// The hosts of these names, and those that they send clients to for layers, that swallow every SYN. What DNS64 made their
/// addresses of is the matter of RTE-16.
fn lost_at<'h, 'e>(case: &'h Case<'e>, names: &[&str]) -> Vec<(&'h Host<'e>, Vec<&'h Contact<'e>>)> {
    let is_there = |host: &&Host<'_>| match host.role() {
        Role::Registry => names.contains(&host.target.host.as_str()),
        Role::Cdn => leads_to(case, host, |registry| names.contains(&registry)),
        _ => false,
    };
    let hosts = case.hosts.iter().filter(is_there);
    let lost = hosts.map(|host| (host, addresses::timed_out(host)));
    let is_translated = |(host, contacts): &(&Host<'_>, Vec<&Contact<'_>>)| {
        contacts.iter().any(|it| addresses::side(host, it) == Side::Translated)
    };
    lost.filter(|it| !it.1.is_empty() && !is_translated(it)).collect()
}

fn image_of<'e>(case: &Case<'e>, is_there: fn(&ReferenceOutcome) -> bool) -> Option<&'e str> {
    let images = case.evidence.iter().filter(|it| matches!(&it.act, Act::Reference(outcome) if is_there(outcome)));
    images.filter_map(|it| it.subject.as_deref()).next()
}

/// Whether the internet is reached otherwise, so that not the subnet but something on the way keeps the registry out.
fn is_way_out(case: &Case<'_>) -> bool {
    let leads_out = |host: &&Host<'_>| {
        let is_out = |it: &Contact<'_>| it.connected() && (!host.role().is_aws() || addresses::is_public(host, it));
        host.role() != Role::S3 && host.contacts.iter().any(is_out)
    };
    case.hosts.iter().any(|host| leads_out(&host))
}

fn unreachable(case: &Case<'_>, names: &[&str], why: &str, image: Option<&str>) -> Option<Draft> {
    let lost = lost_at(case, names);
    let hosts: Vec<&Host<'_>> = lost.iter().map(|(host, _)| *host).collect();
    let contacts: Vec<&Contact<'_>> = lost.iter().flat_map(|(_, contacts)| contacts).copied().collect();
    let first = hosts.first()?;
    let (who, does) = (words::hosts(&hosts), words::verb(hosts.len(), "does", "do"));
    let (it, its) = if hosts.len() == 1 { ("it", "its") } else { ("them", "their") };
    let from = if case.vantage.mode == Mode::Host { "here" } else { "this subnet" };
    let summary = if is_way_out(case) {
        format!("{who} {does} not answer, although the internet does: something on the way keeps {it} out")
    } else {
        format!("{who} {does} not answer: there is no way out to the internet from {from}, {why}")
    };
    let addresses = match contacts.len() {
        1 => format!("{its} one address"),
        _ => format!("any of {its} addresses"),
    };
    let draft = Draft::error(Stage::Route, first.target.to_string(), summary)
        .likely(format!("no SYN to {addresses} was answered"))
        .cite(hosts.iter().filter_map(|host| host.answer()).map(|(observation, _)| observation))
        .cite(contacts.iter().map(|contact| contact.connect.0))
        .fix(copied_into_ecr(case, image));
    Some(if is_way_out(case) { draft.or(&["ACL-02"]) } else { draft.or(&["RTE-02", "RTE-06", "ACL-02"]) })
}

/// A copy of the image is in a registry that VPC endpoints lead to.
pub fn copied_into_ecr(case: &Case<'_>, image: Option<&str>) -> Fix {
    let region = addresses::own_region(case);
    let copy = copy_of(case.vantage.account.as_deref(), region).then("/").then(Blank::REPOSITORY);
    let copy = copy.then(":").then(Blank::IMAGE_TAG);
    let create = Command::of("aws ecr create-repository").region(region).option("--repository-name", Blank::REPOSITORY);
    let from = image.map_or_else(|| Blank::IMAGE.into(), Word::from);
    Fix::run(
        "copy the image into private ECR, from a place that has the internet, and name the copy in the task definition",
        &create.and(Command::of("docker buildx imagetools create").option("--tag", copy).operand(from)),
    )
}

/// The account's own registry.
fn copy_of(account: Option<&str>, region: &str) -> Word {
    let known = account.map(|account| registry_host(account, region, Variant::default()));
    match known.filter(|host| EcrHost::parse(host).is_some()) {
        Some(host) => host.into(),
        None => {
            let suffix = Partition::of_region(region).dns_suffix;
            Word::from(Blank::ACCOUNT_ID).then(".dkr.ecr.").then(Word::region(region)).then(".").then(suffix)
        }
    }
}

fn with_a_way_out(case: &Case<'_>, draft: Draft) -> Draft {
    if is_way_out(case) {
        draft.fix(Fix::advice("or let TCP 443 through the firewall, ACL or security group that keeps it out"))
    } else {
        draft.fix(Fix::run(
            "or give the subnet a way out: a NAT gateway in a public subnet, and a default route to it",
            &commands::default_route(addresses::own_region(case)),
        ))
    }
}
