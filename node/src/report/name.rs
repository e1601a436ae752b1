//! A person's name for a report: its id, or this node's own number. Whole, or it is refused: a number that was
//! shortened, or is another hotline's, names another report.

use hotline_protocol::country::CountryCode;
use hotline_protocol::id::ReportId;
use thiserror::Error;

use super::number::Number;

/// A name that identifies a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportName {
    /// `<origin>/<rid>`.
    Id(ReportId),
    /// This node's own number.
    Number(Number),
}

/// Why a text says of no report that it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameRefused {
    /// A number as `FR-2026-12` or `FR-26-0000012`.
    #[error(
        "a report's number is written whole, as in {seat}-2026-0001234: the year in four digits, the rest in seven with \
         its leading zeros; a shortened one may be another report's"
    )]
    Shortened {
        /// This node's seat.
        seat: CountryCode,
    },
    /// A number of another house.
    #[error(
        "this is a number of another hotline: those of this one begin with {seat}; use the report's id, which is the same \
         everywhere"
    )]
    OtherHouse {
        /// This node's seat.
        seat: CountryCode,
    },
    /// Neither form.
    #[error("a report is named by its number, as in {seat}-2026-0001234, or by its id, <origin>/<36 characters>")]
    Neither {
        /// This node's seat.
        seat: CountryCode,
    },
}

impl ReportName {
    /// Reads a whole id or number; the country's letters may be small. Space around it does not count.
    pub fn parse(text: &str, seat: CountryCode) -> Result<Self, NameRefused> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let mut parts = text.splitn(3, '-');
        let (Some(country), Some(year), Some(count)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NameRefused::Neither { seat });
        };
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if country.len() != 2 || !is_number(year) || !is_number(count) {
            return Err(NameRefused::Neither { seat });
        }
        if !country.eq_ignore_ascii_case(seat.as_str()) {
            return Err(NameRefused::OtherHouse { seat });
        }
        let number = year.parse().ok().zip(count.parse().ok()).map(|(year, count)| Number { year, count });
        match number.filter(|number| is_whole(*number, seat, text)) {
            Some(number) => Ok(Self::Number(number)),
            None => Err(NameRefused::Shortened { seat }),
        }
    }

    /// Whether a text has the form of an id or of some house's number, whole or not: it reveals nothing of the reported
    /// content.
    #[must_use]
    pub fn is_like(text: &str) -> bool {
        let seat = text.trim().get(..2).and_then(|letters| letters.to_ascii_uppercase().parse().ok());
        seat.is_some_and(|seat| !matches!(Self::parse(text, seat), Err(NameRefused::Neither { .. })))
    }
}

/// Whether a number is written as this node writes it.
fn is_whole(number: Number, seat: CountryCode, text: &str) -> bool {
    number.year >= 1_000 && number.count > 0 && number.shown(seat).eq_ignore_ascii_case(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_named_whole_and_anything_less_is_refused_with_the_form() {
        let seat: CountryCode = "NL".parse().expect("a country");
        let number = |count| Ok(ReportName::Number(Number { year: 2026, count }));
        for (text, expected) in [
            ("NL-2026-0000041", number(41)),
            ("nl-2026-0000041", number(41)),
            ("  NL-2026-0000041\n", number(41)),
            ("NL-2026-12345678", number(12_345_678)),
            ("NL-2026-000004", Err(NameRefused::Shortened { seat })),
            ("NL-2026-41", Err(NameRefused::Shortened { seat })),
            ("NL-26-0000041", Err(NameRefused::Shortened { seat })),
            ("NL-2026-00000041", Err(NameRefused::Shortened { seat })),
            ("NL-02026-0000041", Err(NameRefused::Shortened { seat })),
            ("NL-2026-0000000", Err(NameRefused::Shortened { seat })),
            ("NL-2026-99999999999", Err(NameRefused::Shortened { seat })),
            ("FR-2026-0000041", Err(NameRefused::OtherHouse { seat })),
            ("XX-2026-0000041", Err(NameRefused::OtherHouse { seat })),
            ("41", Err(NameRefused::Neither { seat })),
            ("2026-0000041", Err(NameRefused::Neither { seat })),
            ("NL-2026-+000041", Err(NameRefused::Neither { seat })),
            ("NL-2026-", Err(NameRefused::Neither { seat })),
            ("nl-example/0198", Err(NameRefused::Neither { seat })),
            ("", Err(NameRefused::Neither { seat })),
        ] {
            assert_eq!(ReportName::parse(text, seat), expected, "{text}");
        }
        let id = "fr-example/01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(ReportName::parse(id, seat), Ok(ReportName::Id(id.parse().expect("an id"))));
        for text in ["NL-2026-0000041", "de-2026-41", id] {
            assert!(ReportName::is_like(text), "{text}");
        }
        for text in ["hxxps://a[.]example/b", "fr-fixture-000001", "é", "ref-2026-12"] {
            assert!(!ReportName::is_like(text), "{text}");
        }
    }
}
