//! Files of vectors: one JSON array, one vector a line.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

/// Where a file stands.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/protocol").join(name)
}

/// The text of a file.
pub(crate) fn text_of(vectors: &[Value]) -> String {
    let lines: Vec<String> = vectors.iter().map(|vector| format!("  {vector}")).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// The vectors of a file, as another implementation reads them.
pub(crate) fn read(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path(name)).expect("the file is there");
    serde_json::from_str(&text).expect("an array of vectors")
}

/// A text of a vector.
pub(crate) fn text<'v>(vector: &'v Value, member: &str) -> &'v str {
    vector[member].as_str().unwrap_or_else(|| panic!("{member} is a text in {vector}"))
}

/// A vector that is taken: its rule, the line, and what comes out.
pub(crate) fn taken(rule: &str, member: &str, given: impl Into<Value>, more: Value) -> Value {
    let mut vector = Map::new();
    vector.insert("rule".into(), rule.into());
    vector.insert(member.into(), given.into());
    if let Value::Object(more) = more {
        vector.extend(more);
    }
    Value::Object(vector)
}

/// A vector that is refused, with the same where the one fault is mended.
pub(crate) fn refused(rule: &str, member: &str, given: impl Into<Value>, why: &str, mended: impl Into<Value>) -> Value {
    taken(rule, member, given, json!({"refused": why, "mended": mended.into()}))
}

/// `SomeName { … }` as `some_name`: how a vector calls a refusal.
pub(crate) fn code_of(refusal: &impl std::fmt::Debug) -> String {
    let shown = format!("{refusal:?}");
    let name: String = shown.chars().take_while(char::is_ascii_alphanumeric).collect();
    let mut code = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !code.is_empty() {
            code.push('_');
        }
        code.push(letter.to_ascii_lowercase());
    }
    code
}
