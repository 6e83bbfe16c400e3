//! A thousand invocations: nothing of one is left for the next, and nothing piles up.

use serde_json::json;

use super::function::{Function, command_in, event};
use super::runtime_api::RuntimeApi;
use super::sim::CANARIES;
use super::{HEALTHY, lab};

const INVOCATIONS: usize = 1_000;

/// What is taken for what the allocator keeps, in KiB.
const SLACK_KIB: u64 = 1_024;

#[test]
fn a_thousand_invocations_leave_nothing_behind() {
    let lab = lab(HEALTHY);
    let api = RuntimeApi::start();
    let mut function = Function::start(command_in(&lab, &api, &[("ECR_PROBE_METRICS", "emf")]));
    let image = lab.world().references().remove(0);
    let image = image.trim_end_matches(":v1");
    let mut early = None;
    let mut last_mark = String::new();
    for nth in 0..INVOCATIONS {
        let mark = format!("mark{nth:06}");
        let event = match nth % 10 {
            // Most are checks: of the image that there is, and of one that only this event names.
            0..=4 => {
                event(&lab, &json!({ "images": [format!("{image}:v1"), format!("{image}:{mark}")], "pull": "reach" }))
            }
            5 | 6 => event(&lab, &json!({ "pull": "none", "execution_role": mark })),
            7 => json!({ "detail-type": "ECS Task State Change", "detail": {
                "taskArn": format!("arn:aws:ecs:eu-west-1:123456789012:task/files/{mark}"), "version": 3, "lastStatus": "STOPPED",
                "stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError: no basic auth credentials",
            }}),
            8 => json!({ mark.clone(): "canarySecretKey" }),
            _ => json!([mark]),
        };
        let told = api.invoke(&event);
        let text = String::from_utf8_lossy(&told.body);
        let is_answer = told.path.ends_with("/response");
        assert_eq!(is_answer, nth % 10 <= 7, "{nth}: {text}");
        if is_answer {
            assert!(text.contains(&mark) || nth % 10 <= 6 && text.contains("\"verdict\""), "{nth}: {text}");
        }
        assert!(last_mark.is_empty() || !text.contains(&last_mark), "{last_mark} of the event before is in {text}");
        for canary in CANARIES {
            assert!(!text.contains(canary), "{nth}: {canary} in {text}");
        }
        last_mark = mark;
        if nth == INVOCATIONS / 10 {
            early = Some((function.kib("VmRSS:"), function.descriptors(), function.kib("Threads:")));
        }
    }
    // The last result is told: what it had open is closed before it asks again.
    while api.asked_times() > 0 {
        super::function::pause(50);
    }
    let late = (function.kib("VmRSS:"), function.descriptors(), function.kib("Threads:"));
    let early = early.expect("there were as many");
    println!("resident KiB, descriptors, threads: {early:?} after {}, {late:?} after {INVOCATIONS}", INVOCATIONS / 10);
    assert!(late.0 <= early.0 * 11 / 10 + SLACK_KIB, "{early:?}, {late:?}");
    assert!(late.1 <= early.1 && late.2 <= early.2, "{early:?}, {late:?}");
    assert!(function.is_running() && api.has_told_all());
}
