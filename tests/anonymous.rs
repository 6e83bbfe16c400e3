//! Images that anybody may have: what a pull without credentials says when it does not get them, and what it leaves
//! alone.

mod sim;
mod support;

use ecr_probe::model::outcome::{LayerUrlOutcome, ManifestOutcome, RegistryTokenOutcome};
use ecr_probe::model::{Act, Report, Role, Strength, Verdict};
use ecr_probe::render::{self, Style};

use sim::{MemoryEdge, World};

fn report(toml: &str) -> Report {
    support::check(World::from_toml(toml).unwrap_or_else(|why| panic!("{toml}: {why}")))
}

/// A check of one image, beside NAT.
fn of(image: &str, rest: &str) -> Report {
    report(&format!("[vpc]\nnat = true\n[image]\nreference = '{image}'\n{rest}"))
}

fn codes(report: &Report) -> Vec<String> {
    report.diagnoses.iter().map(|finding| format!("{}[{}]", finding.severity.name(), finding.code)).collect()
}

const HUB: &str = "docker.io/library/nginx:1.27";
const OTHER: &str = "registry.example.com/team/app:v1";
const OTHER_EXISTS: &str = "[elsewhere]\nhost = 'registry.example.com'\n";

#[test]
fn every_image_of_the_task_is_pulled_and_summed_up() {
    let report = report(
        "[vpc]\nnat = true\n[image]\nsidecars = ['docker.io/library/nginx:1.27', \
         'public.ecr.aws/aws-observability/aws-otel-collector:latest', 'docker.io/library/nginx:latest']",
    );
    assert_eq!((report.verdict, report.images.len()), (Verdict::Healthy, 4));
    assert!(report.images.iter().all(|image| image.digest.is_some() && image.bytes.is_some()));
    let asked: Vec<&str> = report
        .evidence
        .iter()
        .filter(|it| matches!(it.act, Act::RegistryToken(RegistryTokenOutcome::Granted { .. })))
        .filter_map(|it| it.target.as_ref().map(|target| target.host.as_str()))
        .collect();
    assert_eq!(asked, ["auth.docker.io", "public.ecr.aws"], "one token a repository");
}

#[test]
fn a_public_image_alone_is_proof_of_itself() {
    for image in [HUB, "public.ecr.aws/nginx/nginx:1.27", "nginx"] {
        let report = of(image, "");
        assert_eq!(report.verdict, Verdict::Healthy, "{image}: {:?}", codes(&report));
        let pull = report.pull.as_ref().expect("its bytes were fetched");
        assert_eq!((pull.layers_verified, pull.layers_total), (3, 3));
        let text = render::text(&report, Style::Plain);
        assert!(text.contains("can be pulled from here, and was") && !text.contains("not pulled"), "{text}");
        assert!(report.evidence.iter().any(|it| it.target.as_ref().is_some_and(|target| target.role == Role::Cdn)));
        assert!(!report.evidence.iter().any(|it| matches!(it.act, Act::Credentials(_))), "nobody asked for any");
    }
}

#[test]
fn what_a_registry_keeps_from_strangers_is_missing_or_private() {
    for (image, code, others) in [
        // Docker's own images are for everybody, as those of public ECR.
        ("scheduled-file-writer:v1", "error[IMG-03]", "IMG-01"),
        ("docker.io/library/ngnix:1", "error[IMG-01]", ""),
        // The task may have credentials that the probe has not.
        ("team/app", "warning[IMG-03]", "IMG-01"),
        ("docker.io/team/app:v1", "warning[IMG-01]", ""),
    ] {
        let report = of(image, "");
        assert_eq!(codes(&report), [code], "{image}");
        let found = &report.diagnoses[0];
        let alternatives: Vec<&str> = found.alternatives.iter().map(|code| code.id()).collect();
        assert_eq!((found.strength, alternatives.join(" ").as_str()), (Strength::Likely, others), "{image}");
        let verdict = if code.starts_with("error") { Verdict::Unhealthy } else { Verdict::Inconclusive };
        assert_eq!((report.verdict, report.unexplained.len()), (verdict, 0), "{image}");
    }
    // A token service may reject an anonymous client itself.
    for answer in ["status = 401", "status = 403\ncode = 'DENIED'\nmessage = 'requested access is denied'"] {
        let report = of(OTHER, &format!("{OTHER_EXISTS}[reply.registry-token]\n{answer}"));
        assert_eq!((codes(&report), report.unexplained.len()), (vec!["warning[IMG-01]".to_owned()], 0), "{answer}");
    }
    let denied = "[reply.manifest]\ncode = 'DENIED'\nmessage = 'requested access to the resource is denied'";
    assert_eq!(codes(&of(HUB, denied)), ["error[IMG-01]"]);
    let both = of("nginx:1", &format!("sidecars = ['nginx:2']\n{denied}"));
    assert_eq!((codes(&both).len(), both.unexplained.len()), (2, 0), "each image is named, and no failure is left");
}

#[test]
fn what_is_wrong_with_a_public_image_is_told_without_ecrs_commands() {
    let public = "public.ecr.aws/nginx/nginx:1.27";
    for (image, rest, code) in [
        ("public.ecr.aws/team/app:v1", "", "IMG-01"),
        ("public.ecr.aws/nginx/nginx:v2", "", "IMG-02"),
        ("docker.io/library/nginx:gone", "", "IMG-02"),
        (HUB, "platforms = ['linux/arm64']", "IMG-04"),
        (HUB, "wrong_manifest_digest = true", "IMG-12"),
        (HUB, "layer_media_type = 'application/vnd.in-toto+json'", "IMG-06"),
        (public, "[layer]\nfault = 'corrupt'", "LYR-03"),
        (public, "[layer]\nfault = 'missing'", "LYR-01"),
        (HUB, "[reply.layer]\nstatus = 503\nbody = 'no'\ncode = 'InternalError'", "LYR-06"),
        (HUB, "[reply.blob]\nstatus = 307\nheaders = { Location = 'http://mirror.example/x' }", "LYR-05"),
        (HUB, "[reply.manifest]\nstatus = 503", "ECR-02"),
        (HUB, "[reply.registry-token]\nstatus = 502", "ECR-02"),
        (HUB, "[reply.registry-token]\nfault = 'silent'", "ECR-03"),
        (HUB, "[reply.registry-token]\nstatus = 200\ncontent_type = 'text/html'\nbody = '<html></html>'", "PRX-02"),
    ] {
        let report = of(image, rest);
        assert_eq!(codes(&report), [format!("error[{code}]")], "{image} {rest}");
        assert!(report.unexplained.is_empty(), "{image} {rest}");
        for fix in &report.diagnoses[0].fixes {
            let text = format!("{} {}", fix.does, fix.command().unwrap_or_default());
            assert!(
                !["aws ", "AWS Support", "ecr.", "S3"].iter().any(|word| text.contains(word)),
                "{image} {rest}: {text}"
            );
        }
    }
}

#[test]
fn a_repository_of_the_same_name_in_ecr_is_another_matter() {
    let report = report(
        "[vpc]\nnat = true\n[image]\nreference = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/nginx/nginx:v2'\n\
         repository = 'nginx/nginx'\nsidecars = ['public.ecr.aws/nginx/nginx:v2']",
    );
    assert_eq!(codes(&report), ["error[IMG-02]", "error[IMG-02]"]);
    let summaries: Vec<&str> = report.diagnoses.iter().map(|it| &*it.summary).collect();
    assert!(summaries.iter().any(|it| it.starts_with("public.ecr.aws has no ")), "{summaries:?}");
}

#[test]
fn a_token_that_grows_old_on_the_way_is_renewed() {
    let slow =
        "layer_sizes = [4000000, 4000000, 4000000, 4000000, 4000000, 4000000]\n[layer]\nbytes_per_second = 100000\n";
    let granted = |report: &Report| {
        let is_grant = |act: &Act| matches!(act, Act::RegistryToken(RegistryTokenOutcome::Granted { .. }));
        report.evidence.iter().filter(|it| is_grant(&it.act)).count()
    };
    let report = of(HUB, &format!("{slow}[elsewhere]\ntoken_life_s = 30"));
    assert_eq!(codes(&report), [""; 0], "{}", render::text(&report, Style::Plain));
    assert_eq!((report.verdict, granted(&report), report.unexplained.len()), (Verdict::Healthy, 2, 0));
    assert_eq!(report.pull.as_ref().map(|pull| pull.layers_verified), Some(6));
    let refused = report.evidence.iter().filter(|it| matches!(it.act, Act::LayerUrl(LayerUrlOutcome::Rejected(_))));
    assert!((1..=3).contains(&refused.count()), "a later request has the new one");

    assert!(!render::text(&report, Style::Plain).contains("FAIL"), "nothing failed");

    let report = of(HUB, &format!("{slow}[elsewhere]\ntoken_life_s = 300"));
    assert_eq!((report.verdict, granted(&report)), (Verdict::Healthy, 1));
    // Public ECR's way to say so.
    let public = format!("{slow}[elsewhere]\ntoken_life_s = 30");
    let report = of("public.ecr.aws/nginx/nginx:1.27", &public);
    assert_eq!((report.verdict, granted(&report)), (Verdict::Healthy, 2), "{:?}", codes(&report));
    // What does not take a new one either is not asked again and again.
    let report = of(HUB, "[reply.blob]\nstatus = 401");
    assert!(report.verdict != Verdict::Healthy && granted(&report) <= 5, "{}", granted(&report));
    let refused = report.evidence.iter().filter(|it| matches!(it.act, Act::LayerUrl(_)));
    assert_eq!(refused.count(), 2 * 4, "each blob twice");
}

#[test]
fn a_registry_that_takes_credentials_only_is_not_pulled_from() {
    let basic = "[reply.registry]\nstatus = 401\nheaders = { Www-Authenticate = 'Basic realm=\"https://registry.example.com/\"' }";
    let report = of(OTHER, &format!("{OTHER_EXISTS}{basic}"));
    assert_eq!((report.verdict, codes(&report).len()), (Verdict::Inconclusive, 0));
    let text = render::text(&report, Style::Plain);
    assert!(text.contains("not pulled: registry.example.com/team/app takes credentials (Basic)"), "{text}");
    assert!(!report.evidence.iter().any(|it| matches!(it.act, Act::Manifest(_))));
}

#[test]
fn a_hostile_challenge_is_not_followed() {
    let nested = format!("Bearer realm=\"{}", "\\\"".repeat(20_000));
    for challenge in [
        "Bearer",
        "Bearer service=\"registry.example.com\"",
        "Bearer realm=\"http://auth.example.com/token\"",
        "Bearer realm=\"https://user:secret@auth.example.com/token\"",
        "Bearer realm=\"https://169.254.169.254/latest/meta-data/iam/\"",
        "Bearer realm=\"https://169.254.170.2/v2/credentials\"",
        "Bearer realm=\"https://[::ffff:127.0.0.1]/token\"",
        "Bearer realm=\"https://localhost/token\"",
        "Bearer realm=\"https://auth.example.com:0x50/token\"",
        "Bearer realm=\"file:///etc/passwd\"",
        "Bearer realm=\"gopher://auth.example.com/\"",
        nested.as_str(),
    ] {
        let mut world = World::from_toml(&format!("[vpc]\nnat = true\n[image]\nreference = '{OTHER}'\n{OTHER_EXISTS}"))
            .expect("it is a world");
        let headers = [("Www-Authenticate".to_owned(), challenge.to_owned())].into_iter().collect();
        let forced = sim::world::Forced { status: Some(401), headers, ..Default::default() };
        world.reply.insert(sim::world::Call::Registry, forced);
        let report = support::check(world);
        assert_eq!((report.verdict, report.unexplained.len()), (Verdict::Inconclusive, 1), "{challenge:.80}");
        let refused = report.evidence.get(report.unexplained[0]).expect("it is in the evidence");
        assert!(matches!(refused.act, Act::RegistryToken(RegistryTokenOutcome::Refused { .. })), "{challenge:.80}");
        let hosts: Vec<&str> =
            report.evidence.iter().filter_map(|it| it.target.as_ref()).map(|target| target.host.as_str()).collect();
        assert!(hosts.iter().all(|host| *host == "registry.example.com"), "{challenge:.80}: {hosts:?}");
    }
}

#[test]
fn an_odd_answer_of_a_token_service_is_bounded_and_left_open() {
    for answer in ["body = '{}'", "body = '[]'", "body = 'token'", "fault = 'huge'", "body = '{\"token\":\"a b\"}'"] {
        let report = of(HUB, &format!("[reply.registry-token]\n{answer}"));
        assert_eq!(report.verdict, Verdict::Inconclusive, "{answer}: {:?}", codes(&report));
    }
    // What a redirect leads to is not asked.
    let report = of(HUB, "[reply.registry-token]\nstatus = 307\nheaders = { Location = 'https://mirror.example/t' }");
    assert_eq!(report.verdict, Verdict::Inconclusive, "{:?}", codes(&report));
    assert!(!render::json(&report).contains("mirror.example"));
}

#[test]
fn credentials_go_to_nobody_else() {
    let worlds = [
        "[vpc]\nnat = true\n[image]\nsidecars = ['docker.io/library/nginx:1.27', 'public.ecr.aws/nginx/nginx:1.27']"
            .to_owned(),
        format!("[vpc]\nnat = true\n[image]\nsidecars = ['{OTHER}']\n{OTHER_EXISTS}"),
        format!("[vpc]\nnat = true\n[image]\nsidecars = ['{OTHER}']\n{OTHER_EXISTS}open = true"),
    ];
    for toml in worlds {
        let edge = MemoryEdge::new(World::from_toml(&toml).expect("it is a world"));
        let report = support::check_edge(&edge);
        assert_eq!(report.verdict, Verdict::Healthy, "{toml}: {:?}", codes(&report));
        assert_eq!(edge.services().stray_credentials(), 0, "{toml}");
        let manifests =
            report.evidence.iter().filter(|it| matches!(it.act, Act::Manifest(ManifestOutcome::Image { .. })));
        assert_eq!(manifests.count(), report.images.len());
        let printed = format!("{}{}", render::json(&report), render::text(&report, Style::Plain));
        assert!(sim::CANARIES.iter().all(|canary| !printed.contains(canary)), "{toml}");
    }
}
