//! `POST /alerts/{id}/acknowledge` and `POST /alerts/acknowledge`: takes note of one alert, of those that were ticked, or
//! of all of a kind.

use std::sync::Arc;

use axum::extract::{Path, RawForm, State};
use axum::response::Redirect;

use crate::access::account::{Entitled, right};
use crate::access::act::ActOrigin;
use crate::access::alert::{self, Which};
use crate::web::shell::{Office, PageError};

/// Takes note of an alert. One that somebody else has acknowledged meanwhile is not found.
pub(crate) async fn acknowledge(
    who: Entitled<right::AcknowledgeAlerts>,
    State(office): State<Arc<Office>>,
    Path(id): Path<i64>,
) -> Result<Redirect, PageError> {
    take_note(&office, &who, &Which::Numbers(vec![id])).await
}

/// Takes note of several: fields `alert`, once for each, or `kind`.
pub(crate) async fn acknowledge_several(
    who: Entitled<right::AcknowledgeAlerts>,
    State(office): State<Arc<Office>>,
    RawForm(form): RawForm,
) -> Result<Redirect, PageError> {
    let mut ids = Vec::new();
    for (name, value) in url::form_urlencoded::parse(&form) {
        match &*name {
            "kind" if !value.is_empty() => return take_note(&office, &who, &Which::Kind(value.into_owned())).await,
            "alert" => ids.push(value.parse().map_err(|_| PageError::MALFORMED)?),
            _ => {}
        }
    }
    if ids.is_empty() {
        // Nothing was ticked: nothing happens.
        return Ok(Redirect::to("/stuck"));
    }
    take_note(&office, &who, &Which::Numbers(ids)).await
}

async fn take_note(
    office: &Office,
    who: &Entitled<right::AcknowledgeAlerts>,
    which: &Which,
) -> Result<Redirect, PageError> {
    let by = (who.viewer().name.as_str(), ActOrigin::Office);
    let acknowledged = alert::acknowledge(&office.context.database, &office.context.clock, which, by).await?;
    if acknowledged.is_empty() { Err(PageError::NOT_FOUND) } else { Ok(Redirect::to("/stuck")) }
}
