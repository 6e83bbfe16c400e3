//! The broken world of every page: the same code first as from a task, and as sure, but where a reason is given.

use std::path::Path;

use ecr_probe::model::{Report, Severity, Strength, Verdict};

use super::sim::{Page, World};
use super::{as_function, codes, support};

/// What a function says less of than a task, and why.
struct Difference {
    why: &'static str,
    pages: &'static [&'static str],
    /// Of the first finding; `None` where it is as from a task.
    severity: Option<Severity>,
    strength: Option<Strength>,
    verdict: Option<Verdict>,
}

/// Pages whose first finding is silence at addresses of the internet.
const OF_PUBLIC_ADDRESSES: [&str; 24] = [
    "ACL-02", "DNS-02", "DNS-03", "DNS-11", "DNS-12", "DNS-14", "HUB-02", "INIT-01", "INIT-02", "INIT-05", "PTC-03",
    "PUB-01", "RTE-01", "RTE-02", "RTE-03", "RTE-04", "RTE-06", "RTE-09", "RTE-10", "RTE-17", "SG-04", "SG-06",
    "VPE-07", // Its own list of reasons is longer.
    "DNS-04",
];

/// Pages of what a policy denies to a principal.
const OF_PRINCIPALS: [&str; 10] =
    ["IAM-01", "IAM-02", "IAM-03", "IAM-04", "IAM-05", "IAM-09", "IAM-10", "VPE-01", "VPE-02", "VPE-03"];

const DIFFERENCES: [Difference; 9] = [
    Difference {
        why: "a function never has a public address, with which a task may get through",
        pages: OF_PUBLIC_ADDRESSES.split_at(23).0,
        severity: Some(Severity::Warning),
        strength: None,
        verdict: Some(Verdict::Inconclusive),
    },
    Difference {
        why: "the same; and a function may be shown another name server than a task asks",
        pages: &["DNS-04"],
        severity: Some(Severity::Warning),
        strength: Some(Strength::Possible),
        verdict: Some(Verdict::Inconclusive),
    },
    Difference {
        why: "what is denied to the function's role may be allowed to the execution role",
        pages: &OF_PRINCIPALS,
        severity: Some(Severity::Warning),
        strength: Some(Strength::Possible),
        verdict: Some(Verdict::Inconclusive),
    },
    Difference {
        why: "the credentials are the function's, and no task has them",
        pages: &["IAM-14"],
        severity: Some(Severity::Warning),
        strength: None,
        verdict: Some(Verdict::Inconclusive),
    },
    Difference {
        why: "the clock is the function's, and a task has another",
        pages: &["CLK-01"],
        severity: Some(Severity::Warning),
        strength: Some(Strength::Possible),
        verdict: Some(Verdict::Inconclusive),
    },
    Difference {
        why: "the API's host is that of the function's environment variables, which no task reads",
        pages: &["CFG-01", "CFG-06"],
        severity: Some(Severity::Warning),
        strength: None,
        verdict: Some(Verdict::Inconclusive),
    },
    Difference {
        why: "a function may be shown another name server than a task asks",
        pages: &["DNS-10", "DNS-15", "DNS-17"],
        severity: None,
        strength: Some(Strength::Likely),
        verdict: None,
    },
    Difference {
        why: "a network ACL may let replies in on a task's ports and not on all of a function's",
        // Of the addresses in two answers of which one side is dead, the dead ones are seen like any.
        pages: &["DNS-07", "ECR-04", "RTE-07", "RTE-15"],
        severity: None,
        strength: Some(Strength::Likely),
        verdict: None,
    },
    Difference {
        why: "the speed is the function's, and a task has its own",
        pages: &["SLOW-01"],
        severity: None,
        strength: Some(Strength::Likely),
        verdict: None,
    },
];

/// Pages whose code a function does not come to, what it says instead, and why.
const OTHER_CODES: [(&str, Option<&str>, &str); 2] = [
    ("DSK-01", None, "the disk is that of a task, of which metadata tells; a function keeps no layer"),
    ("IAM-08", Some("IAM-13"), "a function has no task role: it has lost the credentials that Lambda gives it"),
];

/// The world of each page with a check, from a task and from a function. Those of subnets with IPv6 only have none.
fn both(change: impl Fn(&mut World)) -> Vec<(String, Report, Report)> {
    let pages =
        Page::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes")).unwrap_or_else(|why| panic!("{why}"));
    let worlds =
        pages.into_iter().filter_map(|page| Some((page.world().unwrap_or_else(|why| panic!("{why}"))?, page.code)));
    let seen = worlds.filter_map(|(mut world, code)| {
        change(&mut world);
        let function = support::check(as_function(world.clone())?);
        Some((code, support::check(world), function))
    });
    seen.collect()
}

type First = Option<(String, Severity, Strength)>;

fn first(report: &Report) -> First {
    report.diagnoses.first().map(|it| (it.code.to_string(), it.severity, it.strength))
}

/// What is to be seen from a function of what is seen from a task.
fn expected(page: &str, task: &Report) -> (First, Verdict) {
    let (mut first, mut verdict) = (first(task), task.verdict);
    for it in DIFFERENCES.iter().filter(|it| it.pages.contains(&page)) {
        first = first
            .map(|(code, severity, strength)| (code, it.severity.unwrap_or(severity), it.strength.unwrap_or(strength)));
        verdict = it.verdict.unwrap_or(verdict);
    }
    (first, verdict)
}

#[test]
fn a_function_says_what_a_task_says_but_for_a_reason() {
    let mut wrong = Vec::new();
    let seen = both(|_| {});
    assert!(seen.len() > 100, "{} worlds", seen.len());
    for (page, task, function) in &seen {
        if let Some((_, code, why)) = OTHER_CODES.iter().find(|(other, ..)| other == page) {
            let own = first(function).map(|(code, ..)| code);
            if own.as_deref() != *code {
                wrong.push(format!("{page}: not {code:?} ({why}), but {:?}", codes(function)));
            }
            continue;
        }
        let told = (first(function), function.verdict);
        if told != expected(page, task) {
            wrong.push(format!("{page}: {told:?}, and from a task {:?} {:?}", first(task), task.verdict));
        }
        if !function.unexplained.is_empty() {
            wrong.push(format!("{page}: {:?} unexplained", function.unexplained));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_difference_is_one() {
    let seen = both(|_| {});
    for Difference { why, pages, .. } in &DIFFERENCES {
        for page in *pages {
            let (_, task, function) = seen.iter().find(|(code, ..)| code == page).unwrap_or_else(|| panic!("{page}"));
            let same = (first(task), task.verdict) == (first(function), function.verdict);
            assert!(!same, "{page} is the same from both, although {why}");
        }
    }
}

/// A function that is told that its tasks have no public address is where they are.
#[test]
fn without_public_addresses_a_task_is_where_the_function_is() {
    for (page, task, function) in both(|world| world.function.assign_public_ip = Some(false)) {
        if page != "DNS-04" && OF_PUBLIC_ADDRESSES.contains(&page.as_str()) {
            assert_eq!((first(&function), function.verdict), (first(&task), task.verdict), "{page}");
        }
    }
}

/// A function that is told that its tasks have one says nothing of their way to the internet.
#[test]
fn with_public_addresses_it_blames_nobody() {
    for (page, _, function) in both(|world| world.function.assign_public_ip = Some(true)) {
        if OF_PUBLIC_ADDRESSES.contains(&page.as_str()) {
            let first = first(&function).map(|(_, severity, strength)| (severity, strength));
            assert_eq!(first, Some((Severity::Info, Strength::Possible)), "{page}: {:?}", codes(&function));
            assert_eq!(function.verdict, Verdict::Inconclusive, "{page}");
        }
    }
}

/// A function with the execution role asks as the one that pulls.
#[test]
fn with_the_execution_role_a_denial_is_the_pull_s() {
    let with_role = |world: &mut World| {
        world.function.has_execution_role = true;
        world.task.execution_role = Some("arn:aws:iam::123456789012:role/service/fileWriterExecutionRole".into());
    };
    for (page, _, function) in both(with_role) {
        if OF_PRINCIPALS.contains(&page.as_str()) {
            let severity = first(&function).map(|(_, severity, _)| severity);
            assert_eq!((severity, function.verdict), (Some(Severity::Error), Verdict::Unhealthy), "{page}");
        }
    }
}
