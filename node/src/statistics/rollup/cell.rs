//! Counts made ahead, day by day: small cells of a fixed width, so that millions can be gone through while a page
//! waits. Pure.
//!
//! Filters may be combined at will, and combined the reports of a day are nearly all different: adding them up
//! beforehand would leave as many groups as there are reports. So a day keeps all that is asked for, in a few bytes each.

use super::cell_code::NO_CODE;
use super::names::{NOBODY, Names};
use crate::report::projection::Stand;

/// No time.
pub(crate) const NEVER: u32 = u32::MAX;

/// A cell as it is stored.
pub(super) trait DayCell: Copy + Send + Sync + 'static {
    /// Its bytes.
    const WIDTH: usize;
    /// Writes it.
    fn write(&self, bytes: &mut Vec<u8>);
    /// Reads it from as many bytes as it has.
    fn read(bytes: &mut Bytes<'_>) -> Option<Self>;
    /// Changes each name that it has.
    fn rename(&mut self, rename: &mut dyn FnMut(u32) -> Option<u32>) -> Option<()>;
}

/// Bytes that are read one after the other.
pub(super) struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }
}

/// One offer between this hotline and another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfferCell {
    /// The other hotline: a name.
    pub(crate) peer: u32,
    /// Second of the day of the offer.
    pub(crate) second: u32,
    /// Seconds from the offer to its answer; [`NEVER`] without one.
    pub(crate) answered: u32,
    /// Seconds from the offer until the content was gone; [`NEVER`] where it is not.
    pub(crate) gone: u32,
    /// Where it is hosted; zeros where unknown.
    pub(crate) country: [u8; 2],
    /// Its place in the list of offences.
    pub(crate) offence: u8,
    /// Its place in the list of kinds of site.
    pub(crate) site: u8,
    /// How it stands.
    pub(crate) stand: Stand,
    /// From this hotline to the other.
    pub(crate) is_outgoing: bool,
}

/// Reports of this hotline that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReportCell {
    /// Origin, holder and target of the offer: names, or [`NOBODY`] where that is this hotline or nobody.
    pub(crate) peers: [u32; 3],
    /// The operator of the network: a name.
    pub(crate) organisation: u32,
    /// The network's number; 0 where unknown.
    pub(crate) network: u32,
    /// How many.
    pub(crate) n: u32,
    /// Where they are hosted.
    pub(crate) country: [u8; 2],
    /// Offence after qualification.
    pub(crate) offence: u8,
    /// Kind of site.
    pub(crate) site: u8,
    /// Somebody found that they are illegal.
    pub(crate) is_illegal: bool,
    /// They stand as removed or unavailable.
    pub(crate) is_gone: bool,
}

/// Reports that all logs published, hosted in one country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FederationCell {
    /// Where.
    pub(crate) country: [u8; 2],
    /// Published.
    pub(crate) published: u32,
    /// Held by another than their origin.
    pub(crate) taken_over: u32,
    /// Removed or unavailable.
    pub(crate) gone: u32,
}

impl DayCell for OfferCell {
    const WIDTH: usize = 21;

    fn write(&self, bytes: &mut Vec<u8>) {
        for number in [self.peer, self.second, self.answered, self.gone] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.country);
        let stand = Stand::ALL.iter().position(|stand| *stand == self.stand);
        let stand = u8::try_from(stand.unwrap_or(usize::MAX)).unwrap_or(NO_CODE);
        bytes.extend([self.offence, self.site, stand | if self.is_outgoing { 0x80 } else { 0 }]);
    }

    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let (peer, second, answered, gone) = (bytes.number()?, bytes.number()?, bytes.number()?, bytes.number()?);
        let country = bytes.take()?;
        let [offence, site, stand] = bytes.take()?;
        let is_outgoing = stand & 0x80 > 0;
        let stand = *Stand::ALL.get(usize::from(stand & 0x7f))?;
        Some(Self { peer, second, answered, gone, country, offence, site, stand, is_outgoing })
    }

    fn rename(&mut self, rename: &mut dyn FnMut(u32) -> Option<u32>) -> Option<()> {
        self.peer = rename(self.peer)?;
        Some(())
    }
}

impl DayCell for ReportCell {
    const WIDTH: usize = 30;

    fn write(&self, bytes: &mut Vec<u8>) {
        for number in self.peers.into_iter().chain([self.organisation, self.network, self.n]) {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.country);
        bytes.extend([self.offence, self.site, u8::from(self.is_illegal), u8::from(self.is_gone)]);
    }

    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let peers = [bytes.number()?, bytes.number()?, bytes.number()?];
        let (organisation, network, n) = (bytes.number()?, bytes.number()?, bytes.number()?);
        let country = bytes.take()?;
        let [offence, site, illegal, gone] = bytes.take()?;
        let (is_illegal, is_gone) = (illegal > 0, gone > 0);
        Some(Self { peers, organisation, network, n, country, offence, site, is_illegal, is_gone })
    }

    fn rename(&mut self, rename: &mut dyn FnMut(u32) -> Option<u32>) -> Option<()> {
        for name in self.peers.iter_mut().chain([&mut self.organisation]).filter(|name| **name != NOBODY) {
            *name = rename(*name)?;
        }
        Some(())
    }
}

impl DayCell for FederationCell {
    const WIDTH: usize = 14;

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.country);
        for number in [self.published, self.taken_over, self.gone] {
            bytes.extend(number.to_le_bytes());
        }
    }

    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let country = bytes.take()?;
        Some(Self { country, published: bytes.number()?, taken_over: bytes.number()?, gone: bytes.number()? })
    }

    fn rename(&mut self, _: &mut dyn FnMut(u32) -> Option<u32>) -> Option<()> {
        Some(())
    }
}

/// Cells as they are stored: the names that stand in them, and one after the other.
pub(super) fn encode<C: DayCell>(names: &Names, cells: &[C]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(4 + cells.len() * C::WIDTH);
    bytes.extend(u32::try_from(names.len()).unwrap_or(0).to_le_bytes());
    for name in names.all() {
        bytes.extend(u32::try_from(name.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(name.as_bytes());
    }
    for cell in cells {
        cell.write(&mut bytes);
    }
    bytes
}

/// Stored cells, with the numbers of their names in `names`; `None` of bytes that are no cells.
pub(super) fn decode<C: DayCell>(bytes: &[u8], names: &mut Names) -> Option<Vec<C>> {
    let mut bytes = Bytes(bytes);
    let mut renamed = Vec::new();
    for _ in 0..bytes.number()? {
        let length = bytes.number()? as usize;
        let (name, rest) = bytes.0.split_at_checked(length)?;
        bytes.0 = rest;
        renamed.push(names.number(std::str::from_utf8(name).ok()?));
    }
    let mut cells = Vec::with_capacity(bytes.0.len() / C::WIDTH);
    while !bytes.0.is_empty() {
        let mut cell = C::read(&mut bytes)?;
        cell.rename(&mut |name| renamed.get(name as usize).copied())?;
        cells.push(cell);
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use hotline_protocol::vocabulary::Offence;

    use super::*;
    use crate::statistics::rollup::cell_code::{country, letters, offence, site};

    #[test]
    fn cells_are_read_as_they_were_written_whatever_numbers_their_names_have() {
        let mut names = Names::default();
        let (b, host) = (names.number("nl-b"), names.number("A hoster"));
        let offers = Stand::ALL.map(|stand| OfferCell {
            peer: b,
            second: 86_399,
            answered: 7,
            gone: NEVER,
            country: letters("NL".parse().ok()),
            offence: offence(Some(Offence::Csam)),
            site: site(None),
            stand,
            is_outgoing: stand.is_accepted(),
        });
        let report = ReportCell {
            peers: [NOBODY, b, NOBODY],
            organisation: host,
            network: 4_200_000_000,
            n: 3,
            country: [0, 0],
            offence: NO_CODE,
            site: site(Some("forum")),
            is_illegal: true,
            is_gone: false,
        };
        let mut others = Names::default();
        others.number("de-c");
        let read = decode::<OfferCell>(&encode(&names, &offers), &mut others).expect("cells");
        assert_eq!(read.len(), offers.len());
        for (read, written) in read.into_iter().zip(offers) {
            assert_eq!(others.name(read.peer), Some("nl-b"));
            assert_eq!(OfferCell { peer: b, ..read }, written);
        }
        let read = decode::<ReportCell>(&encode(&names, &[report]), &mut others).expect("cells");
        assert_eq!((read[0].peers[0], others.name(read[0].peers[1])), (NOBODY, Some("nl-b")));
        assert_eq!(
            (read[0].n, read[0].network, others.name(read[0].organisation)),
            (3, 4_200_000_000, Some("A hoster"))
        );
        let all = FederationCell { country: *b"FR", published: 5, taken_over: 4, gone: 3 };
        assert_eq!(decode::<FederationCell>(&encode(&Names::default(), &[all]), &mut others), Some(vec![all]));
        assert_eq!((country(*b"FR"), country([0, 0])), ("FR".parse().ok(), None));
    }

    #[test]
    fn what_is_cut_off_is_no_cells() {
        let cell = FederationCell { country: *b"FR", published: 5, taken_over: 4, gone: 3 };
        let whole = encode(&Names::default(), &[cell]);
        for end in (1..whole.len()).filter(|end| *end != 4) {
            assert_eq!(decode::<FederationCell>(&whole[..end], &mut Names::default()), None, "{end}");
        }
        assert_eq!(decode::<FederationCell>(&whole[..4], &mut Names::default()), Some(Vec::new()));
    }
}
