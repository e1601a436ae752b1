//! From cells to volumes: pure.

use std::collections::BTreeMap;

use hotline_protocol::id::NodeId;

use super::model::{AGES, Counts, Flow, Fresh, Volumes};
use super::offer_outcome::OfferOutcomes;
use crate::report::projection::Stand;
use crate::statistics::filter::Filter;
use crate::statistics::period::Period;
use crate::statistics::rollup::{CellFilter, Histogram, Kept, Length, NEVER, OfferCell, Steps, days, in_parts};

impl Counts {
    fn add(&mut self, others: &Self) {
        self.offered += others.offered;
        self.open += others.open;
        self.refused += others.refused;
        self.over += others.over;
        self.accepted += others.accepted;
        self.removed += others.removed;
        self.in_hand += others.in_hand;
    }
}

/// Offers in one direction with one hotline, as they are gone through.
#[derive(Debug, Default)]
struct Tally {
    stands: OfferOutcomes,
    to_accept: Vec<Length>,
    to_removal: Vec<Length>,
    open_ages: [u64; AGES.len()],
    in_hand_ages: [u64; AGES.len()],
}

impl Tally {
    /// `age` is how long ago it was offered.
    fn take(&mut self, cell: &OfferCell, age: i64) {
        self.stands.take(cell.stand);
        match cell.stand {
            Stand::Open => self.open_ages[age_place(age)] += 1,
            stand if stand.is_accepted() && cell.answered != NEVER => {
                self.to_accept.push(Length::of(cell.answered));
                if stand == Stand::Held {
                    self.in_hand_ages[age_place(age - i64::from(cell.answered))] += 1;
                } else if stand == Stand::Gone && cell.gone != NEVER {
                    self.to_removal.push(Length::of(cell.gone));
                }
            }
            _ => {}
        }
    }
}

impl Tally {
    fn add(&mut self, others: Self) {
        self.stands.add(others.stands);
        self.to_accept.extend(others.to_accept);
        self.to_removal.extend(others.to_removal);
        add_ages(&mut self.open_ages, others.open_ages);
        add_ages(&mut self.in_hand_ages, others.in_hand_ages);
    }
}

fn add_ages(sums: &mut [u64; AGES.len()], others: [u64; AGES.len()]) {
    sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
}

fn age_place(age: i64) -> usize {
    AGES.iter().position(|(_, most)| age <= *most).unwrap_or(AGES.len() - 1)
}

/// Flows of all hotlines together.
struct Total {
    flow: Flow,
    to_accept: Histogram,
    to_removal: Histogram,
}

impl Total {
    fn new() -> Self {
        Self { flow: Flow::default(), to_accept: Histogram::new(), to_removal: Histogram::new() }
    }

    /// Takes the offers with one hotline, and returns their own flow.
    fn take(&mut self, tally: &Tally) -> Flow {
        let counts = tally.stands.counts();
        let (to_accept, to_removal) = (Histogram::of(&tally.to_accept), Histogram::of(&tally.to_removal));
        self.to_accept.add(&to_accept);
        self.to_removal.add(&to_removal);
        self.flow.counts.add(&counts);
        add_ages(&mut self.flow.open_ages, tally.open_ages);
        add_ages(&mut self.flow.in_hand_ages, tally.in_hand_ages);
        Flow {
            counts,
            to_accept: to_accept.spread(),
            to_removal: to_removal.spread(),
            open_ages: tally.open_ages,
            in_hand_ages: tally.in_hand_ages,
        }
    }

    fn flow(mut self) -> Flow {
        self.flow.to_accept = self.to_accept.spread();
        self.flow.to_removal = self.to_removal.spread();
        self.flow
    }
}

/// The volumes of a filter. `age_of` tells how many seconds ago a day began.
pub(crate) fn volumes_of(
    kept: &Kept<OfferCell>,
    fresh: Fresh,
    filter: &Filter,
    age_of: impl Fn(i64) -> i64 + Sync,
) -> Volumes {
    let wanted = CellFilter::by(filter);
    let only = filter.peer.as_ref().map(|peer| kept.names.known(peer.as_str()));
    let parts = in_parts(&kept.days, days(filter.period), |days| {
        let mut steps: Steps<(OfferOutcomes, OfferOutcomes)> = Steps::of(filter);
        let mut pairs: Pairs = Vec::new();
        for (day, cells) in days {
            let Some((sent, received)) = steps.at(*day) else { continue };
            let begin_age = age_of(*day);
            for cell in cells.iter() {
                if only.is_some_and(|only| only != Some(cell.peer))
                    || !wanted.has(cell.country, cell.offence, cell.site)
                {
                    continue;
                }
                let place = cell.peer as usize;
                if place >= pairs.len() {
                    pairs.resize_with(place + 1, Default::default);
                }
                let (stands, tally) = if cell.is_outgoing {
                    (&mut *sent, &mut pairs[place].0)
                } else {
                    (&mut *received, &mut pairs[place].1)
                };
                stands.take(cell.stand);
                tally.take(cell, begin_age - i64::from(cell.second));
            }
        }
        (steps, pairs)
    });
    put_together(kept, fresh, Steps::of(filter), parts)
}

/// With each hotline, by the number of its name: offers to it, and from it.
type Pairs = Vec<(Tally, Tally)>;

fn put_together(
    kept: &Kept<OfferCell>,
    fresh: Fresh,
    mut steps: Steps<(OfferOutcomes, OfferOutcomes)>,
    parts: Vec<(Steps<(OfferOutcomes, OfferOutcomes)>, Pairs)>,
) -> Volumes {
    let mut pairs: Pairs = Vec::new();
    for (of_part, tallies) in parts {
        for (all, part) in steps.beside(&of_part) {
            all.0.add(part.0);
            all.1.add(part.1);
        }
        pairs.resize_with(pairs.len().max(tallies.len()), Default::default);
        for (all, part) in pairs.iter_mut().zip(tallies) {
            all.0.add(part.0);
            all.1.add(part.1);
        }
    }
    let (mut sent, mut received) = (Total::new(), Total::new());
    let mut peers = BTreeMap::new();
    for (number, tally) in (0..).zip(pairs) {
        let flows = (sent.take(&tally.0), received.take(&tally.1));
        if flows.0.counts.offered + flows.1.counts.offered == 0 {
            continue;
        }
        if let Some(peer) = kept.names.name(number).and_then(|name| name.parse::<NodeId>().ok()) {
            peers.insert(peer, flows);
        }
    }
    let steps = steps.into_sums().map(|(begin, (sent, received))| (begin, sent.counts(), received.counts())).collect();
    Volumes { fresh, sent: sent.flow(), received: received.flow(), steps, peers }
}

/// The offers between this hotline and another, in both directions.
pub(crate) fn between(kept: &Kept<OfferCell>, peer: &NodeId, period: Period) -> (Counts, Counts) {
    let mut stands = (OfferOutcomes::default(), OfferOutcomes::default());
    let Some(peer) = kept.names.known(peer.as_str()) else { return Default::default() };
    for cell in kept.days.range(days(period)).flat_map(|(_, cells)| cells.iter()).filter(|cell| cell.peer == peer) {
        let stands = if cell.is_outgoing { &mut stands.0 } else { &mut stands.1 };
        stands.take(cell.stand);
    }
    (stands.0.counts(), stands.1.counts())
}
