//! Places, evidence and locations.

use std::net::IpAddr;

use hotline_protocol::country::Country;
use hotline_protocol::entry::{LocationRecord, WitnessRecord};
use hotline_protocol::vocabulary::{LocationDecision, WitnessAnswer};
use serde::Serialize;

use super::address_note::Gateway;
use super::evidence::Evidence;
use super::resolver::testimony::{Answer, SAMPLE, Testimony};
use super::witness::{Decided, Doubt, Untraceable, Verdict, decide_host, decide_testimonies, verdict_of};

/// The place to be located: the host of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A domain name in its ASCII form; case and a final dot do not matter.
    Domain(&'a str),
    /// An address.
    Address(IpAddr),
}

/// Knowledge about where a place stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its addresses, each once, ascending, IPv4 first.
    evidence: Vec<Evidence>,
    /// How many addresses were found; evidence may be of a part of them.
    addresses: u32,
    basis: Basis,
}

/// From where addresses are known, or why none is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Basis {
    /// The URL or the hosts file.
    Files,
    /// Each configured name server was asked.
    Asked(Vec<Testimony>),
    /// Nobody may be asked.
    Nowhere(Untraceable),
}

impl Location {
    /// By the URL or the hosts file. `addresses` is how many there are in all.
    pub(super) const fn of_files(evidence: Vec<Evidence>, addresses: u32) -> Self {
        Self { evidence, addresses, basis: Basis::Files }
    }

    /// By name servers; `evidence` holds each of their addresses once, ascending.
    pub(super) fn of_testimonies(testimonies: Vec<Testimony>, evidence: Vec<Evidence>) -> Self {
        let most = testimonies.iter().map(|testimony| match testimony.answer {
            Answer::Addresses { count, .. } => count,
            _ => 0,
        });
        let distinct = u32::try_from(evidence.len()).unwrap_or(u32::MAX);
        let addresses = most.max().unwrap_or(0).max(distinct);
        Self { evidence, addresses, basis: Basis::Asked(testimonies) }
    }

    /// Without an address, and nobody may be asked for one.
    pub(super) const fn nowhere(why: Untraceable) -> Self {
        Self { evidence: Vec::new(), addresses: 0, basis: Basis::Nowhere(why) }
    }

    /// As seen behind a gateway: the addresses are the gateway's, and tell nothing of where the content is hosted.
    /// Corrections by the house itself stay.
    #[must_use]
    pub fn behind(mut self, gateway: Option<Gateway>) -> Self {
        let Some(gateway) = gateway.filter(|gateway| gateway.hides_origin()) else { return self };
        for evidence in &mut self.evidence {
            if !evidence.is_corrected() {
                evidence.hidden_by = Some(gateway.name().to_owned());
                evidence.verdict = Verdict::Unsure(Doubt::OriginHidden);
                (evidence.country, evidence.database, evidence.database_age_days) = (None, None, None);
            }
        }
        self
    }

    /// All evidence: each address once, ascending, IPv4 first; empty if nothing was found.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Returns the answer of each name server; empty where none was asked.
    #[must_use]
    pub fn testimonies(&self) -> &[Testimony] {
        match &self.basis {
            Basis::Asked(testimonies) => testimonies,
            Basis::Files | Basis::Nowhere(_) => &[],
        }
    }

    /// Returns the verdict for a hotline of the countries `own`, and the address that decides.
    #[must_use]
    pub fn decide(&self, own: &[Country]) -> Decided<'_> {
        match &self.basis {
            Basis::Nowhere(why) => Decided { verdict: Verdict::Untraceable(*why), by: None },
            Basis::Files => decide_host(&self.evidence.iter().collect::<Vec<_>>(), own),
            Basis::Asked(testimonies) => decide_testimonies(testimonies, &self.evidence, own),
        }
    }

    /// A sample of at most [`SAMPLE`] addresses: the one that decides, then the lowest.
    #[must_use]
    pub fn sample<'a>(&'a self, decided: &Decided<'a>) -> Vec<&'a Evidence> {
        let others = self.evidence.iter().filter(|one| decided.by.is_none_or(|by| by.ip != one.ip));
        decided.by.into_iter().chain(others).take(SAMPLE).collect()
    }

    /// The decision with its witnesses, as it is kept; `None` while nothing is known. `at` in seconds since 1970.
    #[must_use]
    pub fn record(&self, own: &[Country], at: i64) -> Option<LocationRecord> {
        let decided = self.decide(own);
        Some(LocationRecord {
            at,
            decision: decided.verdict.decision()?.into(),
            country: decided.verdict.country(),
            addresses: self.addresses,
            witnesses: self.witnesses(&decided, own),
        })
    }

    /// Each name server, then each database about each address of the sample.
    fn witnesses(&self, decided: &Decided<'_>, own: &[Country]) -> Vec<WitnessRecord> {
        let heard = self.testimonies().iter().map(|testimony| self.heard(testimony, own));
        let databases = self.sample(decided);
        heard.chain(databases.into_iter().flat_map(Evidence::witnesses)).collect()
    }

    fn heard(&self, testimony: &Testimony, own: &[Country]) -> WitnessRecord {
        let cut = |sample: &[IpAddr]| sample.iter().copied().take(SAMPLE).collect();
        let (answer, ips, detail) = match &testimony.answer {
            Answer::Addresses { sample, .. } => (WitnessAnswer::Addresses, cut(sample), None),
            Answer::NoAddress => (WitnessAnswer::NoAddress, Vec::new(), None),
            Answer::Blocked { sample, why } => (WitnessAnswer::Blocked, cut(sample), Some(why.word().to_owned())),
            Answer::Silent => (WitnessAnswer::Silent, Vec::new(), None),
        };
        WitnessRecord {
            country: verdict_of(&testimony.answer, &self.evidence, own).verdict.country(),
            detail,
            ..WitnessRecord::of_resolver(testimony.resolver.to_string(), answer, ips)
        }
    }

    /// The location as `locate --json` shows it, but for the route.
    #[must_use]
    pub fn summary(&self, own: &[Country]) -> Summary<'_> {
        let decided = self.decide(own);
        let untraceable = if let Verdict::Untraceable(why) = decided.verdict { Some(why) } else { None };
        Summary {
            country: decided.verdict.country(),
            decision: decided.verdict.decision(),
            ips: self.sample_ascending(&decided).into_iter().map(|evidence| evidence.ip).collect(),
            addresses: self.addresses,
            asn: decided.by.and_then(|evidence| evidence.asn),
            organisation: decided.by.and_then(|evidence| evidence.organisation.as_deref()),
            untraceable,
            evidence: self.sample_ascending(&decided),
            witnesses: self.witnesses(&decided, own),
        }
    }

    fn sample_ascending<'a>(&'a self, decided: &Decided<'a>) -> Vec<&'a Evidence> {
        let mut sample = self.sample(decided);
        sample.sort_unstable_by_key(|evidence| evidence.ip);
        sample
    }
}

/// The JSON shape of a location. `asn` and `organisation` are the decisive address's.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    /// The hosting country, or null where none is certain.
    pub country: Option<Country>,
    /// The decision from the witnesses; null where nobody answered.
    pub decision: Option<LocationDecision>,
    /// A sample of at most 16 addresses, ascending, IPv4 first.
    pub ips: Vec<IpAddr>,
    /// How many addresses there are.
    pub addresses: u32,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The organisation of the autonomous system.
    pub organisation: Option<&'a str>,
    /// Why there is no address, or null.
    pub untraceable: Option<Untraceable>,
    /// The evidence about the sample.
    pub evidence: Vec<&'a Evidence>,
    /// Each witness with its answer; the commands show them in their own form.
    #[serde(skip)]
    pub witnesses: Vec<WitnessRecord>,
}
