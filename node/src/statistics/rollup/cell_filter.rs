//! What a filter asks of cells: pure.

use hotline_protocol::vocabulary::SiteType;

use super::cell_code::{NO_CODE, letters, offence, place};
use crate::statistics::filter::Filter;

/// What a cell must have to count: what is asked for is compared as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellFilter {
    country: Option<[u8; 2]>,
    offence: Option<u8>,
    site: Option<u8>,
}

impl CellFilter {
    /// What a filter asks for.
    pub(crate) fn by(filter: &Filter) -> Self {
        Self {
            country: filter.country.map(|country| letters(Some(country))),
            offence: filter.offence.map(|code| offence(Some(code))),
            site: filter.site_type.map(|site| place(SiteType::ALL, Some(&site))),
        }
    }

    /// Whether what is hosted there, of this offence and on such a site counts.
    pub(crate) fn has(self, country: [u8; 2], offence: u8, site: u8) -> bool {
        self.country.is_none_or(|wanted| wanted == country)
            && self.offence.is_none_or(|wanted| wanted == offence && wanted != NO_CODE)
            && self.site.is_none_or(|wanted| wanted == site)
    }
}
