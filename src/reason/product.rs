//! Registries that a text names by the product, and by no host: `pull from Harbor fails: 403 Forbidden`.

use std::sync::LazyLock;

use super::host_kind::HostKind;
use super::hosts::Host;
use super::searched::Searched;
use crate::wire::Keywords;

/// Products that hold nothing but images. As whole words, in their own capitals.
const PRODUCTS: [&str; 8] =
    ["Azure Container Registry", "ACR", "GCR", "GHCR", "GitHub Container Registry", "Harbor", "harbor", "Quay"];

/// What names AWS's side. The small letters alone are a part of `secret`.
const OF_AWS: [&str; 9] = ["ECR", ".ecr", "ecr.", "ecr:", "ECS", "AWS", "aws", "Amazon", "Fargate"];

/// Whether a host is one of these products, and no host's name.
pub fn is_product(host: &Host) -> bool {
    PRODUCTS.contains(&host.name.as_str())
}

/// Whether the line names AWS, or a service of it that takes part in a pull.
pub fn names_aws(line: &Searched) -> bool {
    OF_AWS.iter().any(|it| line.contains(it))
}

/// The last that the line names, where it names nothing of AWS: the product may be where the image came from, or what runs
/// the job.
pub fn find(line: &Searched) -> Option<Host> {
    static NAMES: LazyLock<Keywords> = LazyLock::new(|| Keywords::new(PRODUCTS));
    if names_aws(line) {
        return None;
    }
    let mut last = None;
    NAMES.each(line, |_, place| {
        if is_word(line, place.start, place.len()) {
            last = Some(place);
        }
    });
    let place = last?;
    let at = place.start;
    Some(Host { name: line[place].to_owned(), kind: HostKind::OtherRegistry, at, contacted: false })
}

/// Whether no letter, digit or sign of a name goes on with it on either side.
fn is_word(line: &str, at: usize, length: usize) -> bool {
    let goes_on = |it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | '/' | ':' | '@');
    let after = line[at + length..].trim_start_matches(['.', ':']);
    let ends = after.len() < line.len() - at - length && (after.is_empty() || after.starts_with(' '));
    !line[..at].ends_with(goes_on) && (ends || !line[at + length..].starts_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_a_whole_word() {
        let name = |line: &str| find(&Searched::of(line.to_owned())).map(|host| host.name);
        assert_eq!(name("pull from Azure Container Registry: 403"), Some("Azure Container Registry".to_owned()));
        assert_eq!(name("AKS cannot pull from ACR."), Some("ACR".to_owned()));
        assert_eq!(name("copied from Quay to ECR: no basic auth credentials"), None);
        for line in ["harbor.example/a", "ACRONYM", "my-harbor", "registry/harbor", "", "the port of Harborough"] {
            assert_eq!(name(line), None, "{line}");
        }
    }
}
