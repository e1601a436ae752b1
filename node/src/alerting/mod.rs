//! Telling people that something needs them: by mail, by a webhook, or by both, until somebody acknowledges it.
//!
//! A *sender* is made from a channel of the configuration. It sends alerts alone, with texts that this program writes.
//! A message never holds a reported URL or a reporter's address: the mail server and the webhook are others' houses.
//! Errors name neither an address nor a server's words, because those may hold one. No transaction waits for a server:
//! the node reads the due alerts, sends them, and then notes the tries. A node that is stopped in between sends them
//! again at the next start.

mod mail;
mod message;
mod not_taken;
mod outcome;
mod proxied;
mod round;
mod sender;
mod webhook;

pub use not_taken::NotTaken;
pub use outcome::Outcome;
pub use round::Round;
pub use sender::Sender;
