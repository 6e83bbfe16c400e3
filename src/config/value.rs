//! Readers of single values.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::{AuditBeside, Depth, Every, FixForm, MetricsBy, MetricsTo, Output, PullDepth, Services, SweepVia};
use crate::model::{LaunchType, Role};
use crate::wire::oci::{Platform, PlatformError};
use crate::wire::without_user_information;

/// Why a text is no value, and what is one; the option's name and the text stand before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No digits with a unit.
    #[error("not a duration; write it as 500ms, 5s, 2m or 1h")]
    NotADuration,
    /// Nothing ends in no time.
    #[error("it must be greater than 0; write it as 500ms, 5s, 2m or 1h")]
    Zero,
    /// Longer than anything waits.
    #[error("it is longer than a day; write it as 500ms, 5s, 2m or 1h")]
    TooLong,
    /// It would become part of a host's name.
    #[error("not a Region; write it as eu-west-1")]
    Region,
    /// A name, or nothing of the kind.
    #[error("it takes an IP address, or IP:PORT")]
    NameServer,
    /// None of a few words.
    #[error("take {0}")]
    OneOf(&'static str),
    /// No whole number within the bounds.
    #[error("not a number from 1 to {0}")]
    Count(u32),
    /// Neither a name nor an ARN.
    #[error("it takes the name of a role, or arn:aws:iam::ACCOUNT:role/NAME")]
    Role,
    /// Neither a name nor an ARN.
    #[error("it takes FAMILY, FAMILY:REVISION or the ARN of a task definition")]
    TaskDefinition,
    /// Neither a name nor an ARN.
    #[error("it takes the name or the ARN of a Lambda function")]
    Function,
    /// One of a list is no service of a task's start.
    #[error("{unknown} is unknown; take any of {known}")]
    Service {
        /// The one.
        unknown: String,
        /// What there is.
        known: String,
    },
    /// One of the four parts, or their number.
    #[error("{0}; it takes HOST:PORT:ADDR:PORT, parts may be empty")]
    ConnectTo(&'static str),
    /// No platform.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

impl ValueError {
    /// The words of which the option takes one, where it takes no others.
    pub fn choices(&self) -> Option<Vec<&'static str>> {
        match self {
            ValueError::OneOf(words) => Some(words.split(", ").flat_map(|it| it.split(" or ")).collect()),
            _ => None,
        }
    }
}

/// `500ms`, `5s`, `2m`, `1h`; a bare number is seconds. From 1 ms to 24 h.
pub fn duration(text: &str) -> Result<Duration, ValueError> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number: u64 = digits.parse().map_err(|_| ValueError::NotADuration)?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => return Err(ValueError::NotADuration),
    };
    match milliseconds {
        Some(0) => Err(ValueError::Zero),
        Some(milliseconds @ 1..=86_400_000) => Ok(Duration::from_millis(milliseconds)),
        _ => Err(ValueError::TooLong),
    }
}

/// A duration, or `off`.
pub fn every(text: &str) -> Result<Every, ValueError> {
    if text == "off" { Ok(Every::Never) } else { duration(text).map(Every::Each) }
}

/// A port: digits alone, without the sign that Rust's numbers may have.
pub fn port(digits: &str) -> Option<u16> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// A Region: one label of a host name, since it becomes part of one.
pub fn region(text: &str) -> Result<String, ValueError> {
    let in_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = (1..=63).contains(&text.len()) && text.bytes().all(in_label) && !text.starts_with('-');
    if is_label && !text.ends_with('-') { Ok(text.to_owned()) } else { Err(ValueError::Region) }
}

/// `IP` or `IP:PORT`; port 53 by default.
pub fn name_server(text: &str) -> Result<SocketAddr, ValueError> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    text.parse::<SocketAddr>()
        .or_else(|_| bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)))
        .map_err(|_| ValueError::NameServer)
}

/// Any.
#[expect(clippy::unnecessary_wraps, reason = "it is the form of all readers")]
pub fn path(text: &str) -> Result<PathBuf, ValueError> {
    Ok(PathBuf::from(text))
}

/// `text`, `json`, `html`, `markdown` or `junit`.
pub fn output(text: &str) -> Result<Output, ValueError> {
    match text {
        "text" => Ok(Output::Text(Depth::Screen)),
        "json" => Ok(Output::Json),
        "html" => Ok(Output::Html),
        "markdown" => Ok(Output::Markdown),
        "junit" => Ok(Output::Junit),
        _ => Err(ValueError::OneOf("text, json, html, markdown or junit")),
    }
}

/// `cli`, `terraform` or `cloudformation`.
pub fn fix_form(text: &str) -> Result<FixForm, ValueError> {
    match text {
        "cli" => Ok(FixForm::Cli),
        "terraform" => Ok(FixForm::Terraform),
        "cloudformation" => Ok(FixForm::CloudFormation),
        _ => Err(ValueError::OneOf("cli, terraform or cloudformation")),
    }
}

/// `lambda` or `run-task`.
pub fn sweep_via(text: &str) -> Result<SweepVia, ValueError> {
    match text {
        "lambda" => Ok(SweepVia::Lambda),
        "run-task" => Ok(SweepVia::RunTask),
        _ => Err(ValueError::OneOf("lambda or run-task")),
    }
}

/// A name or an ARN as ECS takes it (Amazon ECS API Reference, "RunTask").
pub fn task_definition(text: &str) -> Result<String, ValueError> {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:/".contains(&byte);
    let is_one = (1..=355).contains(&text.len()) && text.bytes().all(in_name);
    if is_one { Ok(text.to_owned()) } else { Err(ValueError::TaskDefinition) }
}

/// A name or an ARN as Lambda takes it (AWS Lambda API Reference, "Invoke").
pub fn function(text: &str) -> Result<String, ValueError> {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:$".contains(&byte);
    let is_one = (1..=170).contains(&text.len()) && text.bytes().all(in_name);
    if is_one { Ok(text.to_owned()) } else { Err(ValueError::Function) }
}

/// `off` or `auto`.
pub fn audit_beside(text: &str) -> Result<AuditBeside, ValueError> {
    match text {
        "off" => Ok(AuditBeside::Off),
        "auto" => Ok(AuditBeside::Auto),
        _ => Err(ValueError::OneOf("off or auto")),
    }
}

/// `fargate` or `ec2`.
pub fn launch_type(text: &str) -> Result<LaunchType, ValueError> {
    match text.to_ascii_lowercase().as_str() {
        "fargate" => Ok(LaunchType::Fargate),
        "ec2" => Ok(LaunchType::Ec2),
        _ => Err(ValueError::OneOf("fargate or ec2")),
    }
}

/// `off`, `emf`, `put` or `both`.
pub fn metrics(text: &str) -> Result<MetricsTo, ValueError> {
    match text {
        "off" => Ok(MetricsTo::Nowhere),
        "emf" => Ok(MetricsTo::Lines),
        "put" => Ok(MetricsTo::CloudWatch),
        "both" => Ok(MetricsTo::Both),
        _ => Err(ValueError::OneOf("off, emf, put or both")),
    }
}

/// `service` or `cluster`.
pub fn metrics_by(text: &str) -> Result<MetricsBy, ValueError> {
    match text {
        "service" => Ok(MetricsBy::Service),
        "cluster" => Ok(MetricsBy::Cluster),
        _ => Err(ValueError::OneOf("service or cluster")),
    }
}

/// `none`, `reach` or `verify`.
pub fn pull_depth(text: &str) -> Result<PullDepth, ValueError> {
    match text {
        "none" => Ok(PullDepth::None),
        "reach" => Ok(PullDepth::Reach),
        "verify" => Ok(PullDepth::Verify),
        _ => Err(ValueError::OneOf("none, reach or verify")),
    }
}

/// How often the reach part is done, as `--samples` takes it.
pub fn samples(text: &str) -> Result<u32, ValueError> {
    const MOST: u32 = 1000;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|count| digits && (1..=MOST).contains(count)).ok_or(ValueError::Count(MOST))
}

/// `os/architecture` or `os/architecture/variant`.
pub fn platform(text: &str) -> Result<Platform, ValueError> {
    Ok(Platform::parse(text)?)
}

/// A role's name, or its ARN (IAM User Guide, "IAM and AWS STS quotas": 64 of these characters).
pub fn role(text: &str) -> Result<String, ValueError> {
    let name = match text.strip_prefix("arn:") {
        Some(arn) => {
            arn.splitn(5, ':').nth(4).and_then(|it| it.strip_prefix("role/")).and_then(|it| it.rsplit('/').next())
        }
        None => Some(text),
    };
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    let is_name = |name: &str| (1..=64).contains(&name.len()) && name.bytes().all(in_name);
    let is_role = name.is_some_and(is_name) && !text.contains(char::is_whitespace);
    if is_role { Ok(text.to_owned()) } else { Err(ValueError::Role) }
}

/// `logs,ssm`: each once.
pub fn services(text: &str) -> Result<Services, ValueError> {
    let mut services = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Some(role) = Role::OF_A_TASK_START.into_iter().find(|role| role.name() == name) else {
            let known = Role::OF_A_TASK_START.map(Role::name).join(", ");
            return Err(ValueError::Service { unknown: shown(name), known });
        };
        if !services.contains(&role) {
            services.push(role);
        }
    }
    Ok(Services(services))
}

/// Images are Linux images wherever the probe runs: a laptop pulls for Linux too.
pub fn own_platform() -> Platform {
    let text = match std::env::consts::ARCH {
        "aarch64" => "linux/arm64",
        "arm" => "linux/arm/v7",
        _ => "linux/amd64",
    };
    Platform::parse(text).expect("a platform of this list is well formed")
}

/// The value, quoted, without a password of a URL's, and cut where it is long.
pub fn shown(text: &str) -> String {
    let text = without_user_information(text);
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{:?}…", &text[..at]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, milliseconds) in [("500ms", 500), ("5s", 5_000), ("7", 7_000), ("2m", 120_000), ("1h", 3_600_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for bad in ["", "s", "-1", "1d", "0", "0ms", "25h", "99999999999999999999", "1.5s", "١s", "5 s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_has_no_sign() {
        assert_eq!((port("443"), port("0"), port("65535")), (Some(443), Some(0), Some(65_535)));
        for bad in ["", "+443", "-1", "65536", "4 4", "٤"] {
            assert_eq!(port(bad), None, "{bad}");
        }
        assert!(samples("+5").is_err() && samples("5").is_ok());
    }

    #[test]
    fn a_region_is_one_label() {
        for good in ["eu-west-1", "us-gov-west-1", "local"] {
            assert_eq!(region(good), Ok(good.to_owned()));
        }
        for bad in ["", "x.evil.example/#", "eu-west-1.evil.example", "EU-WEST-1", "-a", "a-", "eu west", "eu-west-1\n"]
        {
            assert_eq!(region(bad), Err(ValueError::Region), "{bad}");
        }
    }

    #[test]
    fn a_role_is_a_name_or_an_arn() {
        for good in
            ["ecsTaskExecutionRole", "arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/x/y/a"]
        {
            assert_eq!(role(good), Ok(good.to_owned()));
        }
        for bad in ["", "a b", "a/b", "arn:aws:iam::123456789012:user/a", "arn:aws:iam::123456789012:role/", "$(x)"] {
            assert_eq!(role(bad), Err(ValueError::Role), "{bad}");
        }
    }

    #[test]
    fn a_name_server_may_have_a_port() {
        assert_eq!(name_server("10.0.0.2"), Ok("10.0.0.2:53".parse().unwrap()));
        assert_eq!(name_server("10.0.0.2:5353"), Ok("10.0.0.2:5353".parse().unwrap()));
        assert_eq!(name_server("fd00:ec2::253"), Ok("[fd00:ec2::253]:53".parse().unwrap()));
        assert_eq!(name_server("[::1]:53"), Ok("[::1]:53".parse().unwrap()));
        assert!(name_server("resolver.example").is_err());
    }
}
