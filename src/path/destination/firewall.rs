//! DNS Firewall: the rule of the lowest priority that fits a name decides (Route 53 Developer Guide, "How Route 53
//! Resolver DNS Firewall works").

use crate::aws::is_at_or_below;
use crate::model::facts::FirewallRule;
use crate::model::{Check, EvidenceId, HopKind};
use crate::path::network::Network;
use crate::path::read::{listed_if_asked, told};
use crate::path::trail::Trail;
use crate::path::{Blocker, Extent, Unseen};

/// Whether the rules keep the name, or one that it is an alias of, from the VPC. `true` where they do.
pub(super) fn blocks(network: &Network<'_>, vpc: &str, host: &str, alias: Option<&str>, trail: &mut Trail) -> bool {
    let rules = match rules(network, vpc) {
        Ok(rules) => rules,
        Err(unseen) => {
            trail.unknown(HopKind::DnsFirewallRule, vpc, unseen, &[]);
            return false;
        }
    };
    if let Some((rule, observation)) = decisive(&rules, host).filter(|(rule, _)| rule.action == "BLOCK") {
        let (group, name, host) = (rule.group_id.clone(), rule.name.clone(), host.to_owned());
        let blocker = Blocker::DnsFirewall { group, rule: name, host };
        trail.blocks(HopKind::DnsFirewallRule, &rule.name, blocker, Extent::Whole, &[*observation]);
        return true;
    }
    // A rule may trust the whole chain of a name that it allows, which does not show.
    let of_alias = alias.and_then(|alias| decisive(&rules, alias)).filter(|(rule, _)| rule.action == "BLOCK");
    if let Some((rule, observation)) = of_alias {
        let unseen = Unseen::Resolver { id: rule.name.clone() };
        trail.unknown(HopKind::DnsFirewallRule, &rule.name, unseen, &[*observation]);
    }
    false
}

/// The rules of the VPC, in the order in which they are tried.
fn rules<'e>(network: &Network<'e>, vpc: &str) -> Result<Vec<(&'e FirewallRule, EvidenceId)>, Unseen> {
    let ids = listed_if_asked(network.account, Check::FirewallRule, vpc)?;
    let of =
        |id: &String| told(network.account.firewall_rule(id), Check::FirewallRule, id).there(Check::FirewallRule, id);
    let mut rules = ids.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    rules.sort_by_key(|(rule, _)| rule.priority);
    Ok(rules)
}

/// The first rule that fits. What AWS's own lists hold does not show; they are lists of malware.
fn decisive<'r, 'e>(
    rules: &'r [(&'e FirewallRule, EvidenceId)],
    host: &str,
) -> Option<&'r (&'e FirewallRule, EvidenceId)> {
    let fits =
        |rule: &FirewallRule| rule.action != "ALERT" && rule.domains.iter().flatten().any(|domain| is_in(host, domain));
    rules.iter().find(|(rule, _)| fits(rule))
}

/// `*.example.com` holds the names below it, `*` all, and a name itself.
fn is_in(host: &str, domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    match domain.strip_prefix('*') {
        Some("") => true,
        Some(rest) => rest.strip_prefix('.').is_some_and(|zone| host != zone && is_at_or_below(host, zone)),
        None => host == domain,
    }
}
