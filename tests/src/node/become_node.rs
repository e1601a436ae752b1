//! A test or benchmark binary that becomes a node: no other package's program is built for a test.

use std::path::PathBuf;
use std::process::ExitCode;

/// Where this environment variable is set, the process is a node and its arguments are a node's.
pub const BECOME_NODE: &str = "HOTLINE_BECOME_NODE";

/// The first act of every `main` that uses the harness: where the environment says so the process is the node's
/// program, and its exit code is given.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     if let Some(code) = hotline_tests::node::become_node::if_asked() {
///         return code;
///     }
///     std::process::ExitCode::SUCCESS
/// }
/// ```
#[must_use]
pub fn if_asked() -> Option<ExitCode> {
    std::env::var_os(BECOME_NODE).map(|_| hotline_node::cli::main())
}

/// Where this environment variable is set, nodes run the program that it names: a build of before, for one to be measured
/// against.
pub const NODE_PROGRAM: &str = "HOTLINE_NODE_PROGRAM";

/// This very program, to be started again as a node.
///
/// # Panics
/// Where the operating system does not name the running file.
#[must_use]
pub fn program() -> PathBuf {
    if let Some(program) = std::env::var_os(NODE_PROGRAM) {
        return program.into();
    }
    std::env::current_exe().expect("the operating system tells which file it runs")
}
