//! A loop for each channel of alerts, so that a channel that is away delays no other.

use std::sync::Arc;
use std::time::Duration;

use super::pace::SLOW_TICK;
use crate::access::alert::delivery_log::Channel;
use crate::alerting::{Round, Sender};
use crate::server::shared::Shared;
use crate::shutdown::{Stop, Tasks};

/// Starts them. Only a node that serves sends anything: commands beside it would send it twice.
pub(super) fn start(tasks: &Tasks, shared: &Arc<Shared>) {
    for sender in Sender::configured(&shared.config) {
        let shared = Arc::clone(shared);
        tasks.spawn("alerts", move |stop| delivery_loop(shared, sender, stop));
    }
}

async fn delivery_loop(shared: Arc<Shared>, sender: Sender, stop: Stop) {
    let repeat = Duration::from_hours(u64::from(shared.config.alerts.repeat_hours));
    let what = match sender.channel() {
        Channel::Mail => "alerts for mail could not be looked at or noted; it is tried again",
        Channel::Webhook => "alerts for the webhook could not be looked at or noted; it is tried again",
    };
    let (mut round, held) = (Round::new(sender, repeat), shared.observer.held());
    while !stop.is_stopping() {
        let told = round.tell_due(&shared.hub.context, &held, &stop).await;
        shared.failing.note(what, &told);
        stop.wait(SLOW_TICK).await;
    }
}
