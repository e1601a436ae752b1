//! A report as text for people.

use crate::cli::output::{fields, or_dash, table};
use crate::report::{HistoryView, HostingView, ReportView};

/// Everything of a report.
#[must_use]
pub(super) fn report_text(view: &ReportView) -> String {
    let destination = view.route.destination.as_ref().map(|node| format!(" to {node}")).unwrap_or_default();
    let head = fields(&[
        ("id", view.id.clone()),
        ("number", or_dash(view.number.as_ref())),
        ("state", view.state.to_string()),
        ("holder", format!("{} (tenure {})", view.holder, view.tenure)),
        ("URL", or_dash(view.url.as_ref())),
        ("page", or_dash(view.page.as_ref())),
        ("offence", or_dash(view.offence)),
        ("assessment", or_dash(view.assessment)),
        ("urgency", or_dash(view.urgency)),
        ("hosting", hosting_text(&view.hosting)),
        ("route", format!("{}{destination}", or_dash(view.route.reason))),
        ("offered to", or_dash(view.offered_to.as_ref())),
        ("refused", or_dash(view.refused_why.as_ref())),
        ("received", or_dash(view.received_at.as_ref())),
        ("memo", or_dash(view.memo.as_ref())),
    ]);
    let rows = view.history.iter().map(history_row);
    let history = table(&["log", "place", "entry", "status", "at", ""], rows, "It is not published.");
    format!("{head}\n{history}")
}

fn hosting_text(hosting: &HostingView) -> String {
    let (country, ip) = (or_dash(hosting.country), or_dash(hosting.ip.as_ref()));
    let network = hosting.asn.map(|asn| format!(" AS{asn}")).unwrap_or_default();
    let organisation = hosting.organisation.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    format!("{country} {ip}{network}{organisation}")
}

fn history_row(entry: &HistoryView) -> Vec<String> {
    let place = format!("{}.{}", entry.epoch, entry.seq);
    let status = entry.status.as_ref().or(entry.why.as_ref()).cloned();
    let status = status.or_else(|| entry.target.as_ref().map(|target| format!("to {target}")));
    let stale = if entry.counts { "" } else { "counts for nothing" };
    vec![
        entry.log.to_string(),
        place,
        entry.entry_type.clone(),
        or_dash(status),
        or_dash(entry.at.as_ref()),
        stale.into(),
    ]
}
