//! Who may enter the office, and what each may do there.
//!
//! An *account* is one person's, with one *role*; a partner's is bound to one peer and sees nothing of another pair.
//! What a role may do stands in one table ([`Right`]). That somebody may do something is a type ([`Entitled`]), made
//! nowhere but where the table is asked.
//!
//! An account begins with an *invitation*: a one-time link with which its owner chooses a password and takes over the
//! secret of a second factor. Who signs in gets a *session*, a signed cookie; at every request the account's row is read,
//! and says whether the session still counts. What is refused at the door is refused with one answer, in one time.

pub mod credential;
mod rights;
mod error;
mod manage;
mod model;
mod name;
mod repository;
mod role;
mod service;
mod session;
mod viewer;

pub use rights::{right, Entitled, Right, RightOf};
pub use error::AccountError;
pub use manage::{
    Invited, LastAdmin, Manager, accounts, add_account, disable_account, disable_partners, enable_account,
    reset_account,
};
pub use model::{Account, AccountState};
pub use name::{AccountName, NameMalformed};
pub use role::{Role, RoleName};
pub use service::{Accounts, Attempt, Invitation, Visit};
pub use session::Session;
pub use viewer::Viewer;
