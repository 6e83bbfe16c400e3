//! A code's page.

use maud::{Markup, html};

use super::document::document;
use super::finding::{command, sample};
use super::prose::words;
use super::report::footer;
use crate::diagnose::Rule;
use crate::render::page::{Block, Piece, blocks, pieces};

/// The whole page of a code.
pub fn page(rule: &Rule) -> String {
    let blocks = blocks(rule.page);
    let title = format!("{} {}", rule.code, rule.name);
    let (heads, rest) = blocks.split_at(blocks.len().min(2));
    let body = html! {
        header {
            p.brand { "ecr-probe explain" }
            @for head in heads {
                @match head {
                    Block::Heading(..) => h1 { (title) },
                    other => div.lead { (block(other)) },
                }
            }
        }
        main { @for it in rest { (block(it)) } }
        (footer(env!("CARGO_PKG_VERSION")))
    };
    document(&title, &body)
}

fn block(it: &Block<'_>) -> Markup {
    html! {
        @match it {
            Block::Heading(1, text) => h1 { (prose(text)) },
            Block::Heading(_, text) => h2 { (prose(text)) },
            Block::Paragraph(text) => p { (prose(text)) },
            Block::List(items) => ul { @for item in items { li { (prose(item)) } } },
            Block::Fenced(text) if text.lines().count() > 4 => (sample(text, "Example")),
            Block::Fenced(text) => (command(text)),
        }
    }
}

fn prose(text: &str) -> Markup {
    html! {
        @for piece in pieces(text) {
            @match piece {
                Piece::Words(text) => (words(text)),
                Piece::Code(text) => code { (words(text)) },
                Piece::Strong(text) => strong { (text) },
            }
        }
    }
}
