//! What is refused is not guessed: no finding rests on it, the report names it, and where it decides nothing is said to
//! be in order.

use std::collections::BTreeSet;

use ecr_probe::account::ACTIONS;
use ecr_probe::model::{Report, Severity, Strength, Verdict};

use super::support::configuration::audit;
use super::{codes, world};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-1a2b3c";

/// Worlds that need all kinds of facts between them.
fn healthy() -> [String; 5] {
    [
        String::new(),
        "[vpc]\nnat = true\ninterface_endpoints = ['ecr.dkr']".to_owned(),
        format!(
            "[account]\nsecrets = ['{SECRET}:key::', '/a']\nsecret_key = 'arn:aws:kms:eu-west-1:123456789012:key/1'\n\
             inline_policy = '{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"Action\":[\"secretsmanager:GetSecretValue\",\"ssm:GetParameters\",\"kms:Decrypt\"],\"Resource\":\"*\"}}}}'"
        ),
        "[task]\nlaunch_type = 'ec2'".to_owned(),
        "[image]\nreference = '210987654321.dkr.ecr.eu-west-1.amazonaws.com/app:v1'\naccount = '210987654321'\n\
         repository = 'app'"
            .to_owned(),
    ]
}

/// Worlds with faults of every layer.
const BROKEN: [&str; 8] = [
    "[vpc]\ntask_sg_allows_s3 = false\nacl_allows_public = false",
    "[vpc]\nendpoint_sg = 'for-another-task'\ns3_gateway_in_route_table = false",
    "[vpc]\ndns_hostnames = false",
    "[vpc]\ninterface_endpoints = []\nnat = true\nnat_way_out = false",
    "[vpc]\ninterface_endpoints = ['ecr.api']\n[dns]\necr-api = ['10.0.7.20']",
    "[deny]\n'ecr:BatchGetImage' = 'explicit-boundary'\n's3:GetObject' = 'vpc-endpoint'",
    "[account]\nlog_group_exists = false\n[image]\ntag = 'v2'",
    "[account]\ngranted_to = 'task-role'\n[image]\nrepository_exists = false",
];

/// What can hardly ever be seen, or decides nothing by itself.
const MAY_BE_UNSEEN: [&str; 19] = [
    // The resolver of a customer's own may ask Amazon's.
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeVpcs",
    // Of an endpoint's interfaces and of AWS's lists there is a second source.
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribePrefixLists",
    "ecr:DescribePullThroughCacheRules",
    // In one account the role's own policies are enough.
    "ecr:GetRepositoryPolicy",
    // The platform is not judged without them.
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    // What ECS said is beside the configuration.
    "ecs:DescribeTasks",
    "ecs:ListTasks",
    // On instances a task may have an execution role.
    "iam:GetInstanceProfile",
    "route53:ListHostedZonesByVPC",
    "route53:ListResourceRecordSets",
    "route53resolver:ListFirewallDomains",
    "route53resolver:ListFirewallRuleGroupAssociations",
    "route53resolver:ListFirewallRules",
    "route53resolver:ListResolverRuleAssociations",
    "route53resolver:ListResolverRules",
    "ec2:DescribeTransitGatewayVpcAttachments",
];

/// No healthy account of these asks for them: nothing stopped, one service, no other network, AWS's own lists with their
/// CIDRs, no zone of ECR's names, no image that has to be opened for its platform.
const NEVER: [&str; 6] = [
    "ecs:DescribeTasks",
    "ecs:ListServices",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:GetManagedPrefixListEntries",
    "route53:ListResourceRecordSets",
    "ecr:GetDownloadUrlForLayer",
];

fn actions() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().flat_map(|(_, actions)| actions.iter().copied())
}

/// The audit of a world in which an action is refused.
fn refusing(toml: &str, action: &str) -> Report {
    let line = format!("[account]\nrefuse = ['{action}']\n");
    let toml =
        if toml.contains("[account]\n") { toml.replace("[account]\n", &line) } else { format!("{toml}\n{line}") };
    audit(&world(&toml))
}

fn blamed(report: &Report) -> BTreeSet<(String, Vec<String>)> {
    let findings = report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error);
    let of = |finding: &ecr_probe::model::Finding| {
        let resources = finding.blame.as_ref().map(|blame| blame.resources.clone()).unwrap_or_default();
        // What the task role may do, and whether an image lacks its repository too, may be what is not seen.
        let code = match finding.code.id() {
            "IAM-07" => "IAM-01",
            "IMG-02" => "IMG-01",
            code => code,
        };
        (code.to_owned(), resources)
    };
    findings.map(of).collect()
}

fn names(report: &Report, action: &str) -> bool {
    let unseen = report.configured.iter().flat_map(|it| &it.unseen);
    unseen.into_iter().any(|it| it.action == action)
}

/// Whether the answer of a read was refused.
fn is_asked(report: &Report, action: &str) -> bool {
    serde_json::to_string(&report.evidence).expect("it is JSON").contains(&format!("\"action\":\"{action}\""))
}

#[test]
fn of_a_healthy_account_nothing_is_blamed_and_only_what_decides_is_missed() {
    let mut wrong = Vec::new();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for toml in healthy() {
        assert_eq!(audit(&world(&toml)).verdict, Verdict::Healthy, "{toml}");
        for action in actions() {
            let report = refusing(&toml, action);
            let is_asked = is_asked(&report, action) || names(&report, action);
            asked.extend(is_asked.then_some(action));
            let of_another = toml.contains("210987654321") && action == "ecr:GetRepositoryPolicy";
            let decides = is_asked && (of_another || !MAY_BE_UNSEEN.contains(&action));
            let expected = if decides { Verdict::Inconclusive } else { Verdict::Healthy };
            if report.verdict != expected || !codes(&report).is_empty() || is_asked && !names(&report, action) {
                wrong.push(format!(
                    "{action}: {:?} {:?}, named: {}\n{toml}",
                    report.verdict,
                    codes(&report),
                    names(&report, action)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let never: Vec<&str> = actions().filter(|action| !asked.contains(action)).collect();
    assert_eq!(never, NEVER, "nothing asks for these");
}

/// What is blamed without a fact is blamed with it too.
#[test]
fn a_refusal_makes_no_finding() {
    for toml in BROKEN {
        let whole = blamed(&audit(&world(toml)));
        assert!(!whole.is_empty(), "{toml}");
        for action in actions() {
            let report = refusing(toml, action);
            let blamed = blamed(&report);
            let surplus: Vec<_> = blamed.difference(&whole).collect();
            assert!(surplus.is_empty(), "{action}: {surplus:?} beside {whole:?}\n{toml}");
            let is_open = blamed.is_empty() && report.verdict == Verdict::Healthy;
            assert!(!is_open, "{action}: healthy, and {whole:?} is wrong\n{toml}");
        }
    }
}

#[test]
fn everything_refused_is_inconclusive() {
    for toml in healthy().iter().map(String::as_str).chain(BROKEN) {
        let report = refusing(toml, "*");
        assert_eq!((report.verdict, codes(&report)), (Verdict::Inconclusive, Vec::new()), "{toml}");
        assert!(names(&report, "ecs:DescribeServices"), "{toml}");
    }
}

/// The words of ECS stand by themselves where only they can be read.
#[test]
fn words_are_explained_without_the_configuration() {
    let said = "[account]\nstopped = ['CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1: not found']\n";
    for services in [
        &["ec2:*", "ecr:*", "iam:*", "logs:*", "route53:*", "route53resolver:*"][..],
        &["ec2:*", "ecr:*", "iam:*", "logs:*", "route53:*", "route53resolver:*", "ecs:DescribeServices"],
    ] {
        let refused: Vec<String> = services.iter().map(|it| format!("'{it}'")).collect();
        let report = audit(&world(&format!("{said}refuse = [{}]", refused.join(", "))));
        let first = report.diagnoses.first().expect("the words are explained");
        assert_eq!((first.code.id(), report.verdict), ("IMG-02", Verdict::Inconclusive), "{services:?}");
        assert!(first.strength <= Strength::Likely);
    }
}
