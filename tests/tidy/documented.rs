//! A user of an item of another file need not read its body.

use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItem, Item, TraitItem, Visibility};

use super::code::{SHIPPED, root, shipped};

/// Collects visible items without a doc comment, as `line: name`. The compiler knows of those that leave the crate
/// (`missing_docs`), fields and variants among them; this knows of all items that leave their file.
struct Undocumented(Vec<String>);

impl Undocumented {
    fn look(&mut self, visibility: Option<&Visibility>, attributes: &[Attribute], name: &Ident) {
        let is_visible = !matches!(visibility, Some(Visibility::Inherited));
        if is_visible && !attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
            self.0.push(format!("{}: {name}", name.span().start().line));
        }
    }
}

impl<'ast> Visit<'ast> for Undocumented {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Const(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            Item::Enum(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            Item::Fn(it) => self.look(Some(&it.vis), &it.attrs, &it.sig.ident),
            Item::Static(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            Item::Struct(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            Item::Trait(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            Item::Type(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        match item {
            ImplItem::Const(it) => self.look(Some(&it.vis), &it.attrs, &it.ident),
            ImplItem::Fn(it) => self.look(Some(&it.vis), &it.attrs, &it.sig.ident),
            _ => {}
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        match item {
            TraitItem::Fn(it) => self.look(None, &it.attrs, &it.sig.ident),
            TraitItem::Type(it) => self.look(None, &it.attrs, &it.ident),
            _ => {}
        }
        visit::visit_trait_item(self, item);
    }
}

fn undocumented(name: &str, text: &str) -> Vec<String> {
    let mut found = Undocumented(Vec::new());
    found.visit_file(&shipped(name, text));
    found.0
}

#[test]
fn every_visible_item_is_documented() {
    let mut wrong = Vec::new();
    for code in SHIPPED.iter() {
        let text = std::fs::read_to_string(root().join(&code.name)).expect("the file can be read");
        wrong.extend(undocumented(&code.name, &text).into_iter().map(|it| format!("{}:{it}", code.name)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_undocumented_item_is_seen_in_every_form() {
    for text in [
        "pub fn f() {}",
        "pub(crate) struct S;",
        "pub(super) enum E {}",
        "pub const C: u8 = 1;",
        "pub static S: u8 = 1;",
        "pub type T = u8;",
        "#[derive(Debug)] pub struct S;",
        "// A remark.\npub async fn f() {}",
        "struct S; impl S { pub const fn f() {} }",
        "trait T { fn f(); }",
        "mod inner { pub fn f() {} }",
        "#[cfg(test)] mod tests {} pub fn f() {}",
    ] {
        assert_eq!(undocumented("snippet.rs", text).len(), 1, "not seen: {text}");
    }
    for text in [
        "/// It says so.\npub fn f() {}",
        "#[doc = \"It says so.\"] pub struct S;",
        "/// It says so.\n#[derive(Debug)] pub struct S;",
        "fn f() {} struct S; impl S { fn g() {} }",
        "struct S; impl Clone for S { fn clone(&self) -> Self { S } }",
        "#[cfg(test)] pub fn f() {}",
        "pub use other::f; pub mod inner {}",
    ] {
        assert_eq!(undocumented("snippet.rs", text), Vec::<String>::new(), "in {text}");
    }
}
