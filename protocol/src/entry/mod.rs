//! An entry of a log: a public [`Header`] and, where there is one, a private [`Body`] that the header commits to.

mod addressing;
mod body;
mod critical;
mod entry_type;
mod formerly;
mod header;
mod line;
mod location;

pub use addressing::Addressing;
pub use body::{Access, ActionRecord, AssessmentRecord, Body, BodyLine, BodyRefused, Code, HostingRecord, Salt};
pub use entry_type::{EntryType, Status};
pub use formerly::Former;
pub use header::{BodyCommitment, Content, Header, HeaderRefused, KeyAct, KeyUse, Origin};
pub use location::{LocationRecord, WitnessRecord};
