//! Several images in one check: what is said of one is not said of another.

mod sim;
mod support;

use ecr_probe::model::outcome::{ConnectOutcome, LayerBytesOutcome, ManifestOutcome, Rejection, ResolveOutcome};
use ecr_probe::model::{Act, Evidence, Observation, Report, Severity, Verdict};
use ecr_probe::render::{Style, text};
use ecr_probe::run::{self, Observed};

use sim::World;

const GOOD: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/scheduled-file-writer:v1";

fn check(world: &str) -> Report {
    support::check(World::from_toml(world).expect("a world"))
}

/// The good image beside one whose tag is not in the registry.
fn beside_a_missing_tag() -> (Report, String) {
    let missing = GOOD.replace(":v1", ":gone");
    (check(&format!("[image]\nsidecars = ['{missing}']")), missing)
}

#[test]
fn each_step_of_a_pull_knows_its_image_and_its_region() {
    let (report, missing) = beside_a_missing_tag();
    for observation in report.evidence.iter() {
        match observation.act {
            Act::Manifest(_) | Act::LayerUrl(_) | Act::LayerBytes(_) | Act::Config(_) => {
                assert!(
                    [Some(GOOD), Some(missing.as_str())].contains(&observation.image.as_deref()),
                    "{observation:?}"
                );
            }
            Act::Resolve(_) | Act::Connect(_) | Act::Token(_) => {
                assert_eq!((observation.region.as_deref(), &observation.image), (Some("eu-west-1"), &None));
            }
            _ => {}
        }
    }
}

#[test]
fn a_broken_image_does_not_condemn_the_good_one() {
    let (report, missing) = beside_a_missing_tag();
    assert_eq!(report.verdict, Verdict::Unhealthy);
    let [finding] = &report.diagnoses[..] else { panic!("{:?}", report.diagnoses) };
    assert_eq!((finding.code.id(), &finding.images), ("IMG-02", &vec![missing.clone()]));
    let text = text(&report, Style::Plain);
    assert!(text.contains("unhealthy: 1 of 2 images cannot be pulled from here\n"), "{text}");
    assert!(text.contains(&format!("  FAIL  {missing}: IMG-02\n")), "{text}");
    assert!(text.ends_with(&format!("    ok  {GOOD}: can be pulled\n  FAIL  {missing}: IMG-02\n")), "{text}");
}

#[test]
fn the_expected_message_names_the_image_that_failed() {
    // `my-app:v1` ends as `app:v1` does.
    for sidecars in [
        format!("'{}'", GOOD.replace(":v1", ":gone")),
        format!("'{0}/my-app:gone', '{0}/app:gone'", GOOD.split('/').next().expect("it has a host")),
    ] {
        let report = check(&format!("[image]\nsidecars = [{sidecars}]"));
        let mut seen = 0;
        for finding in report.diagnoses.iter().filter(|it| it.severity == Severity::Error) {
            let message = finding.ecs_message.as_deref().expect("ECS says something of it");
            assert!(message.contains(&finding.images[0]), "{message} is not about {:?}", finding.images);
            assert!(!message.contains(GOOD), "{message}");
            seen += 1;
        }
        assert!(seen > 0, "{sidecars}");
    }
}

#[test]
fn a_fault_of_a_shared_host_is_about_every_image() {
    let second = GOOD.replace(":v1", "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let report = check(&format!("[vpc]\nendpoint_sg_allows_task = false\n[image]\nsidecars = ['{second}']"));
    assert_eq!(report.diagnoses[0].images, [GOOD.to_owned(), second]);
    let text = text(&report, Style::Plain);
    assert!(text.contains("cannot be pulled from here: "), "{text}");
}

#[test]
fn a_redirect_in_one_region_says_nothing_of_another_regions_store() {
    let far = GOOD.replace("eu-west-1", "us-east-1");
    let report = check(&format!("[vpc]\nnat = true\n[image]\nsidecars = ['{far}']"));
    // The far image has no manifest, and its store is lost.
    let store = "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com";
    let mut evidence = report.evidence.clone();
    let is_far = |it: &ecr_probe::model::Observation| it.target.as_ref().is_some_and(|target| target.host == store);
    evidence.observations.retain(|it| !(is_far(it) && matches!(it.act, Act::Handshake(_) | Act::LayerStore(_))));
    for observation in &mut evidence.observations {
        if is_far(observation) && matches!(observation.act, Act::Connect(_)) {
            observation.act = Act::Connect(ConnectOutcome::TimedOut);
        }
    }
    let judged = judged_with(&report, evidence);
    let of_store = judged.diagnoses.iter().find(|it| it.summary.contains(store));
    assert_eq!(of_store.map(|it| it.images.clone()), Some(vec![far]), "{:#?}", judged.diagnoses);
    assert!(text(&judged, Style::Plain).contains(&format!("FAIL  layer store (S3)  {store}")));
}

#[test]
fn failures_that_are_alike_take_one_line() {
    let report = check("[reply.layer]\nstatus = 500\ncode = 'InternalError'");
    let text = text(&report, Style::Plain);
    let hops = text.split("hops from").nth(1).expect("there are hops");
    assert_eq!(hops.matches("FAIL").count(), 1, "{text}");
    assert!(hops.contains("4 blobs") && hops.contains(" tries each"), "{text}");
}

/// The commands for what befalls the image of another Region, where `fails` says how one of its observations ends.
fn commands_for_the_far_image(fails: impl Fn(&Act) -> Option<Act>) -> Vec<String> {
    let far = GOOD.replace("eu-west-1", "us-east-1");
    let report = check(&format!("[vpc]\nnat = true\n[image]\nsidecars = ['{far}']"));
    let mut evidence = report.evidence.clone();
    let is_far = |it: &Observation| it.target.as_ref().is_some_and(|target| target.host.contains("us-east-1"));
    for observation in evidence.observations.iter_mut().filter(|it| is_far(it)) {
        if let Some(act) = fails(&observation.act) {
            observation.act = act;
        }
    }
    let judged = judged_with(&report, evidence);
    let fixes = judged.diagnoses.iter().filter(|it| it.severity == Severity::Error).flat_map(|it| &it.fixes);
    fixes.filter_map(|fix| fix.command()).filter(|it| it.contains("region")).map(str::to_owned).collect()
}

#[test]
fn a_command_names_the_region_of_what_it_is_about() {
    let refused = |code: &str| Rejection { status: 403, code: Some(code.to_owned()), ..Rejection::default() };
    let of_key = || ManifestOutcome::Failure { code: "KmsError".to_owned(), reason: None };
    let key = commands_for_the_far_image(|act| matches!(act, Act::Manifest(_)).then(|| Act::Manifest(of_key())));
    let store = commands_for_the_far_image(|act| {
        let denied = || Act::LayerBytes(LayerBytesOutcome::Rejected(refused("AccessDenied")));
        matches!(act, Act::LayerBytes(_)).then(denied)
    });
    for commands in [key, store] {
        assert!(!commands.is_empty());
        assert!(commands.iter().all(|it| it.contains("us-east-1") && !it.contains("eu-west-1")), "{commands:#?}");
    }
}

/// The name server, and what filters it, are the VPC's, which is in the task's Region.
#[test]
fn a_command_about_the_vpc_names_the_region_of_the_task() {
    let dns = commands_for_the_far_image(|act| {
        let gone = || Act::Resolve(ResolveOutcome::NxDomain { aliases: Vec::new() });
        matches!(act, Act::Resolve(_)).then(gone)
    });
    let of_vpc: Vec<&String> = dns.iter().filter(|it| it.starts_with("aws route53")).collect();
    assert!(of_vpc.len() > 3, "{dns:#?}");
    assert!(of_vpc.iter().all(|it| it.contains("region eu-west-1") && !it.contains("region us-east-1")), "{dns:#?}");
}

/// The same check, had it seen this.
fn judged_with(report: &Report, evidence: Evidence) -> Report {
    run::judge(Observed {
        started_at: report.started_at,
        duration_ms: report.duration_ms,
        vantage: report.vantage.clone(),
        images: report.images.clone(),
        evidence,
        cut_short: None,
        trimmed: None,
        pull: None,
        placement: None,
    })
}
