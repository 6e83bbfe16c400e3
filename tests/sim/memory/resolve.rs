//! Reading the two answers of a name server as one.

use std::net::IpAddr;

use ecr_probe::model::KnownAddress;
use ecr_probe::model::outcome::{Answer, AnsweredAddress, RecordType, ResolveOutcome, Transport, Unanswered};

use super::super::names::{Family, Question, Records, Says, answer};
use super::super::world::World;

/// What came, and whether all of the time went by before it was clear.
pub fn resolve(
    world: &World,
    host: &str,
    server: IpAddr,
    turn: u32,
    classify: impl Fn(IpAddr) -> KnownAddress,
) -> (ResolveOutcome, bool) {
    if host.split('.').any(str::is_empty) {
        return (ResolveOutcome::Malformed { reason: "the host is not a DNS name".into() }, false);
    }
    let ask = |family| answer(world, Question { server, host, family, turn });
    let (four, six) = (ask(Family::A), ask(Family::Aaaa));
    let mut found = Answer { addresses: Vec::new(), aliases: Vec::new(), transport: Transport::Udp, unanswered: None };
    let mut failed = Vec::new();
    for (record, says) in [(RecordType::A, four), (RecordType::Aaaa, six)] {
        let records = match failure(says) {
            Ok(records) => records,
            Err(why) => {
                failed.push((record, why));
                continue;
            }
        };
        if records.truncated {
            found.transport = Transport::Tcp;
        }
        if found.aliases.is_empty() {
            found.aliases = records.aliases;
        }
        let known = records.addresses.iter().map(|&(address, ttl)| AnsweredAddress { known: classify(address), ttl });
        found.addresses.extend(known);
    }
    let takes_all_time = failed.iter().any(|(_, (_, silent))| *silent);
    let mut failed = failed.into_iter().map(|(record, (why, _))| Unanswered { record, why: Box::new(why) });
    if !found.addresses.is_empty() {
        found.unanswered = failed.find(|it| !matches!(*it.why, ResolveOutcome::NxDomain { .. }));
        return (ResolveOutcome::Answered(found), takes_all_time);
    }
    match failed.next() {
        None => (ResolveOutcome::NoData { aliases: found.aliases }, false),
        Some(first) => (*first.why, takes_all_time),
    }
}

/// The same where the packet of this type of record is lost, and the other one answered: the server is waited for.
pub fn without(outcome: ResolveOutcome, timed_out: bool, record: RecordType) -> (ResolveOutcome, bool) {
    match outcome {
        ResolveOutcome::Answered(answer) if answer.unanswered.is_none() => {
            let unanswered = Some(Unanswered { record, why: Box::new(ResolveOutcome::TimedOut) });
            (ResolveOutcome::Answered(Answer { unanswered, ..answer }), true)
        }
        other => (other, timed_out),
    }
}

/// The records, or why there are none and whether all of the time went by before it was clear.
fn failure(says: Says) -> Result<Records, (ResolveOutcome, bool)> {
    Err(match says {
        Says::Records(records) => return Ok(records),
        Says::NxDomain { aliases } => (ResolveOutcome::NxDomain { aliases }, false),
        Says::ServerFailure => (ResolveOutcome::ServerFailure, false),
        Says::Refused => (ResolveOutcome::Refused, false),
        Says::PortClosed => (ResolveOutcome::PortClosed, false),
        Says::Nothing => (ResolveOutcome::TimedOut, true),
        Says::Cut => (ResolveOutcome::Truncated { reason: "TCP port 53 does not answer".into() }, true),
        Says::Garbage => (ResolveOutcome::Malformed { reason: "not a DNS message".into() }, true),
    })
}
