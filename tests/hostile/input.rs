//! Input that nobody writes by accident: valid samples mutated, and shapes that make bad readers slow or large.

/// What a long input is made of, again and again.
pub const SHAPES: [&[u8]; 34] = [
    b"[",
    b"{\"a\":",
    b"{\"a\":[",
    b"[{},",
    b"<a>",
    b"<a><b></b>",
    b"<Error><Code>",
    b"<Error><Message>&",
    b"<!--",
    b"<![CDATA[",
    b"<!DOCTYPE a [",
    b"<title",
    b"&amp;",
    b"&#x41;",
    b"%",
    b"%2",
    b"\"",
    b"\\\"",
    b"\\u0000",
    b"/",
    b":",
    b"::",
    b"a.",
    b"-",
    b"a=\"b\",",
    b",",
    b"=",
    b" ",
    b"\xff",
    b"\0\x1b[31m\r\n",
    "é\u{202e}".as_bytes(),
    b"x-amz-signature ",
    b"not authorized to perform: a:b ",
    b"is not authorized to perform User: ",
];

/// Those of which a mebibyte comes, and not an eighth.
pub const LONGEST: [&[u8]; 4] = [b"[", b"<a>", b"%", b"\""];

/// What a reader, by its name, takes for the beginning of something of its own.
pub const BEGINNINGS: [(&str, &str); 15] = [
    ("manifest", "{\"manifests\":["),
    ("manifest", "{\"layers\":["),
    ("config", "{\"architecture\":\"a\",\"os\":\""),
    ("rejection", "{\"errors\":["),
    ("rejection", "<Error><Message>"),
    ("rejection", "<html><title>"),
    ("denial", "User: a is not authorized to perform: a:b on resource: "),
    ("challenge", "Basic realm=\""),
    ("challenge", "Basic "),
    ("redirect", "https://"),
    ("redirect", "https://a.example/?"),
    ("platform", "linux/"),
    ("metadata", "{\"Containers\":["),
    ("ranges", "{\"createDate\":\"\",\"prefixes\":["),
    ("reference", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"),
];

/// At least `length` bytes of that shape.
pub fn long(beginning: &str, shape: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = beginning.as_bytes().to_vec();
    bytes.extend(shape.iter().cycle().take(length));
    bytes
}

/// Small and good enough: which mutations come is all that it decides (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, and 0 where that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % (end.max(1) as u64)).expect("it is below a usize")
    }

    /// A piece of a text of so many bytes.
    fn piece(&mut self, length: usize) -> std::ops::Range<usize> {
        let (one, other) = (self.below(length + 1), self.below(length + 1));
        one.min(other)..one.max(other)
    }
}

/// One mutation for each seed.
pub fn mutate(samples: &[&[u8]], seeds: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (turn, seed) in seeds.iter().enumerate() {
        let mut dice = Dice(*seed);
        let other = samples.get(dice.below(samples.len())).copied().unwrap_or_default();
        if turn == 0 {
            bytes = other.to_vec();
        }
        let (length, at) = (bytes.len(), dice.below(bytes.len() + 1));
        match dice.below(8) {
            0 => bytes.truncate(at),
            1 => bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << dice.below(8)),
            2 => bytes.get_mut(at).into_iter().for_each(|byte| *byte = dice.roll().to_le_bytes()[0]),
            3 => {
                let twice = bytes[dice.piece(length)].to_vec();
                bytes.splice(at..at, twice);
            }
            4 => drop(bytes.drain(dice.piece(length))),
            5 => {
                let theirs = other[dice.piece(other.len())].to_vec();
                let ours = dice.piece(length);
                bytes.splice(ours, theirs);
            }
            6 => {
                let shape = SHAPES[dice.below(SHAPES.len())];
                let count = 1 << dice.below(11);
                bytes.splice(at..at, long("", shape, count));
            }
            _ => {
                let shape = SHAPES[dice.below(SHAPES.len())];
                bytes.splice(at..at, shape.iter().copied());
            }
        }
        bytes.truncate(64 * 1024);
    }
    bytes
}
