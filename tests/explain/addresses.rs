//! Whose an address is, by itself and beside the host that it was dialled for.

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
            let network = codes.iter().find(|code| code.starts_with("SG-") || code.starts_with("RTE-"));
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
            assert!(means(address)[0].contains("likely in the VPC"), "{host} at {address}: {:?}", means(address));
        }
        for address in STRANGERS {
            assert!(means(address).iter().all(|it| !it.contains("VPC")), "{host} at {address}: {:?}", means(address));
            assert!(means(address)[0].contains("a public address that is not AWS's"), "{host} at {address}");
        }
    }
}
