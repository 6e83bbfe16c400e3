//! The words of the house: phrases that make a reader guess. CONTRIBUTING has the style, and what to write in their place.

use std::path::PathBuf;

use super::code::root;

/// Each in lower case, with blanks between words, and what is plainer.
const BANNED: [(&str, &str); 49] = [
    ("the like of", "such as"),
    ("for want of", "because there is no"),
    ("want of", "no, or a lack of"),
    ("withheld", "blocked, or answers NXDOMAIN"),
    ("withholds", "blocks"),
    ("whoever", "who it is, or the passive"),
    ("whose an address is", "who owns an address"),
    ("mend", "repair, or fix"),
    ("mended", "repaired, or fixed"),
    ("takes no connection", "refuses connections"),
    ("kept in step", "synchronized"),
    ("opened on the way", "intercepted"),
    ("opens tls", "intercepts TLS"),
    ("unopened", "without TLS interception"),
    ("keeps redirects", "caches redirects"),
    ("the puller may lack", "the role that pulls may lack"),
    ("no authority of", "not issued by"),
    ("turns away", "denies, or rejects"),
    ("turned away", "denied, or rejected"),
    ("asked less often", "throttled"),
    ("no packet gets", "unreachable"),
    ("the far end", "the server, or the host"),
    ("hands them out", "issues them"),
    ("hand the keys over", "export the keys"),
    ("hands on", "passes, or serves"),
    ("of the future", "dated ahead of now"),
    ("the watch does not run", "no round finished for so long"),
    ("takes the place of", "replaces"),
    ("take the place of", "replace"),
    ("without a word", "silently"),
    ("more than nothing", "greater than 0"),
    ("nobody reads", "is blocked, or is closed"),
    ("question of ours", "our query"),
    ("has a say", "applies"),
    ("have a say", "apply"),
    ("could not begin", "failed to start"),
    ("wants a login", "requires a login"),
    ("a stranger", "an anonymous client"),
    ("no stranger", "no anonymous client"),
    ("to strangers", "to anonymous clients"),
    ("let strangers", "let anonymous clients"),
    ("stale dates", "a cached Date header"),
    ("lost its way", "blocked"),
    ("bound of each", "timeout of each"),
    ("bound of the whole", "timeout of the whole"),
    ("shake hands", "complete a TLS handshake"),
    ("shakes hands", "completes a TLS handshake"),
    ("shaking hands", "the TLS handshake"),
    ("shaken hands", "completed a TLS handshake"),
];

/// Texts of others, and this list.
const NOT_OURS: [&str; 5] = [
    ".jsonl",
    "tests/tidy/words.rs",
    "tests/explain/catalogue.txt",
    "tests/explain/not-pulls.txt",
    "package-lock.json",
];

/// The text in lower case, in which every run of other characters than letters, digits and apostrophes is one blank;
/// the line of each byte goes with it. A phrase is found across a line's end, a comment's slashes and underscores.
fn plain(text: &str) -> (String, Vec<usize>) {
    let (mut plain, mut lines, mut line) = (String::from(" "), vec![1], 1);
    for c in text.chars() {
        if c.is_alphanumeric() || c == '\'' {
            for small in c.to_lowercase() {
                plain.push(small);
                lines.resize(plain.len(), line);
            }
        } else if !plain.ends_with(' ') {
            plain.push(' ');
            lines.resize(plain.len(), line);
        }
        line += usize::from(c == '\n');
    }
    plain.push(' ');
    lines.resize(plain.len(), line);
    (plain, lines)
}

/// What is found in a text, as its line, the phrase and what is plainer.
fn found(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    // The name of DNS-09 is part of the contract.
    let text = text.replace("dns-name-withheld", "");
    let (plain, lines) = plain(&text);
    let mut found = Vec::new();
    for (phrase, plainer) in BANNED {
        let places = plain.match_indices(&format!(" {phrase} ")).map(|(at, _)| at).collect::<Vec<_>>();
        found.extend(places.into_iter().map(|at| (lines[at + 1], phrase, plainer)));
    }
    // "puts ListTasks off", "put it off"
    let words: Vec<&str> = plain.split_whitespace().collect();
    if words.windows(3).any(|it| ["put", "puts"].contains(&it[0]) && it[2] == "off") {
        found.push((1, "puts … off", "throttled, or postpones"));
    }
    found
}

/// Every text of the repository that somebody wrote here.
fn texts() -> Vec<(String, String)> {
    const FOLDERS: [&str; 10] =
        ["src", "tests", "docs", "deploy", "examples", "scripts", "benches", ".github", ".ci", "fuzz"];
    let mut waiting: Vec<PathBuf> = FOLDERS.iter().map(|name| root().join(name)).filter(|path| path.exists()).collect();
    for entry in std::fs::read_dir(root()).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_file() && path.file_name().is_some_and(|name| name != "Cargo.lock") {
            waiting.push(path);
        }
    }
    let mut texts = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("the folder can be read");
            waiting.extend(entries.map(|entry| entry.expect("the entry can be read").path()));
            continue;
        }
        let name = path.strip_prefix(root()).expect("it is below the root").display().to_string();
        if let Some(mut text) = std::fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            // The style shows what not to write.
            if name == "CONTRIBUTING.md"
                && let Some((before, rest)) = text.split_once("\n## Words\n")
                && let Some((_, after)) = rest.split_once("\n## ")
            {
                text = format!("{before}\n{after}");
            }
            texts.push((name, text));
        }
    }
    assert!(texts.len() > 500, "{} texts", texts.len());
    texts
}

#[test]
fn no_text_makes_its_reader_guess() {
    let mut wrong = Vec::new();
    for (name, text) in texts() {
        if NOT_OURS.iter().any(|end| name.ends_with(end)) {
            continue;
        }
        let found = found(&text).into_iter();
        wrong.extend(found.map(|(line, phrase, plainer)| format!("{name}:{line}: \"{phrase}\": {plainer}")));
        // A file's own name, too.
        wrong.extend(self::found(&name).into_iter().map(|(_, phrase, _)| format!("{name}: is named \"{phrase}\"")));
    }
    wrong.sort();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_phrase_is_seen_in_every_form() {
    for text in [
        "// for\n// want of an address",
        "fn told_to_whoever_asks() {}",
        "Whoever asks.",
        "/// Whose an\n/// address is.",
        "ECS puts ListTasks off",
        "\"lost without a\\\n word\"",
    ] {
        assert!(!found(text).is_empty(), "not seen: {text}");
    }
    for text in ["recommended", "it amends them", "puts it there", "dns-name-withheld", "commended"] {
        assert_eq!(found(text), [], "in {text}");
    }
    assert_eq!(found("a\nb whoever\n")[0].0, 2);
}
