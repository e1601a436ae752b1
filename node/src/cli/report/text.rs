//! A report as text for people.

use std::borrow::Borrow;

use crate::cli::output::{fields, or_dash, table};
use crate::report::{HistoryView, HostingView, ReportView, WitnessView};

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
        ("decision", or_dash(view.hosting.decision.as_ref())),
        ("route", format!("{}{destination}", or_dash(view.route.reason))),
        ("offered to", or_dash(view.offered_to.as_ref())),
        ("refused", or_dash(view.refused_why.as_ref())),
        ("received", or_dash(view.received_at.as_ref())),
        ("memo", or_dash(view.memo.as_ref())),
    ]);
    let rows = view.history.iter().map(history_row);
    let history = table(&["log", "place", "entry", "status", "at", ""], rows, "It is not published.");
    if view.hosting.decision.is_none() {
        return format!("{head}\n{history}");
    }
    format!("{head}\n{}\n{history}", witness_table(&view.hosting.witnesses))
}

/// Each witness of where the server stands, with its answer.
#[must_use]
pub(in crate::cli) fn witness_table<W: Borrow<WitnessView>>(witnesses: impl IntoIterator<Item = W>) -> String {
    let rows = witnesses.into_iter().map(|witness| witness_row(witness.borrow()));
    table(&["witness", "about", "answer", "country", "days old"], rows, "No witness was asked.")
}

fn witness_row(witness: &WitnessView) -> Vec<String> {
    let name = witness.database.as_ref().or(witness.resolver.as_ref());
    let detail = witness.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let correction = if witness.correction { " (correction)" } else { "" };
    let count = match witness.ips.as_slice() {
        [] => "–".to_owned(),
        [one] => one.clone(),
        [first, others @ ..] => format!("{first} and {} more", others.len()),
    };
    vec![
        format!("{}{correction}", or_dash(name)),
        count,
        format!("{}{detail}", witness.answer),
        or_dash(witness.country),
        or_dash(witness.age_days),
    ]
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
