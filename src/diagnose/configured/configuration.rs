//! The configuration, arranged and worked out: what the rules of an audit look at.

use super::asked::Asked;
use super::requests;
use super::walk::{self, Walk};
use crate::account::{Account, Aim};
use crate::config::FixForm;
use crate::model::{Passes, Path, Placement};
use crate::path;

/// The configuration, with all that was worked out of it.
#[derive(Debug)]
pub struct Configuration<'e> {
    /// The facts.
    pub account: Account<'e>,
    /// Where the tasks are placed.
    pub placement: &'e Placement,
    /// What the audit is about.
    pub aim: Aim,
    /// In which form fixes are printed.
    pub form: FixForm,
    /// From each place to each service.
    pub walks: Vec<Walk>,
    /// Each request of the pull and of the start, with what IAM decides.
    pub requests: Vec<Asked>,
}

impl<'e> Configuration<'e> {
    /// Works out every path and every permission.
    pub fn new(account: Account<'e>, placement: &'e Placement, aim: Aim, form: FixForm) -> Self {
        let walks = walk::walks(&account, &aim);
        let requests = requests::of(&account, placement, &aim, &walks);
        Configuration { account, placement, aim, form, walks, requests }
    }

    /// The subnets, where they are not all that packets leave from.
    pub fn places(&self, subnets: &[String]) -> Option<Vec<String>> {
        let is_everywhere = self.placement.subnets.iter().all(|subnet| subnets.contains(subnet));
        (!is_everywhere).then(|| subnets.to_vec())
    }

    /// The VPC of the first subnet that is known.
    pub fn vpc(&self) -> Option<&'e str> {
        let subnets = &self.placement.subnets;
        subnets.iter().find_map(|id| Some(self.account.subnet(id).known()?.vpc_id.as_str()))
    }

    /// The paths as a report shows them.
    pub fn paths(&self) -> Vec<Path> {
        self.walks.iter().map(|walk| self.path(walk)).collect()
    }

    fn path(&self, walk: &Walk) -> Path {
        let az = self.account.subnet(&walk.site.subnet).known().map(|subnet| subnet.az.clone());
        path::path(
            &walk::place(&walk.site, &self.account, &self.aim),
            az,
            walk.needed.role,
            &walk.destination,
            &walk.walked,
        )
    }

    /// Whether the task role could pull, which never does.
    pub fn task_role_would_do(&self) -> bool {
        let Some(arn) = &self.placement.task_role_arn else { return false };
        Some(arn) != self.placement.execution_role_arn.as_ref() && requests::may_pull(&self.account, &self.aim, arn)
    }

    /// Whether every path and every permission that is needed is known to be sound.
    pub fn is_sound(&self) -> bool {
        let pass = self.walks.iter().all(|walk| walk.walked.passes == Passes::Yes);
        pass && self.requests.iter().all(Asked::is_allowed) && !self.walks.is_empty()
    }
}
