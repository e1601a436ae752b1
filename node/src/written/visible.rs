//! Characters that act on the viewer of a text, and stand in no word: shown as escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns a text with no active characters: each control character and each control of the direction of writing stands
/// there as its escape, such as `\u{202e}`. Line breaks and tabs stay. Letters of every script stay, those that are
/// written from right to left among them.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if acts(letter) {
            // Writing to a text cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// [`visible`] for one line: line breaks and tabs are escapes, too.
#[must_use]
pub fn visible_line(text: &str) -> Cow<'_, str> {
    match visible(text) {
        shown if !shown.contains(['\n', '\r', '\t']) => shown,
        shown => Cow::Owned(shown.replace('\n', "\\u{a}").replace('\r', "\\u{d}").replace('\t', "\\u{9}")),
    }
}

/// Returns a JSON document with no active characters: the same ones, in the escapes of JSON. They stand in its strings
/// alone.
#[must_use]
pub fn visible_json(document: &str) -> Cow<'_, str> {
    if !document.contains(acts) {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 16);
    for letter in document.chars() {
        if acts(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character steers a terminal, or turns the direction of the text after it (UAX #9). Then an address or a
/// file's name reads as another.
fn acts(letter: char) -> bool {
    let turns =
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_as_its_escape_and_every_scripts_letters_stay() {
        for (text, shown) in [
            ("plain, l'été, שלום, سلام\n\tdone", "plain, l'été, שלום, سلام\n\tdone"),
            ("a\u{202e}gnp.exe", "a\\u{202e}gnp.exe"),
            ("\u{2066}x\u{2069}\u{200f}\u{61c}", "\\u{2066}x\\u{2069}\\u{200f}\\u{61c}"),
            ("\u{1b}[2J\u{7}\u{9b}\0", "\\u{1b}[2J\\u{7}\\u{9b}\\u{0}"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible_line("a\nb\tc\u{202e}"), "a\\u{a}b\\u{9}c\\u{202e}");
    }

    #[test]
    fn a_json_document_says_the_same_and_nothing_acts_in_it() {
        let text = "a\u{202e}b\u{7f}c\u{9b}\n";
        let document = serde_json::to_string_pretty(&[text]).expect("JSON");
        let shown = visible_json(&document);
        assert!(!shown.contains(acts), "{shown}");
        let read: Vec<String> = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(read, [text]);
    }
}
