//! The project's own small data, for demonstrations and tests: invented countries of the documentation ranges, and
//! the addresses of the names that fixture URLs use. `fixtures/geolocation/README.md` tells where it comes from.

/// Countries of sub-ranges of the documentation ranges; an additional country database (MMDB).
pub const DOCUMENTATION: &[u8] = include_bytes!("../../../fixtures/geolocation/documentation.mmdb");

/// The same, but two ranges that [`DOCUMENTATION`] gives to NL lie in DE. They serve a hotline of NL with a database
/// that puts a server elsewhere than the sender's did.
pub const DOCUMENTATION_NL: &[u8] = include_bytes!("../../../fixtures/geolocation/documentation-nl.mmdb");

/// Autonomous systems of the fixture addresses; a network database (MMDB).
pub const NETWORK: &[u8] = include_bytes!("../../../fixtures/geolocation/network.mmdb");

/// Addresses of reserved names, in the form of a hosts file.
pub const HOSTS: &str = include_str!("../../../fixtures/hosts");
