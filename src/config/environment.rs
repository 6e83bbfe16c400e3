//! What the process environment says of the place, of AWS's endpoints and of proxies.

use std::path::PathBuf;

use http::Uri;

use super::ids::ids;
use super::value::{port, shown};
use super::{Lookup, UsageError, options};
use crate::aws::{Service, Variant};
use crate::model::Mode;

/// An endpoint that `AWS_ENDPOINT_URL…` puts in the place of AWS's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrl {
    /// As it stands in the variable.
    pub url: String,
    /// In lower case; an IPv6 address keeps its brackets.
    pub host: String,
    /// 443 where the URL has none.
    pub port: u16,
    /// Whether it is spoken to without TLS. Nothing that is signed goes to another machine like that.
    pub plain_http: bool,
}

/// Facts of the environment, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The kind of place.
    pub mode: Mode,
    /// `AWS_REGION`, or else `AWS_DEFAULT_REGION`.
    pub region: Option<String>,
    /// `ECS_CONTAINER_METADATA_URI_V4`.
    pub metadata_uri: Option<String>,
    /// `AWS_LAMBDA_FUNCTION_NAME`, in a Lambda function.
    pub function: Option<String>,
    /// `ECR_PROBE_SUBNET_ID`: a function cannot see where its interface is.
    pub subnet_id: Option<String>,
    /// `ECR_PROBE_SECURITY_GROUP_IDS`, comma-separated.
    pub security_groups: Vec<String>,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`, in megabytes.
    pub function_memory_mb: Option<u32>,
    /// `ECR_PROBE_ASSIGN_PUBLIC_IP`: whether the tasks get a public IPv4 address, which a function never has.
    pub assign_public_ip: Option<bool>,
    /// Names of the proxy variables that are set.
    pub proxy_variables: Vec<String>,
    /// `AWS_USE_FIPS_ENDPOINT` is `true`.
    pub fips: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT` is `true`.
    pub dual_stack: bool,
    /// `AWS_ENDPOINT_URL_ECR`, or else `AWS_ENDPOINT_URL`.
    pub ecr_url: Option<ServiceUrl>,
    /// `AWS_ENDPOINT_URL_STS`, or else `AWS_ENDPOINT_URL`.
    pub sts_url: Option<ServiceUrl>,
    /// `AWS_ENDPOINT_URL_CLOUDWATCH`, or else `AWS_ENDPOINT_URL`.
    pub cloudwatch_url: Option<ServiceUrl>,
    /// The other services' variables. What only `explain` and an audit need must not keep anything else from starting.
    pub api_urls: Vec<(Service, Result<ServiceUrl, UsageError>)>,
    /// `SSL_CERT_FILE`, where the system keeps its roots.
    pub ssl_cert_file: Option<PathBuf>,
}

/// The variables of services that `explain` and an audit ask (AWS SDKs and Tools Reference Guide, "Service-specific
/// endpoints").
const API_URLS: [(Service, &str); 12] = [
    (Service::Ecs, "AWS_ENDPOINT_URL_ECS"),
    (Service::Ec2, "AWS_ENDPOINT_URL_EC2"),
    (Service::Iam, "AWS_ENDPOINT_URL_IAM"),
    (Service::EcrApi, "AWS_ENDPOINT_URL_ECR"),
    (Service::Logs, "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"),
    (Service::SecretsManager, "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
    (Service::Ssm, "AWS_ENDPOINT_URL_SSM"),
    (Service::Kms, "AWS_ENDPOINT_URL_KMS"),
    (Service::Route53, "AWS_ENDPOINT_URL_ROUTE_53"),
    (Service::Route53Resolver, "AWS_ENDPOINT_URL_ROUTE53RESOLVER"),
    (Service::Lambda, "AWS_ENDPOINT_URL_LAMBDA"),
    (Service::Tagging, "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API"),
];

/// The name of the Lambda function that a process is (AWS Lambda Developer Guide, "Defined runtime environment variables").
const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// How many megabytes of memory it has (the same).
const MEMORY_SIZE: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

impl Environment {
    /// Which endpoints of AWS's services the SDKs are told to ask.
    pub fn variant(&self) -> Variant {
        Variant { fips: self.fips, dual_stack: self.dual_stack }
    }

    /// What the environment puts in the place of a service's own endpoint.
    ///
    /// # Errors
    ///
    /// A URL that is none.
    pub fn api_url(&self, service: Service) -> Result<Option<&ServiceUrl>, UsageError> {
        match self.api_urls.iter().find(|(api, _)| *api == service) {
            Some((_, url)) => url.as_ref().map(Some).map_err(Clone::clone),
            None => Ok(None),
        }
    }

    /// The endpoint of a service in a Region: the one of the environment, or AWS's own.
    ///
    /// # Errors
    ///
    /// A URL that is none: AWS's own endpoint would not be what was asked for.
    pub fn endpoint(&self, service: Service, region: &str) -> Result<ServiceUrl, UsageError> {
        Ok(match self.api_url(service)? {
            Some(url) => url.clone(),
            None => self.own_endpoint(service, region),
        })
    }

    /// AWS's own endpoint of a service in a Region, in the variant that the environment asks for.
    pub fn own_endpoint(&self, service: Service, region: &str) -> ServiceUrl {
        let host = service.host(region, self.variant());
        ServiceUrl { url: format!("https://{host}"), host, port: 443, plain_http: false }
    }

    /// Whether every endpoint variable holds a URL, before an audit asks anything.
    ///
    /// # Errors
    ///
    /// The first that holds none.
    pub fn check_api_urls(&self) -> Result<(), UsageError> {
        self.api_urls.iter().try_for_each(|(_, url)| url.as_ref().map(|_| ()).map_err(Clone::clone))
    }

    /// # Errors
    ///
    /// An endpoint URL, an id or ECR_PROBE_ASSIGN_PUBLIC_IP that cannot be read.
    pub fn read(lookup: Lookup<'_>) -> Result<Self, UsageError> {
        let metadata_uri = lookup("ECS_CONTAINER_METADATA_URI_V4");
        let mode = if metadata_uri.is_some() {
            Mode::Task
        } else if lookup(FUNCTION_NAME).is_some() || lookup(options::RUNTIME_API).is_some() {
            Mode::Lambda
        } else {
            Mode::Host
        };
        let is_true = |name: &str| lookup(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        // The SDK's own switch for all endpoint variables.
        let ignore_urls = is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let service = |name: &str| if ignore_urls { Ok(None) } else { service_url(lookup, name) };
        Ok(Environment {
            mode,
            region: lookup("AWS_REGION").or_else(|| lookup("AWS_DEFAULT_REGION")),
            metadata_uri,
            function: lookup(FUNCTION_NAME).filter(|_| mode == Mode::Lambda),
            subnet_id: subnet(lookup)?,
            security_groups: ids(options::SECURITY_GROUP_IDS, "sg-", lookup(options::SECURITY_GROUP_IDS).as_deref())?,
            function_memory_mb: lookup(MEMORY_SIZE).and_then(|size| size.parse().ok()).filter(|_| mode == Mode::Lambda),
            assign_public_ip: lookup(options::ASSIGN_PUBLIC_IP)
                .map(|text| assign_public_ip(options::ASSIGN_PUBLIC_IP, &text))
                .transpose()?,
            proxy_variables: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
                .into_iter()
                .filter(|name| lookup(name).is_some())
                .map(str::to_owned)
                .collect(),
            fips: is_true("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: is_true("AWS_USE_DUALSTACK_ENDPOINT"),
            ecr_url: service("AWS_ENDPOINT_URL_ECR")?,
            sts_url: service("AWS_ENDPOINT_URL_STS")?,
            cloudwatch_url: service("AWS_ENDPOINT_URL_CLOUDWATCH")?,
            api_urls: API_URLS.into_iter().filter_map(|(api, name)| Some((api, service(name).transpose()?))).collect(),
            ssl_cert_file: lookup("SSL_CERT_FILE").map(PathBuf::from),
        })
    }
}

/// One subnet: a function with several may send from any of them.
fn subnet(lookup: Lookup<'_>) -> Result<Option<String>, UsageError> {
    let mut subnets = ids(options::SUBNET_ID, "subnet-", lookup(options::SUBNET_ID).as_deref())?;
    match subnets.len() {
        0 | 1 => Ok(subnets.pop()),
        _ => Err(UsageError(format!("{}: it names {} subnets; take one", options::SUBNET_ID, subnets.len()))),
    }
}

/// `ENABLED` or `DISABLED`, as a service's network configuration has it.
///
/// # Errors
///
/// Anything else; the error calls it `name`.
pub fn assign_public_ip(name: &str, text: &str) -> Result<bool, UsageError> {
    match text.trim() {
        "ENABLED" => Ok(true),
        "DISABLED" => Ok(false),
        _ => Err(UsageError(format!(
            "{name} {}: it takes ENABLED or DISABLED, as the service's assignPublicIp has it",
            shown(text)
        ))),
    }
}

/// The service's own variable wins over `AWS_ENDPOINT_URL` (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
fn service_url(lookup: Lookup<'_>, own: &str) -> Result<Option<ServiceUrl>, UsageError> {
    let Some((name, text)) =
        [own, "AWS_ENDPOINT_URL"].into_iter().find_map(|name| lookup(name).map(|text| (name, text)))
    else {
        return Ok(None);
    };
    let wrong = |why: &str| UsageError(format!("{name}={}: {why}; it takes a URL such as https://host", shown(&text)));
    let uri: Uri = text.parse().map_err(|_| wrong("it cannot be read"))?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(UsageError(format!("{name}: it holds user information; it takes a URL such as https://host")));
    }
    let default_port = match uri.scheme_str() {
        Some("https") => 443,
        // An emulator on this machine; what would send credentials elsewhere is not sent.
        Some("http") => 80,
        _ => return Err(wrong("it has no scheme")),
    };
    let authority = uri.authority().filter(|it| !it.host().is_empty()).ok_or_else(|| wrong("it has no host"))?;
    let own_port = match authority.as_str().strip_prefix(authority.host()) {
        Some("" | ":") => default_port,
        _ => authority
            .port()
            .and_then(|it| port(it.as_str()))
            .ok_or_else(|| wrong("its port is no number up to 65535"))?,
    };
    Ok(Some(ServiceUrl {
        host: authority.host().to_ascii_lowercase(),
        port: own_port,
        plain_http: default_port == 80,
        url: text,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_no_mistake_of_the_settings() {
        for (url, port) in [("http://localhost:4566", 4566), ("http://127.0.0.1", 80), ("http://ecr.example/", 80)] {
            assert_eq!(endpoint(url).map(|(_, port)| port), Ok(port), "{url}");
        }
    }

    fn endpoint(url: &str) -> Result<(String, u16), UsageError> {
        let lookup = |name: &str| (name == "AWS_ENDPOINT_URL").then(|| url.to_owned());
        Environment::read(&lookup).map(|read| read.ecr_url.map(|it| (it.host, it.port)).unwrap_or_default())
    }

    #[test]
    fn an_endpoint_url_has_a_host_and_maybe_a_port() {
        assert_eq!(endpoint("https://ECR.example/"), Ok(("ecr.example".into(), 443)));
        assert_eq!(endpoint("https://ecr.example:8443/path"), Ok(("ecr.example".into(), 8443)));
        assert_eq!(endpoint("https://[2001:db8::1]:8443"), Ok(("[2001:db8::1]".into(), 8443)));
        for bad in ["ecr.example", "https://", "https://:443", "https://ecr.example:99999", "https://ecr.example:+443"]
        {
            let error = endpoint(bad).unwrap_err().to_string();
            assert!(error.contains(bad), "{error}");
        }
    }

    #[test]
    fn every_service_has_a_variable_of_its_own() {
        for (service, name) in API_URLS {
            let own = |asked: &str| match asked {
                "AWS_ENDPOINT_URL" => Some("https://all.example".to_owned()),
                asked => (asked == name).then(|| "https://own.example:8443".to_owned()),
            };
            let read = Environment::read(&own).unwrap();
            for (other, _) in API_URLS {
                let expected = if other == service { "own.example" } else { "all.example" };
                assert_eq!(read.endpoint(other, "eu-west-1").unwrap().host, expected, "{name}: {other:?}");
            }
            assert_eq!(read.check_api_urls(), Ok(()));
        }
        let none = Environment::read(&|_| None).unwrap();
        assert_eq!(
            none.endpoint(Service::Iam, "eu-west-1").unwrap().host,
            Service::Iam.host("eu-west-1", none.variant())
        );
        let wrong = |name: &str| (name == "AWS_ENDPOINT_URL_ROUTE_53").then(|| "route53.example".to_owned());
        let wrong = Environment::read(&wrong).unwrap();
        for error in [wrong.check_api_urls().unwrap_err(), wrong.endpoint(Service::Route53, "").unwrap_err()] {
            assert!(error.0.contains("AWS_ENDPOINT_URL_ROUTE_53"), "{error}");
        }
    }

    #[test]
    fn a_function_is_told_where_it_stands() {
        let variables = [
            ("AWS_LAMBDA_FUNCTION_NAME", "ecr-probe-a"),
            (options::SUBNET_ID, "subnet-0a1"),
            (options::SECURITY_GROUP_IDS, "sg-1, sg-2"),
        ];
        let look = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let read = Environment::read(&look).unwrap();
        assert_eq!((read.mode, read.function.as_deref()), (Mode::Lambda, Some("ecr-probe-a")));
        assert_eq!(
            (read.subnet_id.as_deref(), read.security_groups),
            (Some("subnet-0a1"), vec!["sg-1".into(), "sg-2".into()])
        );
        for (name, bad) in [(options::SUBNET_ID, "vpc-1"), (options::SECURITY_GROUP_IDS, "sg-1,$(x)")] {
            let wrong = |asked: &str| (asked == name).then(|| bad.to_owned());
            let error = Environment::read(&wrong).unwrap_err().0;
            assert!(error.starts_with(name) && error.contains("0123456789abcdef0"), "{error}");
        }
    }

    #[test]
    fn a_function_is_told_of_its_tasks_public_addresses() {
        let read = |variables: &[(&str, &str)]| {
            let look =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            Environment::read(&look).map(|it| (it.function_memory_mb, it.assign_public_ip))
        };
        let function = (FUNCTION_NAME, "ecr-probe-a");
        assert_eq!(read(&[function]), Ok((None, None)));
        for (text, expected) in [("ENABLED", true), ("DISABLED", false), (" DISABLED ", false)] {
            let known = read(&[function, (MEMORY_SIZE, "128"), (options::ASSIGN_PUBLIC_IP, text)]);
            assert_eq!(known, Ok((Some(128), Some(expected))));
        }
        // Outside of Lambda the size is ignored, and a size that is no number is not known.
        assert_eq!(read(&[(MEMORY_SIZE, "128")]), Ok((None, None)));
        assert_eq!(read(&[function, (MEMORY_SIZE, "a lot")]), Ok((None, None)));
        for bad in ["true", "enabled", ""] {
            let error = read(&[(options::ASSIGN_PUBLIC_IP, bad)]).unwrap_err().0;
            assert!(error.starts_with(options::ASSIGN_PUBLIC_IP) && error.contains("DISABLED"), "{error}");
        }
    }

    #[test]
    fn a_password_in_an_endpoint_url_is_not_repeated() {
        let error = endpoint("https://me:canary@ecr.example").unwrap_err().to_string();
        assert!(error.contains("AWS_ENDPOINT_URL") && !error.contains("canary"), "{error}");
    }
}
