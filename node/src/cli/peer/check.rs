//! `peer check`: a real handshake and hello, and what stands in the way.

use std::sync::Arc;

use hotline_protocol::problem::Problem;
use serde::Serialize;

use super::PeerArgs;
use crate::cli::exit::CliError;
use crate::cli::output::{fields, or_dash, show};
use crate::cli::{Globals, open};
use crate::exchange::{PeerClient, SendFault, make_hello};
use crate::server::{BOOT_SETTING, hub_settings};
use crate::storage::read_setting;
use crate::trust::{Identity, PeerDirectory, PeerRefused, PeerStanding, TrustError, certificates, find_peer, peers};

/// What was found, as JSON shows it.
#[derive(Debug, Serialize)]
struct CheckView {
    id: hotline_protocol::id::NodeId,
    reachable: bool,
    in_the_way: Option<String>,
    advice: Option<&'static str>,
    software: Option<String>,
    versions: Option<Vec<u32>>,
    clock_skew_seconds: Option<i64>,
    logs_shown: Option<usize>,
}

pub(super) async fn run(args: PeerArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let connection = context.database.read();
    let peer = find_peer(connection, &args.id).await?.ok_or_else(|| TrustError::PeerUnknown(args.id.clone()))?;
    if peer.standing != PeerStanding::Active {
        return Err(CliError::refused(format!("{} is {} here; resume it first", peer.id, peer.standing.code())));
    }
    let identity = Identity::load(&config.keys, &context.own).map_err(|error| CliError::refused(error.to_string()))?;
    let directory = Arc::new(PeerDirectory::new(context.clock.clone()));
    directory.replace(peers(connection).await?, &certificates(connection).await?);
    let boot = read_setting(connection, BOOT_SETTING).await?;
    // Where the node never served, any will do: a check's is not remembered.
    let boot = boot.unwrap_or_else(|| context.randomness.uuid_v7(context.clock.now()).to_string());
    let mut hello = make_hello(&context, &boot, &hub_settings(&config), &peer.id)
        .await
        .map_err(|error| CliError::refused(error.to_string()))?;
    hello.check = true;
    let result = match PeerClient::new(Arc::clone(&identity.shown), directory, &peer) {
        Ok(client) => client.hello(&hello).await,
        Err(fault) => Err(fault),
    };
    let mut view = CheckView {
        id: peer.id.clone(),
        reachable: result.is_ok(),
        in_the_way: None,
        advice: None,
        software: None,
        versions: None,
        clock_skew_seconds: None,
        logs_shown: None,
    };
    match result {
        Ok(answer) => {
            view.clock_skew_seconds = Some(answer.clock - context.clock.unix_seconds());
            view.software = Some(answer.software);
            view.versions = Some(answer.versions);
            view.logs_shown = Some(answer.heads.len());
        }
        Err(fault) => {
            view.advice = Some(advice(&fault));
            view.in_the_way = Some(fault.to_string());
        }
    }
    show(globals, &view, for_people)?;
    match view.in_the_way {
        None => Ok(()),
        Some(fault) => Err(CliError::TryAgain(format!("{}: {fault}", peer.id))),
    }
}

const fn advice(fault: &SendFault) -> &'static str {
    match fault {
        SendFault::Unreachable => {
            "check the address in its card, the firewalls between you, and whether its node serves; if it accepts \
             connections and ends them at once, it does not know this node's certificate: give it your card"
        }
        SendFault::Refused(PeerRefused::Expired) => "its certificate has ended: that hotline must renew it",
        SendFault::Refused(PeerRefused::NotYetValid) => {
            "compare the clocks of both nodes; else that hotline must look at its certificate"
        }
        SendFault::Refused(PeerRefused::CertificateUnknown(_)) => {
            "ask that hotline for its newest card: hotline-node peer add CARD_FILE"
        }
        SendFault::Refused(PeerRefused::PeerUnknown(_) | PeerRefused::OtherPeer { .. }) => {
            "another node answers at the address in its card: ask that hotline for its newest card"
        }
        SendFault::Refused(PeerRefused::Certificate(_)) => {
            "what answered is no node, or its certificate was made by hand: ask whether a proxy between you ends TLS"
        }
        SendFault::Handshake => {
            "it does not know this node's certificate, or finds it over: give that hotline your card (hotline-node \
             identity card), and look at the end of your certificate (hotline-node identity show)"
        }
        SendFault::Problem { problem: Some(Problem::Suspended), .. } => "it has suspended this node; call that hotline",
        SendFault::Problem { problem: Some(Problem::CloneSuspected), .. } => {
            "it has heard from a newer start of this node: make sure that no copy of this node runs elsewhere"
        }
        SendFault::Problem { .. } | SendFault::Malformed | SendFault::HelloNotTaken(_) => {
            "compare the versions of both nodes"
        }
        SendFault::NotMade => "the address in its card is no https URL; ask for a new card",
    }
}

fn for_people(view: &CheckView) -> String {
    fields(&[
        ("peer", view.id.to_string()),
        ("exchange", if view.reachable { "works" } else { "does not work" }.to_owned()),
        ("in the way", or_dash(view.in_the_way.as_ref())),
        ("advice", or_dash(view.advice)),
        ("software", or_dash(view.software.as_ref())),
        ("clock skew", view.clock_skew_seconds.map_or_else(|| "-".to_owned(), |skew| format!("{skew} s"))),
        ("logs shown", or_dash(view.logs_shown)),
    ])
}
