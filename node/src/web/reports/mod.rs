//! Reports: the list, one report, and looking for one. A URL is shown to whom the table gives it, defanged, and as it
//! is only where somebody asked for it, which is recorded.

mod find;
mod list;
mod show;

use crate::access::account::{Right, Viewer};
use crate::report::Urls;

pub(super) use find::find;
pub(super) use list::list;
pub(super) use show::{reveal, reveal_foreign, show, show_foreign};

/// How a viewer is shown URLs as long as he does not ask for one.
fn urls_for(viewer: &Viewer) -> Urls<'static> {
    if viewer.may(Right::RevealUrl) { Urls::Defanged } else { Urls::Hidden }
}
