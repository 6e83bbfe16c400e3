//! One request to an API of AWS, and its signature (Signature Version 4).

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::Request;
use http_body_util::Full;
use hyper::body::Bytes;

use crate::aws::Service;
use crate::config::ServiceUrl;
use crate::edge::http::user_agent;
use crate::model::outcome::NoAnswer;

/// An operation, in the words of its API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'c> {
    /// Whose operation it is.
    pub service: Service,
    /// Where it is asked.
    pub region: &'c str,
    /// Its name, which is that of the IAM action too.
    pub operation: &'static str,
    /// What it takes.
    pub input: Input,
}

/// What an operation takes, as its protocol writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Parameters of the query protocol and of EC2's own, without `Action` and `Version`.
    Parameters(Vec<(String, String)>),
    /// The body of AWS JSON 1.1.
    Json(String),
    /// The path and the query of a GET of REST XML.
    Path(String),
    /// The same of REST JSON.
    JsonPath(String),
    /// The path of a POST of REST JSON, and its body.
    JsonPost(String, String),
}

impl Call<'_> {
    /// The IAM action: `ec2:DescribeSubnets`.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.prefix(), self.operation)
    }

    /// The request with its signature. The connection goes to the endpoint's host.
    ///
    /// # Errors
    ///
    /// What stands against sending it.
    pub fn signed(
        &self,
        endpoint: &ServiceUrl,
        credentials: &Credentials,
        now: SystemTime,
    ) -> Result<Request<Full<Bytes>>, NoAnswer> {
        let not_sent = |reason: &str| NoAnswer::NotSent { reason: reason.into() };
        let unsigned = || not_sent("it cannot be signed");
        let ServiceUrl { url, host, port, plain_http } = endpoint;
        let given: http::Uri = url.parse().map_err(|_| not_sent("the endpoint's URL cannot be read"))?;
        let (scheme, its_port) = if *plain_http { ("http", 80) } else { ("https", 443) };
        let authority = if *port == its_port { host.clone() } else { format!("{host}:{port}") };
        let base = given.path().trim_end_matches('/');

        let mut headers = vec![("host", authority.clone())];
        let (method, path, body) = match &self.input {
            Input::Parameters(parameters) => {
                headers.push(("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned()));
                ("POST", "/".to_owned(), form(self.operation, version(self.service), parameters))
            }
            Input::Json(body) => {
                headers.push(("content-type", "application/x-amz-json-1.1".to_owned()));
                headers.push(("x-amz-target", format!("{}.{}", version(self.service), self.operation)));
                ("POST", "/".to_owned(), body.clone())
            }
            Input::Path(path) | Input::JsonPath(path) => ("GET", path.clone(), String::new()),
            Input::JsonPost(path, body) => {
                headers.push(("content-type", "application/json".to_owned()));
                ("POST", path.clone(), body.clone())
            }
        };
        let url = format!("{scheme}://{authority}{base}{path}");

        // The signer and the request must be of one mind about the token: it is a header's value or nothing.
        let token = credentials.session_token().unwrap_or_default();
        http::HeaderValue::from_str(token).map_err(|_| not_sent("the session token is not a header's value"))?;
        let identity = credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.service.signing_region(self.region))
            .name(self.service.signing_name())
            .time(now)
            .settings(SigningSettings::default());
        let params = params.build().map_err(|_| unsigned())?.into();
        let given = headers.iter().map(|(name, value)| (*name, value.as_str()));
        let signable = SignableRequest::new(method, &url, given.clone(), SignableBody::Bytes(body.as_bytes()));
        let signed = sign(signable.map_err(|_| unsigned())?, &params).map_err(|_| unsigned())?;

        let mut request = Request::builder().method(method).uri(&url);
        request = request.header(http::header::USER_AGENT, user_agent());
        for (name, value) in given.chain(signed.output().headers()) {
            request = request.header(name, value);
        }
        request.body(Full::new(Bytes::from(body))).map_err(|_| not_sent("a header has a wrong value"))
    }
}

/// The version of a query API, or what operations of a JSON API are prefixed with (the service models of botocore).
fn version(service: Service) -> &'static str {
    match service {
        Service::Ec2 => "2016-11-15",
        Service::Iam => "2010-05-08",
        Service::Ecs => "AmazonEC2ContainerServiceV20141113",
        Service::EcrApi => "AmazonEC2ContainerRegistry_V20150921",
        Service::Logs => "Logs_20140328",
        Service::SecretsManager => "secretsmanager",
        Service::Ssm => "AmazonSSM",
        Service::Kms => "TrentService",
        Service::Route53Resolver => "Route53Resolver",
        Service::Tagging => "ResourceGroupsTaggingAPI_20170126",
        // They are asked by path, or not by this client.
        Service::Route53 | Service::Lambda | Service::EcrDkr | Service::S3 | Service::Sts | Service::Monitoring => "",
    }
}

fn form(operation: &str, version: &str, parameters: &[(String, String)]) -> String {
    let mut form = format!("Action={operation}&Version={version}");
    for (name, value) in parameters {
        // Writing to a String does not fail.
        let _ = write!(form, "&{}={}", escaped(name), escaped(value));
    }
    form
}

/// Everything but unreserved characters as `%XX` (RFC 3986 section 2.3).
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped() {
        let parameters = [("Filter.1.Value.1".to_owned(), "a b/ü&=~".to_owned())];
        let form = form("DescribeVpcs", "2016-11-15", &parameters);
        assert_eq!(form, "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Value.1=a%20b%2F%C3%BC%26%3D~");
    }

    #[test]
    fn a_request_is_signed_for_its_service_and_region() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".into()), None, "test");
        let endpoint = |url: &str, port| ServiceUrl {
            url: url.to_owned(),
            host: "host.example".to_owned(),
            port,
            plain_http: false,
        };
        let now = SystemTime::UNIX_EPOCH;
        let iam = Call {
            service: Service::Iam,
            region: "eu-west-1",
            operation: "GetRole",
            input: Input::Parameters(vec![("RoleName".into(), "a".into())]),
        };
        let request = iam.signed(&endpoint("https://host.example:8443/base/", 8443), &credentials, now).unwrap();
        let header = |request: &Request<Full<Bytes>>, name: &str| {
            request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        assert_eq!(request.uri(), "https://host.example:8443/base/");
        assert!(header(&request, "authorization").contains("/19700101/us-east-1/iam/aws4_request"));
        assert_eq!(header(&request, "host"), "host.example:8443");
        assert_eq!(header(&request, "x-amz-security-token"), "token");

        let zones = Call {
            service: Service::Route53,
            region: "eu-west-1",
            operation: "ListHostedZonesByVPC",
            input: Input::Path("/2013-04-01/hostedzonesbyvpc?vpcid=vpc-1".into()),
        };
        let request = zones.signed(&endpoint("https://host.example", 443), &credentials, now).unwrap();
        assert_eq!((request.method().as_str(), request.uri().path()), ("GET", "/2013-04-01/hostedzonesbyvpc"));
        assert_eq!(zones.action(), "route53:ListHostedZonesByVPC");
        let odd = Credentials::new("a", "b", Some("not\na header".into()), None, "test");
        assert!(matches!(
            zones.signed(&endpoint("https://host.example", 443), &odd, now),
            Err(NoAnswer::NotSent { .. })
        ));
    }
}
