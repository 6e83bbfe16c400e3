//! Worlds that no page shows: what is blamed in them, what it explains, and what it leaves open.

use ecr_probe::model::Verdict;

use super::{support, world};

/// The world, each diagnosis with its alternatives, and the verdict.
type Example = (&'static str, &'static [(&'static str, &'static str)], Verdict);

const UNHEALTHY: Verdict = Verdict::Unhealthy;

const EXAMPLES: [Example; 77] = [
    // What task metadata tells.
    (
        "[task]\ndisk_mib = 4\nimage = 'scheduled-file-writer:v0'\n[image]\nlayer_sizes = [2200000]",
        &[("DSK-01", "")],
        UNHEALTHY,
    ),
    ("[clock]\nsynchronized = false\nerror_bound_ms = 301000.0", &[], Verdict::Healthy),
    ("[clock]\nsynchronized = true\nerror_bound_ms = 301000.0", &[], Verdict::Healthy),
    ("[clock]\nskew_s = -900\nsynchronized = false", &[("CLK-01", "")], UNHEALTHY),
    ("[clock]\nskew_s = -900", &[("CLK-01", "")], UNHEALTHY),
    // Silence at endpoints.
    ("[vpc]\nendpoint_sg_allows_task = false", &[("SG-01", "SG-03 ACL-01 DNS-08")], UNHEALTHY),
    ("[vpc]\ntask_sg_allows_endpoints = false", &[("SG-01", "SG-03 ACL-01 DNS-08")], UNHEALTHY),
    (
        "[vpc]\nendpoint_sg_allows_task = ['ecr.api', 'ecr.dkr']\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 's3']",
        &[("SG-01", "SG-03 ACL-01 DNS-08")],
        UNHEALTHY,
    ),
    (
        "[vpc]\nacl_allows_return = false\ntask_subnet = '10.0.11.0/24'",
        &[("SG-01", "SG-03 ACL-01 DNS-08"), ("RTE-03", "RTE-04 SG-04 ACL-02")],
        UNHEALTHY,
    ),
    ("[tcp]\nall = 'drop'", &[("SG-01", "SG-03 ACL-01 DNS-08"), ("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    (
        "[tcp]\necr-dkr = 'drop'\ns3 = 'drop'",
        &[("SG-01", "SG-03 ACL-01 DNS-08"), ("RTE-03", "RTE-04 SG-04 ACL-02")],
        UNHEALTHY,
    ),
    // Now and then, as samples show it.
    ("samples = 12\n[tcp]\ns3 = 'flaky'", &[("RTE-15", "LYR-04"), ("ECR-04", "")], Verdict::Degraded),
    ("samples = 12\n[dns]\nall = 'flaky'", &[("DNS-10", "DNS-15 DNS-04")], Verdict::Degraded),
    ("samples = 4\n[dns]\necr-dkr = 'alternating'", &[("DNS-07", "DNS-04")], Verdict::Degraded),
    ("samples = 12\n[tcp]\ns3 = 'drop'", &[("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    (
        "samples = 12\n[vpc]\nnat = true\n[image]\nreference = 'docker.io/library/nginx:1.27'\n[tcp]\ncdn = 'flaky'",
        &[("RTE-15", "LYR-04"), ("ECR-04", "")],
        Verdict::Degraded,
    ),
    (
        "samples = 12\n[vpc]\nnat = true\n[image]\nreference = 'public.ecr.aws/nginx/nginx:1.27'\n[dns]\ncdn = 'flaky'",
        &[("DNS-10", "DNS-15 DNS-04")],
        Verdict::Degraded,
    ),
    // Names that one server is silent for.
    ("[dns]\necr-dkr = 'silent'", &[("DNS-10", "DNS-09 DNS-15 DNS-04")], UNHEALTHY),
    // Silence in public.
    ("[tcp]\ns3 = 'drop'", &[("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    ("[vpc]\ntask_sg_allows_s3 = false", &[("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    ("[vpc]\nacl_allows_public = false", &[("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    ("[vpc]\ns3_gateway_in_route_table = false", &[("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    // NAT is there, so that a missing gateway endpoint is not the cause.
    (
        "[vpc]\ninterface_endpoints = []\nnat = true\ntask_sg_allows_s3 = false",
        &[("RTE-03", "SG-04 RTE-05 ACL-02")],
        UNHEALTHY,
    ),
    (
        "[vpc]\ninterface_endpoints = []\nnat = true\ns3_route_overridden = true",
        &[("RTE-03", "SG-04 RTE-05 ACL-02")],
        UNHEALTHY,
    ),
    ("[vpc]\nprivate_dns = false", &[("RTE-01", "DNS-02 DNS-03 DNS-04 RTE-02 RTE-06 ACL-01")], UNHEALTHY),
    ("[vpc]\ndns_hostnames = false", &[("RTE-01", "DNS-02 DNS-03 DNS-04 RTE-02 RTE-06 ACL-01")], UNHEALTHY),
    ("[vpc]\nname_servers = ['10.0.9.53']", &[("DNS-04", "")], UNHEALTHY),
    (
        "[vpc]\ninterface_endpoints = []\ninternet_gateway = true",
        &[("RTE-01", "DNS-02 DNS-03 DNS-04 RTE-02 RTE-06 ACL-01")],
        UNHEALTHY,
    ),
    // One endpoint of two: a private subnet by design, so that a missing S3 route is a fault of its own.
    ("[vpc]\ninterface_endpoints = ['ecr.api']", &[("DNS-11", "DNS-03 DNS-04 VPE-07 RTE-01")], UNHEALTHY),
    (
        "[vpc]\ninterface_endpoints = ['ecr.dkr']\ns3_gateway = false",
        &[("DNS-11", "DNS-03 DNS-04 VPE-07 RTE-01"), ("RTE-03", "RTE-04 SG-04 ACL-02")],
        UNHEALTHY,
    ),
    // The server that is asked first does not know the endpoints, the other does.
    ("[vpc]\nname_servers = ['10.0.9.53', '10.0.0.2']", &[("RTE-01", "DNS-04")], UNHEALTHY),
    // The image is in another Region, whose names no endpoint here serves.
    (
        "[image]\nreference = '123456789012.dkr.ecr.us-east-1.amazonaws.com/scheduled-file-writer:v1'",
        &[("RTE-10", "RTE-02 RTE-06 ACL-01")],
        UNHEALTHY,
    ),
    // The name servers disagree, and the first one's answer works.
    (
        "[vpc]\nname_servers = ['10.0.0.2', '169.254.169.253']\n[dns]\necr-dkr = 'alternating'",
        &[("DNS-07", "DNS-04")],
        Verdict::Degraded,
    ),
    // Both kinds in one answer, and each works.
    ("[dns]\necr-dkr = ['10.0.1.20', '52.94.1.77']\n[vpc]\nnat = true", &[("DNS-07", "DNS-04")], Verdict::Degraded),
    // The public one of them works, the endpoint's does not.
    (
        "[dns]\necr-dkr = ['10.0.1.20', '52.94.1.77']\n[vpc]\nnat = true\nendpoint_sg_allows_task = ['ecr.api']",
        &[("DNS-07", "DNS-04 DNS-08 SG-01")],
        Verdict::Degraded,
    ),
    // One of two that the endpoint has is dead, beside the public one that is.
    (
        "[dns]\necr-dkr = ['10.0.1.20', '10.0.2.20', '52.94.1.77']\n[vpc]\ndead_endpoint_addresses = ['ecr-dkr/2']",
        &[("DNS-07", "DNS-04"), ("RTE-07", "DNS-08 ACL-01")],
        Verdict::Degraded,
    ),
    // The dual-stack name, where no endpoint is at all.
    (
        "[image]\nreference = '123456789012.dkr-ecr.eu-west-1.on.aws/scheduled-file-writer:v1'\n\
         [vpc]\ninterface_endpoints = []",
        &[("RTE-01", "DNS-02 DNS-03 DNS-04 RTE-02 RTE-06 ACL-01 DNS-12")],
        UNHEALTHY,
    ),
    // IPv6 only, as the name server shows, and names with IPv4 only.
    (
        "[vpc]\nipv6_only = true\nipv6_route = true\nname_servers = ['fd00:ec2::253']",
        &[("DNS-13", "RTE-14")],
        UNHEALTHY,
    ),
    // A host that is set up for another Region than the image's.
    (
        "mode = 'host'\n[image]\nreference = '123456789012.dkr.ecr.us-east-1.amazonaws.com/scheduled-file-writer:v1'",
        &[("RTE-01", "DNS-02 DNS-03 DNS-04 RTE-02 RTE-06 ACL-01 RTE-10")],
        UNHEALTHY,
    ),
    // IPv6 that has no route is not what fails.
    (
        "[vpc]\ndual_stack = true\ninterface_endpoints = []\ns3_gateway = false",
        &[("RTE-01", "DNS-02 DNS-03 DNS-04 RTE-02 RTE-06 ACL-01")],
        UNHEALTHY,
    ),
    ("[vpc]\ndual_stack = true\ns3_gateway = false", &[("RTE-03", "RTE-04 SG-04 ACL-02")], UNHEALTHY),
    ("[vpc]\nipv6_only = true\nipv6_route = true", &[("RTE-14", "DNS-13")], UNHEALTHY),
    // The addresses of one host fail in different ways: each way is told, and none twice.
    (
        "[dns]\necr-dkr = ['10.0.7.1', '52.94.1.77']",
        &[("SG-01", "SG-03 ACL-01 DNS-08"), ("RTE-01", "DNS-07 DNS-04")],
        UNHEALTHY,
    ),
    (
        "[dns]\ns3 = ['10.0.7.1', '52.218.36.24']\n[tcp]\ns3 = 'drop'",
        &[("SG-01", "SG-03 ACL-01 DNS-08"), ("RTE-03", "RTE-04 SG-04 ACL-02")],
        UNHEALTHY,
    ),
    ("[dns]\necr-dkr = ['10.0.1.20', '52.94.1.77']", &[("DNS-07", "DNS-04")], Verdict::Degraded),
    (
        "[vpc]\ndead_endpoint_addresses = ['ecr-api/1', 'ecr-dkr/2']",
        &[("RTE-07", "DNS-08 ACL-01"), ("RTE-07", "DNS-08 ACL-01")],
        Verdict::Degraded,
    ),
    ("[vpc]\ndead_endpoint_addresses = ['ecr-dkr/1', 'ecr-dkr/2']", &[("SG-01", "SG-03 ACL-01 DNS-08")], UNHEALTHY),
    // Names.
    ("[dns]\nall = 'servfail'", &[("DNS-01", "DNS-04")], UNHEALTHY),
    ("[dns]\nall = 'garbage'", &[("DNS-01", "DNS-04")], UNHEALTHY),
    ("[dns]\nall = 'silent'", &[("DNS-15", "DNS-01")], UNHEALTHY),
    ("[dns]\nall = 'cut'", &[("DNS-15", "")], UNHEALTHY),
    ("[dns]\ns3 = 'cut'", &[("DNS-15", "")], UNHEALTHY),
    ("[dns]\nall = 'servfail'\ns3 = 'cut'", &[("DNS-01", "DNS-04"), ("DNS-15", "")], UNHEALTHY),
    ("[vpc]\nname_servers = ['127.0.0.11']\n[dns]\nall = 'closed'", &[("DNS-15", "")], UNHEALTHY),
    (
        "[vpc]\nname_servers = ['10.0.0.2', '10.0.9.53']\nsilent_name_servers = ['10.0.9.53']\ndns_support = false",
        &[("DNS-01", "DNS-04")],
        UNHEALTHY,
    ),
    ("[dns]\nall = 'nxdomain'", &[("DNS-09", "DNS-08 DNS-04")], UNHEALTHY),
    ("[dns]\ns3 = 'refused'", &[("DNS-09", "DNS-08 DNS-04")], UNHEALTHY),
    ("[dns]\ns3 = 'servfail'", &[("DNS-16", "DNS-10")], UNHEALTHY),
    (
        "[vpc]\nname_servers = ['10.0.9.53']\nnat = true\n[dns]\ns3 = 'servfail'",
        &[("DNS-16", "DNS-10 DNS-04")],
        UNHEALTHY,
    ),
    ("[dns]\ns3 = 'servfail'\necr-dkr = 'nxdomain'", &[("DNS-16", "DNS-10"), ("DNS-09", "DNS-08 DNS-04")], UNHEALTHY),
    ("[dns]\necr-dkr = 'empty'", &[("DNS-09", "DNS-08 DNS-04")], UNHEALTHY),
    (
        "[image]\nreference = '123456789012.dkr.ecr.eu-wset-1.amazonaws.com/scheduled-file-writer:v1'",
        &[("DNS-05", "DNS-09")],
        UNHEALTHY,
    ),
    ("[image]\nreference = 'registry.example.com/app:v1'", &[("DNS-05", "DNS-09")], UNHEALTHY),
    // A port in the reference that ECR does not have.
    (
        "[image]\nreference = '123456789012.dkr.ecr.eu-west-1.amazonaws.com:5000/scheduled-file-writer:v1'",
        &[("SG-01", "SG-03 ACL-01 DNS-08 CFG-03")],
        UNHEALTHY,
    ),
    // Public registries, without a way out and with one.
    ("[image]\nreference = 'public.ecr.aws/nginx/nginx:1.27'", &[("PUB-01", "RTE-02 RTE-06 ACL-02")], UNHEALTHY),
    (
        "[image]\nreference = 'nginx'\n[vpc]\ndual_stack = true",
        &[("HUB-02", "RTE-02 RTE-06 ACL-02"), ("IMG-03", "")],
        UNHEALTHY,
    ),
    (
        "[image]\nreference = 'nginx'\n[dns]\nregistry = 'nxdomain'",
        &[("DNS-09", "DNS-08 DNS-04"), ("IMG-03", "")],
        UNHEALTHY,
    ),
    // A firewall that lets one of a registry's hosts pass, and not the others.
    (
        "[vpc]\nnat = true\n[image]\nreference = 'docker.io/library/nginx:1.27'\n[elsewhere]\ntoken_services_lost = true",
        &[("HUB-02", "ACL-02")],
        UNHEALTHY,
    ),
    (
        "[vpc]\nnat = true\n[image]\nreference = 'docker.io/library/nginx:1.27'\n[tcp]\ncdn = 'drop'",
        &[("HUB-02", "ACL-02")],
        UNHEALTHY,
    ),
    (
        "[vpc]\nnat = true\n[image]\nreference = 'public.ecr.aws/nginx/nginx:1.27'\n[tcp]\ncdn = 'drop'",
        &[("PUB-01", "ACL-02")],
        UNHEALTHY,
    ),
    (
        "[vpc]\nnat = true\n[image]\nreference = 'public.ecr.aws/nginx/nginx:1.27'\n[dns]\ncdn = 'nxdomain'",
        &[("DNS-09", "DNS-08 DNS-04")],
        UNHEALTHY,
    ),
    (
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n\
         [elsewhere]\nhost = 'registry.example.com'\nstore = 'blobs.example.net'\n[tcp]\ncdn = 'drop'",
        &[("LYR-07", "ACL-02")],
        UNHEALTHY,
    ),
    // One that refuses is as any host.
    (
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n\
         [elsewhere]\nhost = 'registry.example.com'\nstore = 'blobs.example.net'\n[tcp]\ncdn = 'refuse'",
        &[("RTE-13", "")],
        UNHEALTHY,
    ),
    (
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n\
         [elsewhere]\nhost = 'registry.example.com'\nstore = 'blobs.example.net'\n[dns]\ncdn = 'nxdomain'",
        &[("LYR-07", "DNS-09")],
        UNHEALTHY,
    ),
    // Each registry has a host for its layers, and both are kept out.
    (
        "[vpc]\nnat = true\n[image]\nreference = 'registry.example.com/team/app:v1'\n\
         sidecars = ['docker.io/library/nginx:1.27']\n\
         [elsewhere]\nhost = 'registry.example.com'\nstore = 'blobs.example.net'\n[tcp]\ncdn = 'drop'",
        &[("HUB-02", "ACL-02"), ("LYR-07", "ACL-02")],
        UNHEALTHY,
    ),
    // The sidecar's registry is not reached; the image's own is.
    ("[image]\nsidecars = ['public.ecr.aws/nginx/nginx:1.27']", &[("PUB-01", "RTE-02 RTE-06 ACL-02")], UNHEALTHY),
    // Nothing is known of ECR's layer store, whose name another registry's redirect does not change.
    (
        "[vpc]\nnat = true\ns3_gateway = false\n[image]\nsidecars = ['docker.io/library/nginx:1.27']\n\
         [credentials]\nkind = 'none'\n[tcp]\ns3 = 'drop'",
        &[("IAM-08", ""), ("RTE-03", "RTE-04 SG-04 ACL-02")],
        UNHEALTHY,
    ),
];

#[test]
fn each_world_is_blamed_on_what_it_shows() {
    let mut wrong = Vec::new();
    for (toml, expected, verdict) in EXAMPLES {
        let report = support::check(world(toml));
        let found: Vec<(String, String)> = report
            .diagnoses
            .iter()
            .map(|it| {
                let alternatives: Vec<&str> = it.alternatives.iter().map(|code| code.id()).collect();
                (it.code.to_string(), alternatives.join(" "))
            })
            .collect();
        let same = found.len() == expected.len()
            && expected.iter().all(|(code, more)| found.iter().any(|it| it.0 == *code && it.1 == *more));
        if !same || report.verdict != verdict || !report.unexplained.is_empty() {
            wrong.push(format!("{toml}\n  {:?} {found:?}, unexplained {:?}", report.verdict, report.unexplained));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What no rule accounts for is shown as such, and the verdict waits.
#[test]
fn what_is_not_understood_is_left_open() {
    for toml in [
        // One name for which something comes that is no answer, while the same server answers for others.
        "[dns]\ns3 = 'garbage'",
        // A registry that is neither AWS's nor Docker Hub's.
        "[image]\nreference = 'registry.example.com/app:v1'\n[dns]\nregistry = ['203.0.113.9']",
    ] {
        let report = support::check(world(toml));
        assert_eq!(report.verdict, Verdict::Inconclusive, "{toml}: {:?}", super::codes(&report));
        assert!(!report.unexplained.is_empty(), "{toml}");
    }
}

/// The missing way out is told once, with the layer store under it.
#[test]
fn one_missing_way_out_explains_the_layer_store() {
    for toml in
        ["[vpc]\ninterface_endpoints = []\ns3_gateway = false", "[vpc]\nprivate_dns = false\ns3_gateway = false"]
    {
        let report = support::check(world(toml));
        assert_eq!(super::codes(&report), ["error[RTE-01]"], "{toml}");
        assert!(report.diagnoses[0].explains.iter().any(|it| it.starts_with("RTE-03: ")), "{toml}");
    }
}

/// The first server's denial is final to most clients, though the probe asks on.
#[test]
fn a_denial_by_the_first_name_server_is_a_warning() {
    use ecr_probe::diagnose::{Case, diagnose};
    use ecr_probe::model::{Act, outcome::ResolveOutcome};

    let servers = "[vpc]\nname_servers = ['10.0.9.53', '10.0.0.2']\nsilent_name_servers = ['10.0.9.53']";
    let mut report = support::check(world(servers));
    for observation in &mut report.evidence.observations {
        if let Act::Resolve(outcome @ ResolveOutcome::TimedOut) = &mut observation.act {
            *outcome = ResolveOutcome::NxDomain { aliases: Vec::new() };
        }
    }
    let found = diagnose(&Case::new(&report.evidence, &report.vantage)).findings;
    assert!(!found.is_empty() && found.iter().all(|it| it.code.id() == "DNS-09"), "{found:#?}");
    assert!(found.iter().all(|it| it.severity == ecr_probe::model::Severity::Warning));
}
