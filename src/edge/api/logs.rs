//! CloudWatch Logs: JSON 1.1. Names of members: botocore's service model `logs`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts};
use super::call::Input;
use crate::aws::Service;
use crate::model::Act;
use crate::model::facts::{self, Fact};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    log_groups: Vec<Group>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    log_group_name: String,
}

/// `logs:DescribeLogGroups` by prefix. Groups are sorted by name (CloudWatch Logs API Reference, "DescribeLogGroups"), so
/// that the name itself is the first of what begins with it, and one page tells.
pub async fn log_group(asking: &Asking<'_>, region: &str, name: &str) -> Facts {
    let input = Input::Json(json!({ "logGroupNamePrefix": name, "limit": 50 }).to_string());
    let fact = match asking.call::<Groups>(Service::Logs, region, "DescribeLogGroups", input).await {
        Err(hidden) => Fact::Hidden(hidden),
        Ok(found) if found.log_groups.iter().any(|it| it.log_group_name == name) => {
            Fact::Known(facts::LogGroup { name: name.to_owned() })
        }
        Ok(_) => Fact::Absent,
    };
    vec![(format!("{region} {name}"), Act::LogGroup(fact))]
}
