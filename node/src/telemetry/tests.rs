//! Content that reaches the log, and content that never does.

use super::kept_lines::KeptLines;
use super::{check_level, log_panic, metrics, subscriber};
use crate::config::section::{LogFormat, LogSection};

fn logged(level: &str, format: LogFormat, act: impl FnOnce()) -> String {
    let lines = KeptLines::default();
    let kept = lines.clone();
    let log = LogSection { level: level.into(), format };
    let subscriber = subscriber(&log, move || kept.clone()).expect("a filter");
    tracing::subscriber::with_default(subscriber, act);
    lines.take()
}

macro_rules! at_every_level {
    ($target:literal) => {{
        tracing::trace!(target: $target, "trace");
        tracing::debug!(target: $target, "debug");
        tracing::info!(target: $target, "info");
        tracing::warn!(target: $target, "warn");
        tracing::error!(target: $target, "error");
    }};
}

#[test]
fn our_own_crates_write_what_the_operator_sets() {
    let all = logged("trace", LogFormat::Text, || at_every_level!("hotline_node::exchange"));
    assert_eq!(all.lines().count(), 5);
    let some = logged("warn,hotline_node::exchange=debug", LogFormat::Text, || {
        at_every_level!("hotline_node::exchange");
        at_every_level!("hotline_node::intake");
    });
    assert_eq!(some.lines().count(), 4 + 2);
}

#[test]
fn other_crates_never_write_below_a_warning() {
    let level = "trace,hyper=trace,reqwest=trace,sqlx=trace,rustls=trace,tower_http=trace,hotline_nodes=trace";
    let lines = logged(level, LogFormat::Text, || {
        at_every_level!("hyper::proto");
        at_every_level!("hyper_util::client");
        at_every_level!("h2::codec");
        at_every_level!("reqwest::connect");
        at_every_level!("rustls::client");
        at_every_level!("tower_http::trace");
        at_every_level!("hotline_nodes");
    });
    assert_eq!(lines.lines().count(), 7 * 2);
    assert!(lines.lines().all(|line| line.contains(" WARN ") || line.contains(" ERROR ")), "{lines}");
}

#[test]
fn what_names_hosts_or_statements_writes_nothing() {
    let lines = logged("trace,hickory_resolver=trace", LogFormat::Text, || {
        at_every_level!("hickory_resolver::lookup");
        at_every_level!("hickory_proto::xfer");
        at_every_level!("sqlx::query");
        at_every_level!("sea_orm");
    });
    assert_eq!(lines, "");
}

#[test]
fn a_line_in_json_is_one_document() {
    let lines = logged("info", LogFormat::Json, || {
        tracing::info!(target: "hotline_node::exchange", peer = "fr-example", "greeted");
    });
    let line: serde_json::Value = serde_json::from_str(lines.trim_end()).expect("one document");
    assert_eq!(line["fields"]["peer"], "fr-example");
}

#[test]
fn no_object_of_a_line_in_json_has_a_key_twice() {
    let lines = logged("info", LogFormat::Json, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let tasks = crate::shutdown::Tasks::new();
            tasks.spawn("sealer", async |_| tracing::info!(target: "hotline_node::exchange", "sealed"));
            tasks.stop(std::time::Duration::from_secs(9)).await
        });
    });
    let span = lines.split("\"span\":{").nth(1).and_then(|rest| rest.split('}').next()).expect("a span");
    let mut keys: Vec<&str> = span.split(',').filter_map(|part| part.split(':').next()).collect();
    assert!(span.contains("\"task\":\"sealer\""), "{lines}");
    keys.sort_unstable();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all, "{lines}");
}

#[test]
fn a_panics_text_stays_out_of_the_log() {
    let lines = logged("info", LogFormat::Text, || {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let caught = std::panic::catch_unwind(|| panic!("https://host.example/item/1"));
        std::panic::set_hook(before);
        caught.expect_err("it panicked");
    });
    assert!(lines.contains("telemetry/tests.rs"), "{lines}");
    assert!(!lines.contains("host.example"), "{lines}");
}

#[test]
fn a_misspelt_level_is_refused() {
    for level in ["info", "off", "info,hotline_node::exchange=debug", "WARN"] {
        assert_eq!(check_level(level), Ok(()), "{level}");
    }
    for level in ["", "loud", "warning", "info,hotline_node=loud", "info,,warn"] {
        check_level(level).expect_err(level);
    }
}

#[test]
fn metrics_are_installed_once_and_rendered() {
    let first = metrics();
    metrics::counter!("hotline_test_total").increment(2);
    assert!(first.render().contains("hotline_test_total 2"));
    assert_eq!(metrics().render(), first.render());
}
