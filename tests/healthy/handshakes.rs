//! Handshakes, proxies and the clock in worlds that no page shows.

use ecr_probe::model::Verdict;

use super::{codes, support, world};

/// The world, its diagnoses, and the verdict.
type Example = (&'static str, &'static [&'static str], Verdict);

const EXAMPLES: [Example; 22] = [
    // One address of several: pulls fail now and then.
    ("tls_at = ['10.0.2.20']\n[tls]\necr-dkr = 'intercepted'", &["warning[TLS-01]"], Verdict::Degraded),
    ("tls_at = ['10.0.2.20']\n[tls]\necr-dkr = 'silent'", &["warning[TLS-02]"], Verdict::Degraded),
    ("tls_at = ['10.0.1.10']\n[tls]\necr-api = 'wrong-name'", &["warning[TLS-03]"], Verdict::Degraded),
    ("tls_at = ['10.0.1.20']\n[tls]\necr-dkr = 'malformed'", &["warning[TLS-05]"], Verdict::Degraded),
    ("tls_at = ['10.0.1.20']\n[tls]\necr-dkr = 'expired'", &["warning[TLS-06]"], Verdict::Degraded),
    ("tls_at = ['52.92.18.106']\n[tls]\ns3 = 'old-version'", &["warning[TLS-07]"], Verdict::Degraded),
    ("tls_at = ['10.0.2.20']\n[tls]\necr-dkr = 'plaintext'", &["warning[CFG-03]"], Verdict::Degraded),
    // An address that works for TCP only does not make up for a dead one.
    (
        "tls_at = ['10.0.2.20']\n[vpc]\ndead_endpoint_addresses = ['ecr-dkr/1']\n[tls]\necr-dkr = 'reset'",
        &["error[TLS-02]", "warning[RTE-07]"],
        Verdict::Unhealthy,
    ),
    // The same at several hosts is told once.
    ("[tls]\nall = 'self-signed'", &["error[TLS-01]"], Verdict::Unhealthy),
    ("[tls]\nall = 'old-bundle'", &["error[TLS-04]"], Verdict::Unhealthy),
    ("[tls]\nall = 'intercepted-trusted'", &["warning[TLS-01]"], Verdict::Degraded),
    // Certificates of several hosts do not end together.
    ("[clock]\nskew_s = 40000000", &["error[CLK-01]"], Verdict::Unhealthy),
    ("[clock]\nskew_s = -40000000", &["error[CLK-01]"], Verdict::Unhealthy),
    ("[tls]\necr-api = 'not-yet-valid'", &["error[TLS-06]"], Verdict::Unhealthy),
    ("[clock]\nskew_s = 900\n[credentials]\nkind = 'none'", &["error[CLK-01]", "warning[IAM-08]"], Verdict::Unhealthy),
    // Where only a proxy would lead out.
    (
        "proxy_variables = ['HTTPS_PROXY']\n[vpc]\ninterface_endpoints = []",
        &["error[RTE-01]", "warning[PRX-01]"],
        Verdict::Unhealthy,
    ),
    // Pages that say 200.
    (
        "[reply.token]\nstatus = 200\ncontent_type = 'text/html'\nbody = '<html>'",
        &["error[PRX-02]"],
        Verdict::Unhealthy,
    ),
    ("[reply.blob]\nstatus = 200\ncontent_type = 'text/html'\nbody = '<html>'", &["error[PRX-02]"], Verdict::Unhealthy),
    // Another store than S3: followed, and not S3's policy, route or endpoint that is to blame.
    ("[layer]\nstore = 'd2glxqk2uabbnd.cloudfront.net'\n[vpc]\nnat = true", &["warning[PTC-03]"], Verdict::Degraded),
    (
        "[layer]\nstore = 'd2glxqk2uabbnd.cloudfront.net'\n[vpc]\nnat = true\n[deny]\n's3:GetObject' = 'bare'",
        &["error[PTC-03]"],
        Verdict::Unhealthy,
    ),
    (
        "[layer]\nstore = 'production.cloudflare.docker.com'\n[dns]\ns3 = 'nxdomain'",
        &["error[PTC-03]"],
        Verdict::Unhealthy,
    ),
    (
        "[layer]\nstore = 'production.cloudflare.docker.com'\n[tcp]\ns3 = 'refuse'",
        &["error[PTC-03]"],
        Verdict::Unhealthy,
    ),
];

#[test]
fn each_is_named_as_far_as_it_goes() {
    let mut wrong = Vec::new();
    for (toml, expected, verdict) in EXAMPLES {
        let report = support::check(world(toml));
        if codes(&report) != expected || report.verdict != verdict || !report.unexplained.is_empty() {
            wrong.push(format!(
                "{toml}\n  {:?} {:?}, unexplained {:?}",
                report.verdict,
                codes(&report),
                report.unexplained
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
