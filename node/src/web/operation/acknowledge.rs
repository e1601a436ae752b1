//! `POST /alerts/{id}/acknowledge`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;

use crate::access::account::{Entitled, right};
use crate::access::alert;
use crate::access::audit::ActOrigin;
use crate::web::error::PageError;
use crate::web::office::Office;

/// Takes note of an alert. One that somebody else has acknowledged meanwhile is not found.
pub(in crate::web) async fn acknowledge(
    who: Entitled<right::AcknowledgeAlerts>,
    State(office): State<Arc<Office>>,
    Path(id): Path<i64>,
) -> Result<Redirect, PageError> {
    let by = (who.viewer().name.as_str(), ActOrigin::Office);
    let acknowledged = alert::acknowledge(&office.context.database, &office.context.clock, id, by).await?;
    acknowledged.map(|_| Redirect::to("/stuck")).ok_or(PageError::NOT_FOUND)
}
