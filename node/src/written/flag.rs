//! True and false, as programs of several languages write them.

/// Words for true: of RFC-like formats, Python, R, SQL, and spreadsheets in English, French and German. A column that
/// pandas holds as numbers, because a value is missing in it, has `1.0`, and with a decimal comma `1,0`.
const TRUE: &[&str] = &["true", "t", "yes", "y", "on", "1", "1.0", "1,0", "vrai", "oui", "wahr", "ja"];
/// Words for false, likewise.
const FALSE: &[&str] = &["false", "f", "no", "n", "off", "0", "0.0", "0,0", "faux", "non", "falsch", "nein"];

/// Reads a flag, in capitals or not; `None` where the text is neither.
#[must_use]
pub fn flag(text: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    if is_one_of(TRUE) { Some(true) } else { is_one_of(FALSE).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_all_programs_are_read_and_nothing_else_is() {
        for text in ["true", "True", "TRUE", "t", "T", "yes", "Y", "1", "1.0", " on ", "VRAI", "Oui", "WAHR", "ja"] {
            assert_eq!(flag(text), Some(true), "{text}");
        }
        for text in ["false", "False", "FALSE", "f", "no", "N", "0", "0.0", "0,0", "off", "FAUX", "falsch", "Nein"] {
            assert_eq!(flag(text), Some(false), "{text}");
        }
        for text in ["", "2", "-1", "tru", "x", "10", "0.5", "NA", "maybe", "yes no"] {
            assert_eq!(flag(text), None, "{text}");
        }
    }
}
