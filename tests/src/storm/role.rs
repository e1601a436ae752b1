//! The honest and the hostile members of the federation.

use crate::node::federation::THREE;
use crate::node::node_process::Who;

/// The hostile member; the three before it are honest.
pub(super) const HOSTILE: Who = Who { id: "se-dogwood", countries: "SE" };
/// The first of the federation are honest.
pub(super) const HONEST: usize = THREE.len();
