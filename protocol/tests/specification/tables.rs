//! The tables of the specification against the code that they describe.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Former, Header, KeyAct, KeyUse, Origin, Status};
use hotline_protocol::hello::{HELLO_BYTES_LIMIT, WANTS_LIMIT};
use hotline_protocol::log::{FORK_BYTES_LIMIT, FORK_HEADERS_LIMIT, RUN_BYTES_LIMIT, RUN_ENTRIES_LIMIT};
use hotline_protocol::problem::{Problem, Retry};
use hotline_protocol::state::REPORT_ENTRIES_LIMIT;
use hotline_protocol::url::MAX_URL_BYTES;
use hotline_protocol::{card, json, vocabulary};

use crate::examples::{NOW, digest, node};
use crate::readme::table_lines;

fn has_line(begin: &[String]) -> bool {
    table_lines().any(|cells| cells.iter().zip(begin).filter(|(cell, wanted)| *cell == wanted).count() == begin.len())
}

fn coded(code: &str) -> String {
    format!("`{code}`")
}

#[test]
fn every_problem_has_its_line() {
    for problem in Problem::ALL {
        let retry = match problem.retry() {
            Retry::Never => "never",
            Retry::Backoff => "backoff",
            Retry::Rewind => "rewind",
            Retry::Smaller => "smaller",
        };
        let line = [coded(problem.name()), problem.status().to_string(), coded(retry)];
        assert!(has_line(&line), "{line:?}");
    }
}

#[test]
fn every_entry_type_and_status_has_its_line() {
    for entry_type in EntryType::ALL {
        assert!(has_line(&[coded(entry_type.code())]), "{entry_type}");
    }
    for status in Status::ALL {
        assert!(has_line(&[coded(status.code())]), "{status}");
    }
}

#[test]
fn the_fields_of_a_header_stand_in_the_order_in_which_authors_write_them() {
    let mut content = Content::new(EntryType::Create, NOW);
    content.crit = vec!["crit".into()];
    content.org = Some(node("fr-example"));
    content.rid = Some("019b76da-a800-7000-8000-000000000001".parse().expect("a UUID"));
    content.to = vec![node("nl-example")];
    content.not = vec!["DE".parse().expect("a country")];
    content.digests = vec![digest()];
    content.status = Some(Status::Assessed);
    content.country = Some("NL".parse().expect("a country"));
    content.target = Some(node("nl-example"));
    content.tenure = Some(1);
    content.why = Some("other".into());
    (content.key_use, content.key_act) = (Some(KeyUse::Sign), Some(KeyAct::Announce));
    (content.key, content.pop) = (Some("key".into()), Some("pop".into()));
    content.from = Some(Origin { ep: 1, seq: 1, hash: Hash::ZERO });
    (content.body_hash, content.body_size) = (Some(Hash::ZERO), Some(1));
    content.was = vec![Former { ep: 1, seq: 1, prev: Hash::ZERO, hash: Hash::ZERO }];
    for link in [&mut content.reference, &mut content.hold, &mut content.of] {
        *link = Some(Hash::ZERO);
    }
    let line = Header::write_line(&node("fr-example"), 2, 1, &Hash::ZERO, &content.to_tail());
    assert!(Header::parse(line.as_bytes()).is_ok());
    let mut fields: Vec<(usize, String)> = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&line)
        .expect("JSON")
        .keys()
        .map(|name| (line.find(&format!("\"{name}\":")).expect("a field"), coded(name)))
        .collect();
    fields.sort_unstable();
    let written: Vec<String> = fields.into_iter().map(|(_, name)| name).collect();
    let table: Vec<&str> = table_lines()
        .skip_while(|cells| cells[0] != "header field")
        .skip(2)
        .map(|cells| cells[0])
        .take(written.len())
        .collect();
    assert_eq!(table, written);
}

#[test]
fn every_code_list_has_its_line() {
    macro_rules! hold {
        ($($list:ident),+) => {$(
            let codes: Vec<&str> = vocabulary::$list::ALL.iter().map(|code| code.code()).collect();
            let line = [coded(vocabulary::$list::LIST), codes.join(", ")];
            assert!(has_line(&line), "{line:?}");
        )+};
    }
    hold!(
        Offence,
        Behaviour,
        TerrorismType,
        Urgency,
        Assessment,
        Reason,
        SiteType,
        Commerciality,
        PaymentMethod,
        Media,
        Age,
        Sex,
        Production,
        Action,
        RefuseReason,
        RejectReason,
        LocationDecision,
        WitnessAnswer
    );
}

#[test]
fn every_limit_has_its_line() {
    for (name, limit) in [
        ("bytes of a header line", json::HEADER.max_bytes),
        ("levels of a header", json::HEADER.max_depth),
        ("bytes of a body line", json::BODY.max_bytes),
        ("levels of a body", json::BODY.max_depth),
        ("entries in a run", RUN_ENTRIES_LIMIT),
        ("entries of one author about one report that take part in its fold", REPORT_ENTRIES_LIMIT),
        ("bytes of a run with its bodies", RUN_BYTES_LIMIT),
        ("header lines in a proof of a fork", FORK_HEADERS_LIMIT),
        ("bytes of a proof of a fork", FORK_BYTES_LIMIT),
        ("bytes of a hello", HELLO_BYTES_LIMIT),
        ("hashes in `wants`", WANTS_LIMIT),
        ("bytes of a card", card::CARD_BYTES_LIMIT),
        ("bytes of a URL", MAX_URL_BYTES),
    ] {
        let line = [name.to_owned(), with_commas(limit)];
        assert!(has_line(&line), "{line:?}");
    }
}

/// `8192` is `8,192`.
fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}
