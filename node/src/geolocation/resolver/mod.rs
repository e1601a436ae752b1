//! Asking name servers, where the configuration names some.
//!
//! Asks every configured server for itself and takes a [`Testimony`] from each; another module chooses the believed
//! one. The path of a question: [`batch`] asks many names of all servers, [`server`] asks one server for one host and
//! remembers. [`question`] sends one packet and takes one answer. [`judge`] rates answers by the known nature of the
//! server ([`nature`]: DNS64, false answers). [`suspicion`] then takes back answers that lead to an address of unlike
//! names ([`crowd`]), in this process or another ([`crowd_book`]).

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
