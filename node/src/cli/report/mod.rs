//! `report`: take reports in, look at them, act on them.

mod accept;
mod act;
mod assess;
mod find;
mod import;
mod list;
pub(super) mod print;
mod reclaim;
mod record;
mod refuse;
mod resume;
mod show;
mod submit;
mod transfer;
mod withdraw;

#[cfg(test)]
mod tests;

pub(super) use act::status_of;
use clap::{Args, Subcommand};

use super::Globals;
use super::console::exit::CliError;

/// Commands on reports.
#[derive(Subcommand, Debug)]
pub enum ReportCommand {
    /// Take one URL in; with an assessment it is located and routed at once
    Submit(submit::SubmitArgs),
    /// Take in the rows of a file of comma-separated values, each once
    Import(import::ImportArgs),
    /// Show the reports that are here, newest first
    List(list::ListArgs),
    /// Show everything that this node may see of a report
    Show(show::ShowArgs),
    /// Look for a URL, a reference or a number: here, and in the federation's digests
    Find(find::FindArgs),
    /// Record an analyst's finding; an illegal report is located and routed at once
    Assess(assess::AssessArgs),
    /// Record an action on a report that this hotline holds
    Act(act::ActArgs),
    /// Take over a report that is offered to this hotline
    Accept(accept::AcceptArgs),
    /// Do not take over a report that is offered to this hotline
    Refuse(refuse::RefuseArgs),
    /// Take back an offer, or a report with a holder that is gone, and offer it elsewhere
    Resume(resume::ResumeArgs),
    /// Take a report back from a hotline that accepted it and says nothing of it
    Reclaim(reclaim::ReclaimArgs),
    /// Offer a report that this hotline holds to another one
    Transfer(transfer::TransferArgs),
    /// Take a report of this hotline back for good
    Withdraw(withdraw::WithdrawArgs),
}

/// The report.
#[derive(Args, Debug, Clone)]
pub(super) struct ReportName {
    /// The report's id (fr-example/0198…) or this node's own number (FR-2026-0001234)
    #[arg(value_name = "ID")]
    pub name: String,
}

pub(super) async fn run(command: ReportCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        ReportCommand::Submit(args) => submit::run(args, globals).await,
        ReportCommand::Import(args) => import::run(args, globals).await,
        ReportCommand::List(args) => list::run(args, globals).await,
        ReportCommand::Show(args) => show::run(args, globals).await,
        ReportCommand::Find(args) => find::run(args, globals).await,
        ReportCommand::Assess(args) => Box::pin(assess::run(args, globals)).await,
        ReportCommand::Act(args) => act::run(args, globals).await,
        ReportCommand::Accept(args) => accept::run(args, globals).await,
        ReportCommand::Refuse(args) => refuse::run(args, globals).await,
        ReportCommand::Resume(args) => resume::run(args, globals).await,
        ReportCommand::Reclaim(args) => reclaim::run(args, globals).await,
        ReportCommand::Transfer(args) => transfer::run(args, globals).await,
        ReportCommand::Withdraw(args) => withdraw::run(args, globals).await,
    }
}
