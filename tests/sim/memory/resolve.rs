//! Reading the two answers of a name server as one.

use std::net::IpAddr;

use ecr_probe::model::KnownAddress;
use ecr_probe::model::outcome::{Answer, AnsweredAddress, ResolveOutcome, Transport};

use super::super::names::{Family, Question, Says, answer};
use super::super::world::World;

/// What came, and whether all of the time went by before it was clear.
pub fn resolve(
    world: &World,
    host: &str,
    server: IpAddr,
    turn: u32,
    classify: impl Fn(IpAddr) -> KnownAddress,
) -> (ResolveOutcome, bool) {
    if let Ok(literal) = host.parse::<IpAddr>() {
        return (ResolveOutcome::IpLiteral(classify(literal)), false);
    }
    if host.split('.').any(str::is_empty) {
        return (ResolveOutcome::Malformed { reason: "the host is not a DNS name".into() }, false);
    }
    let ask = |family| answer(world, Question { server, host, family, turn });
    let (four, six) = (ask(Family::A), ask(Family::Aaaa));
    let mut found = Answer { addresses: Vec::new(), aliases: Vec::new(), transport: Transport::Udp };
    for says in [&four, &six] {
        let Says::Records(records) = says else { continue };
        if records.truncated {
            found.transport = Transport::Tcp;
        }
        if found.aliases.is_empty() {
            found.aliases.clone_from(&records.aliases);
        }
        let known = records.addresses.iter().map(|&(address, ttl)| AnsweredAddress { known: classify(address), ttl });
        found.addresses.extend(known);
    }
    if !found.addresses.is_empty() {
        return (ResolveOutcome::Answered(found), false);
    }
    match four {
        Says::Records(_) => (ResolveOutcome::NoData { aliases: found.aliases }, false),
        Says::NxDomain { aliases } => (ResolveOutcome::NxDomain { aliases }, false),
        Says::ServerFailure => (ResolveOutcome::ServerFailure, false),
        Says::Refused => (ResolveOutcome::Refused, false),
        Says::PortClosed => (ResolveOutcome::PortClosed, false),
        Says::Nothing => (ResolveOutcome::TimedOut, true),
        Says::Cut => (ResolveOutcome::Truncated { reason: "TCP port 53 does not answer".into() }, true),
        Says::Garbage => (ResolveOutcome::Malformed { reason: "not a DNS message".into() }, true),
    }
}
