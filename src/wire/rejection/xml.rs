//! Errors in XML: S3's `<Error>`, also within the `<ErrorResponse>` of STS and the like.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::said::Said;
use crate::wire::xml::character;

/// The elements that are read. S3 puts `StringToSign`, `CanonicalRequest` and `AWSAccessKeyId` beside them,
/// which nobody may see: every other element is passed over.
#[derive(Clone, Copy, PartialEq)]
enum Element {
    Error,
    Code,
    Message,
    RequestId,
    Other,
}

impl Element {
    /// By the name without its namespace's prefix.
    fn named(name: &[u8], parent: Option<Element>) -> Self {
        match (name, parent) {
            (b"Error", _) => Element::Error,
            (b"Code", Some(Element::Error)) => Element::Code,
            (b"Message", Some(Element::Error)) => Element::Message,
            // Inside `Error` with S3, beside it with STS.
            (b"RequestId", Some(Element::Error | Element::Other)) => Element::RequestId,
            _ => Element::Other,
        }
    }
}

/// Reads as far as the text goes: a body may be cut anywhere. A cut message is kept, since its beginning tells most;
/// a cut code or request id would be another one.
pub(super) fn read(body: &str) -> Said {
    let mut reader = Reader::from_str(body);
    reader.config_mut().allow_dangling_amp = true;
    let mut said = Said::default();
    let mut open: Vec<Element> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                open.push(Element::named(start.local_name().as_ref().as_bytes(), open.last().copied()));
                text.clear();
            }
            Ok(Event::End(_)) => {
                let text = text.trim();
                match open.pop() {
                    Some(Element::Code) => keep(&mut said.code, text),
                    Some(Element::Message) => keep(&mut said.message, text),
                    Some(Element::RequestId) => keep(&mut said.request_id, text),
                    _ => {}
                }
            }
            Ok(Event::Text(part)) if is_read(&open) => text.push_str(&part.xml10_content()),
            Ok(Event::CData(part)) if is_read(&open) => text.push_str(&part.xml10_content()),
            Ok(Event::GeneralRef(reference)) if is_read(&open) => text.extend(character(&reference)),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    if open.last() == Some(&Element::Message) {
        keep(&mut said.message, text.trim());
    }
    said
}

fn is_read(open: &[Element]) -> bool {
    matches!(open.last(), Some(Element::Code | Element::Message | Element::RequestId))
}

/// The first of its kind counts.
fn keep(field: &mut Option<String>, text: &str) {
    if field.is_none() && !text.is_empty() {
        *field = Some(text.to_owned());
    }
}
