//! A log, or several messages in one text: the parts of it that fail by themselves, and not all for one reason.
//!
//! A message may be wrapped, indented, or of many lines and paragraphs, and none of that takes it apart: a part begins where
//! a program begins a message, and it counts when it names a cause alone that the others leave out: what follows from a
//! failure is told beside it.

use super::attempts::BEGINS;
use super::judge::{Answer, Kind};

/// Judges a text as if there were no other.
pub type Judge<'j> = &'j dyn Fn(&str) -> Answer;

/// More parts or lines than these are not looked at one by one.
const MOST: usize = 2_000;

/// A part is held against so many that follow it.
const COMPARED: usize = 50;

/// What ECS says where it says no more.
const GENERIC: [&str; 2] = ["INIT-07", "INIT-09"];

/// Within so many bytes a line has its time, if it begins with one: a container's name may stand before it.
const STAMP: usize = 40;

/// The parts that each name a cause, where they do not all name the same; else the whole text.
///
/// | text | parts |
/// |---|---|
/// | `CannotPull…: no such host⏎CannotPull…: i/o timeout` | two |
/// | `00:00:01 INFO start⏎00:00:02 ERROR CannotPull…: no such host` | one, which is the whole |
pub fn parts<'t>(text: &'t str, judge: Judge<'_>) -> Vec<&'t str> {
    let failed: Vec<(&str, Vec<&str>)> =
        blocks(text).into_iter().map(|it| (it, causes(it, judge))).filter(|(_, causes)| !causes.is_empty()).collect();
    let differ = failed.iter().enumerate().any(|(nth, (_, one))| {
        failed
            .iter()
            .skip(nth + 1)
            .take(COMPARED)
            .any(|(_, other)| !one.contains(&other[0]) && !other.contains(&one[0]))
    });
    if differ { failed.into_iter().map(|(block, _)| block).collect() } else { vec![text] }
}

/// Where a text of several lines says what it is judged by.
#[derive(Debug, PartialEq, Eq)]
pub struct Deciding<'t> {
    /// The part, or the line, that has the cause alone.
    pub text: &'t str,
    /// A line with another cause than any that was named, and its number from one.
    pub other: Option<(usize, &'t str)>,
}

/// What decides of a text that was given these codes; `None` where that is no part of it, and where the whole text is shown
/// and no line has another cause.
pub fn deciding<'t>(text: &'t str, codes: &[&str], is_cut: bool, judge: Judge<'_>) -> Option<Deciding<'t>> {
    let first = codes.first()?;
    if !text.trim_end().contains('\n') {
        return None;
    }
    let lines: Vec<&str> = text.lines().take(MOST).collect();
    let may_be_other = |nth: usize| {
        let next = || lines.iter().skip(nth + 1).find(|it| !it.trim().is_empty());
        is_whole(lines[nth], next())
    };
    let (whole, pieces): (Vec<usize>, Vec<usize>) = (0..lines.len()).partition(|nth| may_be_other(*nth));
    let mut own = None;
    let mut other = None;
    // To judge a line takes longer than all else.
    for nth in whole {
        if own.is_some() && other.is_some() {
            break;
        }
        let found = causes(lines[nth], judge);
        match found.first() {
            Some(code) if code == first => own = own.or(Some(nth)),
            Some(code) if !codes.contains(code) && !found.contains(first) => {
                other = other.or(Some((nth + 1, lines[nth])));
            }
            _ => {}
        }
    }
    if !is_cut && other.is_none() {
        return None;
    }
    let before = own.unwrap_or(lines.len());
    let has_it = |nth: &usize| causes(lines[*nth], judge).first() == Some(first);
    let own = pieces.into_iter().filter(|nth| *nth < before).find(has_it).or(own).map(|nth| lines[nth]);
    let is_apart = |(text, (_, line)): &(&str, (usize, &str))| !is_of_one_second(text, line);
    if let Some((text, other)) = own.zip(other).filter(is_apart) {
        let other = Some(other);
        return Some(Deciding { text, other });
    }
    if !is_cut {
        return None;
    }
    // An event of a long table.
    let own = own.filter(|line| is_event(line));
    if let Some(text) = own {
        return Some(Deciding { text, other: None });
    }
    // A message that is wrapped is one block, and is shown whole.
    let blocks = blocks(text);
    let block = blocks.iter().find(|it| it.len() < text.len() && causes(it, judge).first() == Some(first))?;
    Some(Deciding { text: block, other: None })
}

/// The first line with a cause of its own, of a text that was given a cause which none of its lines has: it was put together
/// from what one line says and what another names. `None` where a line has it, and where no line has any.
pub fn unmixed<'t>(text: &'t str, first: &str, judge: Judge<'_>) -> Option<&'t str> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(COMPARED + 1).collect();
    // Of the rest nobody knows whether it has the cause.
    if lines.len() > COMPARED {
        return None;
    }
    let is_alone = |nth: usize| is_whole(lines[nth], lines.get(nth + 1));
    let own: Vec<_> =
        (0..lines.len()).filter(|nth| is_alone(*nth)).map(|nth| (lines[nth], causes(lines[nth], judge))).collect();
    let has = own.iter().any(|(_, causes)| causes.first() == Some(&first));
    own.into_iter().find(|(_, causes)| !has && !causes.is_empty()).map(|(line, _)| line)
}

/// Whether a line of the text may be a message by itself: one that is wrapped has none but its first.
pub fn has_whole_line(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(MOST).collect();
    lines.len() > 1 && (0..lines.len()).any(|nth| is_whole(lines[nth], lines.get(nth + 1)))
}

/// Whether a line is no piece of a longer message, as far as its begin and the next line tell.
fn is_whole(line: &str, next: Option<&&str>) -> bool {
    let is_begin = |line: &str| begins(line) || is_event(line) || line.starts_with(|it: char| it.is_ascii_uppercase());
    is_begin(line) && next.is_none_or(|next| is_begin(next))
}

/// Whether a line is of the table of events that kubectl prints: `  Warning  Failed  7m (x4 over 9m)  kubelet  Failed to pull …`.
fn is_event(line: &str) -> bool {
    let kind = line.trim_start().strip_prefix("Warning").or_else(|| line.trim_start().strip_prefix("Normal"));
    kind.is_some_and(|rest| rest.starts_with("  ") || rest.starts_with('\t'))
}

/// The causes that a text names alone; none where it claims none.
fn causes(text: &str, judge: Judge<'_>) -> Vec<&'static str> {
    // What has no letters is no message.
    if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Vec::new();
    }
    let answer = judge(text);
    let is_claimed =
        answer.kind == Kind::Diagnosed && answer.causes.first().is_some_and(|it| !GENERIC.contains(&it.code));
    if is_claimed { answer.causes.iter().map(|cause| cause.code).collect() } else { Vec::new() }
}

/// From each line that begins a message to the next.
fn blocks(text: &str) -> Vec<&str> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = starts.last().copied().unwrap_or_default();
        let is_next = || begins(line) && text.get(start..at).is_some_and(|block| !is_of_one_second(block, line));
        // The last block of many is as long as the rest of the text.
        if at > 0 && starts.len() < MOST && is_next() {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

/// So many bytes before a line are looked through for its time.
const OF_ONE_SECOND: usize = 4 * 1024;

/// Whether the line has a time that the text right before it has: then it says what became of the same failure.
fn is_of_one_second(text: &str, line: &str) -> bool {
    let near = &text[text.ceil_char_boundary(text.len().saturating_sub(OF_ONE_SECOND))..];
    clock(line).is_some_and(|time| near.contains(time))
}

/// Whether a program begins a message so: with the time, or with ECS's word for the failure.
fn begins(line: &str) -> bool {
    let words = line.trim_start_matches(|it: char| it.is_whitespace() || "-*>\"'`".contains(it));
    clock(line).is_some() || BEGINS.iter().any(|it| words.starts_with(it))
}

/// The time that a line begins with: `21:00:32`.
fn clock(line: &str) -> Option<&str> {
    let is = |(at, byte): (usize, &u8)| if at % 3 == 2 { *byte == b':' } else { byte.is_ascii_digit() };
    let head = &line.as_bytes()[..line.len().min(STAMP)];
    let at = head.windows(8).position(|eight| eight.iter().enumerate().all(is))?;
    line.get(at..at + 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Stage;

    /// A cause for each of three words.
    fn judged(text: &str) -> Answer {
        let code = [("timeout", "SG-01"), ("no such host", "DNS-01"), ("denied", "IAM-01")];
        match code.iter().find(|(word, _)| text.contains(word)) {
            Some((_, code)) => Answer::at(Stage::Manifest, "it").likely(code, "it"),
            None => Answer::unrecognised(None, "it"),
        }
    }

    const LOG: &str = "2026-01-02T03:04:05Z INFO start\n2026-01-02T03:04:06Z ERROR denied\n  at main\n\
                       03:04:07 INFO again\n[03:04:08] timeout\n";

    #[test]
    fn a_log_is_taken_apart_at_its_failures() {
        let found = parts(LOG, &judged);
        assert_eq!(found, ["2026-01-02T03:04:06Z ERROR denied\n  at main\n", "[03:04:08] timeout\n"]);
        let two = "CannotPullContainerError: timeout\nCannotPullContainerError: denied";
        assert_eq!(parts(two, &judged).len(), 2);
        let spaced = "CannotPullContainerError: timeout\n\nResourceInitializationError: denied";
        assert_eq!(parts(spaced, &judged).len(), 2);
    }

    #[test]
    fn what_has_one_cause_stays_one() {
        for text in [
            "",
            "timeout",
            "2026-01-02T03:04:05Z INFO start\n2026-01-02T03:04:06Z ERROR denied\n",
            "03:04:05 timeout\n03:04:06 timeout",
            "03:04:05.1 denied\n03:04:05.2 timeout",
            "timeout\n\nno such host",
            // Wrapped, and no message begins in it.
            "CannotPullContainerError:\n  timeout after\n  no such host",
            "(service x) has started 1 tasks\n(service x) timeout\n(service x) denied",
        ] {
            assert_eq!(parts(text, &judged), [text]);
        }
    }

    #[test]
    fn the_line_that_decides_is_told_from_another_sign() {
        let text = "A timeout\nWords\nIs denied\n";
        let found = deciding(text, &["SG-01", "RTE-01"], true, &judged);
        assert_eq!(found, Some(Deciding { text: "A timeout", other: Some((3, "Is denied")) }));
        // A piece of a message that is wrapped is none.
        assert_eq!(deciding("A timeout\nis denied", &["SG-01"], true, &judged), None);
        assert_eq!(deciding("A timeout\nIs denied\n  by a policy", &["SG-01"], true, &judged), None);
        // What was named beside it is no other sign.
        assert_eq!(deciding(text, &["SG-01", "IAM-01"], true, &judged), None);
        assert_eq!(deciding("timeout", &["SG-01"], true, &judged), None);
        let log = "03:04:05 start\n03:04:06 timeout\n03:04:07 end";
        assert_eq!(
            deciding(log, &["SG-01"], true, &judged),
            Some(Deciding { text: "03:04:06 timeout\n", other: None })
        );
        let events = "Name: a\n  Normal   Pulling  1m  kubelet  x\n  Warning  Failed  1m  kubelet  timeout\n";
        let event = "  Warning  Failed  1m  kubelet  timeout";
        assert_eq!(deciding(events, &["SG-01"], true, &judged), Some(Deciding { text: event, other: None }));
    }

    #[test]
    fn a_cause_that_no_line_has_is_mixed() {
        let text = "Error: timeout at A\nError: denied by B";
        assert_eq!(unmixed(text, "IAM-12", &judged), Some("Error: timeout at A"));
        assert_eq!(unmixed(text, "IAM-01", &judged), None);
        assert_eq!(unmixed("Error: one\nError: two", "IAM-12", &judged), None);
        assert_eq!(unmixed(&format!("{text}{}", "\nGoes on".repeat(COMPARED)), "IAM-12", &judged), None);
        // Pieces of one message.
        assert_eq!(unmixed("Error: timeout\n  and denied", "IAM-12", &judged), None);
    }

    #[test]
    fn a_message_that_is_wrapped_has_no_line_of_its_own() {
        assert!(!has_whole_line("Error: the token\nhas expired"));
        assert!(!has_whole_line("Error: the token has expired"));
        assert!(has_whole_line("Error: one\nError: two"));
        assert!(has_whole_line("the token\nHas expired"));
    }

    #[test]
    fn a_long_log_is_not_read_part_by_part_to_its_end() {
        let second = |nth: usize| format!("{:02}:{:02}:{:02} timeout\n", nth / 3600, nth / 60 % 60, nth % 60);
        let log: String = (0..MOST + 10).map(second).collect();
        assert_eq!(blocks(&log).len(), MOST);
        assert_eq!(blocks(&log).concat(), log);
    }
}
