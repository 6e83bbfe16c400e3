//! What a reader is told of whose view it is.

use ecr_probe::model::{Report, Verdict};
use ecr_probe::render::{self, Style};

use super::{found, seen};

fn text(report: &Report) -> String {
    render::text(report, Style::Plain)
}

/// What a report says is needed to judge a code.
fn needs<'r>(report: &'r Report, code: &str) -> Option<&'r str> {
    report.not_judged.iter().find(|it| it.code.id() == code).map(|it| it.needs.as_str())
}

const OF_PRINCIPALS: [&str; 8] = ["IAM-01", "IAM-02", "IAM-03", "IAM-04", "IAM-09", "IAM-10", "VPE-01", "VPE-02"];

#[test]
fn a_healthy_report_says_whose_permission_is_proven() {
    let report = seen("");
    let text = text(&report);
    assert!(text.contains("hops from function ecr-probe-a · subnet-0a1b2c3d4e5f60718 · eu-west-1"), "{text}");
    assert!(text.contains("ecr-probe audit --region eu-west-1 --cluster CLUSTER --service SERVICE_NAME"), "{text}");
    assert!(text.contains("by the function's role, and was; a task pulls as its execution role"), "{text}");
    for code in OF_PRINCIPALS {
        assert!(needs(&report, code).is_some_and(|needs| needs.contains("ecr-probe audit")), "{code}");
    }
    assert!(needs(&report, "DNS-04").is_some(), "{:?}", report.not_judged);
}

#[test]
fn the_execution_role_itself_leaves_nothing_open() {
    let role = "[function]\nhas_execution_role = true\n[task]\nexecution_role = 'fileWriterExecutionRole'\n";
    // Only STS tells the function who it is.
    let by_sts = "[vpc]\ninterface_endpoints = ['ecr.api', 'ecr.dkr', 'sts']\n";
    let report = seen(&format!("{role}{by_sts}"));
    let text = text(&report);
    assert!(text.contains("can be pulled from here, and was\n") && !text.contains("ecr-probe audit"), "{text}");
    assert!(OF_PRINCIPALS.iter().all(|code| needs(&report, code).is_none()), "{:?}", report.not_judged);
    // A role of another account has the same name at most.
    let other = role.replace("'fileWriter", "'arn:aws:iam::210987654321:role/fileWriter");
    assert!(needs(&seen(&format!("{other}{by_sts}")), "IAM-02").is_some());
}

#[test]
fn a_denial_is_the_function_s() {
    for (denial, code) in [
        ("'ecr:GetAuthorizationToken' = 'identity'", "IAM-01"),
        ("'ecr:BatchGetImage' = 'identity'", "IAM-02"),
        ("'ecr:BatchGetImage' = 'bare'", "IAM-02"),
        ("'ecr:GetDownloadUrlForLayer' = 'identity'", "IAM-03"),
        ("'ecr:BatchGetImage' = 'boundary'", "IAM-04"),
        ("'ecr:BatchGetImage' = 'resource'", "IAM-10"),
        ("'ecr:BatchGetImage' = 'vpc-endpoint'", "VPE-02"),
        ("'ecr:GetAuthorizationToken' = 'vpc-endpoint'", "VPE-01"),
    ] {
        let report = seen(&format!("[deny]\n{denial}"));
        let found = found(&report, code);
        assert!(
            found.summary.contains("This is the function's role; the task's execution role may be allowed it"),
            "{}",
            found.summary
        );
        assert!(found.fixes[0].command().is_some_and(|it| it.starts_with("ecr-probe audit")), "{:#?}", found.fixes);
        assert_eq!((report.verdict, found.ecs_message.as_deref()), (Verdict::Inconclusive, None), "{denial}");
        let text = text(&report);
        assert!(text.contains("inconclusive: the network path for "), "{denial}\n{text}");
        assert!(!text.contains("taskRoleArn") && !text.contains("container"), "{text}");
    }
}

/// The network is not said to be sound where a host was not reached.
#[test]
fn a_denial_beside_a_silent_store_says_nothing_good_of_the_network() {
    let report = seen("[deny]\n'ecr:BatchGetImage' = 'identity'\n[vpc]\ns3_gateway = false");
    let text = text(&report);
    assert!(report.verdict == Verdict::Inconclusive && !text.contains("the network path"), "{text}");
}

#[test]
fn a_pull_s_speed_is_the_function_s() {
    for (memory, says) in [
        ("memory_mb = 128", "(the speed of a function of 128 MB: slower than a task's)"),
        ("memory_mb = 2048", "(the speed of a function; a task has its own)"),
    ] {
        let text = text(&seen(&format!("[function]\n{memory}")));
        assert!(text.contains(says), "{text}");
    }
}

/// An image that anybody may pull depends on no role.
#[test]
fn an_image_of_another_registry_needs_no_role() {
    let report = seen("[image]\nreference = 'docker.io/library/nginx:1.27'\n[vpc]\nnat = true");
    let text = text(&report);
    assert!(!text.contains("execution role"), "{text}");
}

#[test]
fn without_credentials_the_network_is_judged() {
    let report = seen("[credentials]\nkind = 'none'");
    let found = found(&report, "IAM-13");
    assert!(found.summary.contains("this function has no credentials"), "{}", found.summary);
    assert_eq!(report.verdict, Verdict::Inconclusive);
    assert!(found.fixes.iter().all(|it| it.command().is_none()), "{:#?}", found.fixes);
}
