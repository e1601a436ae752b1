//! `peer check`: a real handshake and hello, and the obstacles.

use std::sync::Arc;

use hotline_protocol::hello::Hello;
use hotline_protocol::id::NodeId;
use serde::Serialize;

use super::PeerArgs;
use super::obstacle::Obstacle;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{fields, or_dash, show};
use crate::cli::open::open;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::{PeerClient, SKEW_ALARM_SECONDS, SendFault, clock_skew_seconds, find_way, make_hello};
use crate::server::{BOOT_SETTING, hub_settings};
use crate::storage::read_setting;
use crate::trust::handshake::{PeerDirectory, PeerRefused};
use crate::trust::own::Identity;
use crate::trust::peer::{PeerStanding, certificates, find_peer, peers};
use crate::trust::{Authority, TrustError};

/// The version of the protocol that this node speaks.
const PROTOCOL_VERSION: u32 = 1;

/// The findings, as JSON shows them.
#[derive(Debug, Serialize)]
struct CheckView {
    id: NodeId,
    reachable: bool,
    /// The statement of the federation's authority on the peer's shown certificates; null where these were not seen, or
    /// there is no authority.
    authority: Option<String>,
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
        let next = match peer.standing {
            PeerStanding::Removed => "add its card again",
            _ => "resume it first",
        };
        return Err(CliError::refused(format!("{} is {} here; {next}", peer.id, peer.standing.code())));
    }
    let identity = Identity::load(&config.keys, &context.own).map_err(|error| CliError::refused(error.to_string()))?;
    let authority = Authority::open(&config.authority, context.clock.unix_seconds())?;
    let directory = Arc::new(PeerDirectory::under(context.clock.clone(), authority.clone()));
    directory.replace(peers(connection).await?, &certificates(connection).await?);
    let hello = check_hello(&config, &context, &peer.id).await?;
    let result = match PeerClient::new(Arc::clone(&identity.shown), Arc::clone(&directory), &peer) {
        Ok(client) => client.hello(&hello).await,
        Err(fault) => Err(fault),
    };
    let mut view = CheckView {
        id: peer.id.clone(),
        reachable: result.is_ok(),
        authority: authority.and_then(|_| said_by_authority(&result)),
        in_the_way: None,
        advice: None,
        software: None,
        versions: None,
        clock_skew_seconds: None,
        logs_shown: None,
    };
    match result {
        Ok(answer) => {
            let skew = clock_skew_seconds(answer.clock, context.clock.unix_seconds());
            let fault = fault_of_answer(&answer, skew);
            view.advice = fault.as_ref().map(|(_, advice)| *advice);
            view.in_the_way = fault.map(|(fault, _)| fault);
            view.clock_skew_seconds = Some(skew);
            view.software = Some(answer.software);
            view.versions = Some(answer.versions);
            view.logs_shown = Some(answer.heads.len());
        }
        Err(fault) => {
            let way = match fault {
                SendFault::Unreachable | SendFault::NoTls => Some(find_way(identity.shown, directory, &peer).await),
                _ => None,
            };
            let obstacle = Obstacle::of(&fault, way);
            view.advice = Some(obstacle.advice);
            view.in_the_way = Some(obstacle.text);
        }
    }
    show(globals, &view, for_people)?;
    match view.in_the_way {
        None => Ok(()),
        Some(fault) => Err(CliError::TryAgain(format!("{}: {fault}", peer.id))),
    }
}

/// The hello of a mere check: nothing in it is taken.
pub(in crate::cli) async fn check_hello(config: &Config, context: &Context, peer: &NodeId) -> Result<Hello, CliError> {
    let boot = read_setting(context.database.read(), BOOT_SETTING).await?;
    // Where the node never served, any will do: a check's is not remembered.
    let boot = boot.unwrap_or_else(|| context.randomness.uuid_v7(context.clock.now()).to_string());
    let hello = make_hello(context, &boot, &hub_settings(config), peer).await;
    let mut hello = hello.map_err(|error| CliError::refused(error.to_string()))?;
    hello.check = true;
    Ok(hello)
}

/// The fault of a peer that answers, with advice.
fn fault_of_answer(answer: &Hello, skew_seconds: i64) -> Option<(String, &'static str)> {
    if !answer.versions.contains(&PROTOCOL_VERSION) {
        let theirs: Vec<String> = answer.versions.iter().map(ToString::to_string).collect();
        let theirs = theirs.join(", ");
        let fault = format!("it speaks version {theirs} of the protocol, this node version {PROTOCOL_VERSION}");
        return Some((fault, "compare the versions of both nodes"));
    }
    let is_off = skew_seconds.abs() > SKEW_ALARM_SECONDS;
    is_off.then(|| (format!("its clock and ours are {skew_seconds} seconds apart"), "find out whose clock is wrong"))
}

/// A handshake that was completed had its word.
fn said_by_authority<T>(result: &Result<T, SendFault>) -> Option<String> {
    match result {
        Ok(_) | Err(SendFault::Problem { .. } | SendFault::Malformed | SendFault::HelloNotTaken(_)) => {
            Some("answers for its certificate".to_owned())
        }
        Err(SendFault::Refused(PeerRefused::Authority(refused))) => Some(refused.to_string()),
        Err(_) => None,
    }
}

fn for_people(view: &CheckView) -> String {
    fields(&[
        ("peer", view.id.to_string()),
        ("exchange", if view.in_the_way.is_none() { "works" } else { "does not work as it should" }.to_owned()),
        ("in the way", or_dash(view.in_the_way.as_ref())),
        ("advice", or_dash(view.advice)),
        ("authority", or_dash(view.authority.as_ref())),
        ("software", or_dash(view.software.as_ref())),
        ("clock skew", view.clock_skew_seconds.map_or_else(|| "-".to_owned(), |skew| format!("{skew} s"))),
        ("logs shown", or_dash(view.logs_shown)),
    ])
}
