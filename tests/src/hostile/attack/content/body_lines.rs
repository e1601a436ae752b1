//! Body lines made by hand.

use hotline_node::randomness::Randomness;

/// A body of a new salt with these further members, each with a comma before it.
pub(in super::super) fn body_line(members: &str) -> String {
    let salt = data_encoding::HEXLOWER.encode(&Randomness.bytes::<16>());
    format!(r#"{{"salt":"{salt}"{members}}}"#)
}

/// A body that says where a report is, and that it was found illegal.
pub(in super::super) fn report_line(url: &str) -> String {
    let url = serde_json::Value::from(url);
    let found = r#"{"by":"se-dogwood","law":"SE","at":1767323045,"assessment":"baseline","offence":"csam"}"#;
    body_line(&format!(r#","url":{url},"urgency":"routine","received_at":1767323045,"assessments":[{found}]"#))
}
