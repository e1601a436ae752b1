//! `alert`: what needs a person.

use clap::Subcommand;
use serde::Serialize;

use super::exit::CliError;
use super::output::{show, table};
use super::{Globals, acting_user, open};
use crate::access::alert::{self, Alert};
use crate::access::audit::{Act, ActOrigin, record_act};
use crate::alerting::Sender;
use crate::clock::time_of_micros;

/// What can be done with alerts.
#[derive(Subcommand, Debug)]
pub enum AlertCommand {
    /// Show the alerts that nobody acknowledged, oldest first
    List,
    /// Take note of an alert: it is not sent again
    Acknowledge {
        /// Its number, as `alert list` shows it
        id: i64,
    },
    /// Send a test on every channel that is configured, and say whether each took it
    Test,
}

/// An alert as it is shown.
#[derive(Serialize)]
struct AlertView {
    id: i64,
    raised_at: Option<String>,
    kind: String,
    subject: String,
    text: String,
}

impl From<Alert> for AlertView {
    fn from(alert: Alert) -> Self {
        let Alert { id, raised_at, kind, subject, text } = alert;
        Self { id, raised_at: time_of_micros(raised_at), kind, subject, text }
    }
}

/// What became of a test on one channel.
#[derive(Serialize)]
struct ChannelView {
    channel: &'static str,
    taken: bool,
    fault: Option<String>,
}

/// What became of a test.
#[derive(Serialize)]
struct TestView {
    ok: bool,
    channels: Vec<ChannelView>,
}

pub(super) async fn run(command: AlertCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        AlertCommand::List => list(globals).await,
        AlertCommand::Acknowledge { id } => acknowledge(id, globals).await,
        AlertCommand::Test => test(globals).await,
    }
}

async fn list(globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let alerts: Vec<AlertView> = alert::list_open(&context.database).await?.into_iter().map(Into::into).collect();
    show(globals, &alerts, |alerts| {
        let rows = alerts.iter().map(|alert| {
            let raised_at = alert.raised_at.clone().unwrap_or_default();
            vec![alert.id.to_string(), raised_at, alert.kind.clone(), alert.subject.clone(), alert.text.clone()]
        });
        table(&["id", "raised", "kind", "about", "text"], rows, "Nothing needs a person.")
    })
}

async fn acknowledge(id: i64, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let who = acting_user();
    let alert = alert::acknowledge(&context.database, &context.clock, id, (&who, ActOrigin::Cli))
        .await?
        .ok_or_else(|| CliError::refused(format!("no open alert has the number {id}; run: hotline-node alert list")))?;
    show(globals, &AlertView::from(alert), |alert| format!("Alert {} is acknowledged.", alert.id))
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
