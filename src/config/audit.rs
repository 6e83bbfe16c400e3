//! What `audit` is to look at, of arguments and environment.

use std::time::Duration;

use super::ids::ids;
use super::value::shown;
use super::wanted::{ClusterArn, Wanted};
use super::{AuditArguments, CheckArguments, FixForm, Lookup, Settings, UsageError, images, options};
use crate::account::Aim;

/// Everything that steers an audit.
#[derive(Debug, Clone)]
pub struct AuditSettings {
    /// How AWS is asked, and how the report is told.
    pub settings: Settings,
    /// What is looked at. Its Region is empty where neither the arguments nor the environment name one.
    pub aim: Aim,
    /// In which form fixes are printed.
    pub form: FixForm,
}

impl AuditSettings {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// A value that cannot be read, or arguments that do not say what to look at.
    pub fn new(arguments: &AuditArguments, lookup: Lookup<'_>) -> Result<Self, UsageError> {
        let check = CheckArguments {
            common: arguments.common.clone(),
            budget: Some(options::AUDIT_BUDGET.settled(arguments.budget, lookup)?),
            report: arguments.report.clone(),
            ..CheckArguments::default()
        };
        let settings = Settings::for_check(&check, lookup)?;
        let aim = aim(arguments, &settings)?;
        Ok(AuditSettings { settings, aim, form: options::FIX.settled(arguments.fix, lookup)? })
    }

    /// Whether every service of a cluster is looked at.
    pub fn is_of_a_cluster(&self) -> bool {
        let Aim { cluster, service, task, subnets, .. } = &self.aim;
        cluster.is_some() && service.is_none() && task.is_none() && subnets.is_empty()
    }

    /// Whether nothing says what to look at, so that it is the task that the probe runs in.
    pub fn is_of_the_own_task(&self) -> bool {
        let Aim { cluster, task, subnets, .. } = &self.aim;
        cluster.is_none() && task.is_none() && subnets.is_empty()
    }

    /// How long one act may take.
    pub fn timeout(&self) -> Duration {
        self.settings.timeout
    }
}

fn aim(arguments: &AuditArguments, settings: &Settings) -> Result<Aim, UsageError> {
    let named = images(&arguments.images, &|_| None)?;
    let mut aim = Aim {
        region: settings.region.clone().or_else(|| settings.environment.region.clone()).unwrap_or_default(),
        cluster: arguments.cluster.as_deref().map(str::trim).map(str::to_owned),
        service: arguments.service.as_deref().map(service).transpose()?,
        task_definition: arguments.task_definition.clone(),
        subnets: ids("--subnet", "subnet-", arguments.subnet.iter().map(String::as_str))?,
        security_groups: ids("--security-group", "sg-", arguments.security_group.iter().map(String::as_str))?,
        assign_public_ip: arguments.assign_public_ip,
        launch_type: arguments.launch_type,
        execution_role: arguments.execution_role.clone(),
        images: named.into_iter().map(|reference| reference.text).collect(),
        ..Aim::default()
    };
    if let Some(task) = &arguments.task {
        let wanted = Wanted::new(Some(task), arguments.cluster.as_deref(), settings)?;
        (aim.region, aim.cluster, aim.task) = (wanted.region, Some(wanted.cluster), wanted.task);
    } else if let Some(cluster) = &aim.cluster
        && let Some(of_arn) = ClusterArn::read(cluster)?
    {
        aim.region = of_arn.region;
    }
    if !aim.subnets.is_empty() && aim.images.is_empty() && aim.task_definition.is_none() {
        return Err(UsageError("--subnet: what is to be pulled there? name an IMAGE, or --task-definition".to_owned()));
    }
    if !aim.subnets.is_empty() && aim.security_groups.is_empty() {
        return Err(UsageError(
            "--subnet: which security groups do the tasks have there? name them with --security-group".to_owned(),
        ));
    }
    Ok(aim)
}

/// A name of up to 255 letters, digits, hyphens and underscores (Amazon ECS API Reference, "CreateService"), or its ARN.
fn service(text: &str) -> Result<String, UsageError> {
    let name = text.trim().rsplit('/').next().unwrap_or_default();
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=255).contains(&name.len()) && name.bytes().all(in_name) {
        Ok(name.to_owned())
    } else {
        Err(UsageError(format!("--service {}: no service has such a name", shown(text))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &AuditArguments) -> Result<AuditSettings, String> {
        let lookup = |name: &str| (name == "AWS_REGION").then(|| "eu-west-1".to_owned());
        AuditSettings::new(arguments, &lookup).map_err(|error| error.0)
    }

    #[test]
    fn a_cluster_is_all_of_its_services_unless_one_is_named() {
        let cluster = AuditArguments { cluster: Some("main".into()), ..AuditArguments::default() };
        let whole = read(&cluster).unwrap();
        assert!(whole.is_of_a_cluster() && !whole.is_of_the_own_task());
        assert_eq!(whole.settings.budget, Duration::from_secs(60));
        let one = AuditArguments { service: Some("arn:aws:ecs:eu-west-1:1:service/main/web".into()), ..cluster };
        let one = read(&one).unwrap();
        assert!(!one.is_of_a_cluster());
        assert_eq!((one.aim.service.as_deref(), one.aim.region.as_str()), (Some("web"), "eu-west-1"));
        assert!(read(&AuditArguments::default()).unwrap().is_of_the_own_task());
    }

    #[test]
    fn an_arn_says_the_region() {
        let arn = "arn:aws:ecs:us-east-2:123456789012:cluster/main";
        let of_arn = read(&AuditArguments { cluster: Some(arn.into()), ..AuditArguments::default() }).unwrap();
        assert_eq!(of_arn.aim.region, "us-east-2");
        let task = "arn:aws:ecs:us-west-2:123456789012:task/main/9f3c51a2e8b74d0fa6b1c2d3e4f50617";
        let of_task = read(&AuditArguments { task: Some(task.into()), ..AuditArguments::default() }).unwrap();
        assert_eq!((of_task.aim.region.as_str(), of_task.aim.cluster.as_deref()), ("us-west-2", Some("main")));
    }

    #[test]
    fn a_placement_says_what_is_pulled_and_through_what() {
        let subnet = AuditArguments { subnet: vec!["subnet-0a1".into()], ..AuditArguments::default() };
        assert!(read(&subnet).unwrap_err().contains("IMAGE"));
        let image = AuditArguments { images: vec!["nginx".into()], ..subnet.clone() };
        assert!(read(&image).unwrap_err().contains("--security-group"));
        let whole = AuditArguments { security_group: vec!["sg-1,sg-2".into(), "sg-1".into()], ..image };
        assert_eq!(read(&whole).unwrap().aim.security_groups, ["sg-1", "sg-2"]);
        for bad in ["vpc-1", "subnet-", "subnet-A", "subnet-1 2", "subnet-$(x)"] {
            let error = read(&AuditArguments { subnet: vec![bad.into()], ..AuditArguments::default() }).unwrap_err();
            assert!(error.starts_with("--subnet ") && error.contains("subnet-0123456789abcdef0"), "{error}");
        }
    }
}
