//! Parameter Store: JSON 1.1. No value is ever asked for. Names of members: botocore's service model `ssm`.

use serde::Deserialize;
use serde_json::json;

use super::asking::{Asking, Facts, Page};
use super::call::Input;
use crate::aws::Service;
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

/// `ssm:DescribeParameters` by name.
pub async fn parameters(asking: &Asking<'_>, names: &[String]) -> Facts {
    let mut told = Facts::new();
    for some in names.chunks(NAMES) {
        let input = |token: Option<&str>| {
            let filter = json!({ "Key": "Name", "Option": "Equals", "Values": some });
            let mut input = json!({ "ParameterFilters": [filter], "MaxResults": 50 });
            if let Some(token) = token {
                input["NextToken"] = token.into();
            }
            Input::Json(input.to_string())
        };
        let found = asking.all::<Parameters>(Service::Ssm, asking.region, "DescribeParameters", input).await;
        for name in some {
            let fact = match &found {
                Err(hidden) => Fact::Hidden(hidden.clone()),
                Ok(found) => match found.iter().find(|it| it.name == *name) {
                    None => Fact::Absent,
                    Some(it) => Fact::Known(facts::Parameter {
                        name: it.name.clone(),
                        kind: it.r#type.clone(),
                        kms_key: it.key_id.clone(),
                    }),
                },
            };
            told.push((name.clone(), Act::Parameter(fact)));
        }
    }
    told
}
