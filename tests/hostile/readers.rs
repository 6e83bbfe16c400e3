//! Everything that reads what the network or the user gives, each behind one door: bytes in, texts out.

use std::net::IpAddr;

use ecr_probe::config::options::{self, OptionSpec};
use ecr_probe::config::{CheckArguments, ConnectTo, Environment, Settings};
use ecr_probe::edge::TaskMetadata;
use ecr_probe::image::Reference;
use ecr_probe::ranges::{Cidr, Ranges};
use ecr_probe::wire::oci::{Digest, OCI_INDEX, OCI_MANIFEST, Platform, read_config};
use ecr_probe::wire::{Answerable, Reply, TokenService, denial, registry, rejection, scrub};
use serde::Serialize;
use serde_json::Value;

use super::certificate;

/// One reader.
pub struct Reader {
    /// Also the folder of its corpus.
    pub name: &'static str,
    pub read: fn(&[u8]) -> Vec<String>,
    /// Characters of the longest text that it gives, and of all its texts.
    pub longest: usize,
    pub all: usize,
    /// Valid ones, to be mutated.
    pub samples: &'static [&'static str],
}

const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":7023},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":32654}]}"#;
const INDEX: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":1,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}},{"digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","platform":{"os":"unknown","architecture":"unknown"}}]}"#;
const CONFIG: &str = r#"{"architecture":"arm64","variant":"v8","os":"linux","config":{"Env":["A=b"]}}"#;
const OCI: &str = r#"{"errors":[{"code":"DENIED","message":"User: arn:aws:sts::123456789012:assumed-role/task/x is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/app because no identity-based policy allows the ecr:BatchGetImage action","detail":{}}]}"#;
const S3: &str = "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::1:assumed-role/t/x is not authorized to perform: s3:GetObject on resource: &quot;arn:aws:s3:::b/k&quot; with an explicit deny in a VPC endpoint policy</Message><RequestId>R1</RequestId><HostId>h</HostId></Error>";
const STS: &str = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message><![CDATA[a <b>]]> &#99;</Message></Error><RequestId>r</RequestId></ErrorResponse>";
const AWS: &str = r#"{"__type":"com.amazonaws.ecr#AccessDeniedException:http://internal/","Message":"User: a is not authorized to perform: ecr:GetAuthorizationToken on resource: * with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1"}"#;
const TOKEN: &str = "{\"token\":\"eyJhbGciOiJSUzI1NiJ9.e30.c2ln\",\"issued_at\":\"2026-11-23T14:00:00Z\"}";
const HTML: &str = "<!DOCTYPE html><html><head><title>407 Proxy</title></head><body>no</body></html>";
const DENIAL: &str = "User: arn:aws:iam::1:user/<a b> is not authorized to perform: [ecr:BatchGetImage] on resource: \"arn:aws:ecr:x\" because no VPC endpoint policy allows the ecr:BatchGetImage action";
const TASK: &str = r#"{"Cluster":"c","TaskARN":"arn:aws:ecs:eu-west-1:123456789012:task/c/1","Family":"f","AvailabilityZone":"eu-west-1a","Containers":[{"Name":"app","Image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1","Networks":[{"IPv4SubnetCIDRBlock":"10.0.1.0/24"}]}],"ClockDrift":{"ClockErrorBound":0.58,"ClockSynchronizationStatus":"SYNCHRONIZED"},"EphemeralStorageMetrics":{"Utilized":261,"Reserved":20496}}"#;
const RANGES: &str = r#"{"syncToken":"1","createDate":"2026-08-22-15-17-05","prefixes":[{"ip_prefix":"52.217.0.0/16","region":"us-east-1","service":"S3","network_border_group":"x"},{"ip_prefix":"52.94.0.0/16","region":"us-east-1","service":"AMAZON"}],"ipv6_prefixes":[{"ipv6_prefix":"2406:da61::/32","region":"ap-southeast-1","service":"S3"}]}"#;
const REGISTRY: &str = "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/";
const BUCKET: &str = "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/a/b?X-Amz-Signature=0123456789abcdef&X-Amz-Date=20261123T140000Z";

pub const READERS: [Reader; 19] = [
    reader("manifest", manifest, &[MANIFEST, INDEX]).up_to(1_200, 8_000),
    reader("config", config, &[CONFIG]).up_to(300, 400),
    reader("rejection", error, &[OCI, S3, STS, AWS, HTML, DENIAL]).up_to(1_100, 4_000),
    reader("denial", message, &[DENIAL]).up_to(600, 2_000),
    reader("challenge", challenge, &["Basic realm=\"https://a.example/\",service=\"ecr.amazonaws.com\"", "Bearer a=b"]),
    reader(
        "realm",
        realm,
        &["https://auth.docker.io/token", "https://public.ecr.aws/token/", "https://[2001:db8::1]:8443/"],
    ),
    reader("token", token, &[TOKEN, "{\"access_token\":\"abc\",\"expires_in\":300}", OCI]).up_to(1_100, 4_000),
    reader("redirect", location, &[BUCKET, "https://[2001:db8::1]:8443/a", "http://a.example/"]),
    reader("headers", headers, &["Mon, 23 Nov 2026 14:00:00 GMT", "text/html; charset=utf-8", REGISTRY])
        .up_to(1_100, 4_000),
    reader("scrub", scrubbed, &[BUCKET, "Authorization: Basic QVdTOmNhbmFyeQ==", DENIAL]),
    reader(
        "reference",
        reference,
        &["123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1", "nginx", "[::1]:5000/a@sha256:0"],
    ),
    reader("metadata", metadata, &[TASK]).up_to(usize::MAX, usize::MAX),
    reader("ranges", ranges, &[RANGES]).up_to(300, 400),
    reader("connect-to", connect_to, &["a.example:443:127.0.0.1:8443", "::[2001:db8::1]:443"]),
    reader("settings", settings, &["500ms", "5s", "10.0.0.2:53", "linux/arm64/v8", "verify", "json", "logs"])
        .up_to(1_200, 20_000),
    reader("endpoint-url", endpoint_url, &[REGISTRY, "https://a.example:8443", "http://u:p@a.example"]),
    reader("cidr", cidr, &["10.0.0.0/16", "2001:db8::/32"]),
    reader("platform", platform, &["linux/arm64/v8", "linux/amd64"]),
    reader("certificate", x509, &[]).up_to(1_100, 30_000),
];

const fn reader(name: &'static str, read: fn(&[u8]) -> Vec<String>, samples: &'static [&'static str]) -> Reader {
    Reader { name, read, longest: 1_200, all: 3_000, samples }
}

impl Reader {
    const fn up_to(mut self, longest: usize, all: usize) -> Self {
        self.longest = longest;
        self.all = all;
        self
    }
}

/// Every text in what a reader gives.
fn texts(given: &impl Serialize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = vec![serde_json::to_value(given).expect("it is JSON")];
    while let Some(value) = rest.pop() {
        match value {
            Value::String(text) => texts.push(text),
            Value::Array(values) => rest.extend(values),
            Value::Object(fields) => rest.extend(fields.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    texts
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn reply(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: body.to_vec() }
}

fn amd64() -> Platform {
    Platform::new("linux", "amd64", None)
}

fn manifest(bytes: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    for content_type in [None, Some(OCI_MANIFEST), Some(OCI_INDEX)] {
        let headers: Vec<(&str, &str)> = content_type.map(|value| ("Content-Type", value)).into_iter().collect();
        let (outcome, _) = registry::manifest(&reply(200, &headers, bytes), None, &amd64(), 0);
        // The three differ in little; the longest counts.
        let given = texts(&outcome);
        if given.iter().map(String::len).sum::<usize>() >= all.iter().map(String::len).sum() {
            all = given;
        }
    }
    all
}

fn config(bytes: &[u8]) -> Vec<String> {
    texts(&read_config(bytes, &amd64()))
}

fn error(bytes: &[u8]) -> Vec<String> {
    texts(&rejection(&reply(403, &[], bytes), i64::MIN))
}

fn message(bytes: &[u8]) -> Vec<String> {
    texts(&denial::parse(&text(bytes)))
}

fn challenge(bytes: &[u8]) -> Vec<String> {
    texts(&registry::base(&reply(401, &[("WWW-Authenticate", &text(bytes))], b""), 0))
}

/// What is asked of the token service is one line, whatever the challenge and the repository are.
fn realm(bytes: &[u8]) -> Vec<String> {
    let text = text(bytes);
    match TokenService::of("Bearer", Some(&text), Some(&text)) {
        Answerable::Never(reason) => vec![reason.to_string()],
        Answerable::WithCredentials => Vec::new(),
        Answerable::Anonymously(service) => {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
            assert!(service.host.len() <= 253 && service.host.bytes().all(plain), "{:?}", service.host);
            let request = service.request("library/nginx");
            assert!(request.starts_with('/') && request.bytes().all(|byte| byte.is_ascii_graphic()), "{request:?}");
            vec![service.host]
        }
    }
}

fn token(bytes: &[u8]) -> Vec<String> {
    let (outcome, token) = registry::token(&reply(200, &[], bytes), 0);
    let header = token.map(|token| token.header_value().to_owned());
    assert!(header.is_none_or(|header| header.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())));
    let mut all = texts(&outcome);
    all.extend(texts(&registry::token(&reply(403, &[], bytes), 0).0));
    all
}

fn location(bytes: &[u8]) -> Vec<String> {
    let (outcome, url) = registry::redirect(
        &reply(307, &[("Location", &text(bytes))], b""),
        "https://registry.example.com/v2/a/blobs/b",
        0,
    );
    let host = url.map(|url| url.host).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    assert!(host.len() <= 253 && host.bytes().all(plain), "{host:?}");
    texts(&outcome)
}

fn headers(bytes: &[u8]) -> Vec<String> {
    let value = text(bytes);
    let names = ["Date", "Content-Type", "Server", "x-amzn-RequestId", "x-amzn-ErrorType", "Docker-Content-Digest"];
    let headers = names.map(|name| (name, value.as_str()));
    let (outcome, _) = registry::manifest(&reply(200, &headers, b"{}"), None, &amd64(), 0);
    let mut all = texts(&rejection(&reply(500, &headers, b""), 0));
    all.extend(texts(&outcome));
    all
}

fn scrubbed(bytes: &[u8]) -> Vec<String> {
    vec![scrub(&text(bytes))]
}

fn reference(bytes: &[u8]) -> Vec<String> {
    match Reference::parse(&text(bytes)) {
        Ok(reference) => texts(&reference.outcome()),
        Err(error) => vec![error.to_string()],
    }
}

/// The metadata endpoint is the agent's: what it says is kept whole, and only the number of images is bounded.
fn metadata(bytes: &[u8]) -> Vec<String> {
    let Some(task) = TaskMetadata::parse(bytes) else { return Vec::new() };
    assert!(task.images().len() <= 50 && task.facts.len() <= 2);
    let (_, _, _) = (task.region(), task.account(), task.subnet_cidr());
    Vec::new()
}

fn ranges(bytes: &[u8]) -> Vec<String> {
    match Ranges::from_json(bytes) {
        Ok(ranges) => {
            let addresses: [IpAddr; 3] =
                ["52.217.1.1", "2406:da61::1", "255.255.255.255"].map(|it| it.parse().expect("one"));
            assert!(addresses.iter().all(|address| ranges.classify(*address, &[]).address == *address));
            Vec::new()
        }
        Err(error) => vec![error.to_string()],
    }
}

fn connect_to(bytes: &[u8]) -> Vec<String> {
    text(bytes).parse::<ConnectTo>().err().map(|error| error.to_string()).into_iter().collect()
}

/// Every option that takes a value, and the variables.
fn settings(bytes: &[u8]) -> Vec<String> {
    fn wrong<T>(spec: &OptionSpec<T>, value: &str) -> Option<String> {
        spec.parse(spec.name, value).err().map(|error| error.to_string())
    }
    let value = text(bytes);
    let of_options = [
        wrong(&options::OUTPUT, &value),
        wrong(&options::TIMEOUT, &value),
        wrong(&options::REGION, &value),
        wrong(&options::DNS_SERVER, &value),
        wrong(&options::CONNECT_TO, &value),
        wrong(&options::PULL, &value),
        wrong(&options::ALSO, &value),
        wrong(&options::SAMPLES, &value),
        wrong(&options::PLATFORM, &value),
        wrong(&options::EXECUTION_ROLE, &value),
        wrong(&options::METRICS, &value),
        wrong(&options::VERIFY_EVERY, &value),
    ];
    let of_variables =
        [options::IMAGES, "AWS_REGION", "ECR_PROBE_OUTPUT", "ECR_PROBE_EXECUTION_ROLE"].map(|variable| {
            let only = |name: &str| (name == variable).then(|| value.clone());
            Settings::for_check(&CheckArguments::default(), &only).err().map(|error| error.to_string())
        });
    let named = CheckArguments { images: vec![value.clone()], ..CheckArguments::default() };
    let named = Settings::for_check(&named, &|_| None).err().map(|error| error.to_string());
    of_options.into_iter().chain(of_variables).chain([named]).flatten().collect()
}

fn endpoint_url(bytes: &[u8]) -> Vec<String> {
    let value = text(bytes);
    let lookup = |name: &str| Some(value.clone()).filter(|_| name == "AWS_ENDPOINT_URL_ECR");
    Environment::read(&lookup).err().map(|error| error.to_string()).into_iter().collect()
}

fn cidr(bytes: &[u8]) -> Vec<String> {
    vec![Cidr::parse(&text(bytes)).map_or_else(|error| error.to_string(), |range| range.to_string())]
}

fn platform(bytes: &[u8]) -> Vec<String> {
    let digest = Digest::parse(&text(bytes)).err().map(|error| error.to_string()).unwrap_or_default();
    vec![Platform::parse(&text(bytes)).map_or_else(|error| error.to_string(), |platform| platform.to_string()), digest]
}

fn x509(bytes: &[u8]) -> Vec<String> {
    texts(&certificate::read(bytes))
}
