//! Times that no body can carry: earlier versions took them in from files, and such a report must be assessed all the same.

use hotline_protocol::entry::Body;

use crate::report::projection::time;

/// Leaves out, or brings to 1970, times before 1970 or beyond the year 9999: a body's numbers are never negative
/// (specification, section 2). The times as taken in stay in the house's own row.
pub(super) fn leave_out_impossible_times(body: &mut Body) {
    let possible = |at: &mut i64| *at = time(*at).unwrap_or(0);
    body.received_at = body.received_at.and_then(time);
    body.assessments.iter_mut().for_each(|record| possible(&mut record.at));
    body.hosting.iter_mut().for_each(|record| possible(&mut record.at));
    for record in &mut body.actions {
        possible(&mut record.at);
        record.last_seen_online = record.last_seen_online.and_then(time);
        record.first_seen_offline = record.first_seen_offline.and_then(time);
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::entry::{AssessmentRecord, Salt};
    use hotline_protocol::vocabulary::{Assessment, Offence};

    use super::*;

    #[test]
    fn a_body_with_times_that_cannot_be_becomes_one_that_can_be_written() {
        let own: hotline_protocol::id::NodeId = "fr-a".parse().expect("an id");
        let mut body = Body::new(Salt::from_bytes([7; 16]));
        body.received_at = Some(-62_135_596_800);
        for at in [-1, 0, 1_525_426_200, i64::MAX] {
            body.assessments.push(AssessmentRecord::new(own.clone(), at, Assessment::Baseline, Offence::Csam));
        }
        assert!(body.to_line().is_err());
        leave_out_impossible_times(&mut body);
        assert_eq!(body.received_at, None);
        assert_eq!(body.assessments.iter().map(|record| record.at).collect::<Vec<_>>(), [0, 0, 1_525_426_200, 0]);
        assert!(body.to_line().is_ok());
        let whole = body.clone();
        leave_out_impossible_times(&mut body);
        assert!(body == whole, "what can be is left as it is");
    }
}
