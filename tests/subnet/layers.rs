//! Layer stores that say no, and layers that do not come as they are.

use super::peers::probe::Seen;
use super::peers::process::run;
use super::peers::subnet::Subnet;
use super::pulls::pulled;
use super::{CURL, Case, STORE, blob_url, check, curl, expect, lead};

pub const CASES: [(&str, Case); 6] = [
    ("layers that stall", stalled_layer),
    ("layers that are reset", reset_layer),
    ("a layer cut short", short_layer),
    ("a layer of other bytes", other_bytes),
    ("a layer store that is asked for too much", busy_store),
    ("a layer store that refuses the registry's credentials", two_credentials),
];

/// The first half megabyte of each flow passes, then nothing.
fn stalled_layer(subnet: &Subnet) -> String {
    subnet.count_bytes();
    subnet.break_with(&["forward ip saddr 198.51.100.12 tcp sport 443 ct reply bytes > 500000 drop"]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-12"])
}

fn reset_layer(subnet: &Subnet) -> String {
    subnet.count_bytes();
    // The client's own packets, so that it is the client that is reset.
    subnet.break_with(&[&format!("forward {STORE} tcp dport 443 ct reply bytes > 500000 reject with tcp reset")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["LYR-04"])
}

/// Half of what its headers announce, and then the connection is closed.
fn short_layer(subnet: &Subnet) -> String {
    expect(&check_with_store(subnet, "10.77.2.28"), 1, "unhealthy", &["LYR-04"])
}

fn other_bytes(subnet: &Subnet) -> String {
    let seen = check_with_store(subnet, "10.77.2.27");
    assert_eq!(seen.at("/diagnoses/0/strength"), "proven", "{}", seen.all());
    assert_eq!(seen.at("/pull/layers_verified"), subnet.image.layers - 1, "{}", seen.all());
    expect(&seen, 1, "unhealthy", &["LYR-03"])
}

fn busy_store(subnet: &Subnet) -> String {
    expect(&check_with_store(subnet, "10.77.2.25"), 1, "unhealthy", &["THR-03"])
}

/// S3 takes one way of authentication: who resends the token is refused, and the probe is not.
fn two_credentials(subnet: &Subnet) -> String {
    let mut command = curl(subnet);
    command.args(["--location-trusted", &blob_url(subnet)]);
    let refused = run(command, CURL);
    assert!(refused.stdout.contains("Only one auth mechanism allowed"), "curl sees {}", refused.stdout);
    let seen = check(subnet, ":v1", &[]);
    pulled(subnet, &seen);
    expect(&seen, 0, "healthy", &[])
}

fn check_with_store(subnet: &Subnet, at: &str) -> Seen {
    subnet.break_with(&[&lead(STORE, at)]);
    check(subnet, ":v1", &[])
}
