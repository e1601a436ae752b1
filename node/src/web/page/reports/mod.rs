//! Reports: the list, one report, and looking for one. A URL is shown to viewers that the table gives it, defanged. It
//! is shown as it is only where somebody asked for it, and that is recorded.

mod find;
mod list;
mod show;

pub(crate) use find::find;
pub(crate) use list::list;
pub(crate) use show::{reveal, reveal_foreign, show, show_foreign};

use crate::access::account::{Right, Viewer};
use crate::report::view::Urls;

/// How a viewer is shown URLs as long as he does not ask for one.
fn urls_for(viewer: &Viewer) -> Urls<'static> {
    if viewer.may(Right::RevealUrl) { Urls::Defanged } else { Urls::Hidden }
}
