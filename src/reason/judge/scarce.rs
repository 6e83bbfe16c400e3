//! What the host that pulls had none left of: it sent nothing, and the way there is not to blame.

use super::answer::Answer;
use super::hop::Hop;
use crate::reason::parsed::Parsed;
use crate::reason::sign::Sign;

/// `None` leaves the text to the next rule.
pub fn judge(parsed: &Parsed) -> Option<Answer> {
    if parsed.has(Sign::OpenFiles) {
        let hop = Hop::of(parsed, parsed.last(&[Sign::OpenFiles]))?;
        let means = format!("the container runtime has no open files left, and sent nothing to {}", hop.title());
        return Some(Answer::at(hop.stage(), means).likely("HOST-03", "raise its limit, or end what holds them"));
    }
    // Of an IPv6 address it is the missing route of that family.
    let is_ipv4 = parsed.address.as_ref().is_some_and(|known| known.address.is_ipv4());
    let at = parsed.last(&[Sign::NoLocalAddress]).filter(|_| is_ipv4)?;
    let hop = Hop::of(parsed, Some(at))?;
    let means = format!(
        "the host that pulls has no local address or no free local port to connect from, and sent nothing to {}",
        hop.title()
    );
    Some(Answer::at(hop.stage(), means).possible(
        "RTE-14",
        "the host has no address and no route; if it has both, its local ports are used up (ss -s)",
    ))
}
