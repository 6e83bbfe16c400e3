//! DSK-01: the disk of a task is too small for the image.

use crate::diagnose::{Case, Draft, Need, addresses};
use crate::image::Reference;
use crate::model::outcome::{DiskOutcome, ManifestOutcome};
use crate::model::{Act, Blank, Command, Fix, Observation, Stage, Word};

rule!(DSK_01, "DSK-01", "task-disk-too-small", Need::TaskDisk, judge);

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// What a task on Fargate may ask for, in GiB (ECS API Reference, "EphemeralStorage").
const LEAST_GIB: u64 = 21;
const MOST_GIB: u64 = 200;

/// ECR takes no larger layer (Amazon ECR User Guide, "Service quotas"): a size beyond it is made up.
const LARGEST_LAYER: u64 = 52_000 * MIB;

/// The manifest that the runtime would unpack, by all of its names.
struct Image<'e> {
    observation: &'e Observation,
    digest: &'e str,
    bytes: u64,
    /// `repository:tag` or `repository@digest`, the one that was asked for first.
    names: Vec<&'e str>,
    /// Its own, and those of the indexes that led to it.
    digests: Vec<&'e str>,
}

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let disk = case.evidence.iter().find_map(|it| match &it.act {
        // A saved report may hold any number.
        Act::Disk(DiskOutcome::Measured { reserved_mib: reserved @ 1.., holds, .. }) => Some((it, *reserved, holds)),
        _ => None,
    });
    let Some((disk, reserved_mib, holds)) = disk else { return Vec::new() };
    // What this task runs has been pulled to this disk, and is no reason to doubt it.
    let own: Vec<Reference> = holds.iter().filter_map(|text| Reference::parse(text).ok()).collect();
    let others = images(case).into_iter().filter(|image| !own.iter().any(|own| image.is(own)));
    others.filter_map(|image| too_large(case, disk, reserved_mib, &image)).collect()
}

fn too_large(case: &Case<'_>, disk: &Observation, reserved_mib: u64, image: &Image<'_>) -> Option<Draft> {
    let room = reserved_mib.saturating_mul(MIB);
    // Unpacked they are at least as large as compressed.
    let both = image.bytes.saturating_mul(2);
    if both <= room {
        return None;
    }
    let name = image.names.first()?;
    let layers = mebibytes(image.bytes);
    let alone = image.bytes > room;
    let summary = if alone {
        format!(
            "{name} does not fit on a disk like this task's: its layers are {layers} compressed, this task's disk has {reserved_mib} MiB"
        )
    } else {
        format!(
            "{name} is too large to unpack on a disk like this task's: its layers are {layers} compressed and at least as much unpacked, this task's disk has {reserved_mib} MiB"
        )
    };
    let draft = Draft::error(Stage::Unpack, format!("the disk of a task that runs {name}"), summary);
    let draft = if alone {
        draft.proven("Fargate keeps an image both compressed and unpacked on that disk, and compressed alone it is larger; this is the disk of the task that the probe runs in")
    } else {
        draft.likely("Fargate keeps an image both compressed and unpacked on that disk; this is the disk of the task that the probe runs in, and how large the layers are unpacked no manifest says")
    };
    let draft = draft.cite([image.observation, disk]);
    // Room for what is written beside the image is a task's own affair.
    let needed = (both / GIB).saturating_add(1).max(LEAST_GIB);
    let draft = match needed {
        ..=MOST_GIB => draft.fix(Fix::run(
            format!("give the task definition that runs it a larger disk, ephemeralStorage.sizeInGiB: {LEAST_GIB} to {MOST_GIB}, and here at least {needed}"),
            &Command::of("aws ecs register-task-definition")
                .region(addresses::own_region(case))
                .option("--cli-input-json", Word::file(Word::from(Blank::TASK_DEFINITION).then(".json")))
                .option("--ephemeral-storage", Word::field("sizeInGiB", Blank::SIZE_IN_GIB)),
        )),
        _ => draft.fix(Fix::advice(format!("run it elsewhere: Fargate gives a task {MOST_GIB} GiB of ephemeralStorage at most"))),
    };
    Some(
        draft
            .fix(Fix::advice("make the image smaller: a slimmer base, fewer files, no build tools, data in S3 or EFS")),
    )
}

/// The images whose manifests came, each once, whichever way it came.
fn images<'e>(case: &Case<'e>) -> Vec<Image<'e>> {
    let mut images: Vec<Image<'e>> = Vec::new();
    let manifests = case.acts(|act| match act {
        Act::Manifest(outcome) | Act::ApiManifest(outcome) => Some(outcome),
        _ => None,
    });
    for (observation, outcome) in &manifests {
        let ManifestOutcome::Image { digest, layers, bytes, .. } = outcome else { continue };
        let layers = u64::try_from(*layers).unwrap_or(u64::MAX);
        let plausible = *bytes <= layers.saturating_mul(LARGEST_LAYER);
        if !plausible || images.iter().any(|known| known.digest == digest) {
            continue;
        }
        let mut image = Image { observation, digest, bytes: *bytes, names: Vec::new(), digests: vec![digest] };
        // An index comes before what it leads to, and may itself be in another.
        for (observation, outcome) in manifests.iter().rev() {
            let leads_here = match outcome {
                ManifestOutcome::Image { digest, .. } => digest == image.digest,
                ManifestOutcome::Index { chosen, .. } => image.digests.contains(&chosen.as_str()),
                _ => false,
            };
            if leads_here {
                image.names.extend(observation.subject.as_deref());
            }
            if let (true, ManifestOutcome::Index { digest, .. }) = (leads_here, outcome) {
                image.digests.push(digest);
            }
        }
        image.names.reverse();
        images.push(image);
    }
    images
}

impl Image<'_> {
    /// By name or by digest, in whichever registry: a copy of the task's own image is as large.
    fn is(&self, own: &Reference) -> bool {
        match (&own.digest, &own.tag) {
            (Some(digest), _) => self.digests.contains(&digest.to_string().as_str()),
            (None, Some(tag)) => self.names.contains(&format!("{}:{tag}", own.repository).as_str()),
            (None, None) => false,
        }
    }
}

/// As task metadata counts the disk.
fn mebibytes(bytes: u64) -> String {
    let mib = bytes as f64 / MIB as f64;
    if mib < 99.95 { format!("{mib:.1} MiB") } else { format!("{mib:.0} MiB") }
}
