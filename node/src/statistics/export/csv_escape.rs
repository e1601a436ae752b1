//! Texts that no spreadsheet runs: pure.

/// First characters of a cell that make a spreadsheet take it for a formula.
const RUN: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];
/// Characters that some spreadsheets take for the end of a cell, even between quotes. Excel in French divides at
/// semicolons, and reads only the quotes at the beginning of a part between two of them; in English it does so at
/// commas.
const ENDS: [char; 5] = [';', ',', '\t', '\r', '\n'];
/// Characters that are passed over before a formula.
const PASSED: [char; 2] = ['"', ' '];

/// The text, with an apostrophe wherever a spreadsheet would begin to run it: a peer could name a thing so that it is a
/// formula, or holds one. Numbers are none, and are not given here.
#[must_use]
pub fn csv_escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut begins = true;
    for character in text.chars() {
        if begins && RUN.contains(&character) {
            safe.push('\'');
        }
        safe.push(character);
        begins = ENDS.contains(&character) || (begins && PASSED.contains(&character));
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_that_a_spreadsheet_sees_in_a_text_is_a_formula() {
        for (text, expected) in [
            ("", ""),
            ("A-B = C + 1", "A-B = C + 1"),
            ("a;b", "a;b"),
            ("a@b.example", "a@b.example"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@X()", "'@X()"),
            ("a;=X()", "a;'=X()"),
            ("a;;@X()", "a;;'@X()"),
            ("a,=X()", "a,'=X()"),
            ("a; =X()", "a; '=X()"),
            ("a;\"=X()&\"", "a;\"'=X()&\""),
            ("\"=X()", "\"'=X()"),
            (" =X()", " '=X()"),
            ("a\t=X()", "a\t'=X()"),
            ("a\r\n-X()", "a\r'\n'-X()"),
            ("a\n+X()", "a\n'+X()"),
            ("\t=1", "'\t'=1"),
            ("a;-1;=X()", "a;'-1;'=X()"),
        ] {
            assert_eq!(csv_escape(text), expected, "{text:?}");
            assert_eq!(csv_escape(expected), expected, "once is enough");
        }
    }
}
