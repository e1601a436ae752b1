//! The node's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    hotline_node::cli::main()
}
