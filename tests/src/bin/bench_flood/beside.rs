//! The floods again and again, of this build and of one of before in turn: each run is a process of its own.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum as _;
use hotline_tests::node::become_node::NODE_PROGRAM;

use crate::Arguments;
use crate::figure::{Figure, median};

/// Measures both, and prints the medians.
pub(crate) fn measure(arguments: &Arguments) -> Result<()> {
    let (mut before, mut now) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        if let Some(program) = &arguments.before {
            before.push(once(arguments, Some(program))?);
        }
        now.push(once(arguments, None)?);
    }
    let first = now.first().context("it runs once at least")?;
    println!("medians of {} runs, {:?}", arguments.runs, arguments.database);
    for Figure { what, .. } in first {
        let of = |runs: &[Vec<Figure>]| {
            let values = runs.iter().flatten().filter(|figure| figure.what == *what).map(|figure| figure.value);
            median(values.collect())
        };
        if before.is_empty() {
            println!("{what:58} {:12.2}", of(&now));
        } else {
            println!("{what:58} before {:12.2}   now {:12.2}", of(&before), of(&now));
        }
    }
    Ok(())
}

fn once(arguments: &Arguments, program: Option<&Path>) -> Result<Vec<Figure>> {
    let mut command = Command::new(std::env::current_exe()?);
    let database = arguments.database.to_possible_value().context("every value has a name")?;
    command.args(["--floods", "--json", "--database", database.get_name()]);
    if let Some(program) = program {
        command.env(NODE_PROGRAM, program);
    }
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "a run ended with {}: {said}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
