//! Against moto and docker-registry, which are no ECR: the script says where.

use std::collections::BTreeMap;
use std::process::Command;

use crate::peers::loopback::Loopback;
use crate::peers::{PASSWORD, REGISTRY_HOST, REPOSITORY, probe, services, tools};
use crate::script::{self, Said, holds_none};

/// What must not be printed: the token as moto gives it and as it is sent, and what makes a presigned URL good.
const SECRETS: [&str; 4] =
    [PASSWORD, "QVdTOjEyMzQ1Njc4OTAxMi1hdXRoLXRva2Vu", "wJalrXUtnFEMIEXAMPLEKEY", "AKIAIOSFODNN7"];

/// The rows in which docker-registry and moto differ, with the facts.
const DIFFERENT: [(&str, &[&str]); 18] = [
    ("v2-bare", &["header www-authenticate", "header content-type", "body"]),
    ("v2-bearer", &["header www-authenticate", "body"]),
    ("v2-no-user", &["header www-authenticate", "body"]),
    ("v2-garbage", &["status", "code", "message", "header www-authenticate"]),
    ("manifest-get", &["header docker-content-digest"]),
    ("manifest-head", &["header sizes", "header etag"]),
    ("manifest-missing-tag", &["message"]),
    ("manifest-missing-repository", &["code", "message"]),
    ("config-head", &["header content-type"]),
    ("layer-head", &["header content-type"]),
    ("layer-get", &["status", "body", "header content-type"]),
    ("layer-location", &["location"]),
    ("api-bare", &["status"]),
    (
        "api-layer-location",
        &["location path", "location names the digest", "location parameters", "location X-Amz-Credential"],
    ),
    ("archived-manifest", &["status"]),
    ("archived-api", &["image status"]),
    ("tls-api", &["alpn"]),
    ("tls-registry", &["alpn"]),
];

#[test]
fn it_names_what_emulators_do_otherwise() {
    let missing = tools::missing(&[&services::PROGRAMS[..], &["aws", "python3"]].concat());
    if !missing.is_empty() {
        return tools::skip(&missing.join(", "));
    }
    if tools::python_with_moto().is_none() {
        return tools::skip("moto[server] for python3");
    }
    let loopback = Loopback::new();
    let said = Said::by(at(&loopback, loopback.registry.port()));
    assert_eq!(said.exit(), 1, "{}", said.lines());
    let wanted: BTreeMap<&str, Vec<&str>> = DIFFERENT.iter().map(|(row, facts)| (*row, facts.to_vec())).collect();
    assert_eq!(said.differing(), wanted, "{}", said.lines());
    let same = ["v2-token", "tags-list", "api-image", "api-missing-tag", "api-missing-repository"];
    assert_eq!(said.rows("same"), same, "{}", said.lines());
    holds_none(&said.ran.stdout, &SECRETS);

    let (printed, exit) = script::printed(at(&loopback, loopback.registry.port()));
    assert_eq!(exit, 1, "{printed}");
    for row in said.differing().keys() {
        assert!(printed.lines().any(|line| line.starts_with(&format!("differs       {row}: "))), "{row}: {printed}");
    }
    assert!(printed.contains("< HTTP/1.1 401 Unauthorized") || printed.contains("< HTTP/1.1 401"), "{printed}");
    holds_none(&printed, &SECRETS);
    println!("{}", printed.lines().last().unwrap_or_default());

    // A registry that refuses the token gives no manifest, and what hangs on it is not compared.
    let (printed, exit) = script::printed(at(&loopback, loopback.foreign.port()));
    assert_eq!(exit, 1, "{printed}");
    assert!(printed.contains("needs the image's manifest, and the registry gave none (status 401)"), "{printed}");
    holds_none(&printed, &SECRETS);
}

fn at(loopback: &Loopback, registry_port: u16) -> Command {
    let mut command = loopback.command(script::path());
    command.envs(probe::credentials()).arg(format!("{REGISTRY_HOST}/{REPOSITORY}:v1"));
    command.args(["--endpoint-url", &format!("https://{}", loopback.aws)]);
    command.args(["--registry-url", &format!("https://127.0.0.1:{registry_port}")]);
    command.arg("--ca-bundle").arg(loopback.folder().join("ca.pem"));
    command.args(["--archived-image", &format!("{REPOSITORY}:v1")]);
    command
}
