//! The course of a report: dealt by chance, pure.

use hotline_node::report::projection::Stand;
use hotline_protocol::country::Country;
use hotline_protocol::entry::{EntryType, Status};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{SiteType, State};

use crate::chance::Chance;

const HOUR: u64 = 3_600;
/// The hotline that is looked at, among the houses.
pub(super) const OWN: usize = 0;

/// The hotlines of the federation.
pub(super) struct Houses {
    pub(super) ids: Vec<NodeId>,
    pub(super) countries: Vec<Country>,
}

impl Houses {
    /// This node, and one in each of forty other countries.
    pub(super) fn with(own: &NodeId) -> Self {
        let others = Country::all().filter(|country| own.seat() != *country).step_by(6).take(40);
        let countries: Vec<Country> = own.seat().known().into_iter().chain(others).collect();
        let id = |country: &Country| {
            format!("{}-volume", country.as_str().to_lowercase()).parse().expect("a country and a word make an id")
        };
        let ids = std::iter::once(own.clone()).chain(countries[1..].iter().map(id)).collect();
        Self { ids, countries }
    }

    /// Another than these: the first ones far more often than the last.
    fn other(&self, chance: &mut Chance, not: &[usize]) -> usize {
        let most = self.ids.len() as u64;
        loop {
            let (one, other) = (chance.within(1..most), chance.within(1..most));
            let house = usize::try_from(one.min(other)).expect("few houses");
            if !not.contains(&house) {
                return house;
            }
        }
    }
}

/// The content of one entry besides author, time and report.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) by: usize,
    pub(super) entry_type: EntryType,
    pub(super) at: i64,
    pub(super) target: Option<usize>,
    pub(super) status: Option<Status>,
    /// Its `hold` and its `of`: places among the steps.
    pub(super) hold: Option<usize>,
    pub(super) of: Option<usize>,
}

/// An offer, as the steps tell it.
#[derive(Debug, Clone)]
pub(super) struct DealtOffer {
    pub(super) by: usize,
    pub(super) target: usize,
    pub(super) stand: Stand,
    pub(super) at: i64,
    pub(super) answered_at: Option<i64>,
    pub(super) acted_at: Option<i64>,
    pub(super) gone_at: Option<i64>,
}

impl DealtOffer {
    /// Whether it is between this hotline and another.
    pub(super) const fn is_ours(&self) -> bool {
        self.by == OWN || self.target == OWN
    }
}

/// A report with all its entries.
#[derive(Debug, Clone)]
pub(super) struct Dealt {
    pub(super) origin: usize,
    pub(super) holder: usize,
    pub(super) at: i64,
    pub(super) state: State,
    pub(super) tenure: i32,
    pub(super) country: Country,
    pub(super) site: SiteType,
    pub(super) hoster: u64,
    pub(super) steps: Vec<Step>,
    pub(super) offers: Vec<DealtOffer>,
}

impl Dealt {
    /// Whether this hotline counts it among its own.
    pub(super) fn is_ours(&self) -> bool {
        self.origin == OWN || self.offers.iter().any(|offer| offer.target == OWN)
    }

    fn step(&mut self, by: usize, entry_type: EntryType, at: i64) -> &mut Step {
        self.steps.push(Step { by, entry_type, at, target: None, status: None, hold: None, of: None });
        self.steps.last_mut().expect("it was just pushed")
    }

    /// Adds the holder's statuses, step by step, some time after each other.
    fn act(&mut self, chance: &mut Chance, hold: usize, says: &[Status]) {
        let (by, mut at) = (self.steps[hold].by, self.steps[hold].at);
        for status in says {
            at = later(chance, at, 60 * HOUR);
            let step = self.step(by, EntryType::Status, at);
            (step.status, step.hold) = (Some(status.clone()), Some(hold));
            let Some(offer) = self.offers.last_mut().filter(|offer| offer.target == by) else { continue };
            offer.acted_at = offer.acted_at.or(Some(at));
            if status.is_terminal() {
                (offer.gone_at, offer.stand) = (Some(at), Stand::Gone);
            }
        }
        self.state = match says.last() {
            Some(Status::Removed) => State::Removed,
            Some(_) => State::IspInformed,
            None => self.state,
        };
    }

    /// The last offer is accepted. Gives the accept's place.
    fn accept(&mut self, chance: &mut Chance, of: usize) -> usize {
        let offer = self.offers.last_mut().expect("something is offered");
        // Machines answer within moments, people within a day.
        let most = if chance.within(0..4) > 0 { 20 } else { 26 * HOUR };
        let at = later(chance, offer.at, most);
        (offer.stand, offer.answered_at) = (Stand::Held, Some(at));
        let target = offer.target;
        self.step(target, EntryType::Accept, at).of = Some(of);
        (self.holder, self.tenure, self.state) = (target, self.tenure + 1, State::Accepted);
        self.steps.len() - 1
    }

    fn offer(&mut self, by: usize, target: usize, at: i64) {
        let (stand, answered_at, acted_at, gone_at) = (Stand::Open, None, None, None);
        self.offers.push(DealtOffer { by, target, stand, at, answered_at, acted_at, gone_at });
    }
}

fn later(chance: &mut Chance, at: i64, within: u64) -> i64 {
    at + i64::try_from(chance.within(1..within.max(2))).unwrap_or(1)
}

/// A report that its origin received at this time, with five entries.
pub(super) fn deal(chance: &mut Chance, houses: &Houses, at: i64) -> Dealt {
    // Half of all this hotline offers to others, a tenth stays here, three tenths others offer to it, the rest is theirs.
    let (origin, target) = match chance.within(0..10) {
        0..5 => (OWN, Some(houses.other(chance, &[OWN]))),
        5 => (OWN, None),
        6..9 => (houses.other(chance, &[OWN]), Some(OWN)),
        _ => {
            let origin = houses.other(chance, &[OWN]);
            (origin, Some(houses.other(chance, &[OWN, origin])))
        }
    };
    let sites = SiteType::ALL.len() as u64;
    let site = chance.within(0..sites).min(chance.within(0..sites));
    let mut dealt = Dealt {
        origin,
        holder: origin,
        at,
        state: if target.is_some() { State::Offered } else { State::Accepted },
        tenure: 1,
        country: houses.countries[target.unwrap_or(origin)],
        site: SiteType::ALL[usize::try_from(site).expect("few kinds")],
        hoster: chance.within(0..400).min(chance.within(0..400)),
        steps: Vec::with_capacity(5),
        offers: Vec::new(),
    };
    let all = [Status::LeaInformed, Status::IspInformed, Status::Removed];
    let create = dealt.step(origin, EntryType::Create, at);
    create.target = target;
    let Some(target) = target else {
        create.status = Some(Status::Accepted);
        dealt.act(chance, 0, &all);
        dealt.step(origin, EntryType::Amend, at);
        return dealt;
    };
    dealt.offer(origin, target, at);
    match chance.within(0..100) {
        0..80 => {
            let accept = dealt.accept(chance, 0);
            dealt.act(chance, accept, &all);
        }
        80..90 => refused_and_offered_again(chance, houses, &mut dealt),
        90..99 => {
            let accept = dealt.accept(chance, 0);
            dealt.act(chance, accept, &all[..2]);
            dealt.step(origin, EntryType::Amend, at);
        }
        _ => (0..4).for_each(|_| {
            dealt.step(origin, EntryType::Amend, at);
        }),
    }
    dealt
}

fn refused_and_offered_again(chance: &mut Chance, houses: &Houses, dealt: &mut Dealt) {
    let (origin, first) = (dealt.origin, dealt.offers[0].target);
    let refused_at = later(chance, dealt.at, 30 * HOUR);
    let offer = &mut dealt.offers[0];
    (offer.stand, offer.answered_at) = (Stand::Refused, Some(refused_at));
    dealt.step(first, EntryType::Refuse, refused_at).of = Some(0);
    let again_at = later(chance, refused_at, 60);
    let resume = dealt.step(origin, EntryType::Resume, again_at);
    (resume.hold, resume.of) = (Some(0), Some(0));
    let second = houses.other(chance, &[OWN, origin, first]);
    let transfer = dealt.step(origin, EntryType::Transfer, again_at);
    (transfer.hold, transfer.target) = (Some(0), Some(second));
    dealt.country = houses.countries[second];
    dealt.offer(origin, second, again_at);
    dealt.accept(chance, 3);
}
