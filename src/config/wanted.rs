//! Which stopped tasks the ECS API is asked for: one by its ARN, or those of a cluster.
//!
//! All of it is read before the first packet: the Region becomes part of a host's name.

use super::value::shown;
use super::{Environment, ServiceUrl, Settings, UsageError};
use crate::aws::{Arn, Partition, Service};

/// What to ask, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The Region to ask ECS in.
    pub region: String,
    /// As the API takes it: a name or an ARN.
    pub cluster: String,
    /// The ARN of the one task; without it, all that have stopped lately.
    pub task: Option<String>,
}

const TASK_FORM: &str = "it takes arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID";
const CLUSTER_FORM: &str = "it takes a name, or arn:aws:ecs:REGION:ACCOUNT:cluster/NAME";

impl Wanted {
    /// Reads `--task` and `--cluster`. The cluster of a task matters only where the task's ARN has the old form, which
    /// does not name it; without one that is the cluster `default`.
    ///
    /// # Errors
    ///
    /// Neither of them, one that cannot be read or that contradicts the other, no Region, or an endpoint URL that is
    /// none.
    pub fn new(task: Option<&str>, cluster: Option<&str>, settings: &Settings) -> Result<Self, UsageError> {
        settings.environment.api_url(Service::Ecs)?;
        match (task.map(str::trim), cluster.map(str::trim)) {
            (Some(task), cluster) => Wanted::task(task, cluster),
            (None, Some(cluster)) => Wanted::recent(cluster, settings),
            (None, None) => Err(UsageError("no task to ask ECS for: give --task ARN, or --cluster NAME".to_owned())),
        }
    }

    fn task(text: &str, cluster: Option<&str>) -> Result<Self, UsageError> {
        let wrong = |why: &str| UsageError(format!("--task {}: {why}; {TASK_FORM}", shown(text)));
        let (region, path) = arn(text, "task/").map_err(wrong)?;
        let (named, id) = match path.split_once('/') {
            Some((cluster, id)) => (Some(cluster), id),
            None => (None, path),
        };
        if !is_name(id) || !named.is_none_or(is_name) {
            return Err(wrong("its last part is no task"));
        }
        let given = cluster.map(cluster_name).transpose()?;
        if let (Some(named), Some(given)) = (named, given)
            && named != given
        {
            return Err(UsageError(format!(
                "--cluster {given}: the task's ARN names the cluster {named}; leave it out"
            )));
        }
        let cluster = named.or(given).unwrap_or("default").to_owned();
        Ok(Wanted { region: region.to_owned(), cluster, task: Some(text.to_owned()) })
    }

    fn recent(cluster: &str, settings: &Settings) -> Result<Self, UsageError> {
        cluster_name(cluster)?;
        let region = match arn(cluster, "cluster/") {
            Ok((region, _)) => region.to_owned(),
            Err(_) => {
                let region = settings.region.as_ref().or(settings.environment.region.as_ref()).ok_or_else(|| {
                    UsageError(format!("no Region to ask for cluster {cluster}: give --region, or set AWS_REGION"))
                })?;
                if !is_region(region) {
                    return Err(UsageError(format!("{}: not a Region; give --region eu-west-1", shown(region))));
                }
                region.clone()
            }
        };
        Ok(Wanted { region, cluster: cluster.to_owned(), task: None })
    }

    /// The API's endpoint (AWS General Reference, "Amazon ECS endpoints and quotas").
    pub fn endpoint(&self, environment: &Environment) -> ServiceUrl {
        // Whether the variable holds a URL was seen when this was made.
        environment
            .endpoint(Service::Ecs, &self.region)
            .unwrap_or_else(|_| environment.own_endpoint(Service::Ecs, &self.region))
    }
}

/// The Region that the ARN of a cluster names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClusterArn {
    /// Such as `eu-west-1`.
    pub region: String,
}

impl ClusterArn {
    /// Reads `--cluster`; `None` where it is a name.
    ///
    /// # Errors
    ///
    /// It is neither a name nor the ARN of a cluster.
    pub fn read(text: &str) -> Result<Option<Self>, UsageError> {
        cluster_name(text)?;
        Ok(arn(text, "cluster/").ok().map(|(region, _)| ClusterArn { region: region.to_owned() }))
    }
}

/// The name of a cluster that is given by name or by ARN.
fn cluster_name(text: &str) -> Result<&str, UsageError> {
    let wrong = |why: &str| UsageError(format!("--cluster {}: {why}; {CLUSTER_FORM}", shown(text)));
    let name = if text.starts_with("arn:") { arn(text, "cluster/").map_err(wrong)?.1 } else { text };
    if is_name(name) { Ok(name) } else { Err(wrong("no cluster has such a name")) }
}

/// The Region of one of ECS's ARNs, and what follows `kind` in it; or why it is none.
fn arn<'t>(text: &'t str, kind: &str) -> Result<(&'t str, &'t str), &'static str> {
    let of_ecs = Arn::parse(text).filter(|arn| arn.service == "ecs");
    let Arn { partition, region, account, resource, .. } = of_ecs.ok_or("not an ARN of ECS")?;
    if !is_region(region) {
        return Err("it has no Region");
    }
    // The request goes to the Region's partition.
    if Partition::of_region(region).name != partition {
        return Err("its Region is not in its partition");
    }
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("its account is not 12 digits");
    }
    resource.strip_prefix(kind).map(|path| (region, path)).ok_or("it is of another kind")
}

fn is_region(text: &str) -> bool {
    let in_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.contains('-') && text.bytes().all(in_label)
}

/// Up to 255 letters, digits, hyphens and underscores (Amazon ECS API Reference, "CreateCluster").
fn is_name(text: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=255).contains(&text.len()) && text.bytes().all(in_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CheckArguments;

    const TASK: &str = "arn:aws:ecs:eu-west-1:123456789012:task/files/9f3c51a2e8b74d0fa6b1c2d3e4f50617";

    fn settings(variables: &[(&str, &str)]) -> Settings {
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::for_check(&CheckArguments::default(), &lookup).unwrap()
    }

    fn wanted(task: Option<&str>, cluster: Option<&str>) -> Result<Wanted, String> {
        Wanted::new(task, cluster, &settings(&[("AWS_REGION", "us-east-2")])).map_err(|error| error.0)
    }

    #[test]
    fn an_arn_says_where_the_task_was() {
        let read = wanted(Some(&format!(" {TASK}\n")), None).unwrap();
        assert_eq!(
            (read.region.as_str(), read.cluster.as_str(), read.task.as_deref()),
            ("eu-west-1", "files", Some(TASK))
        );
        assert_eq!(wanted(Some(TASK), Some("files")), Ok(read));
        assert!(wanted(Some(TASK), Some("other")).unwrap_err().contains("names the cluster files"));

        let old = "arn:aws-cn:ecs:cn-north-1:123456789012:task/aec6a2e7-6b4a-4b2d-9c5d-0d6b8f5c4a11";
        let read = wanted(Some(old), None).unwrap();
        assert_eq!((read.region.as_str(), read.cluster.as_str()), ("cn-north-1", "default"));
        let cluster = "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/files";
        assert_eq!(wanted(Some(old), Some(cluster)).unwrap().cluster, "files");
    }

    #[test]
    fn a_cluster_is_a_name_in_our_region_or_an_arn() {
        let read = wanted(None, Some("files")).unwrap();
        assert_eq!((read.region.as_str(), read.cluster.as_str(), read.task), ("us-east-2", "files", None));
        let arn = "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/files";
        let read = wanted(None, Some(arn)).unwrap();
        assert_eq!((read.region.as_str(), read.cluster.as_str()), ("us-gov-west-1", arn));

        let nowhere = Wanted::new(None, Some("files"), &settings(&[])).unwrap_err().0;
        assert!(nowhere.contains("--region") && nowhere.contains("AWS_REGION"), "{nowhere}");
        let led_away = |name: &str| (name == "AWS_REGION").then(|| "x-1.evil.example/".to_owned());
        let error = Settings::for_check(&CheckArguments::default(), &led_away).unwrap_err().0;
        assert!(error.starts_with("AWS_REGION \"x-1.evil") && error.contains("not a Region"), "{error}");
        assert!(wanted(None, None).unwrap_err().contains("--task ARN"));
    }

    #[test]
    fn what_is_no_arn_is_named() {
        for bad in [
            "",
            "9f3c51a2e8b74d0fa6b1c2d3e4f50617",
            "arn:aws:ecs:eu-west-1:123456789012:task/",
            "arn:aws:ecs:eu-west-1:123456789012:task/files/",
            "arn:aws:ecs:eu-west-1:123456789012:task/files/a/b",
            "arn:aws:ecs:eu-west-1:123456789012:service/files/a",
            "arn:aws:ecs:eu-west-1:12345678901:task/files/a",
            "arn:aws:ecs::123456789012:task/files/a",
            "arn:aws:ecs:x-1.evil.example/:123456789012:task/files/a",
            "arn:aws:ecs:cn-north-1:123456789012:task/files/a",
            "arn:aws:ecr:eu-west-1:123456789012:repository/files",
        ] {
            let error = wanted(Some(bad), None).unwrap_err();
            assert!(
                error.starts_with(&format!("--task {}: ", shown(bad))) && error.contains("task/CLUSTER/ID"),
                "{error}"
            );
        }
        for bad in ["", "a b", "a/b", "arn:aws:ecs:eu-west-1:123456789012:task/files/a", &"a".repeat(256)] {
            let error = wanted(None, Some(bad)).unwrap_err();
            assert!(error.starts_with("--cluster ") && error.contains("cluster/NAME"), "{error}");
        }
    }

    #[test]
    fn every_partition_has_its_endpoints() {
        let host = |region: &str, fips: &str, dual_stack: &str| {
            let variables =
                [("AWS_REGION", region), ("AWS_USE_FIPS_ENDPOINT", fips), ("AWS_USE_DUALSTACK_ENDPOINT", dual_stack)];
            let settings = settings(&variables);
            Wanted::new(None, Some("files"), &settings).unwrap().endpoint(&settings.environment).host
        };
        assert_eq!(host("eu-west-1", "", ""), "ecs.eu-west-1.amazonaws.com");
        assert_eq!(host("us-east-1", "true", ""), "ecs-fips.us-east-1.amazonaws.com");
        assert_eq!(host("eu-west-1", "", "true"), "ecs.eu-west-1.api.aws");
        assert_eq!(host("us-east-1", "true", "true"), "ecs-fips.us-east-1.api.aws");
        assert_eq!(host("cn-north-1", "", ""), "ecs.cn-north-1.amazonaws.com.cn");
        assert_eq!(host("eusc-de-east-1", "", ""), "ecs.eusc-de-east-1.amazonaws.eu");
        assert_eq!(host("us-iso-east-1", "", ""), "ecs.us-iso-east-1.c2s.ic.gov");
    }

    #[test]
    fn an_endpoint_url_wins() {
        let of = |variables: &[(&str, &str)]| {
            let settings = settings(variables);
            let url = Wanted::new(Some(TASK), None, &settings).unwrap().endpoint(&settings.environment);
            (url.url, url.port)
        };
        let all = ("AWS_ENDPOINT_URL", "https://all.example");
        assert_eq!(of(&[all, ("AWS_USE_FIPS_ENDPOINT", "true")]), ("https://all.example".into(), 443));
        let own = ("AWS_ENDPOINT_URL_ECS", "https://ecs.example:8443/x");
        assert_eq!(of(&[all, own]), ("https://ecs.example:8443/x".into(), 8443));
        assert_eq!(of(&[("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:4566")]), ("http://127.0.0.1:4566".into(), 4566));
        let wrong = settings(&[("AWS_ENDPOINT_URL_ECS", "ecs.example")]);
        let error = Wanted::new(Some(TASK), None, &wrong).unwrap_err().0;
        assert!(error.contains("AWS_ENDPOINT_URL_ECS") && error.contains("no scheme"), "{error}");
        let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        assert_eq!(of(&[all, own, ignored]).0, "https://ecs.eu-west-1.amazonaws.com");
    }
}
