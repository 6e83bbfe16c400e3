//! Has the check done in every subnet, side by side, by functions that stand there or by tasks that are run there.

mod errand;
mod function;
mod task;

use std::cell::Cell;

pub use errand::{Came, End, Errand, NoReport, Stop};

use super::side_by_side::side_by_side;
use crate::edge::Remote;
use crate::model::facts::Fact;
use crate::model::to_thousandths;
use crate::sweep::{Assigned, Assignment, Candidate, TaskOrder};

/// Finds the functions that may stand in the subnets: those that are named, or else those with the tag. `Hidden` where the
/// tags cannot be read.
pub async fn candidates<M: Remote>(remote: &M, subnets: &[String], named: &[String]) -> Fact<Vec<Candidate>> {
    if !named.is_empty() {
        let all = side_by_side(
            named.iter().map(async |name| Candidate { subnet: None, function: remote.function(name).await }),
        );
        return Fact::Known(all.await);
    }
    match remote.tagged(subnets).await {
        Fact::Known(tagged) => {
            let all = side_by_side(tagged.iter().map(async |it| Candidate {
                subnet: Some(it.subnet.clone()),
                function: remote.function(&it.arn).await,
            }));
            Fact::Known(all.await)
        }
        Fact::Hidden(hidden) => Fact::Hidden(hidden),
        Fact::Absent => Fact::Absent,
    }
}

/// Carries out every assignment, side by side; `done` counts those that have ended.
pub async fn carry_out<M: Remote>(
    remote: &M,
    assignments: &[Assignment],
    errand: &Errand,
    done: &Cell<usize>,
    stop: &Stop,
) -> Vec<Came> {
    let all = assignments.iter().enumerate().map(async |(nth, assignment)| {
        let began_ms = remote.elapsed_ms();
        let subnet = &assignment.subnet;
        let came = match &assignment.to {
            Assigned::Nothing(obstacle) => Came::new(subnet, None, End::Not(obstacle.clone())),
            Assigned::Function(function) => function::ask(remote, function, subnet, errand, stop.clone()).await,
            Assigned::Task => task::run(remote, &order(errand, subnet, nth), errand, stop.clone()).await,
        };
        done.set(done.get() + 1);
        Came { took_ms: to_thousandths(remote.elapsed_ms() - began_ms), ..came }
    });
    side_by_side(all).await
}

/// The task of one subnet. Its token is its own, so that the same request again starts no other task.
fn order(errand: &Errand, subnet: &str, nth: usize) -> TaskOrder {
    let name = format!("{}-{nth}", errand.name);
    TaskOrder { subnet: subnet.to_owned(), started_by: name.clone(), token: name, ..errand.task.clone() }
}
