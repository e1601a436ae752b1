//! What became of alerts on a channel.

use super::not_taken::NotTaken;
use crate::access::alert::Alert;

/// What became of alerts on a channel.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whom each alert was sent to, by its number, and whether it was taken.
    pub tried: Vec<(String, i64, bool)>,
    /// What went wrong last.
    pub fault: Option<NotTaken>,
}

impl Outcome {
    /// Notes what became of all these alerts with one person.
    pub(super) fn add(&mut self, recipient: &str, alerts: &[Alert], result: Result<(), NotTaken>) {
        let taken = result.is_ok();
        self.tried.extend(alerts.iter().map(|alert| (recipient.to_owned(), alert.id, taken)));
        self.fault = result.err().or(self.fault);
    }
}
