//! ECR: JSON 1.1. Names of members: botocore's service model `ecr`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::asking::{Asking, Facts, Page, code, of_another_account, one};
use super::blob;
use super::call::Input;
use crate::aws::{Arn, Service};
use crate::model::Act;
use crate::model::facts::{self, Fact, Hidden, ImageStatus, Why};
use crate::model::outcome::NoAnswer;
use crate::wire::oci::{self, Digest};
use crate::wire::policy_excerpt::whole;

/// A repository, as its ARN names it.
struct Named<'a> {
    region: &'a str,
    account: &'a str,
    name: &'a str,
}

impl<'a> Named<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let parsed = Arn::parse(arn).filter(|it| it.service == "ecr")?;
        Some(Named {
            region: parsed.region,
            account: parsed.account,
            name: parsed.resource.strip_prefix("repository/")?,
        })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        asking: &Asking<'_>,
        operation: &'static str,
        members: Value,
    ) -> Result<T, Hidden> {
        let mut input = members;
        input["registryId"] = self.account.into();
        asking.call(Service::EcrApi, self.region, operation, Input::Json(input.to_string())).await
    }

    /// Whether that there is no such thing may be believed. Of another account's repositories ECR says so too where
    /// they are not shown.
    fn gone<'g>(&self, asking: &Asking<'_>, codes: &'g [&'g str]) -> &'g [&'g str] {
        if asking.is_own(self.account) == Some(true) { codes } else { &[] }
    }
}

fn not_an_arn(action: &str) -> Hidden {
    let how = NoAnswer::NotSent { reason: "it is no ARN of a repository".to_owned() };
    Hidden { action: action.to_owned(), why: Why::NoAnswer { how } }
}

fn not_in_it(action: &str) -> Hidden {
    let how = NoAnswer::Malformed { reason: "what was asked for is not in it".to_owned() };
    Hidden { action: action.to_owned(), why: Why::NoAnswer { how } }
}

const NO_REPOSITORY: &str = "RepositoryNotFoundException";

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<Repository>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Repository {
    repository_arn: String,
    repository_name: String,
    encryption_configuration: Encryption,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Encryption {
    kms_key: Option<String>,
}

/// `ecr:DescribeRepositories` of one.
pub async fn repository(asking: &Asking<'_>, arn: &str) -> Facts {
    const ACTION: &str = "ecr:DescribeRepositories";
    let fact = match Named::of(arn) {
        None => Fact::Hidden(not_an_arn(ACTION)),
        Some(named) => {
            let names = json!({ "repositoryNames": [named.name] });
            let found = named.ask::<Repositories>(asking, "DescribeRepositories", names).await.and_then(|found| {
                let it = found.repositories.into_iter().find(|it| it.repository_name == named.name);
                let it = it.ok_or_else(|| not_in_it(ACTION))?;
                Ok(facts::Repository { arn: it.repository_arn, kms_key: it.encryption_configuration.kms_key })
            });
            one(found, named.gone(asking, &[NO_REPOSITORY]))
        }
    };
    vec![(arn.to_owned(), Act::Repository(fact))]
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PolicyText {
    policy_text: Option<String>,
}

/// `ecr:GetRepositoryPolicy`. A repository without a policy is a known thing.
pub async fn repository_policy(asking: &Asking<'_>, arn: &str) -> Facts {
    const ACTION: &str = "ecr:GetRepositoryPolicy";
    let fact = match Named::of(arn) {
        None => Fact::Hidden(not_an_arn(ACTION)),
        Some(named) => {
            let found = match named
                .ask::<PolicyText>(asking, "GetRepositoryPolicy", json!({ "repositoryName": named.name }))
                .await
            {
                Err(hidden) if code(&hidden) == "RepositoryPolicyNotFoundException" => {
                    Ok(facts::RepositoryPolicy { document: None })
                }
                Err(hidden) => Err(hidden),
                Ok(PolicyText { policy_text: None }) => Err(not_in_it(ACTION)),
                Ok(PolicyText { policy_text: Some(text) }) => {
                    Ok(facts::RepositoryPolicy { document: Some(whole(&text)) })
                }
            };
            one(found, named.gone(asking, &[NO_REPOSITORY]))
        }
    };
    vec![(arn.to_owned(), Act::RepositoryPolicy(fact))]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Images {
    image_details: Vec<Image>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Image {
    image_digest: String,
    image_size_in_bytes: Option<u64>,
    image_manifest_media_type: Option<String>,
    image_status: Option<String>,
}

/// `ecr:DescribeImages`, then `ecr:BatchGetImage` for the platforms.
pub async fn image(asking: &Asking<'_>, repository: &str, reference: &str) -> Facts {
    const ACTION: &str = "ecr:DescribeImages";
    let digest = Digest::parse(reference).ok();
    let sign = if digest.is_some() { '@' } else { ':' };
    let fact = match Named::of(repository) {
        None => Fact::Hidden(not_an_arn(ACTION)),
        Some(named) => {
            let id =
                if digest.is_some() { json!({ "imageDigest": reference }) } else { json!({ "imageTag": reference }) };
            let found = described(asking, &named, &id).await;
            one(found, named.gone(asking, &[NO_REPOSITORY, "ImageNotFoundException"]))
        }
    };
    vec![(format!("{repository}{sign}{reference}"), Act::Image(fact))]
}

async fn described(asking: &Asking<'_>, named: &Named<'_>, id: &Value) -> Result<facts::ImageFact, Hidden> {
    let asked = json!({ "repositoryName": named.name, "imageIds": [id] });
    let found: Images = named.ask(asking, "DescribeImages", asked).await?;
    let image = found.image_details.into_iter().next().ok_or_else(|| not_in_it("ecr:DescribeImages"))?;
    let status = match image.image_status.as_deref() {
        None | Some("ACTIVE") => ImageStatus::Active,
        Some("ACTIVATING") => ImageStatus::Activating,
        Some(_) => ImageStatus::Archived,
    };
    // What is archived has no manifest to give.
    let platforms = if status == ImageStatus::Active { platforms(asking, named, id).await } else { None };
    Ok(facts::ImageFact {
        digest: image.image_digest,
        status,
        bytes: image.image_size_in_bytes,
        media_type: image.image_manifest_media_type,
        platforms,
    })
}

#[derive(Deserialize)]
struct Manifests {
    images: Vec<Manifest>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Manifest {
    image_manifest: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DownloadUrl {
    download_url: String,
}

/// The platforms of an image: those that an index lists, or the one of the configuration. `None` where either cannot be
/// read, whatever the reason: the image is there all the same.
async fn platforms(asking: &Asking<'_>, named: &Named<'_>, id: &Value) -> Option<Vec<String>> {
    let accepted: Vec<&str> = oci::ACCEPT.split(", ").collect();
    let asked = json!({ "repositoryName": named.name, "imageIds": [id], "acceptedMediaTypes": accepted });
    let found: Manifests = named.ask(asking, "BatchGetImage", asked).await.ok()?;
    match oci::platforms(found.images.first()?.image_manifest.as_bytes())? {
        oci::Platforms::Listed(listed) => Some(listed),
        oci::Platforms::Of(configuration) => {
            let asked = json!({ "repositoryName": named.name, "layerDigest": configuration.as_str() });
            let at: DownloadUrl = named.ask(asking, "GetDownloadUrlForLayer", asked).await.ok()?;
            let bytes = blob::fetch(asking.client().network(), &at.download_url, &configuration).await?;
            oci::platform_of(&bytes).map(|platform| vec![platform.to_string()])
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rules {
    pull_through_cache_rules: Vec<Rule>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rule {
    ecr_repository_prefix: String,
    upstream_registry_url: String,
    credential_arn: Option<String>,
}

impl Page for Rules {
    type Item = Rule;

    fn turned(self) -> (Vec<Rule>, Option<String>) {
        (self.pull_through_cache_rules, self.next_token)
    }
}

/// `ecr:DescribePullThroughCacheRules`, which tells of the caller's own registry alone.
pub async fn cache_rules(asking: &Asking<'_>, account: &str, region: &str) -> Facts {
    const OPERATION: &str = "DescribePullThroughCacheRules";
    let subject = format!("{account} {region}");
    if asking.is_own(account) == Some(false) {
        let hidden = of_another_account(&format!("ecr:{OPERATION}"), account);
        return vec![(subject, Act::CacheRules(Fact::Hidden(hidden)))];
    }
    let input = |token: Option<&str>| {
        let mut input = json!({ "registryId": account, "maxResults": 1000 });
        if let Some(token) = token {
            input["nextToken"] = token.into();
        }
        Input::Json(input.to_string())
    };
    let found = asking.all::<Rules>(Service::EcrApi, region, OPERATION, input).await;
    let known = found.map(|rules| facts::CacheRules {
        rules: rules
            .into_iter()
            .map(|it| facts::CacheRule {
                prefix: it.ecr_repository_prefix,
                upstream: it.upstream_registry_url,
                credential_arn: it.credential_arn,
            })
            .collect(),
    });
    vec![(subject, Act::CacheRules(one(known, &["PullThroughCacheRuleNotFoundException"])))]
}
