//! A report's row, typed.

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::state::Fold;
use hotline_protocol::url::CanonicalUrl;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Reason, RouteReason, Source, State, Urgency};
use serde::{Deserialize, Serialize};

use super::number::Number;
use super::projection::{Timeline, stamp};
use super::replay::Recorded;
use crate::secret::SealKey;

/// Returns the digest for finding a report by its URL, whether it is published or not; the key is this house's own.
#[must_use]
pub fn url_digest(seal: &SealKey, url: &CanonicalUrl) -> [u8; 32] {
    seal.index_digest("url", url.as_str().as_bytes())
}

/// States that only the house knows; they stand in no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum House {
    /// No other place is known: a person must decide.
    Held,
    /// Finished without having been published.
    Closed,
}

/// The present holder's offer that is not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOffer {
    /// The create or transfer.
    pub entry: Hash,
    /// The hotline that is offered the report.
    pub target: NodeId,
    /// When it was offered, as the entry's author wrote: seconds since 1970; none where that can be no time.
    pub at: Option<i64>,
    /// Where the offer says that it is hosted.
    pub country: Option<Country>,
    /// The refusal's reason and the country that the refuser found.
    pub refused: Option<(String, Option<Country>)>,
}

/// Where a report goes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The node that answers for it; none where nobody can be offered it.
    pub destination: Option<NodeId>,
    /// Why.
    pub reason: RouteReason,
}

/// A report as this node knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// This node's own key, rising with arrival.
    pub key: i64,
    /// The id, the same at every node.
    pub id: ReportId,
    /// This node's own number; none for reports that are none of its business.
    pub number: Option<Number>,
    /// The fold's state; `received` before it is published.
    pub state: State,
    /// The state known only to the house.
    pub house: Option<House>,
    /// The holder.
    pub holder: NodeId,
    /// Depth of the walk; 0 before it is published.
    pub tenure: u32,
    /// The open offer.
    pub offer: Option<OpenOffer>,
    /// Hosting country.
    pub country: Option<Country>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// The organisation that runs that network.
    pub organisation: Option<String>,
    /// Digest of the canonical URL under the house's own key; none where this node may not see the URL.
    pub url_digest: Option<[u8; 32]>,
    /// Top-level domain; `onion`, `ip` and the like for other hosts.
    pub tld: Option<String>,
    /// Where it goes.
    pub route: Option<Route>,
    /// Offence as it was reported.
    pub reported_offence: Option<Offence>,
    /// Offence after qualification.
    pub offence: Option<Offence>,
    /// Present assessment.
    pub assessment: Option<Assessment>,
    /// Why it is not illegal, or not ours.
    pub reason: Option<Reason>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// The kind of reporter.
    pub source: Option<Source>,
    /// The way in.
    pub channel: Option<Channel>,
    /// The number, from a keyed digest, of its import reference.
    pub reference: Option<i64>,
    /// Keyed digest of the imported row.
    pub reference_content: Option<[u8; 32]>,
    /// The content known only in the house, sealed.
    pub content: Option<Vec<u8>>,
    /// Digest of the secret that lets a reporter ask for the state.
    pub case_secret: Option<[u8; 32]>,
    /// Microseconds since 1970: when this hotline received it.
    pub received_at: i64,
    /// Microseconds since 1970.
    pub updated_at: i64,
    /// Since when the open offer waits for its answer, microseconds since 1970.
    pub waits_since: Option<i64>,
    /// The wait was alarmed.
    pub alarmed: bool,
    /// The part of its course that the figures count.
    pub course: Timeline,
    /// When this hotline first informed the hoster, seconds since 1970: of its fact, where it is only read from.
    pub noticed_at: Option<i64>,
    /// Its row holds impossible values: it stands for a report known only by its number, and is never written.
    pub is_unreadable: bool,
}

impl Report {
    /// A report that is new to this node, before anything is known of it.
    #[must_use]
    pub fn unknown(key: i64, id: ReportId, now: i64) -> Self {
        Self {
            key,
            holder: id.origin.clone(),
            id,
            number: None,
            state: State::Received,
            house: None,
            tenure: 0,
            offer: None,
            country: None,
            asn: None,
            organisation: None,
            url_digest: None,
            tld: None,
            route: None,
            reported_offence: None,
            offence: None,
            assessment: None,
            reason: None,
            urgency: None,
            source: None,
            channel: None,
            reference: None,
            reference_content: None,
            content: None,
            case_secret: None,
            received_at: now,
            updated_at: now,
            waits_since: None,
            alarmed: false,
            course: Timeline::default(),
            noticed_at: None,
            is_unreadable: false,
        }
    }

    /// Returns a report with an unreadable row: it is held for a person, and the person is told its number.
    #[must_use]
    pub fn unreadable(key: i64, id: ReportId, number: Option<Number>) -> Self {
        let route = Some(Route { destination: None, reason: RouteReason::Unreadable });
        Self { number, route, house: Some(House::Held), is_unreadable: true, ..Self::unknown(key, id, 0) }
    }

    /// Notes the parts of its URL that may be searched and counted.
    pub fn take_url(&mut self, seal: &SealKey, url: &CanonicalUrl) {
        self.url_digest = Some(url_digest(seal, url));
        self.tld = Some(url.top_level_domain().map_or_else(|| "ip".to_owned(), str::to_owned));
    }

    /// Takes over the result of the fold over `entries`, for the hotline `own`. `now` in microseconds since 1970.
    pub fn take_fold(&mut self, own: &NodeId, fold: &Fold, entries: &[Recorded], now: i64) {
        let offer = fold.open_offer().map(|offer| OpenOffer {
            entry: offer.entry,
            target: offer.target.clone(),
            at: entries.iter().find(|entry| entry.hash == offer.entry).and_then(stamp),
            country: offer.country,
            refused: offer.refusal.as_ref().map(|refusal| (refusal.why.to_string(), refusal.country)),
        });
        let waits = offer.as_ref().is_some_and(|offer| offer.refused.is_none());
        let same_offer = self.offer.as_ref().map(|offer| &offer.target) == offer.as_ref().map(|offer| &offer.target)
            && self.tenure == fold.tenure;
        if !(waits && same_offer && self.waits_since.is_some()) {
            self.waits_since = waits.then_some(now);
            self.alarmed = false;
        }
        if offer.is_some() || self.holder != fold.holder || self.was_acted_upon(fold.state) {
            self.house.take_if(|house| *house == House::Held);
        }
        self.state = fold.state;
        self.holder = fold.holder.clone();
        self.tenure = fold.tenure;
        self.offer = offer;
        self.country = fold.country.or(self.country);
        self.course = Timeline::of(own, fold, entries);
        self.updated_at = now;
    }

    /// Whether a fold in this state needs no decision of a person any more that it needed before. Folding the same
    /// again is nobody's act, nor is repeating an entry that was left behind.
    fn was_acted_upon(&self, state: State) -> bool {
        match state {
            State::Assessed => false,
            State::Removed | State::Unavailable | State::NotIllegal | State::Withdrawn => true,
            _ => self.state != State::Received && self.state != state,
        }
    }

    /// Forgets that it was in doubt where it belongs: it is decided.
    pub fn forget_doubt(&mut self) {
        self.route.take_if(|route| {
            use RouteReason::{BlockedAnswer, Disputed, OriginHidden, UnknownCode, UnknownCountry};
            matches!(route.reason, Disputed | OriginHidden | BlockedAnswer | UnknownCode | UnknownCountry)
        });
    }

    /// Returns the state that people see: the fold's, the same for every member. A word of the house is more exact
    /// where nothing was done yet, and never hides an act.
    #[must_use]
    pub const fn shown_state(&self) -> State {
        match (self.house, self.state) {
            (Some(House::Held), State::Assessed | State::Received) => State::Held,
            (Some(House::Closed), State::Received) => State::Closed,
            (_, state) => state,
        }
    }

    /// [`Self::shown_state`] at the hotline `own`. A report of another hotline has none if its create is not here, or
    /// was left behind by an epoch and not repeated. Nobody can say how it stands.
    #[must_use]
    pub fn told_state(&self, own: &NodeId) -> Option<State> {
        (self.tenure > 0 || self.house.is_some() || self.id.origin == *own).then(|| self.shown_state())
    }

    /// Whether it is held for a person while its state says something else.
    #[must_use]
    pub fn is_held_beside(&self) -> bool {
        self.house == Some(House::Held) && self.shown_state() != State::Held
    }

    /// Returns the state found by the fold, where there is one.
    #[must_use]
    pub fn folded_state(&self) -> Option<State> {
        (self.tenure > 0).then_some(self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(origin: &str, tenure: u32, state: State, house: Option<House>) -> Report {
        let id = format!("{origin}/01890a5d-ac96-774b-bcce-b302099a8057").parse().expect("an id");
        Report { state, house, tenure, ..Report::unknown(1, id, 0) }
    }

    #[test]
    fn a_word_of_the_house_never_stands_in_place_of_what_was_done() {
        let own: NodeId = "fr-example".parse().expect("an id");
        let held = Some(House::Held);
        for state in State::ALL.iter().copied().filter(|state| !matches!(state, State::Assessed | State::Received)) {
            let report = report("fr-example", 1, state, held);
            assert_eq!((report.told_state(&own), report.folded_state()), (Some(state), Some(state)));
            assert_eq!(report.is_held_beside(), state != State::Held, "{state}");
        }
        let waiting = report("fr-example", 1, State::Assessed, held);
        assert_eq!((waiting.told_state(&own), waiting.folded_state()), (Some(State::Held), Some(State::Assessed)));
        assert!(!waiting.is_held_beside());
        let closed = report("fr-example", 0, State::Received, Some(House::Closed));
        assert_eq!((closed.told_state(&own), closed.folded_state()), (Some(State::Closed), None));
    }

    #[test]
    fn another_hotlines_report_without_a_create_that_counts_has_no_state() {
        let own: NodeId = "fr-example".parse().expect("an id");
        let told = |origin, tenure| report(origin, tenure, State::Received, None).told_state(&own);
        assert_eq!((told("nl-example", 0), told("fr-example", 0)), (None, Some(State::Received)));
    }

    #[test]
    fn only_an_act_ends_that_a_report_waits_for_a_person() {
        use State::{Assessed, IspInformed, LeaInformed, Received, Removed, Unavailable, Withdrawn};
        for (before, after, acted) in [
            (Assessed, Assessed, false),
            (LeaInformed, LeaInformed, false),
            (Received, LeaInformed, false),
            (Received, Assessed, false),
            (Assessed, LeaInformed, true),
            (LeaInformed, IspInformed, true),
            (Received, Removed, true),
            (LeaInformed, Unavailable, true),
            (Assessed, Withdrawn, true),
        ] {
            let report = report("fr-example", 1, before, Some(House::Held));
            assert_eq!(report.was_acted_upon(after), acted, "{before} {after}");
        }
    }
}
