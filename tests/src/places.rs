//! Where the suite's URLs are hosted: invented names, addresses of the documentation ranges.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A country's own address in `fixtures/geolocation/documentation.csv`.
const ADDRESSES: [(&str, &str); 7] = [
    ("FR", "192.0.2.1"),
    ("NL", "192.0.2.33"),
    ("US", "192.0.2.65"),
    ("DE", "192.0.2.97"),
    ("CZ", "192.0.2.129"),
    ("SE", "192.0.2.161"),
    ("JP", "192.0.2.193"),
];

/// In NL for everybody but the hotline of NL: its own database says DE (`fixtures/geolocation/documentation-nl.csv`).
const DISPUTED: &str = "198.51.100.33";

/// A URL hosted in `country`: another one for each `number`.
#[must_use]
pub fn url_in(country: &str, number: u32) -> String {
    format!("https://{}.hosting.test/item/{number}", country.to_lowercase())
}

/// A URL hosted in NL for everybody but the hotline of NL. That hotline locates it in DE.
#[must_use]
pub fn disputed_url(number: u32) -> String {
    format!("https://disputed.hosting.test/item/{number}")
}

/// The hosts file of all these names, with `more` names of one's own (name, country).
///
/// # Panics
/// Where a country has no address here.
#[must_use]
pub fn hosts_file(more: &[(&str, &str)]) -> String {
    let address = |country: &str| {
        let found = ADDRESSES.iter().find(|(code, _)| *code == country);
        found.map_or_else(|| panic!("{country} has no address here"), |(_, address)| *address)
    };
    let mut text = format!("{DISPUTED} disputed.hosting.test\n");
    for (country, address) in ADDRESSES {
        let _ = writeln!(text, "{address} {}.hosting.test", country.to_lowercase());
    }
    for (name, country) in more {
        let _ = writeln!(text, "{} {name}", address(country));
    }
    text
}

/// The repository's root.
///
/// # Panics
/// Never: the package stands in a folder.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in a folder").to_owned()
}

/// A file of `fixtures/geolocation`.
#[must_use]
pub fn location_data(name: &str) -> PathBuf {
    repository().join("fixtures/geolocation").join(name)
}
