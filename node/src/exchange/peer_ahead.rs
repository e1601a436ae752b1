//! That a peer shows more of a log than is here: how long it is a reason to wait. Pure.
//!
//! One member's word is bounded. A head signed by the log's author counts until there was time enough for somebody to
//! bring the signed entries. A head under a key that is not known here counts until the peer was asked and brought
//! nothing.

/// Time for somebody to bring the entries up to a signed head, in microseconds.
const SIGNED: i64 = 15 * 60 * 1_000_000;
/// Time for the peer to bring the entries that make its claim known, in microseconds.
const UNPROVED: i64 = 60 * 1_000_000;

/// A peer's claim of entries of a log beyond those here. Times in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ahead {
    /// Since when, without anything of that log having come.
    since: i64,
    /// Its author has signed it.
    is_signed: bool,
    /// When the peer was last asked for it and brought nothing.
    asked_at: Option<i64>,
}

impl Ahead {
    /// It is shown `now`. `is_new`, that it is another head than was shown last; `moved_at`, when the log last moved here.
    pub(super) fn note(&mut self, is_signed: bool, is_new: bool, moved_at: i64, now: i64) {
        if self.since == 0 || moved_at > self.since || (is_signed && !self.is_signed) {
            self.since = now;
        }
        if is_new {
            self.asked_at = None;
        }
        self.is_signed |= is_signed;
    }

    /// The peer was asked for it and brought nothing.
    pub fn note_asked(&mut self, now: i64) {
        self.asked_at = Some(now);
    }

    /// Whether it is worth asking for again, after so long a pause in microseconds.
    #[must_use]
    pub fn may_be_asked(&self, now: i64, pause: i64) -> bool {
        self.asked_at.is_none_or(|at| now - at >= pause)
    }

    /// Whether there may be more of that log, for all that is known here.
    #[must_use]
    pub fn counts(&self, now: i64) -> bool {
        let is_open = self.is_signed || self.asked_at.is_none();
        is_open && now - self.since < if self.is_signed { SIGNED } else { UNPROVED }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_800_000_000_000_000;

    fn shown(is_signed: bool) -> Ahead {
        let mut ahead = Ahead::default();
        ahead.note(is_signed, true, 0, T);
        ahead
    }

    #[test]
    fn a_claim_counts_until_its_peer_was_asked_in_vain_or_a_minute_is_over() {
        let mut claim = shown(false);
        assert!(claim.counts(T) && claim.counts(T + UNPROVED - 1) && !claim.counts(T + UNPROVED));
        claim.note_asked(T + 1);
        assert!(!claim.counts(T + 2));
        // The same words again are no other claim.
        claim.note(false, false, 0, T + UNPROVED);
        assert!(!claim.counts(T + UNPROVED));
        claim.note(false, true, 0, T + UNPROVED);
        assert!(!claim.counts(T + UNPROVED), "and neither are others, as long as nothing came of the log");
    }

    #[test]
    fn a_signed_head_counts_for_a_quarter_of_an_hour_whatever_the_peer_brings() {
        let mut signed = shown(true);
        signed.note_asked(T + 1);
        assert!(signed.counts(T + SIGNED - 1) && !signed.counts(T + SIGNED));
        signed.note(true, false, 0, T + SIGNED);
        assert!(!signed.counts(T + SIGNED));
        // Entries came: a head shown beyond them is news.
        signed.note(true, true, T + SIGNED, T + SIGNED);
        assert!(signed.counts(T + SIGNED));
    }

    #[test]
    fn what_was_a_claim_and_is_signed_now_gets_its_own_time() {
        let mut ahead = shown(false);
        ahead.note(true, true, 0, T + UNPROVED);
        assert!(ahead.counts(T + UNPROVED));
        ahead.note(false, true, 0, T + UNPROVED + SIGNED);
        assert!(!ahead.counts(T + UNPROVED + SIGNED), "a claim behind a signed head begins nothing anew");
    }

    #[test]
    fn who_brought_nothing_is_asked_again_after_a_pause_or_for_another_head() {
        let mut ahead = shown(true);
        assert!(ahead.may_be_asked(T, 10));
        ahead.note_asked(T);
        assert!(!ahead.may_be_asked(T + 9, 10) && ahead.may_be_asked(T + 10, 10));
        ahead.note(true, true, 0, T + 1);
        assert!(ahead.may_be_asked(T + 1, 10));
    }
}
