//! CloudWatch: Smithy RPC v2 CBOR, and the bounds of `PutMetricData`.

use ecr_probe::wire::Reply;
use serde_json::Value;

use super::super::aws::Host;
use super::super::cbor;
use super::{Request, Services, reply, signature_problem};

const OPERATION: &str = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
const MOST_DATA: usize = 1_000;
const MOST_BYTES: usize = 1_000_000;
const LONGEST_AGO_S: i64 = 14 * 86_400;

impl Services {
    pub(super) fn cloudwatch(&self, request: &Request, host: &Host, now: i64) -> Reply {
        if let Some((code, message)) = signature_problem(request, host, now) {
            return error(403, code, &message);
        }
        if request.path != OPERATION || request.header("smithy-protocol") != Some("rpc-v2-cbor") {
            return error(404, "UnknownOperationException", &request.path);
        }
        let Some(asked) = cbor::read(&request.body) else {
            return error(400, "SerializationException", "no CBOR");
        };
        let data = data_of(&asked).count();
        if data == 0 || data > MOST_DATA || request.body.len() > MOST_BYTES {
            return error(400, "InvalidParameterValueException", "too many, too large or none");
        }
        let too_old = |datum: &Value| datum["Timestamp"].as_f64().is_none_or(|at| at < (now - LONGEST_AGO_S) as f64);
        if data_of(&asked).any(too_old) {
            return error(400, "InvalidParameterValueException", "The parameter Timestamp is more than two weeks ago");
        }
        self.keep(asked);
        answer(200, &[])
    }
}

pub fn error(status: u16, code: &str, message: &str) -> Reply {
    answer(status, &[("__type", &format!("com.amazonaws.cloudwatch#{code}")), ("message", message)])
}

fn answer(status: u16, pairs: &[(&str, &str)]) -> Reply {
    let mut reply = reply(status, "application/cbor", cbor::map(pairs));
    reply.headers.push(("smithy-protocol".into(), "rpc-v2-cbor".into()));
    reply
}

/// Each datum of the requests.
pub fn data(requests: &[Value]) -> Vec<Value> {
    requests.iter().flat_map(data_of).cloned().collect()
}

fn data_of(request: &Value) -> impl Iterator<Item = &Value> {
    request["MetricData"].as_array().into_iter().flatten()
}
