//! Rows as PostgreSQL takes them: an array for each column. It plans a statement anew by each of its parameters, and
//! for thousands of them that costs more than the rows.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use super::form::Form;

pub(super) fn form(batch: Vec<Value>, is_shared: &[bool]) -> Form {
    let rows = batch.len() / is_shared.len();
    let mut columns: Vec<Vec<Value>> = is_shared.iter().map(|_| Vec::with_capacity(rows)).collect();
    for (place, value) in batch.into_iter().enumerate() {
        columns[place % is_shared.len()].push(value);
    }
    let (mut sources, mut arrays, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut parameters = Vec::new();
    for (mut column, is_shared) in columns.into_iter().zip(is_shared) {
        let number = parameters.len() + 1;
        if *is_shared {
            parameters.extend(column.pop());
            sources.push(format!("${number}"));
            continue;
        }
        // Arrays hold no NULL here: a second array marks the values that are present.
        sources.push(format!("CASE WHEN new.is{number} THEN new.it{number} END"));
        arrays.push(format!("${number}, ${}", number + 1));
        names.push(format!("it{number}, is{number}"));
        parameters.extend(array(column));
    }
    Form { sources, rows: format!("UNNEST({}) AS new({})", arrays.join(", "), names.join(", ")), parameters }
}

/// Returns two arrays: a column's values, with a filler for NULL, and marks for the values that are present.
fn array(mut column: Vec<Value>) -> [Value; 2] {
    let array_type = column.first().map_or(ArrayType::BigInt, Value::array_type);
    let is_there: Vec<Value> = column.iter().map(|value| value.is_some().into()).collect();
    for value in column.iter_mut().filter(|value| !value.is_some()) {
        *value = value.dummy_value();
    }
    [(array_type, column), (ArrayType::Bool, is_there)].map(|(of, values)| Value::Array(of, Some(Box::new(values))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_values_are_given_once_and_what_is_empty_is_told_apart() {
        let batch: Vec<Value> = [Some(1_i64), Some(9), None, Some(3), Some(9), Some(0)].map(Value::from).to_vec();
        let form = form(batch, &[false, true, false]);
        let case = |number| format!("CASE WHEN new.is{number} THEN new.it{number} END");
        assert_eq!(form.sources, [case(1), "$3".to_owned(), case(4)]);
        assert_eq!(form.rows, "UNNEST($1, $2, $4, $5) AS new(it1, is1, it4, is4)");
        let numbers = |of: [i64; 2]| Value::Array(ArrayType::BigInt, Some(Box::new(of.map(Value::from).to_vec())));
        let flags = |of: [bool; 2]| Value::Array(ArrayType::Bool, Some(Box::new(of.map(Value::from).to_vec())));
        let shared = Value::from(9_i64);
        assert_eq!(
            form.parameters,
            [numbers([1, 3]), flags([true, true]), shared, numbers([0, 0]), flags([false, true])]
        );
    }
}
