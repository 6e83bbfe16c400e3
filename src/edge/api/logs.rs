//! CloudWatch Logs: JSON 1.1. Names of members: botocore's service model `logs`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts, one};
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

/// The most that is read of one stream, in bytes. A report of many layers has two megabytes.
const STREAM_LIMIT: usize = 16 * 1024 * 1024;
/// The most pages of one stream: each has up to 1 MB or 10,000 events.
const STREAM_PAGES: usize = 64;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Events {
    events: Vec<Event>,
    next_forward_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    message: String,
}

/// `logs:GetLogEvents`, from the beginning to where the token repeats itself, which is the end (CloudWatch Logs API
/// Reference, "GetLogEvents"). What is beyond the bounds is left out.
pub async fn events(asking: &Asking<'_>, region: &str, group: &str, stream: &str) -> Fact<Vec<String>> {
    let mut token: Option<String> = None;
    let mut all = Vec::new();
    let mut length = 0;
    for _ in 0..STREAM_PAGES {
        let mut input = json!({ "logGroupName": group, "logStreamName": stream, "startFromHead": true });
        if let Some(token) = &token {
            input["nextToken"] = token.as_str().into();
        }
        let input = Input::Json(input.to_string());
        let page = match asking.call::<Events>(Service::Logs, region, "GetLogEvents", input).await {
            Ok(page) => page,
            Err(hidden) => return one(Err(hidden), &["ResourceNotFoundException"]),
        };
        length += page.events.iter().map(|event| event.message.len()).sum::<usize>();
        all.extend(page.events.into_iter().map(|event| event.message));
        if page.next_forward_token.is_none() || page.next_forward_token == token || length > STREAM_LIMIT {
            break;
        }
        token = page.next_forward_token;
    }
    Fact::Known(all)
}
