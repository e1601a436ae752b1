//! One bad report costs itself alone: it is set aside for a person, with a call, and the step goes on.
//!
//! A fault of every report (the database is away, say) is none of this: then the step ends and runs again. A report
//! that is set aside is held, or, where another holds it, left with its reason: no step looks at it again by itself.

use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::RouteReason;

use crate::access::alert::{self, AlertKind, Cause};
use crate::context::Context;
use crate::plural::{counted, verb};
use crate::report::ReportError;
use crate::report::query::repository::{by_keys, hold_reports, waiting_for_people};
use crate::storage::{StorageError, Write};

/// So many reports are named in an alert: a line can be read.
const NAMED_REPORTS: usize = 10;

/// Whether an error is one report's own, and not the whole database's.
pub(super) const fn is_its_own(error: &ReportError) -> bool {
    match error {
        ReportError::Storage(StorageError::Inconsistent(_))
        | ReportError::NotFound
        | ReportError::Name(_)
        | ReportError::Refused(_)
        | ReportError::Body(_)
        | ReportError::Secret(_)
        | ReportError::Header(_) => true,
        ReportError::Storage(_) => false,
    }
}

/// Why a report with such a fault does not go on.
const fn reason_of(fault: &ReportError) -> RouteReason {
    match fault {
        ReportError::Refused(_) | ReportError::Body(_) | ReportError::NotFound | ReportError::Name(_) => {
            RouteReason::SetAside
        }
        ReportError::Storage(_) | ReportError::Secret(_) | ReportError::Header(_) => RouteReason::Unreadable,
    }
}

/// Sets reports aside that a step could not deal with, and calls a person. `faults` are keys, each with its fault.
pub(super) async fn set_aside(context: &Context, faults: &[(i64, ReportError)]) -> Result<(), ReportError> {
    if faults.is_empty() {
        return Ok(());
    }
    let write = context.database.write("set_reports_aside").await?;
    if set_aside_in(context, &write, faults).await? {
        write.commit().await?;
    }
    Ok(())
}

/// [`set_aside`] in the caller's transaction. Gives whether any is set aside from now on.
pub(super) async fn set_aside_in(
    context: &Context,
    write: &Write<'_>,
    faults: &[(i64, ReportError)],
) -> Result<bool, ReportError> {
    let mut held = 0;
    for reason in [RouteReason::Unreadable, RouteReason::SetAside] {
        let keys: Vec<i64> =
            faults.iter().filter(|(_, fault)| reason_of(fault) == reason).map(|(key, _)| *key).collect();
        held += hold_reports(write, &context.own, &keys, reason).await?;
    }
    if held == 0 {
        return Ok(false);
    }
    let keys: Vec<i64> = faults.iter().map(|(key, _)| *key).collect();
    for report in by_keys(&**write, &keys).await? {
        if let Some((_, fault)) = faults.iter().find(|(key, _)| *key == report.key) {
            tracing::warn!(report = %report.id, %fault, "a report is set aside");
        }
    }
    call_a_person(context, write, &keys).await?;
    Ok(true)
}

/// Calls a person because reports are held, or left to people, from now on: one call for all that wait, until somebody has
/// taken note.
pub(super) async fn call_a_person(context: &Context, write: &Write<'_>, keys: &[i64]) -> Result<(), ReportError> {
    if keys.is_empty() {
        return Ok(());
    }
    let named: Vec<i64> = keys.iter().copied().take(NAMED_REPORTS).collect();
    let seat = context.own.seat();
    let names: Vec<String> = by_keys(&**write, &named)
        .await?
        .into_iter()
        .map(|report| report.number.map_or(report.id.to_string(), |number| number.shown(seat)))
        .collect();
    let more = if keys.len() > NAMED_REPORTS { ", …" } else { "" };
    let count = waiting_for_people(&**write, &context.own).await?;
    let text = format!(
        "{} {} for a person here; new among them: {}{more}; look at: hotline-node report list --state held, and report show",
        counted(count, "report"),
        verb(count, "waits", "wait"),
        names.join(", ")
    );
    let subject: &NodeId = &context.own;
    let cause = Cause::new(AlertKind::ReportSetAside, subject.as_str(), text)
        .with("count", count)
        .with("report", format!("{}{more}", names.join(", ")));
    alert::raise(write, &context.clock, cause).await?;
    Ok(())
}
