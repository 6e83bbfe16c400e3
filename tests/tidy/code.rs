//! The code as syntax: which files ship, which paths each of them names, what its tests are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Meta, TraitItem, UseTree};

use super::habits::{self, Habit};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files under `folder`, with their text, by path from the root.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("the file can be read");
                let name = path.strip_prefix(root()).expect("it is below the root").display().to_string();
                found.push((name, text));
            }
        }
    }
    assert!(!found.is_empty(), "no Rust file in {folder}");
    found.sort();
    found
}

/// A path as it resolves: `["crate", "edge", "dns"]`, or `["tokio", "net"]` for another crate's.
pub type Names = Vec<String>;

/// A path that a file names outside its tests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// From 1.
    pub line: usize,
    pub path: Names,
    /// It stands in a `pub use`, so it is passed on and not used.
    pub passed_on: bool,
}

/// A file of the library or the binary, without its tests.
#[derive(Debug)]
pub struct Code {
    /// From the root: `src/edge/dns.rs`.
    pub name: String,
    /// `["crate", "edge", "dns"]`
    pub module: Names,
    pub paths: Vec<Named>,
    /// What a name stands for in a module of this file: by module, then by name.
    pub aliases: BTreeMap<Names, BTreeMap<String, Names>>,
    pub habits: Vec<Habit>,
}

/// Every file that ships, found from `src/lib.rs` and `src/main.rs` as the compiler finds them.
pub static SHIPPED: LazyLock<Vec<Code>> = LazyLock::new(|| {
    let mut shipped = Vec::new();
    let mut waiting = vec![
        (PathBuf::from("src/lib.rs"), vec!["crate".to_owned()]),
        (PathBuf::from("src/main.rs"), vec!["crate".to_owned(), "main".to_owned()]),
    ];
    while let Some((path, module)) = waiting.pop() {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (code, children) = read(&name, module, &text);
        for child in children {
            let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
                Some("lib" | "main" | "mod") => path.with_file_name(""),
                _ => path.with_extension(""),
            };
            let below = child[code.module.len()..].join("/");
            let flat = folder.join(format!("{below}.rs"));
            let own_folder = folder.join(below).join("mod.rs");
            waiting.push((if root().join(&flat).exists() { flat } else { own_folder }, child));
        }
        shipped.push(code);
    }
    shipped.sort_by(|a, b| a.name.cmp(&b.name));
    shipped
});

/// Reads a file; besides, the modules that it declares and that are files of their own.
pub fn read(name: &str, module: Names, text: &str) -> (Code, Vec<Names>) {
    let syntax = shipped(name, text);
    let mut scopes =
        Scopes { here: module.clone(), modules: BTreeSet::new(), files: Vec::new(), aliases: BTreeMap::new() };
    // Twice: an import may begin with a name that a later one brings.
    scopes.visit_file(&syntax);
    scopes.files.clear();
    scopes.visit_file(&syntax);
    let mut reader = Paths { here: module.clone(), scopes: &scopes, passed_on: false, found: Vec::new() };
    reader.visit_file(&syntax);
    let mut paths = reader.found;
    paths.sort();
    paths.dedup();
    let habits = habits::of(&syntax);
    (Code { name: name.to_owned(), module, paths, aliases: scopes.aliases, habits }, scopes.files)
}

/// A file without its tests.
pub fn shipped(name: &str, text: &str) -> syn::File {
    let mut syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    syntax.items = without_tests(syntax.items);
    syntax
}

/// The items that are built into the program.
fn without_tests(items: Vec<Item>) -> Vec<Item> {
    let mut kept = Vec::new();
    for mut item in items {
        if is_test(attributes(&item)) {
            continue;
        }
        match &mut item {
            Item::Mod(inner) => {
                if let Some((_, items)) = &mut inner.content {
                    *items = without_tests(std::mem::take(items));
                }
            }
            Item::Impl(inner) => inner.items.retain(|item| match item {
                ImplItem::Const(it) => !is_test(&it.attrs),
                ImplItem::Fn(it) => !is_test(&it.attrs),
                _ => true,
            }),
            Item::Trait(inner) => inner.items.retain(|item| match item {
                TraitItem::Fn(it) => !is_test(&it.attrs),
                _ => true,
            }),
            _ => {}
        }
        kept.push(item);
    }
    kept
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::ExternCrate(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Macro(it) => &it.attrs,
        Item::Mod(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

/// `#[test]`, `#[cfg(test)]` or `#[cfg(all(test, …))]`.
pub fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
        let condition = list.tokens.to_string().replace(' ', "");
        list.path.is_ident("cfg") && (condition == "test" || condition.starts_with("all(test"))
    })
}

/// The imports of a `use`, each as its segments, the name that it gets here, and its line.
fn imports(tree: &UseTree, before: &Names, found: &mut Vec<(usize, Names, String)>) {
    let with = |name: String| before.iter().cloned().chain([name]).collect::<Names>();
    let line = match tree {
        UseTree::Path(it) => it.ident.span().start().line,
        UseTree::Name(it) => it.ident.span().start().line,
        UseTree::Rename(it) => it.ident.span().start().line,
        UseTree::Glob(it) => it.star_token.span.start().line,
        UseTree::Group(_) => 0,
    };
    match tree {
        UseTree::Path(path) => imports(&path.tree, &with(path.ident.to_string()), found),
        UseTree::Name(name) if name.ident == "self" => {
            found.push((line, before.clone(), before.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(name) => found.push((line, with(name.ident.to_string()), name.ident.to_string())),
        UseTree::Rename(name) if name.ident == "self" => found.push((line, before.clone(), name.rename.to_string())),
        UseTree::Rename(name) => found.push((line, with(name.ident.to_string()), name.rename.to_string())),
        UseTree::Glob(_) => found.push((line, with("*".to_owned()), "*".to_owned())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imports(tree, before, found)),
    }
}

/// The modules of a file and what names stand for in each of them.
struct Scopes {
    here: Names,
    modules: BTreeSet<Names>,
    /// Modules that are files of their own.
    files: Vec<Names>,
    aliases: BTreeMap<Names, BTreeMap<String, Names>>,
}

impl Scopes {
    /// The whole path that `segments` stand for in the module `here`.
    fn resolve(&self, here: &Names, segments: &[String]) -> Names {
        let Some((first, rest)) = segments.split_first() else { return Names::new() };
        let from = |base: &[String]| base.iter().chain(rest).cloned().collect::<Names>();
        match first.as_str() {
            "crate" => segments.to_vec(),
            "ecr_probe" => from(&["crate".to_owned()]),
            "self" => from(here),
            "super" => {
                let above = here[..here.len().saturating_sub(1)].to_vec();
                match rest.first().map(String::as_str) {
                    Some("super") => self.resolve(&above, rest),
                    _ => from(&above),
                }
            }
            name => {
                let child: Names = here.iter().cloned().chain([name.to_owned()]).collect();
                if let Some(meant) = self.aliases.get(here).and_then(|aliases| aliases.get(name)) {
                    from(meant)
                } else if self.modules.contains(&child) {
                    from(&child)
                } else {
                    segments.to_vec()
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Scopes {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.here.push(item.ident.to_string());
        self.modules.insert(self.here.clone());
        if item.content.is_none() {
            self.files.push(self.here.clone());
        }
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut found = Vec::new();
        imports(&item.tree, &Names::new(), &mut found);
        for (_, path, name) in found.into_iter().filter(|(_, _, name)| name != "*" && name != "_") {
            // `use time;` or `use a::{self}` of another crate would stand for itself.
            let meant = if item.leading_colon.is_some() { path } else { self.resolve(&self.here, &path) };
            if meant != [name.clone()] {
                self.aliases.entry(self.here.clone()).or_default().insert(name, meant);
            }
        }
    }
}

/// Collects the paths of a file.
struct Paths<'s> {
    here: Names,
    scopes: &'s Scopes,
    passed_on: bool,
    found: Vec<Named>,
}

impl Paths<'_> {
    fn add(&mut self, line: usize, segments: &[String]) {
        // A name alone is a local one, or its import has been seen.
        if segments.len() > 1 {
            let path = self.scopes.resolve(&self.here, segments);
            self.found.push(Named { line, path, passed_on: self.passed_on });
        }
    }

    /// The paths in what a macro or an attribute is given: `a::b`, `a::{b, c::d}`.
    fn tokens(&mut self, tokens: TokenStream, before: &Names) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(it)) if it.as_char() == ':');
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream(), &Names::new()),
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let mut path = before.clone();
                    path.push(ident.to_string());
                    let mut inner = None;
                    while is_colon(at + 1) && is_colon(at + 2) {
                        match tokens.get(at + 3) {
                            Some(TokenTree::Ident(next)) => path.push(next.to_string()),
                            Some(TokenTree::Punct(star)) if star.as_char() == '*' => path.push("*".to_owned()),
                            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                                inner = Some(group.stream());
                            }
                            _ => break,
                        }
                        at += 3;
                    }
                    match inner {
                        Some(group) => self.tokens(group, &path),
                        None => self.add(line, &path),
                    }
                }
                TokenTree::Literal(_) | TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut found = Vec::new();
        imports(&item.tree, &Names::new(), &mut found);
        self.passed_on = !matches!(item.vis, syn::Visibility::Inherited);
        for (line, path, _) in found {
            let path = if item.leading_colon.is_some() { path } else { self.scopes.resolve(&self.here, &path) };
            self.found.push(Named { line, path, passed_on: self.passed_on });
        }
        self.passed_on = false;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(first) = path.segments.first() {
            self.add(first.ident.span().start().line, &segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone(), &Names::new());
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone(), &Names::new());
            // `#[serde(with = "crate::a::b")]`
            for token in list.tokens.clone() {
                if let TokenTree::Literal(literal) = token
                    && let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                    && let Ok(path) = text.parse::<syn::Path>()
                {
                    let segments: Names = path.segments.iter().map(|it| it.ident.to_string()).collect();
                    self.add(literal.span().start().line, &segments);
                }
            }
        }
        visit::visit_attribute(self, attribute);
    }
}
