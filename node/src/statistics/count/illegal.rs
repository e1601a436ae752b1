//! The assessments that mean illegal content.

use hotline_protocol::vocabulary::Assessment;

/// Assessments of a report as illegal, under any law.
pub(crate) const ILLEGAL: [Assessment; 3] = [Assessment::Baseline, Assessment::National, Assessment::Illegal];
