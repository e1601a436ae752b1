//! The list in Prometheus' text form.

use std::fmt::Write as _;

use super::check::{Check, is_ready};

/// `hotline_ready`, and `hotline_health` for each check: 0 where it is well, 1 for a warning, 2 for a fault. Written
/// anew at every question: a check that is gone has no line any more.
#[must_use]
pub fn in_text_form(checks: &[Check]) -> String {
    let mut text = String::from("# HELP hotline_ready Whether reports are taken, sealed and sent (1) or not (0).\n");
    let _ = writeln!(text, "# TYPE hotline_ready gauge\nhotline_ready {}\n", u8::from(is_ready(checks)));
    text.push_str("# HELP hotline_health How each check ended: 0 well, 1 warning, 2 fault.\n");
    text.push_str("# TYPE hotline_health gauge\n");
    let mut rows: Vec<(&str, &str, u8)> = checks
        .iter()
        .map(|check| (check.check.code(), check.subject.as_deref().unwrap_or(""), check.status as u8))
        .collect();
    // The worst of those with one name and subject: a series stands once.
    rows.sort_unstable_by(|one, other| (one.0, one.1, other.2).cmp(&(other.0, other.1, one.2)));
    rows.dedup_by_key(|row| (row.0, row.1));
    for (check, subject, value) in rows {
        let subject = escaped(subject);
        let _ = writeln!(text, "hotline_health{{check=\"{check}\",subject=\"{subject}\"}} {value}");
    }
    text.push('\n');
    text
}

/// A label's value, as the text form wants it.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::check::CheckName;

    #[test]
    fn each_series_stands_once_with_the_worst_that_was_found() {
        let checks = [
            Check::ok(CheckName::Authority, "well"),
            Check::fault(CheckName::Authority, "wrong", "mend"),
            Check::warning(CheckName::Authority, "late", "wait"),
            Check::stop(CheckName::Peer, "broken", "mend").about("a \"quoted\"\\ name"),
        ];
        let text = in_text_form(&checks);
        assert!(text.contains("hotline_ready 0\n"), "{text}");
        assert!(text.contains("hotline_health{check=\"authority\",subject=\"\"} 2\n"), "{text}");
        assert!(text.contains("subject=\"a \\\"quoted\\\"\\\\ name\"} 2\n"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("hotline_health{")).count(), 2, "{text}");
    }
}
