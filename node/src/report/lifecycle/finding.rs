//! The parts of a finding, and the cases that it closes: pure.

use hotline_protocol::vocabulary::{Assessment, Offence, RouteReason};
use thiserror::Error;

use super::publish::is_exchanged;
use crate::report::model::Route;

/// Why an assessment does not fit its offence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FindingRefused {
    /// Words of the exchange, said of another offence.
    #[error("baseline and national are findings about csam; for another offence it is illegal or not_illegal")]
    ForCsamOnly,
    /// A word for other offences, said of csam.
    #[error("a finding about csam is baseline, national or not_illegal")]
    NotForCsam,
}

/// Baseline and national are words of the exchange about csam; other offences are illegal or not.
pub const fn check_finding(offence: Offence, assessment: Assessment) -> Result<(), FindingRefused> {
    match (assessment, offence) {
        (Assessment::Illegal, Offence::Csam) => Err(FindingRefused::NotForCsam),
        (Assessment::Baseline | Assessment::National, Offence::Csam) => Ok(()),
        (Assessment::Baseline | Assessment::National, _) => Err(FindingRefused::ForCsamOnly),
        _ => Ok(()),
    }
}

/// Whether an assessed report ends here, published to nobody: `None` where it does not. Otherwise its route: out of
/// remit, unless it is simply not illegal.
#[must_use]
pub fn closing(offence: Offence, assessment: Assessment) -> Option<Option<Route>> {
    if assessment == Assessment::Unassessed || is_exchanged(offence, assessment) {
        return None;
    }
    let out_of_remit = Route { destination: None, reason: RouteReason::OutOfRemit };
    Some((assessment != Assessment::NotIllegal).then_some(out_of_remit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_illegal_csam_goes_on_and_only_what_was_assessed_ends() {
        let out_of_remit = Some(Route { destination: None, reason: RouteReason::OutOfRemit });
        for (offence, assessment, ends) in [
            (Offence::Csam, Assessment::Unassessed, None),
            (Offence::Csam, Assessment::Baseline, None),
            (Offence::Csam, Assessment::National, None),
            (Offence::Csam, Assessment::NotIllegal, Some(None)),
            (Offence::Terrorism, Assessment::Unassessed, None),
            (Offence::Terrorism, Assessment::Illegal, Some(out_of_remit)),
            (Offence::Other, Assessment::NotIllegal, Some(None)),
        ] {
            assert_eq!(closing(offence, assessment), ends, "{offence} {assessment}");
        }
    }

    #[test]
    fn a_finding_fits_its_offence() {
        assert_eq!(check_finding(Offence::Csam, Assessment::Illegal), Err(FindingRefused::NotForCsam));
        assert_eq!(check_finding(Offence::Incitement, Assessment::Baseline), Err(FindingRefused::ForCsamOnly));
        for assessment in [Assessment::Illegal, Assessment::NotIllegal, Assessment::Unassessed] {
            assert_eq!(check_finding(Offence::Other, assessment), Ok(()), "{assessment}");
        }
        assert_eq!(check_finding(Offence::Csam, Assessment::National), Ok(()));
    }
}
