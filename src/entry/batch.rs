//! What is printed while more input is at hand is written together: a call of the system for each of many lines takes a tenth of
//! all the time.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::failure::Failure;

/// So many bytes are written together.
const LARGEST: usize = 32 * 1024;

/// So many bytes are read together.
const READ: usize = 16 * 1024;

/// What takes lines.
type Write = dyn Fn(&[u8]) -> Result<(), Failure>;

/// Lines that nobody waits for yet.
pub struct Batch {
    pending: RefCell<Vec<u8>>,
    write: Box<Write>,
}

impl Batch {
    /// Lines that `write` takes.
    pub fn new(write: impl Fn(&[u8]) -> Result<(), Failure> + 'static) -> Self {
        Batch { pending: RefCell::default(), write: Box::new(write) }
    }

    /// Takes a line, with its end.
    pub fn add(&self, line: &str) -> Result<(), Failure> {
        self.pending.borrow_mut().extend_from_slice(line.as_bytes());
        if self.pending.borrow().len() < LARGEST { Ok(()) } else { self.flush() }
    }

    /// Writes what is there. What cannot be written stays.
    pub fn flush(&self) -> Result<(), Failure> {
        let mut pending = self.pending.borrow_mut();
        if !pending.is_empty() {
            (self.write)(&pending)?;
            pending.clear();
        }
        Ok(())
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Batch").field("pending", &self.pending.borrow().len()).finish_non_exhaustive()
    }
}

/// Input for which every answer is written before more of it is waited for.
pub struct Answered {
    input: BufReader<Box<dyn Read>>,
    answers: Rc<Batch>,
}

impl Answered {
    /// Reads `input`, and has `answers` written before it waits for more.
    pub fn new(input: impl Read + 'static, answers: Rc<Batch>) -> Self {
        Answered { input: BufReader::with_capacity(READ, Box::new(input)), answers }
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Answered").field("answers", &self.answers).finish_non_exhaustive()
    }
}

impl BufRead for Answered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.input.buffer().is_empty() {
            // It stays, and the next one to write it tells why.
            let _ = self.answers.flush();
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
    }
}

impl Read for Answered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a few lines at a time, as a pipe does.
    struct Pipe {
        left: Vec<&'static str>,
        seen: Rc<RefCell<Vec<String>>>,
    }

    impl Read for Pipe {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let lines = self.left.pop().unwrap_or_default();
            self.seen.borrow_mut().push(format!("reads {lines:?}"));
            into[..lines.len()].copy_from_slice(lines.as_bytes());
            Ok(lines.len())
        }
    }

    #[test]
    fn all_is_written_before_input_is_waited_for() {
        let seen: Rc<RefCell<Vec<String>>> = Rc::default();
        let written = Rc::clone(&seen);
        let answers = Rc::new(Batch::new(move |lines| {
            written.borrow_mut().push(format!("writes {:?}", String::from_utf8_lossy(lines)));
            Ok(())
        }));
        let pipe = Pipe { left: vec!["d\n", "b\nc\n", "a\n"], seen: Rc::clone(&seen) };
        for line in Answered::new(pipe, Rc::clone(&answers)).lines() {
            answers.add(&line.expect("a line").to_uppercase()).expect("it is taken");
        }
        let expected = [
            r#"reads "a\n""#,
            r#"writes "A""#,
            r#"reads "b\nc\n""#,
            r#"writes "BC""#,
            r#"reads "d\n""#,
            r#"writes "D""#,
            r#"reads """#,
        ];
        assert_eq!(*seen.borrow(), expected);
    }

    #[test]
    fn what_is_long_is_written_at_once_and_what_cannot_be_stays() {
        let is_open = Rc::new(RefCell::new(false));
        let open = Rc::clone(&is_open);
        let answers =
            Batch::new(
                move |_| {
                    if *open.borrow() { Ok(()) } else { Err(Failure::Stdout(io::ErrorKind::StorageFull.into())) }
                },
            );
        assert!(answers.add("a").is_ok() && answers.flush().is_err());
        assert!(answers.add(&"b".repeat(LARGEST)).is_err());
        *is_open.borrow_mut() = true;
        assert!(answers.add("c").is_ok());
        assert!(answers.pending.borrow().is_empty());
    }
}
