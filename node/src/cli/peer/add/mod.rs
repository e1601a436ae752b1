//! `peer add`: takes a card, after its fingerprint was compared over the telephone.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use hotline_protocol::card::{CardRefused, VerifiedCard};
use hotline_protocol::country::CountryCode;
use hotline_protocol::fingerprint::Fingerprint;
use hotline_protocol::signature::SignatureRefused;

use super::AddArgs;
use super::card_file::{FILE_LIMIT, unfolded};
use super::list::PeerView;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, tell};
use crate::cli::console::{acting_user, check_remark};
use crate::cli::open::open;
use crate::trust::TrustError;
use crate::trust::peer::{Added, add_peer, check_is_anothers, find_peer, needs_fingerprint};

pub(super) async fn run(args: AddArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let text = read_card(&args.card_file)?;
    let card = VerifiedCard::verify(text.trim()).map_err(refused)?;
    check_is_anothers(&context, &card)?;
    check_remark("--reason", args.reason.as_deref().unwrap_or_default())?;
    // Ask everything before the transaction: a person takes minutes to answer, and all writers would wait.
    let fingerprint = match &args.fingerprint {
        Some(text) => Some(read_fingerprint(text)?),
        None if needs_fingerprint(context.database.read(), &card, args.replace).await? => Some(ask_fingerprint(&card)?),
        None => None,
    };
    if args.replace {
        args.confirmation.ask(&format!(
            "All earlier keys and certificates of {} will be revoked for good. Did the other hotline confirm this by \
             telephone?",
            card.id()
        ))?;
    }
    let before = find_peer(context.database.read(), card.id()).await?;
    let write = context.database.write("add_peer").await?;
    let added = add_peer(&context, &write, &card, fingerprint.as_ref(), args.replace).await?;
    if added != Added::Unchanged {
        let what = format!("{} {added:?} {}", card.id(), args.reason.unwrap_or_default());
        let who = acting_user();
        let act = Act { who: &who, act: "add_peer", what: what.trim_end().to_owned(), origin: ActOrigin::Cli };
        record_act(&write, &context.clock, act).await?;
    }
    write.commit().await?;
    tell(match added {
        Added::Back => "The peer is back; reports are exchanged from now on.",
        Added::New => "The peer is new; reports are exchanged from now on.",
        Added::Updated => "The peer's card was brought up to date.",
        Added::Unchanged => "This very card was known; nothing changed.",
        Added::Replaced => "The peer's earlier keys are revoked; this card counts from now on.",
    });
    if let (Added::Updated | Added::Replaced, Some(before)) = (added, before) {
        tell_gained(&gained(&before.countries, card.countries()));
    }
    if let Some(last) = card.content().keys.iter().rev().find_map(|key| key.to).filter(|_| added == Added::Replaced) {
        tell(&format!(
            "Of its log, entry {} of epoch {} is the last good one of its earlier keys: what stands after it in earlier \
             epochs counts for nothing as soon as its new epoch is here.",
            last.seq, last.epoch
        ));
    }
    let view = PeerView::load_one(&context, card.id()).await?;
    show(globals, &view, PeerView::for_people)
}

/// Countries of a card that its predecessor did not name.
fn gained(before: &[CountryCode], now: &[CountryCode]) -> Vec<CountryCode> {
    now.iter().filter(|country| !before.contains(country)).copied().collect()
}

/// A member that answers for one country more receives offers that others received before: a person must know.
fn tell_gained(gained: &[CountryCode]) {
    if !gained.is_empty() {
        let names: Vec<String> = gained.iter().map(ToString::to_string).collect();
        tell(&format!(
            "Its card says that it now answers for {}, too: what is hosted there is offered to it where no hotline with its \
             seat there is a peer. Ask that hotline whether this is right; routing.hotlines sets another order.",
            names.join(", ")
        ));
    }
}

/// A card as it stands in a file, or as it comes from standard input (`-`).
pub(in crate::cli) fn read_card(path: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(FILE_LIMIT as u64).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(FILE_LIMIT as u64).read_to_string(&mut text))
    };
    read.map_err(|cause| CliError::file(path.display(), cause))?;
    Ok(unfolded(&text))
}

/// A file that holds something else besides is no forgery.
fn refused(error: CardRefused) -> CliError {
    match error {
        CardRefused::Signature(SignatureRefused::Form | SignatureRefused::TooLong) => CliError::refused(
            "this file holds no card, or something besides it: a card is one line, as hotline-node identity card prints it; \
             of a mail, keep its lines alone",
        ),
        error => TrustError::from(error).into(),
    }
}

fn read_fingerprint(text: &str) -> Result<Fingerprint, CliError> {
    Ok(text.parse().map_err(TrustError::from)?)
}

/// Asks at a terminal; elsewhere refuses: a script must be told the fingerprint to trust.
fn ask_fingerprint(card: &VerifiedCard) -> Result<Fingerprint, CliError> {
    if !io::stdin().is_terminal() {
        return Err(TrustError::FingerprintMissing.into());
    }
    tell(&format!(
        "{} ({}). Call this hotline on a number that you know, and type the fingerprint that it reads to you:",
        card.id(),
        card.name()
    ));
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|cause| CliError::file("standard input", cause))?;
    read_fingerprint(line.trim())
}

#[cfg(test)]
mod tests;
