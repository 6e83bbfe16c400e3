//! Repositories, and the images in them.

use ecr_probe::model::facts::{CacheRule, CacheRules, ImageFact, ImageStatus, KmsKey, Repository, RepositoryPolicy};

use super::super::aws::partition;
use super::super::content::Content;
use super::super::world::World;
use super::*;

/// Upstream registries, by the prefix that AWS's examples give them.
const CACHES: [(&str, &str); 3] =
    [("docker-hub", "registry-1.docker.io"), ("ecr-public", "public.ecr.aws"), ("ghcr.io", "ghcr.io")];

pub(super) fn add(account: &mut Account, world: &World) {
    let image = &world.image;
    let region = image.region.as_deref().unwrap_or(world.region());
    add_cache_rules(account, world, region);
    if !image.repository_exists {
        return;
    }
    let arn_of = |service: &str, resource: &str| {
        format!("arn:{}:{service}:{region}:{}:{resource}", partition(region), image.account)
    };
    let arn = arn_of("ecr", &format!("repository/{}", image.repository));
    let kms_key = image.key_unusable.map(|_| arn_of("kms", "key/5b1e0000-0000-4000-8000-0000000000a1"));
    account.kms_keys.extend(kms_key.clone().map(|arn| KmsKey {
        arn,
        state: "Disabled".to_owned(),
        aws_managed: false,
        policy: Some(r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned()),
    }));
    account.repositories.push(Repository { arn: arn.clone(), kms_key });
    let document = permissions::repository_policy(world);
    account.repository_policies.push((arn.clone(), RepositoryPolicy { document }));

    let content = Content::of(world);
    // A digest names one that is listed too; what the tag names comes first.
    let single = || image.platforms.iter().filter(|it| *it != "unknown/unknown").take(1).cloned().collect();
    for (nth, manifest) in content.manifests.iter().enumerate() {
        let platforms: Vec<String> = match (nth, image.index) {
            (0, true) => image.platforms.clone(),
            (0, false) => single(),
            _ => image.platforms.get(nth - 1).cloned().into_iter().collect(),
        };
        let fact = ImageFact {
            digest: manifest.digest.clone(),
            status: if image.archived { ImageStatus::Archived } else { ImageStatus::Active },
            bytes: Some(content.layers.iter().map(|layer| layer.bytes.len() as u64).sum()),
            media_type: Some(image.media_type.clone().unwrap_or_else(|| manifest.media_type.clone())),
            platforms: Some(platforms),
        };
        if nth == 0 {
            account.images.push((format!("{arn}:{}", image.tag), fact.clone()));
        }
        account.images.push((format!("{arn}@{}", manifest.digest), fact));
    }
}

fn add_cache_rules(account: &mut Account, world: &World, region: &str) {
    let rule = |(prefix, upstream): &(&str, &str)| CacheRule {
        prefix: (*prefix).to_owned(),
        upstream: (*upstream).to_owned(),
        credential_arn: None,
    };
    let is_used = |(prefix, _): &&(&str, &str)| world.image.repository.starts_with(&format!("{prefix}/"));
    let rules = CacheRules { rules: CACHES.iter().filter(is_used).map(rule).collect() };
    account.cache_rules.push((format!("{} {region}", world.image.account), rules));
}
