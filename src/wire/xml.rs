//! XML as AWS's APIs answer with: elements with text or elements in them. Attributes and comments say nothing there.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

/// No answer of AWS nests so deep, and what is nested is dropped by recursion.
const DEEPEST: usize = 64;

/// An element with all that is in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Without the prefix of a namespace.
    pub name: String,
    /// Its own text, without the blanks around it.
    pub text: String,
    /// In their order.
    pub elements: Vec<Element>,
}

impl Element {
    /// Reads a document as its root. `None` where it is not XML, ends before its elements do or nests too deep.
    pub fn parse(document: &str) -> Option<Self> {
        let mut reader = Reader::from_str(document);
        let mut open: Vec<Element> = Vec::new();
        loop {
            let closed = match reader.read_event().ok()? {
                Event::Start(_) if open.len() == DEEPEST => return None,
                Event::Start(start) => {
                    open.push(Element::named(start.local_name().into_inner()));
                    continue;
                }
                Event::Empty(empty) => Element::named(empty.local_name().into_inner()),
                Event::End(_) => open.pop()?.closed(),
                Event::Eof => return None,
                other => {
                    if let Some(parent) = open.last_mut() {
                        parent.add(&other)?;
                    }
                    continue;
                }
            };
            match open.last_mut() {
                Some(parent) => parent.elements.push(closed),
                None => return Some(closed),
            }
        }
    }

    fn named(name: &str) -> Self {
        Element { name: name.to_owned(), ..Element::default() }
    }

    /// Adds a part of its text. `None` where nobody can say which character it is.
    fn add(&mut self, event: &Event<'_>) -> Option<()> {
        match event {
            Event::Text(part) => self.text.push_str(&part.xml10_content()),
            Event::CData(part) => self.text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => self.text.push(character(reference)?),
            _ => {}
        }
        Some(())
    }

    fn closed(mut self) -> Self {
        let bare = self.text.trim();
        if bare.len() < self.text.len() {
            self.text = bare.to_owned();
        }
        self
    }
}

/// What `&quot;` and `&#10;` stand for. `None` for an entity of a DTD: no service sends one.
pub fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &*reference.xml10_content() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, text: &str, elements: Vec<Element>) -> Element {
        Element { name: name.to_owned(), text: text.to_owned(), elements }
    }

    #[test]
    fn a_document_is_its_root() {
        let document = "<?xml version=\"1.0\"?>\n<a xmlns:n='x'>\n <!-- c --><n:b c='d'> 1 &lt;&#50;<![CDATA[&<]]> </n:b>\n<e/>\n</a>\n";
        let root = element("a", "", vec![element("b", "1 <2&<", vec![]), element("e", "", vec![])]);
        assert_eq!(Element::parse(document), Some(root));
        assert_eq!(Element::parse("<a/>"), Some(element("a", "", vec![])));
    }

    #[test]
    fn what_is_cut_wrong_or_too_deep_is_none() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Element::parse(&nested(DEEPEST)).is_some());
        for document in ["", "text", "<a>", "<a><b></a>", "</a>", "<a>&dtd;</a>", "{}", &nested(DEEPEST + 1)] {
            assert_eq!(Element::parse(document), None, "{document}");
        }
    }
}
