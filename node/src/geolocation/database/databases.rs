//! The databases of a node: their statements about an address, their age, and their faults.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::country_database::CountryDatabase;
use super::mmdb::Extent;
use super::network_database::NetworkDatabase;
use crate::geolocation::delivery_network::DeliveryNetworks;
use crate::geolocation::error::GeolocationError;
use crate::geolocation::evidence::{Evidence, Method};
use crate::geolocation::settings::Settings;
use crate::geolocation::special::has_a_place;
use crate::geolocation::warning::{FRESH_DAYS, Warning};
use crate::geolocation::witness::{Doubt, Statement, Untraceable, Verdict, vote};
use crate::watched_file::WatchedFile;

/// All databases that the settings name, and the one inside the program where they name no country database.
#[derive(Debug)]
pub(crate) struct Databases {
    countries: Countries,
    corrections: Vec<WatchedFile<CountryDatabase>>,
    network: Option<WatchedFile<NetworkDatabase>>,
    delivery: Delivery,
}

#[derive(Debug)]
enum Countries {
    Embedded(Box<CountryDatabase>),
    Files(Vec<WatchedFile<CountryDatabase>>),
}

#[derive(Debug)]
enum Delivery {
    Embedded(DeliveryNetworks),
    File(WatchedFile<DeliveryNetworks>),
}

/// A database's kind and contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Its name.
    pub name: String,
    /// Its use.
    pub role: Role,
    /// Its kind in its maker's words; may be empty.
    pub kind: String,
    /// Its age in whole days, where it says when it was built.
    pub age_days: Option<u32>,
    /// How many networks it has records for.
    pub extent: Extent,
    /// Whether its records have numbers of autonomous systems.
    pub has_networks: bool,
}

/// The use of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Countries.
    Country,
    /// The house's own corrections.
    Correction,
    /// Networks.
    Network,
}

impl Databases {
    /// Opens and checks every file.
    pub(crate) fn open(settings: &Settings) -> Result<Self, GeolocationError> {
        let open = |paths: &[std::path::PathBuf]| {
            paths.iter().map(|path| WatchedFile::open(path, CountryDatabase::open)).collect::<Result<Vec<_>, _>>()
        };
        let countries = if settings.country_databases.is_empty() {
            Countries::Embedded(Box::new(CountryDatabase::embedded()))
        } else {
            Countries::Files(open(&settings.country_databases)?)
        };
        let network = settings.network_database.as_deref().map(|path| WatchedFile::open(path, NetworkDatabase::open));
        let delivery = match &settings.delivery_networks_file {
            Some(path) => Delivery::File(WatchedFile::open(path, DeliveryNetworks::open)?),
            None => Delivery::Embedded(DeliveryNetworks::embedded()),
        };
        Ok(Self { countries, corrections: open(&settings.corrections)?, network: network.transpose()?, delivery })
    }

    /// Returns the evidence about an address; nothing but the address for one that stands nowhere.
    pub(crate) fn evidence(&self, ip: IpAddr, method: Method, now: DateTime<Utc>) -> Evidence {
        let mut evidence = Evidence::unknown(ip, method);
        if !has_a_place(ip) {
            evidence.verdict = Verdict::Untraceable(Untraceable::NoPlace);
            return evidence;
        }
        self.ask_countries(&mut evidence, now);
        if let Some(network) = self.network.as_ref().and_then(|database| database.content().network(ip)) {
            evidence.asn = Some(network.asn);
            evidence.organisation = network.organisation;
        }
        if let Some(name) = self.delivery.ask(|networks| networks.hides(ip, evidence.asn)) {
            evidence.hidden_by = Some(name);
        }
        decide(&mut evidence);
        evidence
    }

    /// Whether the reason is known why unlike names lead to an address: it belongs to a delivery network, or the house
    /// itself corrected it.
    pub(crate) fn vouch_for(&self, ip: IpAddr, now: DateTime<Utc>) -> bool {
        let evidence = self.evidence(ip, Method::Resolver, now);
        evidence.hidden_by.is_some() || evidence.is_corrected()
    }

    fn ask_countries(&self, evidence: &mut Evidence, now: DateTime<Utc>) {
        let mut ask = |database: &CountryDatabase, is_correction: bool| {
            let told = database.told(evidence.ip);
            if let (None, Some(network)) = (evidence.asn, told.network) {
                evidence.asn = Some(network.asn);
                evidence.organisation = network.organisation;
            }
            if let (None, Some(why), false) = (&evidence.hidden_by, told.hidden_by, is_correction) {
                evidence.hidden_by = Some(format!("{why} ({})", database.name()));
            }
            evidence.statements.push(Statement {
                database: database.name().to_owned(),
                age_days: database.age_days(now),
                is_correction,
                said: told.country,
            });
        };
        for file in &self.corrections {
            ask(&file.content(), true);
        }
        match &self.countries {
            Countries::Embedded(database) => ask(database, false),
            Countries::Files(files) => files.iter().for_each(|file| ask(&file.content(), false)),
        }
    }

    /// Reads every file again that changed; gives whether any has another content.
    pub(crate) fn refresh(&self) -> bool {
        let mut is_new = false;
        self.country_files().for_each(|file| is_new |= file.refresh());
        self.network.iter().for_each(|file| is_new |= file.refresh());
        if let Delivery::File(file) = &self.delivery {
            is_new |= file.refresh();
        }
        is_new
    }

    /// Corrections may be of any age: one stays true until the hotline withdraws it.
    pub(crate) fn warnings(&self, now: DateTime<Utc>) -> Vec<Warning> {
        let mut warnings = Vec::new();
        match &self.countries {
            Countries::Embedded(database) => {
                let age_days = database.age_days(now).unwrap_or(0);
                warnings.push(Warning::EmbeddedData { age_days });
                warnings.extend(outdated(database.name(), Some(age_days)));
            }
            Countries::Files(files) => {
                // Some makers give one file for each kind of address.
                let is_for_ipv6 = |extent: Extent| extent.ipv6 > 0 && extent.ipv4 == 0;
                let is_split = files.iter().any(|file| is_for_ipv6(file.content().extent()));
                for database in files.iter().map(WatchedFile::content) {
                    warnings.extend(outdated(database.name(), database.age_days(now)));
                    warnings.extend(without_ipv6(database.name(), database.extent()).filter(|_| !is_split));
                }
            }
        }
        if let Some(network) = self.network.as_ref().map(WatchedFile::content) {
            warnings.extend(outdated(network.name(), network.age_days(now)));
            warnings.extend(without_ipv6(network.name(), network.extent()));
        }
        let mut faults: Vec<String> = self.country_files().filter_map(WatchedFile::fault).collect();
        faults.extend(self.network.as_ref().and_then(WatchedFile::fault));
        if let Delivery::File(file) = &self.delivery {
            faults.extend(file.fault());
        }
        warnings.extend(faults.into_iter().map(|fault| Warning::FileFaulty { fault }));
        warnings
    }

    /// Returns each database's kind and contents, in the order of asking. Reads each as a whole.
    pub(crate) fn examine(&self, now: DateTime<Utc>) -> Vec<Examined> {
        let country = |database: &CountryDatabase, role| Examined {
            name: database.name().to_owned(),
            role,
            kind: database.kind().to_owned(),
            age_days: database.age_days(now),
            extent: database.extent(),
            has_networks: database.has_networks(),
        };
        let mut examined: Vec<Examined> =
            self.corrections.iter().map(|file| country(&file.content(), Role::Correction)).collect();
        match &self.countries {
            Countries::Embedded(database) => examined.push(country(database, Role::Country)),
            Countries::Files(files) => {
                examined.extend(files.iter().map(|file| country(&file.content(), Role::Country)));
            }
        }
        examined.extend(self.network.as_ref().map(WatchedFile::content).map(|database| Examined {
            name: database.name().to_owned(),
            role: Role::Network,
            kind: database.kind().to_owned(),
            age_days: database.age_days(now),
            extent: database.extent(),
            has_networks: true,
        }));
        examined
    }

    /// How many delivery networks are known.
    pub(crate) fn delivery_networks(&self) -> usize {
        self.delivery.ask(DeliveryNetworks::len)
    }

    fn country_files(&self) -> impl Iterator<Item = &WatchedFile<CountryDatabase>> {
        let files = match &self.countries {
            Countries::Embedded(_) => &[][..],
            Countries::Files(files) => files,
        };
        files.iter().chain(&self.corrections)
    }
}

impl Delivery {
    fn ask<T>(&self, question: impl FnOnce(&DeliveryNetworks) -> T) -> T {
        match self {
            Self::Embedded(networks) => question(networks),
            Self::File(file) => question(&file.content()),
        }
    }
}

/// A correction is believed before all else; then a network that hides the origin; then the databases vote.
fn decide(evidence: &mut Evidence) {
    evidence.verdict = if evidence.hidden_by.is_some() && !evidence.is_corrected() {
        Verdict::Unsure(Doubt::OriginHidden)
    } else {
        vote(&evidence.statements)
    };
    evidence.country = evidence.verdict.country();
    let believed =
        evidence.statements.iter().find(|one| evidence.country.is_some() && one.country() == evidence.country);
    if let Some(believed) = believed {
        evidence.database = Some(believed.database.clone());
        evidence.database_age_days = believed.age_days;
    }
}

fn outdated(name: &str, age_days: Option<u32>) -> Option<Warning> {
    age_days.filter(|days| *days > FRESH_DAYS).map(|age_days| Warning::Outdated { database: name.to_owned(), age_days })
}

fn without_ipv6(name: &str, extent: Extent) -> Option<Warning> {
    (extent.ipv6 == 0).then(|| Warning::WithoutIpv6 { database: name.to_owned() })
}
