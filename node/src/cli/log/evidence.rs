//! `log evidence`: the proof that an author has signed two entries under one place of its log.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use hotline_protocol::bytes::Hash;
use hotline_protocol::card::VerifiedCard;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{FORK_BYTES_LIMIT, ForkProof};
use serde::Serialize;

use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{print, show, tell};
use crate::cli::open::open;
use crate::cli::peer::read_card;
use crate::exchange::log::LogError;
use crate::exchange::log::fork::{KeptFork, kept_forks, standing_forks};
use crate::trust::peer::load_keys;

/// The proof.
#[derive(Args, Debug)]
#[command(after_help = "What is printed is verified with nothing but the author's card:\n  \
    hotline-node log evidence nl-example > nl-example.fork\n  \
    hotline-node log evidence --verify nl-example.fork --card nl-example.card")]
pub struct EvidenceArgs {
    /// The log's author
    #[arg(value_name = "ID", required_unless_present = "verify")]
    log: Option<NodeId>,
    /// Of this epoch; of the newest that has one if absent
    #[arg(long, value_name = "EPOCH")]
    epoch: Option<u64>,
    /// Verify a proof that somebody gave; - reads it from standard input
    #[arg(long, value_name = "FILE", requires = "card", conflicts_with_all = ["log", "epoch"])]
    verify: Option<PathBuf>,
    /// The author's card
    #[arg(long, value_name = "CARD_FILE", requires = "verify")]
    card: Option<PathBuf>,
}

/// A proof, as JSON shows it.
#[derive(Debug, Serialize)]
struct EvidenceView {
    log: NodeId,
    network: Network,
    epoch: u64,
    seq: u64,
    hashes: [Hash; 2],
    checkpoints: [String; 2],
    headers: Vec<String>,
    /// As it goes over the wire.
    proof: String,
    /// The facts of a kept proof; absent for one that was only verified.
    #[serde(flatten)]
    kept: Option<KeptView>,
}

#[derive(Debug, Serialize)]
struct KeptView {
    told_by: NodeId,
    /// Microseconds since 1970.
    found_at: i64,
    /// Whether the log stands still for it here.
    stands: bool,
}

impl EvidenceView {
    fn of(network: Network, proof: &ForkProof, kept: Option<KeptView>) -> Self {
        Self {
            log: proof.log().clone(),
            network,
            epoch: proof.place().epoch,
            seq: proof.place().seq,
            hashes: *proof.hashes(),
            checkpoints: proof.checkpoints().map(str::to_owned),
            headers: proof.headers().map(str::to_owned).collect(),
            proof: proof.text().to_owned(),
            kept,
        }
    }

    fn says(&self) -> String {
        format!(
            "{} has signed two different entries as entry {} of epoch {} of its log in the network {}:\n  {}\n  {}",
            self.log, self.seq, self.epoch, self.network, self.hashes[0], self.hashes[1]
        )
    }
}

pub(super) async fn run(args: EvidenceArgs, globals: &Globals) -> Result<(), CliError> {
    if let Some((file, card)) = args.verify.zip(args.card) {
        return verify(&file, &card, globals);
    }
    let log = args.log.ok_or_else(|| CliError::Usage("name a log".to_owned()))?;
    let (_, context) = open(&globals.config).await?;
    let connection = context.database.read();
    let kept = kept_forks(connection, &log).await?;
    let is_asked = |kept: &KeptFork| args.epoch.is_none_or(|epoch| kept.place.epoch == epoch);
    let Some(kept) = kept.into_iter().rev().find(is_asked) else {
        return Err(CliError::refused(format!("there is no proof against the log of {log} here")));
    };
    let keys = load_keys(connection, &log).await?;
    let proof = ForkProof::verify(&kept.proof, &context.network, &log, &keys).map_err(|refused| {
        CliError::refused(format!("the proof that is kept does not hold under the keys that {log} has now: {refused}"))
    })?;
    let stands = standing_forks(connection).await.map_err(LogError::from)?.contains_key(&log);
    let known = KeptView { told_by: kept.told_by, found_at: kept.found_at, stands };
    let view = EvidenceView::of(context.network.clone(), &proof, Some(known));
    if globals.json {
        return show(globals, &view, EvidenceView::says);
    }
    tell(&view.says());
    tell(if stands {
        "Nothing of its log is taken here beyond that entry until it goes on in a new epoch from before it."
    } else {
        "Its log has gone on in a new epoch from before that entry since."
    });
    print(view.proof.as_bytes())
}

/// Needs no node: the arguments are the proof and the author's card.
fn verify(file: &Path, card: &Path, globals: &Globals) -> Result<(), CliError> {
    let card = VerifiedCard::verify(read_card(card)?.trim())
        .map_err(|refused| CliError::refused(format!("the card does not hold: {refused}")))?;
    let text = read_proof(file)?;
    let proof = ForkProof::verify(&text, card.network(), card.id(), card.key_history())
        .map_err(|refused| CliError::refused(format!("this proves nothing against {}: {refused}", card.id())))?;
    let view = EvidenceView::of(card.network().clone(), &proof, None);
    show(globals, &view, |view| format!("{}\nThe proof holds under the card {}", view.says(), card.fingerprint()))
}

fn read_proof(file: &Path) -> Result<String, CliError> {
    let read = |source: &mut dyn Read| {
        let mut text = String::new();
        // One byte more than the limit shows that there is more.
        source.take(FORK_BYTES_LIMIT as u64 + 1).read_to_string(&mut text).map(|_| text)
    };
    let is_stdin = file == Path::new("-");
    let read = if is_stdin {
        read(&mut io::stdin().lock())
    } else {
        fs::File::open(file).and_then(|mut file| read(&mut file))
    };
    let name = if is_stdin { "standard input".to_owned() } else { file.display().to_string() };
    read.map_err(|cause| CliError::file(&name, cause))
}
