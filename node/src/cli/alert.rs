//! `alert`: what needs a person.

use clap::Subcommand;
use serde::Serialize;

use super::exit::CliError;
use super::output::{show, table, time_of_micros};
use super::{Globals, acting_user, open};
use crate::access::alert::{self, Alert};
use crate::access::audit::{Act, ActOrigin, record_act};

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

pub(super) async fn run(command: AlertCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        AlertCommand::List => list(globals).await,
        AlertCommand::Acknowledge { id } => acknowledge(id, globals).await,
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
    let write = context.database.write("acknowledge_alert").await?;
    let alert = alert::acknowledge(&write, &context.clock, id, &who)
        .await?
        .ok_or_else(|| CliError::refused(format!("no open alert has the number {id}; run: hotline-node alert list")))?;
    let what = format!("{id} {} {}", alert.kind, alert.subject);
    let act = Act { who: &who, act: "acknowledge_alert", what, origin: ActOrigin::Cli };
    record_act(&write, &context.clock, act).await?;
    write.commit().await?;
    show(globals, &AlertView::from(alert), |alert| format!("Alert {} is acknowledged.", alert.id))
}
