//! Statements over many rows, in few different lengths.
//!
//! A database keeps the statements that it has parsed and planned, by their text, and the text of an insert or of an
//! `IN` list tells how many rows it has. Were every number of rows a text of its own, nearly every statement would be
//! parsed anew, and with thousands of parameters that costs more than the rows themselves.

use std::iter;

/// Most rows in one insert. Longer ones gain nothing; the widest table makes some 4,000 parameters of it, where SQLite
/// takes 32,766 and PostgreSQL 65,535.
const ROWS_LIMIT: usize = 128;
/// Most keys in one `IN` list.
const KEYS_LIMIT: usize = 1_024;

/// Splits rows into inserts of 128, 64, 32 and so on to 1, in their order: eight texts a table.
pub fn insert_batches<T>(rows: impl IntoIterator<Item = T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows: Vec<T> = rows.into_iter().collect();
    rows.reverse();
    iter::from_fn(move || {
        let length = ROWS_LIMIT.min(1 << rows.len().checked_ilog2()?);
        Some(rows.drain(rows.len() - length..).rev().collect())
    })
}

/// Splits keys into `IN` lists whose lengths are powers of two: eleven texts a question. The last list is filled up
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

    #[test]
    fn rows_keep_their_order_in_few_lengths() {
        let batches: Vec<Vec<u32>> = insert_batches(0..300).collect();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [128, 128, 32, 8, 4]);
        assert_eq!(batches.concat(), (0..300).collect::<Vec<_>>());
        assert_eq!(insert_batches(iter::empty::<u32>()).count(), 0);
    }

    #[test]
    fn lists_of_keys_are_filled_up_with_a_key_of_theirs() {
        let lists: Vec<Vec<u32>> = key_lists(&(0..1_029).collect::<Vec<_>>()).collect();
        assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), [1_024, 8]);
        assert_eq!(lists[1], [1_024, 1_025, 1_026, 1_027, 1_028, 1_028, 1_028, 1_028]);
        assert_eq!(key_lists::<u32>(&[]).count(), 0);
    }
}
