//! What ECS said of a task that stopped, held against the configuration; and the report's forms.

use serde_json::{Value, json};

use crate::moto::{Moto, told};

/// Words of ECS about a group that keeps the task out of the endpoint.
const TIMED_OUT: &str = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 52.94.1.1:443: i/o timeout";
const DISK: &str = "CannotPullContainerError: failed to extract layer sha256:abc: write /var/lib/containerd/x: no space left on device";
const SCP: &str = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1: unexpected status from HEAD request: 403 Forbidden: User: arn:aws:sts::123456789012:assumed-role/execution/0123 is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/scheduled-file-writer with an explicit deny in a service control policy";

fn said(moto: &mut Moto, faults: &[&str], words: &str) -> (i32, Value) {
    let stopped = format!("stopped={words}");
    moto.world(&[faults, &[stopped.as_str()]].concat());
    let seen = moto.audit(&["--output", "json"]);
    (seen.exit, seen.report())
}

#[test]
fn what_ecs_said_is_held_against_the_configuration() {
    let Some(mut moto) = Moto::start() else { return };
    // A finding accounts for it.
    let (exit, report) = said(&mut moto, &["rte_01"], TIMED_OUT);
    let first = &report["diagnoses"][0];
    assert_eq!(
        (exit, &first["code"], &first["strength"]),
        (1, &json!("RTE-01"), &json!("proven")),
        "{}",
        told(&report)
    );
    assert!(first["explains"].to_string().contains("ECS: "), "{first:#}");

    // Nothing accounts for it: the finding of the words, at most likely.
    let (exit, report) = said(&mut moto, &[], TIMED_OUT);
    let first = &report["diagnoses"][0];
    assert_eq!((exit, &report["verdict"]), (3, &json!("inconclusive")), "{}", told(&report));
    assert_ne!(first["strength"], "proven", "{first:#}");

    // What no configuration shows.
    for words in [DISK, SCP] {
        let (exit, report) = said(&mut moto, &[], words);
        assert_eq!((exit, &report["verdict"]), (1, &json!("unhealthy")), "{words}: {}", told(&report));
    }

    // Why a task that was stopped by hand, or that ended by itself, is no failure of a pull.
    let (exit, report) = said(&mut moto, &[], "Scaling activity initiated by deployment ecs-svc/1");
    assert_eq!((exit, &report["verdict"]), (0, &json!("healthy")), "{}", told(&report));
}

#[test]
fn fixes_come_in_the_form_that_is_asked_for() {
    let Some(mut moto) = Moto::start() else { return };
    let world = moto.world(&["sg_01"]);
    let group = world["endpoint_group"].as_str().expect("an id");
    for (form, says) in
        [("terraform", "aws_vpc_security_group_ingress_rule"), ("cloudformation", "AWS::EC2::SecurityGroupIngress")]
    {
        for output in ["text", "json"] {
            let seen = moto.audit(&["--fix", form, "--output", output]);
            assert_eq!(seen.exit, 1, "{}{}", seen.stdout, seen.stderr);
            assert!(seen.stdout.contains(says) && seen.stdout.contains(group), "{form} {output}: {}", seen.stdout);
        }
    }
}
