//! Management of others' accounts, from the command line and from the pages.

use hotline_protocol::id::NodeId;

use super::credential::{InvitationToken, SecondFactor, ends_at, hash_of};
use super::error::AccountError;
use super::model::{Account, AccountState};
use super::name::AccountName;
use super::repository;
use super::role::{Role, RoleName};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::context::Context;
use crate::storage::{StorageError, Write};

/// The manager of accounts, and the origin of his acts.
#[derive(Debug, Clone, Copy)]
pub struct Manager<'a> {
    /// The host's user, or an account's name.
    pub who: &'a str,
    /// From where.
    pub origin: ActOrigin,
}

/// An account with the link that is shown this once.
pub struct Invited {
    /// The account.
    pub account: Account,
    /// The token in the link.
    pub token: InvitationToken,
    /// When the link ends, microseconds since 1970.
    pub ends_at: i64,
}

/// Whether the last active administrator may be disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAdmin {
    /// He may not.
    Stays,
    /// He may: the command line still manages accounts.
    May,
}

/// Every account, by name.
pub async fn accounts(context: &Context) -> Result<Vec<Account>, StorageError> {
    repository::all(context.database.read()).await
}

/// Adds an account, and makes the one-time link for its owner to begin with.
pub async fn add_account(
    context: &Context,
    by: Manager<'_>,
    name: AccountName,
    role: Role,
) -> Result<Invited, AccountError> {
    let write = context.database.write("add_account").await?;
    if repository::find(&*write, &name).await?.is_some() {
        return Err(AccountError::Taken(name));
    }
    if let Some(peer) = role.peer()
        && !repository::is_peer(&*write, peer.as_str()).await?
    {
        return Err(AccountError::PeerUnknown(peer.clone()));
    }
    let mut account = Account {
        name,
        role,
        state: AccountState::Invited,
        signed_in_at: None,
        added_at: context.now_micros(),
        peer_is_here: true,
        generation: 0,
        password: None,
        totp_secret: Vec::new(),
        totp_step: 0,
        invitation: None,
        invited_at: 0,
        failures: super::credential::Failures::default(),
    };
    let token = invite(context, &mut account);
    repository::insert(&write, &account).await?;
    let role = account.role.name().code();
    let as_what = account.role.peer().map_or_else(|| role.to_owned(), |peer| format!("{role} of {peer}"));
    record(context, &write, by, "add_account", format!("{} as {as_what}", account.name)).await?;
    write.commit().await?;
    Ok(Invited { ends_at: ends_at(account.invited_at), account, token })
}

/// Gives an account a new one-time link, in any state. Its password, its second factor, its sessions and an earlier
/// link count no more.
pub async fn reset_account(context: &Context, by: Manager<'_>, name: &AccountName) -> Result<Invited, AccountError> {
    let write = context.database.write("reset_account").await?;
    let mut account = known(&write, name).await?;
    let was = account.state.code();
    if let Some(peer) = account.role.peer()
        && !account.peer_is_here
    {
        return Err(AccountError::PeerUnknown(peer.clone()));
    }
    let token = invite(context, &mut account);
    repository::save(&write, &account).await?;
    record(context, &write, by, "reset_account", format!("{name}, was {was}")).await?;
    write.commit().await?;
    Ok(Invited { ends_at: ends_at(account.invited_at), account, token })
}

/// Keeps an account's owner out from now on: at once, also where he is in.
pub async fn disable_account(
    context: &Context,
    by: Manager<'_>,
    name: &AccountName,
    last_admin: LastAdmin,
) -> Result<Account, AccountError> {
    let write = context.database.write("disable_account").await?;
    let mut account = known(&write, name).await?;
    if account.state == AccountState::Disabled {
        return Ok(account);
    }
    if last_admin == LastAdmin::Stays && is_last_admin(&write, &account).await? {
        return Err(AccountError::LastAdmin(account.name));
    }
    account.disable();
    repository::save(&write, &account).await?;
    record(context, &write, by, "disable_account", name.to_string()).await?;
    write.commit().await?;
    Ok(account)
}

/// Keeps out everybody of a peer that is removed, in the transaction that removes it: when that hotline comes back, a
/// person decides anew about each account.
pub async fn disable_partners(
    context: &Context,
    write: &Write<'_>,
    by: Manager<'_>,
    peer: &NodeId,
) -> Result<(), StorageError> {
    let is_open = |account: &Account| account.role.peer() == Some(peer) && account.state != AccountState::Disabled;
    for mut account in repository::all(&**write).await?.into_iter().filter(is_open) {
        account.disable();
        repository::save(write, &account).await?;
        record(context, write, by, "disable_account", account.name.to_string()).await?;
    }
    Ok(())
}

/// Lets the owner of a disabled account sign in again.
pub async fn enable_account(context: &Context, by: Manager<'_>, name: &AccountName) -> Result<Account, AccountError> {
    let write = context.database.write("enable_account").await?;
    let mut account = known(&write, name).await?;
    if account.state != AccountState::Disabled {
        return Ok(account);
    }
    account.enable();
    repository::save(&write, &account).await?;
    record(context, &write, by, "enable_account", name.to_string()).await?;
    write.commit().await?;
    Ok(account)
}

fn invite(context: &Context, account: &mut Account) -> InvitationToken {
    let token = InvitationToken::new(context.randomness);
    let factor = SecondFactor::new(context, &account.name).seal(context, &account.name);
    account.invite(hash_of(token.as_str()), factor, context.now_micros());
    token
}

async fn known(write: &Write<'_>, name: &AccountName) -> Result<Account, AccountError> {
    repository::find(&**write, name).await?.ok_or_else(|| AccountError::Unknown(name.clone()))
}

async fn is_last_admin(write: &Write<'_>, account: &Account) -> Result<bool, StorageError> {
    let is_active_admin =
        |account: &Account| account.role.name() == RoleName::Admin && account.state == AccountState::Active;
    let active = repository::all(&**write).await?.iter().filter(|account| is_active_admin(account)).count();
    Ok(is_active_admin(account) && active == 1)
}

async fn record(
    context: &Context,
    write: &Write<'_>,
    by: Manager<'_>,
    act: &'static str,
    what: String,
) -> Result<(), StorageError> {
    record_act(write, &context.clock, Act { who: by.who, act, what, origin: by.origin }).await
}
