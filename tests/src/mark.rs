//! Words and numbers that must not appear somewhere: each is so unlikely that it is found only where it was told.

use std::collections::BTreeMap;

/// Forbidden marks, each with its owner.
#[derive(Debug, Default, Clone)]
pub struct Marks {
    /// The mark in lower case, and its description.
    words: BTreeMap<String, String>,
    /// As the words, but found only where they stand alone; there may be thousands.
    ids: BTreeMap<String, String>,
    /// The number, and its description.
    numbers: BTreeMap<u64, String>,
}

impl Marks {
    /// Adds a word: found wherever its letters stand together, in upper or lower case.
    pub fn word(&mut self, word: &str, what: &str) {
        self.words.insert(word.to_lowercase(), what.to_owned());
    }

    /// Adds an id of letters, digits and dashes: found where it stands alone, in upper or lower case.
    pub fn id(&mut self, id: &str, what: &str) {
        self.ids.insert(id.to_lowercase(), what.to_owned());
    }

    /// Adds a number: found where it stands alone, its thousands apart or not.
    pub fn number(&mut self, number: u64, what: &str) {
        self.numbers.insert(number, what.to_owned());
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.len() + self.ids.len() + self.numbers.len()
    }

    /// The marks that stand in a text, as it is or as a page or an address writes it.
    #[must_use]
    pub fn in_text(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for reading in readings(text) {
            let words = self.words.iter().filter(|(word, _)| reading.contains(word.as_str()));
            found.extend(words.map(|(word, what)| format!("{word} ({what})")));
            let tokens = reading.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let ids = tokens.filter_map(|token| self.ids.get_key_value(token));
            found.extend(ids.map(|(id, what)| format!("{id} ({what})")));
            let numbers = numbers_in(&reading).into_iter().filter_map(|number| self.numbers.get_key_value(&number));
            found.extend(numbers.map(|(number, what)| format!("{number} ({what})")));
        }
        found.sort();
        found.dedup();
        found
    }
}

/// As it is, with the characters that HTML writes as numbers or names, and with those that an address writes as
/// hexadecimal digits.
fn readings(text: &str) -> [String; 3] {
    let text = text.to_lowercase();
    let page = decoded(&text, "&#", ';', |digits| match digits.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    });
    let page = page.replace("&amp;", "&").replace("&nbsp;", "\u{a0}");
    let mut address = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(place) = rest.find('%') {
        address.push_str(&rest[..place]);
        let octet = rest.get(place + 1..place + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        address.push(octet.map_or('%', char::from));
        rest = &rest[place + if octet.is_some() { 3 } else { 1 }..];
    }
    address.push_str(rest);
    [text, page, address.to_lowercase()]
}

fn decoded(text: &str, begin: &str, end: char, number: impl Fn(&str) -> Option<u32>) -> String {
    let mut parts = text.split(begin);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let read = part.split_once(end).and_then(|(digits, rest)| Some((char::from_u32(number(digits)?)?, rest)));
        if let Some((letter, rest)) = read {
            told.push(letter);
            told.push_str(rest);
        } else {
            told.push_str(begin);
            told.push_str(part);
        }
    }
    told
}

/// Separators of thousands, in one language or another.
const APART: [char; 5] = [',', '.', ' ', '\u{a0}', '\u{202f}'];

/// Whole numbers that are no part of a word or of a fraction.
fn numbers_in(text: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let letters: Vec<char> = text.chars().collect();
    let is_word = |place: usize| letters.get(place).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let is_inside = |place: usize| {
        let is_fraction = place > 1 && letters[place - 1] == '.' && letters[place - 2].is_ascii_digit();
        is_fraction || (place > 0 && is_word(place - 1))
    };
    let mut place = 0;
    while place < letters.len() {
        if !letters[place].is_ascii_digit() || is_inside(place) {
            place += 1;
            continue;
        }
        let mut digits = String::new();
        let mut end = place;
        loop {
            while letters.get(end).is_some_and(char::is_ascii_digit) {
                digits.push(letters[end]);
                end += 1;
            }
            // The number up to here counts too: the text behind it may be the next number of a list.
            if !is_word(end) {
                numbers.extend(digits.parse::<u64>());
            }
            let three = (1..=3).all(|step| letters.get(end + step).is_some_and(char::is_ascii_digit));
            let goes_on = letters.get(end).is_some_and(|c| APART.contains(c)) && three;
            if !goes_on || letters.get(end + 4).is_some_and(char::is_ascii_digit) {
                break;
            }
            end += 1;
        }
        place = end.max(place + 1);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Marks {
        let mut marks = Marks::default();
        marks.word("Quince-7", "a host");
        marks.id("FR-2026-0000012", "a report");
        marks.number(4_219, "a count");
        marks
    }

    #[test]
    fn a_mark_is_found_however_it_is_written() {
        for text in [
            "https://quince-7.hosting.test/",
            "QUINCE-7",
            "quince&#45;7",
            "quince&#x2d;7",
            "quince%2D7",
            "%71uince-7",
            "/reports/FR-2026-0000012?a",
            "fr%2d2026%2d0000012",
            "<td>4219</td>",
            "4,219",
            "4.219",
            "4\u{202f}219 signalements",
            "4&nbsp;219",
            "4&#8239;219",
            "[1,4219,3]",
            "12 4219",
            "\"n\":4219}",
        ] {
            assert_eq!(marks().in_text(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        for text in [
            "quince-8",
            "quince 7",
            "FR-2026-00000123",
            "14219",
            "42190",
            "a4219",
            "4219f",
            "14,219",
            "4,2190",
            "4 21 9",
            "0.4219",
        ] {
            let found = marks().in_text(text);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
