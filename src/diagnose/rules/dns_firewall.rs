//! DNS-09: a real name is denied by a name server that works.

use super::{commands, dns, other_registry, words};
use crate::aws::{Partition, ecr_has};
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::{Alias, ReferenceOutcome, ResolveOutcome};
use crate::model::{Act, Blank, Command, Fix, Mode, Observation, Role, Stage};

rule!(DNS_09, "DNS-09", "dns-name-withheld", Need::Names, judge);

fn judge(case: &Case<'_>) -> Vec<Draft> {
    let others_resolve = any_resolves(case);
    let blocked: Vec<&Host<'_>> = case.hosts.iter().filter(|host| is_blocked(case, host)).collect();
    let mut drafts = Vec::new();
    if !blocked.is_empty() {
        drafts.push(denied(case, &blocked, others_resolve));
    }
    let real = case.hosts.iter().filter(|host| is_real(case, host));
    drafts.extend(real.filter_map(|host| overruled(case, host)));
    drafts
}

/// Whether a name that is in public DNS is denied or refused, while the server works.
pub fn is_blocked(case: &Case<'_>, host: &Host<'_>) -> bool {
    is_real(case, host)
        && host.answer().is_none()
        && match first_word(host) {
            // A denial of existence proves a server that works; an error only beside names that it does answer.
            Some((_, outcome)) => dns::is_denial(outcome) || any_resolves(case) && is_refusal(host),
            None => false,
        }
}

fn denied(case: &Case<'_>, blocked: &[&Host<'_>], others_resolve: bool) -> Draft {
    let region = addresses::own_region(case);
    let names = words::hosts(blocked);
    let resolves = || blocked.iter().flat_map(|host| host.resolves.iter());
    let ends = ends(blocked);
    let answer = words::list(blocked.iter().filter_map(|host| first_word(host)).map(|(_, outcome)| name(outcome)));
    let summary = if ends.is_empty() {
        let are = words::verb(blocked.len(), "is", "are");
        format!("the name server answers {answer} for {names}, which {are} in public DNS")
    } else {
        format!(
            "{names} {} of {}: the name server answers {answer} for it, although it is in public DNS",
            words::verb(blocked.len(), "is an alias", "are aliases"),
            words::list(&ends),
        )
    };
    let is_aws = !blocked.iter().all(|host| matches!(host.role(), Role::Registry | Role::Cdn));
    let reason = if others_resolve {
        "it is a name that AWS or the registry does have, and the same server answers for others".to_owned()
    } else {
        let whose = if is_aws { "AWS" } else { "the registry" };
        format!("these are names that {whose} does have, and the server says of all of them that they do not exist")
    };
    let allow = blocked.iter().map(|host| host.target.host.clone()).chain(aliases(blocked).map(|it| it.target.clone()));
    let mut allow: Vec<String> = allow.collect();
    allow.dedup();
    let draft = Draft::error(Stage::Dns, names, summary)
        .likely(reason)
        .cite(resolves().map(|(observation, _)| *observation))
        .or(&["DNS-08", "DNS-04"]);
    // A laptop is no VPC.
    let draft = match case.vantage.mode {
        Mode::Host => draft.fix(Fix::advice(
            "see what the name server of this host filters: /etc/resolv.conf names it. The commands below are for a host in a VPC",
        )),
        _ => draft,
    };
    draft
        .fix(Fix::run(
            "see which DNS Firewall rule groups the VPC has",
            &Command::of("aws route53resolver list-firewall-rule-group-associations")
                .region(region)
                .option("--vpc-id", Blank::VPC_ID)
                .query("FirewallRuleGroupAssociations[].[FirewallRuleGroupId,Priority,Name]")
                .text(),
        ))
        .fix(Fix::run(
            "see which domain lists their rules allow and block",
            &Command::of("aws route53resolver list-firewall-rules")
                .region(region)
                .option("--firewall-rule-group-id", Blank::RULE_GROUP_ID)
                .query("FirewallRules[].[Priority,Action,FirewallDomainListId,Name]")
                .text(),
        ))
        .fix(Fix::run(
            "add the names, and those that they are aliases of, to the domain list that is allowed",
            &Command::of("aws route53resolver update-firewall-domains")
                .region(region)
                .option("--firewall-domain-list-id", Blank::DOMAIN_LIST_ID)
                .words("--operation ADD")
                .options("--domains", allow),
        ))
        .fix(Fix::run(
            "or look for a private hosted zone that shadows the name: remove it, or add the record to it",
            &commands::hosted_zones(region),
        ))
}

/// Whether a name server has the addresses of any name. What is an address itself was not asked for.
fn any_resolves(case: &Case<'_>) -> bool {
    let answers = case.hosts.iter().filter_map(Host::answer);
    answers.into_iter().any(|(_, outcome)| matches!(outcome, ResolveOutcome::Answered(_)))
}

/// A denial from the server that is asked first is final for a client, whatever the next one knows.
fn overruled(case: &Case<'_>, host: &Host<'_>) -> Option<Draft> {
    let (known, _) = host.answer()?;
    let (denial, outcome) = first_word(host)?;
    if !dns::is_denial(outcome) {
        return None;
    }
    let (first, second) = (server(denial), server(known));
    let summary = format!(
        "the name server {first}, which is asked first, answers {} for {}; {second} knows it and may never be asked",
        name(outcome),
        host.target
    );
    let region = addresses::region_of(case, host);
    let domain = Partition::of_region(region).dns_suffix;
    Some(
        Draft::warning(Stage::Dns, host.target.to_string(), summary)
            .proven("a client takes NXDOMAIN for the answer and asks the next server only after an error or silence")
            .cite(host.resolves.iter().map(|(observation, _)| *observation))
            .or(&["DNS-04"])
            .fix(words::amazon_dns(case))
            .fix(Fix::advice(format!("or let {first} forward {domain} to the VPC's resolver"))),
    )
}

/// Whether the name is certain to be in public DNS: registries and APIs of a known Region are, in the variants that it
/// has, and so is S3.
fn is_real(case: &Case<'_>, host: &Host<'_>) -> bool {
    let known_region = case.evidence.iter().any(|it| {
        matches!(&it.act, Act::Reference(ReferenceOutcome::Ecr { region, region_known: true, .. })
            if addresses::has_label(host, region))
    });
    match host.role() {
        Role::EcrDkr | Role::EcrApi => {
            known_region && host.ecr_variant().is_some_and(|(region, variant)| ecr_has(&region, variant) == Some(true))
        }
        Role::S3 => known_region && addresses::is_s3(host),
        Role::Registry => other_registry::is_well_known(host),
        Role::Cdn => other_registry::serves(case, host),
        Role::Sts | Role::Logs | Role::SecretsManager | Role::Ssm | Role::Kms => false,
    }
}

/// What a client goes by: the first server's word that is neither silence nor an error; else the first error.
fn first_word<'e>(host: &Host<'e>) -> Option<(&'e Observation, &'e ResolveOutcome)> {
    let first = |fits: fn(&ResolveOutcome) -> bool| host.resolves.iter().copied().find(|(_, outcome)| fits(outcome));
    first(dns::is_word).or_else(|| first(dns::is_error))
}

/// The answer as DNS tools print it.
fn name(outcome: &ResolveOutcome) -> &'static str {
    match outcome {
        ResolveOutcome::NxDomain { .. } => "NXDOMAIN",
        ResolveOutcome::NoData { .. } => "NODATA",
        ResolveOutcome::Refused => "REFUSED",
        _ => "an error",
    }
}

fn is_refusal(host: &Host<'_>) -> bool {
    host.resolves.iter().any(|(_, outcome)| matches!(outcome, ResolveOutcome::Refused))
}

fn aliases<'h>(hosts: &'h [&Host<'_>]) -> impl Iterator<Item = &'h Alias> {
    hosts.iter().flat_map(|host| &host.resolves).flat_map(|(_, outcome)| match outcome {
        ResolveOutcome::NxDomain { aliases } | ResolveOutcome::NoData { aliases } => aliases.as_slice(),
        _ => &[],
    })
}

/// The names at which the chains of aliases break off, when every name has one.
fn ends(hosts: &[&Host<'_>]) -> Vec<String> {
    let end = |host: &&Host<'_>| aliases(&[*host]).last().map(|alias| alias.target.clone());
    let ends: Vec<Option<String>> = hosts.iter().map(end).collect();
    ends.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn server(observation: &Observation) -> String {
    observation.address.map_or_else(|| "that is asked".to_owned(), |address| address.to_string())
}
