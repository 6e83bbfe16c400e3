//! SLOW-01: everything works, and takes longer than a pull may.

use crate::diagnose::{Case, Draft, Need, Rule, measure};
use crate::model::{Act, Code, Fix, Stage};

pub static SLOW_01: Rule = Rule {
    code: Code("SLOW-01"),
    name: "pull-slower-than-budget",
    page: include_str!("../../../docs/codes/SLOW-01.md"),
    need: Need::LayerBytes,
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let Some(pull) = measure(case.evidence) else { return Vec::new() };
    let (Some(estimate), Some(false)) = (pull.estimated_full_seconds, pull.within_budget) else { return Vec::new() };
    let rate = pull.bytes_per_second.unwrap_or_default() / 1e6;
    let summary = format!(
        "the pull works but takes {estimate:.0} s at {rate:.1} MB/s, more than the {:.0} s it may take",
        pull.budget_seconds
    );
    let blobs = case.evidence.iter().filter(|it| matches!(it.act, Act::LayerBytes(_)));
    vec![
        Draft::warning(Stage::LayerBytes, "the path to the layer store", summary)
            .proven("the bytes were timed as they came")
            .cite(blobs)
            .fix(Fix::advice("make the image smaller: fewer and smaller layers, a slimmer base image"))
            .fix(Fix::advice("use the S3 gateway endpoint in place of a NAT gateway, and a larger task: a small one gets little network"))
            .fix(Fix::advice("on Fargate, let SOCI start the container before the whole image is there")),
    ]
}
