//! Proofs that an author has signed two entries under one place of its log.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Header};
use hotline_protocol::log::{Checkpoint, FORK_HEADERS_LIMIT, ForkProof, ForkRefused, SignedCheckpoint};
use serde_json::{Value, json};

use crate::checkpoints;
use crate::file::{code_of, lines_of, read, shortened, text, text_of};
use crate::pen::{LOG, NOW, Pen, bound, checkpoint, history, key, network, node};

/// The name of a refusal, and the header line of the proof (from 1).
fn why(refusal: &ForkRefused) -> (String, Option<usize>) {
    match refusal {
        ForkRefused::Checkpoint(fault) => (checkpoints::why(fault), None),
        ForkRefused::Header { place, .. } => ("header".to_owned(), Some(*place)),
        ForkRefused::BrokenChain { place } => ("broken_chain".to_owned(), Some(*place)),
        other => (code_of(other), None),
    }
}

/// The entries told to one hotline, and those told to another: entries 1 and 2 are the same, those behind them are not.
fn telling(entries: u64, is_other: bool) -> Pen {
    behind(Pen::new(LOG), entries, is_other)
}

fn behind(mut pen: Pen, entries: u64, is_other: bool) -> Pen {
    for number in 1..=entries {
        let later = i64::from(is_other && number > 2);
        pen.write(&Content::new(EntryType::Create, NOW + later), "");
    }
    pen
}

fn one(entries: u64) -> Pen {
    telling(entries, false)
}

fn other(entries: u64) -> Pen {
    telling(entries, true)
}

/// The header lines behind the first so many.
fn lines_behind(pen: &Pen, entries: usize) -> Vec<String> {
    pen.lines.iter().skip(entries).map(|(line, _)| line.clone()).collect()
}

/// The lines of a proof: line 1 signs where one telling ends, line 2 where another does.
fn between(first: &SignedCheckpoint, second: &SignedCheckpoint, headers: &[String]) -> Vec<String> {
    let tokens = [first, second].map(|token| token.as_str().to_owned());
    tokens.into_iter().chain(headers.iter().cloned()).collect()
}

fn proof(first: &Pen, second: &Pen) -> Vec<String> {
    let headers = lines_behind(second, usize::try_from(first.seq).expect("few"));
    between(&first.sign(1), &second.sign(1), &headers)
}

fn written(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn own() -> Value {
    json!([bound(1, (1, 1), None, false)])
}

/// The second key signs behind so many entries.
fn keys_from(last: u64) -> Value {
    json!([bound(1, (1, 1), Some((1, last)), false), bound(2, (1, last + 1), None, false)])
}

/// Proofs that hold: rule, lines, keys.
fn holding() -> Vec<(&'static str, Vec<String>, Value)> {
    let of = |rule, lines: Vec<String>| (rule, lines, own());
    let (first, second) = (one(4), other(4));
    let epoch = |is_other| behind(Pen::new(LOG).in_epoch(3), 4, is_other);
    let mut unknown = other(3);
    unknown.write(&Content::new(EntryType::of_code("report.later/1"), NOW), "");
    unknown.plain(EntryType::KeyAnnounce);
    unknown.plain(EntryType::EpochOpen);
    let from_the_first = |later| {
        let mut pen = Pen::new(LOG);
        pen.write(&Content::new(EntryType::Create, NOW + later), "");
        pen
    };
    vec![
        of("two checkpoints of one place", proof(&first, &second)),
        of("the other copy goes farther, by two entries", proof(&one(3), &other(5))),
        of("the copies are of different lengths and part before the place", proof(&first, &other(6))),
        of("the first entry of the log", proof(&from_the_first(0), &from_the_first(1))),
        of("an epoch beyond the first", proof(&epoch(false), &epoch(true))),
        of("of header lines the form alone counts, not their type", proof(&one(3), &unknown)),
        of("1,023 header lines", proof(&one(3), &other(3 + FORK_HEADERS_LIMIT as u64))),
        ("an earlier key signed both", proof(&first, &second), keys_from(9)),
        (
            "an earlier key signed one, its successor the other from the next place on",
            between(&one(3).sign(1), &other(5).sign(2), &lines_behind(&other(5), 3)),
            keys_from(3),
        ),
        ("a later key signed both", between(&first.sign(2), &second.sign(2), &[]), keys_from(3)),
    ]
}

/// Proofs that are refused: rule, lines, keys, name, header line; and the same with the fault mended.
struct Refused {
    rule: &'static str,
    lines: Vec<String>,
    keys: Value,
    name: &'static str,
    line: Option<usize>,
    mended: Vec<String>,
    mended_keys: Value,
}

impl Refused {
    fn of(rule: &'static str, lines: Vec<String>, name: &'static str, mended: Vec<String>) -> Self {
        Self { rule, lines, keys: own(), name, line: None, mended, mended_keys: own() }
    }

    fn at(self, line: usize) -> Self {
        Self { line: Some(line), ..self }
    }

    fn under(self, keys: Value) -> Self {
        Self { keys, ..self }
    }
}

/// Texts that are no proof because of their lines and the number of lines.
fn of_form() -> Vec<Refused> {
    let (same, longer) = (proof(&one(4), &other(4)), proof(&one(3), &other(5)));
    let with = |lines: &[String], more: &str| [lines, &[more.to_owned()]].concat();
    let spare = lines_behind(&other(5), 4).remove(0);
    vec![
        Refused::of("one line", same[..1].to_vec(), "form", same.clone()),
        Refused::of("an empty line at the end", with(&same, ""), "form", same.clone()),
        Refused::of("a header line where both sign the same place", with(&same, &spare), "form", same.clone()),
        Refused::of("no header lines between two places", longer[..2].to_vec(), "form", longer.clone()),
        Refused::of("a header line lacks", longer[..3].to_vec(), "form", longer.clone()),
        Refused::of(
            "line 2 is of an earlier place",
            between(&other(5).sign(1), &one(3).sign(1), &lines_behind(&other(5), 3)),
            "form",
            longer,
        ),
        Refused::of(
            "1,024 header lines",
            proof(&one(3), &other(4 + FORK_HEADERS_LIMIT as u64)),
            "too_long",
            proof(&one(3), &other(3 + FORK_HEADERS_LIMIT as u64)),
        ),
    ]
}

fn signature(token: &SignedCheckpoint) -> &str {
    token.as_str().rsplit('.').next().expect("a last part")
}

/// Texts that are no proof because of one of their checkpoints.
fn of_checkpoints() -> Vec<Refused> {
    let (first, second) = (one(4), other(4));
    let good = || proof(&first, &second);
    let signed = |checkpoint: Checkpoint| checkpoint.sign(&key(1));
    let here = |pen: &Pen| checkpoint(pen.epoch, pen.seq, pen.head);
    let elsewhere = |pen: &Pen| signed(Checkpoint { net: "production".parse().expect("a network"), ..here(pen) });
    let of_another = |pen: &Pen| signed(Checkpoint { log: node("fr-other"), ..here(pen) });
    let faulty = |pen: &Pen| {
        let (token, of_another) = (pen.sign(1), one(1).sign(1));
        SignedCheckpoint::new(&token.as_str().replace(signature(&token), signature(&of_another)))
    };
    let both = |rule: [&'static str; 2], name, bad: &dyn Fn(&Pen) -> SignedCheckpoint| {
        let in_first = Refused::of(rule[0], between(&bad(&first), &second.sign(1), &[]), name, good());
        [in_first, Refused::of(rule[1], between(&first.sign(1), &bad(&second), &[]), name, good())]
    };
    let next = behind(Pen::new(LOG).in_epoch(2), 4, true);
    let mut refused: Vec<Refused> = [
        both(["line 1 is of another network", "line 2 is of another network"], "other_network", &elsewhere),
        both(["line 1 is of another log", "line 2 is of another log"], "other_log", &of_another),
        both(["a stranger signed line 1", "a stranger signed line 2"], "key_not_valid", &|pen| pen.sign(3)),
        both(
            ["the signature of line 1 does not hold", "the signature of line 2 does not hold"],
            "token_signature",
            &faulty,
        ),
        both(["line 1 is no token", "line 2 is no token"], "token_form", &|_| SignedCheckpoint::new("{}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let by = |rule, keys| Refused::of(rule, good(), "key_not_valid", good()).under(keys);
    let early = Refused::of(
        "the key of line 2 signs from a place behind the first header line on",
        between(&one(3).sign(1), &other(5).sign(2), &lines_behind(&other(5), 3)),
        "key_not_valid",
        between(&one(4).sign(1), &other(5).sign(2), &lines_behind(&other(5), 4)),
    );
    refused.extend([
        by("the key was revoked", json!([bound(1, (1, 1), None, true)])),
        by("the key signs up to an earlier place", json!([bound(1, (1, 1), Some((1, 3)), false)])),
        by("the key signs from a later place on", json!([bound(1, (1, 5), None, false)])),
        Refused { mended_keys: keys_from(4), ..early.under(keys_from(4)) },
        Refused::of("two epochs", between(&first.sign(1), &next.sign(1), &[]), "other_epoch", good()),
        Refused::of("two copies that say the same", proof(&first, &first), "agrees", good()),
        Refused::of(
            "a copy that goes farther and says the same",
            proof(&one(3), &one(5)),
            "agrees",
            proof(&one(3), &other(5)),
        ),
        Refused::of(
            "two copies that part behind the place",
            proof(&one(2), &other(3)),
            "agrees",
            proof(&one(3), &other(3)),
        ),
        Refused::of(
            "two checkpoints of one entry",
            between(&first.sign(1), &signed(Checkpoint { ts: 1, ..here(&first) }), &[]),
            "agrees",
            between(&first.sign(1), &signed(Checkpoint { ts: 1, ..here(&second) }), &[]),
        ),
    ]);
    refused
}

/// Texts that are no proof because of their header lines.
fn of_headers() -> Vec<Refused> {
    let good = || proof(&one(3), &other(5));
    let tail = Content::new(EntryType::Create, NOW).to_tail();
    // Two entries behind the third one, written by hand.
    let told = |write: &dyn Fn(&Pen) -> String, is_first: bool| {
        let mut pen = other(if is_first { 3 } else { 4 });
        let line = write(&pen);
        pen.add(line, "");
        behind(pen, u64::from(is_first), true)
    };
    let broken = |rule, line: usize, write: &dyn Fn(&Pen) -> String| {
        Refused::of(rule, proof(&one(3), &told(write, line == 1)), "broken_chain", good()).at(line)
    };
    let of_log = |pen: &Pen| Header::write_line(&node("fr-other"), 1, pen.seq + 1, &pen.head, &tail);
    let of_epoch = |pen: &Pen| Header::write_line(&pen.log, 2, pen.seq + 1, &pen.head, &tail);
    let of_number = |pen: &Pen| Header::write_line(&pen.log, 1, pen.seq + 2, &pen.head, &tail);
    let behind_another = |pen: &Pen| Header::write_line(&pen.log, 1, pen.seq + 1, &Hash::of(&[b"other"]), &tail);
    let version =
        |pen: &Pen| Header::write_line(&pen.log, 1, pen.seq + 1, &pen.head, &tail).replacen("\"v\":1", "\"v\":2", 1);
    let formless =
        Refused::of("a header line breaks its form", proof(&one(3), &told(&version, false)), "header", good()).at(2);
    let signed_elsewhere = between(&one(3).sign(1), &other(5).sign(1), &lines_behind(&one(5), 3));
    vec![
        formless,
        broken("the first header line is of another log", 1, &of_log),
        broken("a header line is of another log", 2, &of_log),
        broken("a header line is of another epoch", 2, &of_epoch),
        broken("the first header line is not of the next place", 1, &of_number),
        broken("a header line is not of the next place", 2, &of_number),
        broken("a header line has another prev", 2, &behind_another),
        Refused::of("line 2 does not sign the last header line", signed_elsewhere, "not_signed", good()),
    ]
}

/// A proof as a vector has it: a text, or its lines where they are many.
fn given(lines: &[String]) -> Value {
    if lines.len() > 100 {
        let mut all: Vec<Value> = lines[..2].iter().map(|token| token.clone().into()).collect();
        all.extend(shortened(&lines[2..]).as_array().expect("lines").clone());
        return all.into();
    }
    written(lines).into()
}

/// A proof of a vector, written out.
fn proof_of(value: &Value) -> String {
    match value.as_array() {
        Some(lines) => {
            let tokens: Vec<String> = lines[..2].iter().map(text_of).collect();
            written(&[tokens, lines_of(&json!(lines[2..]))].concat())
        }
        None => text_of(value),
    }
}

fn proves(text: &str, keys: &Value) -> Result<Value, ForkRefused> {
    let proof = ForkProof::verify(text, &network(), &node(LOG), &history(keys))?;
    let place = |place: hotline_protocol::log::Position| json!({"ep": place.epoch, "seq": place.seq});
    Ok(json!({"place": place(proof.place()), "hashes": proof.hashes(), "end": place(proof.end())}))
}

fn vector(rule: &str, keys: &Value, proof: &Value) -> Value {
    json!({"rule": rule, "net": "practice", "log": LOG, "keys": keys, "proof": proof})
}

fn refused_vector(
    rule: &str,
    (proof, keys): (Value, &Value),
    refused: (&str, Option<usize>),
    mended: (Value, &Value),
) -> Value {
    let mut vector = vector(rule, keys, &proof);
    (vector["refused"], vector["line"]) = (refused.0.into(), json!(refused.1));
    (vector["mended"], vector["mended_keys"]) = (mended.0, mended.1.clone());
    vector
}

pub(crate) fn vectors() -> Vec<Value> {
    let mut vectors = Vec::new();
    for (rule, lines, keys) in holding() {
        let mut vector = vector(rule, &keys, &given(&lines));
        vector["proves"] = proves(&written(&lines), &keys).unwrap_or_else(|why| panic!("{rule}: {why}"));
        vectors.push(vector);
    }
    for case in of_form().into_iter().chain(of_checkpoints()).chain(of_headers()) {
        let refusal = proves(&written(&case.lines), &case.keys).expect_err(case.rule);
        assert_eq!(why(&refusal), (case.name.to_owned(), case.line), "{}", case.rule);
        let mended = (given(&case.mended), &case.mended_keys);
        vectors.push(refused_vector(case.rule, (given(&case.lines), &case.keys), (case.name, case.line), mended));
    }
    let good = written(&proof(&one(4), &other(4)));
    let long = json!({"begin": good, "fill": "a", "times": 8_385_537 - good.len(), "end": "\n"});
    for (rule, proof, name) in [
        ("an empty text", json!(""), "form"),
        ("no line feed at the end", json!(good.trim_end()), "form"),
        ("8,385,538 bytes", long, "too_long"),
    ] {
        assert_eq!(why(&proves(&text_of(&proof), &own()).expect_err(rule)).0, name, "{rule}");
        vectors.push(refused_vector(rule, (proof, &own()), (name, None), (json!(good), &own())));
    }
    vectors
}

#[test]
fn every_proof_holds_or_is_refused_for_its_reason_and_holds_where_that_is_mended() {
    for vector in read("forks.json") {
        let found = proves(&proof_of(&vector["proof"]), &vector["keys"]);
        match vector["refused"].as_str() {
            Some(reason) => {
                let (name, line) = why(&found.expect_err("it is refused"));
                assert_eq!((name.as_str(), json!(line)), (reason, vector["line"].clone()), "{}", text(&vector, "rule"));
                assert!(proves(&proof_of(&vector["mended"]), &vector["mended_keys"]).is_ok(), "{}", vector["rule"]);
            }
            None => assert_eq!(found.expect("it holds"), vector["proves"], "{}", vector["rule"]),
        }
    }
}
