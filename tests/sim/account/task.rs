//! The service, its task definition, its stopped tasks, and what their start needs.

use std::collections::BTreeMap;

use ecr_probe::model::Role;
use ecr_probe::model::facts::{
    self, ContainerFact, ContainerInstance, Instance, KmsKey, LogGroup, Parameter, Secret, SecretReference,
    StoppedContainer, StoppedTask, TaskDefinition,
};

use super::super::service::stopped_task_arn;
use super::super::world::{LaunchType, NetworkMode, Service, World};
use super::*;

const AWSLOGS: &str = "awslogs";
const RUNNING: &str = "RUNNING";
pub(super) const STOPPED: &str = "STOPPED";

/// The services that the task's start asks beside its images.
pub(super) fn starts_with(world: &World) -> Vec<Service> {
    let logs = (log_driver(world).as_deref() == Some(AWSLOGS)).then_some(Service::Logs);
    let of_secret = |from: &String| if is_secret(from) { Service::SecretsManager } else { Service::Ssm };
    let mut services: Vec<Service> = world.account.secrets.iter().map(of_secret).collect();
    let login = world.account.repository_credentials.as_ref();
    services.extend(login.map(|_| Service::SecretsManager));
    services.extend(logs);
    services.sort();
    services.dedup();
    services
}

fn is_secret(from: &str) -> bool {
    from.contains(":secretsmanager:")
}

/// The endpoints have IPv4 addresses alone, so that a subnet without IPv4 does without.
fn log_driver(world: &World) -> Option<String> {
    let default = !world.vpc.ipv6_only || world.also.contains(&Role::Logs);
    world.account.log_driver.clone().or_else(|| default.then(|| AWSLOGS.to_owned()))
}

/// Whether the task runs on container instances of the account's own.
pub(super) fn is_on_instances(world: &World) -> bool {
    matches!(world.task.launch_type, LaunchType::Ec2 | LaunchType::ManagedInstances)
}

pub(super) fn add(account: &mut Account, world: &World) {
    add_service(account, world);
    add_task_definition(account, world);
    add_tasks(account, world);
    add_start(account, world);
    if is_on_instances(world) {
        add_instance(account, world);
    }
}

fn task_definition_arn(world: &World) -> String {
    arn(world.region(), "ecs", &format!("task-definition/{FAMILY}:7"))
}

fn container_instance(world: &World) -> String {
    arn(world.region(), "ecs", &format!("container-instance/{CLUSTER}/{CONTAINER_INSTANCE_ID}"))
}

fn launch_type(world: &World) -> &'static str {
    match world.task.launch_type {
        LaunchType::Fargate => "FARGATE",
        LaunchType::Ec2 => "EC2",
        LaunchType::External => "EXTERNAL",
        LaunchType::ManagedInstances => "MANAGED_INSTANCES",
    }
}

fn add_service(account: &mut Account, world: &World) {
    let region = world.region();
    let own_interface = world.task.network_mode == NetworkMode::Awsvpc;
    let subnets = account.subnets.iter().map(|it| it.id.clone());
    let subnets = subnets.filter(|id| own_interface && TASK_SUBNETS.contains(&id.as_str())).collect();
    let is_fargate = world.task.launch_type == LaunchType::Fargate;
    account.services.push(facts::Service {
        name: SERVICE.to_owned(),
        arn: arn(region, "ecs", &format!("service/{CLUSTER}/{SERVICE}")),
        cluster: cluster_arn(region),
        launch_type: Some(launch_type(world).to_owned()),
        capacity_providers: Vec::new(),
        task_definition: task_definition_arn(world),
        subnets,
        groups: if own_interface { vec![TASK_GROUP.to_owned()] } else { Vec::new() },
        assign_public_ip: is_fargate && own_interface && world.vpc.public_ip,
        platform_version: is_fargate.then(|| "1.4.0".to_owned()),
        desired: 1,
        running: i64::from(world.account.stopped.is_empty()),
        events: world.account.events.clone(),
    });
}

fn add_task_definition(account: &mut Account, world: &World) {
    let keys = &world.account;
    let region = world.region();
    let mut log_options = BTreeMap::new();
    let log_driver = log_driver(world);
    if log_driver.as_deref() == Some(AWSLOGS) {
        for (key, value) in
            [("awslogs-group", LOG_GROUP), ("awslogs-region", region), ("awslogs-stream-prefix", "writer")]
        {
            log_options.insert(key.to_owned(), value.to_owned());
        }
        if keys.create_log_group {
            log_options.insert("awslogs-create-group".to_owned(), "true".to_owned());
        }
    }
    let reference =
        |(from, nth): (&String, i32)| SecretReference { name: format!("SECRET_{nth}"), value_from: from.clone() };
    // The service that is audited has the image, whatever task the probe stands in.
    let images = std::iter::once(world.reference());
    let containers = images.chain(world.image.sidecars.iter().cloned()).zip(0..).map(|(image, nth)| ContainerFact {
        name: if nth == 0 { "writer".to_owned() } else { format!("sidecar-{nth}") },
        image,
        repository_credentials: keys.repository_credentials.clone().filter(|_| nth == 0),
        secrets: if nth == 0 { keys.secrets.iter().zip(1..).map(reference).collect() } else { Vec::new() },
        environment_files: Vec::new(),
        log_driver: log_driver.clone(),
        log_options: log_options.clone(),
    });
    let network_mode = match world.task.network_mode {
        NetworkMode::Awsvpc => "awsvpc",
        NetworkMode::Bridge => "bridge",
        NetworkMode::Host => "host",
    };
    account.task_definitions.push(TaskDefinition {
        arn: task_definition_arn(world),
        execution_role_arn: keys.has_execution_role.then(|| permissions::execution_role(world)),
        task_role_arn: Some(permissions::task_role(world)),
        network_mode: Some(network_mode.to_owned()),
        cpu_architecture: keys.cpu_architecture.clone(),
        operating_system: Some("LINUX".to_owned()),
        compatibilities: vec![launch_type(world).to_owned()],
        containers: containers.collect(),
    });
}

/// Those that stopped; where none did, the one that runs.
fn add_tasks(account: &mut Account, world: &World) {
    let own_interface = world.task.network_mode == NetworkMode::Awsvpc;
    let task = |nth: usize, reason: Option<&String>| StoppedTask {
        arn: stopped_task_arn(world.region(), nth),
        task_definition: task_definition_arn(world),
        group: Some(format!("service:{SERVICE}")),
        launch_type: Some(launch_type(world).to_owned()),
        last_status: reason.map_or(RUNNING, |_| STOPPED).to_owned(),
        stop_code: reason.map(|_| "TaskFailedToStart".to_owned()),
        reason: reason.cloned(),
        stopped_at: reason.map(|_| "2026-11-23T13:50:00Z".to_owned()),
        containers: vec![StoppedContainer { name: "writer".to_owned(), reason: None }],
        subnet_id: own_interface.then(|| TASK_SUBNETS[0].to_owned()),
        interface_id: None,
        container_instance: is_on_instances(world).then(|| container_instance(world)),
    };
    let stopped = &world.account.stopped;
    account.tasks.extend(stopped.iter().enumerate().map(|(nth, reason)| task(nth, Some(reason))));
    account.tasks.extend(stopped.is_empty().then(|| task(0, None)));
}

fn add_start(account: &mut Account, world: &World) {
    let keys = &world.account;
    if keys.log_group_exists {
        account.log_groups.push((format!("{} {LOG_GROUP}", world.region()), LogGroup { name: LOG_GROUP.to_owned() }));
    }
    let named = keys.secrets.iter().chain(&keys.repository_credentials);
    for from in named.filter(|it| !keys.missing_secrets.contains(it)) {
        if is_secret(from) {
            account.secrets.push(Secret {
                arn: whole_secret(from),
                kms_key: keys.secret_key.clone(),
                deleted: keys.deleted_secrets.contains(from),
            });
        } else {
            let name = from.split_once(":parameter").map_or(from.as_str(), |(_, name)| name);
            let kind = if keys.secret_key.is_some() { "SecureString" } else { "String" };
            let kms_key = keys.secret_key.clone();
            let parameter = Parameter { name: name.to_owned(), kind: kind.to_owned(), kms_key };
            account.parameters.push((from.clone(), parameter));
        }
    }
    account.kms_keys.extend(keys.secret_key.clone().map(|arn| KmsKey {
        arn,
        state: keys.secret_key_state.clone().unwrap_or_else(|| "Enabled".to_owned()),
        aws_managed: false,
        policy: Some(format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"kms:*","Resource":"*"}}]}}"#,
            super::arn(world.region(), "iam", "root")
        )),
    }));
}

/// The ARN without JSON key, version stage and version: seven fields.
fn whole_secret(from: &str) -> String {
    from.split(':').take(7).collect::<Vec<_>>().join(":")
}

fn add_instance(account: &mut Account, world: &World) {
    account.container_instances.push(ContainerInstance {
        arn: container_instance(world),
        instance_id: INSTANCE.to_owned(),
        agent_connected: true,
    });
    account.instances.push(Instance {
        id: INSTANCE.to_owned(),
        subnet_id: TASK_SUBNETS[0].to_owned(),
        vpc_id: VPC.to_owned(),
        groups: vec![TASK_GROUP.to_owned()],
        public_ip: world.vpc.public_ip.then(|| "198.51.100.20".to_owned()),
        profile_arn: Some(permissions::instance_profile(world)),
    });
}
