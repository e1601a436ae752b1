//! How programs write that a value is missing, where they do not leave the cell empty.

/// R; pandas (numbers, times, its own type); Python; text formats of databases; spreadsheets in
/// English, French and German.
const SIGNS: &[&str] = &[
    "NA", "N/A", "n/a", "<NA>", "NaN", "nan", "NAN", "NaT", "None", "NULL", "Null", "null", "(null)", "\\N", "#N/A",
    "#NA", "#N/D", "#NV",
];

/// The sign that a whole cell is, if it is one.
#[must_use]
pub fn missing_sign(text: &str) -> Option<&'static str> {
    // Nearly every cell is told apart by its first letter.
    if !matches!(text.as_bytes().first(), Some(b'N' | b'n' | b'<' | b'(' | b'\\' | b'#')) {
        return None;
    }
    SIGNS.iter().copied().find(|sign| *sign == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_the_whole_cell_and_no_code_of_a_list() {
        for sign in SIGNS {
            assert_eq!(missing_sign(sign), Some(*sign));
        }
        for text in ["", "none", "na", "NAM", "N", "NA ", "not_determined", "national", "nl", "-"] {
            assert_eq!(missing_sign(text), None, "{text}");
        }
    }
}
