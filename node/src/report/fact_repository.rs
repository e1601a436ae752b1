//! Facts in the database: one row for each report of this hotline.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;

use super::fact::{Assigned, Fact, FoldFact};
use crate::storage::Field::{self, Flag, Plain};
use crate::storage::{
    Columns, ConnectionTrait, DatabaseTransaction, Known, StorageError, Value, key_lists, list, read_packed,
};

const FACT: Columns = Columns {
    table: "fact",
    names: &[
        "report",
        "received_at",
        "assessed_at",
        "found_at",
        "site_type",
        "commerciality",
        "media",
        "age",
        "sex",
        "production",
        "behaviours",
        "terrorism_types",
        "is_virtual",
        "self_generated",
        "child_modelling",
        "lea_at",
        "isp_at",
        "own_lea_at",
        "own_isp_at",
        "lea_count",
        "replied_at",
        "is_gone",
        "gone_said_at",
        "gone_at",
        "offered_at",
        "accept_seconds",
        "assigned_at",
        "acted_at",
        "sent_to",
        "received_from",
    ],
};

/// What headers tell.
const FOLD: Columns = Columns {
    table: "fact",
    names: &["report", "lea_count", "is_gone", "offered_at", "accept_seconds", "assigned_at", "acted_at"],
};

/// How each column is read, in their order.
const FIELDS: &[Field] = &[
    Plain("report"),
    Plain("received_at"),
    Plain("assessed_at"),
    Plain("found_at"),
    Plain("site_type"),
    Plain("commerciality"),
    Plain("media"),
    Plain("age"),
    Plain("sex"),
    Plain("production"),
    Plain("behaviours"),
    Plain("terrorism_types"),
    Flag("is_virtual"),
    Flag("self_generated"),
    Flag("child_modelling"),
    Plain("lea_at"),
    Plain("isp_at"),
    Plain("own_lea_at"),
    Plain("own_isp_at"),
    Plain("lea_count"),
    Plain("replied_at"),
    Flag("is_gone"),
    Plain("gone_said_at"),
    Plain("gone_at"),
    Plain("offered_at"),
    Plain("accept_seconds"),
    Plain("assigned_at"),
    Plain("acted_at"),
    Plain("sent_to"),
    Plain("received_from"),
];

/// The facts of the reports with these keys that are here.
pub async fn facts_of<C: ConnectionTrait>(connection: &C, keys: &[i64]) -> Result<Vec<Fact>, StorageError> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in key_lists(keys) {
        let rows = format!("fact WHERE report IN {}", list(keys.len()));
        let values = keys.into_iter().map(Value::from).collect();
        found.extend(read_packed::<_, Fact>(connection, "fact", FIELDS, &rows, values).await?);
    }
    Ok(found)
}

/// Writes facts in the place of those that are here.
pub(super) async fn save_facts(write: &DatabaseTransaction, facts: &[Fact]) -> Result<(), StorageError> {
    let mut values = Vec::with_capacity(facts.len() * FACT.names.len());
    for fact in facts {
        row(fact, &mut values);
    }
    FACT.insert(write, Known::Replaced { keys: 1 }, values).await
}

/// Writes what headers tell of reports whose facts are here, none of which was assigned on receipt.
pub(super) async fn save_folds(
    write: &DatabaseTransaction,
    folds: &BTreeMap<i64, FoldFact>,
) -> Result<(), StorageError> {
    let mut values = Vec::with_capacity(folds.len() * FOLD.names.len());
    for (report, told) in folds {
        let assigned_at = if let Assigned::At(at) = told.assigned { at } else { None };
        values.extend([
            (*report).into(),
            told.lea_count.into(),
            told.is_gone.into(),
            told.offered_at.into(),
            told.accept_seconds.into(),
            assigned_at.into(),
            told.acted_at.into(),
        ]);
    }
    let known = FOLD.update(write, values).await?;
    if usize::try_from(known) == Ok(folds.len()) { Ok(()) } else { Err(StorageError::Inconsistent("fact")) }
}

fn row(fact: &Fact, row: &mut Vec<Value>) {
    row.extend([
        fact.report.into(),
        fact.received_at.into(),
        fact.assessed_at.into(),
        fact.found_at.into(),
        fact.site_type.as_deref().into(),
        fact.commerciality.as_deref().into(),
        fact.media.as_deref().into(),
        fact.age.as_deref().into(),
        fact.sex.as_deref().into(),
        fact.production.as_deref().into(),
        fact.behaviours.as_deref().into(),
        fact.terrorism_types.as_deref().into(),
        fact.is_virtual.into(),
        fact.self_generated.into(),
        fact.child_modelling.into(),
        fact.lea_at.into(),
        fact.isp_at.into(),
        fact.own_lea_at.into(),
        fact.own_isp_at.into(),
        fact.lea_count.into(),
        fact.replied_at.into(),
        fact.is_gone.into(),
        fact.gone_said_at.into(),
        fact.gone_at.into(),
        fact.offered_at.into(),
        fact.accept_seconds.into(),
        fact.assigned_at.into(),
        fact.acted_at.into(),
        fact.sent_to.as_ref().map(Country::as_str).into(),
        fact.received_from.as_ref().map(Country::as_str).into(),
    ]);
}
