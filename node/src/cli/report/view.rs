//! A report as `report show` and `report list` show it: pure.

use hotline_protocol::country::Country;
use hotline_protocol::entry::{ActionRecord, AssessmentRecord, HostingRecord};
use hotline_protocol::id::NodeId;
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Assessment, Offence, RouteReason, State, Urgency};
use serde::Serialize;
use serde_json::Value;

use super::history::{HistoryView, history};
use crate::cli::output::{fields, or_dash, table, time_of_micros, time_of_seconds};
use crate::report::{Dossier, Ledger, Report};

/// Everything that this node may see of a report. Every key is present, null where unknown.
#[derive(Debug, Serialize)]
pub struct ReportView {
    /// `<origin>/<rid>`, the same at every node.
    pub id: String,
    /// This node's own number, such as `FR-2026-0001234`.
    pub number: Option<String>,
    /// Who created it.
    pub origin: NodeId,
    /// Who holds it.
    pub holder: NodeId,
    /// Depth of the walk; 0 before it is published.
    pub tenure: u32,
    /// The state that people see.
    pub state: State,
    /// Defanged, unless it is revealed; null where this node may not see it.
    pub url: Option<String>,
    /// The page on which it was found, in the same form.
    pub page: Option<String>,
    /// Where the server stands.
    pub hosting: HostingView,
    /// Where the report goes, and why.
    pub route: RouteView,
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
    /// Who is offered the report and has not answered, or refused.
    pub offered_to: Option<NodeId>,
    /// Why that hotline refused.
    pub refused_why: Option<String>,
    /// A remark for the other hotline.
    pub memo: Option<String>,
    /// Every assessment known, oldest first; times in RFC 3339.
    pub assessments: Vec<Value>,
    /// What was done, oldest first; times in RFC 3339.
    pub actions: Vec<Value>,
    /// One row an entry: the walk in its order, then what counts for nothing.
    pub history: Vec<HistoryView>,
}

/// Where the server stands.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostingView {
    /// Its country.
    pub country: Option<Country>,
    /// Its address.
    pub ip: Option<String>,
    /// Its autonomous system.
    pub asn: Option<u32>,
    /// Who runs that network.
    pub organisation: Option<String>,
    /// How the address was found.
    pub method: Option<String>,
    /// When, RFC 3339.
    pub at: Option<String>,
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
    /// Puts together what is known. `seat` is this node's, for the number; `reveal` shows URLs as they were given.
    #[must_use]
    pub fn new(report: &Report, dossier: &Dossier, ledger: &Ledger, seat: Country, reveal: bool) -> Self {
        let (known, offer) = (&dossier.known, report.offer.as_ref());
        let url = |url: &ReportedUrl| if reveal { url.as_given().to_owned() } else { url.defanged() };
        Self {
            id: report.id.to_string(),
            number: report.number.map(|number| number.shown(seat)),
            origin: report.id.origin.clone(),
            holder: report.holder.clone(),
            tenure: report.tenure,
            state: report.shown_state(),
            url: known.url.as_ref().map(url),
            page: known.page.as_ref().map(url),
            hosting: HostingView::new(report, &known.hosting),
            route: report.route.as_ref().map_or_else(RouteView::default, |route| RouteView {
                destination: route.destination.clone(),
                reason: Some(route.reason),
            }),
            offence: report.offence,
            assessment: report.assessment,
            urgency: report.urgency,
            received_at: time_of_micros(report.received_at),
            updated_at: time_of_micros(report.updated_at),
            offered_to: offer.map(|offer| offer.target.clone()),
            refused_why: offer.and_then(|offer| offer.refused.as_ref()).map(|(why, _)| why.clone()),
            memo: known.memo.clone(),
            assessments: known.assessments.iter().map(assessment).collect(),
            actions: known.actions.iter().map(action).collect(),
            history: history(ledger.of(report.key), ledger.fold(report.key).as_ref()),
        }
    }

    /// For people.
    #[must_use]
    pub fn for_people(&self) -> String {
        let destination = self.route.destination.as_ref().map(|node| format!(" to {node}")).unwrap_or_default();
        let head = fields(&[
            ("id", self.id.clone()),
            ("number", or_dash(self.number.as_ref())),
            ("state", self.state.to_string()),
            ("holder", format!("{} (tenure {})", self.holder, self.tenure)),
            ("URL", or_dash(self.url.as_ref())),
            ("page", or_dash(self.page.as_ref())),
            ("offence", or_dash(self.offence)),
            ("assessment", or_dash(self.assessment)),
            ("urgency", or_dash(self.urgency)),
            ("hosting", self.hosting.for_people()),
            ("route", format!("{}{destination}", or_dash(self.route.reason))),
            ("offered to", or_dash(self.offered_to.as_ref())),
            ("refused", or_dash(self.refused_why.as_ref())),
            ("received", or_dash(self.received_at.as_ref())),
            ("memo", or_dash(self.memo.as_ref())),
        ]);
        let rows = self.history.iter().map(HistoryView::row);
        let history = table(&["log", "place", "entry", "status", "at", ""], rows, "It is not published.");
        format!("{head}\n{history}")
    }
}

impl HostingView {
    /// The newest finding in the country that counts, else the newest finding; the row where there is none.
    fn new(report: &Report, findings: &[HostingRecord]) -> Self {
        let decisive = findings.iter().rev().find(|finding| finding.country == report.country);
        let Some(finding) = decisive.or(findings.last()) else {
            return Self {
                country: report.country,
                asn: report.asn,
                organisation: report.organisation.clone(),
                ..Self::default()
            };
        };
        Self {
            country: report.country.or(finding.country),
            ip: finding.ip.map(|ip| ip.to_string()),
            asn: finding.asn.or(report.asn),
            organisation: finding.organisation.clone().or_else(|| report.organisation.clone()),
            method: Some(finding.method.clone()),
            at: time_of_seconds(finding.at),
        }
    }

    fn for_people(&self) -> String {
        let (country, ip) = (or_dash(self.country), or_dash(self.ip.as_ref()));
        let network = self.asn.map(|asn| format!(" AS{asn}")).unwrap_or_default();
        let organisation = self.organisation.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        format!("{country} {ip}{network}{organisation}")
    }
}

fn assessment(record: &AssessmentRecord) -> Value {
    with_times(record, &["at"])
}

fn action(record: &ActionRecord) -> Value {
    with_times(record, &["at", "last_seen_online", "first_seen_offline"])
}

/// A record's own JSON, its seconds since 1970 replaced by RFC 3339.
fn with_times<T: Serialize>(record: &T, times: &[&str]) -> Value {
    let mut value = serde_json::to_value(record).expect("text, numbers and lists always serialise");
    for key in times {
        if let Some(time) = value.get_mut(key) {
            *time = time.as_i64().and_then(time_of_seconds).into();
        }
    }
    value
}

#[cfg(test)]
mod tests;
