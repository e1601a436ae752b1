//! One form for each password, on every keyboard.
//!
//! An accented letter can be typed as one character or as a letter and its accent: Windows and Linux send the first,
//! some of Apple's keyboards and password managers the second. RFC 8265 (`OpaqueString`) has one form of them: spaces
//! of every kind become the ordinary one, and all letters their composed form.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The normal form of a password.
pub(super) fn normal_form(typed: &str) -> Zeroizing<String> {
    // Room for all of it, so that no part of it is left behind when the text grows.
    let mut normal = Zeroizing::new(String::with_capacity(4 * typed.len()));
    normal.extend(typed.chars().map(|c| if is_space(c) { ' ' } else { c }).nfc());
    normal
}

/// Returns every earlier form of the typed password, except the normal one: as typed, and with each accent apart. An
/// earlier version may have kept one of them. Their number depends on the typed text alone.
pub(super) fn earlier_forms(typed: &str) -> Vec<Zeroizing<String>> {
    if typed.is_ascii() {
        return Vec::new();
    }
    let mut apart = Zeroizing::new(String::with_capacity(8 * typed.len()));
    apart.extend(typed.nfd());
    vec![Zeroizing::new(typed.to_owned()), apart]
}

/// Unicode's space separators (Zs).
const fn is_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_one_form_however_it_is_typed() {
        for (typed, normal) in [
            ("three words here", "three words here"),
            ("mot de passe e\u{301}te\u{301}", "mot de passe \u{e9}t\u{e9}"),
            ("mot\u{a0}de\u{202f}passe \u{e9}t\u{e9}", "mot de passe \u{e9}t\u{e9}"),
            ("A\u{30a}ngstr\u{f6}m \u{212b}", "\u{c5}ngstr\u{f6}m \u{c5}"),
            ("\u{ac00} \u{1100}\u{1161}", "\u{ac00} \u{ac00}"),
            // Case and compatibility are the owner's: they make another password.
            ("\u{fb01}ne STRASSE", "\u{fb01}ne STRASSE"),
        ] {
            assert_eq!(normal_form(typed).as_str(), normal);
            assert_eq!(normal_form(normal).as_str(), normal);
        }
    }

    #[test]
    fn what_an_earlier_version_kept_is_among_the_forms_that_are_tried() {
        let (composed, apart) = ("\u{e9}t\u{e9} \u{e0} la mer", "e\u{301}te\u{301} a\u{300} la mer");
        for typed in [composed, apart] {
            let forms = earlier_forms(typed);
            assert!([composed, apart].iter().all(|kept| {
                normal_form(typed).as_str() == *kept || forms.iter().any(|form| form.as_str() == *kept)
            }));
        }
        assert!(earlier_forms("three words here").is_empty());
    }
}
