//! Codes as cells have them: a byte each, or two letters. Pure.

use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::{Assessment, Offence, SiteType};

/// No code, or one that the list does not have.
pub(super) const NO_CODE: u8 = u8::MAX;

/// A country's letters; zeros where there is none.
pub(crate) fn letters(country: Option<Country>) -> [u8; 2] {
    country.and_then(|country| country.as_str().as_bytes().try_into().ok()).unwrap_or_default()
}

/// The country of these letters.
pub(crate) fn country(letters: [u8; 2]) -> Option<Country> {
    std::str::from_utf8(&letters).ok()?.parse().ok()
}

/// The place of a code in its list.
pub(super) fn place<T: PartialEq>(all: &[T], code: Option<&T>) -> u8 {
    let place = code.and_then(|code| all.iter().position(|listed| listed == code));
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(NO_CODE)
}

/// The place of an offence.
pub(super) fn offence(code: Option<Offence>) -> u8 {
    place(Offence::ALL, code.as_ref())
}

/// The place of a kind of site: a kind without determination counts as not determined, as in all figures.
pub(super) fn site(text: Option<&str>) -> u8 {
    match text {
        None => place(SiteType::ALL, Some(&SiteType::NotDetermined)),
        Some(text) => place(SiteType::ALL, text.parse().ok().as_ref()),
    }
}

/// Whether an assessment found it illegal, under any law.
pub(super) fn is_illegal(assessment: Option<Assessment>) -> bool {
    assessment.is_some_and(|assessment| crate::statistics::count::ILLEGAL.contains(&assessment))
}
