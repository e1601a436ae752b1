//! Result of sending alerts on a channel.

use super::not_taken::NotTaken;
use crate::access::alert::Alert;

/// Result of sending alerts on a channel.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The recipient of each alert, the alert's number, and whether it was taken.
    pub tried: Vec<(String, i64, bool)>,
    /// The last fault.
    pub fault: Option<NotTaken>,
}

impl Outcome {
    /// Notes the result of sending all these alerts to one person.
    pub(super) fn add(&mut self, recipient: &str, alerts: &[Alert], result: Result<(), NotTaken>) {
        let taken = result.is_ok();
        self.tried.extend(alerts.iter().map(|alert| (recipient.to_owned(), alert.id, taken)));
        self.fault = result.err().or(self.fault);
    }
}
