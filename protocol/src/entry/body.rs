//! The private body of an entry: the facts that the other hotline needs to act, and nothing of the reporter or the
//! staff.
//!
//! A body is one line of JSON. Its hash is taken over the line as it is, and a random salt in it keeps the hash from
//! being tested against guesses. Codes that a reader's lists do not have are kept ([`Code::Unknown`]).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::BodyCommitment;
use super::code::Code;
use super::location::{LocationRecord, known_country};
use crate::bytes::Hash;
use crate::country::{Country, CountryCode};
use crate::id::NodeId;
use crate::json::{self, JsonFault};
use crate::url::ReportedUrl;
use crate::vocabulary::{
    Action, Age, Assessment, Behaviour, Commerciality, Media, Offence, PaymentMethod, Production, Reason, Sex,
    SiteType, TerrorismType, Urgency,
};

/// Why a line is not a body, or not the one that its header commits to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BodyRefused {
    /// The line breaks the rules for JSON in this protocol.
    #[error("the body is no well-formed line: {0}")]
    Json(#[from] JsonFault),
    /// A field has the wrong form. Never quotes the content.
    #[error("the body's fields do not have the form of the specification")]
    Fields,
    /// The hash is not the one in the header.
    #[error("the body is not the one that its header commits to")]
    NotCommitted,
    /// The line is longer than the header says.
    #[error("the body is longer than its header says")]
    Size,
}

/// 128 random bits, in hex.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// Wraps 16 random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl FromStr for Salt {
    type Err = BodyRefused;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| BodyRefused::Fields)?;
        Ok(Self(bytes.try_into().map_err(|_| BodyRefused::Fields)?))
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(data_encoding::HEXLOWER.encode_mut_str(&self.0, &mut [0; 32]))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::from_text::deserialize_from_str(deserializer)
    }
}

/// The means to reach the content.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// User name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(..)")
    }
}

/// One assessment: its author, the law, the finding, and the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentRecord {
    /// The hotline that assessed.
    pub by: NodeId,
    /// The country of that law, known here or not.
    pub law: CountryCode,
    /// Seconds since 1970, UTC.
    pub at: i64,
    /// The finding.
    pub assessment: Code<Assessment>,
    /// The offence after qualification.
    pub offence: Code<Offence>,
    /// Why, where it is not illegal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Code<Reason>>,
    /// Conduct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub behaviour: Vec<Code<Behaviour>>,
    /// Kind of terrorist content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terrorism_type: Vec<Code<TerrorismType>>,
    /// Kind of site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_type: Option<Code<SiteType>>,
    /// Whether somebody earns by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commerciality: Option<Code<Commerciality>>,
    /// How it is paid for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payment_methods: Vec<Code<PaymentMethod>>,
    /// Kind of media.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Code<Media>>,
    /// Age groups; the youngest counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub age: Vec<Code<Age>>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Code<Sex>>,
    /// Circumstances of production.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub production: Vec<Code<Production>>,
    /// Computer-made.
    #[serde(rename = "virtual", default, skip_serializing_if = "std::ops::Not::not")]
    pub virtual_content: bool,
    /// Made by the person shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub self_generated: bool,
    /// Posed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub child_modelling: bool,
}

impl AssessmentRecord {
    /// A finding of `by` under the law of its seat, and nothing besides. `at` in seconds since 1970, UTC.
    #[must_use]
    pub fn new(by: NodeId, at: i64, assessment: Assessment, offence: Offence) -> Self {
        Self {
            law: by.seat(),
            by,
            at,
            assessment: assessment.into(),
            offence: offence.into(),
            reason: None,
            behaviour: Vec::new(),
            terrorism_type: Vec::new(),
            site_type: None,
            commerciality: None,
            payment_methods: Vec::new(),
            media: Vec::new(),
            age: Vec::new(),
            sex: None,
            production: Vec::new(),
            virtual_content: false,
            self_generated: false,
            child_modelling: false,
        }
    }
}

/// One finding of where the server stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostingRecord {
    /// The server's address; absent where none was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// The country of the address; one that this reader does not know is read as absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_country")]
    pub country: Option<Country>,
    /// Autonomous system number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// The operator of the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// How the address was found: `literal`, `hosts_file`, `resolver`.
    pub method: String,
    /// The database that gave the country.
    pub database: String,
    /// The database's age on that day, in days.
    pub database_age_days: u32,
    /// Seconds since 1970, UTC.
    pub at: i64,
}

/// Most findings that a body is written with: four times a sample of 16 addresses.
const MOST_FINDINGS: usize = 64;

/// Most decisions that a body is written with.
const MOST_DECISIONS: usize = 4;

/// One act of a holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecord {
    /// The hotline that acted.
    pub by: NodeId,
    /// The action done.
    pub action: Code<Action>,
    /// When, seconds since 1970, UTC.
    pub at: i64,
    /// Why, where the act has a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Code<Reason>>,
    /// Last seen online, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_online: Option<i64>,
    /// First seen offline, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen_offline: Option<i64>,
}

/// A body. Its fields depend on the entry. A create and a transfer are complete by themselves, a status has its action,
/// a withdrawal its reason in the memo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Keeps the hash from being guessed.
    pub salt: Salt,
    /// The reported URL, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<ReportedUrl>,
    /// The page where it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<ReportedUrl>,
    /// Joins URLs that were found together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// From where the page was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// How to reach the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// How soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Code<Urgency>>,
    /// When the origin received it, seconds since 1970, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<i64>,
    /// Every assessment known, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessments: Vec<AssessmentRecord>,
    /// Every finding of the server's place, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosting: Vec<HostingRecord>,
    /// Every decision about the server's place with its witnesses, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub location: Vec<LocationRecord>,
    /// The actions done, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionRecord>,
    /// A remark for the other hotline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
}

/// A body as a line, checked against the rules of form; its bytes are the ones hashed, stored and sent.
#[derive(Clone, PartialEq, Eq)]
pub struct BodyLine {
    text: Box<str>,
    hash: Hash,
}

impl fmt::Debug for BodyLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyLine({} bytes)", self.text.len())
    }
}

impl Body {
    /// A body with a salt and nothing else.
    #[must_use]
    pub fn new(salt: Salt) -> Self {
        Self {
            salt,
            url: None,
            page: None,
            group: None,
            referrer: None,
            access: None,
            urgency: None,
            received_at: None,
            assessments: Vec::new(),
            hosting: Vec::new(),
            location: Vec::new(),
            actions: Vec::new(),
            memo: None,
        }
    }

    /// Keeps the newest findings and decisions about the server's place: a report that is passed on many times would
    /// outgrow a body.
    pub fn bound_evidence(&mut self) {
        let keep = |all: usize, most: usize| all.saturating_sub(most);
        self.hosting.drain(..keep(self.hosting.len(), MOST_FINDINGS));
        self.location.drain(..keep(self.location.len(), MOST_DECISIONS));
    }

    /// Writes the line; refused where it would be longer than a body may be.
    pub fn to_line(&self) -> Result<BodyLine, BodyRefused> {
        let line = serde_json::to_string(self).map_err(|_| BodyRefused::Fields)?;
        json::check(line.as_bytes(), json::BODY)?;
        Ok(BodyLine { hash: BodyLine::hash_of(&line), text: line.into() })
    }
}

impl BodyLine {
    /// Takes a line that came with a header: checks its form, its hash and its length against the commitment.
    pub fn verify(line: &str, commitment: &BodyCommitment) -> Result<Self, BodyRefused> {
        if line.len() as u64 > commitment.size {
            return Err(BodyRefused::Size);
        }
        let body = Self::from_storage(line, commitment)?;
        json::check(line.as_bytes(), json::BODY)?;
        Ok(body)
    }

    /// Takes a line that this node sealed into its own database after it had been checked.
    pub fn from_storage(line: &str, commitment: &BodyCommitment) -> Result<Self, BodyRefused> {
        let hash = Self::hash_of(line);
        if hash == commitment.hash { Ok(Self { text: line.into(), hash }) } else { Err(BodyRefused::NotCommitted) }
    }

    /// The line without its line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The hash that a header commits to.
    #[must_use]
    pub const fn hash(&self) -> &Hash {
        &self.hash
    }

    /// The commitment to this body, as a header writes it.
    #[must_use]
    pub fn commitment(&self) -> BodyCommitment {
        BodyCommitment { hash: self.hash, size: (self.text.len() as u64).next_power_of_two() }
    }

    /// Reads the fields.
    pub fn body(&self) -> Result<Body, BodyRefused> {
        serde_json::from_str(&self.text).map_err(|_| BodyRefused::Fields)
    }

    fn hash_of(line: &str) -> Hash {
        Hash::of(&[b"hxp/body/1\0", line.as_bytes()])
    }
}
