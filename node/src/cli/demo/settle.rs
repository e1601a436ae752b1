//! The comparison of all nodes: is everything everywhere, once, and at its place? Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hotline_protocol::country::Country;
use hotline_protocol::id::{NodeId, ReportId};

use super::record::{NodeRecord, Standing};

/// A node, its country, and its account.
pub(super) type Account = (NodeId, Country, NodeRecord);

/// Findings of the comparison; the names are those of `demo --json`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Reports with a holder other than their origin.
    pub accepted: u64,
    /// Published reports that nobody could be offered.
    pub unroutable: u64,
    /// Published reports.
    pub published: u64,
    /// Published reports with an offer that was refused.
    pub refused: u64,
    /// Published reports that were accepted more than once.
    pub passed_on: u64,
    /// Published reports by their state, in the words of the vocabulary.
    pub states: BTreeMap<&'static str, u64>,
    /// Reports in one node's log that another member's fold does not have, offers without an answer, and reports that
    /// were taken in and are nowhere.
    pub lost: u64,
    /// Reports with more than one holder in any two folds, and references with two ids.
    pub duplicated: u64,
    /// Reports with two folds that disagree.
    pub disagreeing: u64,
    /// Reports with a member's country as hosting country, held by somebody else.
    pub misplaced: u64,
}

impl Findings {
    /// The fault, in one sentence; `None` if there is none.
    pub(super) fn fault(&self) -> Option<String> {
        let counts = [
            (self.lost, "lost"),
            (self.duplicated, "duplicated"),
            (self.disagreeing, "told differently by two nodes"),
            (self.misplaced, "not held by the hotline of the hosting country"),
        ];
        let faults: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        (!faults.is_empty()).then(|| format!("of the reports, {}", faults.join(", ")))
    }
}

/// Compares all nodes' accounts after `taken` reports were taken in.
pub(super) fn compare(accounts: &[Account], taken: u64) -> Findings {
    let created: u64 = accounts.iter().map(|(_, _, record)| record.created).sum();
    let mut findings = Findings { lost: taken.saturating_sub(created), ..Findings::default() };
    for (_, _, record) in accounts {
        findings.unroutable += record.unroutable;
        findings.lost += count(record.published.iter().filter(|id| is_missing(accounts, id)));
        findings.duplicated += count(record.by_reference.values().filter(|ids| ids.len() > 1));
        for id in &record.published {
            if let Some(standing) = record.standings.get(id) {
                findings.take(id, standing, accounts);
            }
        }
    }
    for standings in by_report(accounts).values() {
        let holders: HashSet<&NodeId> =
            standings.iter().flat_map(|standing| [&standing.holder, &standing.row_holder]).collect();
        findings.duplicated += u64::from(holders.len() > 1);
        findings.disagreeing += u64::from(standings.iter().any(|standing| *standing != standings[0]));
        findings.lost += u64::from(standings.iter().any(|standing| standing.unanswered > 0));
    }
    findings
}

impl Findings {
    /// Counts a report as its origin sees it.
    fn take(&mut self, id: &ReportId, standing: &Standing, accounts: &[Account]) {
        self.published += 1;
        self.accepted += u64::from(standing.holder != id.origin);
        self.refused += u64::from(standing.refused > 0);
        self.passed_on += u64::from(standing.passed_on);
        *self.states.entry(standing.state.code()).or_default() += 1;
        let answering: BTreeSet<&NodeId> =
            accounts.iter().filter(|(_, country, _)| Some(*country) == standing.country).map(|(id, ..)| id).collect();
        self.misplaced += u64::from(!answering.is_empty() && !answering.contains(&standing.holder));
    }
}

fn is_missing(accounts: &[Account], id: &ReportId) -> bool {
    accounts.iter().any(|(_, _, record)| !record.standings.contains_key(id))
}

fn by_report(accounts: &[Account]) -> HashMap<&ReportId, Vec<&Standing>> {
    let mut all: HashMap<&ReportId, Vec<&Standing>> = HashMap::new();
    for (id, standing) in accounts.iter().flat_map(|(_, _, record)| &record.standings) {
        all.entry(id).or_default().push(standing);
    }
    all
}

fn count<T>(found: impl Iterator<Item = T>) -> u64 {
    found.fold(0, |count, _| count + 1)
}

#[cfg(test)]
mod tests {
    use hotline_protocol::vocabulary::State;

    use super::*;

    fn node(id: &str) -> NodeId {
        id.parse().expect("a node's id")
    }

    fn report() -> ReportId {
        "fr-a/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("a report's id")
    }

    /// FR's report, accepted by NL, as both nodes tell it.
    fn federation() -> Vec<Account> {
        let standing = Standing {
            holder: node("nl-a"),
            row_holder: node("nl-a"),
            state: State::Removed,
            tenure: 2,
            country: Some("NL".parse().expect("a country's code")),
            unanswered: 0,
            refused: 0,
            passed_on: false,
        };
        ["FR", "NL"]
            .map(|code| {
                let country: Country = code.parse().expect("a country's code");
                let is_origin = code == "FR";
                let record = NodeRecord {
                    created: u64::from(is_origin),
                    published: if is_origin { vec![report()] } else { Vec::new() },
                    unroutable: 0,
                    by_reference: HashMap::from([(0, vec![report()])]),
                    standings: HashMap::from([(report(), standing.clone())]),
                };
                (node(&format!("{}-a", code.to_lowercase())), country, record)
            })
            .into()
    }

    fn change(accounts: &mut [Account], node: usize, change: impl FnOnce(&mut Standing)) {
        change(accounts[node].2.standings.get_mut(&report()).expect("is there"));
    }

    #[test]
    fn a_settled_federation_has_no_fault() {
        let findings = compare(&federation(), 1);
        assert_eq!((findings.accepted, findings.published, findings.states["removed"]), (1, 1, 1));
        assert_eq!(findings.fault(), None);
    }

    #[test]
    fn what_one_node_does_not_have_is_lost() {
        let mut accounts = federation();
        accounts[1].2.standings.clear();
        assert_eq!(compare(&accounts, 1).lost, 1);
        assert_eq!(compare(&federation(), 2).lost, 1, "taken in, and nowhere");
        let mut accounts = federation();
        change(&mut accounts, 0, |standing| standing.unanswered = 1);
        assert_eq!(compare(&accounts, 1).lost, 1, "an offer without an answer");
    }

    #[test]
    fn two_holders_and_two_ids_are_duplicates() {
        let mut accounts = federation();
        change(&mut accounts, 1, |standing| standing.holder = node("fr-a"));
        assert_eq!(compare(&accounts, 1).duplicated, 1);
        let mut accounts = federation();
        change(&mut accounts, 1, |standing| standing.row_holder = node("fr-a"));
        assert_eq!(compare(&accounts, 1).duplicated, 1, "the row is not the fold");
        let mut accounts = federation();
        accounts[0].2.by_reference.insert(1, vec![report(), report()]);
        assert_eq!(compare(&accounts, 1).duplicated, 1);
    }

    #[test]
    fn folds_that_differ_and_reports_out_of_place_are_told() {
        let mut accounts = federation();
        change(&mut accounts, 1, |standing| standing.state = State::Accepted);
        assert_eq!(compare(&accounts, 1).disagreeing, 1);
        let mut accounts = federation();
        for node in 0..2 {
            change(&mut accounts, node, |standing| standing.country = "FR".parse().ok());
        }
        let findings = compare(&accounts, 1);
        assert_eq!(findings.misplaced, 1);
        assert_eq!(
            findings.fault().as_deref(),
            Some("of the reports, 1 not held by the hotline of the hosting country")
        );
        for node in 0..2 {
            change(&mut accounts, node, |standing| standing.country = "JP".parse().ok());
        }
        assert_eq!(compare(&accounts, 1).fault(), None, "nobody here answers for JP");
    }
}
