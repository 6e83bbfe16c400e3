//! The Resource Groups Tagging API: JSON 1.1. Names of members: botocore's service model `resourcegroupstaggingapi`.
//!
//! One call finds the functions of all subnets. Lambda's own `ListFunctions` would tell every function of the account, page
//! by page, and `ListTags` the tags of each.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Page, one};
use super::call::Input;
use crate::aws::Service;
use crate::model::facts::Fact;
use crate::sweep::Tagged;

/// The tag of the functions that `deploy/lambda.yaml` makes; its value is the subnet's id.
const TAG: &str = "ecr-probe:subnet";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Resources {
    resource_tag_mapping_list: Vec<Resource>,
    pagination_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "Tags")]
    tags: Vec<Tag>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

impl Page for Resources {
    type Item = Tagged;

    fn turned(self) -> (Vec<Tagged>, Option<String>) {
        let of = |resource: Resource| {
            let subnet = resource.tags.into_iter().find(|tag| tag.key == TAG)?.value;
            Some(Tagged { arn: resource.arn, subnet })
        };
        (self.resource_tag_mapping_list.into_iter().filter_map(of).collect(), self.pagination_token)
    }
}

/// `tag:GetResources`.
pub async fn tagged(asking: &Asking<'_>, subnets: &[String]) -> Fact<Vec<Tagged>> {
    let page = |token: Option<&str>| {
        let mut input = json!({
            "ResourceTypeFilters": ["lambda:function"],
            "TagFilters": [{ "Key": TAG, "Values": subnets }],
        });
        if let Some(token) = token {
            input["PaginationToken"] = token.into();
        }
        Input::Json(input.to_string())
    };
    one(asking.all::<Resources>(Service::Tagging, asking.region, "GetResources", page).await, &[])
}
