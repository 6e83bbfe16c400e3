//! Registries that a text names by the product, and by no host: `pull from Harbor fails: 403 Forbidden`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

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

/// Those that hold nothing but images. The others hold packages and code, too.
const OF_IMAGES: [&str; 8] =
    ["Azure Container Registry", "ACR", "GCR", "GHCR", "GitHub Container Registry", "Harbor", "harbor", "Quay"];

/// Whether a name is that of a product that holds nothing but images.
pub fn is_of_images(name: &str) -> bool {
    OF_IMAGES.contains(&name)
}

/// The last that the line names.
pub fn find(line: &str) -> Option<Host> {
    static NAMES: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(PRODUCTS).expect("a few names make an automaton"));
    let found = NAMES.find_iter(line).filter(|it| is_word(line, it.start(), it.len())).last()?;
    let name = line[found.range()].to_owned();
    Some(Host { name, kind: HostKind::OtherRegistry, at: found.start(), contacted: false })
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
