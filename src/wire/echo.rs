//! Finding in a reply what was sent, as it is or escaped: a server that echoes a token in JSON may write `\/` for `/`
//! or `\u003d` for `=`, one that echoes a query in XML writes `&amp;`.

/// So many bytes of a secret are no coincidence: what follows is taken out as far as it is the same, so that a body
/// and a token of one hostile registry's making are still gone through in one pass.
const CERTAIN: usize = 32;
/// As much of a secret as may stand at the end of a body that was cut.
const TELLING: usize = 8;

/// The secret as it is, and as it is without its percent-encoding, where it has one.
pub(super) fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut decoded = Vec::with_capacity(secret.len());
    let mut rest = secret;
    while let [first, after @ ..] = rest {
        let (byte, length) = percent(rest).unwrap_or((*first, 1));
        decoded.push(byte);
        rest = rest.get(length..).unwrap_or(after);
    }
    if decoded == secret { vec![decoded] } else { vec![secret.to_vec(), decoded] }
}

/// The text with `…` for each `secret`; `None` where it is not in it. In one pass: a body may be
/// nothing but echoes.
pub(super) fn without(text: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    // Neither its first byte nor the beginning of an escape: nothing of it begins here.
    let passed = |byte: &&u8| secret.first() != Some(byte) && !matches!(byte, b'\\' | b'&' | b'%');
    let mut clean = Vec::new();
    let (mut at, mut kept) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let passed = rest.iter().take_while(passed).count();
        if passed > 0 {
            at += passed;
            continue;
        }
        match length_of(secret, rest) {
            Some(length) => {
                clean.extend_from_slice(text.get(kept..at)?);
                clean.extend_from_slice("…".as_bytes());
                at += length;
                kept = at;
            }
            None => at += 1,
        }
    }
    if kept == 0 {
        return None;
    }
    clean.extend_from_slice(text.get(kept..)?);
    Some(clean)
}

/// How many bytes the secret takes up at the beginning of the text.
fn length_of(secret: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (matched, expected) in secret.iter().enumerate() {
        let rest = text.get(at..)?;
        match escaped(rest).filter(|(byte, _)| byte == expected) {
            Some((_, length)) => at += length,
            None if rest.first() == Some(expected) => at += 1,
            None if rest.is_empty() && matched >= TELLING => break,
            None if matched >= CERTAIN => break,
            None => return None,
        }
    }
    (at > 0).then_some(at)
}

/// The character that the text begins with an escape of, and the length of that.
fn escaped(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        // JSON's escapes, and the quoted pairs of RFC 9110 section 5.6.4.
        [b'\\', b'u', b'0', b'0', high, low, ..] => Some((hex(*high, *low)?, 6)),
        [b'\\', byte, ..] => Some((*byte, 2)),
        [b'&', rest @ ..] => entity(rest),
        _ => percent(text),
    }
}

fn percent(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', high, low, ..] => Some((hex(*high, *low)?, 3)),
        _ => None,
    }
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// The character that `amp;` stands for after its `&`, and the length with it.
fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    let end = rest.iter().take(9).position(|byte| *byte == b';')?;
    let name = str::from_utf8(rest.get(..end)?).ok()?;
    let byte = match name {
        "amp" => b'&',
        "lt" => b'<',
        "gt" => b'>',
        "quot" => b'"',
        "apos" => b'\'',
        _ => {
            let number = name.strip_prefix('#')?;
            match number.strip_prefix(['x', 'X']) {
                Some(digits) => u8::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            }
        }
    };
    Some((byte, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str, secret: &str) -> String {
        let mut text = text.as_bytes().to_vec();
        for form in forms(secret.as_bytes()) {
            text = without(&text, &form).unwrap_or(text);
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn an_echo_is_found_however_it_is_escaped() {
        let secret = "QVdTOm/NhbmF+yeQ==";
        for echo in [
            secret,
            r"QVdTOm\/NhbmF+yeQ==",
            r"QVdTOm/NhbmF\u002byeQ\u003d\u003D",
            "QVdTOm%2FNhbmF%2ByeQ%3d%3D",
            "QVdTOm&#47;NhbmF&#x2b;yeQ&#61;&#X3D;",
        ] {
            assert_eq!(cleaned(&format!("a {echo} b {echo}"), secret), "a … b …", "{echo}");
        }
        assert_eq!(cleaned("<q>a=1&amp;b=some%2Fvalue</q>", "a=1&b=some%2Fvalue"), "<q>…</q>");
        for echo in ["a=1&b=some/value", "a=1&b=some%252Fvalue", r"a=1\u0026b=some\u00252Fvalue"] {
            assert_eq!(cleaned(echo, "a=1&b=some%2Fvalue"), "…", "{echo}");
        }
    }

    #[test]
    fn the_beginning_of_one_at_a_cut_is_taken_out() {
        assert_eq!(cleaned("you sent abcdefgh", "abcdefghijklmnop"), "you sent …");
        assert_eq!(cleaned("you sent abcdefg", "abcdefghijklmnop"), "you sent abcdefg");
    }

    #[test]
    fn a_long_beginning_is_taken_out_as_far_as_it_goes() {
        let secret = format!("{}tail", "0123456789abcdef".repeat(3));
        assert_eq!(cleaned(&format!("you sent {}, and more", &secret[..40]), &secret), "you sent …, and more");
        // A hostile registry makes both the token and the body.
        let began = std::time::Instant::now();
        assert!(without(&b"a".repeat(4 * 1024 * 1024), format!("{}b", "a".repeat(60_000)).as_bytes()).is_some());
        assert!(began.elapsed() < std::time::Duration::from_secs(8), "{:?}", began.elapsed());
    }

    #[test]
    fn what_only_begins_like_it_stays() {
        for text in ["", "&", "%", "\\", "\\u00", "%z", "&#;", "abcdefghijklmno abcdefghijklmno?"] {
            assert_eq!(without(text.as_bytes(), b"abcdefghijklmnop"), None, "{text}");
        }
    }
}
