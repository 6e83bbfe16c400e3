//! What name servers say, and what is not asked of them.

use std::net::SocketAddr;

use ecr_probe::diagnose::{Case, diagnose};
use ecr_probe::model::outcome::{ConnectOutcome, ResolveOutcome, Scarce};
use ecr_probe::model::{Act, Check, Report, Strength, Verdict};

use super::{codes, support, world};

fn asks_the_vpcs_resolver(report: &Report) -> bool {
    report.evidence.observations.iter().any(|it| it.act.check() == Check::VpcResolve)
}

/// A corporate resolver that does not know the VPC's endpoints, seen from an instance.
#[test]
fn on_a_host_the_vpcs_resolver_is_asked_once_public_addresses_are_silent() {
    let report = support::check(world("mode = 'host'\n[vpc]\nname_servers = ['10.0.9.53']"));
    assert_eq!(codes(&report), ["error[DNS-04]"]);
    assert!(report.diagnoses[0].explains.iter().any(|it| it.starts_with("RTE-01: ")), "{:?}", report.diagnoses);
    for toml in [
        // All is well; the servers are the VPC's own; the addresses are an endpoint's.
        "mode = 'host'\n[vpc]\nname_servers = ['10.0.9.53']\nnat = true",
        "mode = 'host'\n[vpc]\nprivate_dns = false",
        "mode = 'host'\n[vpc]\nname_servers = ['10.0.9.53']\n[dns]\necr-dkr = ['10.0.1.20']\necr-api = ['10.0.1.10']\n[tcp]\necr-dkr = 'drop'",
        "mode = 'host'\n[vpc]\nname_servers = ['10.0.9.53']\nnat = true\n[tcp]\nall = 'refuse'",
    ] {
        assert!(!asks_the_vpcs_resolver(&support::check(world(toml))), "{toml}");
    }
}

/// Beside a dead name server, a registry that is named by its address has not been looked up.
#[test]
fn a_host_that_is_an_address_is_no_answer_of_the_name_server() {
    for server in ["silent", "closed"] {
        let toml = format!("[image]\nsidecars = ['10.0.3.7:5000/app:v1']\n[dns]\nall = '{server}'");
        let report = support::check(world(&toml));
        assert!(codes(&report).contains(&"error[DNS-15]".to_owned()), "{:?}", codes(&report));
        assert!(!codes(&report).iter().any(|it| it.contains("DNS-10")), "{:?}", codes(&report));
        let of_address = |it: &&ecr_probe::model::Observation| {
            matches!(it.act, Act::Resolve(_)) && it.target.as_ref().is_some_and(|target| target.host == "10.0.3.7")
        };
        let resolves: Vec<_> = report.evidence.iter().filter(of_address).collect();
        assert!(resolves.len() == 1 && resolves[0].address.is_none(), "{resolves:?}");
    }
}

#[test]
fn the_predicted_message_names_the_server_that_was_asked() {
    let mut report = support::check(world("[dns]\nall = 'servfail'"));
    for (server, printed) in [("10.0.0.2:5353", "on 10.0.0.2:5353: server"), ("10.0.0.2:53", "on 10.0.0.2:53: server")]
    {
        report.vantage.dns_servers = vec![server.parse::<SocketAddr>().unwrap()];
        let found = diagnose(&Case::new(&report.evidence, &report.vantage)).findings;
        let message = found[0].ecs_message.as_deref().unwrap_or_default();
        assert!(message.contains(printed), "{message}");
    }
    assert_eq!(report.verdict, Verdict::Unhealthy);
}

/// Clients wait for both questions: silence costs seconds, an error that comes at once does not.
#[test]
fn one_type_of_records_without_an_answer_is_a_warning_where_it_costs_time() {
    let report = support::check(world("[dns]\nall = 'aaaa-silent'"));
    assert_eq!((codes(&report), report.verdict), (vec!["warning[DNS-17]".to_owned()], Verdict::Degraded));
    let report = support::check(world("[dns]\nall = 'aaaa-servfail'"));
    assert_eq!((codes(&report), report.verdict), (vec![], Verdict::Healthy));
    let kept = report.evidence.iter().filter(|it| {
        matches!(&it.act, Act::Resolve(ResolveOutcome::Answered(answer))
            if answer.unanswered.as_ref().is_some_and(|it| *it.why == ResolveOutcome::ServerFailure))
    });
    assert_eq!(kept.count(), 3);
}

/// A process that has run out of files or ports has seen nothing of the network.
#[test]
fn a_lack_of_ports_or_files_is_no_fault_of_the_network() {
    for lacking in [Scarce::LocalPorts, Scarce::OpenFiles, Scarce::SystemFiles] {
        let mut report = support::check(world("[tcp]\nall = 'net-unreachable'"));
        for observation in &mut report.evidence.observations {
            if let Act::Connect(outcome) = &mut observation.act {
                *outcome = ConnectOutcome::NotSent { lacking };
            }
        }
        let told = diagnose(&Case::new(&report.evidence, &report.vantage));
        assert!(told.findings.is_empty() && !told.unexplained.is_empty(), "{told:?}");
        let mut report = support::check(world("[dns]\nall = 'silent'"));
        for observation in &mut report.evidence.observations {
            if let Act::Resolve(outcome) = &mut observation.act {
                *outcome = ResolveOutcome::NotSent { lacking };
            }
        }
        let told = diagnose(&Case::new(&report.evidence, &report.vantage));
        assert!(told.findings.is_empty() && !told.unexplained.is_empty(), "{told:?}");
        // One address of several that was not tried is not a dead one.
        let mut report = support::check(world(""));
        let of_first = report.evidence.observations.iter_mut().find(|it| matches!(it.act, Act::Connect(_)));
        of_first.expect("there is one").act = Act::Connect(ConnectOutcome::NotSent { lacking });
        let told = diagnose(&Case::new(&report.evidence, &report.vantage));
        assert!(told.findings.is_empty(), "{told:?}");
    }
}

/// Programs ask 127.0.0.1 where `/etc/resolv.conf` names nobody, so its being empty proves nothing.
#[test]
fn an_empty_list_of_name_servers_is_no_proof() {
    let report = support::check(world("[vpc]\nname_servers = []"));
    assert_eq!(codes(&report), ["error[DNS-15]"]);
    assert_eq!(report.diagnoses[0].strength, Strength::Likely);
}
