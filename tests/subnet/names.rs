//! Name servers that are silent, late or in error, and answers that do not fit a datagram.

use std::time::Duration;

use super::peers::probe::Seen;
use super::peers::subnet::Subnet;
use super::pulls::pulled;
use super::{Case, check, check_command, expect, in_time};

pub const CASES: [(&str, Case); 7] = [
    ("DNS dropped", dns_drops),
    ("a name server whose access list lacks the task", refuses),
    ("a name server whose forwarder refuses", fails),
    ("a name server that takes a second", late),
    ("a name server that takes longer than the time-out", too_late),
    ("answers too long for a datagram", cut_answers),
    ("answers too long for a datagram, and TCP port 53 dropped", cut_answers_only),
];

const REFUSING: &str = "10.77.2.55";
const FORWARDING: &str = "10.77.2.56";
const CUTTING: &str = "10.77.2.57";
const LATE: &str = "10.77.2.58";

fn dns_drops(subnet: &Subnet) -> String {
    subnet.break_with(&["forward udp dport 53 drop", "forward tcp dport 53 drop"]);
    let seen = check(subnet, ":v1", &[]);
    in_time(&seen, 1);
    expect(&seen, 1, "unhealthy", &["DNS-15"])
}

fn refuses(subnet: &Subnet) -> String {
    errors(&check_at(subnet, REFUSING), "refused")
}

fn fails(subnet: &Subnet) -> String {
    errors(&check_at(subnet, FORWARDING), "server-failure")
}

/// The server is there and says no: that of a VPC with DNS off, or one of the user's own.
fn errors(seen: &Seen, outcome: &str) -> String {
    assert!(seen.outcomes("resolve").iter().all(|it| it["result"] == outcome), "{}", seen.all());
    assert!(seen.alternatives("DNS-01").contains(&"DNS-04"), "DNS-04 is no alternative: {}", seen.all());
    expect(seen, 1, "unhealthy", &["DNS-01"])
}

fn late(subnet: &Subnet) -> String {
    let seen = check_at(subnet, LATE);
    pulled(subnet, &seen);
    expect(&seen, 0, "healthy", &[])
}

fn too_late(subnet: &Subnet) -> String {
    let mut command = check_command(subnet, ":v1", Duration::from_millis(500));
    command.args(["--dns-server", LATE]);
    expect(&Seen::by(command), 1, "unhealthy", &["DNS-15"])
}

fn cut_answers(subnet: &Subnet) -> String {
    let seen = check_at(subnet, CUTTING);
    pulled(subnet, &seen);
    assert!(seen.outcomes("resolve").iter().all(|it| it["transport"] == "tcp"), "{}", seen.all());
    expect(&seen, 0, "healthy", &[])
}

fn cut_answers_only(subnet: &Subnet) -> String {
    subnet.break_with(&["forward tcp dport 53 drop"]);
    let seen = check_at(subnet, CUTTING);
    in_time(&seen, 1);
    assert!(seen.outcomes("resolve").iter().all(|it| it["result"] == "cut"), "{}", seen.all());
    expect(&seen, 1, "unhealthy", &["DNS-15"])
}

fn check_at(subnet: &Subnet, name_server: &str) -> Seen {
    check(subnet, ":v1", &["--dns-server", name_server])
}
