//! A report as one row of a list: only the content of that row.

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::State;

use super::detail::ReportDetail;
use super::reveal::Urls;
use crate::clock::time_of_micros;
use crate::context::Context;
use crate::report::error::ReportError;
use crate::report::model::Report;
use crate::report::query::WaitsFor;
use crate::report::replay::EntrySet;
use crate::report::service::details_of;

/// A report in a list.
pub struct ListedReport {
    /// `<origin>/<rid>`, the same at every node.
    pub id: String,
    /// This node's own number; none where the report is none of its business.
    pub number: Option<String>,
    /// The state that people see; none for another hotline's report if its create is not here or counts no more.
    pub state: Option<State>,
    /// Whether it also waits for a person of this house, regardless of its state.
    pub is_held: bool,
    /// The holder.
    pub holder: NodeId,
    /// Where it is hosted.
    pub country: Option<Country>,
    /// The party that it waits for, where it does not go on by itself.
    pub waits_for: Option<WaitsFor>,
    /// When this hotline received it, RFC 3339.
    pub received_at: Option<String>,
    /// Its row cannot be read: no more than its number is known.
    pub is_unreadable: bool,
    /// Its URL in the form that was asked for; null where this node may not see it, or it is hidden.
    pub url: Option<String>,
}

impl ListedReport {
    /// Returns people's name for it: this node's own number, else the id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.number.as_ref().unwrap_or(&self.id)
    }
}

/// Some reports for a list, in their order. Nothing is opened where URLs are hidden; a reveal is recorded, one act a
/// report, before anything is given.
pub async fn load_listed(
    context: &Context,
    reports: &[Report],
    urls: Urls<'_>,
) -> Result<Vec<ListedReport>, ReportError> {
    let shown = if urls.are_shown() { shown_urls(context, reports, urls).await? } else { vec![None; reports.len()] };
    let own = &context.own;
    let listed = |(report, url): (&Report, Option<String>)| ListedReport {
        id: report.id.to_string(),
        number: report.number.map(|number| number.shown(own.seat())),
        state: report.told_state(own),
        is_held: report.is_held_beside(),
        holder: report.holder.clone(),
        country: report.country,
        waits_for: WaitsFor::of(report),
        received_at: time_of_micros(report.received_at).filter(|_| !report.is_unreadable),
        is_unreadable: report.is_unreadable,
        url,
    };
    let listed: Vec<ListedReport> = reports.iter().zip(shown).map(listed).collect();
    let told: Vec<&str> = listed.iter().filter(|it| it.url.is_some()).map(|it| it.id.as_str()).collect();
    urls.record(context, &told).await?;
    Ok(listed)
}

async fn shown_urls(context: &Context, reports: &[Report], urls: Urls<'_>) -> Result<Vec<Option<String>>, ReportError> {
    let connection = context.database.read();
    let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
    // The entries decide the bodies that count.
    let (ledger, _) = EntrySet::load_whole_readable(connection, &keys).await?;
    let details_of = details_of(context, connection, reports, &ledger).await?;
    let url = |detail: &Result<ReportDetail, ReportError>| match detail {
        Ok(detail) => urls.url(detail.known.url.as_ref()),
        Err(_) => None,
    };
    Ok(details_of.iter().map(url).collect())
}
