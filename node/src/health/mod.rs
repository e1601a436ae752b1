//! State of the node: one list of checks for `readyz`, `doctor`, metrics, alerts and pages, so that none says "ok"
//! where another says "fault".
//!
//! A *check* has a name that never changes, a subject where there are several of its kind, a status, one sentence, and
//! advice. A fault may *stop* the node: then it takes, seals or sends nothing, and is not ready. A *house* is the
//! object of all checks: a node that serves in this process, or one that is looked at from outside (`doctor`). `doctor`
//! asks the serving one for its list and takes the worse of both.
//!
//! To add a check: give it a name in [`CheckName`], write one small function that returns [`Check`] in the folder it
//! belongs to (`machine`, `identity`, `work`), and call it in `examine.rs`. Knowledge of a running node alone comes in
//! by [`Running`]. Only [`examine_network`] from outside waits for the network. No check changes anything, or names a
//! URL, a host or an e-mail address.

mod check;
mod examine;
mod examiner;
mod identity;
mod machine;
mod metric;
mod serving;
mod troubles;
mod work;

pub use check::{Check, CheckName, Status, is_ready, worse_of_both};
pub use examine::{House, Running, examine_closely, examine_files, examine_network, examine_node, unreadable};
pub use examiner::{Examiner, Findings};
pub(crate) use machine::UNFINISHED;
pub use machine::{Allotted, Room, allot, raise_file_limit, rooms};
pub use metric::in_text_form;
pub use serving::{Served, ask_serving, serving};
pub use troubles::Troubles;
pub use work::patience;
