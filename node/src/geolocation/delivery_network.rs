//! Networks that deliver content hosted elsewhere: anybody asking them sees their address, and never the server's.

use std::collections::HashMap;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use ipnet::IpNet;

use super::database::asn_of;
use super::error::{GeolocationError, ListFault};

/// Source, date and licence stand in `fixtures/geolocation/README.md`.
const EMBEDDED: &str = include_str!("../../../fixtures/geolocation/delivery_networks.csv");

/// Delivery networks, by the number of their autonomous system or by their addresses.
#[derive(Debug, Default)]
pub struct DeliveryNetworks {
    numbers: HashMap<u32, String>,
    ranges: Vec<(IpNet, String)>,
}

impl DeliveryNetworks {
    /// The list inside the program.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a test reads the list")]
    pub fn embedded() -> Self {
        Self::parse(EMBEDDED).expect("a test reads the list inside the program")
    }

    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, GeolocationError> {
        let text =
            fs::read_to_string(path).map_err(|cause| GeolocationError::FileUnreadable { path: path.into(), cause })?;
        let name = || path.file_name().map_or_else(|| path.display().to_string(), |name| name.display().to_string());
        Self::parse(&text).map_err(|faults| GeolocationError::DeliveryNetworksFaulty { name: name(), faults })
    }

    /// Reads lines of `network,name`: the number of an autonomous system (`64496`, `AS64496`) or a range of addresses
    /// (`192.0.2.0/24`), and its owner. `#` begins a comment; a first line `network,name` is passed over. All faulty
    /// lines are named at once.
    pub fn parse(text: &str) -> Result<Self, Vec<ListFault>> {
        let mut list = Self::default();
        let mut faults = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines =
            text.lines().enumerate().map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default().trim()));
        let mut is_first = true;
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let (network, name) = line.split_once(',').unwrap_or((line, ""));
            let (network, name) = (network.trim(), name.trim().trim_matches('"').to_owned());
            let is_heading = std::mem::take(&mut is_first)
                && ["network", "asn", "number"].contains(&network.to_ascii_lowercase().as_str());
            if let Some(asn) = asn_of(network).filter(|asn| *asn > 0) {
                list.numbers.insert(asn, name);
            } else if let Ok(range) = network.parse::<IpNet>() {
                list.ranges.push((range.trunc(), name));
            } else if !is_heading {
                faults.push(ListFault { line: number });
            }
        }
        if faults.is_empty() { Ok(list) } else { Err(faults) }
    }

    /// Returns the name of the network that hides the server's place, if the address belongs to one.
    #[must_use]
    pub fn hides(&self, ip: IpAddr, asn: Option<u32>) -> Option<String> {
        if let Some((asn, name)) = asn.and_then(|asn| self.numbers.get(&asn).map(|name| (asn, name))) {
            return Some(format!("AS{asn} {name}").trim_end().to_owned());
        }
        let (range, name) = self.ranges.iter().find(|(range, _)| range.contains(&ip))?;
        Some(format!("{range} {name}").trim_end().to_owned())
    }

    /// How many networks the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len() + self.ranges.len()
    }

    /// Whether the list has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("a test's address")
    }

    #[test]
    fn numbers_and_ranges_are_read_and_hide() {
        let text = "\u{feff}network,name\r\n# all\r\nAS64496,Example Delivery\r\n64497 , \"Other\" # two\r\n\r\n2001:db8:7::/48,Third\r\n65551\r\n";
        let list = DeliveryNetworks::parse(text).expect("is read");
        assert_eq!(list.len(), 4);
        for (address, asn, hidden) in [
            ("192.0.2.1", Some(64_496), Some("AS64496 Example Delivery")),
            ("192.0.2.1", Some(64_497), Some("AS64497 Other")),
            ("192.0.2.1", Some(65_551), Some("AS65551")),
            ("192.0.2.1", Some(64_498), None),
            ("192.0.2.1", None, None),
            ("2001:db8:7::9", None, Some("2001:db8:7::/48 Third")),
            ("2001:db8:8::9", Some(1), None),
        ] {
            assert_eq!(list.hides(ip(address), asn).as_deref(), hidden, "{address} {asn:?}");
        }
    }

    #[test]
    fn every_faulty_line_is_named() {
        let faults =
            DeliveryNetworks::parse("AS1,a\nhost.example,b\n192.0.2.0/33,c\n,d\nAS0,e\n").expect_err("is faulty");
        assert_eq!(faults, [2, 3, 4, 5].map(|line| ListFault { line }));
    }

    #[test]
    fn the_list_inside_the_program_is_read() {
        let list = DeliveryNetworks::embedded();
        assert!(list.len() >= 30, "{}", list.len());
        assert!(list.hides(ip("192.0.2.1"), Some(13_335)).is_some_and(|name| name.contains("Cloudflare")));
    }
}
