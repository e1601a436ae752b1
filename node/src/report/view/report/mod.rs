//! A report as people and programs are shown it, and loading it.

use hotline_protocol::country::Country;
use hotline_protocol::entry::WitnessRecord;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Assessment, Offence, RouteReason, State, Urgency};
use serde::Serialize;
use serde_json::Value;

use super::detail::ReportDetail;
use super::fields::{ContentView, action, assessment};
use super::history::{HistoryView, history};
use super::reveal::Urls;
use crate::clock::{time_of_micros, time_of_seconds};
use crate::context::Context;
use crate::geolocation::AddressNote;
use crate::report::error::ReportError;
use crate::report::model::{House, Report};
use crate::report::query::WaitsFor;
use crate::report::replay::EntrySet;
use crate::report::service::details_of;

/// Everything that this node may see of a report. Every key is present, null where unknown.
#[derive(Serialize)]
pub struct ReportView {
    /// `<origin>/<rid>`, the same at every node.
    pub id: String,
    /// This node's own number, such as `FR-2026-0001234`.
    pub number: Option<String>,
    /// Its origin.
    pub origin: NodeId,
    /// Its holder.
    pub holder: NodeId,
    /// Depth of the walk; 0 before it is published.
    pub tenure: u32,
    /// The state that people see; null for another hotline's report if its create is not here or counts no more.
    pub state: Option<State>,
    /// The state that every member finds in the logs: `assessed` where `state` is `held`. Null before it is published.
    pub folded: Option<State>,
    /// Its additional state in this house: `held` for a person, or `closed`; null otherwise.
    pub house: Option<House>,
    /// In the form that was asked for; null where this node may not see it, or it is hidden.
    pub url: Option<String>,
    /// The fault of the report's unreadable data; null where all is readable.
    pub unreadable: Option<String>,
    /// The note on the URL as such; null where there is nothing to note, or URLs are hidden.
    pub address_note: Option<AddressNote>,
    /// Where the server stands.
    pub hosting: HostingView,
    /// Where the report goes, and why.
    pub route: RouteView,
    /// The party that it waits for, where it does not go on by itself: `{kind, who}`.
    pub waits_for: Option<WaitsFor>,
    /// The present offence.
    pub offence: Option<Offence>,
    /// The present assessment.
    pub assessment: Option<Assessment>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// When this hotline received it, RFC 3339.
    pub received_at: Option<String>,
    /// When it last changed here, RFC 3339.
    pub updated_at: Option<String>,
    /// The hotline that was offered the report, and has not answered or has refused.
    pub offered_to: Option<NodeId>,
    /// Why that hotline refused.
    pub refused_why: Option<String>,
    /// Its further content.
    #[serde(flatten)]
    pub content: ContentView,
    /// Every assessment known, oldest first; times in RFC 3339.
    pub assessments: Vec<Value>,
    /// Actions taken, oldest first; times in RFC 3339.
    pub actions: Vec<Value>,
    /// One row an entry: the walk in its order, then the entries that count for nothing.
    pub history: Vec<HistoryView>,
}

/// Where the server stands.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostingView {
    /// Its country.
    pub country: Option<Country>,
    /// Its address; null where URLs are hidden.
    pub ip: Option<String>,
    /// Its autonomous system.
    pub asn: Option<u32>,
    /// The organisation that runs that network.
    pub organisation: Option<String>,
    /// How the address was found.
    pub method: Option<String>,
    /// When, RFC 3339.
    pub at: Option<String>,
    /// The conclusion from the witnesses, such as `agreed` or `disputed`; null where none is kept.
    pub decision: Option<String>,
    /// When it was decided, RFC 3339.
    pub decided_at: Option<String>,
    /// How many addresses were found; the witnesses speak of a sample.
    pub addresses: Option<u32>,
    /// Each database and each name server that was asked, with its answer.
    pub witnesses: Vec<WitnessView>,
}

/// One witness of where the server stands: exactly one of `database` and `resolver` is there.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct WitnessView {
    /// The database.
    pub database: Option<String>,
    /// The name server: address and port.
    pub resolver: Option<String>,
    /// Its statement.
    pub answer: String,
    /// The country that it gives.
    pub country: Option<Country>,
    /// The substitute for a country: a code that is none, or the network that hides the origin.
    pub detail: Option<String>,
    /// The database's age in days on that day.
    pub age_days: Option<u32>,
    /// Whether it is a correction of the house's own.
    pub correction: bool,
    /// The address that a database was asked about, or the answers of a name server; empty where URLs are hidden.
    pub ips: Vec<String>,
}

/// Where a report goes.
#[derive(Debug, Default, Serialize)]
pub struct RouteView {
    /// The node that answers for the country.
    pub destination: Option<NodeId>,
    /// Why.
    pub reason: Option<RouteReason>,
}

impl ReportView {
    /// Puts together everything known at the hotline `own`.
    #[must_use]
    pub fn new(report: &Report, detail: &ReportDetail, ledger: &EntrySet, own: &NodeId, urls: Urls<'_>) -> Self {
        let (known, offer) = (&detail.known, report.offer.as_ref());
        Self {
            id: report.id.to_string(),
            number: report.number.map(|number| number.shown(own.seat())),
            origin: report.id.origin.clone(),
            holder: report.holder.clone(),
            tenure: report.tenure,
            state: report.told_state(own),
            folded: report.folded_state(),
            house: report.house,
            url: urls.url(known.url.as_ref()),
            unreadable: (!detail.unreadable.is_empty()).then(|| detail.unreadable.join("; ")),
            address_note: urls.beside(known.url.as_ref().and_then(|url| AddressNote::of(url.canonical()))),
            hosting: HostingView::new(report, detail, urls),
            route: report.route.as_ref().map_or_else(RouteView::default, |route| RouteView {
                destination: route.destination.clone(),
                reason: Some(route.reason),
            }),
            waits_for: WaitsFor::of(report),
            offence: report.offence,
            assessment: report.assessment,
            urgency: report.urgency,
            received_at: time_of_micros(report.received_at),
            updated_at: time_of_micros(report.updated_at),
            offered_to: offer.map(|offer| offer.target.clone()),
            refused_why: offer.and_then(|offer| offer.refused.as_ref()).map(|(why, _)| why.clone()),
            content: ContentView::new(report, detail, urls),
            assessments: known.assessments.iter().map(assessment).collect(),
            actions: known.actions.iter().map(action).collect(),
            history: history(ledger, report.key),
        }
    }
}

impl ReportView {
    /// Returns people's name for it: this node's own number, else the id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.number.as_ref().unwrap_or(&self.id)
    }

    /// Whether it is held for a person while its state says something else.
    #[must_use]
    pub fn is_held_beside(&self) -> bool {
        self.house == Some(House::Held) && self.state != Some(State::Held)
    }

    /// Whether there is anything that a reveal shows as it is.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.url.is_some() || self.content.has_more()
    }
}

impl HostingView {
    /// The newest finding in the country that counts, else the newest finding; the row where there is none.
    fn new(report: &Report, detail: &ReportDetail, urls: Urls<'_>) -> Self {
        let findings = &detail.known.hosting;
        let decisive = findings.iter().rev().find(|finding| finding.country == report.country);
        let found = match decisive.or(findings.last()) {
            None => Self {
                country: report.country,
                asn: report.asn,
                organisation: report.organisation.clone(),
                ..Self::default()
            },
            Some(finding) => Self {
                country: report.country.or(finding.country),
                ip: urls.beside(finding.ip).map(|ip| ip.to_string()),
                asn: finding.asn.or(report.asn),
                organisation: finding.organisation.clone().or_else(|| report.organisation.clone()),
                method: Some(finding.method.clone()),
                at: time_of_seconds(finding.at),
                ..Self::default()
            },
        };
        let Some(decided) = detail.location() else { return found };
        Self {
            decision: Some(decided.decision.to_string()),
            decided_at: time_of_seconds(decided.at),
            addresses: Some(decided.addresses),
            witnesses: decided.witnesses.iter().map(|witness| WitnessView::new(witness, urls)).collect(),
            ..found
        }
    }
}

impl WitnessView {
    /// Returns the name of the witness.
    #[must_use]
    pub fn name(&self) -> &str {
        self.database.as_deref().or(self.resolver.as_deref()).unwrap_or("–")
    }

    /// The address that it speaks of, or the first of several.
    #[must_use]
    pub fn first_ip(&self) -> &str {
        self.ips.first().map_or("–", String::as_str)
    }

    /// As it is shown beside URLs that stand so.
    #[must_use]
    pub fn new(witness: &WitnessRecord, urls: Urls<'_>) -> Self {
        let ips = witness.ips.iter().filter_map(|ip| urls.beside(Some(*ip))).map(|ip| ip.to_string());
        Self {
            database: witness.database.clone(),
            resolver: witness.resolver.clone(),
            answer: witness.answer.to_string(),
            country: witness.country,
            detail: witness.detail.clone(),
            age_days: witness.age_days,
            correction: witness.correction,
            ips: ips.collect(),
        }
    }
}

/// Views of some reports. A reveal is recorded, one act a report, before anything is given.
pub async fn load_views(context: &Context, reports: &[Report], urls: Urls<'_>) -> Result<Vec<ReportView>, ReportError> {
    let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
    let (ledger, faults) = EntrySet::load_whole_readable(context.database.read(), &keys).await?;
    let details_of = details_of(context, context.database.read(), reports, &ledger).await?;
    let view = |(report, detail): (&Report, Result<ReportDetail, ReportError>)| {
        let mut detail = detail.unwrap_or_else(|fault| ReportDetail::unreadable(&fault));
        if let Some(fault) = faults.get(&report.key) {
            detail.note_unreadable(fault);
        }
        ReportView::new(report, &detail, &ledger, &context.own, urls)
    };
    let views: Vec<ReportView> = reports.iter().zip(details_of).map(view).collect();
    let told: Vec<&str> = views.iter().filter(|view| view.has_more()).map(|view| view.id.as_str()).collect();
    urls.record(context, &told).await?;
    Ok(views)
}

#[cfg(test)]
mod tests;
