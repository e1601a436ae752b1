//! Builds the location databases under `fixtures/geolocation` (its `README.md` says when and how).
//!
//! The same input always gives the same bytes, so a rebuild shows in a diff only if the data changed.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail};
use chrono::{DateTime, TimeZone, Utc};
use clap::Parser;
use hotline_protocol::country::Country;
use ipnet::IpNet;
use mmdb_writer::{Ipv4Aliasing, Value, Writer};

/// Builds the location databases.
#[derive(Parser)]
enum Command {
    /// The countries of all public addresses, from the two text files of Debian's package tor-geoipdb.
    Country {
        /// The IPv4 file: lines of first address, last address (both as numbers), country.
        #[arg(long)]
        geoip: PathBuf,
        /// The IPv6 file: lines of first address, last address, country.
        #[arg(long)]
        geoip6: PathBuf,
        /// The database to write.
        #[arg(long)]
        output: PathBuf,
    },
    /// The small databases of the project's own, from the CSV files in FOLDER, written beside them.
    Fixtures {
        /// The folder of the CSV files.
        folder: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Country { geoip, geoip6, output } => {
            let database = country_database(&read(&geoip)?, &read(&geoip6)?)?;
            write(&output, &database)
        }
        Command::Fixtures { folder } => {
            for (name, database) in fixture_databases(&folder)? {
                write(&folder.join(name), &database)?;
            }
            Ok(())
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

fn write(path: &Path, database: &[u8]) -> anyhow::Result<()> {
    fs::write(path, database).with_context(|| format!("writing {}", path.display()))
}

/// The database of the two text files; its build date is the one that their headers name.
fn country_database(geoip: &str, geoip6: &str) -> anyhow::Result<Vec<u8>> {
    let description = "Countries of the IPFire Location Database (https://location.ipfire.org/), CC BY-SA 4.0";
    let mut writer = writer("IPFire-Country", description, generation_date(geoip)?);
    for (text, address) in [(geoip, number as fn(&str) -> anyhow::Result<IpAddr>), (geoip6, literal)] {
        for (line, fields) in records::<3>(text) {
            let [first, last, code] = fields.with_context(|| format!("line {line}"))?;
            // `??`, EU, AP and codes of former countries say nothing about where a server stands.
            let Ok(country) = code.parse() else { continue };
            writer.insert_range(address(first)?, address(last)?, &country_record(country))?;
        }
    }
    Ok(writer.to_bytes()?)
}

fn number(text: &str) -> anyhow::Result<IpAddr> {
    Ok(IpAddr::V4(Ipv4Addr::from_bits(text.parse()?)))
}

fn literal(text: &str) -> anyhow::Result<IpAddr> {
    Ok(text.parse()?)
}

/// Returns the date of `# Generated: …` in the header of Tor's text form.
fn generation_date(text: &str) -> anyhow::Result<DateTime<Utc>> {
    let line = text.lines().find_map(|line| line.strip_prefix("# Generated:")).context("no line '# Generated: …'")?;
    Ok(DateTime::parse_from_rfc2822(line.trim())?.to_utc())
}

/// The small databases: their file names and their bytes.
fn fixture_databases(folder: &Path) -> anyhow::Result<[(&'static str, Vec<u8>); 3]> {
    let documentation = read(&folder.join("documentation.csv"))?;
    let elsewhere = read(&folder.join("documentation-nl.csv"))?;
    let network = read(&folder.join("network.csv"))?;
    Ok([
        ("documentation.mmdb", documentation_database("Fixture-Country", &[&documentation])?),
        ("documentation-nl.mmdb", documentation_database("Fixture-Country-NL", &[&documentation, &elsewhere])?),
        ("network.mmdb", network_database(&network)?),
    ])
}

/// Countries of `network,country` lines; a later text about a network prevails.
fn documentation_database(name: &str, texts: &[&str]) -> anyhow::Result<Vec<u8>> {
    let mut writer = writer(name, "Invented countries of documentation addresses", fixture_date());
    for text in texts {
        for (line, fields) in records::<2>(text).skip(1) {
            let [network, country] = fields.with_context(|| format!("line {line}"))?;
            let country = country.parse().with_context(|| format!("line {line}: {country}"))?;
            writer.insert_value(network.parse::<IpNet>()?, country_record(country))?;
        }
    }
    Ok(writer.to_bytes()?)
}

/// Networks of `network,number,organisation` lines, in the form of GeoLite2-ASN.
fn network_database(text: &str) -> anyhow::Result<Vec<u8>> {
    let mut writer = writer("Fixture-ASN", "Autonomous systems of the fixture addresses", fixture_date());
    for (line, fields) in records::<3>(text).skip(1) {
        let [network, number, organisation] = fields.with_context(|| format!("line {line}"))?;
        let number = number.parse::<u32>().with_context(|| format!("line {line}: {number}"))?;
        let record = Value::map([
            ("autonomous_system_number", Value::from(number)),
            ("autonomous_system_organization", Value::from(organisation)),
        ]);
        writer.insert_value(network.parse::<IpNet>()?, record)?;
    }
    Ok(writer.to_bytes()?)
}

/// The lines that are neither empty nor a comment, with their number from 1, cut at the first commas into `N` fields.
fn records<const N: usize>(text: &str) -> impl Iterator<Item = (usize, anyhow::Result<[&str; N]>)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(index, line)| {
        let fields: Vec<&str> = line.splitn(N, ',').map(str::trim).collect();
        match <[&str; N]>::try_from(fields) {
            Ok(fields) => (index + 1, Ok(fields)),
            Err(fields) => (index + 1, wrong_count(N, fields.len())),
        }
    })
}

fn wrong_count<T>(expected: usize, found: usize) -> anyhow::Result<T> {
    bail!("{expected} fields are expected, {found} were found")
}

fn country_record(country: Country) -> Value {
    Value::map([("country", Value::map([("iso_code", country.as_str())]))])
}

/// Fixed, so that a rebuild changes no byte; later than the country database's, as its own work would be.
fn fixture_date() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).single().expect("a date that exists")
}

/// Without aliases of the IPv4 part: the node unwraps mapped addresses itself.
fn writer(name: &str, description: &str, built: DateTime<Utc>) -> Writer {
    Writer::builder(name)
        .description(&[("en", description)])
        .ipv4_aliasing(Ipv4Aliasing::Disabled)
        .build_epoch(SystemTime::from(built))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_small_databases_are_what_their_csv_files_give() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/geolocation");
        for (name, database) in fixture_databases(&folder).expect("the CSV files are read") {
            let committed = fs::read(folder.join(name)).expect("the database is committed");
            assert!(committed == database, "{name} is older than its CSV file: run build_geolocation fixtures");
        }
    }

    #[test]
    fn the_header_names_the_build_date() {
        let date = generation_date("# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n").expect("is read");
        assert_eq!(date.to_rfc3339(), "2026-06-25T04:33:59+00:00");
        assert!(generation_date("1,2,FR\n").is_err());
    }

    #[test]
    fn a_line_with_too_few_fields_is_refused() {
        let header = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n";
        assert!(country_database(&format!("{header}16777216,16777471"), header).is_err());
        assert!(country_database(&format!("{header}16777216,16777471,AU"), header).is_ok());
    }
}
