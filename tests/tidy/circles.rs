//! No two files use each other, directly or by way of others.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Code, Names, SHIPPED, read};

/// The files that use each other, each group sorted. `mod.rs` is its children's list of contents: what it
/// passes on leads to the file where it is made.
fn circles(code: &[Code]) -> Vec<Vec<String>> {
    let modules: BTreeMap<&Names, &Code> = code
        .iter()
        .flat_map(|file| {
            let inner = file.aliases.keys().filter(|module| **module != file.module);
            [&file.module].into_iter().chain(inner).map(move |module| (module, file))
        })
        .collect();
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in code {
        let used = file.paths.iter().filter(|it| !it.passed_on).filter_map(|it| home(&modules, &it.path, 0));
        let others = used.filter(|other| other.name != file.name).map(|other| other.name.as_str());
        reach.insert(&file.name, others.collect());
    }
    loop {
        let further: BTreeMap<&str, BTreeSet<&str>> = reach
            .iter()
            .map(|(file, used)| (*file, used.iter().flat_map(|it| &reach[it]).chain(used).copied().collect()))
            .collect();
        if further == reach {
            break;
        }
        reach = further;
    }
    let groups: BTreeSet<Vec<String>> = reach
        .iter()
        .filter(|(file, used)| used.contains(*file))
        .map(|(file, used)| used.iter().filter(|it| reach[*it].contains(file)).map(|it| (*it).to_owned()).collect())
        .collect();
    groups.into_iter().collect()
}

/// The file in which the item at the end of a path is made.
fn home<'c>(modules: &BTreeMap<&Names, &'c Code>, path: &Names, depth: usize) -> Option<&'c Code> {
    if path.first().is_none_or(|first| first != "crate") || depth > 8 {
        return None;
    }
    let mut module: Names = vec!["crate".to_owned()];
    for (at, name) in path.iter().enumerate().skip(1) {
        let below: Names = module.iter().cloned().chain([name.clone()]).collect();
        if modules.contains_key(&below) {
            module = below;
            continue;
        }
        let meant = modules.get(&module).and_then(|file| file.aliases.get(&module)).and_then(|it| it.get(name));
        if let Some(meant) = meant {
            let whole = meant.iter().chain(&path[at + 1..]).cloned().collect();
            return home(modules, &whole, depth + 1);
        }
        break;
    }
    modules.get(&module).copied()
}

#[test]
fn no_two_files_use_each_other() {
    let found: Vec<String> = circles(&SHIPPED).iter().map(|files| files.join(", ")).collect();
    assert!(found.is_empty(), "these files use each other:\n{}", found.join("\n"));
}

/// The circles among files, each given as its module and its text.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let code: Vec<Code> = files
        .iter()
        .map(|(module, text)| read(module, module.split("::").map(str::to_owned).collect(), text).0)
        .collect();
    circles(&code).iter().map(|files| files.join(" ")).collect()
}

#[test]
fn a_circle_is_seen_in_every_form() {
    let folder = ("crate::x", "mod a; mod b; mod c; pub use a::A; pub use b::B; use c::C;");
    let a = ("crate::x::a", "use super::b::f; pub struct A;");
    for b in [
        "use super::a::A;",
        "use super::A;",
        "use super::{a::{self}};",
        "use crate::x::A as Other;",
        "fn f(a: crate::x::A) {}",
        "fn f() { super::a::g(); }",
        "use super::a; fn f() { a::g() }",
        "fn f() { println!(\"{}\", super::A); }",
        "use super::C;",
        "use super::c;",
    ] {
        let c = ("crate::x::c", "pub use super::a::g; pub struct C; fn f() -> super::A {}");
        let found = told(&[("crate", "mod x;"), folder, a, ("crate::x::b", b), c]);
        assert_eq!(found.len(), 1, "not seen: {b}");
        assert!(found[0].starts_with("crate::x::a crate::x::b"), "{found:?}");
    }
}

#[test]
fn a_list_of_contents_is_no_circle() {
    let found = told(&[
        ("crate", "mod x;"),
        ("crate::x", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("crate::x::a", "use super::B; pub struct A; #[cfg(test)] mod tests { use super::super::b; }"),
        ("crate::x::b", "pub struct B; #[cfg(test)] mod tests { use super::super::a::A; }"),
    ]);
    assert_eq!(found, Vec::<String>::new());
}
