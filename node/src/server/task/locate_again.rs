//! The loop for reports without a located server because the name servers had not answered, and for those located at a
//! stop page before it was known as one.
//!
//! It stands apart from the other second tries: those must not wait for hosts that stay silent.

use std::sync::Arc;
use std::time::Duration;

use super::locator::locator;
use super::pace::{SLOW_TICK, STEP_LIMIT};
use crate::geolocation::Suspects;
use crate::pipeline::{PipelineError, Reroute};
use crate::report::query::Part;
use crate::server::shared::Shared;
use crate::shutdown::{Stop, Waited};

/// How often it is tried again. A name server that was away is back within minutes, or a person is needed.
const ROUND: Duration = Duration::from_mins(2);

/// Goes round until the stop.
pub(super) async fn locate_again_loop(shared: Arc<Shared>, stop: Stop) {
    let mut known = Suspects::new();
    loop {
        // The node's health check reads the result. Asks nothing again while the last result holds.
        shared.geolocator.examine_resolvers().await;
        let located = round(&shared, &stop, &mut known).await;
        shared.failing.note("reports could not be located again; they are looked at again", &located);
        // Where it is no name server that keeps them, it may be over within seconds.
        let pause = if located.is_ok() { ROUND } else { SLOW_TICK };
        if stop.wait(pause).await != Waited::Elapsed {
            return;
        }
    }
}

/// `known` are the suspects already checked in this process.
async fn round(shared: &Shared, stop: &Stop, known: &mut Suspects) -> Result<(), PipelineError> {
    let locator = locator(shared).await?;
    let links = shared.hub.links.all();
    let tries = Reroute::new(&shared.hub.context, &locator, &links);
    let mut after = Some(0);
    while let Some(from) = after.filter(|_| !stop.is_stopping()) {
        after = tries.place_not_located(Part { after: from, limit: STEP_LIMIT }).await?.last;
    }
    let suspects = shared.geolocator.suspects(shared.hub.context.clock.now()).await?;
    if !suspects.is_subset(known) {
        let mut after = Some(0);
        while let Some(from) = after.filter(|_| !stop.is_stopping()) {
            after = tries.place_suspected(&suspects, Part { after: from, limit: STEP_LIMIT }).await?.last;
        }
        if after.is_some() {
            return Ok(());
        }
    }
    *known = suspects;
    Ok(())
}
