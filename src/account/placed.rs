//! From what ECS tells to the placement whose packets are followed.

use super::{Account, Aim, Seen};
use crate::aws::{Arn, Partition};
use crate::model::facts::{Hidden, Instance, Service, StoppedTask, TaskDefinition, Why};
use crate::model::{LaunchType, Observation, Placement};

/// One interface that packets of a pull leave by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// `subnet-…`
    pub subnet: String,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Whether it has a public IPv4 address.
    pub public_ip: bool,
}

impl<'e> Account<'e> {
    /// The task definition that is judged.
    pub fn judged_definition(&self, aim: &Aim) -> Option<(&'e Observation, &'e TaskDefinition)> {
        let name = self.definition_name(aim)?;
        match self.task_definition(&name) {
            Seen::Known(observation, definition) => Some((observation, definition)),
            // It may have been asked for by its family.
            _ => self.task_definitions().find(|(_, definition)| definition.arn == name),
        }
    }

    /// The name that the task definition is asked for by.
    pub fn definition_name(&self, aim: &Aim) -> Option<String> {
        let of_service = || self.judged_service(aim).map(|service| service.task_definition.clone());
        let of_task = || self.judged_task(aim).map(|task| task.task_definition.clone());
        aim.task_definition.clone().or_else(of_task).or_else(of_service).filter(|name| !name.is_empty())
    }

    /// The service whose tasks are judged; of a task the one that started it.
    pub fn judged_service(&self, aim: &Aim) -> Option<&'e Service> {
        self.service(&self.service_name(aim)?).known()
    }

    /// Its name.
    pub fn service_name(&self, aim: &Aim) -> Option<String> {
        let of_task = || {
            let group = self.judged_task(aim)?.group.as_deref()?;
            group.strip_prefix("service:").map(str::to_owned)
        };
        aim.service.clone().or_else(of_task)
    }

    /// The one task that was asked for.
    pub fn judged_task(&self, aim: &Aim) -> Option<&'e StoppedTask> {
        self.stopped_task(aim.task.as_deref()?).known()
    }

    /// What the tasks run on: as it was given, as the service or the task has it, as the capacity providers' names say.
    pub fn launch_type(&self, aim: &Aim) -> Option<LaunchType> {
        let of_task = || self.judged_task(aim)?.launch_type.as_deref().and_then(launch_type);
        let of_service = || self.judged_service(aim)?.launch_type.as_deref().and_then(launch_type);
        let of_providers = || of_providers(&self.judged_service(aim)?.capacity_providers);
        let of_stopped =
            || self.stopped_tasks().find_map(|(_, task)| task.launch_type.as_deref().and_then(launch_type));
        aim.launch_type.or_else(of_task).or_else(of_service).or_else(of_stopped).or_else(of_providers)
    }

    /// Where the tasks are placed, as far as it is known.
    pub fn placement(&self, aim: &Aim) -> Placement {
        let launch_type = self.launch_type(aim);
        let definition = self.judged_definition(aim).map(|(_, definition)| definition);
        let given = aim.execution_role.as_deref().map(|role| self.role_arn(aim, role));
        let of_definition = || definition.and_then(|it| it.execution_role_arn.clone());
        let of_instances = || self.instance_profiles().find_map(|(_, profile)| profile.roles.first().cloned());
        let pulled_by_host = launch_type.is_some_and(|it| it.host().is_some());
        let sites = self.sites(aim);
        let mut subnets: Vec<String> = Vec::new();
        let mut security_groups: Vec<String> = Vec::new();
        for site in &sites {
            push_new(&mut subnets, &site.subnet);
            site.groups.iter().for_each(|group| push_new(&mut security_groups, group));
        }
        Placement {
            launch_type,
            cluster: aim.cluster.clone(),
            service: self.service_name(aim),
            task_definition: definition.map(|it| it.arn.clone()).or_else(|| self.definition_name(aim)),
            execution_role_arn: given.or_else(of_definition).or_else(|| pulled_by_host.then(of_instances).flatten()),
            task_role_arn: definition.and_then(|it| it.task_role_arn.clone()),
            subnets,
            security_groups,
            assign_public_ip: sites.iter().any(|site| site.public_ip),
        }
    }

    /// Each interface, or each kind of one, by which packets of a pull leave. On instances those of the tasks are none of
    /// them.
    pub fn sites(&self, aim: &Aim) -> Vec<Site> {
        if self.launch_type(aim).is_some_and(|it| it.host().is_some()) && aim.subnets.is_empty() {
            return self.instance_sites();
        }
        let (subnets, groups, public_ip) = self.of_tasks(aim);
        let site = |subnet: &String| Site { subnet: subnet.clone(), groups: groups.clone(), public_ip };
        subnets.iter().map(site).collect()
    }

    /// The subnets, the groups, and whether there is a public address, of tasks with an interface of their own.
    fn of_tasks(&self, aim: &Aim) -> (Vec<String>, Vec<String>, bool) {
        if !aim.subnets.is_empty() {
            return (aim.subnets.clone(), aim.security_groups.clone(), aim.assign_public_ip);
        }
        let service = self.judged_service(aim);
        let task = self.judged_task(aim);
        let interface = task.and_then(|task| self.interface(task.interface_id.as_deref()?).known());
        let subnets = match task.and_then(|task| task.subnet_id.clone()) {
            Some(subnet) => vec![subnet],
            None => service.map(|it| it.subnets.clone()).unwrap_or_default(),
        };
        let groups = interface.map(|it| it.groups.clone()).or_else(|| service.map(|it| it.groups.clone()));
        let public_ip = interface.map_or_else(
            || service.is_some_and(|service| service.assign_public_ip),
            |interface| interface.public_ip.is_some(),
        );
        (subnets, groups.unwrap_or_default(), public_ip)
    }

    /// Instances in the same subnet with the same groups are judged once.
    fn instance_sites(&self) -> Vec<Site> {
        let mut sites: Vec<Site> = Vec::new();
        for (_, Instance { subnet_id, groups, public_ip, .. }) in self.instances() {
            let site = Site { subnet: subnet_id.clone(), groups: groups.clone(), public_ip: public_ip.is_some() };
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
        sites
    }

    fn role_arn(&self, aim: &Aim, role: &str) -> String {
        if role.starts_with("arn:") {
            return role.to_owned();
        }
        let partition = Partition::of_region(&aim.region).name;
        let account = aim.account.as_deref().unwrap_or_default();
        Arn { partition, service: "iam", region: "", account, resource: &format!("role/{role}") }.to_string()
    }
}

impl Account<'_> {
    /// Whether EC2 says that there is no such security group. It says the same of another account's, which a task cannot
    /// have unless its VPC is shared; then the group is visible.
    pub fn is_no_group(&self, id: &str) -> bool {
        let says_so =
            |hidden: &Hidden| matches!(&hidden.why, Why::Refused { code, .. } if code == "InvalidGroup.NotFound");
        match self.security_group(id) {
            Seen::Absent(_) => true,
            Seen::Hidden(_, hidden) => says_so(hidden),
            Seen::Known(..) | Seen::NotAsked => false,
        }
    }

    /// The platform of the tasks, where their definition says it; Fargate's own default is linux/amd64 (ECS Developer
    /// Guide, "Task definition parameters", runtimePlatform).
    pub fn platform(&self, aim: &Aim) -> Option<String> {
        let (_, definition) = self.judged_definition(aim)?;
        let platform = platform(definition, self.launch_type(aim) == Some(LaunchType::Fargate));
        platform.map(str::to_owned)
    }
}

/// The platform of a definition's tasks. Images of Windows must fit its release too, which a platform does not tell.
pub fn platform(definition: &TaskDefinition, is_fargate: bool) -> Option<&'static str> {
    match definition.cpu_architecture.as_deref() {
        _ if is_of_windows(definition) => None,
        Some("ARM64") => Some("linux/arm64"),
        Some(_) => Some("linux/amd64"),
        None => is_fargate.then_some("linux/amd64"),
    }
}

/// Whether its tasks run on Windows.
pub fn is_of_windows(definition: &TaskDefinition) -> bool {
    definition.operating_system.as_deref().is_some_and(|system| !system.eq_ignore_ascii_case("LINUX"))
}

/// What a service's tasks run on, by the service alone.
pub fn launch_type_of(service: &Service) -> Option<LaunchType> {
    service.launch_type.as_deref().and_then(launch_type).or_else(|| of_providers(&service.capacity_providers))
}

fn launch_type(name: &str) -> Option<LaunchType> {
    match name {
        "FARGATE" => Some(LaunchType::Fargate),
        "EC2" => Some(LaunchType::Ec2),
        "EXTERNAL" => Some(LaunchType::External),
        "MANAGED_INSTANCES" => Some(LaunchType::ManagedInstances),
        _ => None,
    }
}

/// AWS's own two are Fargate's; any other is an Auto Scaling group's (Amazon ECS Developer Guide, "Amazon ECS capacity
/// providers"), or one of managed instances, of which tasks tell.
fn of_providers(providers: &[String]) -> Option<LaunchType> {
    let is_fargate = |name: &String| name == "FARGATE" || name == "FARGATE_SPOT";
    let all = if providers.iter().all(is_fargate) { LaunchType::Fargate } else { LaunchType::Ec2 };
    (!providers.is_empty()).then_some(all)
}

fn push_new(ids: &mut Vec<String>, id: &str) {
    if !ids.iter().any(|known| known == id) {
        ids.push(id.to_owned());
    }
}
