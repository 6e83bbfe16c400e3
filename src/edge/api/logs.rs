//! CloudWatch Logs: JSON 1.1. Names of members: botocore's service model `logs`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts, Page};
use super::call::Input;
use crate::aws::Service;
use crate::model::Act;
use crate::model::facts::{self, Fact};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    log_groups: Vec<Group>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Group {
    log_group_name: String,
}

impl Page for Groups {
    type Item = Group;

    fn turned(self) -> (Vec<Group>, Option<String>) {
        (self.log_groups, self.next_token)
    }
}

/// `logs:DescribeLogGroups` by prefix: the name itself is the first of what begins with it.
pub async fn log_group(asking: &Asking<'_>, region: &str, name: &str) -> Facts {
    let input = |token: Option<&str>| {
        let mut input = json!({ "logGroupNamePrefix": name, "limit": 50 });
        if let Some(token) = token {
            input["nextToken"] = token.into();
        }
        Input::Json(input.to_string())
    };
    let fact = match asking.all::<Groups>(Service::Logs, region, "DescribeLogGroups", input).await {
        Err(hidden) => Fact::Hidden(hidden),
        Ok(groups) if groups.iter().any(|it| it.log_group_name == name) => {
            Fact::Known(facts::LogGroup { name: name.to_owned() })
        }
        Ok(_) => Fact::Absent,
    };
    vec![(format!("{region} {name}"), Act::LogGroup(fact))]
}
