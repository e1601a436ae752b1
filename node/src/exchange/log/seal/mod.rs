//! Signing this node's own log, and whether it may.

mod gate;
mod high_water;
mod sealer;

pub use gate::{CLAIMS_SECONDS, Gate, Held, OwnLog, SEAL_SETTING, SealState};
pub use high_water::HighWater;
pub(crate) use sealer::ROUND_ENTRIES;
pub use sealer::{Sealed, Sealer};
