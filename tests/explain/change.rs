//! The same failure in other clothes: other names, another wrapping, another way of copying.

use std::net::IpAddr;

use ecr_probe::model::AddressClass;
use ecr_probe::ranges::Ranges;

/// Real Regions, by partition: each is changed to another of its own.
const REGIONS: [&[&str]; 3] = [
    &[
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "eu-west-1",
        "eu-west-2",
        "eu-central-1",
        "eu-south-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-7",
        "ap-northeast-1",
        "ca-west-1",
        "me-central-1",
        "il-central-1",
        "mx-central-1",
        "af-south-1",
        "sa-east-1",
    ],
    &["us-gov-west-1", "us-gov-east-1"],
    &["cn-north-1", "cn-northwest-1"],
];

/// Addresses by class, of several ranges each.
pub const ADDRESSES: [(AddressClass, &[&str]); 3] = [
    (AddressClass::S3, &["52.218.36.24", "52.217.233.242", "3.5.72.129", "52.219.199.138"]),
    (AddressClass::Aws, &["3.28.72.11", "52.94.184.143", "44.234.123.64", "18.157.10.9"]),
    (AddressClass::Elsewhere, &["10.0.3.17", "172.31.7.9", "192.168.4.20", "172.40.1.94", "100.64.3.9"]),
];

/// The pieces of a text that `is` accepts, each with where it stands, replaced by what `other` makes of them.
fn each(text: &str, is: impl Fn(char) -> bool, other: impl Fn(&str) -> Option<String>) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&is) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|it| !is(it)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        changed.push_str(before);
        changed.push_str(&other(word).unwrap_or_else(|| word.to_owned()));
        rest = after;
    }
    changed + rest
}

/// Twelve digits in a row are an account, wherever they stand.
pub fn account(text: &str, account: &str) -> String {
    let is_account = |word: &str| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit());
    each(text, |it| it.is_ascii_alphanumeric(), |word| is_account(word).then(|| account.to_owned()))
}

/// Each Region becomes the one that is `by` further in its partition.
pub fn region(text: &str, by: usize) -> String {
    let other = |word: &str| {
        let regions = REGIONS.iter().find(|regions| regions.contains(&word))?;
        let at = regions.iter().position(|it| *it == word)?;
        Some(regions[(at + by) % regions.len()].to_owned())
    };
    // `prod-us-east-1-starport-layer-bucket` has one inside a word.
    let inside = |word: &str| {
        let region = word.strip_prefix("prod-")?.strip_suffix("-starport-layer-bucket")?;
        Some(format!("prod-{}-starport-layer-bucket", other(region)?))
    };
    each(text, |it| it.is_ascii_alphanumeric() || it == '-', |word| other(word).or_else(|| inside(word)))
}

/// Each address that is dialled becomes another of its class.
pub fn address(text: &str, ranges: &Ranges, by: usize) -> String {
    let other = |word: &str| {
        let (host, port) = word.split_once(':').unwrap_or((word, ""));
        let address: IpAddr = host.trim_end_matches('.').parse().ok()?;
        // That of a name server.
        if port.starts_with("53") {
            return None;
        }
        let class = ranges.classify(address, &[]).class;
        let (_, same) = ADDRESSES.iter().find(|(of, _)| *of == class)?;
        Some(word.replacen(host.trim_end_matches('.'), same[by % same.len()], 1))
    };
    each(text, |it| it.is_ascii_digit() || it == '.' || it == ':', other)
}

/// Words of hexadecimal digits, as digests and ids of requests are, become others.
pub fn digests(text: &str, shift: u8) -> String {
    let is_id = |word: &str| word.len() >= 8 && word.contains(|it: char| it.is_ascii_digit());
    let turn = |it: char| {
        let digit = it.to_digit(16).map(|digit| (digit as u8 + shift) % 16);
        digit.map_or(it, |digit| char::from_digit(u32::from(digit), 16).expect("below 16"))
    };
    let other = |word: &str| (is_id(word) && account(word, "") == word).then(|| word.chars().map(turn).collect());
    each(text, |it| it.is_ascii_hexdigit() && !it.is_ascii_uppercase(), other)
}

/// Hexadecimal words in capitals.
pub fn capitals(text: &str) -> String {
    let is_hex = |word: &str| word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let other = |word: &str| is_hex(word).then(|| word.to_ascii_uppercase());
    each(text, |it| it.is_ascii_alphanumeric(), other)
}

/// The repositories that a text names behind a registry of ECR's.
fn repositories(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(".amazonaws.com/") {
        let word = &text[at + ".amazonaws.com/".len()..];
        let host = text[..at].rsplit(|it: char| it.is_whitespace() || it == '/').next().unwrap_or_default();
        let word = word.strip_prefix("v2/").unwrap_or(word);
        let end = word.find(|it: char| !it.is_ascii_lowercase() && !it.is_ascii_digit() && !"-_./".contains(it));
        let path = &word[..end.unwrap_or(word.len())];
        let repository = path.split("/manifests").next().and_then(|it| it.split("/blobs").next()).unwrap_or(path);
        if host.contains(".dkr.ecr.") && repository.len() > 3 {
            found.push(repository.trim_end_matches(['.', '/']));
        }
    }
    found.sort_unstable_by_key(|it| std::cmp::Reverse(it.len()));
    found
}

/// Every repository of ECR's is named otherwise.
pub fn repository(text: &str, name: &str) -> String {
    repositories(text).into_iter().fold(text.to_owned(), |text, old| text.replace(old, name))
}

/// As a program cuts lines: at a width, in the midst of words.
pub fn cut(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let characters: Vec<char> = line.chars().collect();
        lines.extend(characters.chunks(width).map(|piece| piece.iter().collect()));
    }
    lines.join("\n")
}

/// As a person or a formatter breaks lines: at blanks.
pub fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        if column > 0 {
            let is_full = column + word.len() > width;
            wrapped.push(if is_full { '\n' } else { ' ' });
            column = if is_full { 0 } else { column + 1 };
        }
        wrapped.push_str(word);
        column += word.len().max(1);
    }
    wrapped
}

pub fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

pub fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a text")
}

/// Quotes as word processors and chats make them.
pub fn typographic(text: &str) -> String {
    let mut opens = true;
    let quote = |it: char| match it {
        '"' => {
            opens = !opens;
            if opens { '\u{201d}' } else { '\u{201c}' }
        }
        '\'' => '\u{2019}',
        it => it,
    };
    text.chars().map(quote).collect()
}
