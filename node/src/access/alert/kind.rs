//! Every kind of alert, and how each ends.

use std::fmt;
use std::time::Duration;

/// The end of an alert: by itself, or by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Its cause lasts and is looked at again: the alert ends by itself with it.
    Lasting,
    /// Something happened: a person ends it by taking note.
    Event,
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal, $nature:ident;)+) => {
        /// The subject matter of an alert. Its code never changes: programs that are told by a webhook know it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AlertKind { $($(#[$doc])+ $variant),+ }

        impl AlertKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code: `a_z`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Returns the kind of its end.
            #[must_use]
            pub const fn nature(self) -> Nature {
                match self { $(Self::$variant => Nature::$nature),+ }
            }
        }
    };
}

kinds! {
    /// Nothing was delivered to a peer for `exchange.delivery_alarm_seconds`.
    PeerBehind = "peer_behind", Lasting;
    /// The machine that answers for a peer is not the peer.
    PeerRefused = "peer_refused", Lasting;
    /// A peer has suspended this node.
    PeerSuspends = "peer_suspends", Lasting;
    /// A peer asks for more than it may have, again and again.
    PeerOverLimits = "peer_over_limits", Lasting;
    /// A peer's clock and ours are far apart.
    PeerClock = "peer_clock", Lasting;
    /// A peer holds another copy of this node's log.
    PeerCopy = "peer_copy", Lasting;
    /// A peer takes this node for a copy of itself.
    CloneSuspected = "clone_suspected", Lasting;
    /// Two machines seem to run as a peer.
    PeerRunsTwice = "peer_runs_twice", Lasting;
    /// A peer leaves offers without an answer.
    OfferUnanswered = "offer_unanswered", Lasting;
    /// As much of a member's log as is taken in a day was taken.
    DayUsedUp = "day_used_up", Lasting;
    /// A hotline has accepted reports of ours and says nothing of them.
    HolderSilent = "holder_silent", Lasting;
    /// A certificate ends soon, or has ended.
    CertificateEnds = "certificate_ends", Lasting;
    /// The certificate of a listener for people ends soon, or its files do not belong together.
    WebCertificate = "web_certificate", Lasting;
    /// The federation's authority wants attention.
    Authority = "authority", Lasting;
    /// This node's keys cannot be exchanged.
    OwnKeys = "own_keys", Lasting;
    /// Nothing is sealed and sent.
    NothingIsSealed = "nothing_is_sealed", Lasting;
    /// A disk is nearly full, or full.
    Disk = "disk", Lasting;
    /// The database does not answer, takes nothing, or is damaged.
    Database = "database", Lasting;
    /// Another check of the node's health found a fault; the subject is its name.
    Health = "health", Lasting;
    /// A peer goes on in a new epoch of its log.
    EpochOpened = "epoch_opened", Event;
    /// An author has signed two entries under one place of its log.
    LogForked = "log_forked", Event;
    /// A peer announced a key that is not taken.
    KeyChangeRefused = "key_change_refused", Event;
    /// Reports that no step can deal with, and that wait for a person.
    ReportSetAside = "report_set_aside", Event;
    /// A report stands still, for its author asks for something that this version does not understand.
    ReportStandsStill = "report_stands_still", Event;
    /// A member has written more about a report than counts.
    TooManyEntries = "too_many_entries", Event;
    /// A report that this hotline works on was taken back, withdrawn or changed by its origin.
    WorkTakenAway = "work_taken_away", Event;
    /// A member offers so much that is hosted elsewhere that it is refused little by little.
    RefusalsHeldBack = "refusals_held_back", Event;
}

impl AlertKind {
    /// The kind with this code; `None` for one of another version.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// How long a cause must last before a person is called. A database that restarts is nobody's concern.
    #[must_use]
    pub const fn opens_after(self) -> Duration {
        match self {
            Self::Database => Duration::from_secs(30),
            _ => Duration::ZERO,
        }
    }

    /// How long a cause must be gone before its alert ends. Right after a start, causes that only a call to the peer
    /// shows are not known.
    #[must_use]
    pub const fn resolves_after(self) -> Duration {
        match self {
            Self::PeerRefused | Self::PeerSuspends | Self::PeerCopy | Self::CloneSuspected | Self::Disk => {
                Duration::from_secs(30)
            }
            _ => Duration::ZERO,
        }
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_read_back() {
        for kind in AlertKind::ALL {
            assert_eq!(AlertKind::of(kind.code()), Some(*kind));
            assert!(kind.code().chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{kind}");
        }
        assert_eq!(AlertKind::of("of_another_version"), None);
    }
}
