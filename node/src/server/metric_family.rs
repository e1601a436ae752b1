//! A figure of the metrics, with a line for each set of labels.

use std::fmt::Write as _;

/// A figure, with a line for each set of labels.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    /// Labels as they stand between braces, such as `peer="de-example"`; empty for none.
    pub(super) rows: Vec<(String, i64)>,
}

impl Family {
    pub(super) fn one(name: &'static str, help: &'static str, value: i64) -> Self {
        Self { name, help, rows: vec![(String::new(), value)] }
    }

    /// In Prometheus' text form; nothing where there is no line.
    pub(super) fn text(&self) -> String {
        let Self { name, help, rows } = self;
        if rows.is_empty() {
            return String::new();
        }
        let mut text = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
        for (labels, value) in rows {
            let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
            let _ = writeln!(text, "{name}{labels} {value}");
        }
        text.push('\n');
        text
    }
}
