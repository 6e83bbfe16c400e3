//! Where the probe stands.

use crate::model::Vantage;

/// Where the probe stands, in one line.
pub fn vantage(vantage: &Vantage) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(subnet) = &vantage.subnet_id {
        parts.push(subnet.clone());
    } else if let Some(cidr) = &vantage.subnet_cidr {
        parts.push(format!("subnet {cidr}"));
    }
    match vantage.task_arn.as_deref().and_then(|arn| arn.rsplit('/').next()) {
        Some(task) => parts.push(format!("task {task}")),
        None => parts.push(vantage.mode.name().to_owned()),
    }
    parts.extend(vantage.az.clone().or_else(|| vantage.region.clone()));
    parts.extend(vantage.principal_arn.as_ref().map(|arn| format!("as {arn}")));
    parts.join(" · ")
}
