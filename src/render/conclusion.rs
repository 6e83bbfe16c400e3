//! The last lines of a report: the verdict, and for several images what becomes of each.

use super::style::Style;
use super::units::count;
use crate::diagnose::{Case, Host, is_another_function, is_of_principals};
use crate::model::{Finding, ImageSummary, Mode, Report, Role, Severity, Stage, Verdict};

/// The verdict in one sentence, with a line an image where they fare differently.
pub fn conclusion(report: &Report, style: Style) -> String {
    let (good, bad): (Vec<&ImageSummary>, Vec<&ImageSummary>) =
        report.images.iter().partition(|image| errors_of(report, image).next().is_none());
    if report.verdict != Verdict::Unhealthy || good.is_empty() || bad.is_empty() {
        return format!("{}\n", together(report, style));
    }
    let mut text = format!(
        "{}: {} of {} cannot be pulled from here\n",
        style.error("unhealthy"),
        bad.len(),
        count(report.images.len(), "image")
    );
    for image in &report.images {
        let codes = codes(errors_of(report, image));
        let (mark, what) = if !codes.is_empty() {
            (style.error("FAIL"), codes)
        } else if image.digest.is_some() {
            (style.good("  ok"), "can be pulled".to_owned())
        } else {
            (style.warning("   ?"), "not known".to_owned())
        };
        text.push_str(&format!("  {mark}  {}: {what}\n", image.image));
    }
    text
}

/// One sentence for all images.
fn together(report: &Report, style: Style) -> String {
    let images: Vec<&str> = report.images.iter().map(|image| image.image.as_str()).collect();
    let images = images.join(", ");
    let of = |severity: Severity| codes(report.diagnoses.iter().filter(|finding| finding.severity == severity));
    let was_pulled = report.pull.as_ref().is_some_and(|pull| pull.layers_verified == pull.layers_total);
    let (here, of_task) = if asked_as_a_function(report) {
        ("from here by the function's role", "; a task pulls as its execution role")
    } else {
        ("from here", "")
    };
    let (word, sentence) = match report.verdict {
        Verdict::Healthy => {
            let how_far = if was_pulled { "and was" } else { "as far as was asked" };
            (style.good("healthy"), format!("{images} can be pulled {here}, {how_far}{of_task}"))
        }
        Verdict::Degraded if report.images.iter().all(|image| image.digest.is_none()) => {
            let sentence =
                format!("what a pull of {images} needs is reached from here, but see {}", of(Severity::Warning));
            (style.warning("degraded"), sentence)
        }
        Verdict::Degraded => {
            let sentence = format!("{images} can be pulled {here}, but see {}", of(Severity::Warning));
            (style.warning("degraded"), sentence)
        }
        Verdict::Unhealthy => {
            let what = if only_fails_at(Stage::Unpack, report) {
                "can be fetched from here, but the disk is too small"
            } else if only_fails_at(Stage::TaskStart, report) {
                "can be pulled from here, but the task cannot start"
            } else {
                "cannot be pulled from here"
            };
            (style.error("unhealthy"), format!("{images} {what}: {}", of(Severity::Error)))
        }
        Verdict::Inconclusive if only_its_role_is_denied(report) => {
            let sentence = format!(
                "the network path for {images} works from here, and the function's role may not pull; whether a task's execution role may is not known"
            );
            (style.warning("inconclusive"), sentence)
        }
        Verdict::Inconclusive if fails_by_itself(report) => {
            let sentence = format!(
                "{} stops this function and may not stop a task: whether {images} can be pulled from here is not known",
                of(Severity::Warning)
            );
            (style.warning("inconclusive"), sentence)
        }
        Verdict::Inconclusive => {
            (style.warning("inconclusive"), format!("whether {images} can be pulled from here is not known"))
        }
    };
    format!("{word}: {sentence}")
}

/// The errors that are about an image.
fn errors_of<'r>(report: &'r Report, image: &'r ImageSummary) -> impl Iterator<Item = &'r Finding> {
    let of_image = |finding: &&Finding| finding.images.contains(&image.image);
    report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error).filter(of_image)
}

/// Whether a Lambda function asked ECR as another than the role that pulls.
fn asked_as_a_function(report: &Report) -> bool {
    is_another_function(&report.vantage) && Case::new(&report.evidence, &report.vantage).has_ecr_image()
}

/// Whether a Lambda function reached every host, and what failed was denied to its own role or its credentials.
fn only_its_role_is_denied(report: &Report) -> bool {
    let mut findings = report.diagnoses.iter().filter(|it| it.severity > Severity::Info).peekable();
    let case = Case::new(&report.evidence, &report.vantage);
    findings.peek().is_some()
        && findings.all(|it| is_of_principals(it.code))
        && asked_as_a_function(report)
        && report.unexplained.is_empty()
        && report.cut_short.is_none()
        && case.hosts_of(Role::S3).any(Host::works)
        && case.hosts.iter().all(Host::works)
}

/// Whether a Lambda function came to an end that may be no task's.
fn fails_by_itself(report: &Report) -> bool {
    let is_warning = |finding: &Finding| finding.severity == Severity::Warning;
    report.vantage.mode == Mode::Lambda
        && report.diagnoses.iter().any(is_warning)
        && report.unexplained.is_empty()
        && report.cut_short.is_none()
}

fn codes<'r>(findings: impl Iterator<Item = &'r Finding>) -> String {
    findings.map(|finding| finding.code.to_string()).collect::<Vec<_>>().join(", ")
}

/// What can be tried of the pull is sound, and what comes after that is not.
fn only_fails_at(stage: Stage, report: &Report) -> bool {
    let mut errors = report.diagnoses.iter().filter(|finding| finding.severity == Severity::Error);
    errors.all(|finding| finding.stage == stage) && report.images.iter().all(|image| image.digest.is_some())
}
