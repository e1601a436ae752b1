//! `config`: whether the configuration can be used, and what is in force.

use clap::Subcommand;
use serde::Serialize;

use super::Globals;
use super::exit::CliError;
use super::locate::open_geolocator;
use super::output::{show, tell};
use crate::clock::Clock;
use crate::config::{Config, ConfigFault};
use crate::trust::Authority;

/// What can be done with the configuration.
#[derive(Subcommand, Debug)]
pub enum ConfigCommand {
    /// Name every fault with its key; exit code 78 if there is one
    Check,
    /// Show every key with the value in force; secrets are hidden
    Show,
}

/// What `config check` found.
#[derive(Serialize)]
struct CheckView<'a> {
    ok: bool,
    faults: &'a [ConfigFault],
}

pub(super) fn run(command: &ConfigCommand, globals: &Globals) -> Result<(), CliError> {
    let loaded = Config::load(&globals.config).and_then(|config| {
        Authority::open(&config.authority)?;
        let geolocator = open_geolocator(&config)?;
        for warning in geolocator.warnings(Clock::system().now()) {
            tell(&format!("warning: {warning}"));
        }
        Ok(config)
    });
    match command {
        ConfigCommand::Check => {
            let faults = loaded.as_ref().err().map_or(&[][..], |faults| faults.faults());
            if globals.json || faults.is_empty() {
                let view = CheckView { ok: faults.is_empty(), faults };
                show(globals, &view, |_| format!("{} can be used.", globals.config.display()))?;
            }
            loaded.map(drop).map_err(CliError::from)
        }
        ConfigCommand::Show => {
            let shown = loaded?.show();
            show(globals, &shown, ToString::to_string)
        }
    }
}
