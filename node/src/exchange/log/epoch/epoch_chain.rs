//! The entries of a log that count, where it has several epochs: pure.
//!
//! Each epoch but the first names the last entry before it that still counts (protocol, section 2, "Epochs"). So the
//! entries that count form one line through the epochs, and those left behind stay as evidence.

use hotline_protocol::log::Position;

/// An epoch of the line, up to the last of its entries that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    epoch: u64,
    /// Open in the newest epoch.
    last: Option<u64>,
}

/// The entries of a log that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(Vec<Part>);

/// Where the line goes on after a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onward {
    /// The next entry follows this place: the place itself, or the beginning of a later epoch.
    pub after: Position,
    /// The last position in that epoch that counts; open in the newest one.
    pub last: Option<u64>,
}

impl Line {
    /// The line of a log with these further epochs, in rising order: each epoch with the last place that counts before.
    #[must_use]
    pub fn of(opened: impl IntoIterator<Item = (u64, Position)>) -> Self {
        let mut line = Self(vec![Part { epoch: 1, last: None }]);
        for (epoch, from) in opened {
            line.open(epoch, from);
        }
        line
    }

    /// Continues in a further epoch after `from`, a place that counts.
    fn open(&mut self, epoch: u64, from: Position) {
        while self.0.last().is_some_and(|part| part.epoch > from.epoch) {
            self.0.pop();
        }
        if let Some(part) = self.0.last_mut().filter(|part| part.epoch == from.epoch) {
            part.last = Some(part.last.map_or(from.seq, |last| last.min(from.seq)));
        }
        self.0.push(Part { epoch, last: None });
    }

    /// Whether the entry at this place counts.
    #[must_use]
    pub fn counts(&self, place: Position) -> bool {
        self.0.iter().any(|part| part.epoch == place.epoch && part.last.is_none_or(|last| place.seq <= last))
    }

    /// The place where a reader continues with the log up to `place` in hand, counting or not; `None` beyond the newest
    /// epoch.
    #[must_use]
    pub fn after(&self, place: Position) -> Option<Onward> {
        let within = self.0.iter().find(|part| part.epoch == place.epoch);
        if let Some(part) = within.filter(|part| part.last.is_none_or(|last| place.seq < last)) {
            return Some(Onward { after: place, last: part.last });
        }
        let next = self.0.iter().find(|part| part.epoch > place.epoch)?;
        Some(Onward { after: Position { epoch: next.epoch, seq: 0 }, last: next.last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(epoch: u64, seq: u64) -> Position {
        Position { epoch, seq }
    }

    fn onward(line: &Line, place: Position) -> Option<(Position, Option<u64>)> {
        line.after(place).map(|onward| (onward.after, onward.last))
    }

    #[test]
    fn a_log_of_one_epoch_counts_as_a_whole() {
        let line = Line::of([]);
        assert!(line.counts(at(1, 0)) && line.counts(at(1, 9)) && !line.counts(at(2, 1)));
        assert_eq!(onward(&line, at(1, 9)), Some((at(1, 9), None)));
        assert_eq!(onward(&line, at(2, 0)), None);
    }

    #[test]
    fn what_stands_after_the_last_good_entry_is_left_behind() {
        let line = Line::of([(2, at(1, 5))]);
        assert_eq!([at(1, 5), at(1, 6), at(2, 1)].map(|place| line.counts(place)), [true, false, true]);
        assert_eq!(onward(&line, at(1, 3)), Some((at(1, 3), Some(5))));
        for place in [at(1, 5), at(1, 6)] {
            assert_eq!(onward(&line, place), Some((at(2, 0), None)));
        }
        assert_eq!(onward(&line, at(2, 4)), Some((at(2, 4), None)));
    }

    #[test]
    fn an_epoch_may_leave_a_whole_one_before_it_behind() {
        let line = Line::of([(2, at(1, 5)), (4, at(1, 3))]);
        assert_eq!(
            [at(1, 3), at(1, 4), at(2, 1), at(4, 1)].map(|place| line.counts(place)),
            [true, false, false, true]
        );
        for place in [at(1, 3), at(1, 5), at(2, 0), at(2, 7)] {
            assert_eq!(onward(&line, place), Some((at(4, 0), None)));
        }
    }

    #[test]
    fn an_epoch_may_go_on_from_within_the_one_before_it_or_from_nothing() {
        let line = Line::of([(2, at(1, 5)), (3, at(2, 2))]);
        assert_eq!(onward(&line, at(1, 5)), Some((at(2, 0), Some(2))));
        assert_eq!(onward(&line, at(2, 2)), Some((at(3, 0), None)));
        assert!(line.counts(at(1, 5)) && !line.counts(at(2, 3)));
        let nothing = Line::of([(2, at(1, 0))]);
        assert!(!nothing.counts(at(1, 1)));
        assert_eq!(onward(&nothing, at(1, 0)), Some((at(2, 0), None)));
    }
}
