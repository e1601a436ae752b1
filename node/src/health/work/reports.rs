//! Reports that wait for somebody of this hotline: the office's page of stuck reports, in short.

use hotline_protocol::vocabulary::RouteReason;

use crate::clock::time_of_micros;
use crate::context::Context;
use crate::health::check::{Check, CheckName};
use crate::report::query::{Stuck, held, unanswered, unassessed, unplaced_by_reason};
use crate::storage::StorageError;

pub(in crate::health) async fn check(context: &Context) -> Result<Vec<Check>, StorageError> {
    let (connection, own) = (context.database.read(), &context.own);
    let to_assess = Waiting::of(unassessed(connection).await?);
    let offered = unanswered(connection, own).await?.into_iter().filter(|stuck| stuck.why == *own);
    let held = held(connection, own).await?;
    let reasons = by_reason(&held);
    let held = Waiting::of(held);
    let unplaced = Waiting::of(unplaced_by_reason(connection, own).await?);
    Ok(vec![at_work(to_assess, Waiting::of(offered)), decided(held, &reasons), placed(unplaced)])
}

/// How many reports wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Waiting {
    count: u64,
    /// Since when the first of them does, microseconds since 1970.
    since: i64,
}

impl Waiting {
    /// All together; `None` where none does.
    fn of<W>(stuck: impl IntoIterator<Item = Stuck<W>>) -> Option<Self> {
        let waiting = stuck.into_iter().map(|stuck| Self { count: stuck.count, since: stuck.since });
        waiting.reduce(|all, more| Self { count: all.count + more.count, since: all.since.min(more.since) })
    }

    fn text(self, what: &str) -> String {
        let since = time_of_micros(self.since).unwrap_or_else(|| "an unknown time".to_owned());
        format!("{what}: {}, the first since {since}", self.count)
    }
}

/// Daily work is no reason to warn.
fn at_work(to_assess: Option<Waiting>, offered: Option<Waiting>) -> Check {
    let to_assess = to_assess.map(|waiting| waiting.text("wait for an analyst"));
    let offered = offered.map(|waiting| waiting.text("wait to be accepted or refused here"));
    let texts: Vec<String> = to_assess.into_iter().chain(offered).collect();
    let text = if texts.is_empty() { "none waits for an analyst".to_owned() } else { texts.join("; ") };
    Check::ok(CheckName::Reports, text)
}

/// `2 disputed, 1 no_peer`.
fn by_reason(held: &[Stuck<Option<RouteReason>>]) -> String {
    let reason = |stuck: &Stuck<Option<RouteReason>>| Some(format!("{} {}", stuck.count, stuck.why?));
    held.iter().filter_map(reason).collect::<Vec<_>>().join(", ")
}

fn decided(held: Option<Waiting>, reasons: &str) -> Check {
    const NAME: CheckName = CheckName::ReportsHeld;
    match held {
        None => Check::ok(NAME, "none waits for a decision"),
        Some(held) => {
            let advice = "run: hotline-node report list --state held; report show tells what each witness says; then report \
                transfer, report resume --to, report act where it is hosted here, or report withdraw";
            let reasons = if reasons.is_empty() { String::new() } else { format!(" ({reasons})") };
            Check::warning(NAME, format!("{}{reasons}", held.text("wait for a decision")), advice)
        }
    }
}

fn placed(unplaced: Option<Waiting>) -> Check {
    const NAME: CheckName = CheckName::ReportsPlaced;
    match unplaced {
        None => Check::ok(NAME, "each is with a hotline, or on its way to one"),
        Some(unplaced) => {
            let advice = "inform law enforcement until a hotline for the country is added; where nothing can be traced, set \
                geolocation.resolver; run: hotline-node report list --state assessed";
            Check::warning(NAME, unplaced.text("are offered to nobody"), advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::check::Status;

    #[test]
    fn what_waits_is_counted_together_and_only_what_nobody_does_is_warned_of() {
        let stuck = |count, since| Stuck { why: (), count, since };
        let none: [Stuck<()>; 0] = [];
        assert_eq!(Waiting::of(none), None);
        let waiting = Waiting::of([stuck(2, 3_000_000), stuck(1, 1_000_000)]);
        assert_eq!(waiting, Some(Waiting { count: 3, since: 1_000_000 }));
        let checks = |waiting| [at_work(waiting, waiting), decided(waiting, "2 disputed, 1 no_peer"), placed(waiting)];
        assert_eq!(checks(None).map(|check| check.status), [Status::Ok; 3]);
        let found = checks(waiting);
        assert_eq!(found.each_ref().map(|check| check.status), [Status::Ok, Status::Warning, Status::Warning]);
        assert_eq!(
            found[1].text,
            "wait for a decision: 3, the first since 1970-01-01T00:00:01Z (2 disputed, 1 no_peer)"
        );
        assert!(found[0].text.contains("analyst: 3") && found[0].text.contains("refused here: 3"), "{}", found[0].text);
    }
}
