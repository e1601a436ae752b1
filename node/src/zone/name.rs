//! The name of a zone, and the message where there is none of that name.

use chrono_tz::{TZ_VARIANTS, Tz};
use thiserror::Error;

/// Most names that a hint gives.
const HINTS: usize = 3;
/// Names longer than any are not looked for.
const LONGEST: usize = 64;

/// Reason why a text is no zone, in a sentence that tells the right form and repeats nothing but names of zones.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ZoneUnknown {
    /// There is none of this name.
    #[error(
        "no time zone has this name; a name of the IANA's database is expected (such as \"Europe/Paris\" or \"UTC\")"
    )]
    NotAName,
    /// There is none of this name, but some that are like it.
    #[error("no time zone has this name; perhaps {} is meant", quoted(.0))]
    Like(Vec<&'static str>),
    /// An offset or an abbreviation: it does not say when the clock changes.
    #[error(
        "an offset or an abbreviation does not say when a house's clock changes; write the zone's name in the IANA's \
             database (such as \"Europe/Paris\")"
    )]
    OnlyAnOffset,
}

/// The zone of a name.
pub(super) fn zone(name: &str) -> Result<Tz, ZoneUnknown> {
    if is_only_an_offset(name) {
        return Err(ZoneUnknown::OnlyAnOffset);
    }
    name.parse().map_err(|_| match like(name) {
        names if names.is_empty() => ZoneUnknown::NotAName,
        names => ZoneUnknown::Like(names),
    })
}

/// The database has `CET`, `EST5EDT` and `Etc/GMT-1` for old programs. `Etc/GMT-1` is one hour before UTC as people
/// write it, and after UTC as the database means it.
fn is_only_an_offset(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let is_own = ["UTC", "ETC/UTC", "GMT", "ETC/GMT", "ZULU", "ETC/ZULU", "UCT", "ETC/UCT"].contains(&upper.as_str());
    let has_place = name.contains('/') && !upper.starts_with("ETC/");
    let is_short = (2..=4).contains(&name.len()) && name.chars().all(|letter| letter.is_ascii_uppercase());
    let starts_as_offset = ["UTC", "GMT", "ETC/", "+", "-"].iter().any(|start| upper.starts_with(start));
    let has_digit = name.contains(|letter: char| letter.is_ascii_digit());
    !is_own && !has_place && (is_short || starts_as_offset || has_digit)
}

/// Names that are like a text: the same but for capital letters, spaces and the place's continent, or for a few letters.
fn like(text: &str) -> Vec<&'static str> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let text = plain(text);
    let place = |name: &'static str| name.rsplit('/').next().unwrap_or(name);
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let last = text.rsplit('/').next().unwrap_or(&text).to_owned();
    let same = |name: &&'static str| plain(name) == text || (!last.is_empty() && plain(place(name)) == last);
    let mut found: Vec<&'static str> = names().filter(same).collect();
    // Of several the one of that continent.
    found.sort_by_key(|name| plain(name) != text);
    if found.is_empty() {
        found.extend(names().filter(|name| is_nearly(&plain(name), &text) || is_nearly(&plain(place(name)), &text)));
    }
    found.truncate(HINTS);
    found
}

fn plain(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace([' ', '-'], "_")
}

/// Whether two texts of five letters or more differ in one or two letters that were added, left out or mistaken.
fn is_nearly(one: &str, other: &str) -> bool {
    const MOST: usize = 2;
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().min(other.len()) < 5 || one.len().abs_diff(other.len()) > MOST {
        return false;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.iter().enumerate() {
        let mut left_above = std::mem::replace(&mut row[0], place + 1);
        for (column, with) in other.iter().enumerate() {
            let changed = left_above + usize::from(letter != with);
            left_above = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(left_above + 1);
        }
    }
    row[other.len()] <= MOST
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" or ")
}
