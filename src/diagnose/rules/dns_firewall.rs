//! DNS-09: one AWS name is withheld while the same server answers others.

use super::words;
use crate::diagnose::{Case, Draft, Host, Need, Rule};
use crate::model::outcome::{ReferenceOutcome, ResolveOutcome};
use crate::model::{Act, Code, Fix, Stage};

pub static DNS_09: Rule = Rule {
    code: Code("DNS-09"),
    name: "dns-name-withheld",
    page: include_str!("../../../docs/codes/DNS-09.md"),
    need: Need::Names,
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let others_resolve = case.hosts.iter().any(|host| host.role().is_aws() && host.answer().is_some());
    let region_known = case
        .evidence
        .iter()
        .any(|it| matches!(it.act, Act::Reference(ReferenceOutcome::Ecr { region_known: true, .. })));
    let withheld: Vec<&Host<'_>> = case
        .hosts
        .iter()
        .filter(|host| host.role().is_aws() && !host.resolves.is_empty() && host.answer().is_none())
        .filter(|host| host.resolves.iter().any(|(_, outcome)| is_withheld(outcome)))
        .collect();
    // With an unknown Region the name may be wrong (DNS-05); when all fail the server is (DNS-01).
    if withheld.is_empty() || !region_known || !(others_resolve || all_withheld(&withheld)) {
        return Vec::new();
    }
    let names = words::hosts(&withheld);
    let summary = format!(
        "{names} {} withheld by the name server, although {} in DNS everywhere else",
        words::verb(withheld.len(), "is", "are"),
        words::verb(withheld.len(), "it is", "they are"),
    );
    let draft = Draft::error(Stage::Dns, names.clone(), summary)
        .likely("the name has the form of a real AWS name in a known Region, and the server denies it")
        .cite(withheld.iter().flat_map(|host| host.resolves.iter().map(|(observation, _)| *observation)))
        .or(&["DNS-08"])
        .fix(Fix::fill_in(
            "allow the name, and the names its CNAMEs lead to, in the VPC's Route 53 Resolver DNS Firewall rules",
            format!(
                "aws route53resolver list-firewall-rule-group-associations --region {} --vpc-id VPC_ID",
                case.region()
            ),
        ))
        .fix(Fix::fill_in(
            "or remove a private hosted zone that shadows the name",
            format!("aws route53 list-hosted-zones-by-vpc --vpc-id VPC_ID --vpc-region {}", case.region()),
        ));
    vec![draft]
}

/// A denial of existence proves a server that works; an error does not.
fn is_withheld(outcome: &ResolveOutcome) -> bool {
    matches!(outcome, ResolveOutcome::NxDomain { .. } | ResolveOutcome::Empty { .. } | ResolveOutcome::Refused)
}

/// Every name denied, none in error: a working server that knows no AWS name.
fn all_withheld(withheld: &[&Host<'_>]) -> bool {
    withheld
        .iter()
        .flat_map(|host| &host.resolves)
        .all(|(_, outcome)| matches!(outcome, ResolveOutcome::NxDomain { .. } | ResolveOutcome::Empty { .. }))
}
