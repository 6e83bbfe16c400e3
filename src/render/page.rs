//! A code's page in blocks, without the worlds in TOML: they are there for the tests, and the text says what they do.

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block<'p> {
    /// With its level, from 1.
    Heading(usize, &'p str),
    /// Lines of prose, joined.
    Paragraph(String),
    /// Items of a list, each joined.
    List(Vec<String>),
    /// Lines to show as they are.
    Fenced(String),
}

/// A piece of prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'p> {
    /// As it stands.
    Words(&'p str),
    /// Between backticks.
    Code(&'p str),
    /// Between pairs of asterisks.
    Strong(&'p str),
}

/// The blocks of a page.
pub(super) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut lines = page.lines();
    // Whether the next line goes on with the paragraph or the item before it.
    let mut goes_on = false;
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let fenced: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            if !info.trim_start().starts_with("toml") {
                blocks.push(Block::Fenced(fenced.join("\n")));
            }
            goes_on = false;
            continue;
        }
        let text = line.trim();
        let heading = line.trim_start_matches('#');
        match (blocks.last_mut(), text.strip_prefix("- ")) {
            _ if text.is_empty() => {}
            _ if heading.len() < line.len() => blocks.push(Block::Heading(line.len() - heading.len(), heading.trim())),
            (Some(Block::List(items)), Some(item)) => items.push(item.to_owned()),
            (_, Some(item)) => blocks.push(Block::List(vec![item.to_owned()])),
            (Some(Block::Paragraph(all)), None) if goes_on => *all += &format!(" {text}"),
            (Some(Block::List(items)), None) if goes_on => {
                if let Some(item) = items.last_mut() {
                    *item += &format!(" {text}");
                }
            }
            _ => blocks.push(Block::Paragraph(text.to_owned())),
        }
        goes_on = !text.is_empty() && heading.len() == line.len();
    }
    blocks
}

/// The pieces of a block's prose.
pub(super) fn pieces(prose: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (nth, part) in prose.split('`').enumerate() {
        if nth % 2 == 1 {
            pieces.push(Piece::Code(part));
            continue;
        }
        let parts = part.split("**").enumerate().filter(|(_, part)| !part.is_empty());
        pieces.extend(parts.map(|(nth, part)| if nth % 2 == 1 { Piece::Strong(part) } else { Piece::Words(part) }));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_falls_into_blocks() {
        let page =
            "# A b\n\nOne\ntwo.\n\n- x\n  y\n- z\n\n```toml world\nhidden = 1\n```\n\n```text\na\n\nb\n```\nEnd.\n";
        let expected = [
            Block::Heading(1, "A b"),
            Block::Paragraph("One two.".to_owned()),
            Block::List(vec!["x y".to_owned(), "z".to_owned()]),
            Block::Fenced("a\n\nb".to_owned()),
            Block::Paragraph("End.".to_owned()),
        ];
        assert_eq!(blocks(page), expected);
        assert_eq!(
            pieces("see `a**b` **now** or"),
            [Piece::Words("see "), Piece::Code("a**b"), Piece::Words(" "), Piece::Strong("now"), Piece::Words(" or")]
        );
    }
}
