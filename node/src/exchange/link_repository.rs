//! Links in the database: for people, and for the check at the start. A peer's word in hello always takes precedence.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait as _, Iterable as _};

use super::link::{Link, Links};
use crate::context::Context;
use crate::storage::StorageError;
use crate::storage::entity::peer::link;

/// A link as it was last written.
#[derive(Debug, Clone)]
pub struct StoredLink {
    /// The peer.
    pub peer: NodeId,
    /// How it stands.
    pub link: Link,
}

/// Every link as it was last written.
pub async fn stored_links<C: ConnectionTrait>(connection: &C) -> Result<Vec<StoredLink>, StorageError> {
    const WRONG: StorageError = StorageError::Inconsistent("link");
    let rows = link::Entity::find().all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredLink {
                peer: row.node.parse().map_err(|_| WRONG)?,
                link: Link {
                    acknowledged: Cursor {
                        epoch: u64::try_from(row.ack_epoch).map_err(|_| WRONG)?,
                        seq: u64::try_from(row.ack_seq).map_err(|_| WRONG)?,
                        hash: Hash::from_slice(&row.ack_hash).ok_or(WRONG)?,
                    },
                    last_contact: row.last_contact_at,
                    failures: u32::try_from(row.failures).unwrap_or(0),
                    next_try: row.next_try_at,
                    fault: row.fault,
                    behind_since: row.behind_since,
                    boot: row.boot,
                    clock_skew_seconds: row.clock_skew_seconds,
                    accept: row.accept,
                    clone_suspected: row.clone_suspected_at,
                    spoke_twice: row.spoke_twice_at,
                    ..Link::default()
                },
            })
        })
        .collect()
}

impl Links {
    /// Writes the changed links. Links that cannot be written now are written at the next call.
    pub async fn store(&self, context: &Context) -> Result<(), StorageError> {
        let dirty = self.take_dirty();
        if dirty.is_empty() {
            return Ok(());
        }
        let peers: Vec<NodeId> = dirty.iter().map(|(peer, _)| peer.clone()).collect();
        write(context, dirty).await.inspect_err(|_| self.mark_dirty(&peers))
    }
}

/// One statement.
async fn write(context: &Context, dirty: Vec<(NodeId, Link)>) -> Result<(), StorageError> {
    let rows = dirty.into_iter().map(|(peer, link)| link::ActiveModel {
        node: Set(peer.to_string()),
        ack_epoch: Set(i64::try_from(link.acknowledged.epoch).unwrap_or(i64::MAX)),
        ack_seq: Set(i64::try_from(link.acknowledged.seq).unwrap_or(i64::MAX)),
        ack_hash: Set(link.acknowledged.hash.as_bytes().to_vec()),
        last_contact_at: Set(link.last_contact),
        failures: Set(i32::try_from(link.failures).unwrap_or(i32::MAX)),
        next_try_at: Set(link.next_try),
        fault: Set(link.fault),
        behind_since: Set(link.behind_since),
        boot: Set(link.boot),
        clock_skew_seconds: Set(link.clock_skew_seconds),
        accept: Set(link.accept),
        clone_suspected_at: Set(link.clone_suspected),
        spoke_twice_at: Set(link.spoke_twice),
        head_shown: Set(link.head_shown),
    });
    let write = context.database.write("store_links").await?;
    link::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::column(link::Column::Node)
                .update_columns(link::Column::iter().filter(|column| !matches!(column, link::Column::Node)))
                .to_owned(),
        )
        .exec_without_returning(&*write)
        .await?;
    write.commit().await
}
