//! The messages of the vocabulary that a text holds.

use super::plain::Plain;
use super::vocabulary::{Row, rows};

/// A message of a program, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    pub row: &'static Row,
    /// In the tight text.
    pub start: usize,
    pub end: usize,
}

impl Said {
    /// Whether this tells in many words what the other tells in few: `manifest for X not found: manifest unknown`,
    /// `manifest unknown`.
    pub fn exceeds(&self, other: &Said) -> bool {
        let holds =
            self.start <= other.start && other.end <= self.end && self.end - self.start > other.end - other.start;
        self.row.template.letters() > other.row.template.letters() && (holds || self.start == other.start)
    }
}

/// Of a message that is repeated the last few places are looked at.
const MOST: usize = 4;

/// More rows than the vocabulary has.
const MOST_ROWS: usize = 3_072;

/// Where the anchors of messages were found.
#[derive(Debug)]
pub struct Places {
    /// For each row the number of its list, from one; zero where it has none.
    lists: [u16; MOST_ROWS],
    rows: Vec<(u16, [usize; MOST], usize)>,
}

impl Places {
    /// None yet.
    pub fn new() -> Self {
        Places { lists: [0; MOST_ROWS], rows: Vec::new() }
    }

    /// The row's anchor stands at `at`, which is not before those that were noted.
    pub fn note(&mut self, row: u16, at: usize) {
        let Some(list) = self.lists.get_mut(usize::from(row)) else { return };
        if *list == 0 {
            self.rows.push((row, [0; MOST], 0));
            *list = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        }
        if let Some((_, places, count)) = self.rows.get_mut(usize::from(*list) - 1) {
            places[*count % MOST] = at;
            *count += 1;
        }
    }

    /// The messages that stand there whole: of each the last.
    pub fn said(&self, plain: &Plain) -> Vec<Said> {
        let said = self.rows.iter().filter_map(|(row, places, count)| {
            let row = rows().get(usize::from(*row))?;
            let last = (count.saturating_sub(MOST)..*count).rev();
            last.map(|nth| places[nth % MOST]).find_map(|at| {
                let place = row.template.place(plain, at)?;
                let said = Said { row, start: place.start, end: place.end };
                is_whole(plain, &said).then_some(said)
            })
        });
        said.collect()
    }
}

/// Whether a message of few letters is no part of a longer word: `missing` of `MissingEndpoint`.
fn is_whole(plain: &Plain, said: &Said) -> bool {
    let (begins, ends) = said.row.template.whole();
    !(begins && plain.is_word_before(said.start) || ends && plain.is_word_after(said.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_place() {
        assert!(rows().len() <= MOST_ROWS, "{} rows", rows().len());
    }
}
