//! Access to the office, and the rights of each person there.
//!
//! An *account* is one person's, with one *role*; a partner's is bound to one peer and sees nothing of another pair.
//! One table ([`Right`]) holds the rights of each role. That somebody may do something is a type ([`Entitled`]), made
//! nowhere but where the table is asked.
//!
//! An account begins with an *invitation*, a one-time link. With it the owner chooses a password and takes over the
//! secret of a second factor. A sign-in starts a *session*, a signed cookie. The account's row is read at every
//! request, and says whether the session still counts. Every refusal at the door gives the same answer, and takes the
//! same time.

pub mod credential;
mod error;
mod manage;
mod model;
mod name;
mod repository;
mod rights;
mod role;
mod service;
mod session;
mod viewer;

pub use error::AccountError;
pub use manage::{
    Invited, LastAdmin, Manager, accounts, add_account, disable_account, disable_partners, enable_account,
    reset_account,
};
pub use model::{Account, AccountState};
pub use name::{AccountName, NameMalformed};
pub use rights::{Entitled, Right, RightOf, right};
pub use role::{Role, RoleName};
pub use service::{Accounts, Attempt, Invitation, Visit};
pub use session::Session;
pub use viewer::Viewer;
