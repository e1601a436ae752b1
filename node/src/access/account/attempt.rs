//! What becomes of sign-ins, counted without names.

/// How one ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    /// Somebody is in.
    Accepted,
    /// Name, password, code or account were not right.
    Refused,
    /// The account waited after failures, and nothing was looked at.
    Delayed,
}

/// Counts it, for the operations listener.
pub(super) fn count(outcome: Outcome) {
    let outcome = match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused => "refused",
        Outcome::Delayed => "delayed",
    };
    metrics::counter!("hotline_sign_ins_total", "outcome" => outcome).increment(1);
}
