//! Registries that a text names by the product, and by no host: `pull from Harbor fails: 403 Forbidden`.

use super::host_kind::HostKind;
use super::hosts::Host;

/// None is AWS's. As whole words, in their own capitals.
const PRODUCTS: [&str; 14] = [
    "Azure Container Registry",
    "ACR",
    "Artifact Registry",
    "GCR",
    "GHCR",
    "GitHub Container Registry",
    "GitHub Packages",
    "GitLab",
    "Harbor",
    "harbor",
    "Nexus",
    "Artifactory",
    "JFrog",
    "Quay",
];

/// The last that the line names.
pub fn find(line: &str) -> Option<Host> {
    let places = PRODUCTS.iter().flat_map(|product| line.match_indices(product));
    let (at, name) = places.filter(|(at, product)| is_word(line, *at, product.len())).max_by_key(|(at, _)| *at)?;
    Some(Host { name: name.to_owned(), kind: HostKind::OtherRegistry, at, contacted: false })
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
        let name = |line| find(line).map(|host| host.name);
        assert_eq!(name("pull from Azure Container Registry: 403"), Some("Azure Container Registry".to_owned()));
        assert_eq!(name("AKS cannot pull from ACR."), Some("ACR".to_owned()));
        for line in ["harbor.example/a", "ACRONYM", "my-harbor", "registry/harbor", "", "the port of Harborough"] {
            assert_eq!(name(line), None, "{line}");
        }
    }
}
