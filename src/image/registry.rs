//! Which registry a host is, and what is wrong with one that nearly is ECR's.

use super::distance::within;
use crate::aws::{
    EcrHost, Partition, REGISTRY_FORM, Variant, aws_labels, is_account, is_public_ecr_host, is_region, registry_host,
};
use crate::model::outcome::ReferenceOutcome;

/// The registry that a reference names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registry {
    /// A private ECR registry.
    Ecr(EcrHost),
    /// public.ecr.aws.
    PublicEcr,
    /// `docker.io`, also where the text names no host.
    DockerHub,
    /// Some other registry.
    Other,
    /// Under one of AWS's domains, meant for ECR, and not the name of a registry.
    MalformedEcr {
        /// What is wrong, in a few words.
        problem: String,
        /// The host that was likely meant, where enough of it is there.
        nearest: Option<String>,
    },
    /// Under somebody else's domain, and meant for ECR by the look of it. Such domains do resolve: `amazonawss.com` did.
    Lookalike {
        /// The host that was likely meant; `REGION` stands for what it does not tell.
        nearest: String,
        /// Whether anybody could register the domain.
        registrable: bool,
    },
}

impl Registry {
    /// Classifies a host in lower case, without its port.
    pub(super) fn of(host: &str) -> Self {
        match host {
            "docker.io" | "index.docker.io" | "registry-1.docker.io" => return Registry::DockerHub,
            _ if is_public_ecr_host(host) => return Registry::PublicEcr,
            _ => {}
        }
        if let Some(host) = EcrHost::parse(host) {
            return Registry::Ecr(host);
        }
        let labels: Vec<&str> = host.split('.').collect();
        match aws_labels(host) {
            Some(count) => malformed(&labels, count).unwrap_or(Registry::Other),
            None => lookalike(&labels).unwrap_or(Registry::Other),
        }
    }

    /// What the evidence says of it.
    pub(super) fn outcome(&self) -> ReferenceOutcome {
        match self {
            Registry::Ecr(host) => ReferenceOutcome::Ecr {
                account: host.account.clone(),
                region: host.region.clone(),
                partition: host.partition.name.to_owned(),
                region_known: host.region_known,
            },
            Registry::PublicEcr => ReferenceOutcome::PublicEcr,
            Registry::DockerHub => ReferenceOutcome::DockerHub,
            Registry::Other => ReferenceOutcome::OtherRegistry,
            Registry::MalformedEcr { problem, nearest } => {
                ReferenceOutcome::MalformedEcrHost { problem: problem.clone(), nearest: nearest.clone() }
            }
            Registry::Lookalike { nearest, registrable } => {
                ReferenceOutcome::Lookalike { nearest: nearest.clone(), registrable: *registrable }
            }
        }
    }
}

/// What of a registry's name can be found in a host's labels, in whatever order.
struct Pieces<'a> {
    /// Twelve digits, written with hyphens or without.
    account: Option<String>,
    region: Option<&'a str>,
    /// A label that is `dkr`, `ecr` or both, if with its letters swapped.
    marked: bool,
    fips: bool,
    /// `dkr-ecr` in one label.
    joined: bool,
}

impl<'a> Pieces<'a> {
    fn of(labels: &[&'a str]) -> Self {
        let markers: Vec<&str> = labels.iter().copied().filter(|label| is_marker(label)).collect();
        Pieces {
            account: labels.first().and_then(|label| account(label)),
            region: labels.iter().find(|label| is_region(label)).copied(),
            marked: !markers.is_empty(),
            fips: markers.iter().any(|label| label.ends_with("-fips")),
            joined: markers.iter().any(|label| label.trim_end_matches("-fips").len() > 3),
        }
    }
}

/// AWS's console shows account ids as 1234-5678-9012.
fn account(label: &str) -> Option<String> {
    let digits: String = label.chars().filter(|c| *c != '-').collect();
    is_account(&digits).then_some(digits)
}

/// `dkr`, `ecr`, `dkr-ecr`, `dkrecr`, each with `-fips` or without, and with the letters of a word in any order.
fn is_marker(label: &str) -> bool {
    let sorted = |part: &str| {
        let mut letters: [u8; 3] = part.as_bytes().try_into().ok()?;
        letters.sort_unstable();
        Some(letters)
    };
    let word = label.strip_suffix("-fips").unwrap_or(label);
    let is_anagram = |part| matches!(sorted(part).as_ref(), Some(b"cer" | b"dkr"));
    word == "dkrecr" || word.split('-').all(is_anagram)
}

/// A host under a domain of AWS's whose last `domain` labels are that domain.
fn malformed(labels: &[&str], domain: usize) -> Option<Registry> {
    let (name, suffix) = labels.split_at_checked(labels.len().checked_sub(domain)?)?;
    let suffix = suffix.join(".");
    let pieces = Pieces::of(name);
    let first = name.first().copied().unwrap_or("");
    let numbered = first.len() >= 10 && first.bytes().all(|byte| byte.is_ascii_digit());
    if !pieces.marked && !numbered {
        // A load balancer, an instance, an API gateway: somebody's own registry.
        return None;
    }
    let own_name = name.last() == Some(&"vpce") || first.starts_with("vpce-");
    let api = matches!(name, ["api", "ecr" | "ecr-fips", _] | ["ecr" | "ecr-fips", _]);
    let home = pieces.region.map(Partition::of_region);
    let problem = if own_name {
        "an endpoint's own name is no registry: its certificate and its repositories go by the registry's name, which \
         private DNS leads to the endpoint"
            .to_owned()
    } else if first == "public" {
        "the public registry has one name for all Regions".to_owned()
    } else if api {
        "this is the ECR API, not a registry: the registry's name begins with an account id".to_owned()
    } else if pieces.account.as_deref() != Some(first) {
        if first.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("the account id has {} digits and must have 12", first.len())
        } else {
            format!("the name must begin with an account id of 12 digits, not with {first}")
        }
    } else if let Some(home) =
        home.filter(|home| ![home.dns_suffix, home.registry_dual_stack_suffix].contains(&&*suffix))
    {
        let Partition { name, dns_suffix, registry_dual_stack_suffix, .. } = home;
        let region = pieces.region?;
        format!("registries in {region} (partition {name}) are under {dns_suffix} and {registry_dual_stack_suffix}")
    } else if pieces.region.is_none() {
        "it names no Region".to_owned()
    } else {
        format!("a registry's name has the form {REGISTRY_FORM}")
    };
    let dual_stack = suffix.starts_with("on.") || (pieces.joined && suffix.ends_with("aws"));
    let nearest = match (&pieces.account, pieces.region) {
        _ if first == "public" => Some("public.ecr.aws".to_owned()),
        (Some(account), Some(region)) => {
            Some(registry_host(account, region, Variant { fips: pieces.fips, dual_stack }))
        }
        _ => None,
    };
    Some(Registry::MalformedEcr { problem, nearest })
}

/// Words one or two letters from `amazonaws` that are not slips.
const OTHER_WORDS: [&str; 3] = ["amazonas", "amazona", "amazons"];

/// Where emulators of AWS serve ECR under its own form of names.
const EMULATORS: [&[&str]; 2] = [&["localhost"], &["localstack", "cloud"]];

/// A host under a domain that is not AWS's.
fn lookalike(labels: &[&str]) -> Option<Registry> {
    if EMULATORS.iter().any(|domain| labels.ends_with(domain)) {
        return None;
    }
    let pieces = Pieces::of(labels);
    let split = labels.windows(2).skip(1).any(|pair| matches!(pair, ["dkr", "ecr" | "ecr-fips"]));
    let joined = labels.iter().skip(1).any(|label| matches!(*label, "dkr-ecr" | "dkr-ecr-fips"));
    let slip = labels.iter().position(|label| within(label, "amazonaws", 2));
    let shaped = pieces.account.is_some() || pieces.region.is_some() || pieces.marked;
    let slip = slip.filter(|at| shaped || is_registered(labels, *at));
    if !split && !joined && slip.is_none() {
        return None;
    }
    let first = labels.first().copied().unwrap_or("");
    let account = pieces.account.as_deref().unwrap_or(first);
    let nearest = match (pieces.region, slip) {
        (Some(region), _) if pieces.marked => {
            registry_host(account, region, Variant { fips: pieces.fips, dual_stack: joined && slip.is_none() })
        }
        (_, Some(at)) => {
            let kept = labels.get(..at).unwrap_or_default().iter().copied();
            let domain = Partition::of_region(pieces.region.unwrap_or_default()).dns_suffix;
            kept.chain([domain]).collect::<Vec<_>>().join(".")
        }
        _ => registry_host(account, "REGION", Variant { fips: pieces.fips, dual_stack: joined }),
    };
    Some(Registry::Lookalike { nearest, registrable: is_registrable(labels) })
}

/// Whether the label at that place is where a company's name stands: before `com` or `com.cn`, with something before
/// it, and not a word of its own.
fn is_registered(labels: &[&str], at: usize) -> bool {
    let after = labels.len() - 1 - at.min(labels.len() - 1);
    let placed = after == 1 || after == 2 && labels.get(at + 1) == Some(&"com");
    placed && at > 0 && labels.get(at).is_some_and(|label| !OTHER_WORDS.contains(label))
}

/// Top-level domains that are open to anybody and common; besides, every one of two letters may be a country's.
const OPEN_DOMAINS: [&str; 30] = [
    "com",
    "net",
    "org",
    "info",
    "biz",
    "name",
    "pro",
    "mobi",
    "asia",
    "xyz",
    "online",
    "site",
    "store",
    "tech",
    "shop",
    "app",
    "dev",
    "cloud",
    "page",
    "live",
    "network",
    "systems",
    "services",
    "solutions",
    "company",
    "world",
    "top",
    "icu",
    "click",
    "link",
];

fn is_registrable(labels: &[&str]) -> bool {
    let Some(last) = labels.last().filter(|_| labels.len() > 1) else { return false };
    OPEN_DOMAINS.contains(last) || last.len() == 2 && last.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
#[path = "tests/registry.rs"]
mod tests;
