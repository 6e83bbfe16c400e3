//! What the ECS API returns in the place of a task or a service that was asked for.

use super::explanation::{Context, Explanation, Verdict, explain_of_ecs, shown};
use super::record::ApiFailure;
use crate::aws::Arn;
use crate::model::{Blank, Command, Fix, Word};

/// The reasons why RunTask and StartTask place no task (Amazon ECS Developer Guide, "API failure reasons"); those that
/// begin with `RESOURCE:` are known by their phrase.
const NOT_PLACED: [&str; 5] = ["AGENT", "ATTRIBUTE", "LOCATION", "INACTIVE", "NO ACTIVE INSTANCES"];

/// Whether the caller may not see the resource: `ACCESS_DENIED`, `AccessDeniedException`.
fn is_denied(failure: &ApiFailure) -> bool {
    let letters: String = failure.reason.chars().filter(char::is_ascii_alphabetic).collect();
    letters.to_ascii_lowercase().contains("accessdenied")
}

/// All that ECS says, in its own words.
fn text(failure: &ApiFailure) -> String {
    let words: Vec<&str> =
        [Some(&failure.reason), failure.detail.as_ref()].into_iter().flatten().map(String::as_str).collect();
    words.join(": ")
}

/// What the failure means. Where it has words of a cause, those tell.
pub fn explained(failure: &ApiFailure, context: &Context) -> Explanation {
    let by_words = explain_of_ecs(&text(failure), context);
    if by_words.verdict != Verdict::Unrecognised {
        return by_words;
    }
    let arn = failure.arn.as_deref().and_then(Arn::parse);
    let (kind, id) = arn.map_or(("task", ""), |arn| {
        (arn.resource.split('/').next().unwrap_or_default(), arn.resource.rsplit('/').next().unwrap_or_default())
    });
    let what = format!("the {} {id}", kind.replace('-', " "));
    let what = what.trim_end();
    let reason = shown(&text(failure));
    let (verdict, means, next) = if failure.is_missing() && kind == "task" {
        let means = format!("ECS has no record of {what}: it keeps a stopped task for about an hour");
        (Verdict::Unrecognised, means, Some(after_an_hour(arn)))
    } else if failure.is_missing() {
        let means = format!("ECS finds no {}", what.trim_start_matches("the "));
        (Verdict::Unrecognised, format!("{means}: its name, the cluster, the Region or the account is another"), None)
    } else if is_denied(failure) {
        let means = format!("ECS denies the caller access to {what} ({reason}): nothing is known of why it stopped");
        (
            Verdict::Unrecognised,
            means,
            Some(Fix::advice("allow the caller ecs:DescribeTasks on the tasks of the cluster")),
        )
    } else if NOT_PLACED.contains(&failure.reason.trim()) {
        let means = format!("ECS did not place the task ({reason}), so that no image was pulled");
        (Verdict::NotAPullProblem, means, None)
    } else {
        (Verdict::Unrecognised, format!("ECS returned {reason:?} in place of {what}"), None)
    };
    Explanation { verdict, means, stage: None, diagnoses: Vec::new(), next, ..by_words }
}

/// Where the reasons of a task are that ECS has forgotten, and how to have them the next time.
fn after_an_hour(arn: Option<Arn<'_>>) -> Fix {
    // `task/CLUSTER/ID`; the older `task/ID` has no cluster.
    let cluster = arn.and_then(|arn| match arn.resource.split('/').collect::<Vec<_>>().as_slice() {
        ["task", cluster, _] => Some((*cluster).to_owned()),
        _ => None,
    });
    let region = arn.map_or(Word::from(Blank::REGION), |arn| Word::region(arn.region));
    let does = "read the events of its service, which repeat the reasons of its latest tasks. For the next task run \
                ecr-probe explain --task within the hour, or let an EventBridge rule for \"ECS Task State Change\" keep \
                the reasons (ecr-probe explain INIT-09)";
    let command = Command::of("aws ecs describe-services")
        .option("--cluster", cluster.map_or(Word::from(Blank::CLUSTER), Word::from))
        .option("--services", Blank::SERVICE_NAME)
        .option("--region", region)
        .query("services[].events[:10].message");
    Fix::run(does, &command)
}
