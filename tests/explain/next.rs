//! What to do next, and with which names: those that the text or the task tells are no blanks.

use ecr_probe::model::Fix;
use ecr_probe::reason::{Explanation, explain, explain_event};
use serde_json::json;

use crate::corpus::context;

const IMAGE: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1";
const SILENT: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
    123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1: failed to do request: Head \
    \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/team/app/manifests/v1\": dial tcp 10.0.1.10:443: i/o timeout";
const DENIED: &str = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval \
    failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret \
    arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf from secrets manager: operation error Secrets Manager: \
    GetSecretValue, https response error StatusCode: 400, RequestID: x, api error AccessDeniedException: User: \
    arn:aws:sts::123456789012:assumed-role/fileWriterExecutionRole/9f3c is not authorized to perform: \
    secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf because no \
    identity-based policy allows the secretsmanager:GetSecretValue action";

/// The step that is next.
fn next(explanation: &Explanation) -> (&str, &str) {
    let next = explanation.next.as_ref().expect("a next step");
    (&*next.does, next.command().expect("a command"))
}

/// The commands of the first cause.
fn commands(explanation: &Explanation) -> Vec<&str> {
    explanation.diagnoses[0].fixes.iter().filter_map(Fix::command).collect()
}

fn stopped(task: &str, group: &str, reason: &str) -> Explanation {
    let task = json!({
        "taskArn": task, "group": group, "stoppedReason": reason,
        "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/batch",
        "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/writer:7",
        "attachments": [{ "details": [{ "name": "subnetId", "value": "subnet-0f11e0000000000a1" }] }],
        "containers": [{ "name": "writer", "image": IMAGE, "reason": reason }, { "name": "x", "image": "nginx" }],
    });
    explain_event(&json!({ "tasks": [task] }), &context()).remove(0)
}

#[test]
fn the_configuration_of_a_known_task_is_next() {
    let arn = "arn:aws:ecs:eu-central-1:123456789012:task/batch/9f3c51a2e8b74d0fa6b1c2d3e4f50617";
    let by_service = stopped(arn, "service:writer", SILENT);
    let (does, command) = next(&by_service);
    assert_eq!(command, "ecr-probe audit --region eu-central-1 --cluster batch --service writer");
    // Nothing to paste checks this machine.
    assert!(does.contains(IMAGE) && does.contains("inside the subnet"), "{does}");
    let by_task = stopped(arn, "family:writer", SILENT);
    assert_eq!(next(&by_task).1, format!("ecr-probe audit --region eu-central-1 --task {arn}"));
    // No word of a cause, and all that ECS says is there.
    let silent = stopped(arn, "service:writer", "Task failed on the way");
    assert_eq!(next(&silent).1, command);
}

#[test]
fn a_text_alone_leaves_what_it_does_not_tell() {
    let of_text = explain(SILENT, &context());
    let (does, command) = next(&of_text);
    assert_eq!(command, "ecr-probe audit --region eu-west-1 --cluster CLUSTER --service SERVICE_NAME");
    assert!(does.contains(IMAGE), "{does}");
    // The image of a request, where no reference is in the text.
    let request = "Head \"https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/v2/team/app/manifests/v1\": dial tcp 10.0.1.10:443: i/o timeout";
    assert!(next(&explain(request, &context())).0.contains(IMAGE));
    // A pull sees no secret.
    let denied = explain(DENIED, &context());
    let (does, command) = next(&denied);
    assert!(!does.contains("heck"), "{does}");
    assert_eq!(command, "ecr-probe audit --region eu-west-1 --cluster CLUSTER --service SERVICE_NAME");
}

#[test]
fn what_is_told_is_filled_in() {
    let denied = explain(DENIED, &context());
    let first = commands(&denied)[0];
    assert!(first.contains("--role-name fileWriterExecutionRole "), "{first}");
    assert!(first.contains("\"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf\""), "{first}");
    assert_eq!(denied.diagnoses[0].fixes[0].blanks(), []);
    let missing = explain(&format!("CannotPullContainerError: {IMAGE}: not found"), &context());
    assert!(commands(&missing)[0].contains("--region eu-west-1 --repository-name team/app "), "{missing:?}");
    // The VPC is the task's, wherever the image is.
    let arn = "arn:aws:ecs:eu-central-1:123456789012:task/batch/9f3c51a2e8b74d0fa6b1c2d3e4f50617";
    let silent = stopped(arn, "service:writer", SILENT);
    let [vpc, endpoints] = commands(&silent)[..2] else { panic!("{silent:?}") };
    let subnet = "aws ec2 describe-subnets --region eu-central-1 --subnet-ids subnet-0f11e0000000000a1 ";
    assert!(vpc.starts_with(subnet), "{vpc}");
    assert!(endpoints.starts_with("aws ec2 describe-vpc-endpoints --region eu-central-1 "), "{endpoints}");
    // What is foreign does not get out of its place.
    let hostile = DENIED.replace("fileWriterExecutionRole", "a;reboot").replace("db-AbCdEf", "db'$(reboot)");
    for command in commands(&explain(&hostile, &context())) {
        assert!(!command.contains("reboot"), "{command}");
    }
}

#[test]
fn the_limits_of_ecr_are_none_of_another_registry() {
    let throttled = |host: &str| {
        let text = format!(
            "Failed to pull image \"{host}/a/b:1\": unexpected status from HEAD request to https://{host}/v2/: 429 Too Many Requests"
        );
        let explanation = explain(&text, &context());
        assert_eq!(explanation.diagnoses[0].code.id(), "THR-02", "{text}");
        commands(&explanation).iter().any(|it| it.contains("service-quotas"))
    };
    assert!(throttled("123456789012.dkr.ecr.eu-west-1.amazonaws.com"));
    assert!(!throttled("quay.io"));
}

#[test]
fn no_endpoint_leads_to_a_registry_outside() {
    let context = context();
    let text = "CannotPullContainerError: The task cannot pull registry.k8s.io/pause:3.9 from the registry registry.k8s.io. \
                There is a connection issue between the task and the registry. Check your task network configuration.";
    for finding in explain(text, &context).diagnoses {
        assert!(
            !finding.fixes.iter().any(|fix| fix.command().is_some_and(|it| it.contains("vpc-endpoint"))),
            "{finding:?}"
        );
    }
    let first = &explain(text, &context).diagnoses[0].fixes[0];
    assert!(first.does.starts_with("registry.k8s.io is outside of AWS's network"), "{first:?}");
    let of_ecr = explain(&text.replace("registry.k8s.io", "123456789012.dkr.ecr.eu-west-1.amazonaws.com"), &context);
    assert!(commands(&of_ecr)[0].contains("vpc-endpoints"), "{of_ecr:?}");
}
