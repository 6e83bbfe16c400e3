//! Every relative link of a document leads to a file that is there, and to a heading that it has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::code::root;

/// The documents of the repository, by path from the root.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["docs", "deploy", "tests", ".github"].map(|name| root().join(name)).to_vec();
    let mut look = |folder: &Path, folders: &mut Vec<PathBuf>| {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    };
    look(root(), &mut Vec::new());
    while let Some(folder) = folders.pop() {
        look(&folder, &mut folders);
    }
    assert!(found.len() > 100, "{} documents", found.len());
    found
}

/// A heading's anchor as GitHub makes it: small letters, blanks as hyphens, no other punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The anchors and the links of a text.
fn read(text: &str) -> (BTreeSet<String>, Vec<String>) {
    let (mut anchors, mut links) = (BTreeSet::new(), Vec::new());
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                let mut own = anchor.clone();
                let mut count = 0;
                while !anchors.insert(own.clone()) {
                    count += 1;
                    own = format!("{anchor}-{count}");
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => links.push(dest_url.to_string()),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    (anchors, links)
}

/// Why a link of the document at `path` leads nowhere.
fn wrong(path: &Path, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { path.to_owned() } else { path.parent().expect("it is in a folder").join(file) };
    if !target.exists() {
        return Some(format!("{link}: no such file"));
    }
    if fragment.is_empty() {
        return None;
    }
    let text = std::fs::read_to_string(&target).unwrap_or_default();
    (!read(&text).0.contains(fragment)).then(|| format!("{link}: no such heading"))
}

#[test]
fn every_link_leads_somewhere() {
    let (mut wrong_ones, mut count) = (Vec::new(), 0);
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("the document can be read");
        let links = read(&text).1;
        count += links.iter().filter(|link| !link.contains("://")).count();
        let found = links.iter().filter_map(|link| wrong(&path, link));
        wrong_ones.extend(found.map(|why| format!("{}: {why}", path.strip_prefix(root()).unwrap_or(&path).display())));
    }
    assert!(wrong_ones.is_empty(), "\n{}", wrong_ones.join("\n"));
    assert!(count > 100, "{count} links");
}

#[test]
fn a_dead_link_is_seen() {
    let readme = root().join("README.md");
    assert_eq!(wrong(&readme, "docs/codes.md#codes"), None);
    assert_eq!(wrong(&readme, "https://example.com/#x"), None);
    assert!(wrong(&readme, "docs/nowhere.md").is_some_and(|why| why.contains("no such file")));
    assert!(wrong(&readme, "docs/codes.md#nowhere").is_some_and(|why| why.contains("no such heading")));
    assert_eq!(anchor("watch and health, 2"), "watch-and-health-2");
    assert_eq!(read("# A b\n\n## A b\n").0, BTreeSet::from(["a-b".to_owned(), "a-b-1".to_owned()]));
}
