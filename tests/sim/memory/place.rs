//! Where the probe stands in a simulated world.

use ecr_probe::edge::{Edge, TaskMetadata};
use ecr_probe::model::outcome::CredentialsOutcome;
use ecr_probe::model::{Act, Vantage};
use ecr_probe::ranges::Cidr;

use super::super::service::{METADATA_PATH, Place};
use super::super::world::{ACCOUNT, CredentialKind, Function, Mode, NOW};
use super::MemoryEdge;

impl MemoryEdge {
    /// Where the probe stands, as task metadata tells, by the probe's own reader.
    pub fn vantage(&self) -> Vantage {
        let world = self.world();
        let mut vantage = Vantage {
            mode: world.mode.into(),
            region: Some(world.region().to_owned()),
            dns_servers: self.name_servers(),
            execution_role: world.task.execution_role.clone(),
            ..Vantage::default()
        };
        if let Some(task) = self.task_metadata() {
            task.describe(&mut vantage);
        }
        if world.mode == Mode::Lambda {
            let Function { name, subnet_id, security_groups, memory_mb, assign_public_ip, .. } = &world.function;
            // Its own ARN comes with every invocation.
            vantage.account = Some(ACCOUNT.to_owned());
            vantage.function = Some(name.clone());
            vantage.subnet_id.clone_from(subnet_id);
            vantage.security_groups.clone_from(security_groups);
            vantage.function_memory_mb = *memory_mb;
            vantage.assign_public_ip = *assign_public_ip;
        }
        vantage
    }

    /// What task metadata tells besides.
    pub fn facts(&self) -> Vec<Act> {
        self.task_metadata().map(|task| task.facts).unwrap_or_default()
    }

    pub fn task_metadata(&self) -> Option<TaskMetadata> {
        let world = self.world();
        let place = Place { subnet: world.vpc.subnet(), name_servers: world.vpc.name_servers() };
        let reply = self.services().task_answer(&format!("{METADATA_PATH}/task"), &place, NOW);
        let task = TaskMetadata::parse(&reply.body).expect("the simulator writes task metadata");
        (world.mode == Mode::Task).then_some(task)
    }

    /// What the credential chain comes upon.
    pub(super) fn found_credentials(&self) -> CredentialsOutcome {
        let found = |source: &str| CredentialsOutcome::Found { source: source.into() };
        match self.world().credentials.kind {
            CredentialKind::Keys => found("environment variables"),
            kind if kind.exist() && self.world().mode != Mode::Task => found("environment variables"),
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
        self.task_metadata().map(|task| task.own_subnets()).unwrap_or_default()
    }
}
