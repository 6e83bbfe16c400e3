//! Ways of writing that the code keeps to or avoids, found in its syntax.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    BinOp, Expr, ExprLit, File, GenericArgument, Lit, Member, Pat, PathArguments, ReturnType, Token, Type, Visibility,
};

/// What is found at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// From 1.
    pub line: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text of a program or service is compared with words.
    LooksIntoText(String),
    /// A `match` with an arm for `true` or `false`.
    MatchOnBool,
    /// A visible function that fails with a text: its name.
    FailsWithText(String),
    /// `todo!`, `unimplemented!` or `dbg!`.
    Undone(String),
    /// A literal that makes or compares a name of AWS's: a domain, an endpoint service or an ARN.
    NamesAws(String),
}

/// The habits of a file, in the order of its lines.
pub fn of(file: &File) -> Vec<Habit> {
    let mut reader = Reader { found: Vec::new() };
    reader.visit_file(file);
    reader.found.sort_by_key(|habit| habit.line);
    reader.found.dedup();
    reader.found
}

/// Names of values that hold what a person, a program or a service wrote.
const TEXTS: [&str; 8] = ["message", "reason", "text", "words", "detail", "title", "error", "it"];

/// Methods that ask a text for words.
const QUESTIONS: [&str; 9] = [
    "contains",
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "split_once",
    "find",
    "eq",
    "eq_ignore_ascii_case",
];

/// Parts of names of AWS's, as a literal would hold them.
const AWS_NAMES: [&str; 6] = ["amazonaws.com", "com.amazonaws", ".api.aws", ".on.aws", "amazonwebservices", "arn:{"];

struct Reader {
    found: Vec<Habit>,
}

impl Reader {
    fn add(&mut self, line: usize, kind: Kind) {
        self.found.push(Habit { line, kind });
    }

    fn function(&mut self, visibility: Option<&Visibility>, signature: &syn::Signature) {
        let ReturnType::Type(_, returned) = &signature.output else { return };
        if !matches!(visibility, Some(Visibility::Inherited)) && fails_with_text(returned) {
            self.add(signature.ident.span().start().line, Kind::FailsWithText(signature.ident.to_string()));
        }
    }

    /// What a macro is given, as far as it is expressions, statements or a pattern.
    fn macro_body(&mut self, is_matches: bool, tokens: &TokenStream) {
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        if is_matches && let Ok(Matches { value, pattern, condition }) = syn::parse2(tokens.clone()) {
            self.pattern(&value, &pattern);
            self.visit_expr(&value);
            self.visit_pat(&pattern);
            if let Some(condition) = condition {
                self.visit_expr(&condition);
            }
        } else if let Ok(found) = expressions.parse2(tokens.clone()) {
            found.iter().for_each(|expression| self.visit_expr(expression));
        } else if let Ok(found) = syn::Block::parse_within.parse2(tokens.clone()) {
            found.iter().for_each(|statement| self.visit_stmt(statement));
        }
    }

    /// `value` is matched with `pattern`.
    fn pattern(&mut self, value: &Expr, pattern: &Pat) {
        if let Some((line, name)) = text(value)
            && has_words(pattern)
        {
            self.add(line, Kind::LooksIntoText(name));
        }
    }
}

/// The arguments of `matches!`.
struct Matches {
    value: Expr,
    pattern: Pat,
    condition: Option<Expr>,
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let condition = if input.parse::<Option<Token![if]>>()?.is_some() { Some(input.parse()?) } else { None };
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { value, pattern, condition })
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(Some(&item.vis), &item.sig);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(Some(&item.vis), &item.sig);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(None, &item.sig);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr_match(&mut self, matched: &'ast syn::ExprMatch) {
        let line = matched.match_token.span.start().line;
        if matched.arms.iter().any(|arm| is_bool(&arm.pat)) {
            self.add(line, Kind::MatchOnBool);
        }
        for arm in &matched.arms {
            self.pattern(&matched.expr, &arm.pat);
        }
        visit::visit_expr_match(self, matched);
    }

    fn visit_expr_let(&mut self, condition: &'ast syn::ExprLet) {
        self.pattern(&condition.expr, &condition.pat);
        visit::visit_expr_let(self, condition);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if QUESTIONS.contains(&call.method.to_string().as_str())
            && call.args.iter().any(is_words)
            && let Some((line, name)) = text(&call.receiver)
        {
            self.add(line, Kind::LooksIntoText(name));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_binary(&mut self, comparison: &'ast syn::ExprBinary) {
        if matches!(comparison.op, BinOp::Eq(_) | BinOp::Ne(_)) {
            for (one, other) in [(&comparison.left, &comparison.right), (&comparison.right, &comparison.left)] {
                if is_words(other)
                    && let Some((line, name)) = text(one)
                {
                    self.add(line, Kind::LooksIntoText(name));
                }
            }
        }
        visit::visit_expr_binary(self, comparison);
    }

    /// Comments are attributes: they may name what they like.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        let words = literal.value();
        if AWS_NAMES.iter().any(|name| words.contains(name)) {
            self.add(literal.span().start().line, Kind::NamesAws(words));
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.clone());
        if let Some(name) = name.filter(|name| ["todo", "unimplemented", "dbg"].iter().any(|it| name == it)) {
            self.add(name.span().start().line, Kind::Undone(name.to_string()));
        }
        self.macro_body(call.path.is_ident("matches"), &call.tokens);
        visit::visit_macro(self, call);
    }
}

/// The line and the name of a text that an expression reads, or what is made a text there.
fn text(value: &Expr) -> Option<(usize, String)> {
    let named = |ident: &syn::Ident| {
        let name = ident.to_string();
        TEXTS.contains(&name.as_str()).then(|| (ident.span().start().line, name))
    };
    match value {
        Expr::Path(path) => path.path.segments.last().and_then(|segment| named(&segment.ident)),
        Expr::Field(field) => match &field.member {
            Member::Named(ident) => named(ident),
            Member::Unnamed(_) => text(&field.base),
        },
        Expr::MethodCall(call) if call.method == "to_string" => {
            Some((call.method.span().start().line, "to_string()".to_owned()))
        }
        Expr::MethodCall(call) => text(&call.receiver),
        Expr::Reference(inner) => text(&inner.expr),
        Expr::Unary(inner) => text(&inner.expr),
        Expr::Paren(inner) => text(&inner.expr),
        Expr::Try(inner) => text(&inner.expr),
        _ => None,
    }
}

/// A string literal with a letter in it, or a constant: `"denied"`, `Some("denied")`, `WORDS`.
fn is_words(value: &Expr) -> bool {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(words), .. }) => words.value().chars().any(char::is_alphabetic),
        Expr::Path(path) => path.path.segments.last().is_some_and(|segment| is_constant(&segment.ident)),
        Expr::Call(call) => call.args.iter().any(is_words),
        Expr::Reference(inner) => is_words(&inner.expr),
        Expr::Array(inner) => inner.elems.iter().any(is_words),
        _ => false,
    }
}

/// A pattern that asks for such words.
fn has_words(pattern: &Pat) -> bool {
    match pattern {
        Pat::Lit(ExprLit { lit: Lit::Str(words), .. }) => words.value().chars().any(char::is_alphabetic),
        Pat::Path(path) => path.path.segments.last().is_some_and(|segment| is_constant(&segment.ident)),
        Pat::Ident(name) => is_constant(&name.ident),
        Pat::Or(any) => any.cases.iter().any(has_words),
        Pat::Paren(inner) => has_words(&inner.pat),
        Pat::Reference(inner) => has_words(&inner.pat),
        Pat::TupleStruct(inner) => inner.elems.iter().any(has_words),
        _ => false,
    }
}

fn is_constant(name: &syn::Ident) -> bool {
    let name = name.to_string();
    name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_bool(pattern: &Pat) -> bool {
    match pattern {
        Pat::Lit(ExprLit { lit: Lit::Bool(_), .. }) => true,
        Pat::Or(any) => any.cases.iter().any(is_bool),
        Pat::Paren(inner) => is_bool(&inner.pat),
        Pat::Guard(inner) => is_bool(&inner.pat),
        _ => false,
    }
}

/// `Result<_, String>` or `Result<_, &str>`, itself or inside another type.
fn fails_with_text(returned: &Type) -> bool {
    let is_text = |argument: &GenericArgument| match argument {
        GenericArgument::Type(Type::Path(path)) => path.path.is_ident("String"),
        GenericArgument::Type(Type::Reference(inner)) => {
            matches!(&*inner.elem, Type::Path(path) if path.path.is_ident("str"))
        }
        _ => false,
    };
    match returned {
        Type::Path(path) => path.path.segments.iter().any(|segment| {
            let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return false };
            segment.ident == "Result" && arguments.args.iter().nth(1).is_some_and(is_text)
                || arguments.args.iter().any(|it| matches!(it, GenericArgument::Type(inner) if fails_with_text(inner)))
        }),
        Type::Tuple(inner) => inner.elems.iter().any(fails_with_text),
        Type::Reference(inner) => fails_with_text(&inner.elem),
        _ => false,
    }
}

/// The kinds of habit in a text.
fn told(text: &str) -> Vec<Kind> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    of(&file).into_iter().map(|habit| habit.kind).collect()
}

#[test]
fn a_look_into_a_text_is_seen_in_every_form() {
    for text in [
        "rejection.message.contains(\"denied\")",
        "message.as_deref().is_some_and(|it| it.contains(\"denied\"))",
        "it.message.to_lowercase().starts_with(\"denied\")",
        "reason == \"denied\"",
        "\"denied\" != &*self.reason",
        "reason.as_deref() == Some(\"denied\")",
        "reason == ATTESTATION_REASON",
        "reason.eq_ignore_ascii_case(\"denied\")",
        "error.to_string().ends_with(\"denied\")",
        "match message.as_str() { \"denied\" => 1, _ => 2 }",
        "matches!(reason.as_deref(), Some(\"denied\" | \"gone\"))",
        "assert!(message.contains(\"denied\"))",
        "if let Some(\"denied\") = message { 1 } else { 2 }",
        "message.contains([\"denied\", \"gone\"])",
    ] {
        let found = told(&format!("fn f() -> bool {{ {text} }}"));
        assert!(matches!(&found[..], [Kind::LooksIntoText(_), ..]), "not seen: {text}");
    }
    for text in [
        "host.ends_with(\".example.com\")",
        "message.contains('\\n')",
        "message.contains(\"\\n\\n\")",
        "said::is_denied(&message)",
        "message.is_empty()",
        "message == other",
        "println!(\"{message}: denied\")",
    ] {
        assert_eq!(told(&format!("fn f() {{ {text}; }}")), [], "in {text}");
    }
}

#[test]
fn a_match_on_a_bool_is_seen_in_every_form() {
    for text in [
        "match x.is_empty() { true => 1, false => 2 }",
        "match x { true if y => 1, _ => 2 }",
        "match x { _ => 1, false | true => 2 }",
        "print!(\"{}\", match x { true => 1, false => 2 })",
        "vec![1].map(|it| match it > 1 { true => 1, false => 2 })",
    ] {
        assert_eq!(told(&format!("fn f() -> usize {{ {text} }}")), [Kind::MatchOnBool], "not seen: {text}");
    }
    for text in
        ["match (x, y) { (true, _) => 1, _ => 2 }", "match x { Some(true) => 1, _ => 2 }", "if x { 1 } else { 2 }"]
    {
        assert_eq!(told(&format!("fn f() -> usize {{ {text} }}")), [], "in {text}");
    }
}

#[test]
fn a_name_of_aws_is_seen_in_every_form() {
    for text in [
        "host.ends_with(\".amazonaws.com\")",
        "format!(\"api.ecr.{region}.amazonaws.com\")",
        "matches!(host, \"ecr.eu-west-1.api.aws\" | \"x\")",
        "vec![format!(\"arn:{partition}:s3:::{bucket}\")]",
        "words(&[\"com.amazonaws.eu-west-1.s3\"])",
    ] {
        let found = told(&format!("fn f() {{ {text}; }}"));
        assert!(matches!(&found[..], [Kind::NamesAws(_)]), "not seen: {text}");
    }
    for text in ["/// api.ecr.eu-west-1.amazonaws.com\nfn f() {}", "fn f() { host.starts_with(\"arn:\") }"] {
        assert_eq!(told(text), [], "in {text}");
    }
}

#[test]
fn a_text_as_an_error_is_seen_in_every_form() {
    for text in [
        "pub fn f() -> Result<(), String>",
        "pub(crate) async fn f() -> std::result::Result<u8, String>",
        "pub fn f() -> Option<Result<(), &'static str>>",
        "pub fn f() -> (u8, Vec<Result<(), String>>)",
    ] {
        assert_eq!(told(&format!("{text} {{ g() }}")), [Kind::FailsWithText("f".to_owned())], "not seen: {text}");
    }
    assert_eq!(told("trait T { fn f() -> Result<(), String>; }"), [Kind::FailsWithText("f".to_owned())]);
    assert_eq!(told("struct S; impl S { pub fn f() -> Result<(), String> { g() } }").len(), 1);
    for text in ["fn f() -> Result<(), String>", "pub fn f() -> Result<String, Wrong>", "pub fn f() -> Option<String>"]
    {
        assert_eq!(told(&format!("{text} {{ g() }}")), [], "in {text}");
    }
}

#[test]
fn what_is_left_undone_is_seen() {
    assert_eq!(told("fn f() { todo!() }"), [Kind::Undone("todo".to_owned())]);
    assert_eq!(told("fn f() { g(unimplemented!(\"later\")) }"), [Kind::Undone("unimplemented".to_owned())]);
    assert_eq!(told("fn f() { vec![dbg!(1)] }"), [Kind::Undone("dbg".to_owned())]);
}
