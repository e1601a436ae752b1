//! Figures as rows of a key and a value, for spreadsheets: pure.

use serde_json::Value;

use super::csv_escape::csv_escape;

/// Keys that name an element of a list; the first one present counts.
const NAMES: [&str; 8] = ["peer", "country", "tld", "code", "clock", "year", "days", "provider"];

/// Every single figure: its key with the names of its containers, joined by dots, and its value; empty where unknown.
#[must_use]
pub fn flat_rows(figures: &Value) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    flatten("", figures, &mut rows);
    rows
}

fn flatten(key: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&below(name), value, rows)),
        Value::Array(items) => {
            for item in items {
                let name = NAMES.iter().find(|name| item.get(*name).is_some());
                let shown = name.and_then(|name| item.get(name)).map_or_else(String::new, text);
                let shown = if shown.is_empty() { "unknown" } else { &shown };
                let mut rest = item.clone();
                if let (Some(fields), Some(name)) = (rest.as_object_mut(), name) {
                    fields.remove(*name);
                }
                flatten(&below(shown), &rest, rows);
            }
        }
        single => rows.push((csv_escape(key), text(single))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => csv_escape(text),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        let figures = serde_json::json!({ "=a": "=1+1", "b": ["-2"], "c": [{ "tld": "@x", "n": -1 }], "d": "e;=1" });
        let rows = flat_rows(&figures);
        let shown: Vec<(&str, &str)> = rows.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(shown, [("'=a", "'=1+1"), ("b.unknown", "'-2"), ("c.'@x.n", "-1"), ("d", "e;'=1")]);
    }

    #[test]
    fn a_figure_is_named_by_all_that_it_stands_in() {
        let figures = serde_json::json!({
            "reported": 3,
            "removal": [{ "clock": "A", "removed": 1, "median_hours": null }],
            "change": { "reported": -0.5 },
            "hosting": [{ "country": "FR", "n": 2 }, { "country": null, "n": 1 }],
            "series": [{ "year": 2025, "by_offence": { "csam": { "reported": 3 } } }],
        });
        let rows = flat_rows(&figures);
        let shown: Vec<(&str, &str)> = rows.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        for row in [
            ("reported", "3"),
            ("removal.A.removed", "1"),
            ("removal.A.median_hours", ""),
            ("change.reported", "-0.5"),
            ("hosting.FR.n", "2"),
            ("hosting.unknown.n", "1"),
            ("series.2025.by_offence.csam.reported", "3"),
        ] {
            assert!(shown.contains(&row), "{row:?} in {shown:?}");
        }
        assert_eq!(rows.len(), 7);
    }
}
