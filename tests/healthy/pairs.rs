//! Two faults at once, each from a page: what is seen of either is named.

use ecr_probe::model::Verdict;

use super::faults::{Fault, faults, merged, names, seen};
use super::sim::World;
use super::support;

/// Pairs of which the second is seen and not named, each with the reason why that is right.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("DNS-04", "DNS-11", "a server that knows no endpoint shows nothing of the one that is there"),
    ("RTE-13", "DNS-01", "a server that answers for one name does not fail for all: what it refuses it blocks"),
    ("TLS-03", "DNS-01", "a server that answers for one name does not fail for all: what it refuses it blocks"),
    ("DNS-07", "DNS-01", "a server that answers for one name does not fail for all: what it refuses it blocks"),
    ("DNS-01", "DNS-16", "a server that answers for no name fails as a whole"),
    ("DNS-15", "DNS-16", "a server that answers for no name fails as a whole"),
    ("DNS-07", "DNS-11", "an endpoint's address in the answer says that the endpoint is there"),
    ("CFG-01", "DNS-11", "where the API has another host nothing shows that its own has an endpoint"),
    ("CFG-06", "DNS-11", "where the API has another host nothing shows that its own has an endpoint"),
    ("DNS-07", "DNS-12", "an endpoint's address in the answer says that the endpoint's zone holds the name"),
    ("RTE-16", "DNS-13", "with DNS64 each name has an IPv6 address"),
    ("SG-01", "RTE-07", "an address is dead beside living ones only where some live"),
    ("RTE-12", "SLOW-01", "how long a pull would take that waits for what does not come, nothing tells"),
    ("KMS-01", "ECR-02", "the registry may answer 5xx for an unusable key, and the API says that it was the key"),
    ("PTC-04", "IMG-02", "the registry says the same in both, and the API says that it was the upstream"),
    ("PTC-04", "PTC-02", "the registry says the same in both, and the API says that it was the upstream"),
    ("PTC-04", "PTC-05", "the registry says the same in both, and the API says that it was the upstream"),
];

/// Pairs that are healthy together, each with the reason why that is right.
const CURES: &[(&str, &str, &str)] = &[
    ("DNS-12", "DNS-13", "the dual-stack name takes no endpoint, and is what a subnet with IPv6 only needs"),
    ("DNS-12", "RTE-16", "the dual-stack name has an IPv6 address of its own, which nothing translates"),
];

/// Pairs of which neither is named, each with the reason why that is right.
const MASKED: &[(&str, &str, &str)] = &[
    (
        "ECR-01",
        "LYR-07",
        "a manifest that another registry refuses is nothing of ECR's, and no layer is asked for then",
    ),
    ("LYR-07", "PTC-04", "a manifest that another registry lacks is nothing of ECR's, and no layer is asked for then"),
];

#[test]
fn of_two_faults_each_that_is_seen_is_named() {
    let faults = faults();
    assert!(faults.len() > 12, "too few pages have a world");
    let (mut wrong, mut both, mut pairs, mut used) = (Vec::new(), 0, 0, Vec::new());
    for (index, one) in faults.iter().enumerate() {
        for other in &faults[index + 1..] {
            let Some(toml) = merged(one, other) else { continue };
            // The keys of the two may not go together: a layer that the other image does not have.
            let Ok(world) = World::from_toml(&toml) else { continue };
            let report = support::check(world);
            pairs += 1;
            let seen = seen(&report);
            let hidden = [one, other].into_iter().filter(|it| !names(&report, &it.code));
            let hidden: Vec<&Fault> = hidden.collect();
            both += usize::from(hidden.is_empty());
            let is_cure = CURES.iter().any(|(a, b, _)| (a, b) == (&&*one.code, &&*other.code));
            if is_cure && report.verdict == Verdict::Healthy {
                continue;
            } else if is_cure {
                wrong.push(format!("{} and {} are not healthy together any more", one.code, other.code));
            }
            // Of two notes each is named, and the pull is healthy.
            if report.verdict == Verdict::Healthy && !hidden.is_empty() {
                wrong.push(format!("{} and {} together are healthy", one.code, other.code));
            }
            let is_masked = MASKED.iter().any(|(a, b, _)| (a, b) == (&&*one.code, &&*other.code));
            if (hidden.len() == 2) != is_masked {
                wrong.push(format!(
                    "{} and {} hide each other, excepted: {is_masked}: {}",
                    one.code,
                    other.code,
                    super::codes(&report).join(" ")
                ));
            }
            for fault in hidden {
                let by = if fault.code == one.code { &other.code } else { &one.code };
                let exception = EXCEPTIONS.iter().position(|(a, b, _)| a == by && *b == fault.code);
                used.extend(exception);
                if exception.is_none() && fault.signs.iter().any(|sign| seen.contains(sign)) {
                    let found = super::codes(&report).join(" ");
                    wrong.push(format!("{by} hides {}, which is seen: {found}", fault.code));
                }
            }
        }
    }
    let stale = EXCEPTIONS.iter().enumerate().filter(|(index, _)| !used.contains(index));
    wrong.extend(stale.map(|(_, (a, b, why))| format!("{a} does not hide {b} any more: {why}")));
    assert!(wrong.is_empty(), "{both} of {pairs} pairs name both\n{}", wrong.join("\n"));
}
