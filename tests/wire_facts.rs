//! How ECR, S3 and their names answer, as it was published by those who saw it: for each fact what the simulated AWS
//! sends, and what the probe makes of it. Pages and rules may say of the wire only what holds here.

mod sim;
mod support;

#[path = "wire_facts/api.rs"]
mod api;
#[path = "wire_facts/layers.rs"]
mod layers;
#[path = "wire_facts/names.rs"]
mod names;
#[path = "wire_facts/public.rs"]
mod public;
#[path = "wire_facts/registry.rs"]
mod registry;
#[path = "wire_facts/token.rs"]
mod token;

use ecr_probe::model::{Act, Observation, Report, Verdict};
use ecr_probe::wire::Reply;
use serde_json::Value;

use sim::service::{Request, Services};
use sim::world::NOW;
use sim::{World, secrets};

const REGISTRY: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const API: &str = "api.ecr.eu-west-1.amazonaws.com";
const REPOSITORY: &str = "/v2/scheduled-file-writer";

fn world(toml: &str) -> World {
    World::from_toml(toml).unwrap_or_else(|why| panic!("{why}\n{toml}"))
}

fn services(toml: &str) -> Services {
    Services::new(world(toml))
}

/// The answer to a request with that `Authorization` header, if any.
fn ask(services: &Services, method: &str, host: &str, path: &str, authorization: Option<&str>) -> Reply {
    let headers = authorization.map(|value| ("Authorization".to_owned(), value.to_owned()));
    let request = Request {
        method: method.into(),
        host: host.into(),
        path: path.into(),
        headers: headers.into_iter().collect(),
        ..Request::default()
    };
    services.answer(&request, NOW).reply
}

/// The login of a client that asked for a token.
fn login() -> String {
    format!("Basic {}", secrets::registry_token())
}

fn get(services: &Services, path: &str) -> Reply {
    ask(services, "GET", REGISTRY, path, Some(&login()))
}

fn head(services: &Services, path: &str) -> Reply {
    ask(services, "HEAD", REGISTRY, path, Some(&login()))
}

fn body(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).expect("it is text")
}

/// Code and message of the first error, in the form of the OCI distribution specification.
fn error(reply: &Reply) -> (String, String) {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_else(|why| panic!("{why}: {reply:?}"));
    let text = |name: &str| body["errors"][0][name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("message"))
}

fn report(toml: &str) -> Report {
    support::check(world(toml))
}

/// The codes, and nothing left unexplained.
fn codes(report: &Report) -> Vec<&str> {
    assert!(report.unexplained.is_empty(), "{:?}", report.unexplained);
    report.diagnoses.iter().map(|finding| finding.code.id()).collect()
}

fn alternatives(report: &Report) -> Vec<&str> {
    report.diagnoses[0].alternatives.iter().map(|code| code.id()).collect()
}

fn healthy(toml: &str) -> Report {
    let report = report(toml);
    assert_eq!((report.verdict, codes(&report)), (Verdict::Healthy, vec![]), "{toml}");
    report
}

/// Observations whose act `fits`.
fn seen(report: &Report, fits: impl Fn(&Act) -> bool) -> Vec<&Observation> {
    report.evidence.iter().filter(|observation| fits(&observation.act)).collect()
}
