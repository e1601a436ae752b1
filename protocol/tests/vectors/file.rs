//! Files of vectors: one JSON array, one vector a line. A text that repeats itself, and lines that say the same one after
//! another, are written short.

use std::path::PathBuf;

use hotline_protocol::entry::Header;
use serde_json::{Map, Value, json};

/// Where a file stands.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/protocol").join(name)
}

/// The text of a file.
pub(crate) fn file_of(vectors: &[Value]) -> String {
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

/// A vector that is taken: its rule, the line, and the result.
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

/// Lines that say the same are written short from so many on.
const SHORTENED_FROM: usize = 17;

/// A text of a vector: as it stands, or `begin`, then `fill` so many `times`, then `end`.
pub(crate) fn text_of(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => format!("{}{}{}", text(value, "begin"), text(value, "fill").repeat(times(value)), text(value, "end")),
    }
}

/// Lines of a vector: as they stand, or `said` so many `times`, each after the line before it.
pub(crate) fn lines_of(values: &Value) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for value in values.as_array().expect("lines") {
        match value.as_str() {
            Some(line) => lines.push(line.to_owned()),
            None => {
                (0..times(value)).for_each(|_| lines.push(again(lines.last().expect("a line"), text(value, "said"))));
            }
        }
    }
    lines
}

/// The same lines, short.
pub(crate) fn shortened(lines: &[String]) -> Value {
    let mut values: Vec<Value> = Vec::new();
    let follows = |before: &String, line: &String| *line == again(before, said(before));
    for same in lines.chunk_by(follows) {
        let (first, rest) = same.split_first().expect("a line at least");
        values.push(first.clone().into());
        if same.len() < SHORTENED_FROM {
            values.extend(rest.iter().map(|line| line.clone().into()));
        } else {
            values.push(json!({"said": said(first), "times": rest.len()}));
        }
    }
    values.into()
}

/// The line that says this behind a line.
pub(crate) fn again(before: &str, said: &str) -> String {
    let header = Header::parse(before.as_bytes()).expect("a header");
    let prev = Header::hash_line(before.as_bytes());
    let (log, epoch, seq) = (&header.log, header.epoch, header.seq + 1);
    format!("{{\"v\":1,\"log\":\"{log}\",\"ep\":{epoch},\"seq\":{seq},\"prev\":\"{prev}\",{said}}}")
}

/// The content of a line behind its place in the log; of a line that an author has written.
pub(crate) fn said(line: &str) -> &str {
    let begin = line.find("\"ts\":").expect("an author begins what it says with ts");
    &line[begin..line.len() - 1]
}

fn times(value: &Value) -> usize {
    usize::try_from(value["times"].as_u64().expect("a number")).expect("a length")
}

#[test]
fn lines_that_say_the_same_are_short_and_come_out_as_they_were() {
    let mut pen = crate::pen::Pen::new(crate::pen::LOG);
    for _ in 0..SHORTENED_FROM {
        pen.plain(hotline_protocol::entry::EntryType::Create);
    }
    pen.plain(hotline_protocol::entry::EntryType::Amend);
    let lines: Vec<String> = pen.lines.into_iter().map(|(line, _)| line).collect();
    let short = shortened(&lines);
    assert_eq!(short.as_array().map(Vec::len), Some(3));
    assert_eq!(lines_of(&short), lines);
}
