//! An entry of a log: a public [`Header`] and, where there is one, a private [`Body`] that the header commits to.

mod addressing;
mod body;
mod code;
mod content;
mod critical;
mod entry_type;
mod former_place;
mod former_places;
mod header;
mod line;
mod location;
mod place;

pub use addressing::Addressing;
pub use body::{Access, ActionRecord, AssessmentRecord, Body, BodyLine, BodyRefused, HostingRecord, Salt};
pub use code::Code;
pub use content::{BodyCommitment, Content, Header, HeaderRefused, KeyAct, KeyUse, Origin};
pub use entry_type::{EntryType, Status};
pub use former_place::Former;
pub use location::{LocationRecord, WitnessRecord};
