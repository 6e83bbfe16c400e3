//! Lambda: REST JSON. Names of members: botocore's service model `lambda`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::asking::{Asking, hidden, one};
use super::call::{Call, Input, escaped};
use super::client::Client;
use crate::aws::Service;
use crate::model::facts::Fact;
use crate::sweep::{Function, FunctionState, Invoked};
use crate::wire::scrub;

/// The most that a function may answer (AWS Lambda Developer Guide, "Lambda quotas": 6 MB, which is 6,291,556 bytes).
const ANSWER_LIMIT: usize = 6_291_556;

/// How much of an error of the function's is read.
const WORDS: usize = 64 * 1024;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Configuration {
    function_name: String,
    function_arn: String,
    timeout: u32,
    state: String,
    state_reason: Option<String>,
    last_update_status: String,
    vpc_config: VpcConfig,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct VpcConfig {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
}

fn path(name: &str, rest: &str) -> String {
    format!("/2015-03-31/functions/{}/{rest}", escaped(name))
}

/// `lambda:GetFunctionConfiguration`.
pub async fn function(asking: &Asking<'_>, name: &str) -> Fact<Function> {
    const OPERATION: &str = "GetFunctionConfiguration";
    let input = Input::JsonPath(path(name, "configuration"));
    let found = asking.call::<Configuration>(Service::Lambda, asking.region, OPERATION, input).await;
    one(found.map(Configuration::fact), &["ResourceNotFoundException"])
}

impl Configuration {
    fn fact(self) -> Function {
        Function {
            name: self.function_name,
            arn: self.function_arn,
            subnets: self.vpc_config.subnet_ids,
            groups: self.vpc_config.security_group_ids,
            timeout_s: self.timeout,
            state: match (self.state.as_str(), self.last_update_status.as_str()) {
                ("Inactive", _) => FunctionState::Inactive,
                ("Failed", _) => FunctionState::Failed,
                ("Pending", _) | (_, "InProgress") => FunctionState::Pending,
                _ => FunctionState::Ready,
            },
            state_reason: self.state_reason.map(|words| scrub(&words)),
        }
    }
}

/// `lambda:InvokeFunction`, of which AWS calls the operation `Invoke`. The answer comes when the function has ended; what
/// is throttled is asked for again, and what was cut is not.
pub async fn invoke(client: &Client, region: &str, name: &str, event: &str, within: Duration) -> Invoked {
    let call = Call {
        service: Service::Lambda,
        region,
        operation: "InvokeFunction",
        input: Input::JsonPost(path(name, "invocations"), event.to_owned()),
    };
    match client.reply(&call, within, ANSWER_LIMIT).await {
        Err(failure) => Invoked::Not(hidden(&call, failure)),
        Ok(reply) => match reply.header("x-amz-function-error") {
            None => Invoked::Answered(reply.body),
            Some(kind) => failed(kind, &reply.body),
        },
    }
}

/// What Lambda, or the function's own runtime, says of an error.
fn failed(kind: &str, body: &[u8]) -> Invoked {
    let said: Value = serde_json::from_slice(body.get(..WORDS).unwrap_or(body)).unwrap_or_default();
    let text = |key: &str| said[key].as_str().map(scrub).filter(|text| !text.is_empty());
    Invoked::Failed { kind: scrub(kind), error: text("errorType"), message: text("errorMessage") }
}
