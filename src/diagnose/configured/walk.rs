//! The ways of the placement: from each place to each host that a pull and a start need.

use crate::account::{Account, Aim, Needed, Site};
use crate::aws::{Service, Variant};
use crate::model::{LaunchType, Role};
use crate::path::{Destination, Network, Place, Sender, Walked};

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

/// Each of them, in the order of the sites.
pub fn walks(account: &Account<'_>, aim: &Aim) -> Vec<Walk> {
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

/// Where its packets leave.
pub fn place(site: &Site, account: &Account<'_>, aim: &Aim) -> Place {
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
