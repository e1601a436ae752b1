//! Tests as sentences: the names of functions, listed by topic, each with a runtime of its own.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write as _;
use std::time::Instant;

use libtest_mimic::{Failed, Trial};

use crate::node::database::Store;

/// A test of `topic` on one store.
pub fn on_store<F, R>(topic: &str, sentence: &str, store: &Store, test: F) -> Trial
where
    F: FnOnce(Store) -> R + Send + 'static,
    R: Future<Output = anyhow::Result<()>>,
{
    let store = store.clone();
    let name = format!("{topic}::{sentence}");
    let kind = store.to_string();
    let timed = format!("{name} ({kind})");
    Trial::test(name, move || took(&timed, || block_on(test(store)))).with_kind(kind)
}

/// A test of `topic` that needs no node.
pub fn plain<F>(topic: &str, sentence: &str, test: F) -> Trial
where
    F: FnOnce() -> anyhow::Result<()> + Send + 'static,
{
    let name = format!("{topic}::{sentence}");
    Trial::test(name.clone(), move || took(&name, || test().map_err(shown)))
}

/// Runs a test. With `HOTLINE_TIMES=FILE`, a line of that file says how long it took: seconds and name.
fn took<T>(name: &str, test: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = test();
    if let Some(file) = std::env::var_os("HOTLINE_TIMES") {
        let line = format!("{:7.1} {name}\n", began.elapsed().as_secs_f64());
        let written =
            OpenOptions::new().create(true).append(true).open(file).and_then(|mut it| it.write_all(line.as_bytes()));
        if let Err(error) = written {
            eprintln!("how long {name} took cannot be written: {error}");
        }
    }
    result
}

fn block_on(test: impl Future<Output = anyhow::Result<()>>) -> Result<(), Failed> {
    // Every test of the process may be the first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(test).map_err(shown)
}

/// The error and its causes, a line each.
#[expect(clippy::needless_pass_by_value, reason = "it stands in a `map_err`")]
fn shown(error: anyhow::Error) -> Failed {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join("\n  because: ").into()
}

/// The trials of a topic on one store, named by their functions.
#[macro_export]
macro_rules! sentences {
    ($topic:literal, $store:expr, [$($test:ident),+ $(,)?]) => {
        vec![$($crate::trial::on_store($topic, stringify!($test), $store, $test)),+]
    };
}
