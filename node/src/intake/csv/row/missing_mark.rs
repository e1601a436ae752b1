//! Signs that programs write for a missing value: asked about, never guessed.
//!
//! `NA` in a column of countries is Namibia and R's sign for a missing value. R writes quotes around texts and none around
//! its sign, so a quoted `NA` is Namibia; unless the file has quotes around such signs in other columns, too.

use crate::intake::csv::fault::FaultKind;
use crate::intake::csv::file::{Column, Kind, Reading};
use crate::written::missing_sign;

/// Possible meanings of a cell that is also a sign.
pub(super) enum Meaning {
    /// Nothing else: a missing value, as the importing person has declared.
    Missing,
    /// The text as it is written: a country, or a text.
    Itself,
    /// Nobody has said.
    Unknown(FaultKind),
}

/// Returns the meaning of a cell that is a sign for a missing value; `None` where it is none. `quotes_signs`: this file
/// has quotes around signs.
pub(super) fn meaning(
    column: Column,
    text: &str,
    is_quoted: bool,
    quotes_signs: bool,
    reading: &Reading,
) -> Option<Meaning> {
    let is_declared = reading.is_missing(text);
    let sign = missing_sign(text).or_else(|| is_declared.then_some(""))?;
    if reading.namibia && column.kind() == Kind::Country && sign == "NA" {
        return Some(Meaning::Itself);
    }
    let is_itself = is_quoted
        && !quotes_signs
        && match column.kind() {
            Kind::Country => sign == "NA",
            Kind::Text => true,
            _ => false,
        };
    Some(match column.kind() {
        _ if is_itself => Meaning::Itself,
        _ if is_declared => Meaning::Missing,
        Kind::Country if sign == "NA" => Meaning::Unknown(FaultKind::NamibiaOrMissing),
        Kind::Text => Meaning::Unknown(FaultKind::TextOrMissing { sign }),
        _ => Meaning::Unknown(FaultKind::MissingSign { sign }),
    })
}
