//! `log head`.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use serde::Serialize;

use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, table};
use crate::cli::open::open;
use crate::exchange::log::{heads, signed_head};
use crate::trust::peer::{PeerStanding, peers};

/// Where a log ends here.
#[derive(Serialize)]
struct HeadView {
    epoch: u64,
    seq: u64,
    hash: Hash,
}

pub(super) async fn run(globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let mut known = heads(context.database.read()).await?;
    // A log without entries is shown, too: nodes that hold the same then show the same.
    let members = peers(context.database.read()).await?;
    let kept = members.into_iter().filter(|peer| peer.standing != PeerStanding::Removed).map(|peer| peer.id);
    for log in kept {
        known.entry(log).or_insert((Cursor::START, 0));
    }
    let view = |head: Cursor| HeadView { epoch: head.epoch, seq: head.seq, hash: head.hash };
    // Unsigned entries are the log's open end: nobody else can have them.
    known.insert(context.own.clone(), (signed_head(context.database.read(), &context.own).await?, 0));
    let views: BTreeMap<NodeId, HeadView> = known.into_iter().map(|(log, (head, _))| (log, view(head))).collect();
    show(globals, &views, |views| {
        let row = |(log, head): (&NodeId, &HeadView)| {
            vec![log.to_string(), head.epoch.to_string(), head.seq.to_string(), head.hash.to_string()]
        };
        table(&["log", "epoch", "entries", "hash of the last"], views.iter().map(row), "")
    })
}
