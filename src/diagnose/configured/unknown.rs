//! What could not be seen, and which codes are not judged for that.

use super::Configuration;
use crate::account::Account;
use crate::diagnose::rules;
use crate::model::facts::{Fact, Hidden};
use crate::model::outcome::NoAnswer;
use crate::model::{Act, Check, Observation, Passes, Skipped, Unseen};
use crate::policy::{Answer, Missing};

/// What is needed, and neither allowed nor denied for certain, in a few words each.
pub fn unknown(configuration: &Configuration<'_>) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    let mut add = |what: String| {
        if !unknown.contains(&what) {
            unknown.push(what);
        }
    };
    for walk in configuration.walks.iter().filter(|walk| walk.walked.passes == Passes::Unknown) {
        add(format!("the path from {} to {}", walk.site.subnet, walk.needed.host));
    }
    for asked in configuration.requests.iter().filter(|it| it.decision.answer == Answer::Unknown) {
        let missing: Vec<String> = asked.decision.missing.iter().map(missing).collect();
        add(format!("{} on {}: {}", asked.request.action(), asked.resource, missing.join(", ")));
    }
    configuration.account.facts().filter(|it| is_needed(it)).for_each(|it| add(format!("the {}", what(it))));
    unknown
}

/// Whether it is a thing that the start needs, and nobody may see whether it is there. The image of a registry that a rule
/// fills, and what the rules are, decide nothing by themselves.
fn is_needed(observation: &Observation) -> bool {
    matches!(
        &observation.act,
        Act::Repository(Fact::Hidden(_))
            | Act::Image(Fact::Hidden(_))
            | Act::LogGroup(Fact::Hidden(_))
            | Act::Secret(Fact::Hidden(_))
            | Act::Parameter(Fact::Hidden(_))
            | Act::KmsKey(Fact::Hidden(_))
    )
}

fn missing(missing: &Missing) -> String {
    match missing {
        Missing::Key { layer, key, .. } => format!("{key} in the {}", layer.title()),
        Missing::Part { layer, part, .. } => format!("{part} in the {}", layer.title()),
        Missing::Document { layer, name, why } => {
            let name = name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
            format!("the {}{name} ({why})", layer.title())
        }
    }
}

/// Every read that told nothing, each once; and what can hardly ever be read.
pub fn unseen(account: &Account<'_>) -> Vec<Unseen> {
    let mut unseen: Vec<Unseen> = Vec::new();
    for observation in account.facts() {
        let Some(hidden) = hidden(&observation.act) else { continue };
        let why = why(hidden);
        let what = what(observation);
        // One refused action hides many things alike.
        match unseen.iter_mut().find(|it| it.action == hidden.action && it.why == why) {
            Some(known) if !known.what.contains(&what) => {
                known.what.push_str(", ");
                known.what.push_str(&what);
            }
            Some(_) => {}
            None => unseen.push(Unseen { what, action: hidden.action.clone(), why }),
        }
    }
    unseen.extend(account.facts().filter_map(half));
    if account.roles().next().is_some() || account.policies().next().is_some() {
        for what in ["service control policies", "resource control policies"] {
            unseen.push(Unseen {
                what: what.to_owned(),
                action: "organizations:ListPoliciesForTarget".to_owned(),
                why: "only the organization's management account may read them".to_owned(),
            });
        }
    }
    unseen
}

/// The second half of an answer, which another action tells.
fn half(observation: &Observation) -> Option<Unseen> {
    let (of, action) = match &observation.act {
        Act::Image(Fact::Known(image)) if image.platforms.is_none() => ("platforms", "ecr:BatchGetImage"),
        Act::KmsKey(Fact::Known(key)) if key.policy.is_none() && !key.aws_managed => ("policy", "kms:GetKeyPolicy"),
        _ => return None,
    };
    let what = format!("{of} of the {}", what(observation));
    Some(Unseen { what, action: action.to_owned(), why: "refused, or not told".to_owned() })
}

/// Which facts a code is judged by.
const JUDGED_BY: [(Check, &[&str]); 14] = [
    (Check::Subnet, &["RTE-01", "RTE-03", "SG-01", "ACL-01"]),
    (Check::SecurityGroup, &["SG-01", "SG-02", "SG-03", "SG-04", "SG-05"]),
    (Check::NetworkAcl, &["ACL-01", "ACL-02", "ACL-04"]),
    (Check::RouteTable, &["RTE-01", "RTE-02", "RTE-03", "RTE-04", "RTE-05", "RTE-06"]),
    (Check::Endpoint, &["DNS-03", "DNS-11", "VPE-01", "VPE-02", "VPE-04", "VPE-07"]),
    (Check::Interface, &["SG-01", "VPE-07"]),
    (Check::NatGateway, &["RTE-17"]),
    (Check::VpcDns, &["DNS-01", "DNS-02"]),
    (Check::Policy, &["IAM-01", "IAM-02", "IAM-03", "IAM-04"]),
    (Check::Role, &["IAM-04", "IAM-06"]),
    (Check::RepositoryPolicy, &["IAM-09", "IAM-10"]),
    (Check::Repository, &["IMG-01", "KMS-01"]),
    (Check::Image, &["IMG-02", "IMG-04", "IMG-13"]),
    (Check::LogGroup, &["INIT-06"]),
];

/// Codes whose facts were refused, each once.
pub fn not_judged(configuration: &Configuration<'_>) -> Vec<Skipped> {
    let mut skipped: Vec<Skipped> = Vec::new();
    for observation in configuration.account.facts() {
        let Some(hidden) = hidden(&observation.act) else { continue };
        let subject = observation.subject.as_deref().unwrap_or_default();
        let is_of = |check: Check| {
            observation.act.check() == check
                || observation.act.check() == Check::List && subject.ends_with(check.name())
        };
        for (_, codes) in JUDGED_BY.iter().filter(|(check, _)| is_of(*check)) {
            for code in codes.iter().filter_map(|code| rules::of(code)).map(|rule| rule.code) {
                if !skipped.iter().any(|known| known.code == code) {
                    skipped.push(Skipped { code, needs: hidden.action.clone() });
                }
            }
        }
    }
    skipped
}

/// Why an act of reading told nothing.
pub fn hidden(act: &Act) -> Option<&Hidden> {
    macro_rules! of {
        ($($check:ident)*) => {
            match act { $(Act::$check(fact) => fact.hidden(),)* _ => None }
        };
    }
    of!(List Service TaskDefinition StoppedTask ContainerInstance Instance Subnet Vpc VpcDns DhcpOptions RouteTable
        NetworkAcl SecurityGroup Endpoint Interface PrefixList NatGateway InternetGateway TransitAttachment HostedZone
        ResolverRule FirewallRule Role Policy InstanceProfile Repository RepositoryPolicy Image CacheRules LogGroup
        Secret Parameter KmsKey)
}

/// Why a read told nothing: AWS's code, or how the request ended.
pub fn why(hidden: &Hidden) -> String {
    use crate::model::facts::Why;
    match &hidden.why {
        Why::Refused { code, status, .. } if code.is_empty() => format!("HTTP {status}"),
        Why::Refused { code, .. } => code.clone(),
        Why::NoAnswer { how: NoAnswer::TimedOut } => "timed out".to_owned(),
        Why::NoAnswer { .. } => "no answer".to_owned(),
        Why::OfAnotherAccount { owner } => format!("account {owner} owns it and does not show it"),
        Why::NotAsked => "not asked: the time was over".to_owned(),
    }
}

/// `network ACLs of vpc-…`, `security group sg-…`.
fn what(observation: &Observation) -> String {
    let subject = observation.subject.as_deref().unwrap_or_default();
    if observation.act.check() == Check::List {
        let (owner, of) = subject.rsplit_once(' ').unwrap_or((subject, ""));
        if of == Check::Policy.name() {
            let inline = owner.strip_suffix(" inline");
            return inline.map_or_else(
                || format!("attached policies of {owner}"),
                |owner| format!("inline policies of {owner}"),
            );
        }
        return format!("{}s of {owner}", of.replace('-', " "));
    }
    format!("{} {subject}", observation.act.check().name().replace('-', " "))
}
