//! Buckets that are counted ahead: the stale ones, their rows, and their counted figures.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Assessment, Offence};
use sea_orm::{DbBackend, Statement};
use serde::Deserialize;
use uuid::Uuid;

use crate::report::projection::{Bucket, Counted, OPEN, Stand};
use crate::storage::batch::Field::Plain;
use crate::storage::batch::{Columns, Field, Known, Long, read_packed, read_packed_and_long, read_packed_sound};
use crate::storage::{ConnectionTrait, StorageError, Value, Write, take_numbers};

const WRONG: StorageError = StorageError::Inconsistent("rollup");
/// Buckets that are read at once: their bytes stand in memory twice meanwhile.
const BUCKETS: i64 = 64;
const DAY: i64 = 86_400;

/// A bucket that must be counted anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stale {
    pub(super) bucket: Bucket,
    /// How often something in it had changed when it was looked at.
    pub(super) changes: i64,
}

/// The counted figures of a bucket.
pub(super) struct Rollup {
    pub(super) bucket: Bucket,
    pub(super) version: i64,
    pub(super) made_at: i64,
    pub(super) cells: Vec<u8>,
}

/// An offer with the known facts of its report.
#[derive(Debug, Deserialize)]
pub(super) struct OfferOfDay {
    pub(super) peer: String,
    pub(super) is_outgoing: u8,
    pub(super) stand: Stand,
    pub(super) at: i64,
    pub(super) answered_at: Option<i64>,
    pub(super) gone_at: Option<i64>,
    pub(super) country: Option<Country>,
    pub(super) offence: Option<Offence>,
    pub(super) site: Option<String>,
}

/// Reports of this hotline that are alike.
#[derive(Debug, Deserialize)]
pub(super) struct ReportsOfDay {
    pub(super) origin: String,
    pub(super) holder: String,
    pub(super) target: Option<String>,
    pub(super) country: Option<Country>,
    pub(super) network: Option<u32>,
    pub(super) organisation: Option<String>,
    pub(super) offence: Option<Offence>,
    pub(super) assessment: Option<Assessment>,
    pub(super) site: Option<String>,
    pub(super) is_gone: u8,
    pub(super) n: u32,
}

/// Published reports hosted in one country: how many, of those held by another than the origin, and gone.
pub(super) type FederationOfDay = (Option<Country>, u32, u32, u32);

/// Stale buckets after one and before another, at most so many.
pub(super) async fn stale<C: ConnectionTrait>(
    connection: &C,
    after: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<Stale>, StorageError> {
    let rows: Vec<(i64, i64)> = read_packed(
        connection,
        "stale",
        &[Plain("bucket"), Plain("changes")],
        "stale WHERE bucket > ? AND bucket < ? ORDER BY bucket LIMIT ?",
        vec![after.into(), before.into(), limit.into()],
    )
    .await?;
    let stale = |(bucket, changes)| Some(Stale { bucket: Bucket::of_stored(bucket)?, changes });
    rows.into_iter().map(|row| stale(row).ok_or(WRONG)).collect()
}

/// How often stale buckets were marked, from one and before another.
pub(super) async fn marked<C: ConnectionTrait>(connection: &C, first: i64, end: i64) -> Result<i64, StorageError> {
    // PostgreSQL adds whole numbers up to one that is none.
    const FIELDS: &[Field] = &[Plain("CAST(COALESCE(SUM(changes), 0) AS BIGINT)")];
    let rows = "stale WHERE bucket >= ? AND bucket < ?";
    let n: Vec<[i64; 1]> = read_packed(connection, "stale", FIELDS, rows, vec![first.into(), end.into()]).await?;
    Ok(n.into_iter().flatten().next().unwrap_or(0))
}

/// How many buckets of a kind are stale.
pub(super) async fn waiting<C: ConnectionTrait>(connection: &C, counted: Counted) -> Result<u64, StorageError> {
    let (first, end) = counted.range();
    let rows = "stale WHERE bucket >= ? AND bucket < ?";
    let n: Vec<[u64; 1]> =
        read_packed(connection, "stale", &[Plain("COUNT(*)")], rows, vec![first.into(), end.into()]).await?;
    Ok(n.into_iter().flatten().next().unwrap_or(0))
}

/// Marks all buckets of a kind that were counted.
pub(super) async fn mark_counted(write: &Write<'_>, counted: Counted) -> Result<(), StorageError> {
    let backend = write.get_database_backend();
    let (first, end) = counted.range();
    let range = match backend {
        DbBackend::Postgres => "bucket >= $1 AND bucket < $2",
        _ => "bucket >= ? AND bucket < ?",
    };
    let sql = format!(
        "INSERT INTO stale (bucket, changes) SELECT bucket, 1 FROM rollup WHERE {range} \
         ON CONFLICT (bucket) DO UPDATE SET changes = stale.changes + 1"
    );
    let range = [first, end].map(Value::from);
    write.execute_raw(Statement::from_sql_and_values(backend, sql, range)).await?;
    Ok(())
}

/// Takes away the counted figures of a kind, and marks all of it, its neighbours too: in another zone a row may count a
/// day or a year earlier or later.
pub(super) async fn count_from_the_rows(write: &Write<'_>, counted: Counted) -> Result<(), StorageError> {
    let backend = write.get_database_backend();
    let (first, end) = counted.range();
    let within = format!("bucket >= {first} AND bucket < {end}");
    let near = ["rollup", "stale"].iter().flat_map(|table| {
        ["- 1", "+ 0", "+ 1"].map(|beside| format!("SELECT bucket {beside} AS bucket FROM {table} WHERE {within}"))
    });
    let near = near.collect::<Vec<_>>().join(" UNION ");
    let mark = format!(
        "INSERT INTO stale (bucket, changes) SELECT bucket, 1 FROM ({near}) AS near WHERE {within} \
         ON CONFLICT (bucket) DO UPDATE SET changes = stale.changes + 1"
    );
    for sql in [mark, format!("DELETE FROM rollup WHERE {within}")] {
        write.execute_raw(Statement::from_string(backend, sql)).await?;
    }
    Ok(())
}

/// Buckets of a kind that were counted after a version, in the order of counting; at most some.
pub(super) async fn counted_after<C: ConnectionTrait>(
    connection: &C,
    counted: Counted,
    version: i64,
) -> Result<Vec<Rollup>, StorageError> {
    const FIELDS: &[Field] = &[Plain("bucket"), Plain("version"), Plain("made_at"), Plain("OCTET_LENGTH(cells)")];
    let (first, end) = counted.range();
    let rows = "rollup WHERE version > ? AND bucket >= ? AND bucket < ? ORDER BY version LIMIT ?";
    let values = vec![version.into(), first.into(), end.into(), BUCKETS.into()];
    let long = [Long::Bytes("cells")];
    let (rows, [mut cells]): (Vec<(i64, i64, i64, usize)>, _) =
        read_packed_and_long(connection, "rollup", FIELDS, long, rows, values).await?;
    let mut rollups = Vec::with_capacity(rows.len());
    for (bucket, version, made_at, length) in rows {
        let bucket = Bucket::of_stored(bucket).ok_or(WRONG)?;
        let cells = cells.next(length).ok_or(WRONG)?.to_vec();
        rollups.push(Rollup { bucket, version, made_at, cells });
    }
    Ok(rollups)
}

/// Writes the counted figures of buckets, and takes away their marks that have not changed since they were read.
pub(super) async fn save(
    write: &Write<'_>,
    marks: &[Stale],
    counted: BTreeMap<Bucket, Vec<u8>>,
    now: i64,
) -> Result<(), StorageError> {
    const ROLLUP: Columns = Columns { table: "rollup", names: &["bucket", "version", "made_at", "cells"] };
    let count = u32::try_from(counted.len()).map_err(|_| WRONG)?;
    if count == 0 {
        return Ok(());
    }
    let first = take_numbers(write, "rollup", count).await?;
    let backend = write.get_database_backend();
    let mut values: Vec<Value> = Vec::with_capacity(counted.len() * ROLLUP.names.len());
    for ((bucket, cells), version) in counted.into_iter().zip(first..) {
        values.extend([bucket.to_stored().into(), version.into(), now.into(), cells.into()]);
    }
    for stale in marks {
        let sql = match backend {
            DbBackend::Postgres => "DELETE FROM stale WHERE bucket = $1 AND changes = $2",
            _ => "DELETE FROM stale WHERE bucket = ? AND changes = ?",
        };
        let values_of_mark = [Value::from(stale.bucket.to_stored()), Value::from(stale.changes)];
        write.execute_raw(Statement::from_sql_and_values(backend, sql, values_of_mark)).await?;
    }
    ROLLUP.insert(write, Known::Replaced { keys: 1, left: 1 }, values).await
}

/// The offers of a time, from a second and before another. In one statement: an offer that is answered meanwhile is
/// there once.
pub(super) async fn offers_between<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    from: i64,
    to: i64,
) -> Result<Vec<OfferOfDay>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("peer"),
        Plain("is_outgoing"),
        Plain("stand"),
        Plain("at"),
        Plain("answered_at"),
        Plain("gone_at"),
        Plain("country"),
        Plain("offence"),
        Plain("site_type"),
    ];
    let rows = format!(
        "(SELECT offer.peer AS peer, CASE WHEN offer.is_outgoing THEN 1 ELSE 0 END AS is_outgoing, \
            offer.stand AS stand, offer.at AS at, offer.answered_at AS answered_at, offer.gone_at AS gone_at, \
            offer.country AS country, report.offence AS offence, report.site_type AS site_type \
            FROM offer JOIN report ON report.id = offer.report WHERE offer.at >= ? AND offer.at < ? \
        UNION ALL SELECT offer_target, 1, 'open', offer_at, NULL, NULL, offer_country, offence, site_type \
            FROM report WHERE {OPEN} AND offer_at >= ? AND offer_at < ? AND holder = ? \
        UNION ALL SELECT holder, 0, 'open', offer_at, NULL, NULL, offer_country, offence, site_type \
            FROM report WHERE {OPEN} AND offer_at >= ? AND offer_at < ? AND offer_target = ?) AS told"
    );
    let (from, to, own) = (Value::from(from), Value::from(to), Value::from(own.as_str()));
    let open = [from.clone(), to.clone(), own];
    let values = [from, to].into_iter().chain(open.clone()).chain(open).collect();
    read_packed_sound(connection, "offer", FIELDS, &rows, values).await
}

/// How many offers there are of a time, from a second and before another.
pub(super) async fn count_offers<C: ConnectionTrait>(connection: &C, from: i64, to: i64) -> Result<i64, StorageError> {
    const COUNT: &[Field] = &[Plain("COUNT(*)")];
    let (from, to) = (Value::from(from), Value::from(to));
    let open = format!("report WHERE {OPEN} AND offer_at >= ? AND offer_at < ?");
    let mut all = 0;
    for (table, rows) in [("offer", "offer WHERE at >= ? AND at < ?"), ("report", &open)] {
        let n: Vec<[i64; 1]> = read_packed(connection, table, COUNT, rows, vec![from.clone(), to.clone()]).await?;
        all += n.into_iter().flatten().sum::<i64>();
    }
    Ok(all)
}

/// This hotline's reports of a time, from a second and before another, in groups.
pub(super) async fn reports_between<C: ConnectionTrait>(
    connection: &C,
    from: i64,
    to: i64,
) -> Result<Vec<ReportsOfDay>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("origin"),
        Plain("holder"),
        Plain("offer_target"),
        Plain("country"),
        Plain("asn"),
        Plain("organisation"),
        Plain("offence"),
        Plain("assessment"),
        Plain("site_type"),
        Plain("CASE WHEN is_gone THEN 1 ELSE 0 END"),
        Plain("COUNT(*)"),
    ];
    let rows = "report WHERE number IS NOT NULL \
                AND received_at >= ? AND received_at < ? \
                GROUP BY f0, f1, f2, f3, f4, f5, f6, f7, f8, f9";
    let micros = |seconds: i64| Value::from(seconds.saturating_mul(1_000_000));
    read_packed_sound(connection, "report", FIELDS, rows, vec![micros(from), micros(to)]).await
}

/// Reports published by all logs with an id of a day in UTC.
pub(super) async fn federation_of_day<C: ConnectionTrait>(
    connection: &C,
    day: i64,
) -> Result<Vec<FederationOfDay>, StorageError> {
    const FIELDS: &[Field] = &[
        Plain("country"),
        Plain("COUNT(*)"),
        Plain("SUM(CASE WHEN holder <> origin THEN 1 ELSE 0 END)"),
        Plain("SUM(CASE WHEN state IN ('removed', 'unavailable') THEN 1 ELSE 0 END)"),
    ];
    let rows = "report WHERE rid >= ? AND rid < ? AND tenure > 0 GROUP BY f0";
    read_packed_sound(connection, "report", FIELDS, rows, vec![first_id(day).into(), first_id(day + 1).into()]).await
}

/// The first UUIDv7 of a day.
fn first_id(day: i64) -> Uuid {
    let millis = u128::try_from(day.saturating_mul(DAY * 1_000)).unwrap_or(0).min((1 << 48) - 1);
    Uuid::from_u128(millis << 80)
}
