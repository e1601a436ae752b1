//! A report and its row: every column, both ways.

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Reason, RouteReason, Source, State, Urgency};
use serde::Deserialize;

use super::model::{House, OpenOffer, Report, Route};
use super::number::Number;
use super::projection::{Fact, Timeline, add_fact, with_fact_columns};
use crate::storage::batch::Field::{Bytes, Flag, Plain, Uuid};
use crate::storage::batch::{Columns, Field, Packed, read_packed_each};
use crate::storage::{ConnectionTrait, StorageError, Value};

/// All columns: first the report's standing, then the other changeable ones, then those that never change, then its
/// fact.
const NAMES: &[&str] = with_fact_columns![
    "id",
    "state",
    "house",
    "holder",
    "tenure",
    "offer_target",
    "offer_entry",
    "offer_at",
    "offer_country",
    "refused",
    "refused_country",
    "country",
    "asn",
    "organisation",
    "destination",
    "route_reason",
    "updated_at",
    "waits_since",
    "alarmed",
    "lea_count",
    "is_gone",
    "offered_at",
    "accept_seconds",
    "assigned_at",
    "at_home",
    "acted_at",
    "number",
    "url_digest",
    "tld",
    "reported_offence",
    "offence",
    "assessment",
    "reason",
    "urgency",
    "source",
    "channel",
    "content",
    "origin",
    "rid",
    "reference",
    "reference_content",
    "case_secret",
    "received_at",
];

/// The result of the fold and the figures counted of it, and where a report is hosted and goes.
pub(super) const STANDING: Columns = Columns { table: "report", names: NAMES.split_at(26).0 };

/// Everything but the columns that never change after a report's row was made. Leaving that out of an update spares its
/// indexes.
pub(super) const CHANGEABLE: Columns = Columns { table: "report", names: NAMES.split_at(37).0 };

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
        report.offer.as_ref().and_then(|offer| offer.at).into(),
        report.offer.as_ref().and_then(|offer| offer.country.as_ref()).map(Country::as_str).into(),
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
        report.course.lea_count.into(),
        report.course.is_gone.into(),
        report.course.offered_at.into(),
        report.course.accept_seconds.into(),
        report.course.assigned_at.into(),
        report.course.at_home.into(),
        report.course.acted_at.into(),
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
pub(super) fn whole(report: &Report, fact: Option<&Fact>, row: &mut Vec<Value>) {
    changeable(report, row);
    row.extend([
        report.id.origin.as_str().into(),
        report.id.rid.into(),
        report.reference.into(),
        report.reference_content.map(|digest| digest.to_vec()).into(),
        report.case_secret.map(|digest| digest.to_vec()).into(),
        Value::from(report.received_at),
    ]);
    add_fact(fact, row);
}

/// How each column is read, in the order of [`NAMES`]; facts are read apart, but for the notice.
const FIELDS: &[Field] = &[
    Plain("id"),
    Plain("state"),
    Plain("house"),
    Plain("holder"),
    Plain("tenure"),
    Plain("offer_target"),
    Bytes("offer_entry"),
    Plain("offer_at"),
    Plain("offer_country"),
    Plain("refused"),
    Plain("refused_country"),
    Plain("country"),
    Plain("asn"),
    Plain("organisation"),
    Plain("destination"),
    Plain("route_reason"),
    Plain("updated_at"),
    Plain("waits_since"),
    Flag("alarmed"),
    Plain("lea_count"),
    Flag("is_gone"),
    Plain("offered_at"),
    Plain("accept_seconds"),
    Plain("assigned_at"),
    Flag("at_home"),
    Plain("acted_at"),
    Plain("number"),
    Bytes("url_digest"),
    Plain("tld"),
    Plain("reported_offence"),
    Plain("offence"),
    Plain("assessment"),
    Plain("reason"),
    Plain("urgency"),
    Plain("source"),
    Plain("channel"),
    Bytes("content"),
    Plain("origin"),
    Uuid("rid"),
    Plain("reference"),
    Bytes("reference_content"),
    Bytes("case_secret"),
    Plain("received_at"),
    Plain("own_isp_at"),
];

/// A row as it is read, in the order of [`FIELDS`].
#[derive(Deserialize)]
struct Row {
    id: i64,
    state: State,
    house: Option<House>,
    holder: NodeId,
    tenure: u32,
    offer_target: Option<NodeId>,
    offer_entry: Option<Packed>,
    offer_at: Option<i64>,
    offer_country: Option<Country>,
    refused: Option<String>,
    refused_country: Option<Country>,
    country: Option<Country>,
    asn: Option<u32>,
    organisation: Option<String>,
    destination: Option<NodeId>,
    route_reason: Option<RouteReason>,
    updated_at: i64,
    waits_since: Option<i64>,
    alarmed: u8,
    lea_count: i64,
    is_gone: u8,
    offered_at: Option<i64>,
    accept_seconds: Option<i64>,
    assigned_at: Option<i64>,
    at_home: u8,
    acted_at: Option<i64>,
    number: Option<i64>,
    url_digest: Option<Packed>,
    tld: Option<String>,
    reported_offence: Option<Offence>,
    offence: Option<Offence>,
    assessment: Option<Assessment>,
    reason: Option<Reason>,
    urgency: Option<Urgency>,
    source: Option<Source>,
    channel: Option<Channel>,
    content: Option<Packed>,
    origin: NodeId,
    rid: Packed,
    reference: Option<i64>,
    reference_content: Option<Packed>,
    case_secret: Option<Packed>,
    received_at: i64,
    own_isp_at: Option<i64>,
}

/// Reads the reports that `rows` describes, in their order. A report with impossible values in its row costs itself
/// alone: it stands there unreadable. A row that does not even identify its report is left out.
pub(super) async fn read<C: ConnectionTrait>(
    connection: &C,
    rows: &str,
    values: Vec<Value>,
) -> Result<Vec<Report>, StorageError> {
    let rows: Vec<Result<Row, serde_json::Value>> =
        read_packed_each(connection, "report", FIELDS, rows, values).await?;
    let report = |row: Result<Row, serde_json::Value>| match row {
        Ok(row) => {
            let key = (row.id, row.origin.clone(), row.rid.clone(), row.number);
            of_row(row).or_else(|| stand_in(key))
        }
        Err(row) => stand_in(identity(&row)?),
    };
    let reports = rows.into_iter().map(|row| {
        let report = report(row);
        if report.is_none() {
            tracing::error!("a row of 'report' does not tell which report it is of; it is left out");
        }
        report
    });
    Ok(reports.flatten().collect())
}

/// The identity of a row's report: its key, the report's origin and number there, and this hotline's own number.
type Identity = (i64, NodeId, Packed, Option<i64>);

/// Returns the identity of the report of an unreadable row.
fn identity(row: &serde_json::Value) -> Option<Identity> {
    fn field<T: serde::de::DeserializeOwned>(row: &serde_json::Value, name: &str) -> Option<T> {
        let place = NAMES.iter().position(|known| *known == name)?;
        serde_json::from_value(row.get(place)?.clone()).ok()
    }
    Some((field(row, "id")?, field(row, "origin")?, field(row, "rid")?, field(row, "number").flatten()))
}

fn stand_in((key, origin, rid, number): Identity) -> Option<Report> {
    let id = ReportId { origin, rid: uuid::Uuid::from_slice(&rid.0).ok()? };
    Some(Report::unreadable(key, id, number.and_then(Number::of_stored)))
}

fn of_row(row: Row) -> Option<Report> {
    fn digest(bytes: Option<Packed>) -> Result<Option<[u8; 32]>, Vec<u8>> {
        bytes.map(|bytes| bytes.0.try_into()).transpose()
    }
    let offer = match (row.offer_target, row.offer_entry) {
        (Some(target), Some(entry)) => Some(OpenOffer {
            entry: Hash::from_slice(&entry.0)?,
            target,
            at: row.offer_at,
            country: row.offer_country,
            refused: row.refused.map(|why| (why, row.refused_country)),
        }),
        _ => None,
    };
    let destination = row.destination;
    Some(Report {
        key: row.id,
        id: ReportId { origin: row.origin, rid: uuid::Uuid::from_slice(&row.rid.0).ok()? },
        number: row.number.map_or(Some(None), |stored| Number::of_stored(stored).map(Some))?,
        state: row.state,
        house: row.house,
        holder: row.holder,
        tenure: row.tenure,
        offer,
        country: row.country,
        asn: row.asn,
        organisation: row.organisation,
        url_digest: digest(row.url_digest).ok()?,
        tld: row.tld,
        route: row.route_reason.map(|reason| Route { destination, reason }),
        reported_offence: row.reported_offence,
        offence: row.offence,
        assessment: row.assessment,
        reason: row.reason,
        urgency: row.urgency,
        source: row.source,
        channel: row.channel,
        reference: row.reference,
        reference_content: digest(row.reference_content).ok()?,
        content: row.content.map(|content| content.0),
        case_secret: digest(row.case_secret).ok()?,
        received_at: row.received_at,
        updated_at: row.updated_at,
        waits_since: row.waits_since,
        alarmed: row.alarmed > 0,
        noticed_at: row.own_isp_at,
        course: Timeline {
            lea_count: row.lea_count,
            is_gone: row.is_gone > 0,
            offered_at: row.offered_at,
            accept_seconds: row.accept_seconds,
            assigned_at: row.assigned_at,
            at_home: row.at_home > 0,
            acted_at: row.acted_at,
        },
        is_unreadable: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_written_and_read_under_its_name() {
        let named = |field: &Field| match field {
            Plain(name) | Bytes(name) | Uuid(name) | Flag(name) => *name,
        };
        let (of_fact, own) = FIELDS.split_last().expect("there are some");
        assert_eq!(own.iter().map(named).collect::<Vec<_>>(), NAMES[..own.len()]);
        assert_eq!(named(of_fact), "own_isp_at");
        let id = "fr-example/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let report = Report::unknown(7, id, 1);
        for (columns, write) in [(STANDING, standing as fn(&Report, &mut Vec<Value>)), (CHANGEABLE, changeable)] {
            let mut row = Vec::new();
            write(&report, &mut row);
            assert_eq!(row.len(), columns.names.len());
        }
        for fact in [None, Some(Fact::new(&report))] {
            let mut row = Vec::new();
            whole(&report, fact.as_ref(), &mut row);
            assert_eq!(row.len(), WHOLE.names.len());
        }
    }
}
