//! A report as text for people.

use std::borrow::Borrow;

use crate::cli::console::output::{fields, or_dash, table};
use crate::cli::report::list::state_of;
use crate::geolocation::AddressNote;
use crate::report::query::WaitsFor;
use crate::report::view::{HistoryView, HostingView, Line, ReportView, Section, Told, WitnessView};
use crate::written::visible_line;

/// Everything of a report.
#[must_use]
pub(crate) fn report_text(view: &ReportView) -> String {
    let destination = view.route.destination.as_ref().map(|node| format!(" to {node}")).unwrap_or_default();
    let mut head = vec![
        ("id", view.id.clone()),
        ("number", or_dash(view.number.as_ref())),
        ("state", state_of(view)),
        ("holder", format!("{} (tenure {})", view.holder, view.tenure)),
        ("URL", or_dash(view.url.as_ref())),
        ("cannot be read", or_dash(view.unreadable.as_ref())),
        ("to be noted", or_dash(view.address_note.map(AddressNote::sentence))),
        ("offence", or_dash(view.offence)),
        ("assessment", or_dash(view.assessment)),
        ("urgency", or_dash(view.urgency)),
        ("hosting", hosting_text(&view.hosting)),
        ("decision", or_dash(view.hosting.decision.as_ref())),
        ("route", format!("{}{destination}", or_dash(view.route.reason))),
    ];
    if let Some(waits_for) = &view.waits_for {
        head.push(("waits for", waits_for_text(waits_for)));
    }
    head.extend([
        ("offered to", or_dash(view.offered_to.as_ref())),
        ("refused", or_dash(view.refused_why.as_ref())),
        ("received", or_dash(view.received_at.as_ref())),
        ("updated", or_dash(view.updated_at.as_ref())),
    ]);
    let mut text = fields(&head);
    if let Some(known) = known_text(view) {
        text = format!("{text}\n{known}\n");
    }
    for section in view.sections() {
        text = format!("{text}\n{}", section_text(&section));
    }
    let rows = view.history.iter().map(history_row);
    let history = table(&["log", "place", "entry", "status", "at", ""], rows, "It is not published.");
    if view.hosting.decision.is_none() {
        return format!("{text}\n{history}");
    }
    format!("{text}\n{}\n{history}", witness_table(&view.hosting.witnesses))
}

/// Each witness of where the server stands, with its answer.
#[must_use]
pub(crate) fn witness_table<W: Borrow<WitnessView>>(witnesses: impl IntoIterator<Item = W>) -> String {
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

fn waits_for_text(waits_for: &WaitsFor) -> String {
    match waits_for {
        WaitsFor::Analyst => "an analyst of this hotline: hotline-node report assess".to_owned(),
        WaitsFor::Person => "a person of this hotline: hotline-node report transfer, or report withdraw".to_owned(),
        WaitsFor::Hotline(node) => node.to_string(),
        WaitsFor::Enrolment(country) => {
            format!("a hotline for {}, which nobody has added here yet: hotline-node peer add", country.name())
        }
    }
}

/// Further facts known here of the URL.
fn known_text(view: &ReportView) -> Option<String> {
    let content = &view.content;
    if let Some(earlier) = &content.duplicate_of {
        return Some(format!(
            "This URL was reported here before: {earlier}. All reports of it: {}",
            content.same_url.join(", ")
        ));
    }
    match content.known? {
        "own" => Some(format!("This URL was reported here again: {}", content.same_url.join(", "))),
        _ => Some("Another hotline has a report of this URL; hotline-node report find tells which.".to_owned()),
    }
}

fn section_text(section: &Section) -> String {
    let name = |line: &Line| line.key.replace('_', " ");
    let width = section.lines.iter().map(|line| line.key.len()).max().unwrap_or(0);
    let mut text = format!("{}\n", section.heading);
    for line in &section.lines {
        let told = match &line.told {
            Told::Text(told) | Told::Url(told) | Told::Time(told) => told.clone(),
            Told::Codes(_, codes) => codes.join(", "),
            Told::Flag(is_so) => (if *is_so { "yes" } else { "no" }).to_owned(),
            Told::Kept => "there is; --reveal shows it".to_owned(),
        };
        // Lines of a remark stay lines, each set in.
        let told: Vec<String> = told.lines().map(|line| visible_line(line).into_owned()).collect();
        let told = told.join(&format!("\n{}", " ".repeat(width + 4)));
        text = format!("{text}  {:width$}  {told}\n", name(line));
    }
    text
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
