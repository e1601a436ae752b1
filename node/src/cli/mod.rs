//! The command line: one file a group of commands.
//!
//! Standard output holds the answer (a table, or with `--json` exactly one JSON document), standard error everything
//! else. A command works with and without a running node: it writes its transaction and leaves, and `serve` notices.
//! URLs are shown defanged unless `--reveal` is given, and a reveal is written to the audit trail.
//!
//! The parts: `exit` (exit codes), `output` (tables, times), `terminal` (questions, URLs), `acting_user` (the acting
//! user), `open` (configuration and database).

mod account;
mod alert;
mod audit;
mod completions;
mod config;
pub mod console;
mod demo;
mod doctor;
mod identity;
mod init;
mod locate;
mod log;
mod migrate;
mod open;
mod peer;
mod report;
mod serve;
mod statistics;
#[cfg(test)]
mod test_node;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use console::exit::CliError;
pub use open::open;

use super::storage::close_databases_after;

/// The whole command line.
#[derive(Parser, Debug)]
#[command(
    name = "hotline-node",
    version,
    about = "A national hotline's node: takes reports in, locates them, and exchanges them with other hotlines",
    after_help = "A node is made once and then served:\n  \
        hotline-node init --dir /var/lib/hotline --id fr-example --country FR --name \"Example hotline\"\n  \
        hotline-node --config /var/lib/hotline/config.toml serve\n\n\
        Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 75 try again, 78 faulty configuration."
)]
pub struct Cli {
    /// Arguments of every command.
    #[command(flatten)]
    pub globals: Globals,
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// Longest wait for work that a command has left on a thread of its own, such as reading from a terminal.
const LEFT_BEHIND: Duration = Duration::from_secs(5);

/// Arguments of every command.
#[derive(Args, Debug, Clone)]
pub struct Globals {
    /// The node's configuration
    #[arg(long, global = true, value_name = "FILE", env = "HOTLINE_CONFIG", default_value = "./config.toml")]
    pub config: PathBuf,
    /// Print one JSON document instead of a table
    #[arg(long, global = true)]
    pub json: bool,
}

/// The groups of commands.
#[derive(Subcommand, Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made in a process's life")]
pub enum Command {
    /// Make a new node: its folder, configuration, keys and database
    Init(init::InitArgs),
    /// Run the node until it is told to stop
    Serve(serve::ServeArgs),
    /// Run a federation of national nodes on this machine, on synthetic fixtures
    Demo(demo::DemoArgs),
    /// Check or show the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Examine files, clock, database, location data and peers; advice for each fault
    Doctor(doctor::DoctorArgs),
    /// Bring the database's tables to this version
    Migrate(migrate::MigrateArgs),
    /// This node's keys, and the card to give to other hotlines
    #[command(subcommand)]
    Identity(identity::IdentityCommand),
    /// The hotlines that exchange reports with this node
    #[command(subcommand)]
    Peer(peer::PeerCommand),
    /// Take reports in, look at them, act on them
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Find out where a server stands: country, network, evidence
    Locate(locate::LocateArgs),
    /// The replicated logs
    #[command(subcommand)]
    Log(log::LogCommand),
    /// The accounts with access to the office
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Conditions that need a person
    #[command(subcommand)]
    Alert(alert::AlertCommand),
    /// The record of all acts, with actor and time
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// The figures of a period
    Statistics(statistics::StatisticsArgs),
    /// Print a shell's completions
    Completions(completions::CompletionsArgs),
}

/// The program: reads the process's arguments, does the command, gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    finish(Cli::try_parse())
}

/// [`main`] with the arguments given, the program's name first: so a test can run itself as a node.
pub fn main_from(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    finish(Cli::try_parse_from(arguments))
}

fn finish(parsed: Result<Cli, clap::Error>) -> ExitCode {
    let cli = match parsed {
        Ok(cli) => cli,
        Err(refused) => {
            // There is nobody else to tell that the output is closed.
            let _ = refused.print();
            return ExitCode::from(u8::try_from(refused.exit_code()).unwrap_or(console::exit::USAGE));
        }
    };
    // A test that runs several nodes in one process has installed it already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return end(&CliError::file("the runtime cannot start", cause)),
    };
    let result = runtime.block_on(close_databases_after(run(cli)));
    runtime.shutdown_timeout(LEFT_BEHIND);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => end(&error),
    }
}

fn end(error: &CliError) -> ExitCode {
    console::output::tell(&format!("hotline-node: {error}"));
    ExitCode::from(error.exit_code())
}

/// Does one command.
pub async fn run(cli: Cli) -> Result<(), CliError> {
    let globals = &cli.globals;
    match cli.command {
        Command::Init(args) => init::run(args, globals).await,
        Command::Serve(args) => serve::run(args, globals).await,
        Command::Demo(args) => demo::run(args, globals).await,
        Command::Config(command) => config::run(&command, globals),
        Command::Doctor(args) => doctor::run(args, globals).await,
        Command::Migrate(args) => migrate::run(args, globals).await,
        Command::Identity(command) => identity::run(command, globals).await,
        Command::Peer(command) => peer::run(command, globals).await,
        Command::Report(command) => report::run(command, globals).await,
        Command::Locate(args) => locate::run(args, globals).await,
        Command::Log(command) => log::run(command, globals).await,
        Command::Account(command) => account::run(command, globals).await,
        Command::Alert(command) => alert::run(command, globals).await,
        Command::Audit(command) => audit::run(command, globals).await,
        Command::Statistics(args) => statistics::run(args, globals).await,
        Command::Completions(args) => completions::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_tree_of_commands_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_arguments_are_taken_behind_the_command_too() {
        let cli = Cli::try_parse_from(["hotline-node", "alert", "list", "--json", "--config", "a.toml"]);
        let globals = cli.expect("taken").globals;
        assert!(globals.json);
        assert_eq!(globals.config, PathBuf::from("a.toml"));
    }

    #[test]
    fn every_command_says_what_it_does() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            command.get_subcommands().for_each(check);
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {} has no help", command.get_name(), argument.get_id());
            }
        }
        check(&Cli::command());
    }
}
