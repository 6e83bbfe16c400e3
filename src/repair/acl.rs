//! Numbers of a network ACL's entries.

use crate::model::facts::NetworkAcl;

/// The highest number that people can give; 32767 is the rule that denies the rest (Amazon VPC User Guide, "Network ACL
/// rules").
const LAST: u32 = 32766;

/// A free number of a network ACL for an entry that is read before the one of number `before`; `None` where there is none.
///
/// It leaves room in front of it where it can: 100 before 200, else the number right before.
pub fn free_number(acl: &NetworkAcl, egress: bool, before: u32) -> Option<u32> {
    let taken = |number: u32| acl.entries.iter().any(|entry| entry.egress == egress && entry.number == number);
    let before = before.min(LAST + 1);
    // Those that other people would take: 100, 200, and so on, from the first.
    let hundreds = (1..=LAST / 100).map(|it| it * 100).take_while(|&number| number < before);
    hundreds.chain((1..before).rev()).find(|&number| !taken(number))
}
