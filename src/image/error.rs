//! Why a text is no image reference, and what to do about it.

use std::error::Error;
use std::fmt;

use crate::wire::oci::DigestError;
use crate::wire::without_user_information;

/// A text that is no image reference. Prints as one line: the value, what is wrong, the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceError {
    value: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl ReferenceError {
    /// With the text that it is about, which is cut where it is long.
    pub(super) fn new(value: &str, problem: Problem) -> Self {
        // The value may be anything that stood on a command line.
        let value = without_user_information(value);
        let cut: String = value.chars().take(80).collect();
        let more = if cut.len() < value.len() { "…" } else { "" };
        ReferenceError { value: format!("{cut:?}{more}"), problem }
    }
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// There is no text.
    Empty,
    /// Longer than 1,024 bytes.
    TooLong,
    /// It begins with a scheme.
    Url,
    /// It holds white space or control characters.
    Whitespace,
    /// It holds characters outside ASCII.
    NotAscii,
    /// It is the word that stands for an image in documents.
    Placeholder,
    /// The repository has upper-case letters.
    UpperCase,
    /// Nothing stands before `.dkr.ecr`.
    EmptyAccount,
    /// A label of the host is empty.
    EmptyRegion,
    /// There is a host and no repository.
    NoRepository,
    /// The host is no domain name.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
    /// The repository does not follow the grammar.
    Path,
    /// The repository is longer than 255 characters.
    NameTooLong,
    /// The tag does not follow the grammar.
    Tag,
    /// With what is wrong with it.
    Digest(DigestError),
}

impl Problem {
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Problem::Empty => ("is empty", "write HOST/REPOSITORY:TAG"),
            Problem::TooLong => ("is longer than 1024 bytes", "write HOST/REPOSITORY:TAG"),
            Problem::Url => ("is a URL", "leave out the scheme, as in HOST/REPOSITORY:TAG"),
            Problem::Whitespace => ("holds white space or control characters", "leave them out"),
            Problem::NotAscii => ("holds characters that no registry allows", "use a-z, 0-9 and . _ - / : @"),
            Problem::Placeholder => ("is a placeholder", "put the image in its place: HOST/REPOSITORY:TAG"),
            Problem::UpperCase => ("has upper case in the repository", "write the repository in lower case"),
            Problem::EmptyAccount => {
                ("has no account id before .dkr.ecr", "set the account id (12 digits), which a variable left empty")
            }
            Problem::EmptyRegion => ("has an empty label in its host", "set the Region, which a variable left empty"),
            Problem::NoRepository => ("names a registry and no repository", "add /REPOSITORY:TAG"),
            Problem::Host => ("has a malformed host", "write it as a domain name, such as registry.example.com:5000"),
            Problem::Port => ("has a malformed port", "write a number from 1 to 65535 after the host"),
            Problem::Path => {
                ("has a malformed repository", "use a-z and 0-9, joined by single . _ - / (or __ or several -)")
            }
            Problem::NameTooLong => ("has a repository longer than 255 characters", "shorten it"),
            Problem::Tag => ("has a malformed tag", "use at most 128 of A-Z a-z 0-9 _ . - and begin with none of . -"),
            Problem::Digest(_) => {
                ("has a malformed digest", "write @sha256: and the 64 digits that the registry shows")
            }
        }
    }
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (problem, way_out) = self.problem.text();
        match self.problem {
            Problem::Digest(wrong) => write!(f, "image reference {} {problem}: {wrong}; {way_out}", self.value),
            _ => write!(f, "image reference {} {problem}: {way_out}", self.value),
        }
    }
}

impl Error for ReferenceError {}
