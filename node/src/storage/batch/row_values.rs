//! Rows as SQLite takes them: `VALUES (?,?),(?,?)`, a parameter for each value.

use sea_orm::Value;

use super::form::Form;

/// Most parameters that SQLite takes in one statement.
const PARAMETERS_LIMIT: usize = 32_766;

/// How many of some rows one statement has. The text tells their number, so that is a power of two: ten texts a table.
pub(super) fn count(rows: usize, width: usize) -> usize {
    let most = rows.min(PARAMETERS_LIMIT / width);
    most.checked_ilog2().map_or(0, |exponent| 1 << exponent)
}

pub(super) fn form(batch: Vec<Value>, is_shared: &[bool]) -> Form {
    let rows = batch.len() / is_shared.len();
    let mut own = 0;
    let sources = is_shared.iter().map(|is_shared| {
        if *is_shared {
            return "?".to_owned();
        }
        own += 1;
        format!("new.column{own}")
    });
    let sources = sources.collect();
    let row = format!("({})", vec!["?"; own].join(","));
    let rows = format!("(VALUES {}) AS new", vec![row.as_str(); rows].join(","));
    Form { sources, rows, parameters: arrange(batch, is_shared) }
}

/// The values in the order of their parameters: those that are shared, then row by row.
fn arrange(batch: Vec<Value>, is_shared: &[bool]) -> Vec<Value> {
    let given = is_shared.iter().filter(|is_shared| **is_shared).count();
    if given == 0 {
        return batch;
    }
    let (width, rows) = (is_shared.len(), batch.len() / is_shared.len());
    let mut arranged = Vec::with_capacity(given + rows * (width - given));
    arranged.extend(is_shared.iter().zip(&batch).filter(|(is_shared, _)| **is_shared).map(|(_, value)| value.clone()));
    let kept = is_shared.iter().cycle().zip(batch).filter(|(is_shared, _)| !**is_shared);
    arranged.extend(kept.map(|(_, value)| value));
    arranged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_values_are_given_once_before_the_rows() {
        let batch = [1, 9, 2, 3, 9, 4].map(|number: i64| Value::from(number)).to_vec();
        let form = form(batch, &[false, true, false]);
        assert_eq!(form.sources, ["new.column1", "?", "new.column2"]);
        assert_eq!(form.rows, "(VALUES (?,?),(?,?)) AS new");
        assert_eq!(form.parameters, [9, 1, 2, 3, 4].map(|number: i64| Value::from(number)));
    }

    #[test]
    fn a_statement_has_a_power_of_two_rows_and_no_more_parameters_than_sqlite_takes() {
        assert_eq!([count(1, 3), count(511, 3), count(512, 60), count(512, 66)], [1, 256, 512, 256]);
    }
}
