//! Look-up of this hotline's reports with a URL, by its digests: many at once, by indexes alone.

use std::collections::{BTreeMap, BTreeSet};

use hotline_protocol::bytes::Hash;

use super::repository::{by_keys, prefix};
use crate::report::model::Report;
use crate::report::number::Number;
use crate::storage::batch::{Field, Packed, key_lists, list, read_packed};
use crate::storage::{ConnectionTrait, StorageError, Value};

/// The digests for finding a report's URL.
#[derive(Debug, Clone, Copy)]
pub struct UrlDigests {
    /// The report's key.
    pub report: i64,
    /// Under this log's key, for finding it once it is published.
    pub published: Hash,
    /// Under the house's own key, for finding it until then.
    pub house: [u8; 32],
}

/// For each of some reports the oldest other report of this hotline that has the same URL and came before it.
pub async fn earlier_reports<C: ConnectionTrait>(
    connection: &C,
    of: &[UrlDigests],
) -> Result<BTreeMap<i64, Number>, StorageError> {
    let mut published: BTreeMap<i64, i64> = BTreeMap::new();
    let prefixes: Vec<i64> = of.iter().map(|it| prefix(&it.published)).collect();
    for prefixes in key_lists(&prefixes) {
        let rows = format!("digest WHERE prefix IN {} GROUP BY prefix", list(prefixes.len()));
        let values = prefixes.into_iter().map(Value::from).collect();
        let fields = [Field::Plain("prefix"), Field::Plain("MIN(report)")];
        let found: Vec<(i64, i64)> = read_packed(connection, "digest", &fields, &rows, values).await?;
        published.extend(found);
    }
    let mut waiting: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
    let digests: Vec<Vec<u8>> = of.iter().map(|it| it.house.to_vec()).collect();
    for digests in key_lists(&digests) {
        let rows = format!("report WHERE url_digest IN {} AND tenure = 0 GROUP BY url_digest", list(digests.len()));
        let values = digests.into_iter().map(Value::from).collect();
        let fields = [Field::Bytes("url_digest"), Field::Plain("MIN(id)")];
        let found: Vec<(Packed, i64)> = read_packed(connection, "report", &fields, &rows, values).await?;
        waiting.extend(found.into_iter().map(|(digest, report)| (digest.0, report)));
    }
    let oldest = |it: &UrlDigests| {
        let found = [published.get(&prefix(&it.published)), waiting.get(it.house.as_slice())];
        found.into_iter().flatten().copied().filter(|report| *report < it.report).min()
    };
    let pairs: Vec<(i64, i64)> = of.iter().filter_map(|it| Some((it.report, oldest(it)?))).collect();
    let keys: BTreeSet<i64> = pairs.iter().map(|(_, earlier)| *earlier).collect();
    let earlier: Vec<Report> = by_keys(connection, &Vec::from_iter(keys)).await?;
    let numbers: BTreeMap<i64, Number> =
        earlier.into_iter().filter_map(|report| Some((report.key, report.number?))).collect();
    Ok(pairs.into_iter().filter_map(|(report, earlier)| Some((report, *numbers.get(&earlier)?))).collect())
}
