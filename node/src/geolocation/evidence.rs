//! An address of a server, and the databases' statements about it.

use std::net::IpAddr;

use hotline_protocol::country::Country;
use hotline_protocol::entry::WitnessRecord;
use hotline_protocol::vocabulary::WitnessAnswer;
use serde::Serialize;

use super::code::Meaning;
use super::witness::{Doubt, Statement, Verdict};

/// How an address was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The place was an address.
    Literal,
    /// The hosts file named it.
    HostsFile,
    /// A name server named it.
    Resolver,
}

/// One address of a server, and the databases' statements about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The address. One that wraps an IPv4 address (`::ffff:…`, `64:ff9b::…`) stands here unwrapped.
    pub ip: IpAddr,
    /// Its country, where one is certain.
    pub country: Option<Country>,
    /// The verdict of all databases.
    #[serde(rename = "decision")]
    pub verdict: Verdict,
    /// The number of its autonomous system, where a database knows it.
    pub asn: Option<u32>,
    /// The organisation of its autonomous system, where a database knows it.
    pub organisation: Option<String>,
    /// The network that hides where the server stands, or the word of a database that it may stand anywhere.
    pub hidden_by: Option<String>,
    /// The first database that names the country; `None` where there is none.
    pub database: Option<String>,
    /// That database's age in whole days, where it says when it was built.
    pub database_age_days: Option<u32>,
    /// How the address was found.
    pub method: Method,
    /// The statement of each database.
    #[serde(skip)]
    pub statements: Vec<Statement>,
}

impl Evidence {
    /// Evidence of an address before anything is known of it.
    pub(super) const fn unknown(ip: IpAddr, method: Method) -> Self {
        Self {
            ip,
            country: None,
            verdict: Verdict::Unsure(Doubt::UnknownCountry),
            asn: None,
            organisation: None,
            hidden_by: None,
            database: None,
            database_age_days: None,
            method,
            statements: Vec::new(),
        }
    }

    /// Whether the house itself says where it stands.
    pub(super) fn is_corrected(&self) -> bool {
        self.statements.iter().any(|one| one.is_correction && one.country().is_some())
    }

    /// One witness a database, and one where something hides the origin.
    pub(crate) fn witnesses(&self) -> impl Iterator<Item = WitnessRecord> + '_ {
        let hidden = self.hidden_by.as_ref().map(|by| WitnessRecord {
            detail: Some(by.clone()),
            ..WitnessRecord::of_database("delivery networks".to_owned(), WitnessAnswer::HidesOrigin, self.ip)
        });
        let said = self.statements.iter().map(|statement| {
            let (answer, detail) = match &statement.said {
                Some(Meaning::Country(_)) => (WitnessAnswer::Country, None),
                Some(Meaning::NoCountry(code)) => (WitnessAnswer::NoCountry, Some(code.clone())),
                Some(Meaning::Unknown(code)) => (WitnessAnswer::UnknownCode, Some(code.clone())),
                None => (WitnessAnswer::NotKnown, None),
            };
            WitnessRecord {
                country: statement.country(),
                detail,
                age_days: statement.age_days,
                correction: statement.is_correction,
                ..WitnessRecord::of_database(statement.database.clone(), answer, self.ip)
            }
        });
        hidden.into_iter().chain(said)
    }
}
