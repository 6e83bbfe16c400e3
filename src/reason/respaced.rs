//! A denial with its blanks put back where they got lost.

use std::sync::LazyLock;

use super::plain::Plain;

/// The words of AWS's denials, which stand in this order.
const STOCK: [&str; 14] = [
    "is not authorized to perform:",
    "on resource:",
    "because no",
    "identity-based",
    "resource-based",
    "VPC endpoint",
    "permissions boundary",
    "session policy",
    "service control",
    "resource control",
    "role trust",
    "policy allows the",
    "with an explicit deny in a",
    "User:",
];

/// No message holds more denials than this.
const MOST: usize = 16;

/// The same as they are found.
static TIGHT: LazyLock<Vec<String>> = LazyLock::new(|| STOCK.into_iter().map(Plain::tight).collect());

/// The line with a blank around each of the stock phrases, and within it as it should be.
pub fn respaced(plain: &Plain) -> String {
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for (phrase, tight) in STOCK.into_iter().zip(&*TIGHT) {
        let places = plain.tight.match_indices(tight).take(MOST);
        found.extend(places.map(|(at, _)| (plain.origin(at), plain.origin(at + tight.len() - 1) + 1, phrase)));
    }
    found.sort_unstable();
    let mut line = String::with_capacity(plain.line.len() + 2 * found.len());
    let mut at = 0;
    for (start, end, phrase) in found {
        line.push_str(plain.line.get(at..start).unwrap_or_default());
        line.push(' ');
        line.push_str(phrase);
        line.push(' ');
        at = end;
    }
    line.push_str(plain.line.get(at..).unwrap_or_default());
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::PolicyLayer;
    use crate::wire::denial;

    #[test]
    fn lost_blanks_do_not_change_who_denied() {
        let text = "User: arn:aws:sts::1:assumed-role/a/b is notauthorized to perform:ecr:GetAuthorizationToken onresource: * because noVPC endpointpolicy allowsthe ecr:GetAuthorizationToken action";
        let denial = denial::parse(&respaced(&Plain::of(text))).expect("a denial");
        assert_eq!((denial.layer, denial.action.as_str()), (PolicyLayer::VpcEndpoint, "ecr:GetAuthorizationToken"));
        assert_eq!(denial.resource.as_deref(), Some("*"));
    }
}
