//! The node's account of itself: lines on standard error, and metrics.
//!
//! No URL, host, e-mail address or body text may reach a line of the log, at any level. Our own code keeps to that;
//! other crates do not know of it, and at low levels write requests, headers, names and statements. So they are capped
//! here, at any level that the operator sets: see `ceiling`.

use std::io;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use thiserror::Error;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::SetGlobalDefaultError;
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use super::config::section::{LogFormat, LogSection};

/// The level is no filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected off, error, warn, info, debug or trace, or a filter such as info,hotline_node::exchange=debug")]
pub struct LevelMalformed;

/// Why the node cannot tell of itself.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The log's level is no filter.
    #[error(transparent)]
    Level(#[from] LevelMalformed),
    /// Another log was installed in this process.
    #[error("a log is installed already")]
    Installed(#[from] SetGlobalDefaultError),
}

/// Checks an operator's text for the log's level.
pub fn check_level(level: &str) -> Result<(), LevelMalformed> {
    filter(level).map(drop)
}

/// Installs the log for the whole process, and the hook that writes a panic's place into it.
pub fn install_log(log: &LogSection) -> Result<(), TelemetryError> {
    tracing::subscriber::set_global_default(subscriber(log, io::stderr)?)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// The log as it is installed, on any writer.
pub fn subscriber<W>(log: &LogSection, writer: W) -> Result<Box<dyn Subscriber + Send + Sync>, LevelMalformed>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let capped = filter_fn(|metadata| *metadata.level() <= ceiling(metadata.target()));
    let filter = filter(&log.level)?.and(capped);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    let registry = tracing_subscriber::registry();
    Ok(match log.format {
        LogFormat::Text => Box::new(registry.with(lines.with_filter(filter))),
        LogFormat::Json => Box::new(registry.with(lines.json().with_filter(filter))),
    })
}

fn filter(level: &str) -> Result<EnvFilter, LevelMalformed> {
    // The parser would take a misspelt level for a target's name, and log nothing.
    let is_level = |part: &str| part.contains(['=', '[']) || (!part.is_empty() && part.parse::<LevelFilter>().is_ok());
    if !level.split(',').all(is_level) {
        return Err(LevelMalformed);
    }
    EnvFilter::builder().parse(level).map_err(|_| LevelMalformed)
}

/// Returns the most that a target may write: our own crates everything, others warnings. Nothing where even a warning
/// names the subject of a question (a resolver's host, a statement of the database).
fn ceiling(target: &str) -> LevelFilter {
    let within = |name: &str| target == name || target.starts_with(&format!("{name}::"));
    if ["hotline_node", "hotline_protocol", "hotline_tests"].into_iter().any(within) {
        LevelFilter::TRACE
    } else if target.starts_with("hickory") || within("sqlx::query") || within("sea_orm") {
        LevelFilter::OFF
    } else {
        LevelFilter::WARN
    }
}

/// A panic's text may hold the value that nobody expected, so only its place is written.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic.location().map_or(("unknown", 0), |place| (place.file(), place.line()));
    let thread = std::thread::current();
    tracing::error!(file, line, thread = thread.name().unwrap_or("unnamed"), "a panic: this is a fault of the program");
}

/// The process's metrics, to be rendered in Prometheus' text form: installed at the first call, the same for every
/// later one. Its `run_upkeep` wants to be called every few seconds, or samples pile up until somebody renders.
///
/// A label never holds a URL, a host or a person's name; a peer's id may stand there.
///
/// # Panics
/// Where something else in the process has installed a recorder.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("nothing else installs a recorder");
        handle
    };
    HANDLE.get_or_init(install).clone()
}

#[cfg(test)]
pub(crate) mod kept_lines;
#[cfg(test)]
mod tests;
