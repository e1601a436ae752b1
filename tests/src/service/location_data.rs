//! Databases for tests of where servers stand: made here, and as others' programs make them.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context as _, bail, ensure};
use hotline_node::clock::Clock;
use ipnet::IpNet;
use mmdb_writer::{Value, Writer};

use crate::node::node_process::ProcessNode;
use crate::places::repository;

/// Makes `FOLDER/NAME.mmdb` with Python's `mmdb_writer`, all settings left as they are; `NAME6` is for IPv6 too.
const WRITE: &str = r#"
import sys
from mmdb_writer import MMDBWriter
from netaddr import IPSet
folder = sys.argv[1]
for name, settings, records in [
    ("defaults", {}, {"192.0.2.0/27": {"country": {"iso_code": "FR"}}, "192.0.2.32/27": {"country": {"iso_code": "NL"}}}),
    ("described", {"description": "text"}, {"192.0.2.32/27": {"country_code": "nl"}}),
    ("defaults6", {"ip_version": 6, "ipv4_compatible": True},
     {"192.0.2.32/27": {"country_code": "NL"}, "2001:db8:200::/40": {"country_code": "NL"}}),
    ("network", {}, {"192.0.2.32/27": {"asn": "AS64497", "as_name": "Example Hosting NL"}}),
    ("traits", {"int_type": "u128"}, {"192.0.2.32/27": {"traits": {"autonomous_system_number": 64497}}}),
]:
    writer = MMDBWriter(**settings)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(f"{folder}/{name}.mmdb")
"#;

/// Files made by npm's and Python's packages, as `tests/location` pins them.
#[derive(Debug)]
pub struct OthersFiles {
    packages: PathBuf,
    python: PathBuf,
}

impl OthersFiles {
    /// Where they are installed. `None` where they are not, said loudly; an error where `CI=true` or
    /// `HOTLINE_REQUIRE_LOCATION=1` stands in the environment.
    pub fn find() -> anyhow::Result<Option<Self>> {
        let folder = repository().join("tests/location");
        let found = Self { packages: folder.join("node_modules/@ip-location-db"), python: folder.join("python") };
        if found.packages.is_dir() && found.python.join("mmdb_writer").is_dir() {
            return Ok(Some(found));
        }
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
        if is("CI", "true") || is("HOTLINE_REQUIRE_LOCATION", "1") {
            bail!("location data of other makers is not installed: CONTRIBUTING.md says how");
        }
        eprintln!("\n*** SKIPPED: NO LOCATION DATA OF OTHER MAKERS, FOR tests/location IS NOT INSTALLED ***\n");
        Ok(None)
    }

    /// A country file of one of npm's packages.
    #[must_use]
    pub fn of_npm(&self, package: &str, file: &str) -> PathBuf {
        self.packages.join(package).join(file)
    }

    /// Lets Python's writer make its files in a folder.
    pub fn write_by_python(&self, folder: &Path) -> anyhow::Result<()> {
        let mut command = Command::new("python3");
        command.args(["-c", WRITE]).arg(folder).env("PYTHONPATH", &self.python).stdin(Stdio::null());
        let output = command.output().context("python3")?;
        ensure!(output.status.success(), "python3: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}

/// Writes a database of `network country` pairs.
pub fn write_countries(file: &Path, countries: &[(&str, &str)]) -> anyhow::Result<()> {
    write(file, countries.iter().map(|(network, code)| (*network, Value::map([("country_code", *code)]))))
}

/// Writes a database of `network number` pairs.
pub fn write_networks(file: &Path, networks: &[(&str, u32)]) -> anyhow::Result<()> {
    let record = |number: u32| Value::map([("autonomous_system_number", Value::from(number))]);
    write(file, networks.iter().map(|(network, number)| (*network, record(*number))))
}

fn write<'a>(file: &Path, records: impl Iterator<Item = (&'a str, Value)>) -> anyhow::Result<()> {
    let now = SystemTime::from(Clock::system().now());
    let mut writer = Writer::builder("Test").description(&[("en", "a test's")]).build_epoch(now).build();
    for (network, record) in records {
        let network: IpNet = network.parse()?;
        writer.insert_range(network.network(), last(network), &record)?;
    }
    // Taken at once: a node that reads half a file says so.
    let new = file.with_extension("new");
    fs::write(&new, writer.to_bytes()?)?;
    Ok(fs::rename(new, file)?)
}

fn last(network: IpNet) -> IpAddr {
    network.broadcast()
}

/// Lets a node locate by these country databases, instead of the fixtures'.
pub fn use_country_databases(node: &ProcessNode, files: &[PathBuf]) -> anyhow::Result<()> {
    let config = &node.cli.config_file;
    let mut table: toml::Table = fs::read_to_string(config)?.parse()?;
    let section = table.get_mut("geolocation").and_then(toml::Value::as_table_mut).context("[geolocation]")?;
    section.remove("country_database");
    let files: Vec<toml::Value> = files.iter().map(|file| file.to_string_lossy().into_owned().into()).collect();
    section.insert("country_databases".to_owned(), files.into());
    Ok(fs::write(config, toml::to_string(&table)?)?)
}
