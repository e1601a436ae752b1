//! A federation: the data of two hotlines can be told from that of any two others.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::database::Store;
use super::federation::Federation;
use super::node_process::Who;
use crate::mark::Marks;
use crate::wait::until;

/// The house with the visited office, its partner, and two others.
const FOUR: [Who; 4] = [
    Who { id: "fr-alder", countries: "FR" },
    Who { id: "nl-birch", countries: "NL" },
    Who { id: "de-cedar", countries: "DE" },
    Who { id: "se-dogwood", countries: "SE" },
];

/// Sender, recipient, number of reports, and a word that stands in their URLs alone.
const SENT: [(usize, usize, u32, &str); 12] = [
    (0, 1, 23, "apple"),
    (1, 0, 19, "apricot"),
    (0, 2, 1_129, "quince"),
    (2, 0, 1_031, "quandong"),
    (0, 3, 7, "medlar"),
    (3, 0, 5, "mulberry"),
    (1, 2, 6, "damson"),
    (2, 1, 8, "dewberry"),
    (1, 3, 4, "sloe"),
    (3, 1, 9, "salal"),
    (2, 3, 3, "tayberry"),
    (3, 2, 2, "tamarind"),
];

/// Everything has arrived within this time.
const ARRIVAL: Duration = Duration::from_mins(2);

/// Four hotlines after an exchange among all of them, seen from the office of the first.
pub struct MarkedFederation {
    /// The nodes: the house, the partner, two others. They serve.
    pub federation: Federation,
    /// Data that no user of the partner may see.
    pub foreign: Marks,
    /// Ids of reports that the house exchanged with another than the partner.
    pub foreign_reports: Vec<String>,
    /// Data that only the house and the partner have.
    pub own: Marks,
}

impl MarkedFederation {
    /// The id of the house's partner.
    pub const PARTNER: &str = FOUR[1].id;
    /// The ids of the two others.
    pub const OTHERS: [&str; 2] = [FOUR[2].id, FOUR[3].id];

    /// How many reports the house sent to its partner, and how many it received from there.
    #[must_use]
    pub fn between_the_pair() -> [u64; 2] {
        [(0, 1), (1, 0)].map(|way| {
            let sent = SENT.iter().filter(|(from, to, ..)| (*from, *to) == way);
            sent.map(|(_, _, count, _)| u64::from(*count)).sum()
        })
    }

    /// Starts the nodes, and exchanges reports among all pairs.
    pub async fn started(store: &Store) -> anyhow::Result<Self> {
        let mut federation = Federation::new(store, &FOUR).await?;
        let hosts: Vec<(String, &str)> =
            SENT.iter().map(|(_, to, _, word)| (host(word), FOUR[*to].countries)).collect();
        federation.name_hosts(&hosts.iter().map(|(host, country)| (host.as_str(), *country)).collect::<Vec<_>>())?;
        federation.start().await?;
        for (from, _) in FOUR.iter().enumerate() {
            let sent = SENT.iter().filter(|(sender, ..)| *sender == from);
            let rows: Vec<_> = sent.flat_map(|(_, _, count, word)| (1..=*count).map(|n| row(word, n))).collect();
            federation[from].cli.import(&rows).await?;
        }
        let mut marked =
            Self { federation, foreign: Marks::default(), foreign_reports: Vec::new(), own: Marks::default() };
        marked.until_everything_is_accepted().await?;
        marked.mark_words();
        marked.mark_reports().await?;
        Ok(marked)
    }

    async fn until_everything_is_accepted(&self) -> anyhow::Result<()> {
        for (place, node) in self.federation.nodes().iter().enumerate() {
            let sent = |(from, to, count, _): &(usize, usize, u32, &str)| {
                (*from == place).then(|| (FOUR[*to].id, u64::from(*count)))
            };
            let expected: BTreeMap<&str, u64> = SENT.iter().filter_map(sent).collect();
            until(format!("everything that {} has sent is accepted", node.who.id), ARRIVAL, async || {
                let figures = node.cli.json(&["statistics"]).await?;
                let rows = figures["exchange"].as_array().context("a row for each peer")?;
                let accepted = rows.iter().filter_map(|row| Some((row["peer"].as_str()?, row["accepted"].as_u64()?)));
                Ok((accepted.collect::<BTreeMap<_, _>>() == expected).then_some(()))
            })
            .await?;
        }
        self.federation.until_heads_equal(ARRIVAL).await.map(drop)
    }

    fn mark_words(&mut self) {
        for other in Self::OTHERS {
            self.foreign.word(other, "another peer");
        }
        for (from, to, count, word) in SENT {
            let is_own = from.max(to) == 1;
            let what = format!("{} to {}", FOUR[from].id, FOUR[to].id);
            let marks = if is_own { &mut self.own } else { &mut self.foreign };
            marks.word(word, &what);
            // Small numbers stand everywhere.
            if count > 1_000 {
                marks.number(count.into(), &what);
            }
        }
        let large = SENT.iter().map(|(_, _, count, _)| count).filter(|count| **count > 1_000);
        self.foreign.number(large.sum::<u32>().into(), "fr-alder with de-cedar, both ways");
    }

    async fn mark_reports(&mut self) -> anyhow::Result<()> {
        let all = self.federation[0].cli.json(&["report", "list", "--limit", "10000"]).await?;
        for report in all.as_array().context("a list")? {
            let between = [&report["origin"], &report["holder"]];
            let is_own = Self::OTHERS.iter().all(|other| between.iter().all(|node| *node != other));
            let id = report["id"].as_str().context("a report has an id")?;
            let (_, uuid) = id.split_once('/').context("an id has an origin")?;
            for id in [Some(uuid), report["number"].as_str()].into_iter().flatten() {
                if is_own {
                    self.own.id(id, "a report of the pair");
                } else {
                    self.foreign.id(id, "another pair's report");
                }
            }
            if !is_own {
                self.foreign_reports.push(id.to_owned());
            }
        }
        ensure!(self.foreign_reports.len() > 2_000 && self.own.count() > 40, "there are marks to look for");
        Ok(())
    }
}

fn host(word: &str) -> String {
    format!("{word}.hosting.test")
}

/// A row of an import: its reference and its URL.
fn row(word: &str, number: u32) -> (String, String) {
    (format!("{word}-{number}"), format!("https://{}/item/{number}", host(word)))
}
