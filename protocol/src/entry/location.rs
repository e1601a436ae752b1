//! Several witnesses' statements on a server's place, and the conclusion: evidence that travels in a body.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize};

use super::code::Code;
use crate::country::Country;
use crate::vocabulary::{LocationDecision, WitnessAnswer};

/// One decision about the server's place, with the witnesses that were heard for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationRecord {
    /// Seconds since 1970, UTC.
    pub at: i64,
    /// The conclusion from the witnesses.
    pub decision: Code<LocationDecision>,
    /// The country that counts; absent where the witnesses give none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_country")]
    pub country: Option<Country>,
    /// How many addresses were found; `witnesses` speaks of a sample of them.
    #[serde(default)]
    pub addresses: u32,
    /// The witnesses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<WitnessRecord>,
}

/// One witness: a database about one address, or a name server about the name. Exactly one of `database` and
/// `resolver` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WitnessRecord {
    /// The database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The name server: address and port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<String>,
    /// Its statement.
    pub answer: Code<WitnessAnswer>,
    /// The country that it gives; of a name server, the country that its addresses lead to.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_country")]
    pub country: Option<Country>,
    /// The detail in place of a country: a code that is none, or the network that hides the origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Age of the database in days, where it says when it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u32>,
    /// Whether it is a correction of the house's own: that is believed before all databases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub correction: bool,
    /// The addresses: of a database the one that it was asked about, of a name server a sample of its answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ips: Vec<IpAddr>,
}

impl WitnessRecord {
    /// A database's answer about an address.
    #[must_use]
    pub fn of_database(name: String, answer: WitnessAnswer, ip: IpAddr) -> Self {
        Self { database: Some(name), ips: vec![ip], ..Self::of(answer) }
    }

    /// A name server's answer.
    #[must_use]
    pub fn of_resolver(server: String, answer: WitnessAnswer, ips: Vec<IpAddr>) -> Self {
        Self { resolver: Some(server), ips, ..Self::of(answer) }
    }

    fn of(answer: WitnessAnswer) -> Self {
        Self {
            database: None,
            resolver: None,
            answer: answer.into(),
            country: None,
            detail: None,
            age_days: None,
            correction: false,
            ips: Vec::new(),
        }
    }
}

/// A country that this reader does not know is read as absent: a later version's list may be longer.
pub(super) fn known_country<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Country>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_versions_words_and_countries_are_kept_or_read_as_absent() {
        let line =
            r#"{"at":1,"decision":"guessed","country":"QX","witnesses":[{"oracle":7,"answer":"maybe"}],"more":1}"#;
        let record: LocationRecord = serde_json::from_str(line).expect("is read");
        assert_eq!(record.decision, Code::Unknown("guessed".to_owned()));
        assert_eq!((record.country, record.addresses), (None, 0));
        assert_eq!(record.witnesses[0].answer, Code::Unknown("maybe".to_owned()));
    }

    #[test]
    fn a_body_keeps_the_newest_of_its_evidence() {
        let mut body = crate::entry::Body::new(crate::entry::Salt::from_bytes([0; 16]));
        let decided = |at| LocationRecord {
            at,
            decision: LocationDecision::Disputed.into(),
            country: None,
            addresses: 1,
            witnesses: Vec::new(),
        };
        body.location = (0..9).map(decided).collect();
        body.bound_evidence();
        assert_eq!(body.location.iter().map(|record| record.at).collect::<Vec<_>>(), [5, 6, 7, 8]);
        body.bound_evidence();
        assert_eq!(body.location.len(), 4);
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let mut witness = WitnessRecord::of_database("a.mmdb".into(), WitnessAnswer::Country, [192, 0, 2, 1].into());
        witness.country = "XK".parse().ok();
        let record = LocationRecord {
            at: 5,
            decision: LocationDecision::Agreed.into(),
            country: "XK".parse().ok(),
            addresses: 1,
            witnesses: vec![witness],
        };
        let line = serde_json::to_string(&record).expect("JSON");
        let expected = r#"{"at":5,"decision":"agreed","country":"XK","addresses":1,"witnesses":[{"database":"a.mmdb","answer":"country","country":"XK","ips":["192.0.2.1"]}]}"#;
        assert_eq!(line, expected);
        assert_eq!(serde_json::from_str::<LocationRecord>(&line).expect("the same"), record);
    }
}
