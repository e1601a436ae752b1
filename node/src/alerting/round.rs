//! One round on one channel: reads the due alerts, sends them, and notes the tries, for each person by itself.

use std::time::Duration;

use super::outcome::Outcome;
use super::sender::Sender;
use crate::access::alert::delivery_log::{Ledger, to_tell, write_note};
use crate::access::alert::{Alert, AlertState, Held, Note};
use crate::context::Context;
use crate::shutdown::Stop;
use crate::storage::StorageError;

/// A channel at work.
pub struct Round {
    sender: Sender,
    /// Lies between two messages about an alert that were taken.
    repeat: Duration,
    /// The ledger as the database last returned it.
    last: Ledger,
}

impl Round {
    /// On this channel.
    #[must_use]
    pub fn new(sender: Sender, repeat: Duration) -> Self {
        Self { sender, repeat, last: Ledger::default() }
    }

    /// Sends the due alerts. While the database is away or takes no writes, alerts `held` in memory are sent all the
    /// same. The tries are held there too.
    pub async fn tell_due(&mut self, context: &Context, held: &Held, stop: &Stop) -> Result<(), StorageError> {
        let channel = self.sender.channel();
        match Ledger::read(&context.database, channel).await {
            Ok(ledger) => self.last = ledger,
            Err(error) if held.alerts().is_empty() => return Err(error),
            Err(_) => {}
        }
        let mut ledger = self.last.clone();
        ledger.add_held(held, channel);
        // Take the time before sending: the repeat interval counts from the send, however long the other side takes.
        let now = context.now_micros();
        for (to, alerts) in self.due(&ledger, now) {
            let outcome = tokio::select! {
                outcome = self.sender.send(context, &to, &alerts) => outcome,
                () = stop.stopped() => return Ok(()),
            };
            self.note(context, held, (&alerts, now), outcome).await?;
        }
        Ok(())
    }

    /// Returns the due alerts and their recipients: recipients of the same alerts together.
    fn due(&self, ledger: &Ledger, now: i64) -> Vec<(Vec<String>, Vec<Alert>)> {
        let mut due: Vec<(Vec<String>, Vec<Alert>)> = Vec::new();
        for recipient in self.sender.recipients() {
            let alerts = to_tell(ledger.of(&recipient), now, self.repeat);
            if alerts.is_empty() {
                continue;
            }
            match due.iter_mut().find(|(_, others)| *others == alerts) {
                Some((to, _)) => to.push(recipient),
                None => due.push((vec![recipient], alerts)),
            }
        }
        due
    }

    async fn note(
        &self,
        context: &Context,
        held: &Held,
        (alerts, now): (&[Alert], i64),
        outcome: Outcome,
    ) -> Result<(), StorageError> {
        let channel = self.sender.channel();
        let ended = |id: i64| alerts.iter().any(|it| it.id == id && it.state() == AlertState::Resolved);
        let note = |(recipient, alert, taken): &(String, i64, bool)| Note {
            alert: *alert,
            channel,
            recipient: recipient.clone(),
            at: now,
            taken: *taken,
            of_end: ended(*alert),
        };
        let notes: Vec<Note> = outcome.tried.iter().map(note).collect();
        let (channel, taken) = (channel.name(), notes.iter().filter(|note| note.taken).count());
        let failed = notes.len() - taken;
        match outcome.fault {
            None => tracing::info!(channel, taken, "alerts were sent"),
            Some(fault) => {
                tracing::warn!(channel, taken, failed, %fault, "alerts were not taken by everybody; try: alert test");
            }
        }
        let written = write(context, &notes).await;
        if written.is_err() {
            held.note(&notes);
        }
        written
    }
}

/// Alerts that are not in the database cannot be noted there.
async fn write(context: &Context, notes: &[Note]) -> Result<(), StorageError> {
    if notes.iter().any(|note| note.alert < 0) {
        return Err(StorageError::Busy("an alert is held in memory"));
    }
    let write = context.database.write("note_alerts_told").await?;
    for note in notes {
        write_note(&write, note).await?;
    }
    write.commit().await
}
