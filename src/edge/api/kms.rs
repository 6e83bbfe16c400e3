//! KMS: JSON 1.1. Nothing is ever decrypted. Names of members: botocore's service model `kms`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts, one};
use super::call::Input;
use crate::aws::{Arn, Service};
use crate::model::Act;
use crate::model::facts::{self, Hidden, Why};
use crate::model::outcome::NoAnswer;
use crate::wire::policy_excerpt::excerpt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    key_metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Metadata {
    arn: String,
    key_state: String,
    key_manager: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct KeyPolicy {
    policy: Option<String>,
}

/// `kms:DescribeKey`, and `kms:GetKeyPolicy` where a customer manages the key. A policy that is not told leaves the key
/// known without one.
pub async fn kms_key(asking: &Asking<'_>, id: &str) -> Facts {
    let arn = Arn::parse(id);
    let region = arn.map(|arn| arn.region).filter(|region| !region.is_empty()).unwrap_or(asking.region);
    let known = async {
        let input = Input::Json(json!({ "KeyId": id }).to_string());
        let key = asking.call::<Described>(Service::Kms, region, "DescribeKey", input).await?.key_metadata;
        if key.arn.is_empty() {
            let how = NoAnswer::Malformed { reason: "it has no ARN".to_owned() };
            return Err(Hidden { action: "kms:DescribeKey".to_owned(), why: Why::NoAnswer { how } });
        }
        let aws_managed = key.key_manager == "AWS";
        let policy = if aws_managed { None } else { policy(asking, region, &key.arn).await };
        Ok(facts::KmsKey { arn: key.arn, state: key.key_state, aws_managed, policy })
    };
    // KMS tells accounts apart: of another one's key it says that access is denied, or that there is none.
    let is_own = arn.is_none_or(|arn| asking.is_own(arn.account) == Some(true));
    let gone: &[&str] = if is_own { &["NotFoundException"] } else { &[] };
    vec![(id.to_owned(), Act::KmsKey(one(known.await, gone)))]
}

/// `default` is the one name that a key's policy has. It takes no alias.
async fn policy(asking: &Asking<'_>, region: &str, arn: &str) -> Option<String> {
    let input = Input::Json(json!({ "KeyId": arn, "PolicyName": "default" }).to_string());
    let found: KeyPolicy = asking.call(Service::Kms, region, "GetKeyPolicy", input).await.ok()?;
    found.policy.as_deref().map(excerpt)
}
