//! Whether a report's URL is here under other reports: a duplicate is told, never dropped.

use hotline_protocol::url::CanonicalUrl;

use super::find::{FindError, find_known};
use crate::context::Context;
use crate::report::view::ReportView;
use crate::report::{Report, detail_of};

/// So many other reports of one URL are named.
const NAMED: usize = 20;

/// Adds to a view everything else that is here about the report's URL. Only where this node may see the URL is there
/// anything to look up.
pub async fn look_up_known(context: &Context, report: &Report, view: &mut ReportView) -> Result<(), FindError> {
    // The view itself tells of unreadable content.
    if view.unreadable.is_some() {
        return Ok(());
    }
    let known = detail_of(context, context.database.read(), report).await?;
    if let Some(url) = known.url() {
        tell_known(context, report, url.canonical(), view).await?;
    }
    Ok(())
}

async fn tell_known(
    context: &Context,
    report: &Report,
    url: &CanonicalUrl,
    view: &mut ReportView,
) -> Result<(), FindError> {
    let mut others = find_known(context, url).await?;
    others.retain(|other| other.key != report.key);
    let (here, elsewhere): (Vec<Report>, Vec<Report>) = others.into_iter().partition(|other| other.number.is_some());
    let shown = |other: &Report| other.number.map(|number| number.shown(context.own.seat()));
    let content = &mut view.content;
    content.known = match (here.is_empty(), elsewhere.is_empty()) {
        (false, _) => Some("own"),
        (true, false) => Some("federation"),
        (true, true) => None,
    };
    let before = here.iter().filter(|other| other.key < report.key).min_by_key(|other| other.key);
    content.duplicate_of = before.and_then(shown);
    content.same_url = here.iter().filter_map(shown).take(NAMED).collect();
    Ok(())
}
