//! What a function cannot tell of a task, one by one.

use ecr_probe::model::{Severity, Strength, Verdict};

use super::{codes, found, seen, support, world};

#[test]
fn silence_on_the_internet_may_be_the_function_s_alone() {
    for toml in ["[vpc]\ninterface_endpoints = []\ns3_gateway = false", "[vpc]\ns3_gateway = false"] {
        let report = seen(toml);
        let first = &report.diagnoses[0];
        assert_eq!(
            (first.severity, first.strength, report.verdict),
            (Severity::Warning, Strength::Likely, Verdict::Inconclusive)
        );
        assert!(first.reason.contains("assignPublicIp"), "{}", first.reason);
        assert!(first.alternatives.iter().any(|code| code.id() == "RTE-02"), "{:?}", first.alternatives);
        let command = first.fixes[0].command().expect("a command");
        assert!(command.contains("describe-services") && command.contains("assignPublicIp"), "{command}");
    }
}

/// A NAT gateway takes the function's packets too: what is silent beyond it is silent to all.
#[test]
fn where_the_internet_answers_the_function_is_in_no_doubt() {
    let nat = "[vpc]\ninterface_endpoints = []\ns3_gateway = false\nnat = true\n[tcp]\necr-dkr = 'drop'";
    let report = seen(nat);
    assert_eq!(
        (report.diagnoses[0].severity, report.verdict),
        (Severity::Error, Verdict::Unhealthy),
        "{:?}",
        codes(&report)
    );
    // That S3 answers by its gateway endpoint shows no way out.
    let report = seen("[vpc]\ninterface_endpoints = []");
    assert_eq!(
        (report.diagnoses[0].severity, report.verdict),
        (Severity::Warning, Verdict::Inconclusive),
        "{:?}",
        codes(&report)
    );
}

#[test]
fn an_endpoint_that_is_silent_is_silent_to_a_task_too() {
    let report = seen("[vpc]\nendpoint_sg_allows_task = false");
    let found = found(&report, "SG-01");
    assert_eq!((found.severity, report.verdict), (Severity::Error, Verdict::Unhealthy));
    assert!(found.summary.contains("keeps this function out"), "{}", found.summary);
    assert!(found.reason.contains("1024-65535") && found.reason.contains("32768-60999"), "{}", found.reason);
}

/// The very ACL: the task's replies come in, and of the function's those to some ports.
#[test]
fn an_acl_for_the_ports_of_linux_is_told_apart() {
    let narrow = "[vpc]\ntask_subnet = '10.0.11.0/24'\nacl_returns_to_linux_only = true\n";
    assert_eq!(support::check(world(narrow)).verdict, Verdict::Healthy);
    let report = seen(&format!("samples = 20\n{narrow}"));
    let partial = report.diagnoses.iter().filter(|it| it.severity > Severity::Info).collect::<Vec<_>>();
    assert!(!partial.is_empty(), "{:?}", report.verdict);
    for finding in partial {
        assert!(finding.strength < Strength::Proven && finding.reason.contains("32768-60999"), "{finding:#?}");
    }
}

#[test]
fn ipv6_is_the_function_s_only_where_its_configuration_says_so() {
    let to_ipv6 = "[vpc]\ndual_stack = true\nipv6_route = true\n";
    assert_eq!(seen(to_ipv6).verdict, Verdict::Healthy);
    assert_eq!(seen(&format!("[function]\nipv6 = true\n{to_ipv6}")).verdict, Verdict::Healthy);
    let only = format!("{to_ipv6}[dns]\necr-dkr = 'ipv6-only'\n");
    let Ok(without) = super::World::from_toml(&only) else { return };
    let report = support::check(super::as_function(without).expect("it has IPv4"));
    let first = &report.diagnoses[0];
    assert_eq!((first.severity, first.strength), (Severity::Warning, Strength::Possible), "{:?}", codes(&report));
}

#[test]
fn a_small_function_is_slow_by_itself() {
    let slow = "[image]\nlayer_sizes = [3000000]\n[layer]\nbytes_per_second = 9000\n";
    let of = |memory: &str| seen(&format!("{slow}[function]\n{memory}"));
    for small in ["memory_mb = 128", "memory_mb = 1768"] {
        let report = of(small);
        let found = found(&report, "SLOW-01");
        assert_eq!((found.severity, report.verdict), (Severity::Info, Verdict::Healthy), "{small}");
        assert!(found.reason.contains("1769 MB"), "{}", found.reason);
    }
    for large in ["memory_mb = 1769", "memory_mb = 10240"] {
        let report = of(large);
        let found = found(&report, "SLOW-01");
        assert_eq!(
            (found.severity, found.strength, report.verdict),
            (Severity::Warning, Strength::Likely, Verdict::Degraded)
        );
    }
}

/// What the function's role may not do and what the network does not do are two findings.
#[test]
fn a_denial_hides_no_fault_of_the_network() {
    let denied = "[deny]\n'ecr:BatchGetImage' = 'identity'\n";
    let report = seen(&format!("{denied}[vpc]\nendpoint_sg_allows_task = ['ecr.api']"));
    assert_eq!((report.diagnoses[0].code.id(), report.verdict), ("SG-01", Verdict::Unhealthy), "{:?}", codes(&report));
    let report = seen(&format!("{denied}[tls]\ns3 = 'wrong-name'"));
    assert_eq!((report.diagnoses[0].code.id(), report.verdict), ("TLS-03", Verdict::Unhealthy), "{:?}", codes(&report));
}
