//! IMG-08: layers that an old runtime cannot unpack. Most can, so that it is worth a word and no blame.

use crate::diagnose::{Case, Draft, Need, addresses};
use crate::model::outcome::ManifestOutcome;
use crate::model::{Act, Blank, Command, Fix, Stage};

rule!(IMG_08, "IMG-08", "layers-compressed-with-zstd", Need::Manifest, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let found = case.acts(|act| match act {
        Act::Manifest(ManifestOutcome::Image { layers, zstd_layers, .. }) if *zstd_layers > 0 => {
            Some((*layers, *zstd_layers))
        }
        _ => None,
    });
    let drafts = found.into_iter().map(|(observation, (layers, zstd))| {
        let subject = observation.subject.as_deref().unwrap_or("the image");
        let how_many = if layers == zstd { "all layers".to_owned() } else { format!("{zstd} of {layers} layers") };
        Draft::info(
            Stage::Manifest,
            subject,
            format!("{how_many} of {subject} are compressed with zstd, which Docker before 23.0 and containerd before 1.5 cannot unpack"),
        )
        .proven("the manifest names the compression; Fargate 1.4 and runtimes of today unpack it, and no check sees which runtime the host has")
        .cite([observation])
        .fix(Fix::run(
            "if tasks on EC2 or on hosts of your own fail to unpack it, see which runtime they have",
            &Command::of("aws ecs describe-container-instances")
                .region(addresses::own_region(case))
                .option("--cluster", Blank::CLUSTER)
                .option("--container-instances", Blank::CONTAINER_INSTANCE_ID)
                .query("containerInstances[].versionInfo"),
        ))
        .fix(Fix::advice("renew the host's image (AMI), or build the image with compression=gzip"))
    });
    drafts.collect()
}
