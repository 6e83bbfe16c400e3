//! Characters that do not show, or that change the order of what does.

/// Whether a character is one of control, of Unicode's format characters and others that a program may draw as nothing
/// (`Default_Ignorable_Code_Point` of Unicode 16's `DerivedCoreProperties.txt`), of its two line ends, or the blank
/// pattern of Braille.
pub fn is_hidden(it: char) -> bool {
    if it.is_ascii() {
        return it.is_ascii_control();
    }
    it.is_control()
        || matches!(
            it,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The character, or a sign in the place of one that is hidden.
pub fn shown(it: char) -> char {
    if is_hidden(it) { '\u{fffd}' } else { it }
}
