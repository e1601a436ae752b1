//! The volumes of the exchange, of the federation and of the world, and two logs held against each other.

mod federation;
mod federation_figure;
mod model;
mod offer_outcome;
mod reconcile;
mod reconcile_figure;
mod volume_figure;
mod volume_tally;
mod world;
mod world_figure;

pub(crate) use federation::federation_of;
pub use federation::{Federation, Published};
pub use model::{AGES, Counts, Flow, Fresh, Spread, Volumes, WITHIN_DAYS};
pub(crate) use reconcile::reconciled;
pub use reconcile::{After, Difference, DifferenceKind, Reconciled};
pub(crate) use volume_tally::{between, volumes_of};
pub(crate) use world::world_of;
pub use world::{Hosted, TOP, World};
