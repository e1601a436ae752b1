//! Accounts in the database.

use std::collections::HashSet;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::credential::Failures;
use super::model::{Account, AccountState};
use super::name::AccountName;
use super::role::{Role, RoleName};
use crate::storage::entity::peer::row as peer;
use crate::storage::entity::person::account::{ActiveModel, Column, Entity, Model};
use crate::storage::{StorageError, Write};

const INCONSISTENT: StorageError = StorageError::Inconsistent("account");

/// Peers that an account may be bound to: all that were not removed.
pub(super) async fn is_peer<C: ConnectionTrait>(connection: &C, id: &str) -> Result<bool, StorageError> {
    let row = peer::Entity::find_by_id(id).one(connection).await?;
    Ok(row.is_some_and(|row| is_here(&row)))
}

fn is_here(peer: &peer::Model) -> bool {
    peer.state != "removed"
}

/// The account of a name: by the table's key, and of a partner his peer by its.
pub(super) async fn find<C: ConnectionTrait>(
    connection: &C,
    name: &AccountName,
) -> Result<Option<Account>, StorageError> {
    of_row(connection, Entity::find_by_id(name.as_str()).one(connection).await?).await
}

/// Result of a look-up for a sign-in.
pub(super) enum AtTheDoor {
    /// The account of that name.
    Known(Account),
    /// Nobody has the name. Holds some account for doing the same work, where there is one.
    Unknown(Option<Account>),
}

/// Reads the account of a name, for a sign-in. All accounts are read, they are few: so the work is the same whether
/// there is one of this name or not, and a partner's takes no more than another's.
pub(super) async fn at_the_door<C: ConnectionTrait>(
    connection: &C,
    name: Option<&AccountName>,
) -> Result<AtTheDoor, StorageError> {
    let mut all = all(connection).await?;
    Ok(match name.and_then(|name| all.iter().position(|account| account.name == *name)) {
        Some(place) => AtTheDoor::Known(all.swap_remove(place)),
        None => AtTheDoor::Unknown(all.pop()),
    })
}

/// Begins a trial: later writes may be taken back.
pub(super) async fn begin_trial(write: &Write<'_>) -> Result<(), StorageError> {
    write.execute_unprepared("SAVEPOINT trial").await?;
    Ok(())
}

/// Takes back the writes since [`begin_trial`], unless they are to stay.
pub(super) async fn end_trial(write: &Write<'_>, stays: bool) -> Result<(), StorageError> {
    if !stays {
        write.execute_unprepared("ROLLBACK TO SAVEPOINT trial").await?;
    }
    write.execute_unprepared("RELEASE SAVEPOINT trial").await?;
    Ok(())
}

/// Finds the account with a link that has a token of this hash.
pub(super) async fn find_invited<C: ConnectionTrait>(
    connection: &C,
    invitation: Vec<u8>,
) -> Result<Option<Account>, StorageError> {
    let row = Entity::find().filter(Column::Invitation.eq(invitation)).one(connection).await?;
    of_row(connection, row).await
}

async fn of_row<C: ConnectionTrait>(connection: &C, row: Option<Model>) -> Result<Option<Account>, StorageError> {
    let Some(row) = row else { return Ok(None) };
    let peer_is_here = match &row.peer {
        Some(peer) => is_peer(connection, peer).await?,
        None => true,
    };
    Ok(Some(to_account(row, peer_is_here)?))
}

/// Every account, by name.
pub(super) async fn all<C: ConnectionTrait>(connection: &C) -> Result<Vec<Account>, StorageError> {
    let rows = Entity::find().order_by_asc(Column::Name).all(connection).await?;
    let peers = peer::Entity::find().all(connection).await?;
    let here: HashSet<&str> = peers.iter().filter(|peer| is_here(peer)).map(|peer| peer.node.as_str()).collect();
    let with_peer = |row: Model| {
        let peer_is_here = row.peer.as_deref().is_none_or(|peer| here.contains(peer));
        to_account(row, peer_is_here)
    };
    rows.into_iter().map(with_peer).collect()
}

/// Keeps a new account.
pub(super) async fn insert(write: &Write<'_>, account: &Account) -> Result<(), StorageError> {
    Entity::insert(to_row(account)).exec_without_returning(&**write).await?;
    Ok(())
}

/// Saves the changes to an account that was read in the same transaction.
pub(super) async fn save(write: &Write<'_>, account: &Account) -> Result<(), StorageError> {
    Entity::update(to_row(account)).exec(&**write).await?;
    Ok(())
}

fn to_account(row: Model, peer_is_here: bool) -> Result<Account, StorageError> {
    let peer = row.peer.map(|peer| peer.parse()).transpose().map_err(|_| INCONSISTENT)?;
    let role = RoleName::of_code(&row.role).and_then(|name| Role::new(name, peer)).ok_or(INCONSISTENT)?;
    let state = AccountState::ALL.into_iter().find(|state| state.code() == row.state).ok_or(INCONSISTENT)?;
    let count = u32::try_from(row.failures).map_err(|_| INCONSISTENT)?;
    Ok(Account {
        name: row.name.parse().map_err(|_| INCONSISTENT)?,
        role,
        state,
        signed_in_at: row.signed_in_at,
        added_at: row.added_at,
        peer_is_here,
        generation: row.generation,
        password: row.password,
        totp_secret: row.totp_secret,
        totp_step: row.totp_step,
        invitation: row.invitation,
        invited_at: row.invited_at,
        failures: Failures { count, last_at: row.failed_at },
    })
}

fn to_row(account: &Account) -> ActiveModel {
    ActiveModel {
        name: Set(account.name.to_string()),
        role: Set(account.role.name().code().to_owned()),
        peer: Set(account.role.peer().map(ToString::to_string)),
        state: Set(account.state.code().to_owned()),
        generation: Set(account.generation),
        password: Set(account.password.clone()),
        totp_secret: Set(account.totp_secret.clone()),
        totp_step: Set(account.totp_step),
        invitation: Set(account.invitation.clone()),
        invited_at: Set(account.invited_at),
        failures: Set(i32::try_from(account.failures.count).unwrap_or(i32::MAX)),
        failed_at: Set(account.failures.last_at),
        signed_in_at: Set(account.signed_in_at),
        added_at: Set(account.added_at),
    }
}
