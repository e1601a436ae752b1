//! Hosts files: lines of an address and its names, `#` for comments.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use super::error::{GeolocationError, HostsFault, HostsProblem};

/// Addresses by name.
#[derive(Debug, Default)]
pub struct HostsFile {
    addresses: HashMap<String, Vec<IpAddr>>,
}

impl HostsFile {
    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self, GeolocationError> {
        let text =
            fs::read_to_string(path).map_err(|cause| GeolocationError::FileUnreadable { path: path.into(), cause })?;
        Self::parse(&text).map_err(|faults| GeolocationError::HostsFaulty { name: path.display().to_string(), faults })
    }

    /// Parses a text; all faulty lines are named at once. A name may stand in several lines and has all their
    /// addresses.
    pub fn parse(text: &str) -> Result<Self, Vec<HostsFault>> {
        let mut hosts = Self::default();
        let mut faults = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if let Err(problem) = hosts.add_line(line) {
                faults.push(HostsFault { line: index + 1, problem });
            }
        }
        if faults.is_empty() { Ok(hosts) } else { Err(faults) }
    }

    fn add_line(&mut self, line: &str) -> Result<(), HostsProblem> {
        let meant = line.split('#').next().unwrap_or_default();
        let mut fields = meant.split_ascii_whitespace();
        let Some(address) = fields.next() else { return Ok(()) };
        let address = address.parse().map_err(|_| HostsProblem::AddressInvalid)?;
        let names = fields.map(parsed_name).collect::<Result<Vec<_>, _>>()?;
        if names.is_empty() {
            return Err(HostsProblem::NameMissing);
        }
        for name in names {
            self.addresses.entry(name).or_default().push(address);
        }
        Ok(())
    }

    /// The addresses of a name, in the file's order; case and a final dot of the name do not matter.
    #[must_use]
    pub fn addresses(&self, name: &str) -> Option<&[IpAddr]> {
        self.addresses.get(normal(name).as_ref()).map(Vec::as_slice)
    }

    /// How many names the file has.
    #[must_use]
    pub fn names(&self) -> usize {
        self.addresses.len()
    }
}

fn parsed_name(text: &str) -> Result<String, HostsProblem> {
    let name = normal(text);
    // RFC 1035: 63 characters a label, 253 a name; '_' is common where services are named.
    let is_label = |label: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(allowed)
    };
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(name.into_owned())
    } else {
        Err(HostsProblem::NameInvalid)
    }
}

fn normal(name: &str) -> Cow<'_, str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geolocation::fixture;

    #[test]
    fn lines_comments_aliases_and_repeated_names_are_read() {
        let text = "# all\n\n192.0.2.1\tA.example b.example # two\r\n2001:db8::1 a.example.\n";
        let hosts = HostsFile::parse(text).expect("is read");
        assert_eq!(hosts.names(), 2);
        assert_eq!(hosts.addresses("a.EXAMPLE.").expect("is known").len(), 2);
        assert_eq!(hosts.addresses("c.example"), None);
    }

    #[test]
    fn every_faulty_line_is_named_without_its_names() {
        let long = "a".repeat(64);
        let text = format!("192.0.2.1 a.example\n192.0.2.256 b.example\n192.0.2.1\n::1 c..example\n::1 {long}.example");
        let faults = HostsFile::parse(&text).expect_err("is faulty");
        let expected = [
            (2, HostsProblem::AddressInvalid),
            (3, HostsProblem::NameMissing),
            (4, HostsProblem::NameInvalid),
            (5, HostsProblem::NameInvalid),
        ];
        assert_eq!(faults, expected.map(|(line, problem)| HostsFault { line, problem }));
        let told = GeolocationError::HostsFaulty { name: "hosts".into(), faults }.to_string();
        assert!(told.starts_with("hosts: line 2: ") && !told.contains("example"), "{told}");
    }

    #[test]
    fn the_fixture_uses_only_reserved_names() {
        let hosts = HostsFile::parse(fixture::HOSTS).expect("is read");
        assert!(hosts.names() >= 150);
        let reserved = [".test", ".example", ".invalid", ".example.com", ".example.net", ".example.org"];
        for name in hosts.addresses.keys() {
            assert!(reserved.iter().any(|end| name.ends_with(end)), "{name}");
        }
    }
}
