//! Names of nodes, networks and reports. A value of these types is well-formed by construction.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use uuid::Uuid;

use crate::country::Country;

/// Why a text is not one of this module's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdMalformed {
    /// Not `[a-z]{2}-[a-z0-9-]{1,40}`, or the first two letters are no country.
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

    /// The country of the node's seat: the first two letters.
    #[must_use]
    pub fn seat(&self) -> Country {
        Country::from_str(&self.0[..2].to_ascii_uppercase())
            .expect("a node id begins with a country, checked when it was parsed")
    }
}

impl FromStr for NodeId {
    type Err = IdMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seat, name) = text.split_once('-').ok_or(IdMalformed::Node)?;
        let seat_is_country = seat.len() == 2
            && seat.bytes().all(|byte| byte.is_ascii_lowercase())
            && Country::from_str(&seat.to_ascii_uppercase()).is_ok();
        if seat_is_country && is_label(name) { Ok(Self(text.into())) } else { Err(IdMalformed::Node) }
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
    )*};
}
text_form!(NodeId, Network);

macro_rules! serialised_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_from_str(deserializer)
            }
        }
    )*};
}
serialised_as_text!(NodeId, Network, ReportId);

/// Deserialises through `FromStr`, borrowing where the format can.
pub(crate) fn deserialize_from_str<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr,
    T::Err: fmt::Display,
    D: Deserializer<'de>,
{
    struct TextVisitor<T>(std::marker::PhantomData<T>);

    impl<T: FromStr> Visitor<'_> for TextVisitor<T>
    where
        T::Err: fmt::Display,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(TextVisitor(std::marker::PhantomData)).map_err(D::Error::custom)
}
