//! A look at every node's database: the data of the table, and whether everything is settled.

use std::collections::BTreeMap;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::vocabulary::State;

use super::federation::Member;
use crate::cli::console::exit::CliError;
use crate::exchange::log::{heads, unfinished};
use crate::report::query::{Tally, tally};

/// All nodes, in the federation's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Survey {
    pub nodes: Vec<NodeSurvey>,
}

/// One node, as its own database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeSurvey {
    pub id: NodeId,
    pub tallies: Vec<Tally>,
    /// Entries of its own that are not signed.
    pub unsealed: u64,
    /// Bodies that it is entitled to and that are not here yet.
    pub missing_bodies: u64,
    /// How far every log is here.
    pub heads: BTreeMap<NodeId, Cursor>,
}

impl Survey {
    /// Looks at every node.
    pub(super) async fn take(members: &[Member]) -> Result<Self, CliError> {
        let mut nodes = Vec::with_capacity(members.len());
        for member in members {
            let database = member.context.database.read();
            let (unsealed, missing_bodies) = unfinished(database, &member.id).await?;
            let heads = heads(database).await?.into_iter().map(|(log, (head, _))| (log, head)).collect();
            let tallies = tally(database).await?;
            nodes.push(NodeSurvey { id: member.id.clone(), tallies, unsealed, missing_bodies, heads });
        }
        Ok(Self { nodes })
    }

    /// Entries of others' logs that a node does not have yet.
    pub(super) fn behind(&self, node: &NodeSurvey) -> u64 {
        self.nodes.iter().map(|author| author.entries().saturating_sub(node.entries_of(&author.id))).sum()
    }

    /// The work still under way, in words; `None` when everything is settled: nothing unsealed, every log everywhere,
    /// every body where it belongs, no offer open.
    pub(super) fn under_way(&self) -> Option<String> {
        let sum = |count: fn(&NodeSurvey) -> u64| self.nodes.iter().map(count).sum::<u64>();
        let unsealed = sum(|node| node.unsealed);
        let missing = sum(|node| node.missing_bodies);
        let offers = sum(|node| node.count(|tally| tally.offered));
        let behind: u64 = self.nodes.iter().map(|node| self.behind(node)).sum();
        let differ = self.nodes.iter().any(|node| node.heads != self.nodes[0].heads);
        (unsealed + missing + offers + behind > 0 || differ).then(|| {
            format!(
                "{unsealed} entries to seal, {behind} to deliver, {missing} bodies to fetch, \
                 {offers} offers open as the nodes see them"
            )
        })
    }
}

impl NodeSurvey {
    fn count(&self, which: impl Fn(&Tally) -> bool) -> u64 {
        self.tallies.iter().filter(|tally| which(tally)).map(|tally| tally.count).sum()
    }

    /// Reports that came in here.
    pub(super) fn created(&self) -> u64 {
        self.count(|tally| tally.origin == self.id)
    }

    /// Reports of others that this node holds.
    pub(super) fn accepted(&self) -> u64 {
        self.count(|tally| tally.holder == self.id && tally.origin != self.id)
    }

    /// Reports that this node holds and has offered.
    pub(super) fn offered(&self) -> u64 {
        self.count(|tally| tally.holder == self.id && tally.offered)
    }

    /// Reports in one of some states that this node holds.
    pub(super) fn held_in(&self, states: &[State]) -> u64 {
        self.count(|tally| tally.holder == self.id && !tally.offered && states.contains(&tally.state))
    }

    /// Entries of its own log.
    pub(super) fn entries(&self) -> u64 {
        self.entries_of(&self.id)
    }

    fn entries_of(&self, log: &NodeId) -> u64 {
        self.heads.get(log).map_or(0, |head| head.seq)
    }
}

#[cfg(test)]
mod tests {
    use hotline_protocol::bytes::Hash;

    use super::*;

    fn node(id: &str) -> NodeId {
        id.parse().expect("a node's id")
    }

    /// Two nodes, and a log of FR with three entries at both.
    fn survey() -> Survey {
        let head = Cursor { epoch: 1, seq: 3, hash: Hash::of(&[b"third"]) };
        let tally =
            Tally { origin: node("fr-a"), holder: node("nl-a"), state: State::Accepted, offered: false, count: 2 };
        let look = |id: &str| NodeSurvey {
            id: node(id),
            tallies: vec![tally.clone()],
            unsealed: 0,
            missing_bodies: 0,
            heads: BTreeMap::from([(node("fr-a"), head)]),
        };
        Survey { nodes: vec![look("fr-a"), look("nl-a")] }
    }

    #[test]
    fn figures_are_those_of_the_node_itself() {
        let survey = survey();
        let [fr, nl] = &survey.nodes[..] else { panic!("two nodes") };
        assert_eq!((fr.created(), fr.accepted(), fr.entries()), (2, 0, 3));
        assert_eq!((nl.created(), nl.accepted(), nl.entries()), (0, 2, 0));
        assert_eq!(nl.held_in(&[State::Accepted]), 2);
    }

    #[test]
    fn everything_that_is_under_way_keeps_it_from_being_settled() {
        assert_eq!(survey().under_way(), None);
        for disturb in [
            |node: &mut NodeSurvey| node.unsealed = 1,
            |node: &mut NodeSurvey| node.missing_bodies = 1,
            |node: &mut NodeSurvey| node.tallies[0].offered = true,
            |node: &mut NodeSurvey| node.heads.clear(),
            |node: &mut NodeSurvey| node.heads.values_mut().for_each(|head| head.hash = Hash::ZERO),
        ] {
            let mut survey = survey();
            disturb(&mut survey.nodes[1]);
            assert!(survey.under_way().is_some());
        }
    }
}
