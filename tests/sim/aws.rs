//! What AWS is like outside the VPC: host names, Regions and public addresses.
//!
//! Written without the probe's own tables, so that the two check one another.

use std::net::{IpAddr, Ipv6Addr};

use ecr_probe::model::Role;

use super::world::{Network, World};

/// The Regions that the simulated AWS has.
const REGIONS: [&str; 17] = [
    "eu-west-1",
    "eu-west-2",
    "eu-central-1",
    "eu-north-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "eusc-de-east-1",
];

/// The domains of a partition: of names with IPv4 only, of dual-stack names, of dual-stack registries.
pub struct Domains {
    pub ipv4: &'static str,
    pub dual_stack: &'static str,
    pub registries: &'static str,
}

const COMMON: Domains = Domains { ipv4: "amazonaws.com", dual_stack: "api.aws", registries: "on.aws" };
const CHINA: Domains = Domains {
    ipv4: "amazonaws.com.cn",
    dual_stack: "api.amazonwebservices.com.cn",
    registries: "on.amazonwebservices.com.cn",
};
const SOVEREIGN: Domains =
    Domains { ipv4: "amazonaws.eu", dual_stack: "api.amazonwebservices.eu", registries: "on.amazonwebservices.eu" };

/// The domains of the Region's partition.
pub fn domains(region: &str) -> Domains {
    match region.split('-').next() {
        Some("cn") => CHINA,
        Some("eusc") => SOVEREIGN,
        _ => COMMON,
    }
}

/// The second field of the ARNs in a Region.
pub fn partition(region: &str) -> &'static str {
    match region.split('-').collect::<Vec<_>>()[..] {
        ["cn", ..] => "aws-cn",
        ["eusc", ..] => "aws-eusc",
        ["us", "gov", ..] => "aws-us-gov",
        _ => "aws",
    }
}

/// Whether ECR has FIPS endpoints there: in the United States.
fn has_fips(region: &str) -> bool {
    ["us-east-", "us-west-", "us-gov-"].iter().any(|country| region.starts_with(country))
}

/// Whether ECR has dual-stack endpoints there.
fn has_dual_stack(region: &str) -> bool {
    !region.starts_with("eusc-")
}

/// S3's published ranges, as far as the simulated S3 uses them: what a gateway endpoint steers.
const S3_RANGES: [(&str, &str); 10] = [
    ("eu-west-1", "52.218.0.0/17"),
    ("eu-west-1", "52.92.0.0/17"),
    ("eu-west-1", "3.5.64.0/21"),
    ("us-east-1", "52.216.0.0/15"),
    ("us-west-2", "52.218.128.0/17"),
    ("eu-central-1", "52.219.44.0/22"),
    ("ap-northeast-1", "52.219.196.0/22"),
    ("cn-north-1", "54.222.48.0/21"),
    ("us-gov-west-1", "136.18.0.0/23"),
    ("eusc-de-east-1", "83.118.240.0/21"),
];

/// A host name, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    pub role: Role,
    /// `None` for what is in no Region.
    pub region: Option<String>,
    /// The account of a registry.
    pub account: Option<String>,
    /// The name that PrivateLink's private DNS covers: not a dual-stack and not a FIPS name.
    pub classic: bool,
    pub dual_stack: bool,
    /// It gives out the tokens of a registry that is another host.
    pub token_service: bool,
    /// Public DNS knows the name.
    pub exists: bool,
}

impl Host {
    /// ECS plays no part in a pull and has no role of its own: among what is no registry of ECR's, it has a Region.
    pub fn is_ecs(&self) -> bool {
        self.role == Role::Registry && self.region.is_some()
    }
}

/// Reads a host name as AWS's own DNS would.
pub fn host(world: &World, name: &str) -> Host {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is = |own: &Option<String>| own.as_deref() == Some(name.as_str());
    if is(&world.layer.store) {
        let read = regional(&name).filter(|host| host.role == Role::S3);
        return read.unwrap_or_else(|| elsewhere(Role::S3, true));
    }
    if let Some(host) = regional(&name) {
        return host;
    }
    match name.split('.').collect::<Vec<_>>()[..] {
        ["public", "ecr", "aws"] | ["registry-1", "docker", "io"] => elsewhere(Role::Registry, true),
        [.., "cloudfront", "net"] | ["production", "cloudflare", "docker", "com"] => elsewhere(Role::Cdn, true),
        _ if is(&world.elsewhere.store) => elsewhere(Role::Cdn, true),
        _ if is(&world.elsewhere.host) => elsewhere(Role::Registry, true),
        _ if name == "auth.docker.io" || is(&world.elsewhere.token_service) => {
            Host { token_service: true, ..elsewhere(Role::Registry, true) }
        }
        _ => elsewhere(Role::Registry, false),
    }
}

/// A name of a service in a Region: `LABELS.REGION.DOMAIN`.
fn regional(name: &str) -> Option<Host> {
    let (before, domain) = [CHINA, SOVEREIGN, COMMON].iter().find_map(|of| {
        let under = |domain: &'static str| Some((name.strip_suffix(domain)?.strip_suffix('.')?, domain));
        under(of.ipv4).or_else(|| under(of.dual_stack)).or_else(|| under(of.registries))
    })?;
    let (labels, region) = before.rsplit_once('.')?;
    let Domains { ipv4, dual_stack, registries } = domains(region);
    let labels: Vec<&str> = labels.split('.').collect();
    let (role, fips) = match labels[..] {
        ["api", "ecr"] if domain == ipv4 => (Role::EcrApi, false),
        ["ecr-fips"] | ["api", "ecr-fips"] if domain == ipv4 => (Role::EcrApi, true),
        ["ecr"] if domain == dual_stack => (Role::EcrApi, false),
        ["ecr-fips"] if domain == dual_stack => (Role::EcrApi, true),
        [_, "dkr", "ecr"] if domain == ipv4 => (Role::EcrDkr, false),
        [_, "dkr", "ecr-fips"] if domain == ipv4 => (Role::EcrDkr, true),
        [_, "dkr-ecr"] if domain == registries => (Role::EcrDkr, false),
        [_, "dkr-ecr-fips"] if domain == registries => (Role::EcrDkr, true),
        [_, "s3"] | [_, "s3", "dualstack"] if domain == ipv4 => (Role::S3, false),
        // CloudWatch stands beside its Logs: what reaches one reaches the other.
        ["monitoring"] if domain == ipv4 => (Role::Logs, false),
        ["ecs"] if domain == ipv4 => (Role::Registry, false),
        [service] if domain == ipv4 => (role_of(service)?, false),
        _ => return None,
    };
    let dual_stack = domain != ipv4 || labels.contains(&"dualstack");
    let account = (role == Role::EcrDkr).then(|| labels[0].to_owned());
    let is_account = |account: &String| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let classic = !fips && !dual_stack;
    let exists = REGIONS.contains(&region)
        && (!fips || has_fips(region))
        && (!dual_stack || role == Role::S3 || has_dual_stack(region))
        // `*.dkr.ecr.REGION` is one record: what is no account resolves as well.
        && (classic || account.as_ref().is_none_or(is_account));
    let region = Some(region.to_owned());
    Some(Host { role, region, account, classic, dual_stack, token_service: false, exists })
}

/// The service whose name in a Region begins with this label.
fn role_of(name: &str) -> Option<Role> {
    [Role::Sts, Role::Logs, Role::SecretsManager, Role::Ssm, Role::Kms].into_iter().find(|role| role.name() == name)
}

fn elsewhere(role: Role, exists: bool) -> Host {
    Host { role, region: None, account: None, classic: false, dual_stack: false, token_service: false, exists }
}

/// The bucket that ECR keeps layers in.
pub fn layer_bucket(region: &str) -> String {
    format!("prod-{region}-starport-layer-bucket")
}

/// Where the registry sends those who want a blob.
pub fn layer_host(world: &World, region: &str) -> String {
    let domain = domains(region).ipv4;
    // A registry with IPv6 addresses leads those who have no others to a store that has them too.
    let s3 = if world.reference().contains(".dkr-ecr") { "s3.dualstack" } else { "s3" };
    world.layer.store.clone().unwrap_or_else(|| format!("{}.{s3}.{region}.{domain}", layer_bucket(region)))
}

/// The hosts of a pull of the world's image: API, registry, layer store; with what a reader calls them.
pub fn hosts_of_the_pull(world: &World) -> Vec<(&'static str, String)> {
    let reference = world.reference();
    let registry = reference.split('/').next().unwrap_or_default();
    let Host { role: Role::EcrDkr, region: Some(region), .. } = host(world, registry) else {
        return vec![("the registry", registry.to_owned())];
    };
    vec![
        ("ecr.api", format!("api.ecr.{region}.{}", domains(&region).ipv4)),
        ("ecr.dkr", registry.to_owned()),
        ("S3", layer_host(world, &region)),
    ]
}

/// The public name that the host's own is an alias of.
pub fn alias(host: &Host) -> Option<(String, u32)> {
    let region = host.region.as_deref()?;
    let domain = domains(region).ipv4;
    match host.role {
        Role::EcrDkr => Some((format!("nlb1-5b2dd1a0e1c2f3a4.elb.{region}.{domain}"), 60)),
        Role::S3 => Some((format!("s3-r-w.{region}.{domain}"), 300)),
        _ => None,
    }
}

/// Where token services are that are hosts of their own.
pub const TOKEN_SERVICES: [&str; 2] = ["44.208.254.194", "98.85.153.80"];

/// The public IPv4 addresses of a host.
pub fn public_addresses(host: &Host) -> [IpAddr; 2] {
    let region = host.region.as_deref().unwrap_or_default();
    let [first, second] = match (host.role, region) {
        (Role::EcrApi, "eu-west-1") => ["52.94.1.10", "52.94.1.11"],
        (Role::EcrApi, "us-west-2") => ["52.94.184.143", "52.94.184.144"],
        (Role::EcrApi, _) => ["52.46.145.142", "52.46.145.143"],
        (Role::EcrDkr, "eu-west-1") => ["52.210.17.21", "54.73.40.12"],
        (Role::EcrDkr, _) => ["54.85.30.11", "54.85.30.12"],
        (Role::S3, "eu-west-1") => ["52.218.36.24", "52.92.18.106"],
        (Role::S3, "us-west-2") => ["52.218.128.17", "52.218.129.17"],
        (Role::S3, "eu-central-1") => ["52.219.44.20", "52.219.46.20"],
        (Role::S3, "ap-northeast-1") => ["52.219.199.138", "52.219.198.12"],
        (Role::S3, "cn-north-1") => ["54.222.48.12", "54.222.50.7"],
        (Role::S3, "us-gov-west-1") => ["136.18.0.20", "136.18.1.20"],
        (Role::S3, "eusc-de-east-1") => ["83.118.240.9", "83.118.241.9"],
        (Role::S3, "") => ["13.33.21.10", "13.33.21.11"],
        (Role::S3, _) => ["52.217.233.242", "52.216.63.90"],
        (Role::Sts, _) => ["52.94.4.30", "52.94.4.31"],
        (Role::Logs, _) => ["52.94.4.40", "52.94.4.41"],
        (Role::SecretsManager, _) => ["52.94.4.50", "52.94.4.51"],
        (Role::Ssm, _) => ["52.94.4.60", "52.94.4.61"],
        (Role::Kms, _) => ["52.94.4.70", "52.94.4.71"],
        (Role::Cdn, _) => ["104.16.98.215", "104.16.99.215"],
        (Role::Registry, _) if host.token_service => TOKEN_SERVICES,
        (Role::Registry, _) => ["34.205.13.154", "34.205.13.155"],
    };
    [first, second].map(|address| address.parse().expect("an address of the table"))
}

/// The public IPv6 address of a host.
pub fn public_address_v6(host: &Host) -> IpAddr {
    let (block, last) = match host.role {
        Role::S3 => (0xd050, 0x30),
        Role::EcrApi => (0xd018, 0x10),
        _ => (0xd018, 0x20),
    };
    Ipv6Addr::new(0x2a05, block, 0x8000, 0, 0, 0, 0, last).into()
}

/// Whether the prefix list of the Region's S3 holds the address.
pub fn in_s3_prefix_list(region: &str, address: IpAddr) -> bool {
    S3_RANGES
        .iter()
        .any(|(own, range)| *own == region && Network::parse(range).is_some_and(|network| network.holds(address)))
}

/// The ranges in the prefix list of the Region's S3.
pub fn s3_ranges(region: &str) -> Vec<&'static str> {
    S3_RANGES.iter().filter(|(own, _)| *own == region).map(|(_, range)| *range).collect()
}

/// Every host whose public addresses the simulated AWS has.
pub fn all_hosts(world: &World) -> impl Iterator<Item = Host> + '_ {
    let account = super::world::ACCOUNT;
    let regional = REGIONS.iter().flat_map(move |region| {
        let domain = domains(region).ipv4;
        [
            format!("api.ecr.{region}.{domain}"),
            format!("{account}.dkr.ecr.{region}.{domain}"),
            format!("{}.s3.{region}.{domain}", layer_bucket(region)),
            format!("sts.{region}.{domain}"),
        ]
    });
    let others = ["public.ecr.aws", "auth.docker.io", "production.cloudflare.docker.com"].map(str::to_owned);
    let others = others.into_iter().chain(world.layer.store.clone()).chain(world.elsewhere.store.clone());
    regional.chain(others).map(|name| host(world, &name))
}
