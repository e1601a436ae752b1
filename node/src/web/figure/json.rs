//! A figure as JSON.

use serde_json::{Map, Value, json};

use super::csv::withheld;
use super::text;
use crate::statistics::{Cell, Column, Figure, Row, Unit};

/// The figure as JSON: `figure`, `of`, `columns` (each `name` and `unit`: count, share, hours or days) and `rows`. A
/// row is an object. Under the name in `of` stands the code of its subject, null where unknown. Under each column's
/// name stands its number, null where there is none. Under `withheld`, only where needed, stand the names of columns
/// with withheld cells.
pub(in crate::web) fn json(figure: &Figure) -> Value {
    let columns = figure.columns.iter().map(|column| json!({ "name": column.name, "unit": unit(column.unit) }));
    let rows = figure.rows.iter().map(|row| row_of(figure, row));
    json!({
        "figure": figure.name,
        "of": figure.of,
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn row_of(figure: &Figure, row: &Row) -> Value {
    let mut fields = Map::new();
    fields.insert(figure.of.to_owned(), text::key(&row.label).map_or(Value::Null, Value::String));
    for (Column { name, .. }, cell) in figure.columns.iter().zip(&row.cells) {
        fields.insert((*name).to_owned(), number(*cell));
    }
    let withheld = withheld(&figure.columns, row);
    if !withheld.is_empty() {
        fields.insert("withheld".to_owned(), json!(withheld));
    }
    Value::Object(fields)
}

fn number(cell: Cell) -> Value {
    match cell {
        Cell::Count(count) => json!(count),
        Cell::Measure(measure) => json!(measure),
        Cell::Unknown | Cell::Withheld => Value::Null,
    }
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Share => "share",
        Unit::Hours => "hours",
        Unit::Days => "days",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::figure::view::samples;

    #[test]
    fn a_document_holds_exactly_the_figure() {
        assert_eq!(
            json(&samples::names()),
            json!({
                "figure": "notices",
                "of": "provider",
                "columns": [{ "name": "total", "unit": "count" }, { "name": "share", "unit": "share" }],
                "rows": [
                    { "provider": "=1+1", "total": 1200, "share": 0.75 },
                    { "provider": "A, \"B\"", "total": null, "share": null, "withheld": ["total", "share"] },
                    { "provider": null, "total": 7, "share": null },
                ],
            })
        );
    }
}
