//! Texts of the drawing: SVG wraps none, so that each is cut to its room.

/// How wide a character is, in parts of the font's size: that of the widest of the usual sans-serif fonts.
const WIDTH: f64 = 0.65;
/// The same of a fixed-width font.
const FIXED: f64 = 0.61;

/// The longest word that is taken for the unit of a number before it.
const UNIT: usize = 3;

/// A font of the drawing.
#[derive(Debug, Clone, Copy)]
pub enum Font {
    /// For words.
    Words,
    /// For ids and addresses.
    Fixed,
}

impl Font {
    /// How many characters of this size have room.
    fn cells(self, width: f64, size: f64) -> usize {
        let one = match self {
            Font::Words => WIDTH,
            Font::Fixed => FIXED,
        };
        (width / (one * size)) as usize
    }

    /// How wide a text is at most.
    pub fn width(self, text: &str, size: f64) -> f64 {
        let one = match self {
            Font::Words => WIDTH,
            Font::Fixed => FIXED,
        };
        length(text) as f64 * one * size
    }
}

/// A text that stays on one line.
pub fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// Words in at most so many lines; what has no room in the last one loses its middle. A number and its unit stay together.
pub fn wrap(text: &str, width: f64, size: f64, font: Font, most: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(number) if is_number(number) && length(word) <= UNIT && !is_number(word) => {
                *number = unbroken(&format!("{number} {word}"));
            }
            _ => words.push(word.to_owned()),
        }
    }
    fill(&words, " ", width, size, font, most)
}

/// Parts one after the other, in lines that end between two of them.
pub fn fill(parts: &[String], between: &str, width: f64, size: f64, font: Font, most: usize) -> Vec<String> {
    let room = font.cells(width, size);
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let is_last = lines.len() == most;
        match lines.last_mut() {
            Some(line) if is_last || length(line) + length(between) + length(part) <= room => {
                line.push_str(between);
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines.iter().map(|line| fit(line, width, size, font)).collect()
}

fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The text cut in its middle, where it is wider than `width` at this size: ids and hosts differ at their ends.
pub fn fit(text: &str, width: f64, size: f64, font: Font) -> String {
    let most = font.cells(width, size);
    if length(text) <= most {
        return text.to_owned();
    }
    // The sign for what is cut is wide.
    let kept = most.saturating_sub(2);
    let head = take(text.chars(), kept - kept / 3);
    let tail: String = take(text.chars().rev(), kept / 3).chars().rev().collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

fn length(text: &str) -> usize {
    text.chars().map(cells).sum()
}

/// Characters of East Asian scripts, emoji and the like are twice as wide.
fn cells(it: char) -> usize {
    if it < '\u{1100}' { 1 } else { 2 }
}

fn take(characters: impl Iterator<Item = char>, most: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|it| {
            used += cells(*it);
            used <= most
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_loses_its_middle() {
        assert_eq!(fit("vpce-1", 100.0, 10.0, Font::Fixed), "vpce-1");
        assert_eq!(fit("vpce-0381524f2426277b2", 80.0, 10.0, Font::Fixed), "vpce-038…7b2");
        assert_eq!(wrap("rule 100 allows all", 80.0, 10.0, Font::Words, 2), ["rule 100", "allows all"]);
        assert_eq!(wrap("rule 100 allows all of it", 80.0, 10.0, Font::Words, 2), ["rule 100", "allows…it"]);
        assert_eq!(wrap("", 80.0, 10.0, Font::Words, 2), Vec::<String>::new());
        assert_eq!(wrap("valid for 12.0 h", 100.0, 10.0, Font::Words, 3), ["valid for", "12.0\u{a0}h"]);
        let parts = ["task".to_owned(), "10.0.1.0/24".to_owned()];
        assert_eq!(fill(&parts, " · ", 130.0, 10.0, Font::Fixed, 4), ["task · 10.0.1.0/24"]);
        assert_eq!(fill(&parts, " · ", 80.0, 10.0, Font::Fixed, 4), ["task", "10.0.1.0/24"]);
        assert_eq!(fit("ab", 0.0, 10.0, Font::Words), "…");
        let wide = fit(&"漢".repeat(40), 80.0, 10.0, Font::Words);
        assert!(wide.chars().count() <= 8, "{wide}");
    }
}
