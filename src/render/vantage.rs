//! Where the probe stands.

use crate::diagnose::is_another_function;
use crate::model::{Blank, Command, LaunchType, Mode, Vantage};

/// Where the probe stands, in one line.
pub fn vantage(vantage: &Vantage) -> String {
    let mut parts: Vec<String> = vantage.function.iter().map(|name| format!("function {name}")).collect();
    if let Some(subnet) = &vantage.subnet_id {
        parts.push(subnet.clone());
    } else if let Some(cidr) = &vantage.subnet_cidr {
        parts.push(format!("subnet {cidr}"));
    }
    match vantage.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next()) {
        Some(task) => parts.push(format!("task {task}{}", platform(vantage))),
        None if vantage.mode == Mode::Audit => parts.push(audited(vantage)),
        None if vantage.function.is_some() => {}
        None => parts.push(vantage.mode.name().to_owned()),
    }
    parts.extend(vantage.az.clone().or_else(|| vantage.region.clone()));
    parts.extend(vantage.principal_arn.as_ref().map(|arn| format!("as {arn}")));
    parts.join(" · ")
}

/// As whom a task pulls, in one line, where a Lambda function asked as another.
pub fn another_role(vantage: &Vantage) -> Option<String> {
    if !is_another_function(vantage) {
        return None;
    }
    let audit = Command::of("ecr-probe audit").region(vantage.region.as_deref().unwrap_or("REGION"));
    let audit = audit.option("--cluster", Blank::CLUSTER).option("--service", Blank::SERVICE_NAME);
    let audit = audit.shell().unwrap_or_else(|| "ecr-probe audit".to_owned());
    Some(format!(
        "a task pulls with its execution role, and this function with its own role; to judge the execution role, run {audit}"
    ))
}

/// Whose configuration it is.
fn audited(vantage: &Vantage) -> String {
    match (&vantage.service, &vantage.cluster) {
        (Some(service), Some(cluster)) => {
            format!("service {service} of cluster {}", cluster.rsplit('/').next().unwrap_or(cluster))
        }
        _ => "the configuration".to_owned(),
    }
}

/// What the task runs on, where it is not Fargate.
fn platform(vantage: &Vantage) -> String {
    let Some(launch_type) = vantage.launch_type.filter(|it| *it != LaunchType::Fargate) else { return String::new() };
    let mode = vantage.network_mode.map(|mode| format!(" ({})", mode.name())).unwrap_or_default();
    format!(" on {}{mode}", launch_type.title())
}

/// Who pulls, in one line, where it is not the task itself.
pub fn puller(vantage: &Vantage) -> Option<String> {
    let host = vantage.host()?;
    let managed = vantage.launch_type == Some(LaunchType::ManagedInstances);
    let role = if managed { "as the execution role" } else { "as the execution role, or as its own without one" };
    let itself = if managed { "" } else { ", or on the instance itself" };
    Some(if vantage.shares_the_network_of_the_pull() {
        format!("{host} pulls, over the network that this task shares, with its own proxy and trusted roots, {role}")
    } else {
        format!(
            "{host} pulls, over its own interface, resolver and proxy, {role}: to check that, run ecr-probe in a task with networkMode host{itself}"
        )
    })
}
