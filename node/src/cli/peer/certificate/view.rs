//! A pinned certificate, as it is shown.

use serde::Serialize;

use crate::cli::console::output::{fields, or_dash};
use crate::clock::time_of_seconds;
use crate::trust::certificate::days_left;
use crate::trust::peer::StoredCertificate;

/// A pinned certificate, as JSON shows it.
#[derive(Debug, Serialize)]
pub(in crate::cli::peer) struct CertificateView {
    /// SHA-256 of its `SubjectPublicKeyInfo`, hex.
    pub fingerprint: String,
    /// announced, active, retiring, retired, revoked.
    pub state: String,
    /// RFC 3339.
    pub not_before: Option<String>,
    /// RFC 3339.
    pub not_after: Option<String>,
    /// Whole days; negative when it is over.
    pub days_left: i64,
    /// Whether its state lets anybody in.
    #[serde(skip)]
    pub counts: bool,
}

impl CertificateView {
    /// As it stands at `now` (seconds since 1970).
    pub(in crate::cli::peer) fn of(certificate: &StoredCertificate, now: i64) -> Self {
        Self {
            fingerprint: certificate.pin.to_string(),
            state: certificate.state.clone(),
            not_before: time_of_seconds(certificate.not_before),
            not_after: time_of_seconds(certificate.not_after),
            days_left: days_left(certificate.not_after, now),
            counts: certificate.counts(),
        }
    }

    /// Names and values for people.
    pub(super) fn rows(&self) -> Vec<(&'static str, String)> {
        vec![
            ("fingerprint", self.fingerprint.clone()),
            ("state", self.state.clone()),
            ("valid from", or_dash(self.not_before.as_ref())),
            ("valid until", or_dash(self.not_after.as_ref())),
            ("days left", self.days_left.to_string()),
        ]
    }

    /// For people.
    pub(super) fn for_people(&self) -> String {
        fields(&self.rows())
    }
}
