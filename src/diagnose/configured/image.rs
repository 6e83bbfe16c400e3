//! Whether the images are there, for the task's platform, and readable.

use super::{Configuration, key};
use crate::account::{EcrImage, Seen};
use crate::diagnose::{Draft, Rule, rules};
use crate::image::Reference;
use crate::model::facts::{CacheRule, CacheRules, ImageFact, ImageStatus};
use crate::model::{Command, Fix, Role, Stage};

/// A finding for each image that cannot be had.
pub fn drafts(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let mut drafts = unreadable(configuration);
    for image in configuration.account.ecr_images(&configuration.aim) {
        drafts.extend(of_image(configuration, &image).and_then(|(code, draft)| Some((rules::of(code)?, draft))));
    }
    drafts
}

fn of_image(configuration: &Configuration<'_>, image: &EcrImage) -> Option<(&'static str, Draft)> {
    let account = &configuration.account;
    let repository = account.repository(&image.repository);
    if let Seen::Absent(observation) = repository {
        // A cache makes the repository at the first pull.
        let cached = cached(configuration, image);
        if cached == Cached::Yes {
            return None;
        }
        let summary = format!("the registry {} has no repository {} in {}", image.account, image.name, image.region);
        let draft = Draft::error(Stage::Manifest, image.repository.clone(), summary);
        let draft = sure(draft, cached, "ECR says RepositoryNotFoundException").cite([observation]).fix(Fix::run(
            "see which repositories the registry has, and correct the image in the task definition",
            &Command::of("aws ecr describe-repositories")
                .region(&image.region)
                .option("--registry-id", &*image.account)
                .query("repositories[].repositoryUri")
                .text(),
        ));
        return Some(("IMG-01", about(draft, image, &image.repository)));
    }
    match account.image(&image.subject()) {
        Seen::Absent(observation) if cached(configuration, image) != Cached::Yes => {
            let summary = format!("the repository {} has no image {}", image.name, image.reference);
            let draft = Draft::error(Stage::Manifest, image.image.clone(), summary);
            let draft = sure(draft, cached(configuration, image), "ECR says ImageNotFoundException")
                .cite([observation])
                .fix(tags(image));
            Some(("IMG-02", about(draft, image, &image.repository)))
        }
        Seen::Known(observation, fact) if fact.status != ImageStatus::Active => {
            let draft = archived(image, fact).cite([observation]);
            Some(("IMG-13", about(draft, image, &image.repository)))
        }
        Seen::Known(observation, fact) => {
            let wanted = configuration.account.platform(&configuration.aim)?;
            let has = fact.platforms.as_deref()?;
            let fits = has.iter().any(|platform| platform == &wanted || platform.starts_with(&format!("{wanted}/")));
            if fits || has.is_empty() {
                return unusable_key(configuration, image);
            }
            let draft = platform_missing(image, &wanted, has, fact).cite([observation]);
            Some(("IMG-04", about(draft, image, &image.repository)))
        }
        _ => unusable_key(configuration, image),
    }
}

fn about(mut draft: Draft, image: &EcrImage, resource: &str) -> Draft {
    draft.images = Some(vec![image.image.clone()]);
    draft.roles = vec![Role::EcrDkr];
    draft.blame(vec![resource.to_owned()], None)
}

fn tags(image: &EcrImage) -> Fix {
    Fix::run(
        "see which tags the repository has",
        &Command::of("aws ecr describe-images")
            .region(&image.region)
            .option("--registry-id", &*image.account)
            .option("--repository-name", &*image.name)
            .query("sort_by(imageDetails,&imagePushedAt)[-10:].imageTags")
            .words("--output json"),
    )
}

fn archived(image: &EcrImage, fact: &ImageFact) -> Draft {
    let whole = &image.image;
    let (summary, fix) = if fact.status == ImageStatus::Activating {
        let summary = format!(
            "the image {whole} is being restored from the archive: until then the registry answers a pull with 404"
        );
        (summary, Fix::advice("wait, and start the task again: ECR may take 20 minutes to restore an image"))
    } else {
        let id = if image.reference.contains(':') { "imageDigest" } else { "imageTag" };
        let restore = Command::of("aws ecr update-image-storage-class")
            .region(&image.region)
            .option("--registry-id", &*image.account)
            .option("--repository-name", &*image.name)
            .option("--image-id", format!("{id}={}", image.reference))
            .option("--target-storage-class", "STANDARD");
        let summary = format!("the image {whole} is archived: the registry answers a pull with 404");
        (summary, Fix::run("restore the image; ECR may take 20 minutes for it", &restore))
    };
    Draft::error(Stage::Manifest, whole.clone(), summary)
        .proven("ECR gives its status as other than ACTIVE")
        .fix(fix)
        .fix(Fix::advice("or name an image that is not archived"))
}

fn platform_missing(image: &EcrImage, wanted: &str, has: &[String], fact: &ImageFact) -> Draft {
    let summary = format!("the image {} is built for {}, and the task runs on {wanted}", image.image, has.join(", "));
    Draft::error(Stage::Manifest, image.image.clone(), summary)
        .proven(format!("the manifest {} lists the platforms", fact.digest))
        .fix(Fix::advice("set runtimePlatform of the task definition to a platform of the image"))
        .fix(Fix::advice("or build the image for the task's platform, and push it under the same tag"))
}

fn unusable_key(configuration: &Configuration<'_>, image: &EcrImage) -> Option<(&'static str, Draft)> {
    let repository = configuration.account.repository(&image.repository).known()?;
    let (observation, key) = match configuration.account.kms_key(repository.kms_key.as_deref()?) {
        Seen::Known(observation, key) => (observation, key),
        _ => return None,
    };
    if !key::is_out_of_use(key) {
        return None;
    }
    let summary = format!("the KMS key {} of the repository {} is in the state {}", key.arn, image.name, key.state);
    let fix = key::fix(key, &image.region, "copy the image to a repository with another key");
    let draft = Draft::error(Stage::Manifest, image.image.clone(), summary)
        .proven("ECR decrypts with it at every pull")
        .cite([observation])
        .fix(fix);
    Some(("KMS-01", about(draft, image, &key.arn)))
}

/// Whether a pull-through cache rule fetches the image at its first pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cached {
    Yes,
    No,
    /// The rules could not be read, and the repository's name has the form of one that a rule makes.
    Unknown,
}

fn cached(configuration: &Configuration<'_>, image: &EcrImage) -> Cached {
    match configuration.account.cache_rules(&format!("{} {}", image.account, image.region)) {
        Seen::Known(_, CacheRules { rules }) => {
            let is_of =
                |rule: &CacheRule| rule.prefix == "ROOT" || image.name.starts_with(&format!("{}/", rule.prefix));
            if rules.iter().any(is_of) { Cached::Yes } else { Cached::No }
        }
        // The rules of another account's registry do not show.
        _ if image.name.contains('/') => Cached::Unknown,
        _ => Cached::No,
    }
}

/// Proven, but where an upstream may have what is not there.
fn sure(draft: Draft, cached: Cached, reason: &str) -> Draft {
    match cached {
        Cached::Unknown => draft
            .likely(format!(
                "{reason}; a pull-through cache rule, which could not be read, may fetch it at its first pull"
            ))
            .or(&["PTC-01", "PTC-02"]),
        Cached::Yes | Cached::No => draft.proven(reason),
    }
}

/// Texts of the definition that are no image reference.
fn unreadable(configuration: &Configuration<'_>) -> Vec<(&'static Rule, Draft)> {
    let Some((observation, definition)) = configuration.account.judged_definition(&configuration.aim) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for container in &definition.containers {
        let Err(error) = Reference::parse(&container.image) else { continue };
        let mut draft = Draft::error(
            Stage::Reference,
            container.name.clone(),
            format!("the container {}: {error}", container.name),
        )
        .proven("the text follows no grammar of image references")
        .cite([observation])
        .fix(Fix::advice("correct the image in the task definition, and register a new revision"))
        .blame(vec![definition.arn.clone()], None);
        draft.images = Some(vec![container.image.clone()]);
        drafts.extend(rules::of("CFG-02").map(|rule| (rule, draft)));
    }
    drafts
}
