//! What holds of the code as a whole, each rule a test. The code is parsed, not searched: a rule
//! sees through groups, other names, macros and attributes, and skips tests as items.

#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/code.rs"]
mod code;
#[path = "tidy/documented.rs"]
mod documented;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/habits.rs"]
mod habits;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/links.rs"]
mod links;
#[path = "tidy/reference.rs"]
mod reference;
#[path = "tidy/words.rs"]
mod words;

use syn::visit::{self, Visit};

use code::{Named, SHIPPED, files};
use habits::Kind;

#[test]
fn no_file_is_long() {
    let all = ["src", "tests", "examples"].into_iter().flat_map(files);
    let long: Vec<String> = all
        .filter(|(_, text)| text.lines().count() > 400)
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

/// The paths outside `places` of which `is_wrong`.
fn outside(places: &[&str], is_wrong: impl Fn(&Named) -> bool) -> Vec<String> {
    let files = SHIPPED.iter().filter(|code| !places.iter().any(|place| code.name.starts_with(place)));
    let paths = files.flat_map(|code| code.paths.iter().map(move |it| (code, it)));
    paths
        .filter(|(_, it)| is_wrong(it))
        .map(|(code, it)| format!("{}:{}: {}", code.name, it.line, it.path.join("::")))
        .collect()
}

/// The path is at one of these modules of other crates, or below it.
fn is_below(named: &Named, modules: &[&str]) -> bool {
    let path = named.path.join("::");
    modules.iter().any(|module| {
        path.strip_prefix(module).is_some_and(|rest| module.ends_with('_') || rest.is_empty() || rest.starts_with("::"))
    })
}

#[test]
fn only_the_edge_touches_the_network() {
    let crates = [
        "tokio::net",
        "std::net::TcpStream",
        "std::net::TcpListener",
        "std::net::UdpSocket",
        "std::net::ToSocketAddrs",
        "std::os::unix::net",
        "hickory_",
        "rustls",
        "rustls_",
        "tokio_rustls",
        "reqwest",
        "hyper",
        "hyper_",
        "libc",
        "ring::rand",
        "webpki_",
        "x509_cert",
        "aws_",
    ];
    let wrong = outside(&["src/edge/"], |it| is_below(it, &crates));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Files and streams: what the command line names is read and written where the command is run.
#[test]
fn only_the_edge_and_the_entry_touch_files_and_streams() {
    let modules = ["std::fs", "tokio::fs", "std::io", "tokio::io", "std::process", "tokio::process", "tokio::signal"];
    // JSON is written into memory, through the same trait.
    let allowed = ["src/edge/", "src/entry/", "src/main.rs", "src/render/json.rs"];
    let wrong = outside(&allowed, |it| is_below(it, &modules));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_the_edge_the_run_and_the_entry_read_clocks() {
    let wrong = outside(&["src/edge/", "src/entry/", "src/run.rs"], |it| {
        is_below(it, &["std::time::SystemTime", "std::time::Instant", "tokio::time", "time::UtcDateTime::now"])
            || it.path.last().is_some_and(|last| ["now", "now_utc", "now_local"].contains(&last.as_str()))
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// However an act ends is its outcome: the seam has no errors.
#[test]
fn no_method_of_the_edge_fails() {
    struct Results(usize);
    impl<'ast> Visit<'ast> for Results {
        fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
            self.0 += usize::from(segment.ident == "Result");
            visit::visit_path_segment(self, segment);
        }
    }
    let (name, text) = files("src/edge").into_iter().find(|(name, _)| name == "src/edge/mod.rs").expect("there is one");
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let edge = syntax.items.iter().find_map(|item| match item {
        syn::Item::Trait(it) if it.ident == "Edge" => Some(it),
        _ => None,
    });
    let mut methods = 0;
    for item in &edge.expect("the seam is there").items {
        let syn::TraitItem::Fn(method) = item else { continue };
        let mut results = Results(0);
        results.visit_signature(&method.sig);
        assert_eq!(results.0, 0, "{} returns a Result", method.sig.ident);
        methods += 1;
    }
    assert!(methods > 10, "{methods} methods");
}

/// What is found of a habit outside `places`, as its file, its line and what it is.
fn habit(places: &[&str], what: impl Fn(&Kind) -> Option<String>) -> Vec<(String, usize, String)> {
    let files = SHIPPED.iter().filter(|code| !places.iter().any(|place| code.name.starts_with(place)));
    let habits = files.flat_map(|code| code.habits.iter().map(move |it| (code, it)));
    habits.filter_map(|(code, it)| what(&it.kind).map(|what| (code.name.clone(), it.line, what))).collect()
}

/// Fails unless what is found is what still stands: a list that only gets shorter.
fn only_standing(found: &[(String, usize, String)], standing: &[(&str, &str)]) {
    let is_known = |name: &str, what: &str| standing.contains(&(name, what));
    let new: Vec<String> = found
        .iter()
        .filter(|(name, _, what)| !is_known(name, what))
        .map(|(name, line, what)| format!("{name}:{line}: {what}"))
        .collect();
    assert!(new.is_empty(), "\n{}", new.join("\n"));
    for (name, what) in standing {
        assert!(found.iter().any(|it| it.0 == *name && it.2 == *what), "{name}: {what} is fixed: take it off the list");
    }
}

/// `wire` reads replies and `reason` what ECS says; `render` makes texts. What `config`, `image` and `ranges`
/// read is the user's own, and `policy` reads policies.
#[test]
fn only_the_readers_look_into_texts() {
    let readers =
        ["src/wire/", "src/reason/", "src/render/", "src/config/", "src/image/", "src/ranges/", "src/policy/"];
    let found = habit(&readers, |kind| match kind {
        Kind::LooksIntoText(name) => Some(name.clone()),
        _ => None,
    });
    only_standing(&found, &[]);
}

/// Partitions have domains of their own, and endpoints variants: a name that is made elsewhere is right in one of them.
#[test]
fn names_of_aws_are_made_in_one_folder() {
    let found = habit(&["src/aws/"], |kind| match kind {
        Kind::NamesAws(words) => Some(words.clone()),
        _ => None,
    });
    only_standing(&found, &[]);
}

#[test]
fn visible_functions_fail_with_types() {
    let found = habit(&[], |kind| match kind {
        Kind::FailsWithText(name) => Some(name.clone()),
        _ => None,
    });
    only_standing(&found, &[]);
}

/// In tests too: `if` and `else` say it.
#[test]
fn no_match_is_on_a_bool() {
    let mut wrong = Vec::new();
    for (name, text) in ["src", "tests", "examples"].into_iter().flat_map(files) {
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let matches = habits::of(&syntax).into_iter().filter(|habit| habit.kind == Kind::MatchOnBool);
        wrong.extend(matches.map(|habit| format!("{name}:{}", habit.line)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_undone() {
    let macros = habit(&[], |kind| match kind {
        Kind::Undone(name) => Some(format!("{name}!")),
        _ => None,
    });
    only_standing(&macros, &[]);
    let mut wrong = Vec::new();
    for (name, text) in files("src") {
        for (at, line) in text.lines().enumerate() {
            if ["TODO", "FIXME", "XXX:"].iter().any(|word| line.contains(word)) {
                wrong.push(format!("{name}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
