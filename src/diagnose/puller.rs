//! Who pulls. A finding is made by the probe, as the role that it has and over the network that it stands in; where a pull
//! goes as another or by another way, it says less.

use super::Case;
use super::images::images_of;
use super::principal::Principal;
use crate::model::{EvidenceId, Finding, Mode, NetworkMode, Observation, Stage, Strength, Vantage};

/// Families of codes about the way to a host: names, routes, filters, endpoints and the limits of an address.
const OF_THE_WAY: [&str; 12] = ["DNS", "RTE", "SG", "ACL", "MTU", "TLS", "PRX", "VPE", "CFG", "PUB", "HUB", "SLOW"];

/// Of these, what depends on settings of the client: trusted roots and proxies.
const OF_SETTINGS: [&str; 2] = ["TLS", "PRX"];

/// Holds a finding about the container's way, or its settings, to be likely at most where the host pulls by its own.
pub fn cap(vantage: &Vantage, finding: &mut Finding) {
    let Some(host) = vantage.host() else { return };
    let family = finding.code.id().split('-').next().unwrap_or_default();
    // An image's name, and with it the Region and the registry in it, is the same from anywhere.
    if finding.stage == Stage::Reference || !OF_THE_WAY.contains(&family) {
        return;
    }
    let why = if !vantage.shares_the_network_of_the_pull() {
        let own = match vantage.network_mode {
            Some(NetworkMode::Bridge) => "without the container's bridge",
            _ => "over an interface of its own",
        };
        format!("{host} pulls {own}, where this may differ")
    } else if OF_SETTINGS.contains(&family) {
        format!("{host} pulls with its own trusted roots and proxy settings")
    } else {
        return;
    };
    finding.strength = finding.strength.min(Strength::Likely);
    finding.reason = format!("{}; {why}", finding.reason);
}

/// Whose a denial is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That of the role that pulls, or of one that was asked for on purpose.
    Puller,
    /// That of a container's role, beside which the execution role has pulled the task's images.
    Container,
    /// That of a Lambda function's role: nothing was asked as the execution role of any task.
    Function,
}

/// Whose role was denied, if `principal` was. In a task the execution role pulls, which no container can see:
/// its own role is another, unless the settings say so or the image was named to the probe, which is then asked for on
/// purpose with the role that it was given. A function's role is another too, unless the settings say that it is the same.
pub fn whose(case: &Case<'_>, denials: &[&Observation], principal: &Principal<'_>) -> Whose {
    let other = match case.vantage.mode {
        Mode::Task => Whose::Container,
        Mode::Lambda => Whose::Function,
        Mode::Host | Mode::Audit => return Whose::Puller,
    };
    match case.vantage.execution_role.as_deref().and_then(|role| principal.is(role)) {
        Some(true) => Whose::Puller,
        Some(false) => other,
        None if other == Whose::Container && !are_of_the_task(case, denials) => Whose::Puller,
        None => other,
    }
}

/// Whether the probe is a Lambda function and asks as another role than the one that pulls, as far as is known: then it
/// proves the permissions of no task.
pub fn is_another_function(vantage: &Vantage) -> bool {
    let principal = Principal::of(vantage.principal_arn.as_deref());
    let is_puller = vantage.execution_role.as_deref().and_then(|role| principal.is(role));
    vantage.mode == Mode::Lambda && is_puller != Some(true)
}

/// Whether these observations are about images of the task that the probe runs in, which were pulled when it started.
pub fn are_of_the_task(case: &Case<'_>, observations: &[&Observation]) -> bool {
    let ids: Vec<EvidenceId> = observations.iter().map(|it| it.id).collect();
    let images = images_of(case.whole, &ids);
    case.vantage.mode == Mode::Task
        && images.iter().all(|image| case.vantage.task_images.iter().any(|own| own == image))
}
