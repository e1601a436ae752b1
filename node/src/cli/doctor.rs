//! `doctor`: the list of checks, with advice for each fault. A node that serves is asked for its own list too.

use clap::Args;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{show, table};
use super::open::open;
use crate::clock::Clock;
use crate::config::Config;
use crate::health::{
    Check, House, Status, ask_serving, examine_closely, examine_files, examine_network, examine_node, serving,
    unreadable, worse_of_both,
};
use crate::plural::counted;

/// `doctor` takes nothing.
#[derive(Args, Debug)]
#[command(after_help = "Changes nothing. Exit code 1 if there is a fault; warnings alone end with 0.")]
pub struct DoctorArgs {}

pub(super) async fn run(_args: DoctorArgs, globals: &Globals) -> Result<(), CliError> {
    let config = Config::load(&globals.config)?;
    let clock = Clock::system();
    let house = House { config: &config, clock: &clock, running: None };
    let mut checks = examine_files(&house);
    checks.extend(examine_network(&house).await);
    match open(&globals.config).await {
        Ok((_, context)) => {
            let closely = examine_closely(&context).await;
            let node = examine_node(&house, &context).await;
            checks.extend(worse_of_both(node, closely));
        }
        // Each key file has a check of its own.
        Err(CliError::Secret(_)) => {}
        Err(error) => checks.push(unreadable(&error)),
    }
    let served = ask_serving(&config.node.id, config.operations.listen).await;
    checks.push(serving(served.as_ref()));
    let checks = worse_of_both(checks, served.map(|served| served.checks).unwrap_or_default());
    show(globals, &checks, |checks| for_people(checks))?;
    match checks.iter().filter(|check| check.status == Status::Fault).count() {
        0 => Ok(()),
        faults => Err(CliError::refused(format!("{faults} of {} found a fault", counted(checks.len(), "check")))),
    }
}

fn for_people(checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        let status = match check.status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Fault => "FAULT",
        };
        vec![check.name.clone(), status.into(), check.text.clone(), check.advice.clone().unwrap_or_default()]
    });
    table(&["check", "status", "found", "advice"], rows, "Nothing was checked.")
}
