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
    for (open, ports) in [("['ecr.api']", true), ("false", false)] {
        let report = seen(&format!("[vpc]\nendpoint_sg_allows_task = {open}"));
        let found = found(&report, "SG-01");
        assert_eq!((found.severity, report.verdict), (Severity::Error, Verdict::Unhealthy));
        assert!(found.summary.contains("keep") && found.summary.contains("this function out"), "{}", found.summary);
        // Two addresses may be silent by their ports, and hardly four.
        assert_eq!(found.reason.contains("1024-65535"), ports, "{}", found.reason);
    }
}

/// The very ACL: the task's replies come in, and of the function's those to some ports.
#[test]
fn an_acl_for_the_ports_of_linux_is_told_apart() {
    let mut seen_partly = 0;
    for subnet in 11..31 {
        let narrow = format!(
            "[vpc]\nendpoint_network = '10.{subnet}.1'\ntask_subnet = '10.{subnet}.11.0/24'\nacl_returns_to_linux_only = true\n"
        );
        assert_eq!(support::check(world(&narrow)).verdict, Verdict::Healthy, "{narrow}");
        for report in [seen(&narrow), seen(&format!("samples = 20\n{narrow}"))] {
            for finding in &report.diagnoses {
                assert!(finding.strength < Strength::Proven && finding.reason.contains("32768-60999"), "{finding:#?}");
                assert!(finding.alternatives.iter().any(|code| code.id() == "ACL-01"), "{:?}", finding.alternatives);
            }
            seen_partly += report.diagnoses.len();
        }
    }
    assert!(seen_partly > 20, "{seen_partly}");
}

#[test]
fn ipv6_is_the_function_s_only_where_its_configuration_says_so() {
    let to_ipv6 = "[vpc]\ndual_stack = true\nipv6_route = true\n";
    assert_eq!(seen(to_ipv6).verdict, Verdict::Healthy);
    assert_eq!(seen(&format!("[function]\nipv6 = true\n{to_ipv6}")).verdict, Verdict::Healthy);
    // A name of which only the endpoint's IPv6 address is left.
    let only = format!("{to_ipv6}[dns]\necr-dkr = ['2a05:d018:1:1::14']\n");
    let report = seen(&only);
    let found = found(&report, "RTE-14");
    assert_eq!((found.severity, found.strength), (Severity::Warning, Strength::Possible));
    assert!(found.reason.contains("Ipv6AllowedForDualStack"), "{}", found.reason);
    assert_eq!(report.verdict, Verdict::Inconclusive);
    let with = seen(&format!("[function]\nipv6 = true\n{only}"));
    assert_eq!(with.verdict, Verdict::Healthy, "{:?}", codes(&with));
}

#[test]
fn a_small_function_is_slow_by_itself() {
    let slow = "[image]\nlayer_sizes = [3000000]\n[layer]\nbytes_per_second = 9000\n";
    let of = |memory: &str| seen(&format!("{slow}[function]\n{memory}"));
    for small in ["memory_mb = 128", "memory_mb = 1768"] {
        let report = of(small);
        let found = found(&report, "SLOW-01");
        // It does not come to the end of the layers within its budget, and blames nobody for that.
        assert_eq!((found.severity, report.verdict), (Severity::Info, Verdict::Inconclusive), "{small}");
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
