//! `alert`: conditions that need a person.

use clap::Subcommand;
use serde::Serialize;

use super::Globals;
use super::console::acting_user;
use super::console::exit::CliError;
use super::console::output::{show, table};
use super::open::open;
use crate::access::act::{Act, ActOrigin};
use crate::access::alert::{self, Alert, AlertKind, Which};
use crate::access::audit::record_act;
use crate::alerting::Sender;
use crate::clock::time_of_micros;

/// Commands on alerts.
#[derive(Subcommand, Debug)]
pub enum AlertCommand {
    /// Show the alerts that wait for a person, oldest first
    List {
        /// Show those too that were acknowledged or have ended: the newest thousand
        #[arg(long)]
        all: bool,
    },
    /// Take note of alerts: they are not sent again
    Acknowledge {
        /// Their numbers, as `alert list` shows them
        #[arg(required_unless_present = "kind", conflicts_with = "kind")]
        ids: Vec<i64>,
        /// All of one kind that are open, such as `peer_behind`
        #[arg(long)]
        kind: Option<String>,
    },
    /// Send a test on every channel that is configured, and say whether each took it
    Test,
}

/// So many alerts are shown at most.
const ALERTS_LIMIT: u64 = 1_000;

/// An alert as it is shown.
#[derive(Serialize)]
struct AlertView {
    id: i64,
    kind: String,
    subject: String,
    text: String,
    raised_at: Option<String>,
    state: &'static str,
    acknowledged_at: Option<String>,
    resolved_at: Option<String>,
}

impl From<Alert> for AlertView {
    fn from(alert: Alert) -> Self {
        let state = alert.state().code();
        let Alert { id, raised_at, kind, subject, text, acknowledged_at, resolved_at, .. } = alert;
        Self {
            id,
            kind,
            subject,
            text,
            raised_at: time_of_micros(raised_at),
            state,
            acknowledged_at: acknowledged_at.and_then(time_of_micros),
            resolved_at: resolved_at.and_then(time_of_micros),
        }
    }
}

/// Result of a test on one channel.
#[derive(Serialize)]
struct ChannelView {
    channel: &'static str,
    taken: bool,
    fault: Option<String>,
}

/// Result of a test.
#[derive(Serialize)]
struct TestView {
    ok: bool,
    channels: Vec<ChannelView>,
}

pub(super) async fn run(command: AlertCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        AlertCommand::List { all } => list(all, globals).await,
        AlertCommand::Acknowledge { ids, kind } => acknowledge(ids, kind, globals).await,
        AlertCommand::Test => test(globals).await,
    }
}

async fn list(all: bool, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let alerts = if all {
        alert::list_all(&context.database, ALERTS_LIMIT).await?
    } else {
        alert::list_open(&context.database).await?
    };
    let alerts: Vec<AlertView> = alerts.into_iter().map(Into::into).collect();
    show(globals, &alerts, |alerts| {
        let rows = alerts.iter().map(|alert| {
            let raised_at = alert.raised_at.clone().unwrap_or_default();
            let (kind, subject, text) = (alert.kind.clone(), alert.subject.clone(), alert.text.clone());
            vec![alert.id.to_string(), raised_at, alert.state.into(), kind, subject, text]
        });
        table(&["id", "raised", "state", "kind", "about", "text"], rows, "Nothing needs a person.")
    })
}

/// All of them or none: a number that no open alert has is refused before anything is written.
async fn acknowledge(ids: Vec<i64>, kind: Option<String>, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let open = alert::list_open(&context.database).await?;
    let missing = ids.iter().find(|id| open.iter().all(|alert| alert.id != **id));
    if let Some(id) = missing {
        let sentence = format!("no open alert has the number {id}; run: hotline-node alert list");
        return Err(CliError::refused(sentence));
    }
    let which = match kind {
        Some(kind) if AlertKind::of(&kind).is_none() && open.iter().all(|alert| alert.kind != kind) => {
            let known: Vec<&str> = AlertKind::ALL.iter().map(|kind| kind.code()).collect();
            return Err(CliError::Usage(format!("there is no such kind of alert; there are: {}", known.join(", "))));
        }
        Some(kind) => Which::Kind(kind),
        None => Which::Numbers(ids),
    };
    let who = acting_user();
    let alerts = alert::acknowledge(&context.database, &context.clock, &which, (&who, ActOrigin::Cli)).await?;
    if alerts.is_empty() {
        return Err(CliError::refused("none of them is open; run: hotline-node alert list"));
    }
    let views: Vec<AlertView> = alerts.into_iter().map(Into::into).collect();
    let say = |views: &[AlertView]| {
        let ids: Vec<String> = views.iter().map(|alert| alert.id.to_string()).collect();
        match ids.as_slice() {
            [id] => format!("Alert {id} is acknowledged."),
            ids => format!("Alerts {} are acknowledged.", ids.join(", ")),
        }
    };
    match (views.as_slice(), &which) {
        // One that was named by its number is shown as itself.
        ([one], Which::Numbers(_)) => show(globals, one, |one| say(std::slice::from_ref(one))),
        _ => show(globals, &views, |views| say(views)),
    }
}

async fn test(globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let mut channels = Vec::new();
    for sender in Sender::configured(&config) {
        let channel = sender.channel();
        let fault = sender.test(&context).await.err().map(|fault| fault.sentence(channel));
        channels.push(ChannelView { channel: channel.name(), taken: fault.is_none(), fault });
    }
    let failed = channels.iter().filter(|view| !view.taken).count();
    let who = acting_user();
    let what = channels.iter().map(|view| format!("{} {}", view.channel, outcome(view))).collect::<Vec<_>>().join(", ");
    let write = context.database.write("test_alerts").await?;
    record_act(&write, &context.clock, Act { who: &who, act: "test_alerts", what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    let view = TestView { ok: failed == 0 && !channels.is_empty(), channels };
    show(globals, &view, |view| {
        let rows = view
            .channels
            .iter()
            .map(|view| vec![view.channel.into(), outcome(view).into(), view.fault.clone().unwrap_or_default()]);
        table(&["channel", "test", "why"], rows, "Nothing was sent.")
    })?;
    match view.channels.len() {
        0 => Err(CliError::refused("nobody is told of alerts; set alerts.mail_server or alerts.webhook_url")),
        _ if failed == 0 => Ok(()),
        all => Err(CliError::refused(format!("the test failed on {failed} of {all} channels"))),
    }
}

const fn outcome(view: &ChannelView) -> &'static str {
    if view.taken { "taken" } else { "failed" }
}
