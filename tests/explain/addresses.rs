//! Who owns an address, by itself and beside the host that it was dialled for.

use ecr_probe::reason::explain;

use crate::corpus::{codes, context};

/// Addresses of the host itself, and what else of them is known: who gives credentials there.
const OWN: [(&str, &[&str]); 7] = [
    ("169.254.169.254", &["IAM-13", "IAM-08"]),
    ("[fd00:ec2::254]", &["IAM-13", "IAM-08"]),
    ("169.254.170.2", &["IAM-08", "IAM-13"]),
    ("169.254.170.23", &["IAM-08", "IAM-13"]),
    ("127.0.0.1", &[]),
    ("[::1]", &[]),
    ("169.254.20.10", &[]),
];

const PRIVATE: [&str; 5] = ["10.0.1.20", "172.20.3.4", "192.168.9.9", "100.64.3.2", "[fd12:3456::1]"];

/// GitHub's, Docker Hub's and one of nobody's.
const STRANGERS: [&str; 3] = ["140.82.121.34", "104.18.124.25", "203.0.113.9"];

const HOSTS: [&str; 6] = [
    "123456789012.dkr.ecr.us-east-1.amazonaws.com",
    "api.ecr.us-east-1.amazonaws.com",
    "registry-1.docker.io",
    "ghcr.io",
    "public.ecr.aws",
    "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com",
];

const ERRORS: [&str; 3] = ["i/o timeout", "connect: connection refused", "connect: no route to host"];

fn dials(host: &str, address: &str) -> impl Iterator<Item = String> {
    let head = format!("CannotPullContainerError: Get \"https://{host}/v2/\": dial tcp {address}:443: ");
    ERRORS.iter().map(move |error| format!("{head}{error}"))
}

#[test]
fn no_security_group_and_no_route_is_to_blame_for_the_hosts_own_addresses() {
    let context = context();
    for (address, first) in OWN {
        let urls = [
            format!("Get \"http://{address}/latest/meta-data/\": dial tcp {address}:80: "),
            format!("Post \"http://{address}/v2/credentials/x\": dial tcp {address}:80: "),
        ];
        let asked = urls.iter().flat_map(|url| ERRORS.map(|error| format!("CannotPullContainerError: {url}{error}")));
        let asked = asked.chain([format!(
            "CannotPullECRContainerError: Put \"http://{address}/latest/api/token\": context deadline exceeded"
        )]);
        let own: Vec<String> = if first.is_empty() { Vec::new() } else { asked.collect() };
        let dialled = HOSTS.iter().flat_map(|host| dials(host, address));
        for text in own.iter().cloned().chain(dialled) {
            let codes = codes(&explain(&text, &context));
            // That a connection is refused blames nothing on the way.
            let blames_the_way =
                |code: &&&str| code.starts_with("SG-") || code.starts_with("RTE-") && **code != "RTE-13";
            let network = codes.iter().find(blames_the_way);
            assert_eq!(network, None, "{text}");
            assert!(first.is_empty() || codes == first, "{codes:?}: {text}");
        }
    }
}

#[test]
fn only_a_private_address_is_likely_in_the_vpc() {
    let context = context();
    for host in HOSTS {
        let means = |address: &str| dials(host, address).map(|text| explain(&text, &context).means).collect::<Vec<_>>();
        for address in PRIVATE {
            assert!(means(address)[0].contains("likely a VPC endpoint"), "{host} at {address}: {:?}", means(address));
        }
        for address in STRANGERS {
            assert!(means(address).iter().all(|it| !it.contains("VPC")), "{host} at {address}: {:?}", means(address));
            assert!(means(address)[0].contains("a public address that is not AWS's"), "{host} at {address}");
        }
    }
}

/// Credentials that fail because nothing reaches STS fail by that way.
#[test]
fn the_way_to_what_gives_credentials_is_told() {
    let context = context();
    let heads = [
        "Failed to pull image \"123456789012.dkr.ecr.us-east-1.amazonaws.com/app:v1\": error execing credential provider plugin ecr for image x: ",
        "error getting credentials - err: exit status 1, out: `",
        "CannotPullECRContainerError: ",
    ];
    let sts = "operation error ECR: GetAuthorizationToken, get identity: get credentials: failed to refresh cached credentials, failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post \"https://sts.us-east-1.amazonaws.com/\": dial tcp";
    for head in heads {
        for (error, first, other) in [
            (" 10.0.9.9:443: i/o timeout", "SG-01", "IAM-13"),
            (" 52.119.196.10:443: i/o timeout", "RTE-01", "IAM-13"),
            (" 10.0.9.9:443: connect: connection refused", "RTE-13", ""),
            (": lookup sts.us-east-1.amazonaws.com on 10.0.0.2:53: no such host", "DNS-05", ""),
        ] {
            let explanation = explain(&format!("{head}{sts}{error}"), &context);
            let codes = codes(&explanation);
            assert_eq!(codes.first(), Some(&first), "{codes:?}: {head}{sts}{error}");
            assert!(other.is_empty() || codes.contains(&other), "{codes:?}: {head}{sts}{error}");
            assert!(explanation.means.contains("STS") || first == "RTE-13", "{}", explanation.means);
        }
    }
}
