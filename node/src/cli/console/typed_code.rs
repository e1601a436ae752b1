//! Codes, countries and years as people type them: unambiguous input is taken, the rest is refused with a hint. Files
//! and other programs write them exactly.

use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};
use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::{CodeUnknown, read_code};

/// Reads a code of the vocabulary, and tells shells and `--help` every code that there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code<T>(PhantomData<fn() -> T>);

/// For an argument that is a code.
pub(crate) const fn code<T>() -> Code<T> {
    Code(PhantomData)
}

impl<T: FromStr<Err = CodeUnknown> + Clone + Send + Sync + 'static> TypedValueParser for Code<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        TypedValueParser::parse_ref(&read::<T>, command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        // Nothing is no code, so that the list names all.
        let all = T::from_str("").err()?.known;
        let codes: Vec<PossibleValue> = all.split(", ").map(|code| PossibleValue::new(code.to_owned())).collect();
        Some(Box::new(codes.into_iter()))
    }
}

/// `lea_informed` and `lea-informed` are the same, capitals too.
fn read<T: FromStr<Err = CodeUnknown>>(text: &str) -> Result<T, String> {
    read_code(text).map_err(|unknown| {
        let small = singular(&text.trim().to_lowercase());
        match unknown.known.split(", ").find(|known| singular(known) == small) {
            Some(known) => format!("'{}' has no code like this; did you mean {known}?", unknown.list),
            None => unknown.to_string(),
        }
    })
}

/// A code without the additions of its plural and its writing.
fn singular(code: &str) -> String {
    let words = code.replace(['-', ' '], "_");
    let words: Vec<&str> = words.split('_').map(|word| word.trim_end_matches('s')).collect();
    words.concat()
}

/// Codes that stand for a country elsewhere, with its name and its code in ISO 3166-1.
const ELSEWHERE: [(&str, &str, &str); 2] = [("UK", "the United Kingdom", "GB"), ("EL", "Greece", "GR")];

/// Reads a country: two letters of ISO 3166-1, small or capital.
pub(crate) fn country(text: &str) -> Result<Country, String> {
    let letters = text.trim().to_ascii_uppercase();
    if let Ok(country) = letters.parse() {
        return Ok(country);
    }
    if let Some((code, name, right)) = ELSEWHERE.iter().find(|(code, ..)| *code == letters) {
        return Err(format!("{code} is no country of ISO 3166-1; {name} is {right}"));
    }
    let named = Country::all().find(|country| country.name().eq_ignore_ascii_case(text.trim()));
    Err(match named {
        Some(country) => format!("a country is two letters of ISO 3166-1; {} is {country}", country.name()),
        None => "not a country: two letters of ISO 3166-1 are expected (such as FR)".to_owned(),
    })
}

/// Reads a calendar year: four digits, so that `26` is not taken for the year 26.
pub(crate) fn year(text: &str) -> Result<u16, String> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number, text.len()) {
        (true, 4) => text.parse().map_err(|_| "no such year".to_owned()),
        (true, 2) => Err(format!("a year has four digits; did you mean 20{text}?")),
        _ => Err("a year has four digits, as in 2026".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::vocabulary::{Action, Media, PaymentMethod, SiteType, State};

    use super::*;

    #[test]
    fn a_code_is_taken_however_its_words_are_joined() {
        for text in ["isp_informed", "isp-informed", "ISP-Informed", " isp informed "] {
            assert_eq!(read::<Action>(text), Ok(Action::IspInformed), "{text}");
            assert_eq!(read::<State>(text), Ok(State::IspInformed), "{text}");
        }
        assert_eq!(read::<SiteType>("File-Host"), Ok(SiteType::FileHost));
        for state in State::ALL {
            assert_eq!(read(&state.code().replace('_', "-")), Ok(*state));
        }
        for action in Action::ALL {
            assert_eq!(read(&action.code().replace('-', "_")), Ok(*action));
        }
    }

    #[test]
    fn every_code_is_told_to_shells() {
        let told: Vec<String> =
            code::<State>().possible_values().expect("a list").map(|value| value.get_name().to_owned()).collect();
        assert_eq!(told, State::ALL.iter().map(|state| state.code().to_owned()).collect::<Vec<_>>());
    }

    #[test]
    fn a_plural_is_refused_with_the_code_that_is_meant() {
        let hint = |refused: Result<(), String>| refused.expect_err("is refused");
        assert!(hint(read::<Media>("videos").map(|_| ())).contains("did you mean video?"));
        assert!(hint(read::<SiteType>("image_boards").map(|_| ())).contains("did you mean image_board?"));
        assert!(hint(read::<SiteType>("images hosts").map(|_| ())).contains("did you mean image_host?"));
        assert!(hint(read::<PaymentMethod>("bitcoins").map(|_| ())).contains("did you mean bitcoin?"));
        assert!(hint(read::<Media>("sound").map(|_| ())).contains("image, video"));
    }

    #[test]
    fn a_country_is_taken_in_small_letters_and_other_codes_are_hinted_at() {
        assert_eq!(country("nl").map(|country| country.to_string()), Ok("NL".to_owned()));
        assert_eq!(country(" Gb ").map(|country| country.to_string()), Ok("GB".to_owned()));
        for (text, hint) in
            [("uk", "is GB"), ("UK", "is GB"), ("el", "is GR"), ("france", "is FR"), ("EU", "such as FR")]
        {
            assert!(country(text).expect_err("is refused").contains(hint), "{text}");
        }
    }

    #[test]
    fn a_year_has_four_digits() {
        assert_eq!(year("2018"), Ok(2018));
        assert!(year("18").expect_err("is refused").contains("2018"));
        for text in ["", "218", "20188", "+201", "-018", "two"] {
            assert!(year(text).expect_err("is refused").contains("four digits"), "{text}");
        }
    }
}
