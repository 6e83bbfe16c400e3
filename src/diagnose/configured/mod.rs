//! What the account's configuration comes to: every path and every permission of the pull, and findings of what stops it.
//!
//! The facts prove what packets only make likely: each finding here names the resource, and what it cites is the proof.

mod asked;
mod blamed;
mod concerned;
mod gateways;
mod image;
mod join;
mod network;
mod network_repair;
mod permission;
mod permission_repair;
mod permission_words;
mod requests;
mod resolver;
mod role;
mod start;
mod unknown;
mod words;

use crate::account::{Account, Aim, Needed, Site};
use crate::aws::{Service, Variant};
use crate::config::FixForm;
use crate::diagnose::{Draft, Rule};
use crate::model::{Does, Hop, HopKind, LaunchType, Passes, Path, Placement, Role};
use crate::path::{self, Destination, Network, Place, Reason, Sender, Walked};

pub use self::asked::{Asked, Request};
pub use self::join::join;
pub use self::unknown::{not_judged, unknown, unseen};

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

/// One way that packets take, or do not.
#[derive(Debug)]
pub struct Walk {
    /// Where they leave.
    pub site: Site,
    /// What they are to reach.
    pub needed: Needed,
    /// Where its name leads.
    pub destination: Destination,
    /// What becomes of them.
    pub walked: Walked,
}

impl<'e> Configuration<'e> {
    /// Works out every path and every permission.
    pub fn new(account: Account<'e>, placement: &'e Placement, aim: Aim, form: FixForm) -> Self {
        let walks = walks(&account, &aim);
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
        let place = place(&walk.site, &self.account, &self.aim);
        let mut path = path::path(&place, az, walk.needed.role, &walk.destination, &walk.walked);
        // What has to be changed may be beside the way that the packets take, as an endpoint without private DNS.
        for fault in walk.walked.stopped_by().iter().rev() {
            let ids = blamed::all_resources(&[&fault.blocker]);
            let is_shown = path.hops.iter().any(|hop| hop.does == Does::Blocks && ids.contains(&hop.id));
            if let (false, Some(id)) = (is_shown, ids.first()) {
                let by = path::by(&Reason::Blocks(fault.blocker.clone(), fault.extent));
                path.hops.insert(0, Hop { kind: HopKind::of_id(id), id: id.clone(), does: Does::Blocks, by });
            }
        }
        path
    }

    /// Findings, each with the rule whose code it has.
    pub fn drafts(&self) -> Vec<(&'static Rule, Draft)> {
        let mut drafts = network::drafts(self);
        drafts.extend(permission::drafts(self));
        drafts.extend(image::drafts(self));
        drafts.extend(start::drafts(self));
        drafts.extend(resolver::drafts(self));
        drafts
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

fn walks(account: &Account<'_>, aim: &Aim) -> Vec<Walk> {
    let network = Network::of(account);
    let needed = account.needed(aim);
    let mut walks = Vec::new();
    for site in account.sites(aim) {
        let place = place(&site, account, aim);
        for needed in &needed {
            let needed = &asked_from(&site, needed, account);
            let destination = network.destination(&place, &needed.host, 443);
            let walked = network.walk(&place, &destination);
            walks.push(Walk { site: site.clone(), needed: needed.clone(), destination, walked });
        }
    }
    walks
}

/// From a subnet without IPv4 what pulls asks the API's dual-stack host (ECS Developer Guide, "Using a VPC in IPv6-only
/// mode").
fn asked_from(site: &Site, needed: &Needed, account: &Account<'_>) -> Needed {
    let is_ipv6_only = account.subnet(&site.subnet).known().is_some_and(|subnet| subnet.cidr.is_none());
    match needed.region.as_deref().filter(|_| is_ipv6_only && needed.role == Role::EcrApi) {
        Some(region) => {
            let variant = Variant { dual_stack: true, ..Variant::default() };
            Needed { host: Service::EcrApi.host(region, variant), ..needed.clone() }
        }
        None => needed.clone(),
    }
}

fn place(site: &Site, account: &Account<'_>, aim: &Aim) -> Place {
    let definition = account.judged_definition(aim).map(|(_, definition)| definition);
    let is_windows = definition
        .and_then(|it| it.operating_system.as_deref())
        .is_some_and(|system| system.to_ascii_uppercase().starts_with("WINDOWS"));
    let own = account.launch_type(aim).is_none_or(|it| it == LaunchType::Fargate);
    Place {
        subnet: site.subnet.clone(),
        groups: site.groups.clone(),
        public_ip: site.public_ip,
        sender: if is_windows && own { Sender::Windows } else { Sender::Linux },
    }
}
