//! A folder uses only folders of a lower rank.

use super::code::{Code, Names, SHIPPED, files, read};

/// The folders of `src`, each of which uses only those before it. Same rank: neither uses the other.
pub const RANKS: [&[&str]; 14] = [
    &["model"],
    &["aws", "wire", "ranges"],
    &["image"],
    &["account"],
    &["config", "path"],
    &["plan", "repair", "policy"],
    &["diagnose"],
    &["reason", "watch"],
    &["audit", "sweep"],
    &["render", "metrics"],
    &["edge"],
    &["observe"],
    &["run"],
    &["entry"],
];

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|modules| modules.contains(&module))
}

/// The paths of a file that lead to its own rank or above, or to the root of the crate.
fn upwards(code: &Code) -> Vec<String> {
    let Some(own) = code.module.get(1) else { return Vec::new() };
    // The binary stands above all.
    let from = rank(own).unwrap_or(RANKS.len());
    let own_paths = code.paths.iter().filter(|it| it.path.first().is_some_and(|first| first == "crate"));
    let wrong = own_paths.filter(|it| match it.path.get(1) {
        Some(used) if used == own => false,
        Some(used) => rank(used).is_none_or(|to| to >= from),
        None => true,
    });
    wrong.map(|it| format!("{}:{}: {own} uses {}", code.name, it.line, it.path.join("::"))).collect()
}

#[test]
fn imports_point_down() {
    let wrong: Vec<String> = SHIPPED.iter().flat_map(upwards).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_rank() {
    let outermost = ["src/lib.rs", "src/main.rs"];
    let unranked: Vec<&String> = SHIPPED
        .iter()
        .filter(|code| !outermost.contains(&code.name.as_str()) && rank(&code.module[1]).is_none())
        .map(|code| &code.name)
        .collect();
    assert!(unranked.is_empty(), "{unranked:?}");
}

/// The rules see every file: one that is not found from the root only holds tests.
#[test]
fn every_file_ships_or_holds_tests() {
    let lost: Vec<String> = files("src")
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !name.contains("/tests") && !SHIPPED.iter().any(|code| code.name == *name))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// What the checker says of a file of `module` with this text.
fn told(module: &str, text: &str) -> Vec<String> {
    let module: Names = module.split("::").map(str::to_owned).collect();
    upwards(&read("snippet.rs", module, text).0)
}

#[test]
fn an_import_that_points_up_is_seen_in_every_form() {
    for text in [
        "use crate::edge;",
        "use crate::{edge, run};",
        "use crate::{model::{self}, entry as e};",
        "use crate::{model::{Code, Stage}, edge::{dns::{self, vpc_resolver}}};",
        "use crate::{self as everything};",
        "use crate::*;",
        "use crate as everything;",
        "pub use crate::edge::Edge;",
        "pub(crate) use crate::edge::Edge;",
        "use super::super::edge::Live;",
        "use super::super::{model, edge};",
        "use crate::wire::super_ as w; use super::super::run;",
        "fn f() { crate::edge::x(); }",
        "fn f() { use crate::edge::x; x(); }",
        "fn f() { let _ = super::super::edge::LIMIT; }",
        "fn f(edge: &crate::edge::Live) {}",
        "fn f() -> Option<Vec<crate::edge::Live>> { None }",
        "fn f<E: crate::edge::Edge>(edge: E) {}",
        "fn f<E>(edge: E) where E: crate::edge::Edge {}",
        "impl crate::edge::Edge for () {}",
        "struct Held { it: Option<crate::edge::Live> }",
        "type Held = crate::edge::Live;",
        "const LIMIT: usize = crate::edge::LIMIT;",
        "fn f(x: u8) { match x { crate::edge::LIMIT => {} _ => {} } }",
        "fn f() { let _ = <crate::edge::Live as Clone>::clone; }",
        "fn f() { println!(\"{}\", crate::edge::LIMIT); }",
        "fn f() { assert!(matches!(x, crate::edge::Cut { .. })); }",
        "fn f() { crate::edge::repair!(); }",
        "macro_rules! made { () => { $crate::edge::x() }; }",
        "macro_rules! made { () => { use crate::{model, edge::{self}}; }; }",
        "#[serde(with = \"crate::edge::text\")] struct Held;",
        "#[derive(crate::edge::Made)] struct Held;",
        "mod inner { use super::super::super::edge; }",
        "mod inner { fn f() { super::super::super::edge::x(); } }",
        "use super::super as top; fn f() { top::edge::x(); }",
        "use crate::unheard_of;",
        "#[cfg(not(test))] use crate::edge;",
    ] {
        assert!(!told("crate::wire::reply", text).is_empty(), "not seen: {text}");
    }
}

#[test]
fn an_import_that_points_down_or_stays_is_none() {
    for text in [
        "use crate::model::{self, Code};",
        "use crate::{model, wire::{said, echo}};",
        "use super::echo; use self::inner::X; use super::{scrub, Reply};",
        "pub(crate) fn f() {} pub(super) fn g() {} pub(in crate::wire) fn h() {}",
        "// use crate::edge;\n/// As [`crate::edge::Live`] does.\nfn f() {}",
        "fn f() { let edge = 1; let _ = edge; let text = \"crate::edge::x()\"; }",
        "#[cfg(test)] use crate::edge;",
        "#[cfg(test)] mod tests { use crate::entry; fn f() { crate::run::x(); } } fn g() {}",
        "#[cfg(all(test, unix))] mod tests { use crate::entry; }",
        "#[test] fn f() { crate::run::x(); }",
        "struct S; impl S { #[cfg(test)] fn f() { crate::edge::x(); } }",
        "use other::edge; fn f() { other::edge::x(); edge::x(); ::edge::x(); }",
        "mod edge { pub fn x() {} } use edge::x; fn f() { edge::x(); self::edge::x(); }",
        "mod inner { use super::super::echo; use super::X; }",
    ] {
        assert_eq!(told("crate::wire::reply", text), Vec::<String>::new(), "in {text}");
    }
    // What stands after tests is read.
    assert!(!told("crate::wire", "#[cfg(test)] mod tests {} use crate::edge;").is_empty());
    assert!(!told("crate::diagnose", "use crate::reason::x;").is_empty());
    assert!(!told("crate::reason", "use crate::watch::x;").is_empty(), "folders of one rank");
    assert_eq!(told("crate::reason", "use crate::diagnose::x;"), Vec::<String>::new());
}
