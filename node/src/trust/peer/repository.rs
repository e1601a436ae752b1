//! Peers, their certificates and their digest keys in the database.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use hotline_protocol::url::{DigestKey, DigestKeyId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::key_repository::{of_columns, to_columns};
use super::model::{Peer, PeerStanding};
use crate::secret::{SealKey, SecretError};
use crate::storage::StorageError;
use crate::storage::entity::peer::{digest_key, peer_certificate, row as peer};
use crate::trust::certificate::Validity;

const INCONSISTENT: StorageError = StorageError::Inconsistent("peer");

/// A certificate of a peer, or of this node, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCertificate {
    /// The peer.
    pub node: NodeId,
    /// SHA-256 of its public key.
    pub pin: Hash,
    /// The certificate.
    pub der: Vec<u8>,
    /// announced, active, retiring, retired, revoked.
    pub state: String,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// Where its log announced it; `None` where a card brought it.
    pub announced: Option<Position>,
    /// Of our own, when it is to be retired: seconds since 1970.
    pub retire_at: Option<i64>,
}

/// States of a certificate that counts; a retired or revoked one does not.
const COUNTING: [&str; 3] = ["announced", "active", "retiring"];

impl StoredCertificate {
    /// Whether its state lets anybody in; its validity is another matter.
    #[must_use]
    pub fn counts(&self) -> bool {
        COUNTING.contains(&self.state.as_str())
    }

    /// When it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        Validity { not_before: self.not_before, not_after: self.not_after }
    }
}

/// Every peer that was ever added, removed ones too, by id.
pub async fn peers<C: ConnectionTrait>(connection: &C) -> Result<Vec<Peer>, StorageError> {
    let rows = peer::Entity::find().order_by_asc(peer::Column::Node).all(connection).await?;
    rows.into_iter().map(of_row).collect()
}

/// One peer.
pub async fn find_peer<C: ConnectionTrait>(connection: &C, id: &NodeId) -> Result<Option<Peer>, StorageError> {
    peer::Entity::find_by_id(id.as_str()).one(connection).await?.map(of_row).transpose()
}

/// Writes a peer, new or known.
pub async fn save_peer<C: ConnectionTrait>(connection: &C, peer: &Peer) -> Result<(), StorageError> {
    let countries: Vec<&str> = peer.countries.iter().map(hotline_protocol::country::CountryCode::as_str).collect();
    let row = peer::ActiveModel {
        node: Set(peer.id.to_string()),
        state: Set(peer.standing.code().to_owned()),
        card: Set(peer.card.clone()),
        card_number: Set(i64::try_from(peer.card_number).unwrap_or(i64::MAX)),
        name: Set(peer.name.clone()),
        countries: Set(countries.join(",")),
        endpoint: Set(peer.endpoint.clone()),
        added_at: Set(peer.added_at),
    };
    peer::Entity::insert(row)
        .on_conflict(
            OnConflict::column(peer::Column::Node)
                .update_columns([
                    peer::Column::State,
                    peer::Column::Card,
                    peer::Column::CardNumber,
                    peer::Column::Name,
                    peer::Column::Countries,
                    peer::Column::Endpoint,
                ])
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Every pinned certificate.
pub async fn certificates<C: ConnectionTrait>(connection: &C) -> Result<Vec<StoredCertificate>, StorageError> {
    let rows = peer_certificate::Entity::find().all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredCertificate {
                node: row.node.parse().map_err(|_| INCONSISTENT)?,
                pin: Hash::from_slice(&row.pin).ok_or(INCONSISTENT)?,
                der: row.der,
                state: row.state,
                not_before: row.not_before,
                not_after: row.not_after,
                announced: of_columns(row.announced_epoch, row.announced_seq)?,
                retire_at: row.retire_at,
            })
        })
        .collect()
}

/// The certificates of one node, ours or a peer's, the one first that was announced last.
pub async fn certificates_of<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
) -> Result<Vec<StoredCertificate>, StorageError> {
    let mut found = certificates(connection).await?;
    found.retain(|certificate| certificate.node == *node);
    found.sort_by_key(|certificate| std::cmp::Reverse(certificate.announced));
    Ok(found)
}

/// Pins a certificate; one that is pinned already is left as it is.
pub async fn save_certificate<C: ConnectionTrait>(
    connection: &C,
    certificate: &StoredCertificate,
) -> Result<(), StorageError> {
    let (announced_epoch, announced_seq) = to_columns(certificate.announced);
    let row = peer_certificate::ActiveModel {
        node: Set(certificate.node.to_string()),
        pin: Set(certificate.pin.as_bytes().to_vec()),
        der: Set(certificate.der.clone()),
        state: Set(certificate.state.clone()),
        not_before: Set(certificate.not_before),
        not_after: Set(certificate.not_after),
        announced_epoch: Set(announced_epoch),
        announced_seq: Set(announced_seq),
        retire_at: Set(certificate.retire_at),
    };
    peer_certificate::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([peer_certificate::Column::Node, peer_certificate::Column::Pin])
                .update_columns([peer_certificate::Column::Der])
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Sets the state of one certificate, and when it is to be retired (seconds since 1970). One that is revoked stays so.
pub async fn set_certificate_state<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    pin: &Hash,
    state: &str,
    retire_at: Option<i64>,
) -> Result<(), StorageError> {
    peer_certificate::Entity::update_many()
        .col_expr(peer_certificate::Column::State, Expr::value(state))
        .col_expr(peer_certificate::Column::RetireAt, Expr::value(retire_at))
        .filter(peer_certificate::Column::Node.eq(node.as_str()))
        .filter(peer_certificate::Column::Pin.eq(pin.as_bytes().to_vec()))
        .filter(peer_certificate::Column::State.ne("revoked"))
        .exec(connection)
        .await?;
    Ok(())
}

/// Sets the state of all of a peer's certificates; those that are revoked stay so.
pub async fn set_certificates_state<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    state: &str,
) -> Result<(), StorageError> {
    peer_certificate::Entity::update_many()
        .col_expr(peer_certificate::Column::State, Expr::value(state))
        .filter(peer_certificate::Column::Node.eq(node.as_str()))
        .filter(peer_certificate::Column::State.ne("revoked"))
        .exec(connection)
        .await?;
    Ok(())
}

fn place(node: &str) -> Vec<u8> {
    format!("digest-key/{node}").into_bytes()
}

/// Keeps a log's digest key, sealed; one that is here already is left alone. `now` in microseconds since 1970.
#[expect(clippy::missing_panics_doc, reason = "a key id is written in hexadecimal digits")]
pub async fn save_digest_key<C: ConnectionTrait>(
    connection: &C,
    seal: &SealKey,
    node: &NodeId,
    key: &DigestKey,
    now: i64,
) -> Result<(), StorageError> {
    let key_id = data_encoding::HEXLOWER
        .decode(key.id().to_string().as_bytes())
        .expect("a key id is written in hexadecimal digits");
    let row = digest_key::ActiveModel {
        node: Set(node.to_string()),
        key_id: Set(key_id),
        sealed: Set(seal.seal(&place(node.as_str()), key.secret_bytes())),
        since: Set(now),
    };
    digest_key::Entity::insert(row)
        .on_conflict(OnConflict::columns([digest_key::Column::Node, digest_key::Column::KeyId]).do_nothing().to_owned())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// Forgets a node's digest keys but for these.
pub async fn forget_other_digest_keys<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    kept: &[DigestKeyId],
) -> Result<(), StorageError> {
    let kept: Vec<Vec<u8>> =
        kept.iter().filter_map(|id| data_encoding::HEXLOWER.decode(id.to_string().as_bytes()).ok()).collect();
    digest_key::Entity::delete_many()
        .filter(digest_key::Column::Node.eq(node.as_str()))
        .filter(digest_key::Column::KeyId.is_not_in(kept))
        .exec(connection)
        .await?;
    Ok(())
}

/// Every digest key that is here, our own and peers', newest first.
pub async fn digest_keys<C: ConnectionTrait>(
    connection: &C,
    seal: &SealKey,
) -> Result<Vec<(NodeId, DigestKey)>, DigestKeyError> {
    let rows = digest_key::Entity::find()
        .order_by_desc(digest_key::Column::Since)
        .all(connection)
        .await
        .map_err(StorageError::from)?;
    rows.into_iter()
        .map(|row| {
            let bytes = seal.open(&place(&row.node), &row.sealed)?;
            let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| INCONSISTENT)?;
            Ok((row.node.parse().map_err(|_| INCONSISTENT)?, DigestKey::from_bytes(bytes)))
        })
        .collect()
}

/// Why digest keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DigestKeyError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A sealed key does not open.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

fn of_row(row: peer::Model) -> Result<Peer, StorageError> {
    Ok(Peer {
        id: row.node.parse().map_err(|_| INCONSISTENT)?,
        standing: PeerStanding::of_code(&row.state).ok_or(INCONSISTENT)?,
        name: row.name,
        countries: row
            .countries
            .split(',')
            .map(|country| country.parse().map_err(|_| INCONSISTENT))
            .collect::<Result<_, _>>()?,
        endpoint: row.endpoint,
        card: row.card,
        card_number: u64::try_from(row.card_number).map_err(|_| INCONSISTENT)?,
        added_at: row.added_at,
    })
}
