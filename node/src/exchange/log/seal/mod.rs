//! Signing this node's own log, and whether it may.

mod high_water;
mod seal_guard;
mod sealer;

pub use high_water::HighWater;
pub use seal_guard::{CLAIMS_SECONDS, Held, OwnLog, SEAL_SETTING, SealGuard, SealState};
pub(crate) use sealer::ROUND_ENTRIES;
pub use sealer::{Sealed, Sealer};
