//! DNS-16: a name server that fails for one name and answers for others. An error for every name is DNS-01.

use super::{dns, dns_firewall, words};
use crate::aws::{Partition, may_be_vpc_resolver};
use crate::diagnose::{Case, Draft, Host, Need, addresses};
use crate::model::outcome::ResolveOutcome;
use crate::model::{Blank, Command, Fix, Observation, Stage, Word};

rule!(DNS_16, "DNS-16", "dns-name-servfail", Need::Names, |case| judge(case).into_iter().collect());

fn judge(case: &Case<'_>) -> Option<Draft> {
    let asked = || case.hosts.iter().flat_map(|host| host.resolves.iter().copied());
    // A server that does not answer for any name fails as a whole.
    let answers = |server| asked().any(|(it, said)| it.address == server && dns::is_word(said));
    let is_failure = |(it, said): (&Observation, &ResolveOutcome)| error_of(said).is_some() && answers(it.address);
    let fails = |host: &&Host<'_>| {
        let told = host.resolves.iter().any(|(_, said)| dns::is_word(said)) || dns_firewall::is_blocked(case, host);
        !told && host.resolves.iter().copied().any(is_failure)
    };
    let hosts: Vec<&Host<'_>> = case.hosts.iter().filter(fails).collect();
    if hosts.is_empty() {
        return None;
    }
    let resolves = || hosts.iter().flat_map(|host| host.resolves.iter().copied());
    let failures: Vec<_> = resolves().filter(|&it| is_failure(it)).collect();
    let servers = dns::servers(&failures);
    let (names, title) = (words::hosts(&hosts), dns::title(&servers));
    let errors = words::list(failures.iter().filter_map(|(_, said)| error_of(said)));
    let answers = words::verb(servers.len(), "answers", "answer");
    let summary = format!("the {title} {answers} for other names, and for {names} with an error ({errors})");
    let draft = Draft::error(Stage::Dns, names, summary)
        .likely("the server works, since it answers for other names, so what fails is where it asks for this one: the target of a forwarding rule, a server that the name is delegated to, or DNSSEC")
        // A server that is silent beside it changes nothing.
        .cite(resolves().map(|(observation, _)| observation))
        .or(&["DNS-10"]);
    let of_vpc = servers.iter().any(|server| may_be_vpc_resolver(*server));
    let draft = if of_vpc { draft } else { draft.or(&["DNS-04"]) };
    Some(with_fixes(case, draft, &failures, of_vpc))
}

/// The error that the server answered with, by the name of its response code.
fn error_of(outcome: &ResolveOutcome) -> Option<&str> {
    match outcome {
        ResolveOutcome::ServerFailure => Some("SERVFAIL"),
        ResolveOutcome::Refused => Some("REFUSED"),
        ResolveOutcome::OtherError { rcode } => Some(rcode),
        _ => None,
    }
}

fn with_fixes(case: &Case<'_>, draft: Draft, failures: &[(&Observation, &ResolveOutcome)], of_vpc: bool) -> Draft {
    let region = addresses::own_region(case);
    let first = failures.first().and_then(|(it, _)| Some((it.target.as_ref()?.host.as_str(), it.address?)));
    let draft = match first {
        Some((name, server)) => draft.fix(Fix::run(
            "ask the server without validation of DNSSEC: an answer now says that the signatures are what fails",
            &Command::of("dig +cd").operand(Word::from("@").then(server.to_string())).option("-q", name),
        )),
        None => draft,
    };
    let draft = if of_vpc {
        draft
            .fix(Fix::run(
                "see whether a Resolver rule forwards the name's domain, and whether its targets answer",
                &Command::of("aws route53resolver list-resolver-rules")
                    .region(region)
                    .query("ResolverRules[?RuleType=='FORWARD'].[Id,DomainName,TargetIps[].Ip,ResolverEndpointId]")
                    .words("--output json"),
            ))
            .fix(Fix::run(
                "if its targets are gone, disassociate the rule from the VPC, so that public DNS answers",
                &Command::of("aws route53resolver disassociate-resolver-rule")
                    .region(region)
                    .option("--vpc-id", Blank::VPC_ID)
                    .option("--resolver-rule-id", Blank::RESOLVER_RULE_ID),
            ))
            .fix(Fix::run(
                "if DNSSEC is what fails and the domain's owner cannot fix it, turn validation off for the VPC",
                &Command::of("aws route53resolver update-resolver-dnssec-config")
                    .region(region)
                    .option("--resource-id", Blank::VPC_ID)
                    .words("--validation DISABLE"),
            ))
    } else {
        let domain = Partition::of_region(region).dns_suffix;
        draft
            .fix(Fix::advice(format!(
                "look in the server's configuration for a conditional forwarder, a stub zone or a negative trust anchor of the name's domain: what it forwards to must answer; names under {domain} go to the VPC's resolver, or to a Route 53 Resolver inbound endpoint"
            )))
            .fix(words::amazon_dns(case))
    };
    match first {
        Some((name, _)) => draft.fix(Fix::run(
            "else follow the delegations from the root, and see which server does not answer",
            &Command::of("dig +trace").option("-q", name),
        )),
        None => draft,
    }
}
