//! Facts in the database: columns of their reports' rows, empty where a report is none of this hotline's business.

use hotline_protocol::country::Country;

use super::fact::Fact;
use super::fact_code::Text;
use crate::storage::batch::Field::{Flag, Plain};
use crate::storage::batch::{Columns, Field, key_lists, list, read_packed_each};
use crate::storage::{ConnectionTrait, DatabaseTransaction, StorageError, Value};

/// The columns, after some others.
macro_rules! with_fact_columns {
    ($($before:literal),+ $(,)?) => {
        &[
            $($before,)+
            "first_received_at",
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
            "replied_at",
            "gone_said_at",
            "gone_at",
            "sent_to",
            "received_from",
        ]
    };
}
pub(crate) use with_fact_columns;

const FACT: Columns = Columns { table: "report", names: with_fact_columns!("id") };

/// How each column is read, in their order.
const FIELDS: &[Field] = &[
    Plain("id"),
    Plain("first_received_at"),
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
    Plain("replied_at"),
    Plain("gone_said_at"),
    Plain("gone_at"),
    Plain("sent_to"),
    Plain("received_from"),
];

/// The facts of the reports with these keys that are this hotline's business.
pub async fn facts_of<C: ConnectionTrait>(connection: &C, keys: &[i64]) -> Result<Vec<Fact>, StorageError> {
    let mut found = Vec::with_capacity(keys.len());
    for keys in key_lists(keys) {
        let rows = format!("report WHERE id IN {} AND first_received_at IS NOT NULL", list(keys.len()));
        let values = keys.into_iter().map(Value::from).collect();
        // One that cannot be read is begun anew.
        let facts = read_packed_each::<_, Fact>(connection, "report", FIELDS, &rows, values).await?;
        found.extend(facts.into_iter().flatten());
    }
    Ok(found)
}

/// Writes facts of reports that are here.
pub(crate) async fn update_facts(write: &DatabaseTransaction, facts: &[Fact]) -> Result<(), StorageError> {
    let mut values = Vec::with_capacity(facts.len() * FACT.names.len());
    for fact in facts {
        values.push(fact.report.into());
        add_fact(Some(fact), &mut values);
    }
    let known = FACT.update(write, values).await?;
    if usize::try_from(known) == Ok(facts.len()) { Ok(()) } else { Err(StorageError::Inconsistent("report")) }
}

/// Adds the columns' values to a row.
pub(crate) fn add_fact(fact: Option<&Fact>, row: &mut Vec<Value>) {
    let text = |of: fn(&Fact) -> &Option<Text>| Value::from(fact.and_then(|fact| of(fact).as_deref()));
    let time = |of: fn(&Fact) -> Option<i64>| Value::from(fact.and_then(of));
    let flag = |of: fn(&Fact) -> bool| Value::from(fact.is_some_and(of));
    let country =
        |of: fn(&Fact) -> &Option<Country>| Value::from(fact.and_then(|fact| of(fact).as_ref()).map(Country::as_str));
    row.extend([
        time(|fact| Some(fact.first_received_at)),
        time(|fact| fact.assessed_at),
        time(|fact| fact.found_at),
        text(|fact| &fact.site_type),
        text(|fact| &fact.commerciality),
        text(|fact| &fact.media),
        text(|fact| &fact.age),
        text(|fact| &fact.sex),
        text(|fact| &fact.production),
        text(|fact| &fact.behaviours),
        text(|fact| &fact.terrorism_types),
        flag(|fact| fact.is_virtual),
        flag(|fact| fact.self_generated),
        flag(|fact| fact.child_modelling),
        time(|fact| fact.lea_at),
        time(|fact| fact.isp_at),
        time(|fact| fact.own_lea_at),
        time(|fact| fact.own_isp_at),
        time(|fact| fact.replied_at),
        time(|fact| fact.gone_said_at),
        time(|fact| fact.gone_at),
        country(|fact| &fact.sent_to),
        country(|fact| &fact.received_from),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_read_under_its_name() {
        let named = |field: &Field| match field {
            Plain(name) | Flag(name) | Field::Bytes(name) | Field::Uuid(name) => *name,
        };
        assert_eq!(FIELDS.iter().map(named).collect::<Vec<_>>(), FACT.names);
    }
}
