//! Reports offered between this hotline and another.

use hotline_protocol::id::{NodeId, ReportId};

use super::offer::offers_of;
use crate::context::Context;
use crate::report::error::ReportError;
use crate::report::query::repository::by_ids;
use crate::report::replay::EntrySet;

/// Returns the key of a report that was offered between this hotline and a peer, regardless of the outcome. Returns
/// `None` for a report outside that pair.
pub async fn key_between(context: &Context, peer: &NodeId, report: &ReportId) -> Result<Option<i64>, ReportError> {
    let connection = context.database.read();
    let Some(report) = by_ids(connection, std::slice::from_ref(report)).await?.pop() else { return Ok(None) };
    let ledger = EntrySet::load(connection, &[report.key]).await?;
    let entries: Vec<_> = ledger.of(report.key).iter().collect();
    let offers = offers_of(&context.own, report.key, ledger.fold(report.key).as_ref(), &entries);
    Ok(offers.iter().any(|offer| offer.peer == *peer).then_some(report.key))
}
