//! Whose a host name is, as far as a text that people have masked still tells.

use crate::aws::{EcrHost, is_aws_host, is_in_known_region, is_s3_host};
use crate::image::Reference;
use crate::model::outcome::ReferenceOutcome;

/// What a host of a text is in a pull or a task's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostKind {
    /// The ECR API.
    Api,
    /// A private ECR registry.
    Registry,
    /// The bucket of ECR's layers, or S3 as such.
    LayerStore,
    PublicEcr,
    DockerHub,
    /// Where public ECR and Docker Hub keep blobs.
    Cdn,
    SecretsManager,
    Ssm,
    Kms,
    Logs,
    /// Where a registry that is none of those keeps layers.
    BlobStore,
    /// Another service of AWS, which no pull needs.
    OtherService,
    /// Meant for ECR, and malformed: no account, no Region, swapped labels.
    MalformedEcr,
    /// Like ECR's, under a domain that is not AWS's.
    Lookalike {
        /// Whether anybody could own that domain.
        registrable: bool,
    },
    /// Somebody else's registry.
    OtherRegistry,
}

impl HostKind {
    /// The kind of a host; `None` for what is no host name: `10.0.1.5`, `latest`.
    pub fn of(host: &str) -> Option<HostKind> {
        let host = host.trim_matches(['.', '-']).to_ascii_lowercase();
        let labels: Vec<&str> = host.split('.').collect();
        if labels.len() < 2 || labels.iter().any(|label| label.is_empty() && labels.len() < 4) {
            return None;
        }
        if DOCKER_HUB.contains(&host.as_str()) {
            return Some(HostKind::DockerHub);
        }
        // With the word before it where a blank got lost: the whole domain is AWS's.
        if host.ends_with("public.ecr.aws") || host == "ecr-public.aws.com" {
            return Some(HostKind::PublicEcr);
        }
        if host.ends_with(".cloudfront.net")
            || host.ends_with(".docker.com")
            || host.ends_with(".cloudflarestorage.com")
        {
            return Some(HostKind::Cdn);
        }
        if is_blob_store(&host) {
            return Some(HostKind::BlobStore);
        }
        let is_aws = is_aws_host(&host);
        if host.contains("starport-layer-bucket") || is_aws && is_s3_host(&host) {
            return Some(HostKind::LayerStore);
        }
        if is_aws { Some(of_aws(&labels, &host)) } else { of_stranger(&labels, &host) }
    }

    /// Whether its name holds the Region.
    pub fn is_aws(self) -> bool {
        use HostKind::{Api, Kms, LayerStore, Logs, OtherService, Registry, SecretsManager, Ssm};
        matches!(self, Api | Registry | LayerStore | SecretsManager | Ssm | Kms | Logs | OtherService)
    }

    /// Whether images are named after such a host.
    pub fn is_registry(self) -> bool {
        use HostKind::{DockerHub, Lookalike, MalformedEcr, OtherRegistry, PublicEcr, Registry};
        matches!(self, Registry | PublicEcr | DockerHub | MalformedEcr | Lookalike { .. } | OtherRegistry)
    }

    /// Whether it is one of ECR's own two.
    pub fn is_ecr(self) -> bool {
        matches!(self, HostKind::Api | HostKind::Registry)
    }
}

/// Registries that are known by their names.
const KNOWN: [&str; 18] = [
    "ghcr.io",
    "quay.io",
    "gcr.io",
    "pkg.dev",
    "registry.k8s.io",
    "k8s.gcr.io",
    "mcr.microsoft.com",
    "azurecr.io",
    "nvcr.io",
    "registry.gitlab.com",
    "registry.redhat.io",
    "registry.access.redhat.com",
    "docker.elastic.co",
    "lscr.io",
    "icr.io",
    "container-registry.oracle.com",
    "registry.fedoraproject.org",
    "registry.opensuse.org",
];

/// Whether the name is one of a registry that is known, and serves nothing else.
pub fn is_known_registry(host: &str) -> bool {
    KNOWN.iter().any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '-'])))
}

/// Whether public DNS has the name of a registry or of its store: no label of it is an account's own, or mistyped.
pub fn exists(host: &str, kind: HostKind) -> bool {
    match kind {
        HostKind::DockerHub | HostKind::PublicEcr | HostKind::BlobStore => true,
        HostKind::Cdn => !host.ends_with(".docker.com") || host.starts_with("production."),
        HostKind::OtherRegistry => is_known_registry(host) && !host.ends_with("azurecr.io"),
        // Any account's label resolves: ECR has one record for them all.
        HostKind::Registry => is_in_known_region(host) && is_account(host),
        HostKind::Api | HostKind::SecretsManager | HostKind::Ssm | HostKind::Kms | HostKind::Logs => {
            is_in_known_region(host)
        }
        _ => false,
    }
}

/// Whether a registry's name begins with an account, or with what people put for one.
fn is_account(host: &str) -> bool {
    let label = host.split('.').next().unwrap_or_default();
    label.len() == 12 && label.bytes().all(|it| it.is_ascii_digit() || it.eq_ignore_ascii_case(&b'x'))
}

/// Where GitHub, Quay, Microsoft, NVIDIA, GitLab, Google and Kubernetes keep layers, and Microsoft those of Windows.
fn is_blob_store(host: &str) -> bool {
    const STORES: [&str; 9] = [
        "pkg-containers.githubusercontent.com",
        ".data.mcr.microsoft.com",
        ".cdn.mscr.io",
        ".data.azurecr.io",
        "layers.nvcr.io",
        ".blob.core.windows.net",
        "cdn.registry.gitlab-static.net",
        "storage.googleapis.com",
        "go.microsoft.com",
    ];
    let of_quay = host.starts_with("cdn") && host.ends_with(".quay.io");
    of_quay || host.starts_with("prod-registry-k8s-io-") || STORES.iter().any(|it| host.ends_with(it))
}

/// The registry hosts of Docker Hub.
const DOCKER_HUB: [&str; 10] = [
    "docker.io",
    "registry-1.docker.io",
    "index.docker.io",
    "auth.docker.io",
    "registry.docker.io",
    "cdn-registry-1.docker.io",
    "hub.docker.com",
    // Not where blobs are, for all its domain.
    "registry.hub.docker.com",
    "registry.ipv6.docker.com",
    "auth.ipv6.docker.com",
];

fn of_aws(labels: &[&str], host: &str) -> HostKind {
    if labels.contains(&"") {
        return HostKind::MalformedEcr;
    }
    let first = labels.first().copied().unwrap_or_default();
    match (first, labels.get(1).copied().unwrap_or_default()) {
        ("api" | "ecr" | "ecr-fips", "ecr") | ("ecr" | "ecr-fips", _) => HostKind::Api,
        ("api", "ecr-public") if labels.get(2).is_some_and(|it| PUBLIC_ECR_REGIONS.contains(it)) => HostKind::PublicEcr,
        ("secretsmanager" | "secretsmanager-fips", _) => HostKind::SecretsManager,
        ("ssm" | "ssm-fips", _) => HostKind::Ssm,
        ("kms" | "kms-fips", _) => HostKind::Kms,
        ("logs" | "logs-fips", _) => HostKind::Logs,
        _ if !host.contains("ecr") => HostKind::OtherService,
        _ => registry(labels, host),
    }
}

/// A registry's name whose account may be masked, and with it what makes it one.
fn registry(labels: &[&str], host: &str) -> HostKind {
    if EcrHost::parse(host).is_some() {
        return HostKind::Registry;
    }
    let unmasked = match labels {
        [account, rest @ ..] if is_masked(account) => format!("000000000000.{}", rest.join(".")),
        _ => host.to_owned(),
    };
    if EcrHost::parse(&unmasked).is_some() {
        return HostKind::Registry;
    }
    match Reference::parse(&format!("{unmasked}/x:1")).map(|it| it.outcome()) {
        Ok(ReferenceOutcome::Lookalike { registrable, .. }) => HostKind::Lookalike { registrable },
        Ok(ReferenceOutcome::Ecr { .. }) => HostKind::Registry,
        _ => HostKind::MalformedEcr,
    }
}

/// Whether the label stands for an account, if nobody was to see which: `XXX`, `***`, `8xxxxxxxxxx0`, `MY_ACCOUNT`.
/// What a program prints for a variable without a value is none.
fn is_masked(label: &str) -> bool {
    let is_unset = ["none", "null", "nil", "undefined"].iter().any(|it| label.eq_ignore_ascii_case(it));
    !label.is_empty() && !is_unset && !matches!(label, "dkr" | "ecr" | "dkr-ecr")
}

/// Where public ECR has its API (botocore's endpoints).
const PUBLIC_ECR_REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];

/// Not under a domain of AWS's.
fn of_stranger(labels: &[&str], host: &str) -> Option<HostKind> {
    let top = labels.last().copied().unwrap_or_default();
    let named = top.len() > 1 && top.chars().all(|it| it.is_ascii_alphabetic());
    let masked = match labels {
        [account, rest @ ..]
            if labels.contains(&"dkr")
                && is_masked(account)
                && !account.starts_with(|it: char| it.is_ascii_digit() && account.len() == 12) =>
        {
            format!("000000000000.{}", rest.join("."))
        }
        _ => host.to_owned(),
    };
    match Reference::parse(&format!("{masked}/x:1")).map(|it| it.outcome()) {
        Ok(ReferenceOutcome::Lookalike { registrable, .. }) => Some(HostKind::Lookalike { registrable }),
        Ok(ReferenceOutcome::MalformedEcrHost { .. }) => Some(HostKind::MalformedEcr),
        _ if named => Some(HostKind::OtherRegistry),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known_masked_or_not() {
        for (host, expected) in [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", HostKind::Registry),
            ("***.dkr.ecr.us-west-2.amazonaws.com", HostKind::Registry),
            ("8xxxxxxxxxx0.dkr.ecr.us-west-2.amazonaws.com", HostKind::Registry),
            ("aws_account_id.dkr.ecr.us-east-1.amazonaws.com", HostKind::Registry),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", HostKind::Registry),
            ("api.ecr.eu-west-1.amazonaws.com", HostKind::Api),
            ("ecr.eu-west-3.amazonaws.com", HostKind::Api),
            ("ecr-fips.us-gov-west-1.amazonaws.com", HostKind::Api),
            ("prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com", HostKind::LayerStore),
            ("prod-us-east-1-starport-layer-bucket.s3.amazonaws.com", HostKind::LayerStore),
            ("public.ecr.aws", HostKind::PublicEcr),
            ("registry-1.docker.io", HostKind::DockerHub),
            ("registry.hub.docker.com", HostKind::DockerHub),
            ("production.cloudflare.docker.com", HostKind::Cdn),
            ("cdn03.quay.io", HostKind::BlobStore),
            ("d2glxqk2uabbnd.cloudfront.net", HostKind::Cdn),
            ("api.ecr-public.us-east-1.amazonaws.com", HostKind::PublicEcr),
            ("api.ecr-public.eu-west-1.amazonaws.com", HostKind::MalformedEcr),
            ("logs.us-east-2.amazonaws.com", HostKind::Logs),
            ("ecs-a-1.cn-north-1.amazonaws.com.cn", HostKind::OtherService),
            ("8xxxxxxxxxx0.dkr.ecr.us-west-2.amazonawss.com", HostKind::Lookalike { registrable: true }),
            ("123456789012.ecr.us-east-1.amazonaws.com", HostKind::MalformedEcr),
            ("ghcr.io", HostKind::OtherRegistry),
        ] {
            assert_eq!(HostKind::of(host), Some(expected), "{host}");
        }
        assert!(matches!(
            HostKind::of("8xxxxxxxxxx0.dkr.ecr.us-west-2.amazonaws.commmmm"),
            Some(HostKind::Lookalike { .. })
        ));
        assert_eq!(HostKind::of("10.0.1.5"), None);
        assert_eq!(HostKind::of("latest"), None);
    }

    #[test]
    fn names_that_an_account_chose_may_not_exist() {
        let is = |host: &str| exists(host, HostKind::of(host).expect("a host"));
        for host in [
            "registry-1.docker.io",
            "ghcr.io",
            "production.cloudflare.docker.com",
            "cdn03.quay.io",
            // One record answers for every account of a Region.
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "XXXXXXXXXXXX.dkr.ecr.eu-west-1.amazonaws.com",
        ] {
            assert!(is(host), "{host}");
        }
        for host in [
            "mine.azurecr.io",
            "harbor.example.com",
            "registry.docker.com",
            "1.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.us-north-1.amazonaws.com",
        ] {
            assert!(!is(host), "{host}");
        }
    }
}
