//! Cases of the past: counted, never sent. They are kept as closed reports of this house.

use chrono::{DateTime, Utc};
use hotline_protocol::entry::HostingRecord;

use super::csv::row::Past;
use super::submission::Submission;
use crate::report::lifecycle::{NewReport, PastCase};

/// A row of a historical file, as it is kept. Nothing is located: the file says where it was hosted.
pub(super) fn past_report(submission: Submission, past: &Past, assessed_at: Option<DateTime<Utc>>) -> NewReport {
    let at = submission.received_at / 1_000_000;
    let mut new = submission.unpublished();
    if past.hosting_country.is_some() || past.hosting_ip.is_some() {
        new.body.hosting.push(HostingRecord {
            ip: past.hosting_ip,
            country: past.hosting_country,
            asn: None,
            organisation: None,
            method: "import".to_owned(),
            database: String::new(),
            database_age_days: 0,
            at,
        });
    }
    let seconds = |time: DateTime<Utc>| time.timestamp();
    new.private.past = Some(PastCase {
        sent_to: past.sent_to_country,
        received_from: past.received_from_country,
        assessed_at: assessed_at.map(seconds),
        lea_at: past.lea_at.map(seconds),
        isp_at: past.isp_at.map(seconds),
        outcome: past.outcome,
        outcome_at: past.outcome_at.map(seconds),
        replied_at: past.replied_at.map(seconds),
    });
    new
}
