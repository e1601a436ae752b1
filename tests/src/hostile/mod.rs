//! A member that knows the protocol, has its keys, and keeps to nothing: it says hello, pushes and answers calls with
//! any content.
//!
//! [`Attack`] lists its attacks, a file each; [`Attacker`] makes them.
//!
//! [`Member`] is its identity, [`Branch`] one telling of its log, [`Door`] the listener at the address in its card.

mod attack;
mod attacker;
mod branch;
mod door;
mod hand;
mod key_words;
mod long_report;
mod member;
mod notebook;

pub use attack::Attack;
pub(crate) use attack::HOST_OF_THOUSANDS;
pub use attacker::Attacker;
pub use branch::Branch;
pub use door::{Asked, Door, Said};
pub use hand::Hand;
pub use key_words::{about_certificate, about_pen};
pub use long_report::LongReport;
pub use member::{Member, Told};
pub use notebook::Answers;
