//! Route 53 Resolver and its DNS Firewall: JSON 1.1. Names of members: botocore's service model `route53resolver`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::asking::{Asking, Facts, Page, listed};
use super::call::Input;
use crate::aws::Service;
use crate::model::facts::{self, Hidden};
use crate::model::{Act, Check};

/// More rule groups than a VPC can have, and more lists of domains than are read for one (Route 53 Developer Guide,
/// "Quotas": 5 associations a VPC).
const GROUPS: usize = 20;
const LISTS: usize = 40;
/// The most domains that are kept of one list. A longer one is told as one whose domains are not shown.
const DOMAINS: usize = 10_000;

/// Makes the pages of a list.
macro_rules! pages {
    ($page:ident: $list:ident of $item:ty) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct $page {
            $list: Vec<$item>,
            next_token: Option<String>,
        }

        impl Page for $page {
            type Item = $item;

            fn turned(self) -> (Vec<$item>, Option<String>) {
                (self.$list, self.next_token)
            }
        }
    };
}
pages!(RuleAssociations: resolver_rule_associations of RuleAssociation);
pages!(Rules: resolver_rules of Rule);
pages!(GroupAssociations: firewall_rule_group_associations of GroupAssociation);
pages!(FirewallRules: firewall_rules of FirewallRule);
pages!(Domains: domains of String);

#[derive(Default, Deserialize)]
#[serde(default)]
struct RuleAssociation {
    #[serde(rename = "ResolverRuleId")]
    rule_id: String,
    #[serde(rename = "VPCId")]
    vpc_id: String,
    #[serde(rename = "Status")]
    status: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Rule {
    id: String,
    domain_name: String,
    rule_type: String,
    target_ips: Vec<Target>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Target {
    ip: Option<String>,
    ipv6: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct GroupAssociation {
    firewall_rule_group_id: String,
    vpc_id: String,
    priority: i64,
    status: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct FirewallRule {
    firewall_domain_list_id: Option<String>,
    name: String,
    priority: i64,
    action: String,
}

async fn all<P: Page>(asking: &Asking<'_>, operation: &'static str, members: &Value) -> Result<Vec<P::Item>, Hidden> {
    let input = |token: Option<&str>| {
        let mut input = members.clone();
        if let Some(token) = token {
            input["NextToken"] = token.into();
        }
        Input::Json(input.to_string())
    };
    asking.all::<P>(Service::Route53Resolver, asking.region, operation, input).await
}

/// `ListResolverRuleAssociations` of the VPC, then `ListResolverRules`.
pub async fn resolver_rules(asking: &Asking<'_>, vpc: &str) -> Facts {
    listed(vpc, Check::ResolverRule, rules_of(asking, vpc).await, Act::ResolverRule)
}

async fn rules_of(asking: &Asking<'_>, vpc: &str) -> Result<Vec<(String, facts::ResolverRule)>, Hidden> {
    let of_vpc = json!({ "Filters": [{ "Name": "VPCId", "Values": [vpc] }], "MaxResults": 100 });
    let associations = all::<RuleAssociations>(asking, "ListResolverRuleAssociations", &of_vpc).await?;
    // One that is being made, deleted or overridden decides nothing.
    let holds = |it: &&RuleAssociation| it.vpc_id == vpc && matches!(it.status.as_str(), "" | "COMPLETE");
    let ids: Vec<&str> = associations.iter().filter(holds).map(|it| it.rule_id.as_str()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rules = all::<Rules>(asking, "ListResolverRules", &json!({ "MaxResults": 100 })).await?;
    let known = rules.into_iter().filter(|it| ids.contains(&it.id.as_str())).map(|it| {
        let targets = it.target_ips.into_iter().filter_map(|it| it.ip.or(it.ipv6));
        let rule = facts::ResolverRule {
            id: it.id.clone(),
            domain: bare_name(&it.domain_name),
            kind: it.rule_type,
            targets: targets.collect(),
        };
        (it.id, rule)
    });
    Ok(known.collect())
}

/// In lower case, without the last dot; empty for `.`, which is every name.
fn bare_name(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// `ListFirewallRuleGroupAssociations` of the VPC, `ListFirewallRules` of each group, `ListFirewallDomains` of each list.
pub async fn firewall_rules(asking: &Asking<'_>, vpc: &str) -> Facts {
    listed(vpc, Check::FirewallRule, firewall_of(asking, vpc).await, Act::FirewallRule)
}

async fn firewall_of(asking: &Asking<'_>, vpc: &str) -> Result<Vec<(String, facts::FirewallRule)>, Hidden> {
    let of_vpc = json!({ "VpcId": vpc, "MaxResults": 100 });
    let groups = all::<GroupAssociations>(asking, "ListFirewallRuleGroupAssociations", &of_vpc).await?;
    let mut known = Vec::new();
    let mut lists: Vec<(String, Option<Vec<String>>)> = Vec::new();
    let holds = |it: &&GroupAssociation| it.vpc_id == vpc && !it.status.eq_ignore_ascii_case("DELETING");
    for group in groups.iter().filter(holds).take(GROUPS) {
        let id = &group.firewall_rule_group_id;
        let of_group = json!({ "FirewallRuleGroupId": id, "MaxResults": 100 });
        for rule in all::<FirewallRules>(asking, "ListFirewallRules", &of_group).await? {
            let domains = match &rule.firewall_domain_list_id {
                Some(list) => match lists.iter().find(|(known, _)| known == list) {
                    Some((_, domains)) => domains.clone(),
                    None if lists.len() < LISTS => {
                        let domains = domains(asking, list).await;
                        lists.push((list.clone(), domains.clone()));
                        domains
                    }
                    None => None,
                },
                // A rule of DNS Firewall Advanced has none.
                None => None,
            };
            let fact = facts::FirewallRule {
                group_id: id.clone(),
                name: rule.name,
                priority: (group.priority, rule.priority),
                action: rule.action,
                domains,
            };
            known.push((format!("{id} {}", fact.name), fact));
        }
    }
    Ok(known)
}

/// `None` for a list of AWS's own, whose domains it does not show.
async fn domains(asking: &Asking<'_>, list: &str) -> Option<Vec<String>> {
    let of_list = json!({ "FirewallDomainListId": list, "MaxResults": 5000 });
    let found = all::<Domains>(asking, "ListFirewallDomains", &of_list).await.ok()?;
    (found.len() <= DOMAINS).then(|| found.iter().map(|name| bare_name(name)).collect())
}
