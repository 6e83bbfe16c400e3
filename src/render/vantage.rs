//! Where the probe stands.

use crate::model::{LaunchType, Mode, Vantage};

/// Where the probe stands, in one line.
pub fn vantage(vantage: &Vantage) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(subnet) = &vantage.subnet_id {
        parts.push(subnet.clone());
    } else if let Some(cidr) = &vantage.subnet_cidr {
        parts.push(format!("subnet {cidr}"));
    }
    match vantage.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next()) {
        Some(task) => parts.push(format!("task {task}{}", platform(vantage))),
        None if vantage.function.is_some() => {
            parts.extend(vantage.function.as_ref().map(|function| format!("function {function}")));
        }
        None if vantage.mode == Mode::Audit => parts.push(audited(vantage)),
        None => parts.push(vantage.mode.name().to_owned()),
    }
    parts.extend(vantage.az.clone().or_else(|| vantage.region.clone()));
    parts.extend(vantage.principal_arn.as_ref().map(|arn| format!("as {arn}")));
    parts.join(" · ")
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
