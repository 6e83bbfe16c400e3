//! Auditing the simulated account of a world, in memory.

use std::time::Duration;

use ecr_probe::account::Aim;
use ecr_probe::config::FixForm;
use ecr_probe::model::{Report, Timestamp};
use ecr_probe::run;

use crate::sim::account::{CLUSTER, SERVICE};
use crate::sim::world::{ACCOUNT, NOW};
use crate::sim::{Account, World};

/// As long as `audit` takes at the most.
const BUDGET: Duration = Duration::from_secs(60);

/// What `ecr-probe audit --cluster … --service …` reports of the world's service.
pub fn audit(world: &World) -> Report {
    audit_account(&Account::of(world), &aim(world))
}

/// The service of a world.
pub fn aim(world: &World) -> Aim {
    Aim {
        region: world.region().to_owned(),
        account: Some(ACCOUNT.to_owned()),
        cluster: Some(CLUSTER.to_owned()),
        service: Some(SERVICE.to_owned()),
        ..Aim::default()
    }
}

/// The same of an account that no world makes.
pub fn audit_account(account: &Account, aim: &Aim) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let reading = run::audit::audit(account, aim, None, Timestamp(NOW), BUDGET, std::future::pending());
    run::judge_for(runtime.block_on(reading), FixForm::Cli)
}
