//! Statements over many rows, in few different lengths.
//!
//! A database keeps the statements that it has parsed and planned, by their text, and the text of an insert or of an
//! `IN` list tells how many rows it has. Were every number of rows a text of its own, nearly every statement would be
//! parsed anew, and with thousands of parameters that costs more than the rows themselves. The texts are written here
//! and not by a query builder: one node for each of those parameters costs as much again.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::database::StorageError;

/// Most rows in one statement. The widest table makes some 17,400 parameters of it, where SQLite takes 32,766 and
/// PostgreSQL 65,535.
const ROWS_LIMIT: usize = 512;
/// Most keys in one `IN` list. What is read by one is packed into one text: of this many rows it has some 200 KB, which
/// a processor's cache holds; larger ones cost more in fresh memory than in statements.
const KEYS_LIMIT: usize = 128;

/// A table's columns as they are written, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// The table.
    pub table: &'static str,
    /// Its columns.
    pub names: &'static [&'static str],
}

/// What an insert does where a row with the same key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is refused.
    Refused,
    /// It is left as it is.
    Left,
}

impl Columns {
    /// Inserts rows: their values one after the other, each as many as there are columns.
    pub async fn insert<C: ConnectionTrait>(
        &self,
        connection: &C,
        known: Known,
        values: Vec<Value>,
    ) -> Result<(), StorageError> {
        let end = if known == Known::Left { " ON CONFLICT DO NOTHING" } else { "" };
        let begin = format!("INSERT INTO {} ({}) ", self.table, self.names.join(", "));
        self.run(connection, values, |rows| format!("{begin}{rows}{end}")).await.map(drop)
    }

    /// Updates rows by the first column, which is their key. Gives the number of rows that were there.
    pub async fn update<C: ConnectionTrait>(&self, connection: &C, values: Vec<Value>) -> Result<u64, StorageError> {
        let Self { table, names: [key, columns @ ..] } = self else { return Ok(0) };
        let set: Vec<String> =
            columns.iter().zip(2..).map(|(name, place)| format!("{name} = new.column{place}")).collect();
        let begin = format!("UPDATE {table} SET {} FROM (", set.join(", "));
        let end = format!(") AS new WHERE {table}.{key} = new.column1");
        self.run(connection, values, |rows| format!("{begin}{rows}{end}")).await
    }

    async fn run<C: ConnectionTrait>(
        &self,
        connection: &C,
        values: Vec<Value>,
        text: impl Fn(&str) -> String,
    ) -> Result<u64, StorageError> {
        let width = self.names.len();
        debug_assert!(values.len().is_multiple_of(width), "{}: rows of {width} values", self.table);
        let backend = connection.get_database_backend();
        let mut left = values.len() / width;
        let mut values = values.into_iter();
        let mut affected = 0;
        while let Some(exponent) = left.checked_ilog2() {
            let rows = ROWS_LIMIT.min(1 << exponent);
            let sql = text(&places(backend, rows, width));
            let batch: Vec<Value> = values.by_ref().take(rows * width).collect();
            let statement = Statement::from_sql_and_values(backend, sql, batch);
            affected += connection.execute_raw(statement).await?.rows_affected();
            left -= rows;
        }
        Ok(affected)
    }
}

/// `VALUES (?,?),(?,?)`, as the database writes its parameters.
fn places(backend: DbBackend, rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(8 + rows * width * 6);
    text.push_str("VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { "),(" });
        for column in 0..width {
            if column > 0 {
                text.push(',');
            }
            match backend {
                DbBackend::Postgres => {
                    write!(text, "${}", row * width + column + 1).expect("writing to a string does not fail");
                }
                _ => text.push('?'),
            }
        }
    }
    text.push(')');
    text
}

/// Splits keys into `IN` lists whose lengths are powers of two: eight texts a question. The last list is filled up
/// with a key that stands in it, which finds nothing more.
pub fn key_lists<K: Clone>(keys: &[K]) -> impl Iterator<Item = Vec<K>> {
    keys.chunks(KEYS_LIMIT).map(|keys| {
        let filler = keys.last().into_iter().cycle();
        keys.iter().chain(filler).take(keys.len().next_power_of_two()).cloned().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rows_of_any_number_are_inserted_left_and_updated() {
        let database = sea_orm::Database::connect("sqlite::memory:").await.expect("opened");
        database.execute_unprepared("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT)").await.expect("made");
        let columns = Columns { table: "t", names: &["id", "name"] };
        let rows = |ids: std::ops::Range<i64>, name: &str| -> Vec<Value> {
            ids.flat_map(|id| [Value::from(id), Value::from(name)]).collect()
        };
        columns.insert(&database, Known::Refused, rows(0..300, "a")).await.expect("inserted");
        assert!(columns.insert(&database, Known::Refused, rows(299..300, "b")).await.is_err());
        columns.insert(&database, Known::Left, rows(290..310, "b")).await.expect("left");
        assert_eq!(columns.update(&database, rows(100..400, "c")).await.expect("updated"), 210);
        let count = async |name: &str| {
            let sql = "SELECT COUNT(*) FROM t WHERE name = ?";
            let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()]);
            let row = database.query_one_raw(statement).await.expect("asked").expect("a row");
            row.try_get_by_index::<i64>(0).expect("a number")
        };
        assert_eq!([count("a").await, count("b").await, count("c").await], [100, 0, 210]);
        columns.insert(&database, Known::Refused, Vec::new()).await.expect("nothing to do");
    }

    #[test]
    fn parameters_are_written_as_the_database_wants_them() {
        assert_eq!(places(DbBackend::Sqlite, 2, 2), "VALUES (?,?),(?,?)");
        assert_eq!(places(DbBackend::Postgres, 2, 2), "VALUES ($1,$2),($3,$4)");
    }

    #[test]
    fn lists_of_keys_are_filled_up_with_a_key_of_theirs() {
        let lists: Vec<Vec<u32>> = key_lists(&(0..133).collect::<Vec<_>>()).collect();
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [128, 8]);
        assert_eq!(lists[1], [128, 129, 130, 131, 132, 132, 132, 132]);
        assert_eq!(key_lists::<u32>(&[]).count(), 0);
    }
}
