//! Numbers in a query, written in one way alone: plain decimal digits. Two readers must not read two numbers.

use std::str::FromStr;

use serde::Deserialize;

/// Digits from 0 to 9, no sign, no zero in front; at most 2^53 - 1, as everywhere in the protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Decimal(u64);

/// As [`Decimal`], from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct FromOne(u64);

impl Decimal {
    pub(super) const fn number(self) -> u64 {
        self.0
    }
}

impl FromOne {
    pub(super) const fn number(self) -> u64 {
        self.0
    }
}

fn read(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    u64::from_str(text).ok().filter(|number| is_plain && *number <= hotline_protocol::json::MAX_INTEGER)
}

impl TryFrom<String> for Decimal {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        read(&text).map(Self).ok_or("not a number in plain decimal digits")
    }
}

impl TryFrom<String> for FromOne {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        read(&text).filter(|number| *number > 0).map(Self).ok_or("not a number from 1 in plain decimal digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_plain_digits_alone() {
        for (text, number) in [("0", 0), ("1", 1), ("10", 10), ("9007199254740991", 9_007_199_254_740_991)] {
            assert_eq!(Decimal::try_from(text.to_owned()), Ok(Decimal(number)));
            assert_eq!(FromOne::try_from(text.to_owned()).is_ok(), number > 0);
        }
        for text in
            ["", "+1", "-1", "01", "00", "1 ", " 1", "1.0", "1e3", "0x1", "9007199254740992", "18446744073709551616"]
        {
            assert!(
                Decimal::try_from(text.to_owned()).is_err() && FromOne::try_from(text.to_owned()).is_err(),
                "{text}"
            );
        }
    }
}
