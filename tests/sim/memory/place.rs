//! Where the probe stands in a simulated world.

use ecr_probe::edge::{Edge, TaskMetadata};
use ecr_probe::model::outcome::CredentialsOutcome;
use ecr_probe::model::{Act, Vantage};
use ecr_probe::ranges::Cidr;

use super::super::service::{CLUSTER, FAMILY, METADATA_PATH, Place, task_arn};
use super::super::world::{ACCOUNT, CredentialKind, Mode, NOW};
use super::MemoryEdge;

impl MemoryEdge {
    /// Where the probe stands, as task metadata would tell.
    pub fn vantage(&self) -> Vantage {
        let world = self.world();
        let task = (world.mode == Mode::Task).then_some(world);
        Vantage {
            mode: world.mode.into(),
            region: Some(world.region().to_owned()),
            account: task.map(|_| ACCOUNT.to_owned()),
            principal_arn: None,
            task_arn: task.map(task_arn),
            cluster: task.map(|_| CLUSTER.to_owned()),
            family: task.map(|_| FAMILY.to_owned()),
            service: None,
            az: task.map(|world| format!("{}a", world.region())),
            subnet_id: None,
            subnet_cidr: task.map(|world| world.vpc.subnet().to_string()),
            dns_servers: self.name_servers(),
            unknown: Vec::new(),
        }
    }

    /// What task metadata tells besides, by the probe's own reader.
    pub fn facts(&self) -> Vec<Act> {
        let world = self.world();
        let place = Place { subnet: world.vpc.subnet(), name_servers: world.vpc.name_servers() };
        let reply = self.services().task_answer(&format!("{METADATA_PATH}/task"), &place, NOW);
        let task = (world.mode == Mode::Task).then_some(reply);
        task.and_then(|reply| TaskMetadata::parse(&reply.body)).map(|task| task.facts).unwrap_or_default()
    }

    /// What the credential chain comes upon.
    pub(super) fn found_credentials(&self) -> CredentialsOutcome {
        let found = |source: &str| CredentialsOutcome::Found { source: source.into() };
        match self.world().credentials.kind {
            CredentialKind::Keys => found("environment variables"),
            kind if kind.exist() && self.world().mode == Mode::Host => found("environment variables"),
            CredentialKind::TaskRole | CredentialKind::Invalid | CredentialKind::Expired => {
                found("container credentials")
            }
            CredentialKind::None | CredentialKind::NoTaskRole => CredentialsOutcome::Missing,
            CredentialKind::EndpointNotFound => CredentialsOutcome::Failed {
                reason:
                    "an error occurred while loading credentials: Non-success status from HTTP credential provider: \
                         StatusCode(404)"
                        .into(),
            },
        }
    }

    pub(super) fn own_subnets(&self) -> Vec<Cidr> {
        let subnet = (self.world().mode == Mode::Task).then(|| self.world().vpc.subnet().to_string());
        subnet.iter().filter_map(|text| Cidr::parse(text).ok()).collect()
    }
}
