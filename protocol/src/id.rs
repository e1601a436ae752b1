//! Names of nodes, networks and reports. A value of these types is well-formed by construction.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use uuid::Uuid;

use super::from_text::deserialize_from_str;
use crate::country::CountryCode;

/// Why a text is not one of this module's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdMalformed {
    /// Not `[a-z]{2}-[a-z0-9-]{1,40}`.
    #[error(
        "a node id is a country's two letters, a hyphen, and 1 to 40 of a-z, 0-9 and '-' (such as fr-pointdecontact)"
    )]
    Node,
    /// Not `[a-z0-9-]{1,40}`.
    #[error("a network's name is 1 to 40 of a-z, 0-9 and '-'")]
    Network,
    /// Not `<node id>/<UUIDv7>`.
    #[error("a report's id is <origin>/<UUIDv7>")]
    Report,
}

/// A node's id, such as `fr-pointdecontact`: the seat's country, then a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(Box<str>);

impl NodeId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The node's seat: the first two letters, in capitals. It may be a country that this reader does not know: else a
    /// member in a new country would stop every log that names it.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the letters were checked when the id was parsed")]
    pub fn seat(&self) -> CountryCode {
        let letters = self.0[..2].to_ascii_uppercase();
        letters.parse().expect("a node id begins with two letters, checked when it was parsed")
    }
}

impl FromStr for NodeId {
    type Err = IdMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seat, name) = text.split_once('-').ok_or(IdMalformed::Node)?;
        let has_seat = seat.len() == 2 && seat.bytes().all(|byte| byte.is_ascii_lowercase());
        if has_seat && is_label(name) { Ok(Self(text.into())) } else { Err(IdMalformed::Node) }
    }
}

/// The federation's name (`net`), `production` unless said otherwise: practice never meets production.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(Box<str>);

impl Network {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Network {
    fn default() -> Self {
        Self("production".into())
    }
}

impl FromStr for Network {
    type Err = IdMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_label(text) { Ok(Self(text.into())) } else { Err(IdMalformed::Network) }
    }
}

fn is_label(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A report, the same at every node: its origin, and the UUIDv7 that the origin minted once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId {
    /// The node that created it.
    pub origin: NodeId,
    /// Minted by the origin at creation, never on retry.
    pub rid: Uuid,
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.origin, self.rid.hyphenated())
    }
}

impl FromStr for ReportId {
    type Err = IdMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (origin, rid) = text.split_once('/').ok_or(IdMalformed::Report)?;
        Ok(Self { origin: origin.parse().map_err(|_| IdMalformed::Report)?, rid: parse_rid(rid)? })
    }
}

/// Reads a `rid`: a version 7 UUID, hyphenated, lower case, 36 characters.
pub fn parse_rid(text: &str) -> Result<Uuid, IdMalformed> {
    let canonical = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    match Uuid::try_parse(text) {
        Ok(rid) if canonical && rid.get_version_num() == 7 => Ok(rid),
        _ => Err(IdMalformed::Report),
    }
}

macro_rules! text_form {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )*};
}
text_form!(NodeId, Network);

impl Serialize for ReportId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

macro_rules! read_from_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_from_str(deserializer)
            }
        }
    )*};
}
read_from_text!(NodeId, Network, ReportId);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn a_node_id_names_its_seat() {
        for (text, seat) in
            [("fr-pointdecontact", "FR"), ("de-a", "DE"), ("gb-1", "GB"), ("us--", "US"), ("xq-a", "XQ")]
        {
            let id: NodeId = text.parse().expect("a node id");
            assert_eq!((id.as_str(), id.seat().as_str()), (text, seat));
        }
    }

    #[test]
    fn what_is_no_node_id_is_refused() {
        let long = format!("fr-{}", "a".repeat(41));
        for text in [
            "", "fr", "fr-", "-fr", "f-a", "fra-a", "FR-a", "Fr-a", "fr-A", "fr-é", "fr_a", "fr-a b", "fr-a.b",
            " fr-a", "fr-a ", "é-a", &long,
        ] {
            assert_eq!(text.parse::<NodeId>(), Err(IdMalformed::Node), "{text}");
        }
        assert!(long[..43].parse::<NodeId>().is_ok());
    }

    #[test]
    fn a_network_is_production_unless_said_otherwise() {
        assert_eq!(Network::default().as_str(), "production");
        assert_eq!("production".parse(), Ok(Network::default()));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let long = "a".repeat(41);
        for text in ["", "Practice", "a/b", "a b", "a_b", "é", "a\0", &long] {
            assert_eq!(text.parse::<Network>(), Err(IdMalformed::Network), "{text}");
        }
        assert!(long[..40].parse::<Network>().is_ok());
    }

    #[test]
    fn a_report_is_its_origin_and_its_number() {
        let text = format!("fr-example/{RID}");
        let report: ReportId = text.parse().expect("a report's id");
        assert_eq!(report.origin.as_str(), "fr-example");
        assert_eq!(report.to_string(), text);
    }

    #[test]
    fn what_is_no_report_id_is_refused() {
        for text in [
            String::new(),
            RID.to_owned(),
            format!("/{RID}"),
            format!("fr-/{RID}"),
            "fr-example/".to_owned(),
            format!("fr-example/{RID}/"),
            format!("fr-example/{}", RID.to_uppercase()),
            format!("fr-example/{}", RID.replace('-', "")),
            format!("fr-example/{{{RID}}}"),
            format!("fr-example/{}", RID.replacen("774b", "474b", 1)),
        ] {
            assert_eq!(text.parse::<ReportId>(), Err(IdMalformed::Report), "{text}");
        }
    }

    #[test]
    fn names_are_strings_in_json_and_checked_when_read() {
        let report = format!("\"fr-example/{RID}\"");
        let read: ReportId = serde_json::from_str(&report).expect("a report's id");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), report);
        for json in ["\"fr\"", "1", "null", "[\"fr-example\"]"] {
            assert!(serde_json::from_str::<NodeId>(json).is_err(), "{json}");
        }
        let escaped: NodeId = serde_json::from_str("\"fr\\u002dexample\"").expect("escapes are resolved first");
        assert_eq!(escaped.as_str(), "fr-example");
    }

    proptest! {
        #[test]
        fn every_well_formed_node_id_is_read_back_whatever_its_seat(seat in "[a-z]{2}", name in "[a-z0-9-]{1,40}") {
            let text = format!("{seat}-{name}");
            let id: NodeId = text.parse().expect("well-formed");
            prop_assert_eq!(id.seat().to_string(), seat.to_ascii_uppercase());
            prop_assert_eq!(id.to_string(), text);
        }

        #[test]
        fn any_text_is_read_back_as_itself_or_refused(text in any::<String>()) {
            if let Ok(id) = text.parse::<NodeId>() {
                prop_assert_eq!(id.to_string(), text.clone());
            }
            if let Ok(id) = text.parse::<ReportId>() {
                prop_assert_eq!(id.to_string(), text.clone());
            }
            prop_assert!(text.parse::<Network>().is_err() || is_label(&text));
        }

        #[test]
        fn every_version_7_uuid_is_a_rid(random in any::<[u8; 10]>(), millis in 0_u64..1 << 48) {
            let rid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
            prop_assert_eq!(parse_rid(&rid.hyphenated().to_string()), Ok(rid));
        }
    }
}
