//! AWS's side of a pull, by other people's programs: moto for the ECR API, STS and S3,
//! docker-registry for the registry, haproxy for TLS, unbound for the VPC's resolver.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::authority::{Authority, Validity};
use super::image::{Image, write_layout};
use super::namespace::Namespace;
use super::process::{Daemon, clean, run_well};
use super::{API_HOST, LAYER_HOST, PASSWORD, REGISTRY_HOST, REPOSITORY, fill_in, tools};

/// moto takes seconds to import itself on a busy machine.
const START: Duration = Duration::from_secs(60);
const PUSH: Duration = Duration::from_secs(60);

/// What has to be installed for them.
pub const PROGRAMS: [&str; 9] =
    ["docker-registry", "gzip", "haproxy", "htpasswd", "nsenter", "setpriv", "skopeo", "unbound", "unshare"];

/// Who answers for names: the VPC's resolver, one that has a second address of the registry,
/// and three that answer otherwise.
const RESOLVERS: [(&str, &str); 5] = [
    ("unbound", "10.77.2.53"),
    ("unbound-two", "10.77.2.54"),
    ("unbound-refusing", "10.77.2.55"),
    ("unbound-forwarding", "10.77.2.56"),
    ("unbound-cutting", "10.77.2.57"),
];

/// Where in this repository the templates and scripts are.
pub fn here(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(file)
}

/// Writes certificates, the image and every configuration into `folder`.
pub fn prepare(folder: &Path) -> Image {
    let (amazon, inspector) = (Authority::amazon(), Authority::inspector());
    let names = [REGISTRY_HOST, API_HOST, LAYER_HOST, "*.s3.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com"];
    let of_the_account = ["*.eu-west-1.amazonaws.com", "iam.amazonaws.com", "route53.amazonaws.com"];
    amazon.write_root(&folder.join("ca.pem"));
    amazon.write_leaf(&[&names[..], &of_the_account, &["127.0.0.1"]].concat(), Validity::Now, &folder.join("aws.pem"));
    amazon.write_leaf(&names, Validity::Past, &folder.join("expired.pem"));
    amazon.write_leaf(&["registry.example.com"], Validity::Now, &folder.join("other-name.pem"));
    inspector.write_leaf(&names, Validity::Now, &folder.join("inspector.pem"));

    let directory = folder.to_str().expect("a path in UTF-8");
    let values = [("DIRECTORY", directory)];
    fill_in(include_str!("registry.yml"), &values, &folder.join("registry.yml"));
    fill_in(include_str!("haproxy.cfg"), &values, &folder.join("haproxy.cfg"));
    fill_in(include_str!("ip-ranges.json"), &[], &folder.join("ip-ranges.json"));
    let second = format!("local-data: \"{REGISTRY_HOST}. 60 A 10.77.2.19\"");
    for (name, address, difference) in [
        ("unbound", "10.77.2.53", ""),
        ("unbound-two", "10.77.2.54", second.as_str()),
        ("unbound-refusing", "10.77.2.55", "access-control: 10.77.0.0/16 refuse"),
        // No answer with an address is as short as this, so that each is cut.
        ("unbound-cutting", "10.77.2.57", "max-udp-size: 64"),
    ] {
        let values = [("DIRECTORY", directory), ("ADDRESS", address), ("DIFFERENCE", difference)];
        fill_in(include_str!("unbound.conf"), &values, &folder.join(format!("{name}.conf")));
    }
    let values = [("DIRECTORY", directory), ("ADDRESS", "10.77.2.56"), ("UPSTREAM", "10.77.2.55")];
    fill_in(include_str!("unbound-forwarder.conf"), &values, &folder.join("unbound-forwarding.conf"));
    fill_in("nameserver 10.77.2.53\n", &[], &folder.join("resolv.conf"));

    let mut command = clean("htpasswd", folder);
    command.args(["-Bbn", "AWS", PASSWORD]);
    fill_in(&run_well(command, PUSH), &[], &folder.join("htpasswd"));
    write_layout(&folder.join("layout"))
}

/// Starts them all in the namespace and waits until each listens.
pub fn start(aws: &Namespace, folder: &Path) -> Vec<Daemon> {
    let mut daemons = Vec::new();
    let mut start = |name: &str, program: &Path, arguments: &[&str], variables: &[(&str, &str)], at: &str| {
        let mut command = aws.command(program);
        command.args(arguments).envs(variables.iter().copied());
        let mut daemon = Daemon::start(name, command, folder);
        let at = at.parse().expect("an address");
        daemon.wait_until(START, |_| aws.listens(at));
        daemons.push(daemon);
    };
    let file = |name: &str| folder.join(name).to_str().expect("a path in UTF-8").to_owned();
    let script = |name: &str| here(name).to_str().expect("a path in UTF-8").to_owned();
    let python = tools::python_with_moto().expect("checked before");
    start(
        "moto",
        &python,
        &[&script("aws.py"), &file("layout"), "-H", "127.0.0.1", "-p", "8014"],
        &[],
        "127.0.0.1:8014",
    );
    start("haproxy", Path::new("haproxy"), &["-db", "-f", &file("haproxy.cfg")], &[], "198.51.100.12:443");
    for (name, address) in RESOLVERS {
        start(name, Path::new("unbound"), &["-d", "-c", &file(&format!("{name}.conf"))], &[], &format!("{address}:53"));
    }
    start("late", &python, &[&script("late.py"), "10.77.2.58", "1", "10.77.2.53"], &[], "10.77.2.58:53");
    for (name, address) in [("other", "10.77.2.27"), ("short", "10.77.2.28")] {
        let arguments = [&script("store.py"), &file("aws.pem"), address, "8014", name];
        start(name, &python, &arguments, &[], &format!("{address}:443"));
    }
    let trust = file("ca.pem");
    let arguments = ["serve", &file("registry.yml")];
    start("registry", Path::new("docker-registry"), &arguments, &[("SSL_CERT_FILE", &trust)], "10.77.2.11:443");
    daemons
}

/// Pushes the image with skopeo, through the registry's real name.
pub fn push(from: &Namespace, folder: &Path) {
    for (tag, what) in [("v1", "--all"), ("amd64", "--multi-arch=system"), ("large", "--multi-arch=system")] {
        let mut command = from.command("skopeo");
        command.env("SSL_CERT_FILE", folder.join("ca.pem"));
        command.args(["--insecure-policy", "--tmpdir"]).arg(folder);
        command.args(["copy", "--quiet", what, "--preserve-digests", "--dest-creds", &format!("AWS:{PASSWORD}")]);
        command.arg(format!("oci:{}:{tag}", folder.join("layout").display()));
        command.arg(format!("docker://{REGISTRY_HOST}/{REPOSITORY}:{tag}"));
        run_well(command, PUSH);
    }
}
