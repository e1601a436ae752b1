//! Reading many rows as one value.
//!
//! SQLite runs on a thread of its own here and hands its rows over one by one. With thousands of small rows the two
//! threads wake each other thousands of times, and that costs more than the rows. So where a step reads hundreds of
//! rows, the database packs them into one JSON text. PostgreSQL does the same, so that there is one way to read them.
//! Long values come beside that text, joined row after row, as they need not be escaped and unescaped then.

use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};

use crate::storage::error::StorageError;

/// A column that is read.
#[derive(Debug, Clone, Copy)]
pub enum Field {
    /// A number or a text, or an expression that gives one.
    Plain(&'static str),
    /// Bytes, read as [`Packed`].
    Bytes(&'static str),
    /// A UUID, read as [`Packed`].
    Uuid(&'static str),
    /// True or false, read as 1 or 0.
    Flag(&'static str),
}

/// A long column, read row after row; its length is a [`Field::Plain`] of `OCTET_LENGTH`.
#[derive(Debug, Clone, Copy)]
pub enum Long {
    /// Text.
    Text(&'static str),
    /// Bytes.
    Bytes(&'static str),
}

/// The content of a long column, row after row.
#[derive(Debug)]
pub struct Joined {
    bytes: Vec<u8>,
    at: usize,
}

impl Joined {
    /// Returns the next row's value, of this length; `None` where less is left.
    pub fn next(&mut self, length: usize) -> Option<&[u8]> {
        let begin = self.at;
        self.at = begin.checked_add(length)?;
        self.bytes.get(begin..self.at)
    }
}

/// Bytes that came packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(pub Vec<u8>);

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hexadecimal;
        impl Visitor<'_> for Hexadecimal {
            type Value = Packed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hexadecimal digits")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Packed, E> {
                HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map(Packed).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Hexadecimal)
    }
}

/// Reads `fields` of the rows that `rows` describes: the text after `FROM`, with question marks for its parameters.
/// Each row is a tuple or an array in the fields' order; `table` is named where one cannot be.
pub async fn read_packed<C: ConnectionTrait, T: DeserializeOwned>(
    connection: &C,
    table: &'static str,
    fields: &[Field],
    rows: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, StorageError> {
    Ok(read_packed_and_long(connection, table, fields, [], rows, values).await?.0)
}

/// [`read_packed`], and some long columns of the same rows.
pub async fn read_packed_and_long<C: ConnectionTrait, T: DeserializeOwned, const N: usize>(
    connection: &C,
    table: &'static str,
    fields: &[Field],
    long: [Long; N],
    rows: &str,
    values: Vec<Value>,
) -> Result<(Vec<T>, [Joined; N]), StorageError> {
    let backend = connection.get_database_backend();
    let sql = sql(backend, fields, &long, rows);
    let row = connection.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let row = row.ok_or(StorageError::Inconsistent(table))?;
    let text: String = row.try_get_by_index(0)?;
    let mut joined = [const { Joined { bytes: Vec::new(), at: 0 } }; N];
    for (place, joined) in joined.iter_mut().enumerate() {
        joined.bytes = row.try_get_by_index::<Option<Vec<u8>>>(1 + place)?.unwrap_or_default();
    }
    let rows = serde_json::from_str(&text).map_err(|_| StorageError::Inconsistent(table))?;
    Ok((rows, joined))
}

/// [`read_packed`], where a row that cannot be read costs itself alone: it is given as it stands. Reads a batch twice
/// only where it has such a row.
pub async fn read_packed_each<C: ConnectionTrait, T: DeserializeOwned>(
    connection: &C,
    table: &'static str,
    fields: &[Field],
    rows: &str,
    values: Vec<Value>,
) -> Result<Vec<Result<T, serde_json::Value>>, StorageError> {
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql(backend, fields, &[], rows), values);
    let row = connection.query_one_raw(statement).await?.ok_or(StorageError::Inconsistent(table))?;
    let text: String = row.try_get_by_index(0)?;
    if let Ok(rows) = serde_json::from_str::<Vec<T>>(&text) {
        return Ok(rows.into_iter().map(Ok).collect());
    }
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).map_err(|_| StorageError::Inconsistent(table))?;
    Ok(rows.into_iter().map(|row| serde_json::from_value(row.clone()).map_err(|_| row)).collect())
}

/// [`read_packed`], where a row that cannot be read is left out: one such row must not take everybody's figures.
pub async fn read_packed_sound<C: ConnectionTrait, T: DeserializeOwned>(
    connection: &C,
    table: &'static str,
    fields: &[Field],
    rows: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, StorageError> {
    let rows = read_packed_each(connection, table, fields, rows, values).await?;
    let count = rows.len();
    let sound: Vec<T> = rows.into_iter().flatten().collect();
    if sound.len() < count {
        tracing::error!(table, left_out = count - sound.len(), "rows that cannot be read are left out");
    }
    Ok(sound)
}

/// `(?,?,?)`: a list of `length` parameters.
#[must_use]
pub fn list(length: usize) -> String {
    let mut text = String::with_capacity(2 * length + 2);
    text.push('(');
    for place in 0..length {
        text.push_str(if place == 0 { "?" } else { ",?" });
    }
    text.push(')');
    text
}

fn sql(backend: DbBackend, fields: &[Field], long: &[Long], rows: &str) -> String {
    let is_postgres = backend == DbBackend::Postgres;
    let mut inner: Vec<String> =
        fields.iter().zip(0..).map(|(field, place)| expression(field, is_postgres, place)).collect();
    let packed: Vec<String> = (0..fields.len()).map(|place| format!("f{place}")).collect();
    let packed = packed.join(", ");
    let mut outer = vec![if is_postgres {
        format!("COALESCE(JSON_AGG(JSON_BUILD_ARRAY({packed})), '[]')::TEXT")
    } else {
        format!("JSON_GROUP_ARRAY(JSON_ARRAY({packed}))")
    }];
    for (long, place) in long.iter().zip(0..) {
        let (Long::Text(column) | Long::Bytes(column)) = long;
        inner.push(format!("{column} AS l{place}"));
        outer.push(match (long, is_postgres) {
            (Long::Text(_), true) => format!("STRING_AGG(CONVERT_TO(l{place}, 'UTF8'), ''::BYTEA)"),
            (Long::Bytes(_), true) => format!("STRING_AGG(l{place}, ''::BYTEA)"),
            (_, false) => format!("CAST(GROUP_CONCAT(l{place}, '') AS BLOB)"),
        });
    }
    let (inner, outer) = (inner.join(", "), outer.join(", "));
    if is_postgres {
        number_parameters(&format!("SELECT {outer} FROM (SELECT {inner} FROM {rows}) AS packed"))
    } else {
        format!("SELECT {outer} FROM (SELECT {inner} FROM {rows})")
    }
}

fn expression(field: &Field, is_postgres: bool, place: usize) -> String {
    match (field, is_postgres) {
        (Field::Plain(column), _) => format!("{column} AS f{place}"),
        (Field::Bytes(column), true) => format!("ENCODE({column}, 'hex') AS f{place}"),
        (Field::Uuid(column), true) => format!("ENCODE(UUID_SEND({column}), 'hex') AS f{place}"),
        // SQLite's HEX of NULL is an empty text, so keep NULL apart.
        (Field::Bytes(column) | Field::Uuid(column), false) => {
            format!("CASE WHEN {column} IS NULL THEN NULL ELSE HEX({column}) END AS f{place}")
        }
        (Field::Flag(column), _) => format!("CASE WHEN {column} THEN 1 ELSE 0 END AS f{place}"),
    }
}

/// Returns a statement from a text with question marks for its parameters.
#[must_use]
pub fn statement(backend: DbBackend, text: &str, values: Vec<Value>) -> Statement {
    let is_postgres = backend == DbBackend::Postgres;
    let text = if is_postgres { number_parameters(text) } else { text.to_owned() };
    Statement::from_sql_and_values(backend, text, values)
}

/// PostgreSQL counts its parameters. No text here has a question mark in a string.
fn number_parameters(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + 64);
    for (place, part) in text.split('?').enumerate() {
        if place > 0 {
            numbered.push('$');
            numbered.push_str(&place.to_string());
        }
        numbered.push_str(part);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (i64, Option<String>, Option<Packed>, u8);

    #[tokio::test]
    async fn rows_come_in_their_order_with_all_that_is_in_them() {
        let database = sea_orm::Database::connect("sqlite::memory:").await.expect("opened");
        let made = "CREATE TABLE t (id BIGINT, name TEXT, bytes BLOB, flag BOOLEAN);
            INSERT INTO t VALUES (2, 'a \"name\" \u{e9}', x'00ff', TRUE), (1, NULL, NULL, FALSE), (3, 'c', x'', TRUE)";
        database.execute_unprepared(made).await.expect("made");
        let fields = [Field::Plain("id"), Field::Plain("name"), Field::Bytes("bytes"), Field::Flag("flag")];
        let read = async |most: i64| -> Vec<Row> {
            let rows = "t WHERE id <= ? ORDER BY id";
            read_packed(&database, "t", &fields, rows, vec![most.into()]).await.expect("read")
        };
        let first = (1, None, None, 0);
        let second = (2, Some("a \"name\" \u{e9}".to_owned()), Some(Packed(vec![0, 255])), 1);
        assert_eq!(read(2).await, [first.clone(), second.clone()]);
        assert_eq!(read(9).await, [first, second, (3, Some("c".to_owned()), Some(Packed(Vec::new())), 1)]);
        assert!(read(0).await.is_empty());
    }

    #[tokio::test]
    async fn long_columns_come_beside_them_whatever_bytes_they_hold() {
        let database = sea_orm::Database::connect("sqlite::memory:").await.expect("opened");
        let made = "CREATE TABLE t (id BIGINT, name TEXT, bytes BLOB);
            INSERT INTO t VALUES (2, 'a \"name\" \u{e9}', x'00ff'), (1, 'b', NULL), (3, '', x'00')";
        database.execute_unprepared(made).await.expect("made");
        let fields = [Field::Plain("OCTET_LENGTH(name)"), Field::Plain("OCTET_LENGTH(bytes)")];
        let long = [Long::Text("name"), Long::Bytes("bytes")];
        let read = async |rows: &str| {
            let read = read_packed_and_long(&database, "t", &fields, long, rows, Vec::new()).await.expect("read");
            let (lengths, [mut names, mut bytes]): (Vec<(usize, Option<usize>)>, _) = read;
            let next = |(name, length): (usize, Option<usize>)| {
                let name = names.next(name).expect("a name").to_vec();
                (name, length.map(|length| bytes.next(length).expect("bytes").to_vec()))
            };
            let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = lengths.into_iter().map(next).collect();
            assert_eq!((names.next(1), bytes.next(1)), (None, None));
            rows
        };
        let rows = [("b", None), ("a \"name\" \u{e9}", Some(vec![0, 255])), ("", Some(vec![0]))];
        assert_eq!(read("t ORDER BY id").await, rows.map(|(name, bytes)| (name.as_bytes().to_vec(), bytes)));
        assert!(read("t WHERE id > 3").await.is_empty());
    }

    #[test]
    fn postgres_counts_parameters() {
        assert_eq!(number_parameters(&format!("a IN {} AND b > ?", list(2))), "a IN ($1,$2) AND b > $3");
    }
}
