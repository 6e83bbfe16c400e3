//! What no service is at fault for: links that lose or are slow, and clocks.

use std::time::Duration;

use super::peers::probe::Seen;
use super::peers::process::run;
use super::peers::subnet::Subnet;
use super::peers::tools;
use super::pulls::pulled;
use super::{API, Case, REGISTRY, STORE, check, check_command, expect, lead};

pub const CASES: [(&str, Case); 4] = [
    ("every twentieth packet lost", lossy_link),
    ("a link of 190 kilobytes a second", slow_link),
    ("answers dated an hour ahead", dated_ahead),
    ("answers dated an hour ahead, and signatures refused for it", signed_too_early),
];

/// A clock that is an hour ahead of ours, at a front of AWS's services.
const AHEAD: &str = "10.77.2.26";
/// The time-out that a user has who sets none.
const DEFAULT: Duration = Duration::from_secs(5);

/// In turn and not at random, so that the same act is not hit three times in one run of many.
fn lossy_link(subnet: &Subnet) -> String {
    subnet.break_with(&["forward numgen inc mod 20 == 0 counter drop"]);
    let seen = Seen::by(check_command(subnet, ":v1", DEFAULT));
    let rules = subnet.router.nft("list chain inet faults forward");
    let mut words = rules.split_whitespace().skip_while(|word| *word != "counter").skip(2);
    let lost: u32 = words.next().and_then(|word| word.parse().ok()).expect("nft counts packets");
    assert!(lost > 50, "only {lost} packets were lost");
    pulled(subnet, &seen);
    // Which packets are hit is another matter each time: a question whose packet is lost is asked again, and noted.
    let codes = seen.codes();
    assert!(matches!(codes[..], [] | ["ECR-04"]), "{}", seen.all());
    format!("{}, {lost} packets lost", expect(&seen, 0, "healthy", &codes))
}

/// 64 megabytes would take almost six minutes; the first of them makes an estimate.
fn slow_link(subnet: &Subnet) -> String {
    let mut command = subnet.router.command("tc");
    command.args("qdisc add dev r0 root tbf rate 1500kbit burst 16kb latency 400ms".split(' '));
    let shaped = run(command, DEFAULT);
    if !shaped.status.success() {
        tools::skip(&format!("a kernel with sch_tbf, for the slow link: {}", shaped.stderr.trim()));
        return "not tried".to_owned();
    }
    let seen = check(subnet, ":large", &["--budget", "9s"]);
    subnet.router.shell("tc qdisc del dev r0 root");
    assert_eq!(seen.at("/pull/within_budget"), false, "{}", seen.all());
    expect(&seen, 0, "degraded", &["SLOW-01"])
}

/// AWS takes what the clock signs, so that it is not wrong by more than minutes, or is being set.
fn dated_ahead(subnet: &Subnet) -> String {
    subnet.break_with(&[REGISTRY, STORE].map(|service| lead(service, AHEAD)).each_ref().map(String::as_str));
    let seen = check(subnet, ":v1", &[]);
    pulled(subnet, &seen);
    expect(&seen, 0, "degraded", &["CLK-01"])
}

/// As a clock that is wrong has it. There is no way to STS, as in most private subnets.
fn signed_too_early(subnet: &Subnet) -> String {
    let led = [REGISTRY, STORE, API].map(|service| lead(service, AHEAD));
    let rules = [&led.each_ref().map(String::as_str)[..], &["forward ip daddr 203.0.113.20 drop"]].concat();
    subnet.break_with(&rules);
    let seen = check(subnet, ":v1", &[]);
    assert_eq!(seen.at("/diagnoses/0/strength"), "proven", "{}", seen.all());
    expect(&seen, 1, "unhealthy", &["CLK-01"])
}
