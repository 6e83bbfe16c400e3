//! The configuration, arranged and worked out: what the rules of an audit look at.

use super::asked::Asked;
use super::walk::{self, Walk};
use super::{blame, requests};
use crate::account::{Account, Aim};
use crate::config::FixForm;
use crate::model::{Does, Hop, HopKind, Passes, Path, Placement};
use crate::path::{self, Reason};

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
        let place = walk::place(&walk.site, &self.account, &self.aim);
        let mut path = path::path(&place, az, walk.needed.role, &walk.destination, &walk.walked);
        // What has to be changed may be beside the way that the packets take, as an endpoint without private DNS.
        for fault in walk.walked.stopped_by().iter().rev() {
            let ids = blame::all_resources(&[&fault.blocker]);
            let is_shown = path.hops.iter().any(|hop| hop.does == Does::Blocks && ids.contains(&hop.id));
            if let (false, Some(id)) = (is_shown, ids.first()) {
                let by = path::by(&Reason::Blocks(fault.blocker.clone(), fault.extent));
                path.hops.insert(0, Hop { kind: HopKind::of_id(id), id: id.clone(), does: Does::Blocks, by });
            }
        }
        path
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
