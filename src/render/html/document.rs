//! The file around what is told: nothing in it is fetched, and nothing in it runs.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::shown;

const STYLE: &str = include_str!("page.css");

/// Of the whole style sheet, as a Content-Security-Policy has it: the browser applies this text and no other.
const STYLE_DIGEST: &str = "sha256-tV03SAhbha94NGH7GZaDC7a9pnS3q3iU23qBMFnagiQ=";

/// A whole page. What does not show, or would change the order of what does, is replaced: a reader is to see what is there.
pub fn document(title: &str, body: &Markup) -> String {
    let policy = format!("default-src 'none'; style-src '{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
        "\n"
    };
    page.into_string().chars().map(|it| if it == '\n' { it } else { shown(it) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In base64 (RFC 4648), as CSP level 3 writes digests.
    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let group = |group: &[u8]| {
            let bits = group.iter().chain([0, 0].iter()).take(3).fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
            let digit = |nth: usize| char::from(DIGITS[(bits >> (18 - 6 * nth)) as usize & 63]);
            (0..4).map(|nth| if nth <= group.len() { digit(nth) } else { '=' }).collect::<String>()
        };
        bytes.chunks(3).map(group).collect()
    }

    #[test]
    fn the_policy_names_the_style_sheet() {
        let digest = ring::digest::digest(&ring::digest::SHA256, STYLE.as_bytes());
        assert_eq!(STYLE_DIGEST, format!("sha256-{}", base64(digest.as_ref())), "page.css has changed");
        assert!(!STYLE.contains("</"), "it would end where it should not");
        assert!(!STYLE.contains("url(") && !STYLE.contains('@') || STYLE.contains("@media"), "it would load something");
    }

    #[test]
    fn what_does_not_show_is_seen() {
        let page = document("a\u{202e}b", &html! { p { "x\u{0}y<b>" } });
        assert!(page.contains("<title>a\u{fffd}b</title>") && page.contains("<p>x\u{fffd}y&lt;b&gt;</p>"), "{page}");
    }
}
