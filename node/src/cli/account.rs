//! `account`: the accounts with access to the office.

use clap::{Args, Subcommand, ValueEnum};
use hotline_protocol::id::NodeId;
use serde::Serialize;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{fields, or_dash, show, table, tell};
use super::console::{Confirmation, acting_user};
use super::open::open;
use crate::access::account::{
    Account, AccountError, AccountName, Invited, LastAdmin, Manager, Role, RoleName, accounts, add_account,
    disable_account, enable_account, reset_account,
};
use crate::access::act::ActOrigin;
use crate::clock::time_of_micros;
use crate::config::value::OwnUrl;

/// Commands on accounts.
#[derive(Subcommand, Debug)]
pub enum AccountCommand {
    /// Make an account, and show the one-time link for its owner to begin with
    Add(AddArgs),
    /// Show every account
    List,
    /// Keep an account's owner out, at once, also where he is signed in
    Disable(DisableArgs),
    /// Let the owner of a disabled account sign in again
    Enable(NameArgs),
    /// Show a new one-time link; the account's password, authenticator and sessions end
    Reset(NameArgs),
}

/// The account, and its owner's role.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  hotline-node account add duty-analyst --role analyst\n  \
    hotline-node account add nl.desk --role partner --peer nl-example\n\n\
    Give the link to its owner alone; it works once, for 72 hours.")]
pub struct AddArgs {
    /// The name to sign in with: 1 to 64 of a-z, 0-9, '.', '-', '_'
    name: AccountName,
    /// The role of its owner
    #[arg(long, value_enum)]
    role: RoleName,
    /// For a partner: the peer; the partner sees that peer's exchange with this node
    #[arg(long, value_name = "ID", required_if_eq("role", "partner"))]
    peer: Option<NodeId>,
}

/// The account.
#[derive(Args, Debug)]
pub struct NameArgs {
    /// Its name
    name: AccountName,
}

/// The account, and the confirmation.
#[derive(Args, Debug)]
pub struct DisableArgs {
    /// Its name
    name: AccountName,
    /// Confirmation, asked for of the last active administrator alone.
    #[command(flatten)]
    confirmation: Confirmation,
}

impl ValueEnum for RoleName {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let help = match self {
            Self::Admin => "runs the node: accounts, alerts, what is stuck; never sees a URL",
            Self::Analyst => "works on reports",
            Self::Partner => "a peer's person: sees the exchange with that peer",
            Self::Auditor => "sees the audit trail and the figures",
        };
        Some(clap::builder::PossibleValue::new(self.code()).help(help))
    }
}

/// An account as it is shown.
#[derive(Serialize)]
struct AccountView {
    name: String,
    role: &'static str,
    peer: Option<NodeId>,
    state: &'static str,
    added_at: Option<String>,
    signed_in_at: Option<String>,
    link_ends_at: Option<String>,
}

/// An account with its one-time link.
#[derive(Serialize)]
struct InvitedView {
    #[serde(flatten)]
    account: AccountView,
    link: String,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            name: account.name.to_string(),
            role: account.role.name().code(),
            peer: account.role.peer().cloned(),
            state: account.state.code(),
            added_at: time_of_micros(account.added_at),
            signed_in_at: account.signed_in_at.and_then(time_of_micros),
            link_ends_at: account.link_ends_at().and_then(time_of_micros),
        }
    }
}

pub(super) async fn run(command: AccountCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        AccountCommand::Add(args) => add(args, globals).await,
        AccountCommand::List => list(globals).await,
        AccountCommand::Disable(args) => disable(args, globals).await,
        AccountCommand::Enable(args) => enable(args, globals).await,
        AccountCommand::Reset(args) => reset(args, globals).await,
    }
}

async fn add(args: AddArgs, globals: &Globals) -> Result<(), CliError> {
    let role = Role::new(args.role, args.peer)
        .ok_or_else(|| CliError::Usage("--peer is for --role partner, and for no other".into()))?;
    let (config, context) = open(&globals.config).await?;
    let who = acting_user();
    let invited = add_account(&context, by(&who), args.name, role).await?;
    show_invited(globals, &config.office_url(), &invited)
}

async fn reset(args: NameArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let who = acting_user();
    let invited = reset_account(&context, by(&who), &args.name).await?;
    show_invited(globals, &config.office_url(), &invited)
}

async fn list(globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let views: Vec<AccountView> = accounts(&context).await?.iter().map(AccountView::from).collect();
    show(globals, &views, |views| {
        let rows = views.iter().map(|view| {
            vec![
                view.name.clone(),
                view.role.to_owned(),
                or_dash(view.peer.as_ref()),
                view.state.to_owned(),
                or_dash(view.signed_in_at.as_ref()),
                or_dash(view.link_ends_at.as_ref()),
            ]
        });
        let nothing = "Nobody has an account; begin with: hotline-node account add NAME --role admin";
        table(&["name", "role", "peer", "state", "signed in", "link ends"], rows, nothing)
    })
}

/// Asks only if nobody would be left to manage accounts in the pages.
async fn disable(args: DisableArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let who = acting_user();
    let disabled = match disable_account(&context, by(&who), &args.name, LastAdmin::Stays).await {
        Err(AccountError::LastAdmin(name)) => {
            args.confirmation.ask(&format!(
                "{name} is the last active administrator: without another one, accounts are managed on the command line \
                 alone. Go on?"
            ))?;
            disable_account(&context, by(&who), &name, LastAdmin::May).await?
        }
        disabled => disabled?,
    };
    show(globals, &AccountView::from(&disabled), |view| format!("{} is disabled; whoever was in is out.", view.name))
}

async fn enable(args: NameArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let who = acting_user();
    let enabled = enable_account(&context, by(&who), &args.name).await?;
    show(globals, &AccountView::from(&enabled), |view| match view.link_ends_at {
        None if view.state == "invited" => {
            format!("{0} never began; give a new link: hotline-node account reset {0}", view.name)
        }
        _ => format!("{} is {}.", view.name, view.state),
    })
}

const fn by(who: &str) -> Manager<'_> {
    Manager { who, origin: ActOrigin::Cli }
}

fn show_invited(globals: &Globals, office: &OwnUrl, invited: &Invited) -> Result<(), CliError> {
    let account = AccountView::from(&invited.account);
    let view = InvitedView { account, link: invited.token.link(office) };
    tell("Give the link to the account's owner alone, by a safe way: whoever has it is in. It is not shown again.");
    show(globals, &view, |view| {
        fields(&[
            ("account", view.account.name.clone()),
            ("role", view.account.role.to_owned()),
            ("peer", or_dash(view.account.peer.as_ref())),
            ("link", view.link.clone()),
            ("link ends", or_dash(view.account.link_ends_at.as_ref())),
        ])
    })
}
