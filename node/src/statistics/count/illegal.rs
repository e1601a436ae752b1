//! Which assessments say that something is illegal.

use hotline_protocol::vocabulary::Assessment;

/// Reports of which somebody said that they are illegal, under whichever law.
pub(crate) const ILLEGAL: [Assessment; 3] = [Assessment::Baseline, Assessment::National, Assessment::Illegal];
