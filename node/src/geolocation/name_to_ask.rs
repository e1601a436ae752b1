//! The form of a name in a question.

/// Names that differ in case or a final dot alone are one.
pub(super) fn name_to_ask(domain: &str) -> String {
    domain.strip_suffix('.').unwrap_or(domain).to_ascii_lowercase()
}
