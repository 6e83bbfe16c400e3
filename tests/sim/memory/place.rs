//! Where the probe stands in a simulated world.

use ecr_probe::edge::Edge;
use ecr_probe::model::Vantage;
use ecr_probe::ranges::Cidr;

use super::super::service::{CLUSTER, FAMILY, task_arn};
use super::super::world::{ACCOUNT, Mode};
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

    pub(super) fn own_subnets(&self) -> Vec<Cidr> {
        let subnet = (self.world().mode == Mode::Task).then(|| self.world().vpc.subnet().to_string());
        subnet.iter().filter_map(|text| Cidr::parse(text).ok()).collect()
    }
}
