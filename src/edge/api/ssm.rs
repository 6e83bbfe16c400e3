//! Parameter Store: JSON 1.1. No value is ever asked for. Names of members: botocore's service model `ssm`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts, Page, of_another_account};
use super::call::Input;
use crate::account::parameter_name;
use crate::aws::{Arn, Partition, Service};
use crate::model::Act;
use crate::model::facts::{self, Fact};

/// How many names one filter takes (Systems Manager API Reference, "ParameterStringFilter").
const NAMES: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    parameters: Vec<Parameter>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Parameter {
    name: String,
    r#type: String,
    key_id: Option<String>,
}

impl Page for Parameters {
    type Item = Parameter;

    fn turned(self) -> (Vec<Parameter>, Option<String>) {
        (self.parameters, self.next_token)
    }
}

/// `ssm:DescribeParameters` by name, in their Region. Those of other accounts are not on its list, so that only of the
/// caller's own it says that one does not exist.
pub async fn parameters(asking: &Asking<'_>, region: &str, ids: &[String]) -> Facts {
    const OPERATION: &str = "DescribeParameters";
    let mut told = Facts::new();
    for some in ids.chunks(NAMES / 2) {
        let names: Vec<String> = some.iter().flat_map(|id| names_of(id)).collect();
        let input = |token: Option<&str>| {
            let filter = json!({ "Key": "Name", "Option": "Equals", "Values": names });
            let mut input = json!({ "ParameterFilters": [filter], "MaxResults": 50 });
            if let Some(token) = token {
                input["NextToken"] = token.into();
            }
            Input::Json(input.to_string())
        };
        let found = asking.all::<Parameters>(Service::Ssm, region, OPERATION, input).await;
        for id in some {
            let (names, owner) = (names_of(id), Arn::parse(id).map(|arn| arn.account));
            let is_own = owner.is_none_or(|owner| asking.is_own(owner) == Some(true));
            let fact = match (&found, owner) {
                (Err(hidden), _) => Fact::Hidden(hidden.clone()),
                (Ok(_), Some(owner)) if !is_own => Fact::Hidden(of_another_account(&format!("ssm:{OPERATION}"), owner)),
                (Ok(found), _) => match found.iter().find(|it| names.contains(&it.name)) {
                    None => Fact::Absent,
                    Some(it) => Fact::Known(facts::Parameter {
                        name: it.name.clone(),
                        kind: it.r#type.clone(),
                        kms_key: it.key_id.as_deref().map(|id| key_in(asking, region, id)),
                    }),
                },
            };
            told.push((id.clone(), Act::Parameter(fact)));
        }
    }
    told
}

/// An ARN does not tell whether a name without a path begins with a slash.
fn names_of(id: &str) -> Vec<String> {
    let name = parameter_name(id);
    let other = (name != id && !name.starts_with('/')).then(|| format!("/{name}"));
    other.into_iter().chain([name]).collect()
}

/// The key of a parameter of another Region is there too: KMS would take a bare id for one of this Region.
fn key_in(asking: &Asking<'_>, region: &str, id: &str) -> String {
    let account = asking.own_account.unwrap_or_default();
    if region == asking.region || id.starts_with("arn:") || id.starts_with("alias/aws/") || account.is_empty() {
        return id.to_owned();
    }
    let resource = if id.starts_with("alias/") { id.to_owned() } else { format!("key/{id}") };
    let partition = Partition::of_region(region).name;
    Arn { partition, service: "kms", region, account, resource: &resource }.to_string()
}
