//! Possible moves with a report, by their actor, and the entries that they write into the log: pure.

use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::entry::{Content, EntryType, Status};
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::state::{Fold, REPORT_ENTRIES_LIMIT};
use hotline_protocol::vocabulary::{RefuseReason, State};
use thiserror::Error;

/// One move of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Take over the report offered to us.
    Accept,
    /// Do not take over the report offered to us; `country` is where our own location finds the server.
    Refuse {
        /// Why.
        why: RefuseReason,
        /// Our finding.
        country: Option<Country>,
    },
    /// State an act as the holder.
    Status(Status),
    /// Offer it to another hotline, as the holder.
    Transfer {
        /// The target.
        target: NodeId,
        /// The hosting country.
        country: Option<CountryCode>,
    },
    /// Take the open offer back.
    Resume,
    /// As the origin, take the report back from a holder that is gone.
    Reclaim,
    /// As the origin, take the report back for good.
    Withdraw,
}

/// Why a move is not possible now. Each sentence names the party that must act.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoveRefused {
    /// Not published.
    #[error("the report is not published; assess it first: hotline-node report assess {0} --assessment …")]
    NotPublished(ReportId),
    /// Its origin's.
    #[error(
        "what {0} says of this report is not here, or was left behind when that hotline went on in a new epoch: call it; \
         what it does not say again, take in yourselves with hotline-node report submit"
    )]
    NoCreate(NodeId),
    /// Somebody else holds it.
    #[error(
        "{holder} holds this report; only the holder may do this; call that hotline, or see what it has said: hotline-node \
         report show ID"
    )]
    NotHolder {
        /// The holder.
        holder: NodeId,
    },
    /// Nothing is offered to us.
    #[error(
        "the report is not offered to this hotline, or no more; who holds it and what was said stands in: hotline-node report \
         show ID"
    )]
    NotOffered,
    /// Its offer's body is not here.
    #[error("the offer's body has not arrived yet; it is asked for, try again shortly")]
    BodyNotHere,
    /// Another is asked already.
    #[error("the report is offered to {target}; take that back first: hotline-node report resume ID")]
    OfferOpen {
        /// The target.
        target: NodeId,
    },
    /// There is no offer to take back.
    #[error(
        "there is no open offer of ours to take back: none was made, or it was accepted; hotline-node report show ID says which; \
         offer what this hotline holds with hotline-node report transfer ID --to NODE, and take back what was accepted with \
         hotline-node report reclaim ID --reason R"
    )]
    NoOffer,
    /// Terminal.
    #[error("the report is {0}, which is final; reopen it first: hotline-node report act … reopen")]
    Final(State),
    /// Nothing to reopen.
    #[error(
        "the report is not closed, so there is nothing to reopen; say what is done with: hotline-node report act ID ACTION"
    )]
    NotFinal,
    /// The origin alone may.
    #[error(
        "only the report's origin, {0}, may do this: call that hotline; what this hotline holds it passes on with: hotline-node \
         report transfer ID --to NODE"
    )]
    NotOrigin(NodeId),
    /// Withdrawn.
    #[error(
        "the report was withdrawn by its origin, which is final; where something must be done all the same, take its URL in \
         anew: hotline-node report submit -"
    )]
    Withdrawn,
    /// A country that it may not be passed to.
    #[error(
        "the report may not be passed to {0}: its origin has said so (legal block); name a hotline of another country with --to"
    )]
    Blocked(CountryCode),
    /// To oneself.
    #[error(
        "a report is not transferred to the hotline that holds it; name another one with --to: hotline-node peer list"
    )]
    ToOurselves,
    /// The holder is alive.
    #[error(
        "{holder} holds the report and was heard from within 14 days; only a holder who is gone can be passed over: \
         call it; what nothing is said of for long is taken back with hotline-node report reclaim ID --reason R"
    )]
    HolderAlive {
        /// The holder.
        holder: NodeId,
    },
    /// The holder has said something of the report lately.
    #[error(
        "{holder} holds the report, and something was said of it within {days} days (exchange.holder_silence_days); only a \
         holder who is silent about it, or gone, can be passed over: call that hotline"
    )]
    HolderWorks {
        /// The holder.
        holder: NodeId,
        /// How long it must be silent.
        days: u32,
    },
    /// Closed in the house.
    #[error("the report is closed and was never published; take its URL in again if it must be assessed anew")]
    Closed,
    /// As much as members count.
    #[error(
        "this hotline has written {0} entries about this report, and no member counts more; take its URL in anew: \
         hotline-node report submit -"
    )]
    TooManyEntries(usize),
    /// The remaining entries are for people.
    #[error(
        "this node has written {0} entries about this report and writes no more by itself: members count {limit}, and the rest \
         is left to a person",
        limit = REPORT_ENTRIES_LIMIT
    )]
    LeftToPeople(usize),
    /// Already published.
    #[error(
        "the report is published and cannot be assessed again here; say what changed with: hotline-node report act ID ACTION"
    )]
    Published,
}

impl MoveRefused {
    /// Whether as much was written about the report as may be.
    pub(crate) const fn is_too_many(&self) -> bool {
        matches!(self, Self::TooManyEntries(_) | Self::LeftToPeople(_))
    }

    /// Returns the refusal for a report without its create here.
    pub(crate) fn without_create(own: &NodeId, id: &ReportId) -> Self {
        if id.origin == *own { Self::NotPublished(id.clone()) } else { Self::NoCreate(id.origin.clone()) }
    }
}

/// The number of entries kept for people's acts, of those that members count of an author.
const ROOM_FOR_PEOPLE: usize = 256;

/// Whether one entry more of ours about a report would count; `written` is how many there are.
pub(crate) const fn check_room(written: usize, by_itself: bool) -> Result<(), MoveRefused> {
    if written >= REPORT_ENTRIES_LIMIT {
        return Err(MoveRefused::TooManyEntries(written));
    }
    if by_itself && written >= REPORT_ENTRIES_LIMIT - ROOM_FOR_PEOPLE {
        return Err(MoveRefused::LeftToPeople(written));
    }
    Ok(())
}

impl Move {
    /// Returns the entry that this move writes, if the fold allows it. `now` in seconds since 1970. The body is added
    /// by the caller.
    pub fn plan(&self, own: &NodeId, id: &ReportId, fold: &Fold, now: i64) -> Result<Content, MoveRefused> {
        let mut content = Content::new(self.entry_type(), now);
        content.org = Some(id.origin.clone());
        content.rid = Some(id.rid);
        content.reference = Some(fold.last);
        content.tenure = Some(fold.tenure);
        match self {
            Self::Accept | Self::Refuse { .. } => self.plan_answer(own, fold, &mut content)?,
            Self::Status(status) => {
                holder_only(own, fold)?;
                check_status(status, fold.state)?;
                content.hold = Some(fold.hold);
                content.status = Some(status.clone());
                content.to = readers(own, id, fold);
            }
            Self::Transfer { target, country } => plan_transfer(own, id, fold, target, *country, &mut content)?,
            Self::Resume => {
                holder_only(own, fold)?;
                let offer = fold.open_offer().ok_or(MoveRefused::NoOffer)?;
                content.hold = Some(fold.hold);
                content.of = Some(offer.entry);
            }
            Self::Reclaim => plan_reclaim(own, id, fold, &mut content)?,
            Self::Withdraw => {
                if id.origin != *own {
                    return Err(MoveRefused::NotOrigin(id.origin.clone()));
                }
                not_final(fold.state)?;
                content.to = readers(own, id, fold);
            }
        }
        Ok(content)
    }

    const fn entry_type(&self) -> EntryType {
        match self {
            Self::Accept => EntryType::Accept,
            Self::Refuse { .. } => EntryType::Refuse,
            Self::Status(_) => EntryType::Status,
            Self::Transfer { .. } => EntryType::Transfer,
            Self::Resume | Self::Reclaim => EntryType::Resume,
            Self::Withdraw => EntryType::Withdraw,
        }
    }

    fn plan_answer(&self, own: &NodeId, fold: &Fold, content: &mut Content) -> Result<(), MoveRefused> {
        let offer = fold.unanswered_offer().filter(|offer| offer.target == *own).ok_or(MoveRefused::NotOffered)?;
        content.reference = Some(offer.entry);
        content.of = Some(offer.entry);
        match self {
            Self::Refuse { why, country } => {
                content.why = Some(why.code().into());
                content.country = country.map(Into::into);
            }
            _ => content.tenure = Some(fold.tenure + 1),
        }
        Ok(())
    }
}

fn plan_transfer(
    own: &NodeId,
    id: &ReportId,
    fold: &Fold,
    target: &NodeId,
    country: Option<CountryCode>,
    content: &mut Content,
) -> Result<(), MoveRefused> {
    holder_only(own, fold)?;
    not_final(fold.state)?;
    if target == own {
        return Err(MoveRefused::ToOurselves);
    }
    if let Some(open) = fold.open_offer() {
        return Err(MoveRefused::OfferOpen { target: open.target.clone() });
    }
    if let Some(blocked) = [Some(target.seat()), country].into_iter().flatten().find(|cc| fold.not.contains(cc)) {
        return Err(MoveRefused::Blocked(blocked));
    }
    content.hold = Some(fold.hold);
    content.target = Some(target.clone());
    content.country = country;
    content.not = fold.not.iter().copied().collect();
    content.to = vec![target.clone()];
    if id.origin != *own && id.origin != *target {
        content.to.push(id.origin.clone());
    }
    Ok(())
}

/// Plans the origin's resume of its own offer after seeing the accept: the walk comes back to the origin.
fn plan_reclaim(own: &NodeId, id: &ReportId, fold: &Fold, content: &mut Content) -> Result<(), MoveRefused> {
    if id.origin != *own {
        return Err(MoveRefused::NotOrigin(id.origin.clone()));
    }
    not_final(fold.state)?;
    let offer = fold
        .offers
        .iter()
        .rev()
        .find(|offer| offer.by == *own && !offer.resumed && offer.accepted.is_some())
        .ok_or(MoveRefused::NoOffer)?;
    content.hold = Some(fold.create);
    content.tenure = Some(1);
    content.of = Some(offer.entry);
    Ok(())
}

fn holder_only(own: &NodeId, fold: &Fold) -> Result<(), MoveRefused> {
    if fold.holder == *own { Ok(()) } else { Err(MoveRefused::NotHolder { holder: fold.holder.clone() }) }
}

fn not_final(state: State) -> Result<(), MoveRefused> {
    match state {
        State::Removed | State::Unavailable | State::NotIllegal => Err(MoveRefused::Final(state)),
        State::Withdrawn => Err(MoveRefused::Withdrawn),
        _ => Ok(()),
    }
}

fn check_status(status: &Status, state: State) -> Result<(), MoveRefused> {
    let is_final = matches!(state, State::Removed | State::Unavailable | State::NotIllegal);
    match status {
        Status::Reopened if is_final => Ok(()),
        Status::Reopened => Err(MoveRefused::NotFinal),
        _ => not_final(state),
    }
}

/// Writers name the origin, the holder and the target of the open offer, and nobody that passed the report on.
fn readers(own: &NodeId, id: &ReportId, fold: &Fold) -> Vec<NodeId> {
    let mut readers: Vec<NodeId> = Vec::new();
    let target = fold.unanswered_offer().map(|offer| &offer.target);
    for reader in [Some(&id.origin), Some(&fold.holder), target].into_iter().flatten() {
        if reader != own && !readers.contains(reader) {
            readers.push(reader.clone());
        }
    }
    readers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_terminal_status_a_holder_says_reopened_alone_and_after_a_withdrawal_nothing() {
        let said = |state| -> Vec<&str> {
            let may_be_said = |status: &&Status| check_status(status, state).is_ok();
            Status::ALL.iter().filter(may_be_said).map(Status::code).collect()
        };
        for state in [State::Removed, State::Unavailable, State::NotIllegal] {
            assert_eq!(said(state), [Status::Reopened.code()], "{state}");
        }
        assert!(said(State::Withdrawn).is_empty());
        assert!(check_status(&Status::Reopened, State::Accepted).is_err(), "nothing was ended");
    }
}
