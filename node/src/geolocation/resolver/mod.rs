//! Asking name servers, where the configuration names some.
//!
//! Every configured server is asked for itself and gives a [`Testimony`]; which of them is believed is decided elsewhere.
//! The path of a question: [`batch`] asks many names of all servers, [`server`] asks one server for one host and
//! remembers, [`question`] sends one packet and takes one answer, [`judge`] says what answers are worth, by what is
//! known of the server ([`nature`]: DNS64, false answers). [`suspicion`] then takes back what leads where unlike names
//! lead ([`crowd`]), in this process or another ([`crowd_book`]).

mod batch;
pub(super) mod crowd;
mod examine;
mod judge;
mod memory;
mod nature;
mod question;
mod reply;
mod server;
pub(super) mod testimony;
mod translation;

pub(super) use batch::{Asking, Resolvers};
pub use examine::{Examination, ServerState};
pub(super) use judge::spread;

#[cfg(test)]
mod tests;
