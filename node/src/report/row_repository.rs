//! A report and its row: every column, both ways.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::ReportId;
use hotline_protocol::vocabulary::RouteReason;
use sea_orm::IntoActiveModel as _;

use super::model::{House, Number, OpenOffer, Report, Route};
use crate::storage::StorageError;
use crate::storage::entity::report;

/// The whole row, every column set.
pub(super) fn to_row(report: &Report) -> report::ActiveModel {
    let refusal = report.offer.as_ref().and_then(|offer| offer.refused.as_ref());
    report::Model {
        id: report.key,
        origin: report.id.origin.as_str().to_owned(),
        rid: report.id.rid,
        number: report.number.map(Number::to_stored),
        state: report.state.code().to_owned(),
        house: report.house.map(|house| match house {
            House::Held => "held".to_owned(),
            House::Closed => "closed".to_owned(),
        }),
        holder: report.holder.as_str().to_owned(),
        tenure: i32::try_from(report.tenure).unwrap_or(i32::MAX),
        offer_target: report.offer.as_ref().map(|offer| offer.target.as_str().to_owned()),
        offer_entry: report.offer.as_ref().map(|offer| offer.entry.as_bytes().to_vec()),
        refused: refusal.map(|(why, _)| why.clone()),
        refused_country: refusal.and_then(|(_, country)| country.map(|country| country.as_str().to_owned())),
        country: report.country.map(|country| country.as_str().to_owned()),
        asn: report.asn.map(i64::from),
        organisation: report.organisation.clone(),
        url_digest: report.url_digest.map(|digest| digest.to_vec()),
        tld: report.tld.clone(),
        destination: report.route.as_ref().and_then(|route| route.destination.as_ref()).map(ToString::to_string),
        route_reason: report.route.as_ref().map(|route| route.reason.code().to_owned()),
        reported_offence: report.reported_offence.map(|code| code.code().to_owned()),
        offence: report.offence.map(|code| code.code().to_owned()),
        assessment: report.assessment.map(|code| code.code().to_owned()),
        reason: report.reason.map(|code| code.code().to_owned()),
        urgency: report.urgency.map(|code| code.code().to_owned()),
        source: report.source.map(|code| code.code().to_owned()),
        channel: report.channel.map(|code| code.code().to_owned()),
        reference: report.reference.map(|digest| digest.to_vec()),
        reference_content: report.reference_content.map(|digest| digest.to_vec()),
        content: report.content.clone(),
        case_secret: report.case_secret.map(|digest| digest.to_vec()),
        received_at: report.received_at,
        updated_at: report.updated_at,
        waits_since: report.waits_since,
        alarmed: report.alarmed,
    }
    .into_active_model()
    .reset_all()
}

trait ResetAll {
    fn reset_all(self) -> Self;
}

impl ResetAll for report::ActiveModel {
    /// A model taken as a whole counts as unchanged; an upsert must write every column.
    fn reset_all(self) -> Self {
        sea_orm::ActiveModelTrait::reset_all(self)
    }
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
