//! One certificate of a peer in the database.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, UpdateMany};

use super::repository::{StoredCertificate, save_certificate};
use crate::storage::StorageError;
use crate::storage::entity::peer::peer_certificate;

/// Pins a certificate; of one that is pinned already, content, validity and state become these.
pub(super) async fn pin_certificate<C: ConnectionTrait>(
    connection: &C,
    certificate: &StoredCertificate,
) -> Result<(), StorageError> {
    save_certificate(connection, certificate).await?;
    let update = one(&certificate.node, &certificate.pin)
        .col_expr(peer_certificate::Column::State, Expr::value(certificate.state.as_str()))
        .col_expr(peer_certificate::Column::NotBefore, Expr::value(certificate.not_before))
        .col_expr(peer_certificate::Column::NotAfter, Expr::value(certificate.not_after));
    run(connection, update).await
}

/// Sets a pinned certificate's state to revoked.
pub(super) async fn set_revoked<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    pin: &Hash,
) -> Result<(), StorageError> {
    run(connection, one(node, pin).col_expr(peer_certificate::Column::State, Expr::value("revoked"))).await
}

fn one(node: &NodeId, pin: &Hash) -> UpdateMany<peer_certificate::Entity> {
    peer_certificate::Entity::update_many()
        .filter(peer_certificate::Column::Node.eq(node.as_str()))
        .filter(peer_certificate::Column::Pin.eq(pin.as_bytes().to_vec()))
}

async fn run<C: ConnectionTrait>(
    connection: &C,
    update: UpdateMany<peer_certificate::Entity>,
) -> Result<(), StorageError> {
    match update.exec(connection).await?.rows_affected {
        1 => Ok(()),
        _ => Err(StorageError::Inconsistent("peer_certificate")),
    }
}
