//! What the network and the user give is hostile: whatever it is, nothing panics, every text that comes of it is short
//! and fit to print, and time and memory grow with its size and no faster.

mod sim;
mod support;

#[path = "../src/edge/certificate.rs"]
mod certificate;
#[path = "hostile/commands.rs"]
mod commands;
#[path = "hostile/dns.rs"]
mod dns;
#[path = "hostile/input.rs"]
mod input;
#[path = "hostile/judge.rs"]
mod judge;
#[path = "hostile/memory.rs"]
mod memory;
#[path = "hostile/readers.rs"]
mod readers;
#[path = "hostile/secrets.rs"]
mod secrets;

// What `certificate` uses, under the names that it has there.
use ecr_probe::{model, wire};

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use input::{BEGINNINGS, LONGEST, SHAPES, long, mutate};
use readers::{READERS, Reader};

/// What one reading of a mebibyte may take, without optimisation and beside other work.
const MOST_TIME: Duration = Duration::from_secs(8);

/// What is wrong with what a reader makes of an input.
fn complaint(reader: &Reader, bytes: &[u8]) -> Option<String> {
    let texts = (reader.read)(bytes);
    let all: usize = texts.iter().map(|text| text.chars().count()).sum();
    let wrong = texts.iter().find(|text| text.chars().count() > reader.longest || text.contains(char::is_control));
    match wrong {
        Some(text) => Some(format!("{}: {} characters: {text:.300?}", reader.name, text.chars().count())),
        None => (all > reader.all).then(|| format!("{}: {all} characters in {} texts", reader.name, texts.len())),
    }
}

/// A certificate is no text, so its sample is made.
fn samples(reader: &Reader) -> Vec<Vec<u8>> {
    let mut samples: Vec<Vec<u8>> = reader.samples.iter().map(|sample| sample.as_bytes().to_vec()).collect();
    if reader.name == "certificate" {
        let names = ["a.example".to_owned(), "*.b.example".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        samples.push(made.cert.der().to_vec());
    }
    samples
}

#[test]
fn samples_are_read() {
    for reader in &READERS {
        let samples = samples(reader);
        assert!(!samples.is_empty(), "{}", reader.name);
        for sample in samples {
            assert_eq!(complaint(reader, &sample), None);
        }
    }
    assert!(certificate::read(&samples(&READERS[READERS.len() - 1])[0]).is_some_and(|read| read.names.len() == 3));
}

/// What once went wrong: each file goes to the reader that its folder is named after, and to all others.
#[test]
fn the_corpus_is_read() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/corpus");
    let mut files = 0;
    for folder in std::fs::read_dir(corpus).expect("there is a corpus") {
        let folder = folder.expect("it can be read").path();
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        assert!(READERS.iter().any(|reader| reader.name == name), "no reader {name}");
        for file in std::fs::read_dir(folder).expect("it is a folder") {
            let path = file.expect("it can be read").path();
            let bytes = std::fs::read(&path).expect("it can be read");
            let complaints: Vec<String> = READERS.iter().filter_map(|reader| complaint(reader, &bytes)).collect();
            assert!(complaints.is_empty(), "{}: {complaints:#?}", path.display());
            files += 1;
        }
    }
    assert!(files > 10, "{files}");
}

/// Reads a long input; what of it took too long, too much memory or too many words.
fn cost(reader: &Reader, beginning: &str, shape: &[u8]) -> Vec<String> {
    let length = if LONGEST.contains(&shape) { 1024 * 1024 } else { 128 * 1024 };
    let bytes = long(beginning, shape, length);
    let size = String::from_utf8_lossy(&bytes).len();
    let began = Instant::now();
    let (complaint, held) = memory::most_during(|| complaint(reader, &bytes));
    let took = began.elapsed();
    let mut wrong: Vec<String> = complaint.into_iter().collect();
    if took > MOST_TIME {
        wrong.push(format!("{took:?}"));
    }
    // Of these most are the texts that the test hands over.
    if held > 20 * size {
        wrong.push(format!("{} times its size in memory", held / size));
    }
    let shape = String::from_utf8_lossy(shape);
    wrong.iter().map(|why| format!("{}: {beginning}{}…: {why}", reader.name, shape.escape_debug())).collect()
}

/// At sizes at which anything worse than linear shows.
#[test]
fn a_long_input_costs_no_more_than_its_length() {
    let mut inputs: Vec<(&Reader, &str, &[u8])> = Vec::new();
    for reader in &READERS {
        let own = BEGINNINGS.iter().filter(|(name, _)| *name == reader.name).map(|(_, beginning)| *beginning);
        for beginning in std::iter::once("").chain(own) {
            inputs.extend(SHAPES.iter().map(|shape| (reader, beginning, *shape)));
        }
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let parts = inputs.chunks(inputs.len().div_ceil(threads));
        let parts: Vec<_> = parts
            .map(|part| {
                let cost = |(reader, beginning, shape): &(&Reader, &str, &[u8])| cost(reader, beginning, shape);
                scope.spawn(move || part.iter().flat_map(cost).collect::<Vec<String>>())
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("no reader panics")).collect()
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_samples_do_no_harm(seeds in proptest::collection::vec(any::<u64>(), 1..12)) {
        for reader in &READERS {
            let samples = samples(reader);
            let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
            let bytes = mutate(&samples, &seeds);
            prop_assert_eq!(complaint(reader, &bytes), None, "{:?}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in ".{0,200}") {
        for reader in &READERS {
            prop_assert_eq!(complaint(reader, &bytes), None);
            prop_assert_eq!(complaint(reader, text.as_bytes()), None);
        }
    }
}
