//! `log open-epoch`: this node's log goes on in a new epoch.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};
use serde::Serialize;

use super::copies::{Copies, compare_with_peers, last_that_counts};
use super::left_behind::{self, ReportView};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{fields, or_dash, show, tell};
use crate::cli::console::{acting_user, check_remark};
use crate::cli::identity::issued_chain;
use crate::cli::open::open;
use crate::context::Context;
use crate::exchange::log::epoch::{epochs_of, good_places, insert_lost, open_epoch, reports_left_behind};
use crate::exchange::log::hash_at;
use crate::exchange::log::seal::HighWater;
use crate::exchange::rotation::{NewKeys, put_keys_in_place};
use crate::plural::counted;
use crate::report::head;
use crate::trust::Authority;
use crate::trust::own::{Identity, forget_request};
use crate::trust::peer::load_keys;

/// How the log goes on.
#[derive(Args, Debug)]
#[command(
    after_help = "For a log that contradicts itself (a copy of this node has signed), whose end is lost, or that a \
    thief can sign. Peers are asked how far their copies agree; what stands after the last entry that none contradicts \
    counts for nothing, and what this node has of it is said again. Put back the newest backup first: what neither it \
    nor the node has is lost.\n\nAfter a theft, with --new-keys: the other hotlines take the new card \
    (hotline-node identity card) with peer add --replace, after a telephone call."
)]
pub struct OpenEpochArgs {
    /// This node's id, to say that it is meant
    #[arg(long, value_name = "ID")]
    confirm: NodeId,
    /// Go on with a new signing key and a new TLS key; peers know them by a new card alone
    #[arg(long)]
    new_keys: bool,
    /// With new keys: the certificates issued for the request (PEM) by the federation's authority, where there is one
    #[arg(long, value_name = "FILE", requires = "new_keys")]
    certificate: Option<PathBuf>,
    /// No entry after this one counts: 1.250 is entry 250 of epoch 1, and 250 one of the newest epoch
    #[arg(long, value_name = "[EPOCH.]SEQ")]
    last_good: Option<LastGood>,
    /// Go on in an epoch beyond this one too; another hotline says that its copy has it
    #[arg(long, value_name = "EPOCH", default_value_t = 0)]
    beyond_epoch: u64,
    /// Do not ask this hotline: its copy is not to be followed
    #[arg(long, value_name = "ID")]
    without: Vec<NodeId>,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// The last entry that an operator trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LastGood {
    /// The newest where none is given.
    epoch: Option<u64>,
    seq: u64,
}

impl FromStr for LastGood {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number =
            |text: &str| text.parse::<u64>().map_err(|_| "an entry is named as 250, or as 1.250 with its epoch");
        match text.split_once('.') {
            Some((epoch, seq)) => Ok(Self { epoch: Some(number(epoch)?), seq: number(seq)? }),
            None => Ok(Self { epoch: None, seq: number(text)? }),
        }
    }
}

/// The opened epoch, as JSON shows it.
#[derive(Debug, Serialize)]
struct EpochView {
    epoch: u64,
    from: Cursor,
    said_again: u64,
    signing_key_id: Option<Hash>,
    not_asked: Vec<NodeId>,
    /// Reports with something lost to this node, as `log left-behind` lists them.
    left_behind: Vec<ReportView>,
}

pub(super) async fn run(args: OpenEpochArgs, globals: &Globals) -> Result<(), CliError> {
    let reason = args.reason.unwrap_or_default();
    check_remark("--reason", &reason)?;
    let (config, context) = open(&globals.config).await?;
    if args.confirm != context.own {
        return Err(CliError::refused(format!(
            "this node is {}, not {}: nothing was done; name it with --confirm to say that it is meant",
            context.own, args.confirm
        )));
    }
    let identity = Identity::load(&config.keys, &context.own).map_err(|error| CliError::refused(error.to_string()))?;
    let authority = Authority::open(&config.authority, context.clock.unix_seconds())?;
    let issued = if args.new_keys { issued_chain(args.certificate.as_deref(), authority.as_deref())? } else { None };
    let newest = head(context.database.read(), &context.own).await?.epoch;
    let last_good = args.last_good.map(|last| Position { epoch: last.epoch.unwrap_or(newest), seq: last.seq });
    if let Some(last) = last_good
        && !is_here(&context, last).await?
    {
        return Err(CliError::refused(format!(
            "there is no entry {} of epoch {} here, and nothing was done; see hotline-node log head",
            last.seq, last.epoch
        )));
    }
    let places = good_places(&context, &context.own, last_good).await?;
    let peers = compare_with_peers(&config, &context, (&identity, authority.clone()), &places, &args.without).await?;
    let from = last_that_counts(&context, &places[..peers.agreed]).await?;
    if !args.new_keys {
        check_key_goes_on(&context, from.position()).await?;
    }
    let used = HighWater::in_folder(&config.folder)
        .read()?
        .map_or(0, |signed| signed.epoch)
        .max(peers.epoch)
        .max(args.beyond_epoch);
    let new_keys = if args.new_keys {
        Some(NewKeys::make(&context, &config.keys, issued.as_deref(), authority.as_deref()).await?)
    } else {
        None
    };
    let opened = record(&context, &identity, new_keys.as_ref(), (&from, used), &peers, &reason).await;
    let mut view = match (opened, &new_keys) {
        (Ok(view), _) => view,
        (Err(error), Some(keys)) => {
            // Why nothing was opened is told in any case; while nobody can tell, the files stay.
            if let Err(left) = keys.discard(&context, &config.keys).await {
                tell(&format!("the files of the new keys are left in the keys folder ({left})"));
            }
            return Err(error);
        }
        (Err(error), None) => return Err(error),
    };
    if new_keys.is_some()
        && let Err(error) = put_keys_in_place(&context, &config.keys).await
    {
        // The epoch is open: the serving node, or its next start, moves the keys as the database says.
        tell(&format!("the new keys are not in their places yet ({error}); the node puts them there when it serves"));
    }
    if issued.is_some() {
        forget_request(&config.keys).map_err(|error| CliError::refused(error.to_string()))?;
    }
    view.not_asked = peers.not_asked;
    let left = reports_left_behind(&context, context.database.read(), Some(&context.own), None).await?;
    view.left_behind = left.into_iter().map(|left| ReportView::of(left, context.own.seat())).collect();
    if !view.left_behind.is_empty() {
        tell(&format!(
            "Of {} something is lost to this node; ask the hotlines that have it (later again: hotline-node log \
             left-behind):\n{}",
            counted(view.left_behind.len(), "report"),
            left_behind::for_people(&view.left_behind)
        ));
    }
    tell(if args.new_keys {
        "The log goes on under new keys. Give every other hotline the new card (hotline-node identity card): it takes it \
         with peer add --replace, after a telephone call."
    } else {
        "The log goes on; a node that serves signs within a second, and peers follow by themselves."
    });
    show(globals, &view, for_people)
}

/// The database is changed in one transaction; a node that serves notices.
async fn record(
    context: &Context,
    identity: &Identity,
    new_keys: Option<&NewKeys>,
    (from, used): (&Cursor, u64),
    peers: &Copies,
    reason: &str,
) -> Result<EpochView, CliError> {
    let write = context.database.write("open_epoch").await?;
    insert_lost(&*write, &peers.lost).await?;
    let opened = open_epoch(context, &write, from, used, new_keys.is_none()).await?;
    if let Some(keys) = new_keys {
        let first = Position { epoch: opened.epoch, seq: 1 };
        keys.take_into_use(context, &write, identity, from.position(), first).await?;
    }
    let keys = if new_keys.is_some() { " with new keys" } else { "" };
    let what = format!("epoch {} after entry {} of epoch {}{keys} {reason}", opened.epoch, from.seq, from.epoch);
    let who = acting_user();
    let act = Act { who: &who, act: "open_epoch", what: what.trim_end().to_owned(), origin: ActOrigin::Cli };
    record_act(&write, &context.clock, act).await?;
    write.commit().await?;
    Ok(EpochView {
        epoch: opened.epoch,
        from: opened.from,
        said_again: opened.said_again,
        signing_key_id: new_keys.map(NewKeys::signing_key_id),
        not_asked: Vec::new(),
        left_behind: Vec::new(),
    })
}

/// Whether an entry stands there; before the first one of an epoch that was opened, too.
async fn is_here(context: &Context, place: Position) -> Result<bool, CliError> {
    let connection = context.database.read();
    let has_epoch = epochs_of(connection, &context.own).await?.contains(&place.epoch);
    Ok(has_epoch && hash_at(connection, &context.own, place).await?.is_some())
}

/// A peer that has nothing beyond `last` does not know a key that was switched to after it.
async fn check_key_goes_on(context: &Context, last: Position) -> Result<(), CliError> {
    let keys = load_keys(context.database.read(), &context.own).await?;
    let first_beyond = Position { seq: last.seq.max(1), ..last };
    if keys.keys().iter().any(|bound| !bound.revoked && bound.from > first_beyond) {
        return Err(CliError::refused(
            "the signing key was exchanged after the last entry that counts, so peers cannot know the present one: add \
             --new-keys, and give every other hotline the new card",
        ));
    }
    Ok(())
}

fn for_people(view: &EpochView) -> String {
    let names: Vec<&str> = view.not_asked.iter().map(NodeId::as_str).collect();
    fields(&[
        ("epoch", view.epoch.to_string()),
        ("goes on after", format!("entry {} of epoch {}", view.from.seq, view.from.epoch)),
        ("said again", view.said_again.to_string()),
        ("new signing key", or_dash(view.signing_key_id.as_ref())),
        ("not asked", if names.is_empty() { "-".to_owned() } else { names.join(", ") }),
    ])
}
