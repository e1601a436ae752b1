//! Exact numbers of each kind, in an order by chance.

use crate::chance::Chance;

/// Divides `n` among the kinds by their shares of a thousand: rounded down, and the rest goes to those that lost most
/// by that. The shares of all kinds make a thousand.
pub(super) fn apportion(shares: &[u64], n: usize) -> Vec<usize> {
    let n = n as u64;
    let mut counts: Vec<u64> = shares.iter().map(|share| n * share / 1_000).collect();
    let mut by_loss: Vec<usize> = (0..shares.len()).collect();
    by_loss.sort_by_key(|place| std::cmp::Reverse(n * shares[*place] % 1_000));
    let left = n - counts.iter().sum::<u64>();
    for place in by_loss.into_iter().cycle().take(usize::try_from(left).expect("less than the kinds")) {
        counts[place] += 1;
    }
    counts.into_iter().map(|count| usize::try_from(count).expect("at most n")).collect()
}

/// So many cards of each kind, shuffled.
pub(super) fn deck<T: Copy>(kinds: &[(T, usize)], chance: &mut Chance) -> Vec<T> {
    let mut cards: Vec<T> = kinds.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count)).collect();
    shuffle(&mut cards, chance);
    cards
}

/// `n` cards by their shares of a thousand, shuffled.
pub(super) fn deck_by_share<T: Copy>(kinds: &[(T, u64)], n: usize, chance: &mut Chance) -> Vec<T> {
    let shares: Vec<u64> = kinds.iter().map(|(_, share)| *share).collect();
    let counts = apportion(&shares, n);
    deck(&kinds.iter().map(|(kind, _)| *kind).zip(counts).collect::<Vec<_>>(), chance)
}

/// Fisher and Yates.
pub(super) fn shuffle<T>(cards: &mut [T], chance: &mut Chance) {
    for place in (1..cards.len()).rev() {
        let other = chance.within(0..place as u64 + 1);
        cards.swap(place, usize::try_from(other).expect("at most the place"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_is_dealt_and_a_rounded_share_is_the_share() {
        assert_eq!(apportion(&[820, 150, 30], 14_216), [11_657, 2_132, 427]);
        assert_eq!(apportion(&[500, 500], 3), [2, 1]);
        assert_eq!(apportion(&[1_000], 0), [0]);
        let mut cards = deck_by_share(&[('a', 420), ('b', 580)], 50, &mut Chance::seeded(1));
        assert_ne!(cards[..21], ['a'; 21]);
        cards.sort_unstable();
        assert_eq!(cards.iter().filter(|card| **card == 'a').count(), 21);
    }
}
