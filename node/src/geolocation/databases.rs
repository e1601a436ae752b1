//! The databases of a node: what they say about an address, how old they are, and what is wrong with them.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::country_database::CountryDatabase;
use super::error::GeolocationError;
use super::model::{Evidence, Method};
use super::network_database::NetworkDatabase;
use super::settings::Settings;
use super::special::has_a_place;
use super::warning::{FRESH_DAYS, Warning};
use crate::watched_file::WatchedFile;

/// All databases that the settings name, and the one inside the program where they name no country database.
#[derive(Debug)]
pub(super) struct Databases {
    country: CountrySource,
    additional: Vec<WatchedFile<CountryDatabase>>,
    network: Option<WatchedFile<NetworkDatabase>>,
}

#[derive(Debug)]
enum CountrySource {
    Embedded(CountryDatabase),
    File(WatchedFile<CountryDatabase>),
}

impl Databases {
    /// Opens and checks every file.
    pub(super) fn open(settings: &Settings) -> Result<Self, GeolocationError> {
        let country = match &settings.country_database {
            Some(path) => CountrySource::File(WatchedFile::open(path, CountryDatabase::open)?),
            None => CountrySource::Embedded(CountryDatabase::embedded()),
        };
        let additional = settings.additional_country_databases.iter();
        let additional = additional.map(|path| WatchedFile::open(path, CountryDatabase::open));
        let network = settings.network_database.iter();
        let mut network = network.map(|path| WatchedFile::open(path, NetworkDatabase::open));
        Ok(Self { country, additional: additional.collect::<Result<_, _>>()?, network: network.next().transpose()? })
    }

    /// What is known about an address; nothing but the address for one that stands nowhere.
    pub(super) fn evidence(&self, ip: IpAddr, method: Method, now: DateTime<Utc>) -> Evidence {
        let mut evidence = Evidence {
            ip,
            country: None,
            asn: None,
            organisation: None,
            database: None,
            database_age_days: None,
            method,
        };
        if has_a_place(ip) {
            self.add_country(&mut evidence, now);
            self.add_network(&mut evidence);
        }
        evidence
    }

    /// Believes the first additional database that knows the country, else the country database, whatever it says.
    fn add_country(&self, evidence: &mut Evidence, now: DateTime<Utc>) {
        let mut believe = |database: &CountryDatabase| {
            evidence.country = database.country(evidence.ip);
            evidence.database = Some(database.name().to_owned());
            evidence.database_age_days = Some(database.age_days(now));
        };
        let correction = self.additional.iter().map(WatchedFile::content);
        match correction.into_iter().find(|database| database.country(evidence.ip).is_some()) {
            Some(database) => believe(&database),
            None => self.country.ask(believe),
        }
    }

    fn add_network(&self, evidence: &mut Evidence) {
        if let Some(network) = self.network.as_ref().and_then(|database| database.content().network(evidence.ip)) {
            evidence.asn = Some(network.asn);
            evidence.organisation = network.organisation;
        }
    }

    /// Reads every file again that changed.
    pub(super) fn refresh(&self) {
        self.country_files().for_each(|file| {
            file.refresh();
        });
        self.network.iter().for_each(|file| {
            file.refresh();
        });
    }

    /// Additional databases may be of any age: a correction stays true until the hotline withdraws it.
    pub(super) fn warnings(&self, now: DateTime<Utc>) -> Vec<Warning> {
        let (name, age_days) = self.country.ask(|database| (database.name().to_owned(), database.age_days(now)));
        let mut warnings = Vec::new();
        if matches!(self.country, CountrySource::Embedded(_)) {
            warnings.push(Warning::EmbeddedData { age_days });
        }
        warnings.extend(outdated(&name, age_days));
        if let Some(network) = self.network.as_ref().map(WatchedFile::content) {
            warnings.extend(outdated(network.name(), network.age_days(now)));
        }
        let faults = self.country_files().filter_map(WatchedFile::fault);
        let faults = faults.chain(self.network.as_ref().and_then(WatchedFile::fault));
        warnings.extend(faults.map(|fault| Warning::FileFaulty { fault }));
        warnings
    }

    fn country_files(&self) -> impl Iterator<Item = &WatchedFile<CountryDatabase>> {
        let main = match &self.country {
            CountrySource::Embedded(_) => None,
            CountrySource::File(file) => Some(file),
        };
        main.into_iter().chain(&self.additional)
    }
}

impl CountrySource {
    fn ask<T>(&self, question: impl FnOnce(&CountryDatabase) -> T) -> T {
        match self {
            Self::Embedded(database) => question(database),
            Self::File(file) => question(&file.content()),
        }
    }
}

fn outdated(name: &str, age_days: u32) -> Option<Warning> {
    (age_days > FRESH_DAYS).then(|| Warning::Outdated { database: name.to_owned(), age_days })
}
