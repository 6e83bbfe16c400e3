//! Packets that do not arrive, are refused, or end at a box that stands in between.

use super::peers::probe::Seen;
use super::peers::subnet::Subnet;
use super::{API, Case, REGISTRY, STORE, SYN, check, expect, in_time, lead};

pub const CASES: [(&str, Case); 18] = [
    ("SYNs to the registry dropped", registry_drops),
    ("SYNs to the API dropped", api_drops),
    ("SYNs to S3 dropped", store_drops),
    ("SYNs to the registry and to S3 dropped", registry_and_store_drop),
    ("replies of the registry dropped", replies_drop),
    ("RST from the registry", registry_resets),
    ("ICMP host unreachable", host_unreachable),
    ("ICMP net unreachable", net_unreachable),
    ("ICMP port unreachable", port_unreachable),
    ("ICMP administratively prohibited", prohibited),
    ("everything dropped", everything_drops),
    ("everything but DNS dropped", all_but_dns_drops),
    ("one of two addresses dead", one_dead_address),
    ("an inspector's certificate", inspected),
    ("an expired certificate", expired),
    ("a certificate for another name", other_name),
    ("plaintext on 443", plaintext),
    ("large packets dropped silently", mtu_black_hole),
];

fn registry_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} {SYN} drop")]);
    endpoint_sealed(&check(subnet, ":v1", &[]))
}

fn api_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {API} {SYN} drop")]);
    endpoint_sealed(&check(subnet, ":v1", &[]))
}

/// The access list lets the SYN out and not the answer in: from inside it looks the same.
fn replies_drop(subnet: &Subnet) -> String {
    subnet.break_with(&["forward ip saddr 10.77.2.11 tcp sport 443 drop"]);
    endpoint_sealed(&check(subnet, ":v1", &[]))
}

/// Silence from an endpoint's address: its group, the task's, or an access list.
fn endpoint_sealed(seen: &Seen) -> String {
    let alternatives = seen.alternatives("SG-01");
    for cause in ["SG-03", "ACL-01"] {
        assert!(alternatives.contains(&cause), "{cause} is no alternative: {}", seen.all());
    }
    expect(seen, 1, "unhealthy", &["SG-01"])
}

fn store_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {STORE} {SYN} drop")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-03"])
}

fn registry_and_store_drop(subnet: &Subnet) -> String {
    let rules = [REGISTRY, STORE].map(|to| format!("forward {to} {SYN} drop"));
    subnet.break_with(&rules.each_ref().map(String::as_str));
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-03", "SG-01"])
}

fn registry_resets(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with tcp reset")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-13"])
}

fn host_unreachable(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with icmp type host-unreachable")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-14"])
}

fn net_unreachable(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with icmp type net-unreachable")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-14"])
}

/// What a kernel that has the address says of a port that nothing listens on.
fn port_unreachable(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with icmp type port-unreachable")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-13"])
}

fn prohibited(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {REGISTRY} tcp dport 443 reject with icmp type admin-prohibited")]);
    expect(&check(subnet, ":v1", &[]), 1, "unhealthy", &["RTE-14"])
}

fn everything_drops(subnet: &Subnet) -> String {
    subnet.break_with(&["forward drop"]);
    let seen = check(subnet, ":v1", &[]);
    in_time(&seen, 1);
    expect(&seen, 1, "unhealthy", &["DNS-15"])
}

fn all_but_dns_drops(subnet: &Subnet) -> String {
    subnet.break_with(&[&format!("forward {SYN} drop")]);
    let seen = check(subnet, ":v1", &[]);
    in_time(&seen, 1);
    expect(&seen, 1, "unhealthy", &["RTE-03", "SG-01"])
}

/// This resolver also gives an address of the registry that no packet reaches.
fn one_dead_address(subnet: &Subnet) -> String {
    expect(&check(subnet, ":v1", &["--dns-server", "10.77.2.54"]), 0, "degraded", &["RTE-07"])
}

fn inspected(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.21"), 1, "unhealthy", &["TLS-01"])
}

fn expired(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.22"), 1, "unhealthy", &["TLS-06"])
}

fn other_name(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.23"), 1, "unhealthy", &["TLS-03"])
}

fn plaintext(subnet: &Subnet) -> String {
    expect(&check_by_way_of(subnet, "10.77.2.24"), 1, "unhealthy", &["CFG-03"])
}

/// A link of 1,400 bytes whose router's complaints (ICMP type 3 code 4) are filtered.
fn mtu_black_hole(subnet: &Subnet) -> String {
    subnet.break_with(&["output icmp type destination-unreachable icmp code frag-needed drop"]);
    subnet.router.ip(&["link", "set", "r0", "mtu", "1400"]);
    let seen = check(subnet, ":v1", &[]);
    subnet.router.ip(&["link", "set", "r0", "mtu", "1500"]);
    expect(&seen, 1, "unhealthy", &["MTU-01"])
}

fn check_by_way_of(subnet: &Subnet, box_in_between: &str) -> Seen {
    subnet.break_with(&[&lead(REGISTRY, box_in_between)]);
    check(subnet, ":v1", &[])
}
