//! Addresses of stop pages: blocking name servers of a country lead there from a blocked name.

use std::net::IpAddr;

use crate::config::value::AddressRange;

/// The addresses and networks of `geolocation.stop_page_addresses`.
#[derive(Clone, Debug, Default)]
pub(super) struct StopPages(Vec<AddressRange>);

impl StopPages {
    /// These.
    pub(super) fn new(ranges: impl IntoIterator<Item = AddressRange>) -> Self {
        Self(ranges.into_iter().collect())
    }

    /// Whether an address is one of them.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(address))
    }
}
