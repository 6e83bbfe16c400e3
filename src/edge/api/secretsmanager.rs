//! Secrets Manager: JSON 1.1. No value is ever asked for. Names of members: botocore's service model `secretsmanager`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts, one};
use super::call::Input;
use crate::aws::{Arn, Service};
use crate::model::Act;
use crate::model::facts::{self, Hidden, Why};
use crate::model::outcome::NoAnswer;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(rename = "ARN")]
    arn: String,
    kms_key_id: Option<String>,
    /// Seconds since the epoch, with a fraction.
    deleted_date: Option<f64>,
}

/// `secretsmanager:DescribeSecret`, in the Region of the ARN.
pub async fn secret(asking: &Asking<'_>, id: &str) -> Facts {
    const OPERATION: &str = "DescribeSecret";
    let arn = Arn::parse(id);
    let region = arn.map(|arn| arn.region).filter(|region| !region.is_empty()).unwrap_or(asking.region);
    let input = Input::Json(json!({ "SecretId": id }).to_string());
    let found = asking.call::<Described>(Service::SecretsManager, region, OPERATION, input).await;
    let known = found.and_then(|it| {
        if it.arn.is_empty() {
            let how = NoAnswer::Malformed { reason: "it has no ARN".to_owned() };
            return Err(Hidden { action: format!("secretsmanager:{OPERATION}"), why: Why::NoAnswer { how } });
        }
        Ok(facts::Secret { arn: it.arn, kms_key: it.kms_key_id, deleted: it.deleted_date.is_some() })
    });
    // Of another account's secret it says the same as of none.
    let is_own = arn.is_none_or(|arn| asking.is_own(arn.account) == Some(true));
    let gone: &[&str] = if is_own { &["ResourceNotFoundException"] } else { &[] };
    vec![(id.to_owned(), Act::Secret(one(known, gone)))]
}
