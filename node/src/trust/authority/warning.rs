//! Matters of the authority that want attention until somebody acts.

use std::fmt;

use chrono::DateTime;

use super::error::AuthorityRefused;
use super::revocation_list::RevocationList;
use crate::config::section::StaleList;
use crate::trust::certificate::{Expiry, days_left, says_days_left};

/// So long before a list's end people are told: authorities make a new one every few days. Of one that lives more
/// briefly, in the last part of its life: a quarter.
const LIST_ENDS_SECONDS: i64 = 24 * 3_600;
const LIST_ENDS_PART: i64 = 4;

/// A standing warning about the authority, for the log, alerts, `doctor` and `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorityWarning {
    /// A file changed into one that cannot be used, so the former content still is.
    FileFaulty {
        /// The fault, with the file's name.
        fault: String,
    },
    /// A list is beyond its date.
    ListStale {
        /// Its issuer.
        issuer: String,
        /// Since when: seconds since 1970.
        since: i64,
        /// The effect on certificates that depend on it.
        effect: StaleList,
    },
    /// A list is beyond its date within a day, or within a quarter of its life.
    ListEnds {
        /// Its issuer.
        issuer: String,
        /// When: seconds since 1970.
        at: i64,
    },
    /// A list is dated ahead, so it does not count yet.
    ListToCome {
        /// Its issuer.
        issuer: String,
        /// From when it says that it counts: seconds since 1970.
        from: i64,
    },
    /// Peers that know the authority refuse the certificate that this node shows.
    OwnCertificate(AuthorityRefused),
    /// A certificate of the authority ends soon, or has ended.
    CertificateEnds {
        /// Its subject.
        subject: String,
        /// How near its end is.
        ending: Expiry,
        /// Whole days; negative when it is over.
        days: i64,
    },
}

impl AuthorityWarning {
    /// Whether peers are kept out, or revoked ones may be let in.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::FileFaulty { .. } | Self::OwnCertificate(_) | Self::ListStale { effect: StaleList::Refuse, .. } => {
                true
            }
            Self::ListStale { .. } | Self::ListEnds { .. } | Self::ListToCome { .. } => false,
            Self::CertificateEnds { ending, .. } => matches!(ending, Expiry::Over),
        }
    }

    /// Returns its subject. Of one issuer's lists there is one, however often a new list comes.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::FileFaulty { fault } => format!("revocation list: {fault}"),
            Self::OwnCertificate(refused) => format!("this node's certificate: {refused}"),
            Self::ListToCome { issuer, .. } => format!("revocation list of {issuer}, dated ahead"),
            Self::ListStale { issuer, .. } | Self::ListEnds { issuer, .. } => format!("revocation list of {issuer}"),
            Self::CertificateEnds { subject, .. } => format!("certificate of {subject}"),
        }
    }

    /// How far it has gone: at each stage people are told anew.
    #[must_use]
    pub fn stage(&self) -> String {
        match self {
            Self::FileFaulty { .. } | Self::OwnCertificate(_) | Self::ListToCome { .. } => String::new(),
            Self::ListStale { .. } => "over".to_owned(),
            Self::ListEnds { .. } => "ends".to_owned(),
            Self::CertificateEnds { ending, .. } => ending.to_string(),
        }
    }

    /// Returns advice for people.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::FileFaulty { .. } => "put the list that the authority has issued in its place",
            Self::ListStale { .. } | Self::ListEnds { .. } => {
                "fetch the authority's newest list, and look at what fetches it"
            }
            Self::ListToCome { .. } => {
                "compare the clocks of this machine and of the authority, or fetch the present list"
            }
            Self::OwnCertificate(refused) => refused.advice_for_own(),
            Self::CertificateEnds { .. } => "ask the authority for its new certificate, and name it too",
        }
    }

    pub(super) fn of_list(list: &RevocationList, effect: StaleList, now: i64) -> Option<Self> {
        let (issuer, end) = (list.issuer_name().to_owned(), list.next_update());
        if list.is_stale(now) {
            return Some(Self::ListStale { issuer, since: end, effect });
        }
        let life = end - list.this_update();
        (end - now <= LIST_ENDS_SECONDS.min(life / LIST_ENDS_PART)).then_some(Self::ListEnds { issuer, at: end })
    }

    pub(super) fn of_list_to_come(list: &RevocationList) -> Self {
        Self::ListToCome { issuer: list.issuer_name().to_owned(), from: list.this_update() }
    }

    pub(super) fn of_certificate(subject: &str, not_after: i64, now: i64) -> Option<Self> {
        let days = days_left(not_after, now);
        Expiry::of(days).map(|ending| Self::CertificateEnds { subject: subject.to_owned(), ending, days })
    }
}

impl fmt::Display for AuthorityWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileFaulty { fault } => write!(f, "{fault}; the list that was there stays in use"),
            Self::ListStale { issuer, since, effect } => {
                let effect = match effect {
                    StaleList::Refuse => "certificates from there are refused",
                    StaleList::Warn => "it counts on",
                };
                write!(f, "the revocation list of {issuer} is beyond its date since {}: {effect}", time(*since))
            }
            Self::ListEnds { issuer, at } => {
                write!(f, "the revocation list of {issuer} is beyond its date from {}", time(*at))
            }
            Self::ListToCome { issuer, from } => {
                write!(
                    f,
                    "a revocation list of {issuer} is dated ahead, {}: it does not count before that",
                    time(*from)
                )
            }
            Self::OwnCertificate(refused) => {
                write!(f, "peers that know the authority refuse this node's certificate: {refused}")
            }
            Self::CertificateEnds { subject, days, .. } => {
                write!(f, "the authority's certificate of {subject} {}", says_days_left(*days))
            }
        }
    }
}

fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map(|time| time.format("%FT%TZ").to_string()).unwrap_or_default()
}
