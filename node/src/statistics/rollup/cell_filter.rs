//! The conditions of a filter on cells: pure.

use hotline_protocol::vocabulary::SiteType;

use super::cell_code::{NO_CODE, letters, offence, place};
use crate::statistics::filter::Filter;

/// The values that a cell must have to count, compared in their stored form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellFilter {
    country: Option<[u8; 2]>,
    offence: Option<u8>,
    site: Option<u8>,
}

impl CellFilter {
    /// The conditions of a filter.
    pub(crate) fn by(filter: &Filter) -> Self {
        Self {
            country: filter.country.map(|country| letters(Some(country))),
            offence: filter.offence.map(|code| offence(Some(code))),
            site: filter.site_type.map(|site| place(SiteType::ALL, Some(&site))),
        }
    }

    /// Whether content hosted there, of this offence and on such a site counts.
    pub(crate) fn has(self, country: [u8; 2], offence: u8, site: u8) -> bool {
        self.country.is_none_or(|wanted| wanted == country)
            && self.offence.is_none_or(|wanted| wanted == offence && wanted != NO_CODE)
            && self.site.is_none_or(|wanted| wanted == site)
    }
}
