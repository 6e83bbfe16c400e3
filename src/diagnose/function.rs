//! What a finding says of a task when a Lambda function has made it. A function stands in the task's subnet with the
//! task's security groups, and is no task: it has no public address, other ports, its own clock and its own speed.

use std::net::IpAddr;

use super::addresses::{self, Side};
use super::{Case, Contact, Host, is_of_principals};
use crate::model::outcome::{ConnectOutcome, NoAnswer};
use crate::model::{
    Act, AddressClass, Blank, Code, Command, Finding, Fix, Mode, Observation, Role, Severity, Strength, Vantage,
};

/// Megabytes of memory at which a function has a whole processor (AWS Lambda Developer Guide, "Configure Lambda function
/// memory"): with less of it a function's network is slower than a task's.
const ONE_PROCESSOR_MB: u32 = 1_769;

/// Codes that blame a name server, or what it says.
const OF_NAME_SERVERS: [&str; 7] = ["DNS-01", "DNS-04", "DNS-09", "DNS-10", "DNS-15", "DNS-16", "DNS-17"];

/// Codes of what the function's own environment variables say of ECR's API.
const OF_SETTINGS: [&str; 2] = ["CFG-01", "CFG-06"];

/// What a function cannot tell of a task.
struct Doubt {
    /// A finding is no more than this.
    severity: Severity,
    strength: Strength,
    why: String,
    /// A cause that is the same to a function.
    or: Option<&'static str>,
    /// What settles it.
    settle: Option<Fix>,
}

impl Doubt {
    fn new(severity: Severity, strength: Strength, why: impl Into<String>) -> Self {
        Doubt { severity, strength, why: why.into(), or: None, settle: None }
    }
}

/// The memory of a function that is so small that its network is slower than a task's, in MB.
pub fn too_small(vantage: &Vantage) -> Option<u32> {
    vantage.function_memory_mb.filter(|size| vantage.mode == Mode::Lambda && *size < ONE_PROCESSOR_MB)
}

/// Lowers what a finding claims where it may not hold for a task, and adds why. True where the fault stops this function
/// and may not stop a task.
pub fn weigh(case: &Case<'_>, finding: &mut Finding) -> bool {
    if case.vantage.mode != Mode::Lambda {
        return false;
    }
    let before = finding.severity;
    let cited: Vec<&Observation> = finding.cites.iter().filter_map(|&id| case.whole.get(id)).collect();
    let doubts = [
        public_address(case, &cited),
        source_ports(finding, &cited),
        name_servers(finding),
        ipv6(&cited),
        own_clock(finding),
        own_speed(case, finding),
        own_settings(finding, &cited),
    ];
    let mut settles = Vec::new();
    for doubt in doubts.into_iter().flatten() {
        finding.severity = finding.severity.min(doubt.severity);
        finding.strength = finding.strength.min(doubt.strength);
        finding.reason = format!("{}; {}", finding.reason, doubt.why);
        let other = doubt.or.map(Code).filter(|code| *code != finding.code && !finding.alternatives.contains(code));
        finding.alternatives.extend(other);
        settles.extend(doubt.settle);
    }
    finding.fixes.splice(0..0, settles);
    let is_denied = finding.severity == Severity::Warning && is_of_principals(finding.code);
    before == Severity::Error && finding.severity < before || is_denied
}

/// Silence at addresses of the internet: a task with a public address gets there through an internet gateway, where a
/// function, which never has one, does not (AWS Lambda Developer Guide, "Internet access for VPC-connected functions").
fn public_address(case: &Case<'_>, cited: &[&Observation]) -> Option<Doubt> {
    let contacts = || case.hosts.iter().flat_map(|host| host.contacts.iter().map(move |contact| (host, contact)));
    let is_cited = |contact: &Contact<'_>| cited.iter().any(|it| it.id == contact.connect.0.id);
    let is_silent = |contact: &Contact<'_>| matches!(contact.connect.1, ConnectOutcome::TimedOut);
    let is_lost = |(host, it): (&Host<'_>, &Contact<'_>)| is_cited(it) && is_silent(it) && is_on_the_internet(host, it);
    // A gateway endpoint leads to S3's public addresses and nowhere else.
    let leads_out = |(host, it): (&Host<'_>, &Contact<'_>)| {
        host.role() != Role::S3 && it.connected() && is_on_the_internet(host, it)
    };
    if !contacts().any(is_lost) || contacts().any(leads_out) {
        return None;
    }
    match case.vantage.assign_public_ip {
        // Its tasks are in the same position as the function.
        Some(false) => None,
        Some(true) => Some(Doubt::new(
            Severity::Info,
            Strength::Possible,
            "the tasks have public addresses and this function has none: their packets take another route, which this check does not show",
        )),
        None => Some(Doubt {
            or: Some("RTE-02"),
            settle: Some(Fix::run(
                "see whether the tasks get a public address (assignPublicIp): with ENABLED, in a subnet whose default route is an internet gateway, they get through and this is no fault; with DISABLED they are cut off like this function",
                &Command::of("aws ecs describe-services")
                    .region(addresses::own_region(case))
                    .option("--cluster", Blank::CLUSTER)
                    .option("--services", Blank::SERVICE_NAME)
                    .query("services[].networkConfiguration.awsvpcConfiguration.assignPublicIp")
                    .text(),
            )),
            ..Doubt::new(
                Severity::Warning,
                Strength::Likely,
                "a function never has a public address: a Fargate task that has one (assignPublicIp) may get through where this function does not",
            )
        }),
    }
}

/// Whether the address is not one of a VPC's.
fn is_on_the_internet(host: &Host<'_>, contact: &Contact<'_>) -> bool {
    if host.role().is_aws() {
        return addresses::side(host, contact) == Side::Public;
    }
    let is_global = match contact.address {
        IpAddr::V4(it) => {
            let [first, second, ..] = it.octets();
            let is_shared = first == 100 && second & 0xc0 == 64;
            !(it.is_private() || it.is_loopback() || it.is_link_local() || is_shared)
        }
        IpAddr::V6(it) => !it.is_loopback() && !it.is_unique_local() && !it.is_unicast_link_local(),
    };
    is_global && contact.class != AddressClass::Vpc
}

/// So many silent addresses, each tried twice at least, are no matter of ports: of a function's tries 44 in a hundred leave
/// from a port of Linux.
const TOO_MANY_FOR_PORTS: usize = 4;

/// Codes of what passes at one time, or at one address, and not at another.
const PARTIAL: [&str; 3] = ["RTE-07", "RTE-15", "ECR-04"];

/// A network ACL knows no connections: replies come in by the ports that the packets left from (VPC User Guide, "Network
/// ACLs", ephemeral ports).
fn source_ports(finding: &Finding, cited: &[&Observation]) -> Option<Doubt> {
    let by_acl = finding.alternatives.iter().chain([&finding.code]).any(|code| code.id().starts_with("ACL-"));
    let is_partial = PARTIAL.contains(&finding.code.id());
    let silent = cited.iter().filter(|it| is_unanswered(&it.act)).count();
    if silent == 0 || !is_partial && (!by_acl || silent >= TOO_MANY_FOR_PORTS) {
        return None;
    }
    let why = "a function sends from the ports 1024-65535 and a Fargate task from the ports 32768-60999: a network ACL that allows replies to 32768-60999 alone drops replies to the function and none to a task";
    let (severity, strength) =
        if is_partial { (Severity::Warning, Strength::Likely) } else { (finding.severity, finding.strength) };
    Some(Doubt { or: Some("ACL-01"), ..Doubt::new(severity, strength, why) })
}

fn is_unanswered(act: &Act) -> bool {
    match act {
        Act::Connect(outcome) => *outcome == ConnectOutcome::TimedOut,
        Act::ConnectSamples(samples) => samples.is_symptom(),
        other => matches!(other.no_answer(), Some(NoAnswer::Connect { .. })),
    }
}

/// A task asks the servers of the VPC's DHCP options. Whether a function's `/etc/resolv.conf` shows these or a resolver of
/// Lambda's own, AWS does not document.
fn name_servers(finding: &Finding) -> Option<Doubt> {
    let code = OF_NAME_SERVERS.into_iter().find(|code| *code == finding.code.id())?;
    // It compares the servers themselves.
    let strength = if code == "DNS-04" { Strength::Possible } else { Strength::Likely };
    let why = "the name servers are those of the function's /etc/resolv.conf, and a task asks those of the VPC's DHCP options, which may be others";
    Some(Doubt::new(finding.severity, strength, why))
}

/// Lambda gives a function IPv6 only where its configuration says so.
fn ipv6(cited: &[&Observation]) -> Option<Doubt> {
    let is_without = |it: &&Observation| {
        matches!(&it.act, Act::Connect(ConnectOutcome::NetworkUnreachable))
            && it.address.is_some_and(|address| address.is_ipv6())
    };
    cited.iter().any(is_without).then(|| Doubt {
        settle: Some(Fix::advice(
            "set Ipv6AllowedForDualStack in the VPC configuration of the function, in a subnet that has IPv6, and invoke it again",
        )),
        ..Doubt::new(
            Severity::Warning,
            Strength::Possible,
            "a function has IPv6 only where its Ipv6AllowedForDualStack is set, and a task has it wherever the subnet does",
        )
    })
}

fn own_clock(finding: &Finding) -> Option<Doubt> {
    (finding.code.id() == "CLK-01").then(|| {
        Doubt::new(Severity::Warning, Strength::Possible, "it is the clock of the function, and a task has another")
    })
}

fn own_speed(case: &Case<'_>, finding: &Finding) -> Option<Doubt> {
    if finding.code.id() != "SLOW-01" {
        return None;
    }
    Some(match case.vantage.function_memory_mb {
        None => Doubt::new(
            Severity::Info,
            Strength::Possible,
            format!(
                "the memory of this function is not known: with less than {ONE_PROCESSOR_MB} MB its network is slower than a task's"
            ),
        ),
        Some(size) if size < ONE_PROCESSOR_MB => Doubt::new(
            Severity::Info,
            Strength::Possible,
            format!(
                "a function of {size} MB has less than one vCPU ({ONE_PROCESSOR_MB} MB), so its network is slower than a task's: give it {ONE_PROCESSOR_MB} MB to measure a pull"
            ),
        ),
        Some(size) => {
            let why = format!("it is the speed of a function of {size} MB, and a task has its own");
            Doubt::new(finding.severity, Strength::Likely, why)
        }
    })
}

/// What stands in the function's environment variables is read by no task.
fn own_settings(finding: &Finding, cited: &[&Observation]) -> Option<Doubt> {
    let of_api = |it: &&Observation| it.target.as_ref().is_some_and(|target| target.role == Role::EcrApi);
    if !OF_SETTINGS.contains(&finding.code.id()) || cited.is_empty() || !cited.iter().all(of_api) {
        return None;
    }
    let why = "the host is that of the function's own environment variables, which no task reads";
    Some(Doubt::new(Severity::Warning, finding.strength, why))
}
