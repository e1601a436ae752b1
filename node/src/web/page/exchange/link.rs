//! How the link to one hotline stands, in a few words.

use hotline_protocol::id::NodeId;

use crate::clock::time_of_micros;
use crate::exchange::{Standing, load_standings};
use crate::storage::StorageError;
use crate::trust::certificate::Expiry;
use crate::web::shell::Office;

/// How a link stands.
pub(in crate::web) struct LinkView {
    /// The standing's code.
    pub(in crate::web) standing: &'static str,
    pub(in crate::web) last_contact: Option<String>,
    /// Entries of ours that it has not confirmed.
    pub(in crate::web) behind_entries: u64,
    /// Whole minutes since something is undelivered.
    pub(in crate::web) behind_minutes: Option<u64>,
    /// Days until the last of its certificates ends; none where none counts.
    pub(in crate::web) certificate_days: Option<i64>,
}

impl LinkView {
    /// Of a hotline that is, or was, a peer.
    pub(super) async fn load(office: &Office, peer: &NodeId) -> Result<Option<Self>, StorageError> {
        let now = office.context.now_micros();
        let found = load_standings(&office.context).await?.into_iter().find(|standing| standing.peer.id == *peer);
        Ok(found.map(|standing| Self::of(&standing, now)))
    }

    /// As it was last written down; `now` in microseconds since 1970.
    pub(in crate::web) fn of(standing: &Standing, now: i64) -> Self {
        let Standing { peer, link, behind_entries, .. } = standing;
        let minutes = |since: i64| u64::try_from((now - since) / 60_000_000).unwrap_or(0);
        Self {
            standing: peer.standing.code(),
            last_contact: link.last_contact.and_then(time_of_micros),
            behind_entries: *behind_entries,
            behind_minutes: link.behind_since.map(minutes),
            certificate_days: standing.certificate_days_left(now / 1_000_000),
        }
    }

    /// Whether people are warned of the last certificate's end, or there is none.
    pub(in crate::web) fn certificate_is_near(&self) -> bool {
        self.certificate_days.is_none_or(|days| Expiry::of(days).is_some())
    }
}
