//! Whole histories: the logs of several authors, and the expected result for the one report that they are about.

use std::collections::{BTreeMap, BTreeSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Origin, Status};
use hotline_protocol::id::NodeId;
use hotline_protocol::state::REPORT_ENTRIES_LIMIT;
use hotline_protocol::vocabulary::RejectReason;
use serde_json::{Value, json};

use crate::file::{lines_of, read, shortened, text};
use crate::outcome::outcome;
use crate::pen::node;
use crate::tale::{B, C, D, ORIGIN, RID, Tale, X, accepted, countries};

/// A history under its rule.
macro_rules! tale {
    ($rule:expr, $new:expr, |$tale:ident $(, $hash:ident)*| $does:block) => {{
        let (mut $tale, $($hash),*) = $new;
        $does
        ($rule, $tale.lines())
    }};
}

mod offers;

type Told = (&'static str, BTreeMap<String, Vec<String>>);

fn of_states() -> Vec<Told> {
    vec![
        tale!("of two terminal statuses the last", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.status(B, "removed");
            tale.status(B, "unavailable");
        }),
        tale!("reopened, and informed", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            for status in ["lea_informed", "removed", "isp_informed", "reopened", "lea_informed"] {
                tale.status(B, status);
            }
        }),
        tale!("a status that is not known", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.status(B, "later");
        }),
        tale!("a status of creates alone", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.status(B, "accepted");
        }),
        tale!("withdrawn", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(ORIGIN, EntryType::Withdraw, |content| content.hold = None);
            tale.write(ORIGIN, EntryType::Withdraw, |content| content.hold = None);
        }),
        tale!("removed stands before withdrawn", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(ORIGIN, EntryType::Withdraw, |content| content.hold = None);
            tale.status(B, "removed");
        }),
        tale!("withdrawn by another", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::Withdraw, |content| content.hold = None);
        }),
        tale!("what was done stands before a resumed offer", Tale::new(Some(B)), |tale, create| {
            tale.status(ORIGIN, "isp_informed");
            tale.resume(ORIGIN, create);
        }),
    ]
}

fn of_countries() -> Vec<Told> {
    let blocked = |rule, create: &[&str], transfer: &[&str], target: &'static str, cc: &str| {
        let (create, transfer) = (countries(create), countries(transfer));
        let (mut tale, offer) = Tale::with(|content| (content.target, content.not) = (Some(node(B)), create));
        tale.accept(B, offer);
        let offer = tale.transfer(B, target, |content| (content.not, content.country) = (transfer, cc.parse().ok()));
        tale.accept(target, offer);
        (rule, tale.lines())
    };
    vec![
        blocked("the target's seat stands in the create's not", &["NL"], &[], C, "LU"),
        blocked("the target's seat stands in the transfer's not", &["BE"], &["NL"], C, "LU"),
        blocked("the country stands in the create's not", &["LU"], &[], C, "LU"),
        blocked("the country stands in the transfer's not", &[], &["LU"], C, "LU"),
        blocked("a seat that is not known stands in not", &["XQ"], &[], X, "LU"),
        blocked("a country that is not known stands in not", &[], &["XQ"], C, "XQ"),
        blocked("a country that is not known, and is not forbidden", &["LU"], &["BE"], X, "XQ"),
        tale!("a later not is told, and makes no transfer count for nothing", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(ORIGIN, EntryType::Amend, |content| (content.hold, content.not) = (None, countries(&["NL"])));
            let offer = tale.transfer(B, C, |_| ());
            tale.accept(C, offer);
        }),
        tale!("what waits forbids nothing", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(ORIGIN, EntryType::Amend, |content| {
                (content.reference, content.hold) = (Some(Hash::of(&[b"not here"])), None);
                content.not = countries(&["NL"]);
            });
        }),
        tale!("of two transfers in a tenure the last one's country", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let offer = tale.transfer(B, C, |content| content.country = "BE".parse().ok());
            tale.resume(B, offer);
            tale.transfer(B, D, |content| content.country = "LU".parse().ok());
        }),
        tale!("of two transfers in a tenure the last one, which has no country", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let offer = tale.transfer(B, C, |content| content.country = "BE".parse().ok());
            tale.resume(B, offer);
            tale.transfer(B, D, |_| ());
        }),
        tale!("whose not is heard", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(ORIGIN, EntryType::Amend, |content| (content.hold, content.not) = (None, countries(&["NL"])));
            tale.status(C, "removed");
            tale.write(C, EntryType::Refuse, |content| content.not = countries(&["ES"]));
        }),
        tale!("the hosting country of a later tenure's transfer", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.transfer(B, C, |content| content.country = "BE".parse().ok());
        }),
        tale!("a transfer without a country in a later tenure", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.transfer(B, C, |_| ());
        }),
        tale!("a transfer without a country in the first tenure", Tale::new(Some(B)), |tale, create| {
            tale.resume(ORIGIN, create);
            tale.transfer(ORIGIN, C, |_| ());
        }),
    ]
}

fn without_create(tell: impl FnOnce(&mut Tale)) -> BTreeMap<String, Vec<String>> {
    let mut tale = Tale::default();
    tell(&mut tale);
    tale.lines()
}

#[expect(clippy::too_many_lines, reason = "a list of histories")]
fn of_what_is_not_understood() -> Vec<Told> {
    let crit = |content: &mut Content| (content.crit, content.to) = (vec!["later".into()], vec![node(D)]);
    vec![
        tale!("the create calls critical what is not understood", Tale::with(crit), |tale, create| {
            tale.accept(B, create);
        }),
        tale!("the report stands still before a critical entry", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let held = tale.write(B, EntryType::Status, |content| {
                content.status = Some(Status::LeaInformed);
                crit(content);
            });
            tale.write(B, EntryType::Status, |content| {
                (content.reference, content.status) = (Some(held), Some(Status::Removed));
            });
        }),
        tale!("a critical entry of a type that is not known", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::of_code("report.later/1"), crit);
        }),
        tale!("a ref to a type that is not known leads nowhere", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let later = tale.write(B, EntryType::of_code("report.later/1"), |_| ());
            tale.write(B, EntryType::Status, |content| {
                (content.reference, content.status) = (Some(later), Some(Status::Removed));
            });
        }),
        tale!("an entry without ref waits for ever", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::Status, |content| {
                (content.reference, content.status) = (None, Some(Status::Removed));
            });
        }),
        tale!("what is not here is waited for", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::Status, |content| {
                (content.reference, content.status) = (Some(Hash::of(&[b"not here"])), Some(Status::Removed));
            });
        }),
        tale!("a word about a key belongs to no report", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::KeyAnnounce, crit);
        }),
        tale!("what is critical stands before whose create it is", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(C, EntryType::Create, crit);
        }),
        tale!("of a status without st", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(B, EntryType::Status, |content| content.to = vec![node(D)]);
        }),
        tale!("an answer to what is not here is not judged", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(C, EntryType::Accept, |content| {
                (content.of, content.to) = (Some(Hash::of(&[b"not here"])), vec![node(D)]);
            });
        }),
        tale!("of two creates the first in the log", Tale::new(Some(B)), |tale, create| {
            let _ = create;
            tale.write(ORIGIN, EntryType::Create, |content| {
                (content.reference, content.hold, content.target) = (None, None, Some(node(C)));
            });
        }),
        tale!("a create by another than the origin", Tale::new(Some(B)), |tale, create| {
            let _ = create;
            tale.write(C, EntryType::Create, |content| {
                (content.reference, content.hold, content.to) = (None, None, vec![node(D)]);
            });
        }),
        tale!("an answer without of, and one to no offer", accepted(), |tale, create, accept| {
            let _ = create;
            tale.write(C, EntryType::Accept, |content| content.to = vec![node(D)]);
            tale.write(C, EntryType::Refuse, |content| (content.of, content.to) = (Some(accept), vec![node(D)]));
        }),
        tale!("a holder's entry by who holds nothing", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.status(D, "removed");
            tale.write(D, EntryType::Transfer, |content| (content.hold, content.target) = (None, Some(node(C))));
        }),
        tale!("a later line matches while an earlier one cannot be judged", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.write(D, EntryType::Status, |content| {
                (content.hold, content.status) = (Some(Hash::of(&[b"not here"])), Some(Status::of_code("later")));
            });
        }),
        tale!(
            "of the target, the nodes in to and the holder, the first that is not the author",
            accepted(),
            |tale, create, accept| {
                let _ = (create, accept);
                tale.write(D, EntryType::Status, |content| {
                    (content.target, content.to) = (Some(node(D)), vec![node(D), node(C)]);
                    content.hold = None;
                });
            }
        ),
        (
            "a transfer's own not is judged before the create is here",
            without_create(|tale| {
                tale.write(B, EntryType::Transfer, |content| {
                    (content.hold, content.target) = (Some(Hash::of(&[b"not here"])), Some(node(C)));
                    content.not = countries(&["NL"]);
                });
            }),
        ),
        tale!("no receipt for a receipt", accepted(), |tale, create, accept| {
            let _ = create;
            tale.write(C, EntryType::Reject, |content| {
                content.of = Some(accept);
                crit(content);
            });
        }),
    ]
}

fn of_epochs() -> Vec<Told> {
    let zeros = |ep| Origin { ep, seq: 0, hash: Hash::ZERO };
    vec![
        tale!("said again in a new epoch, the same counts", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.status(B, "lea_informed");
            tale.open(ORIGIN, zeros(1), true);
        }),
        tale!("left behind, the create counts no more", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.open(ORIGIN, zeros(1), false);
        }),
        tale!("left behind, an accept counts no more", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.open(B, zeros(1), false);
        }),
        tale!("up to an entry it counts", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.status(B, "lea_informed");
            tale.status(B, "removed");
            let from = tale.place(B, 2);
            tale.open(B, from, false);
        }),
        tale!("number 0 of a later epoch: what counted before it still does", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            let from = tale.place(B, 1);
            tale.open(B, from, false);
            tale.status(B, "removed");
            tale.open(B, zeros(2), false);
        }),
        tale!("said again twice", accepted(), |tale, create, accept| {
            let _ = (create, accept);
            tale.open(B, zeros(1), true);
            tale.status(B, "isp_informed");
            tale.open(B, zeros(2), true);
        }),
    ]
}

/// The origin says so much about the report that of the following entries one counts, and three are too many.
fn of_too_many() -> Vec<Told> {
    let many = || {
        let (mut tale, create) = Tale::with(|content| content.status = Some(Status::Accepted));
        tale.write(ORIGIN, EntryType::Amend, |content| content.hold = None);
        tale.again(ORIGIN, REPORT_ENTRIES_LIMIT - 3);
        for status in ["lea_informed", "removed", "reopened", "isp_informed"] {
            tale.write(ORIGIN, EntryType::Status, |content| {
                (content.status, content.to) = (Some(Status::of_code(status)), vec![node(B)]);
            });
        }
        (tale, create)
    };
    vec![
        tale!("1,024 entries of one author take part, and the next one is judged alone", many(), |tale, create| {
            let _ = (&mut tale, create);
        }),
        tale!("what is beyond is not here for who names it, and others are heard", many(), |tale, create| {
            let _ = create;
            let beyond = tale.place(ORIGIN, REPORT_ENTRIES_LIMIT + 1).hash;
            tale.write(B, EntryType::Status, |content| content.reference = Some(beyond));
            tale.status(B, "removed");
        }),
        tale!("a receipt that is too many gets none", many(), |tale, create| {
            let _ = create;
            let offer = tale.transfer(B, C, |_| ());
            tale.answer(C, EntryType::Reject, offer);
            tale.again(C, REPORT_ENTRIES_LIMIT);
        }),
        tale!("what an epoch left behind is not among the 1,024", many(), |tale, create| {
            let _ = create;
            let from = tale.place(ORIGIN, 1);
            tale.open(ORIGIN, from, false);
            tale.status(ORIGIN, "removed");
        }),
    ]
}

/// The same numbers on every machine (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a small bound")
    }
}

/// A history by actors that keep the rules or not.
fn by_chance(seed: u64) -> BTreeMap<String, Vec<String>> {
    const ACTORS: [&str; 5] = [ORIGIN, B, C, D, X];
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut tale, create) = Tale::new(Some(ACTORS[1 + chance.below(4)]));
    let mut hashes = vec![create];
    for _ in 0..4 + chance.below(12) {
        let now = tale.fold().expect("the create is here");
        let actor = |id: &NodeId| *ACTORS.iter().find(|actor| **actor == id.as_str()).expect("an actor");
        let (holder, other) = (actor(&now.holder), ACTORS[chance.below(5)]);
        let written = match (chance.below(10), now.open_offer()) {
            (0..=3, Some(offer)) => tale.accept(actor(&offer.target), offer.entry),
            (4, Some(offer)) => tale.answer(actor(&offer.target), EntryType::Refuse, offer.entry),
            (5, Some(offer)) => tale.resume(holder, offer.entry),
            (0..=2, None) => tale.transfer(holder, other, |content| content.not = countries(&["US"])),
            (3..=5, None) => tale.status(holder, Status::ALL[chance.below(8)].code()),
            _ => {
                let mut named = || Some(hashes[chance.below(hashes.len())]);
                let (reference, hold, of) = (named(), named(), named());
                let entry_type = EntryType::ALL[chance.below(9)].clone();
                let (target, status) = (ACTORS[chance.below(5)], Status::ALL[chance.below(8)].clone());
                tale.write(other, entry_type, |content| {
                    (content.reference, content.hold, content.of) = (reference, hold, of);
                    (content.target, content.to) = (Some(node(target)), vec![node(target)]);
                    content.status = Some(status);
                })
            }
        };
        hashes.push(written);
    }
    tale.lines()
}

pub(crate) fn vectors() -> Vec<Value> {
    let told =
        [offers::of_offers(), of_states(), of_countries(), of_what_is_not_understood(), of_epochs(), of_too_many()]
            .concat();
    let by_chance = (1..=40).map(|seed| ("by chance", by_chance(seed)));
    told.into_iter()
        .chain(by_chance)
        .map(|(rule, logs)| {
            let short: BTreeMap<&String, Value> = logs.iter().map(|(log, lines)| (log, shortened(lines))).collect();
            json!({"rule": rule, "report": format!("{ORIGIN}/{RID}"), "logs": short, "outcome": outcome(&logs)})
        })
        .collect()
}

#[test]
fn every_history_comes_out_as_the_file_says() {
    let vectors = read("histories.json");
    for vector in &vectors {
        let logs = vector["logs"].as_object().expect("logs");
        let logs = logs.iter().map(|(log, lines)| (log.clone(), lines_of(lines))).collect();
        assert_eq!(outcome(&logs), vector["outcome"], "{}", text(vector, "rule"));
    }
    let reached: BTreeSet<String> =
        vectors.iter().filter_map(|vector| vector["outcome"]["fold"]["state"].as_str().map(str::to_owned)).collect();
    for state in [
        "offered",
        "moved",
        "accepted",
        "refused",
        "assessed",
        "removed",
        "unavailable",
        "not_illegal",
        "withdrawn",
        "lea_informed",
        "isp_informed",
        "reopened",
    ] {
        assert!(reached.contains(state), "no history ends as {state}");
    }
    let reasons: BTreeSet<&str> = vectors
        .iter()
        .flat_map(|vector| vector["outcome"]["receipts"].as_array().expect("receipts"))
        .filter_map(|receipt| receipt["why"].as_str())
        .collect();
    for reason in RejectReason::ALL {
        assert!(reasons.contains(reason.code()), "no history owes a receipt for {reason}");
    }
}
