//! Results of sign-ins, counted without names.

/// How one ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// Somebody is in.
    Accepted,
    /// Name, password, code or account were not right.
    Refused,
    /// The account waited after failures, and nothing was looked at.
    Delayed,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Accepted, Self::Refused, Self::Delayed];

    const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Delayed => "delayed",
        }
    }
}

/// Counts it, for the operations listener.
pub(crate) fn count(outcome: Outcome) {
    counter(outcome).increment(1);
}

/// Shows each outcome from the start, before there was one.
pub fn show_sign_ins() {
    for outcome in Outcome::ALL {
        counter(outcome).increment(0);
    }
}

fn counter(outcome: Outcome) -> metrics::Counter {
    metrics::counter!("hotline_sign_ins_total", "outcome" => outcome.code())
}
