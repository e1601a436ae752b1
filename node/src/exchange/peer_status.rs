//! How each peer and the link to it stand, for people.

use std::collections::HashMap;

use hotline_protocol::id::NodeId;

use super::link::Link;
use super::link_repository::stored_links;
use super::log::{LogDay, days_of_all};
use crate::context::Context;
use crate::report::head;
use crate::storage::StorageError;
use crate::trust::certificate::days_left;
use crate::trust::peer::{Peer, StoredCertificate, certificates, peers};

/// A peer and the link to it, as they were last written to the database.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The peer.
    pub peer: Peer,
    /// The link.
    pub link: Link,
    /// How many entries of our log it has not confirmed.
    pub behind_entries: u64,
    /// The amounts taken of its log on the last day with any, and the grant.
    pub day: LogDay,
    /// All certificates of it that are known.
    pub certificates: Vec<StoredCertificate>,
}

impl Standing {
    /// Whole days until the last of its certificates that count ends; negative after that; `None` where none counts.
    #[must_use]
    pub fn certificate_days_left(&self, now_seconds: i64) -> Option<i64> {
        let counting = self.certificates.iter().filter(|certificate| certificate.counts());
        counting.map(|certificate| days_left(certificate.not_after, now_seconds)).max()
    }
}

/// Every peer that was ever added, by id.
pub async fn load_standings(context: &Context) -> Result<Vec<Standing>, StorageError> {
    let connection = context.database.read();
    let own_head = head(connection, &context.own).await?;
    let mut links: HashMap<NodeId, Link> =
        stored_links(connection).await?.into_iter().map(|stored| (stored.peer, stored.link)).collect();
    let mut pinned: HashMap<NodeId, Vec<StoredCertificate>> = HashMap::new();
    for certificate in certificates(connection).await? {
        pinned.entry(certificate.node.clone()).or_default().push(certificate);
    }
    let mut days: HashMap<NodeId, LogDay> = days_of_all(connection).await?.into_iter().collect();
    let standing = |peer: Peer| {
        let day = days.remove(&peer.id).unwrap_or_default();
        let link = links.remove(&peer.id).unwrap_or_default();
        let certificates = pinned.remove(&peer.id).unwrap_or_default();
        Standing { behind_entries: own_head.entries_beyond(&link.acknowledged), peer, link, day, certificates }
    };
    Ok(peers(connection).await?.into_iter().map(standing).collect())
}
