//! Who pulls: on EC2 the host, over its own network, and everywhere another role than the one that containers have.

use ecr_probe::model::{LaunchType, NetworkMode, Report, Severity, Strength, Verdict};
use ecr_probe::render::{self, Style};

use super::{codes, support, world};

/// Another task's host than Fargate's, with the way in which the task stands on it.
const HOSTS: [&str; 5] = [
    "launch_type = 'ec2'",
    "launch_type = 'ec2'\nnetwork_mode = 'bridge'",
    "launch_type = 'ec2'\nold_agent = true",
    "launch_type = 'external'\nnetwork_mode = 'bridge'",
    "launch_type = 'managed-instances'",
];

/// Faults of the network that are proven on Fargate.
const PROVEN: [(&str, &str); 6] = [
    ("DNS-15", "[dns]\nall = 'closed'"),
    ("RTE-13", "[tcp]\necr-dkr = 'refuse'"),
    ("RTE-14", "[tcp]\nall = 'net-unreachable'"),
    ("MTU-01", "[vpc]\ninterface_endpoints = []\nnat = true\nnarrow_way_out = true\nacl_allows_icmp = false"),
    ("TLS-03", "[tls]\necr-dkr = 'wrong-name'"),
    ("VPE-02", "[deny]\n'ecr:BatchGetImage' = 'vpc-endpoint'"),
];

/// The image is not the task's own: the probe asks as the role that pulls it.
fn check(task: &str, fault: &str) -> Report {
    support::check(world(&format!("{fault}\n[task]\nimage = 'ecr-probe:v1'\n{task}")))
}

fn found<'r>(report: &'r Report, code: &str) -> &'r ecr_probe::model::Finding {
    let found = report.diagnoses.iter().find(|it| it.code.id() == code);
    found.unwrap_or_else(|| panic!("no {code} among {:?}", codes(report)))
}

#[test]
fn what_the_task_s_network_shows_is_no_proof_of_the_host_s() {
    for (code, fault) in PROVEN {
        assert_eq!(found(&check("", fault), code).strength, Strength::Proven, "{fault}");
        for task in HOSTS {
            let report = check(task, fault);
            let found = found(&report, code);
            assert!(
                found.strength == Strength::Likely && found.reason.contains("instance"),
                "{task} {fault}: {found:#?}"
            );
            // What Fargate prints is not what a host's agent prints.
            assert_eq!(found.ecs_message, None, "{task} {fault}");
        }
    }
}

/// It is the host's own network; its proxy settings and trusted roots are not the container's.
#[test]
fn a_task_in_host_mode_shows_the_host_s_network() {
    let task = "launch_type = 'ec2'\nnetwork_mode = 'host'";
    for (code, fault) in PROVEN {
        let expected = if code == "TLS-03" { Strength::Likely } else { Strength::Proven };
        assert_eq!(found(&check(task, fault), code).strength, expected, "{fault}");
    }
}

/// What has nothing to do with the network is as sure as ever.
#[test]
fn what_the_registry_says_of_the_image_is_proven_from_anywhere() {
    for task in HOSTS {
        assert_eq!(found(&check(task, "[image]\ntag = 'v2'"), "IMG-02").strength, Strength::Proven, "{task}");
    }
}

/// The lines of a report that say who pulls.
fn lines(report: &Report) -> Vec<String> {
    let text = render::text(report, Style::Plain);
    let lines = text.lines().filter(|line| line.starts_with("  the ") && line.contains(" pulls"));
    lines.map(str::to_owned).collect()
}

#[test]
fn one_line_says_who_pulls_and_how_to_check_there() {
    for (task, says, not) in [
        (HOSTS[0], "the EC2 instance pulls, over its own interface", "managed"),
        (HOSTS[1], "the EC2 instance pulls, over its own interface", "managed"),
        (HOSTS[3], "the external instance pulls", "EC2"),
        (HOSTS[4], "the managed instance pulls", "on the instance"),
        ("launch_type = 'ec2'\nnetwork_mode = 'host'", "over the network that this task shares", "networkMode"),
    ] {
        for fault in ["", "[tcp]\ns3 = 'drop'"] {
            let lines = lines(&check(task, fault));
            assert!(lines.len() == 1 && lines[0].contains(says) && !lines[0].contains(not), "{task}: {lines:#?}");
            assert!(lines[0].contains("execution role"), "{lines:#?}");
            let elsewhere = !task.contains("'host'");
            assert_eq!(lines[0].contains("networkMode host"), elsewhere, "{lines:#?}");
        }
    }
    assert_eq!(lines(&check("", "")), [""; 0]);
    assert_eq!(lines(&support::check(world("mode = 'host'"))), [""; 0]);
}

#[test]
fn the_vantage_says_what_the_task_runs_on() {
    let of = |task: &str| {
        let vantage = check(task, "").vantage;
        (vantage.launch_type, vantage.network_mode, vantage.subnet_cidr.is_some())
    };
    assert_eq!(of(""), (Some(LaunchType::Fargate), Some(NetworkMode::Awsvpc), true));
    assert_eq!(of(HOSTS[0]), (Some(LaunchType::Ec2), Some(NetworkMode::Awsvpc), true));
    assert_eq!(of(HOSTS[1]), (Some(LaunchType::Ec2), Some(NetworkMode::Bridge), false));
    assert_eq!(of(HOSTS[2]), (Some(LaunchType::Ec2), Some(NetworkMode::Awsvpc), true));
    assert_eq!(of(HOSTS[3]), (Some(LaunchType::External), Some(NetworkMode::Bridge), false));
    assert_eq!(of(HOSTS[4]), (Some(LaunchType::ManagedInstances), Some(NetworkMode::Awsvpc), true));
    // Without a pause container nothing tells an old agent's awsvpc from Fargate.
    assert_eq!(of("old_agent = true").0, None);
}

/// Denials of every kind of policy, by the action and the code.
const DENIALS: [(&str, &str); 7] = [
    ("'ecr:GetAuthorizationToken' = 'identity'", "IAM-01"),
    ("'ecr:BatchGetImage' = 'identity'", "IAM-02"),
    ("'ecr:BatchGetImage' = 'bare'", "IAM-02"),
    ("'ecr:GetDownloadUrlForLayer' = 'identity'", "IAM-03"),
    ("'ecr:BatchGetImage' = 'boundary'", "IAM-04"),
    ("'ecr:BatchGetImage' = 'resource'", "IAM-10"),
    ("'ecr:BatchGetImage' = 'vpc-endpoint'", "VPE-02"),
];

/// The service runs, so its images were pulled, and by another role.
#[test]
fn a_task_role_that_may_not_pull_is_no_fault_of_the_service() {
    for (denial, code) in DENIALS {
        for task in ["", "launch_type = 'ec2'", "launch_type = 'ec2'\nnetwork_mode = 'host'"] {
            let report = support::check(world(&format!("[deny]\n{denial}\n[task]\n{task}")));
            let found = found(&report, code);
            assert_eq!((found.severity, report.verdict), (Severity::Warning, Verdict::Degraded), "{denial} {task}");
            assert!(found.summary.contains("execution role"), "{}", found.summary);
            assert_eq!(report.diagnoses.iter().filter(|it| it.severity == Severity::Error).count(), 0, "{denial}");
        }
    }
}

/// Nothing but the denial is excused.
#[test]
fn a_denial_excuses_nothing_else() {
    let denied = "[deny]\n'ecr:BatchGetImage' = 'identity'\n";
    let report = support::check(world(&format!("{denied}[tcp]\ns3 = 'drop'")));
    assert_eq!(report.verdict, Verdict::Unhealthy, "{:?}", codes(&report));
    let report = support::check(world(&format!("{denied}[dns]\ns3 = 'garbage'")));
    assert_eq!(report.verdict, Verdict::Inconclusive, "{:?}", codes(&report));
}

#[test]
fn a_denial_to_the_role_that_pulls_is_an_error() {
    let denied = "[deny]\n'ecr:BatchGetImage' = 'identity'\n";
    let severity = |rest: &str| found(&support::check(world(&format!("{rest}\n{denied}"))), "IAM-02").severity;
    // An image that is named to the probe is asked for as somebody on purpose.
    assert_eq!(severity("[task]\nimage = 'ecr-probe:v1'"), Severity::Error);
    assert_eq!(severity("mode = 'host'"), Severity::Error);
    for role in ["fileWriterTaskRole", "arn:aws:iam::123456789012:role/team/fileWriterTaskRole"] {
        assert_eq!(severity(&format!("[task]\nexecution_role = '{role}'")), Severity::Error, "{role}");
    }
    let other = "execution_role = 'fileWriterExecutionRole'";
    for image in ["", "image = 'ecr-probe:v1'\n"] {
        assert_eq!(severity(&format!("[task]\n{image}{other}")), Severity::Warning, "{image}");
    }
}
