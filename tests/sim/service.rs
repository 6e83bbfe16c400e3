//! The HTTP services of the simulated AWS: a request in, a reply out, no socket in sight.

mod api;
mod clock;
mod cloudwatch;
mod ecs;
mod elsewhere;
mod registry;
mod sigv4;
mod store;
mod sts;
mod task;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ecr_probe::model::Role;
use ecr_probe::wire::Reply;
use serde_json::{Value, json};

use super::aws::{self, Host};
use super::content::Content;
use super::secrets;
use super::world::{ACCOUNT, Call, CredentialKind, Forced, ForcedFault, Mode, World, strikes};

pub use clock::amz_date;
pub use ecs::arn as stopped_task_arn;
pub use task::{CLUSTER, METADATA_PATH, Place};

/// What a service gets.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// The `Host` header, without a port.
    pub host: String,
    /// With the query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, as it is written there.
    fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

/// What a service gives.
#[derive(Debug, Clone, Default)]
pub struct Served {
    pub reply: Reply,
    pub ending: Ending,
}

/// How the connection behaves while the reply is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ending {
    /// As HTTP wants it.
    #[default]
    Whole,
    /// No byte of an answer.
    Silent,
    Reset,
    Close,
    Garbage,
    /// The body goes on and on.
    Huge,
    /// After so many bytes of the body: nothing more, a reset, or the end.
    StallAt(usize),
    ResetAt(usize),
    CloseAt(usize),
}

/// The form in which a service puts its errors.
#[derive(Debug, Clone, Copy)]
enum Form {
    Json,
    Oci,
    Xml,
    Cbor,
}

/// All services of one world.
#[derive(Debug)]
pub struct Services {
    world: World,
    content: Content,
    stray_credentials: AtomicUsize,
    /// How often each call was forced to another answer.
    forced: Mutex<BTreeMap<Call, u32>>,
    /// How often each faulty layer was asked for.
    layers: Mutex<BTreeMap<String, u32>>,
    /// What CloudWatch has taken, a request each.
    metrics: Mutex<Vec<Value>>,
    /// Calls of the ECS API whose signature is right.
    ecs_calls: AtomicUsize,
}

impl Services {
    pub fn new(world: World) -> Services {
        Services {
            content: Content::of(&world),
            world,
            stray_credentials: AtomicUsize::default(),
            ecs_calls: AtomicUsize::default(),
            forced: Mutex::default(),
            layers: Mutex::default(),
            metrics: Mutex::default(),
        }
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    pub fn content(&self) -> &Content {
        &self.content
    }

    /// How often an `Authorization` header reached a host that is not the registry or an AWS API.
    pub fn stray_credentials(&self) -> usize {
        self.stray_credentials.load(Ordering::Relaxed)
    }

    /// The requests that CloudWatch has taken.
    pub fn metric_requests(&self) -> Vec<Value> {
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The data in them.
    pub fn metrics(&self) -> Vec<Value> {
        cloudwatch::data(&self.metric_requests())
    }

    fn keep(&self, request: Value) {
        self.metrics.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    /// How often the ECS API was called with a signature that is right.
    pub fn ecs_calls(&self) -> usize {
        self.ecs_calls.load(Ordering::Relaxed)
    }

    /// The answer at the true time `now`.
    pub fn answer(&self, request: &Request, now: i64) -> Served {
        let host = aws::host(&self.world, &request.host);
        let (call, form, mut served) = match host.role {
            Role::EcrApi => {
                let (call, reply) = self.api(request, &host, now);
                (call, Form::Json, reply.into())
            }
            Role::Sts => (Some(Call::Caller), Form::Xml, self.sts(request, &host, now).into()),
            Role::EcrDkr => {
                let (call, reply) = self.registry(request, &host, now);
                (call, Form::Oci, reply.into())
            }
            Role::S3 | Role::Cdn => {
                let (call, served) = self.store(request, &host, now);
                (Some(call), Form::Xml, served)
            }
            Role::Registry if host.is_ecs() => {
                let (call, reply) = self.ecs(request, &host, now);
                (call, Form::Json, reply.into())
            }
            Role::Registry => {
                let (call, served) = self.elsewhere(request, &host, now);
                (call, Form::Oci, served)
            }
            Role::Logs if request.host.starts_with("monitoring.") => {
                (Some(Call::Metrics), Form::Cbor, self.cloudwatch(request, &host, now).into())
            }
            // Nothing is asked of these but a handshake.
            Role::Logs | Role::SecretsManager | Role::Ssm | Role::Kms => {
                (None, Form::Json, reply(404, "text/plain", "nothing is here").into())
            }
        };
        if let Some(forced) = call.and_then(|call| self.forced(call)) {
            force(&mut served, form, forced, request);
        }
        served.reply.headers.push(("Date".into(), clock::http_date(now)));
        if request.method == "HEAD" {
            let length = served.reply.body.len();
            served.reply.headers.push(("Content-Length".into(), length.to_string()));
            served.reply.body.clear();
        }
        served
    }

    /// Task metadata and container credentials.
    pub fn task_answer(&self, path: &str, place: &Place, now: i64) -> Reply {
        task::answer(&self.world, path, place, now)
    }

    fn forced(&self, call: Call) -> Option<&Forced> {
        let also = (call == Call::RegistryAuth).then_some(Call::Registry);
        let forced = self.world.reply.get(&call).or_else(|| self.world.reply.get(&also?))?;
        strikes(forced.times, turn(&self.forced, call)).then_some(forced)
    }

    /// Whether the registry of `host` holds the repository.
    fn has_repository(&self, registry: &str, region: &str, repository: &str) -> bool {
        let image = &self.world.image;
        let here = image.region.as_deref().unwrap_or(self.world.region()) == region;
        image.repository_exists && here && image.account == registry && image.repository == repository
    }
}

/// How often it was before, counting this time for the next.
fn turn<Key: Ord>(turns: &Mutex<BTreeMap<Key, u32>>, key: Key) -> u32 {
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let turn = turns.entry(key).or_default();
    *turn += 1;
    *turn - 1
}

impl From<Reply> for Served {
    fn from(reply: Reply) -> Self {
        Served { reply, ending: Ending::Whole }
    }
}

/// Who the probe is to AWS.
pub fn principal(world: &World) -> String {
    let partition = aws::partition(world.region());
    match world.credentials.kind {
        CredentialKind::Keys => format!("arn:{partition}:iam::{ACCOUNT}:user/deployer"),
        _ if world.mode == Mode::Lambda => {
            let (role, name) = (world.function.role(), &world.function.name);
            format!("arn:{partition}:sts::{ACCOUNT}:assumed-role/{role}/{name}")
        }
        _ => format!("arn:{partition}:sts::{ACCOUNT}:assumed-role/fileWriterTaskRole/{}", task::TASK_ID),
    }
}

/// Puts what is set into the answer.
fn force(served: &mut Served, form: Form, forced: &Forced, request: &Request) {
    served.ending = match forced.fault {
        Some(ForcedFault::Silent) => Ending::Silent,
        Some(ForcedFault::Reset) => Ending::Reset,
        Some(ForcedFault::Close) => Ending::Close,
        Some(ForcedFault::Huge) => Ending::Huge,
        Some(ForcedFault::Garbage) => Ending::Garbage,
        None => served.ending,
    };
    let reply = &mut served.reply;
    if let Some(code) = &forced.code {
        let (status, own) = match form {
            Form::Json => (400, error_json(400, code, forced.message.as_deref().unwrap_or_default())),
            Form::Oci => (403, error_oci(403, code, forced.message.as_deref().unwrap_or_default())),
            Form::Xml => (403, error_xml(403, code, forced.message.as_deref().unwrap_or_default())),
            Form::Cbor => (400, cloudwatch::error(400, code, forced.message.as_deref().unwrap_or_default())),
        };
        *reply = Reply { status, ..own };
    }
    if let Some(status) = forced.status {
        reply.status = status;
    }
    if let Some(body) = &forced.body {
        // A hostile service may echo what it was sent.
        let authorization = request.header("authorization").unwrap_or_default();
        let query = request.path.split_once('?').map_or("", |(_, query)| query);
        let token = request.header("x-amz-security-token").unwrap_or_default();
        let echoed = body.replace("{authorization}", authorization).replace("{query}", query).replace("{token}", token);
        reply.body = echoed.into_bytes();
    }
    let content_type = forced.content_type.iter().map(|value| ("Content-Type", value));
    let headers = forced.headers.iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in content_type.chain(headers) {
        reply.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        reply.headers.push((name.to_owned(), value.clone()));
    }
}

fn reply(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: vec![("Content-Type".into(), content_type.into())], body: body.into() }
}

const REQUEST_ID: &str = "24460c33-1d7d-4ee9-99cf-c259d53e7b44";

/// AWS JSON 1.1.
fn aws_json(status: u16, body: &Value) -> Reply {
    let mut reply = reply(status, "application/x-amz-json-1.1", body.to_string());
    reply.headers.push(("x-amzn-RequestId".into(), REQUEST_ID.into()));
    reply
}

fn error_json(status: u16, code: &str, message: &str) -> Reply {
    aws_json(status, &json!({ "__type": code, "message": message }))
}

/// The error envelope of the OCI distribution specification.
fn error_oci(status: u16, code: &str, message: &str) -> Reply {
    let body = json!({ "errors": [{ "code": code, "message": message }] });
    reply(status, "application/json; charset=utf-8", body.to_string())
}

/// S3's form.
fn error_xml(status: u16, code: &str, message: &str) -> Reply {
    let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <RequestId>737684B48CCF79B7</RequestId><HostId>kq3sYc0Vd1</HostId></Error>"
    );
    let mut reply = reply(status, "application/xml", body);
    reply.headers.push(("x-amz-request-id".into(), "737684B48CCF79B7".into()));
    reply.headers.push(("Server".into(), "AmazonS3".into()));
    reply
}

/// What is wrong with the signature of a call to an AWS API: code and message.
fn signature_problem(request: &Request, host: &Host, now: i64) -> Option<(&'static str, String)> {
    let Some(authorization) = request.header("authorization") else {
        return Some(("MissingAuthenticationTokenException", "Missing Authentication Token".into()));
    };
    let scope = authorization.split_once("Credential=").map_or("", |(_, rest)| rest);
    let mut scope = scope.split([',', '/']);
    match scope.next() {
        Some(secrets::ACCESS_KEY) => {}
        Some(secrets::EXPIRED_ACCESS_KEY) => {
            return Some(("ExpiredTokenException", "The security token included in the request is expired".into()));
        }
        _ => {
            let message = "The security token included in the request is invalid.";
            return Some(("UnrecognizedClientException", message.into()));
        }
    }
    if scope.nth(1) != host.region.as_deref() {
        return Some(("InvalidSignatureException", "Credential should be scoped to a valid region. ".into()));
    }
    let signed_at = request.header("x-amz-date").unwrap_or_default();
    clock::signature_age_problem(signed_at, now).map(|message| ("InvalidSignatureException", message))
}
