//! Records as JSON: their own keys, seconds since 1970 replaced by RFC 3339.

use hotline_protocol::entry::{ActionRecord, AssessmentRecord, HostingRecord, LocationRecord};
use serde::Serialize;
use serde_json::Value;

use crate::clock::time_of_seconds;
use crate::report::lifecycle::PastCase;
use crate::report::view::detail::Informed;
use crate::report::view::reveal::Urls;

/// Whether a key of a record holds a time.
pub(super) fn is_time(key: &str) -> bool {
    key == "at" || key.ends_with("_at") || matches!(key, "last_seen_online" | "first_seen_offline")
}

pub(in crate::report) fn assessment(record: &AssessmentRecord) -> Value {
    with_times(record)
}

pub(in crate::report) fn action(record: &ActionRecord) -> Value {
    with_times(record)
}

pub(super) fn informed(record: &Informed) -> Value {
    with_times(record)
}

pub(super) fn past(record: &PastCase) -> Value {
    with_times(record)
}

/// The address leads to the content, so it is left out where URLs are.
pub(super) fn finding(record: &HostingRecord, urls: Urls<'_>) -> Value {
    let mut value = with_times(record);
    if !urls.are_shown()
        && let Some(fields) = value.as_object_mut()
    {
        fields.remove("ip");
    }
    value
}

/// As [`finding`], for each witness.
pub(super) fn decision(record: &LocationRecord, urls: Urls<'_>) -> Value {
    let mut value = with_times(record);
    let witnesses = value.get_mut("witnesses").and_then(Value::as_array_mut).into_iter().flatten();
    for witness in witnesses.filter_map(Value::as_object_mut).filter(|_| !urls.are_shown()) {
        witness.remove("ips");
    }
    value
}

fn with_times<T: Serialize>(record: &T) -> Value {
    let mut value = serde_json::to_value(record).expect("text, numbers and lists always serialise");
    if let Some(fields) = value.as_object_mut() {
        for (_, time) in fields.iter_mut().filter(|(key, value)| is_time(key) && value.is_number()) {
            *time = time.as_i64().and_then(time_of_seconds).into();
        }
    }
    value
}
