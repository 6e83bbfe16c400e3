//! What the step that a text names rules out is not claimed, whatever words stand behind it.

use std::fmt::Write;

use ecr_probe::model::Strength;
use ecr_probe::reason::{Verdict, explain};

use crate::corpus::context;
use crate::frames::Fill;
use crate::vocabulary::{Row, rows};

const RESOURCES: &str =
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:";

/// The steps of a task's start, by the row of the innermost, and what ECS prints before it.
const STEPS: [(&str, &str); 7] = [
    ("unable to retrieve secrets from ssm: %s", RESOURCES),
    ("unable to retrieve secret from asm: %s", RESOURCES),
    ("failed to create Cloudwatch log stream: %s", "ResourceInitializationError: failed to validate logger args:"),
    ("failed to download env files: %s", "ResourceInitializationError:"),
    ("unable to retrieve ecr registry auth: %s", RESOURCES),
    ("CannotStartContainerError: %s", ""),
    ("failed to invoke EFS utils commands to set up EFS volumes: %s", "ResourceInitializationError:"),
];

/// Rows that decide by themselves. A denial names the action, and with it the step.
fn decides(row: &Row) -> bool {
    let is_denial = row.template.contains("authorized to perform");
    ["cause", "status", "net", "tls", "silence"].contains(&row.kind) && !is_denial
}

#[test]
fn what_the_step_rules_out_is_not_claimed() {
    let context = context();
    let rows = rows();
    // What begins with a blank has its cause there.
    let frames: Vec<&Row> = rows
        .iter()
        .filter(|row| row.kind == "frame" && !row.never.is_empty() && !row.template.starts_with('%'))
        .collect();
    let named = |template: &str| rows.iter().find(|row| row.template == template).expect("a row of the step");
    let (mut log, mut count, mut claimed) = (String::new(), 0, 0);
    for (nth, row) in rows.iter().filter(|row| decides(row)).enumerate() {
        let steps = STEPS.iter().map(|(template, before)| (named(template), *before));
        // Of all other frames a few each: a few hundred frames and a thousand rows make many.
        let others = (0..6).map(|it| (frames[(nth * 7 + it * 53) % frames.len()], "CannotPullContainerError:"));
        for (step, before) in steps.chain(others).filter(|(step, _)| row.first.iter().all(|code| step.rules_out(code)))
        {
            let mut fill = Fill::new(nth as u64);
            let inner = fill.template(row.template);
            let text = format!("{before} {}", fill.around(step.template, &inner));
            let explanation = explain(&text, &context);
            count += 1;
            let wrong: Vec<_> = explanation.diagnoses.iter().filter(|it| step.rules_out(it.code.id())).collect();
            if explanation.verdict == Verdict::Diagnosed && wrong.iter().any(|it| it.strength > Strength::Possible) {
                claimed += 1;
                writeln!(log, "{} behind {}: {}: {text}", row.place, step.place, wrong[0].code.id()).expect("a string");
            }
        }
    }
    println!("{count} messages behind a step that rules them out: {claimed} claimed");
    assert!(count > 1_500, "{count} messages");
    assert!(log.is_empty(), "{claimed} of {count}\n{log}");
}
