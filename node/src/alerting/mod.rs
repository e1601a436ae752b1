//! Telling people that something needs them: by mail, by a webhook, or by both, until somebody acknowledges it.
//!
//! A *sender* is what a channel of the configuration is made into. What it sends is made of alerts alone, whose texts
//! this program writes: a message never holds a URL that was reported or the address of a reporter, because the mail
//! server and the webhook are others' houses. Errors name neither an address nor what a server said, which may hold one.
//! Nothing waits for a server inside a transaction: what is due is read, sent, and then noted. Who is stopped in
//! between sends it again at the next start.

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
