//! AWS's access-denied messages, taken apart.
//!
//! The grammar is that of the IAM User Guide ("Troubleshoot access denied error messages") and
//! the S3 User Guide ("Troubleshoot access denied (403 Forbidden) errors"):
//! `User: P is not authorized to perform: A [on resource: R] CONTEXT`, where CONTEXT is
//! `because no L allows the A action` or `with an explicit deny in a L`. It says one layer even
//! where several deny. The words are stable, the white space, the quotes and the ends are not:
//! messages arrive wrapped, quoted and cut, and newer ones go on with the ARN of the policy.

use memchr::memchr;

use super::scrub;
use crate::model::outcome::{Denial, PolicyLayer};

/// Longer than any IAM action (`service:Operation`), shorter than a secret worth stealing.
const LONGEST_ACTION: usize = 100;

/// The policy kinds as the messages name them. Less the last word `policy`, so that a message that is cut within it
/// still tells; "a sessions policy" is AWS's own slip.
const LAYERS: [(&str, PolicyLayer); 9] = [
    ("identity-based", PolicyLayer::Identity),
    ("permissions boundary", PolicyLayer::PermissionsBoundary),
    ("session policy", PolicyLayer::Session),
    ("sessions policy", PolicyLayer::Session),
    ("service control", PolicyLayer::ServiceControl),
    ("resource control", PolicyLayer::ResourceControl),
    ("vpc endpoint", PolicyLayer::VpcEndpoint),
    ("resource-based", PolicyLayer::Resource),
    ("role trust", PolicyLayer::RoleTrust),
];

/// Takes a message apart; `None` where it is not one of AWS's denials, or is cut before the action.
pub fn parse(message: &str) -> Option<Denial> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let at = (0..words.len()).find(|&at| starts_with(words.get(at..), &["not", "authorized", "to", "perform"]))?;
    let (before, after) = (words.get(..at)?, words.get(at + 4..)?);
    // A text may quote several denials: this one ends where the next begins.
    let end = (0..after.len()).find(|&at| starts_with(after.get(at..), &["not", "authorized", "to"]));
    let after = after.get(..end.unwrap_or(after.len()))?;
    // `perform:ecr:BatchGetImage` in one word.
    let glued = words.get(at + 3)?.get("perform".len()..)?;
    let (action, rest) = match glued.strip_prefix(':') {
        Some(glued) if !glued.is_empty() => (action(glued)?, after),
        None if !glued.is_empty() => return None,
        _ => (action(after.first()?)?, after.get(1..)?),
    };
    let (resource, rest) = resource(rest);
    let (layer, explicit) = context(rest);
    Some(Denial { principal: principal(before), action, resource, layer, explicit, policy_arn: policy_arn(rest) })
}

/// Whether the words are those, without regard to case or to what follows the last.
fn starts_with(words: Option<&[&str]>, expected: &[&str]) -> bool {
    let Some(words) = words else { return false };
    words.len() >= expected.len()
        && words.iter().zip(expected).all(|(word, expected)| {
            // What stood before is cut off: `...not authorized`.
            let word = word.trim_start_matches(['.', '\u{2026}']);
            word.get(..expected.len()).is_some_and(|start| start.eq_ignore_ascii_case(expected))
                && (*expected == "perform" || word.len() == expected.len())
        })
}

/// `service:Operation`, or its beginning where the message is cut.
fn action(word: &str) -> Option<String> {
    let word = word.trim_start_matches(['[', '"', '\\', '\'', '`']);
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '*' | '<' | '>');
    let action: String = word.chars().take_while(fits).collect();
    let (service, operation) = action.split_once(':')?;
    let named = !service.is_empty() && !operation.is_empty() && action.len() <= LONGEST_ACTION;
    named.then_some(action)
}

/// What stands between `User:` and `is`. A name may hold blanks once somebody has redacted it.
fn principal<'a>(before: &[&'a str]) -> Option<String> {
    let (last, before) = before.split_last()?;
    if !last.eq_ignore_ascii_case("is") {
        return None;
    }
    // In cut JSON the word may begin with the JSON: `{"Message":"User:`.
    let after_user = |word: &'a str| {
        memchr(b':', word.as_bytes())?;
        let at = word.to_ascii_lowercase().find("user:")?;
        let apart = !word.get(..at)?.ends_with(|c: char| c.is_ascii_alphanumeric());
        word.get(at + "user:".len()..).filter(|_| apart)
    };
    let (at, glued) = before.iter().enumerate().rev().find_map(|(at, word)| Some((at, after_user(word)?)))?;
    let named = std::iter::once(glued).chain(before.get(at + 1..)?.iter().copied());
    let name = named.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    text(&name)
}

/// The resource, quoted or not, and the words after it.
fn resource<'a>(words: &'a [&'a str]) -> (Option<String>, &'a [&'a str]) {
    let names_one = |on: &str, resource: &str| {
        on.eq_ignore_ascii_case("on") && resource.trim_end_matches(':').eq_ignore_ascii_case("resource")
    };
    let rest = match words {
        [on, resource, rest @ ..] if names_one(on, resource) => rest,
        _ => return (None, words),
    };
    // A redaction such as `<account id>` may hold blanks; an ARN does not.
    let opened = rest.first().is_some_and(|word| word.rfind('<') > word.rfind('>'));
    let closed = rest.iter().take(6).position(|word| word.rfind('>') > word.rfind('<'));
    let count = if opened { closed.map_or(1, |at| at + 1) } else { 1 };
    let (named, rest) = rest.split_at_checked(count).unwrap_or((rest, &[]));
    (text(&named.join(" ")), rest)
}

/// Which kind of policy, and whether it said no or nobody said yes.
fn context(words: &[&str]) -> (PolicyLayer, bool) {
    let plain = words.iter().map(|word| word.trim_matches(['*', '"', '\\', '\'', '`']));
    let text = plain.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    if let Some((_, after)) = text.split_once("explicit deny") {
        let named = ["in a ", "in an ", "in the "].iter().find_map(|lead| after.trim_start().strip_prefix(lead));
        return (named.map_or(PolicyLayer::Unnamed, layer), true);
    }
    let named = text.split_once("because no ").map(|(_, after)| layer(after));
    // Cut within "deny".
    (named.unwrap_or(PolicyLayer::Unnamed), text.contains("with an explicit"))
}

fn layer(text: &str) -> PolicyLayer {
    LAYERS.iter().find(|(name, _)| text.starts_with(name)).map_or(PolicyLayer::Unnamed, |(_, layer)| *layer)
}

/// `with policy ARN: arn:…`, or the ARN after `policy:`.
fn policy_arn(words: &[&str]) -> Option<String> {
    let introduces = |word: &str| ["policy:", "arn:", "boundary:"].iter().any(|lead| word.eq_ignore_ascii_case(lead));
    let pair = words.windows(2).find(|pair| match pair {
        [lead, arn] => introduces(lead) && arn.trim_start_matches(['"', '\\']).starts_with("arn:"),
        _ => false,
    })?;
    text(pair.get(1)?)
}

/// A name without its quotes and the punctuation of the sentence, fit to print.
fn text(raw: &str) -> Option<String> {
    let bare = raw.trim_matches(['"', '\\', '\'', '`']).trim_end_matches([',', '.', ';', ')', '"', '\\', '\'', '`']);
    // A literal `\n` of a message that was JSON once.
    let bare = bare.split("\\n").next().unwrap_or(bare).trim_end_matches(['"', '\\', '.', ',']);
    let clean: String = scrub(bare).chars().take(512).collect();
    (!clean.is_empty()).then_some(clean)
}

#[cfg(test)]
#[path = "tests/denial.rs"]
mod tests;
