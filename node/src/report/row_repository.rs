//! A report and its row: every column, both ways.

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Reason, RouteReason, Source, Urgency};

use super::model::{House, Number, OpenOffer, Report, Route};
use crate::storage::entity::report;
use crate::storage::{Columns, StorageError, Value};

/// All columns: first how a report stands, then what else may change, then what never does.
const NAMES: &[&str] = &[
    "id", "state", "house", "holder", "tenure", "offer_target", "offer_entry", "refused", "refused_country", "country",
    "asn", "organisation", "destination", "route_reason", "updated_at", "waits_since", "alarmed", "number",
    "url_digest", "tld", "reported_offence", "offence", "assessment", "reason", "urgency", "source", "channel",
    "content", "origin", "rid", "reference", "reference_content", "case_secret", "received_at",
];

/// What the fold finds, and where a report is hosted and goes.
pub(super) const STANDING: Columns = Columns { table: "report", names: NAMES.split_at(17).0 };

/// Everything but what never changes after a report's row was made. Leaving that out of an update spares its indexes.
pub(super) const CHANGEABLE: Columns = Columns { table: "report", names: NAMES.split_at(28).0 };

/// The whole row.
pub(super) const WHOLE: Columns = Columns { table: "report", names: NAMES };

/// Writes the values of [`STANDING`].
pub(super) fn standing(report: &Report, row: &mut Vec<Value>) {
    let refusal = report.offer.as_ref().and_then(|offer| offer.refused.as_ref());
    let house = report.house.map(|house| match house {
        House::Held => "held",
        House::Closed => "closed",
    });
    row.extend([
        report.key.into(),
        report.state.code().into(),
        house.into(),
        report.holder.as_str().into(),
        i32::try_from(report.tenure).unwrap_or(i32::MAX).into(),
        report.offer.as_ref().map(|offer| offer.target.as_str()).into(),
        report.offer.as_ref().map(|offer| offer.entry.as_bytes().to_vec()).into(),
        refusal.map(|(why, _)| why.as_str()).into(),
        refusal.and_then(|(_, country)| country.as_ref().map(Country::as_str)).into(),
        report.country.as_ref().map(Country::as_str).into(),
        report.asn.map(i64::from).into(),
        report.organisation.as_deref().into(),
        report.route.as_ref().and_then(|route| route.destination.as_ref()).map(NodeId::as_str).into(),
        report.route.as_ref().map(|route| route.reason.code()).into(),
        report.updated_at.into(),
        report.waits_since.into(),
        report.alarmed.into(),
    ]);
}

/// Writes the values of [`CHANGEABLE`].
pub(super) fn changeable(report: &Report, row: &mut Vec<Value>) {
    standing(report, row);
    row.extend([
        report.number.map(Number::to_stored).into(),
        report.url_digest.map(|digest| digest.to_vec()).into(),
        report.tld.as_deref().into(),
        report.reported_offence.map(Offence::code).into(),
        report.offence.map(Offence::code).into(),
        report.assessment.map(Assessment::code).into(),
        report.reason.map(Reason::code).into(),
        report.urgency.map(Urgency::code).into(),
        report.source.map(Source::code).into(),
        report.channel.map(Channel::code).into(),
        Value::from(report.content.clone()),
    ]);
}

/// Writes the values of [`WHOLE`].
pub(super) fn whole(report: &Report, row: &mut Vec<Value>) {
    changeable(report, row);
    row.extend([
        report.id.origin.as_str().into(),
        report.id.rid.into(),
        report.reference.map(|digest| digest.to_vec()).into(),
        report.reference_content.map(|digest| digest.to_vec()).into(),
        report.case_secret.map(|digest| digest.to_vec()).into(),
        Value::from(report.received_at),
    ]);
}

/// Reads a row; what cannot be is refused.
pub(super) fn of_row(row: report::Model) -> Result<Report, StorageError> {
    const WRONG: StorageError = StorageError::Inconsistent("report");
    fn code<T: std::str::FromStr>(text: Option<String>) -> Result<Option<T>, StorageError> {
        text.map(|text| text.parse().map_err(|_| WRONG)).transpose()
    }
    fn digest(bytes: Option<Vec<u8>>) -> Result<Option<[u8; 32]>, StorageError> {
        bytes.map(|bytes| bytes.try_into().map_err(|_| WRONG)).transpose()
    }
    let offer = match (row.offer_target, row.offer_entry) {
        (Some(target), Some(entry)) => Some(OpenOffer {
            entry: Hash::from_slice(&entry).ok_or(WRONG)?,
            target: target.parse().map_err(|_| WRONG)?,
            refused: match row.refused {
                Some(why) => Some((why, code(row.refused_country)?)),
                None => None,
            },
        }),
        _ => None,
    };
    let route = match code::<RouteReason>(row.route_reason)? {
        Some(reason) => Some(Route { destination: code(row.destination)?, reason }),
        None => None,
    };
    Ok(Report {
        key: row.id,
        id: ReportId { origin: row.origin.parse().map_err(|_| WRONG)?, rid: row.rid },
        number: row.number.map(|stored| Number::of_stored(stored).ok_or(WRONG)).transpose()?,
        state: row.state.parse().map_err(|_| WRONG)?,
        house: match row.house.as_deref() {
            Some("held") => Some(House::Held),
            Some("closed") => Some(House::Closed),
            Some(_) => return Err(WRONG),
            None => None,
        },
        holder: row.holder.parse().map_err(|_| WRONG)?,
        tenure: u32::try_from(row.tenure).map_err(|_| WRONG)?,
        offer,
        country: code(row.country)?,
        asn: row.asn.map(|asn| u32::try_from(asn).map_err(|_| WRONG)).transpose()?,
        organisation: row.organisation,
        url_digest: digest(row.url_digest)?,
        tld: row.tld,
        route,
        reported_offence: code(row.reported_offence)?,
        offence: code(row.offence)?,
        assessment: code(row.assessment)?,
        reason: code(row.reason)?,
        urgency: code(row.urgency)?,
        source: code(row.source)?,
        channel: code(row.channel)?,
        reference: digest(row.reference)?,
        reference_content: digest(row.reference_content)?,
        content: row.content,
        case_secret: digest(row.case_secret)?,
        received_at: row.received_at,
        updated_at: row.updated_at,
        waits_since: row.waits_since,
        alarmed: row.alarmed,
    })
}
