//! Statements over many rows, in few different texts.
//!
//! A database keeps the statements that it has parsed, by their text. Were every number of rows a text of its own, nearly
//! every statement would be parsed anew, and that costs more than the rows themselves. The texts are written here and not
//! by a query builder: one node for each of thousands of parameters costs as much again.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};

use super::{row_arrays, row_values};
use crate::storage::error::StorageError;
use crate::storage::writing::DatabaseTransaction;

/// Most rows in one statement.
const ROWS_LIMIT: usize = 512;
/// Most keys in one `IN` list. The rows read by one list are packed into one text. Of this many rows it has some 200
/// KB, and a processor's cache holds that. Larger texts cost more in fresh memory than in statements.
const KEYS_LIMIT: usize = 128;

/// Number of rows from where on a statement gives their shared values once.
const SHARING_ROWS: usize = 64;

/// A table's columns as they are written, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// The table.
    pub table: &'static str,
    /// Its columns.
    pub names: &'static [&'static str],
}

/// Effect of an insert where a row with the same key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is refused.
    Refused,
    /// It is left as it is.
    Left,
    /// It is written anew. The first columns are its key.
    Replaced {
        /// How many are its key.
        keys: usize,
        /// How many are left as they are, with the key: indexes of those have nothing to do.
        left: usize,
    },
    /// The new values are added to those in its other columns. The first column is its key.
    AddedTo,
}

impl Columns {
    /// Inserts rows: their values one after the other, each as many as there are columns.
    pub async fn insert(
        &self,
        write: &DatabaseTransaction,
        known: Known,
        values: Vec<Value>,
    ) -> Result<(), StorageError> {
        let begin = format!("INSERT{} INTO {} ({}) SELECT ", or_fail(write), self.table, self.names.join(", "));
        // Without the condition SQLite takes the following text for a part of a join.
        let end = match known {
            Known::Refused => String::new(),
            Known::Left => " WHERE TRUE ON CONFLICT DO NOTHING".to_owned(),
            Known::Replaced { keys, left } => self.or_set(keys, left, |name| format!("{name} = excluded.{name}")),
            Known::AddedTo => self.or_set(1, 1, |name| format!("{name} = {}.{name} + excluded.{name}", self.table)),
        };
        let text = |sources: &[String], rows: &str| format!("{begin}{} FROM {rows}{end}", sources.join(", "));
        self.run(write, values, 0, text).await.map(drop)
    }

    /// Returns the assignments for a row with the same key.
    fn or_set(&self, keys: usize, left: usize, set: impl Fn(&str) -> String) -> String {
        let set: Vec<String> = self.names[left..].iter().map(|name| set(name)).collect();
        format!(" WHERE TRUE ON CONFLICT ({}) DO UPDATE SET {}", self.names[..keys].join(", "), set.join(", "))
    }

    /// Updates rows by their key, the first column. Returns the number of rows that were there.
    pub async fn update(&self, write: &DatabaseTransaction, values: Vec<Value>) -> Result<u64, StorageError> {
        let Self { table, names: [key, columns @ ..] } = self else { return Ok(0) };
        let begin = format!("UPDATE{} {table} SET ", or_fail(write));
        let text = |sources: &[String], rows: &str| {
            let set: Vec<String> =
                columns.iter().zip(&sources[1..]).map(|(name, source)| format!("{name} = {source}")).collect();
            format!("{begin}{} FROM {rows} WHERE {table}.{key} = {}", set.join(", "), sources[0])
        };
        self.run(write, values, 1, text).await
    }

    /// Runs statements of a few lengths. `text` writes one of them: from where each column comes, and the rows. The
    /// first `keys` columns always come from the rows.
    async fn run(
        &self,
        write: &DatabaseTransaction,
        values: Vec<Value>,
        keys: usize,
        text: impl Fn(&[String], &str) -> String,
    ) -> Result<u64, StorageError> {
        let width = self.names.len();
        debug_assert!(values.len().is_multiple_of(width), "{}: rows of {width} values", self.table);
        let backend = write.get_database_backend();
        let mut left = values.len() / width;
        let mut values = values.into_iter();
        let mut affected = 0;
        while left > 0 {
            let rows = match backend {
                DbBackend::Postgres => ROWS_LIMIT.min(left),
                _ => row_values::count(ROWS_LIMIT.min(left), width),
            };
            let batch: Vec<Value> = values.by_ref().take(rows * width).collect();
            let is_shared = shared(&batch, width, keys);
            let form = match backend {
                DbBackend::Postgres => row_arrays::form(batch, &is_shared),
                _ => row_values::form(batch, &is_shared),
            };
            let text = text(&form.sources, &form.rows);
            let statement = Statement::from_sql_and_values(backend, text, form.parameters);
            affected += write.execute_raw(statement).await?.rows_affected();
            left -= rows;
        }
        Ok(affected)
    }
}

/// Marks the columns with the same value in all rows: those are given once. Of few rows none, as they are alike by
/// chance, and each set of columns makes a text of its own.
fn shared(batch: &[Value], width: usize, keys: usize) -> Vec<bool> {
    let is_large = batch.len() >= SHARING_ROWS * width;
    let is_shared = |column: usize| {
        let mut values = batch.iter().skip(column).step_by(width);
        let first = values.next();
        values.all(|value| Some(value) == first)
    };
    // A row has at least one value.
    (0..width).map(|column| is_large && column >= keys.max(1) && is_shared(column)).collect()
}

/// A caller with a failed statement rolls its transaction back. So SQLite need not keep each page's earlier content to
/// undo a part of a statement.
fn or_fail(write: &DatabaseTransaction) -> &'static str {
    if write.get_database_backend() == DbBackend::Sqlite { " OR FAIL" } else { "" }
}

/// Splits keys into `IN` lists with powers of two as their lengths: eight texts a question. The last list is filled up
/// with a key that stands in it: that finds nothing more.
pub fn key_lists<K: Clone>(keys: &[K]) -> impl Iterator<Item = Vec<K>> {
    keys.chunks(KEYS_LIMIT).map(|keys| {
        let filler = keys.last().into_iter().cycle();
        keys.iter().chain(filler).take(keys.len().next_power_of_two()).cloned().collect()
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::{DatabaseConnection, TransactionOptions};

    use super::*;
    use crate::storage::writing::Remembered;

    async fn begun(database: &DatabaseConnection) -> DatabaseTransaction {
        let (options, trouble) = (TransactionOptions::default(), Remembered::default());
        DatabaseTransaction::begin(database, options, trouble).await.expect("begun")
    }

    #[tokio::test]
    async fn rows_of_any_number_are_inserted_left_replaced_and_updated() {
        let database = sea_orm::Database::connect("sqlite::memory:").await.expect("opened");
        database.execute_unprepared("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT)").await.expect("made");
        let columns = Columns { table: "t", names: &["id", "name"] };
        let rows = |ids: std::ops::Range<i64>, name: &str| -> Vec<Value> {
            ids.flat_map(|id| [Value::from(id), Value::from(name)]).collect()
        };
        let write = begun(&database).await;
        columns.insert(&write, Known::Refused, rows(0..300, "a")).await.expect("inserted");
        columns.insert(&write, Known::Left, rows(290..310, "b")).await.expect("left");
        assert_eq!(columns.update(&write, rows(100..400, "c")).await.expect("updated"), 210);
        columns.insert(&write, Known::Replaced { keys: 1, left: 1 }, rows(299..301, "e")).await.expect("replaced");
        columns.insert(&write, Known::Replaced { keys: 1, left: 1 }, rows(298..299, "c")).await.expect("replaced");
        columns.insert(&write, Known::Refused, Vec::new()).await.expect("nothing to do");
        write.commit().await.expect("committed");
        let write = begun(&database).await;
        assert!(
            columns.insert(&write, Known::Refused, [rows(310..400, "d"), rows(309..310, "d")].concat()).await.is_err()
        );
        assert!(write.commit().await.is_err(), "a transaction is over with what failed");
        let count = async |name: &str| {
            let sql = "SELECT COUNT(*) FROM t WHERE name = ?";
            let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into()]);
            let row = database.query_one_raw(statement).await.expect("asked").expect("a row");
            row.try_get_by_index::<i64>(0).expect("a number")
        };
        assert_eq!([count("a").await, count("b").await, count("c").await, count("d").await], [100, 0, 208, 0]);
        assert_eq!(count("e").await, 2);
    }

    #[test]
    fn lists_of_keys_are_filled_up_with_a_key_of_theirs() {
        let lists: Vec<Vec<u32>> = key_lists(&(0..133).collect::<Vec<_>>()).collect();
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [128, 8]);
        assert_eq!(lists[1], [128, 129, 130, 131, 132, 132, 132, 132]);
        assert_eq!(key_lists::<u32>(&[]).count(), 0);
    }
}
