//! Runs: lines, chain, bodies, checkpoint.

use std::sync::Arc;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Body, Content, EntryType, Header, Origin, Salt};
use hotline_protocol::log::{RunRefused, SignedCheckpoint, UnverifiedRun};
use serde_json::{Value, json};

use crate::checkpoints;
use crate::file::{code_of, read, text};
use crate::pen::{LOG, NOW, Pen, bound, checkpoint, history, key, network, node, token};

/// The name of a refusal, and the entry of the run (from 1).
fn why(refusal: &RunRefused) -> (String, Option<usize>) {
    match refusal {
        RunRefused::Checkpoint(fault) => (checkpoints::why(fault), None),
        RunRefused::Header { place, .. } => ("header".to_owned(), Some(*place)),
        RunRefused::Body { place, .. } => ("body".to_owned(), Some(*place)),
        RunRefused::BrokenChain { place } => ("broken_chain".to_owned(), Some(*place)),
        other => (code_of(other), None),
    }
}

/// Three entries, the second with a body.
fn three() -> Pen {
    let mut pen = Pen::new(LOG);
    pen.plain(EntryType::Create);
    with_body(&mut pen);
    pen.plain(EntryType::Create);
    pen
}

fn with_body(pen: &mut Pen) -> Hash {
    let line = Body::new(Salt::from_bytes([7; 16])).to_line().expect("a body");
    let mut content = Content::new(EntryType::Create, NOW);
    content.commit(line.commitment());
    pen.write(&content, line.as_str())
}

fn opening(from: impl Into<Option<Origin>>) -> Pen {
    let mut pen = Pen::new(LOG).in_epoch(2);
    let mut content = Content::new(EntryType::EpochOpen, NOW);
    content.from = from.into();
    pen.write(&content, "");
    pen
}

fn from(ep: u64, seq: u64, hash: Hash) -> Origin {
    Origin { ep, seq, hash }
}

fn changed(change: impl FnOnce(&mut Pen)) -> Pen {
    let mut pen = three();
    change(&mut pen);
    pen
}

/// Runs that are taken: rule, text, keys.
fn taken_runs() -> Vec<(&'static str, String, Value)> {
    let own = || json!([bound(1, (1, 1), None, false)]);
    let run = |rule, pen: &Pen| (rule, pen.signed(), own());
    let mut later = three();
    (later.epoch, later.lines) = (1, later.lines.split_off(2));
    let without = changed(|pen| pen.lines[1].1.clear());
    let announced = changed(|pen| _ = pen.plain(EntryType::KeyAnnounce));
    let no_salt = changed(|pen| {
        let mut content = Content::new(EntryType::Create, NOW);
        content.commit(hotline_protocol::entry::BodyCommitment {
            hash: Hash::of(&[b"hxp/body/1\0", b"{\"memo\":5}"]),
            size: 16,
        });
        pen.write(&content, "{\"memo\":5}");
    });
    let mut alone = Pen::new(LOG);
    (alone.seq, alone.head) = (4, Hash::of(&[b"before"]));
    alone.plain(EntryType::EpochOpen);
    vec![
        run("a run", &three()),
        run("a run may begin anywhere", &later),
        run("a run holds without its bodies", &without),
        run("a change of keys ends its run", &announced),
        run("a body is not read with its run", &no_salt),
        run("an epoch opens alone", &opening(from(1, 3, Hash::of(&[b"last"])))),
        run("an epoch that lets nothing before count", &opening(from(1, 0, Hash::ZERO))),
        run("an opening within an epoch changes nothing", &alone),
        ("the last place of a key", three().signed(), json!([bound(1, (1, 1), Some((1, 3)), false)])),
    ]
}

/// Runs that are refused: rule, text, keys, name, place, and the run with the fault mended.
type Refused = (&'static str, String, Value, &'static str, Option<usize>, String);

fn refused_runs() -> Vec<Refused> {
    let own = || json!([bound(1, (1, 1), None, false)]);
    let run = |rule, pen: &Pen, name, place| (rule, pen.signed(), own(), name, place, three().signed());
    let text = |rule, text: String, name| (rule, text, own(), name, None, three().signed());
    let good = three().signed();
    let keyed = |rule, keys: Value, name| (rule, three().signed(), keys, name, None, three().signed());
    let chain = |line: &dyn Fn(&Pen) -> String| {
        let mut pen = three();
        let next = line(&pen);
        pen.add(next, "");
        pen
    };
    let tail = Content::new(EntryType::Create, NOW).to_tail();
    let after_gap = chain(&|pen| Header::write_line(&pen.log, 1, 5, &pen.head, &tail));
    let other_prev = chain(&|pen| Header::write_line(&pen.log, 1, 4, &Hash::of(&[b"other"]), &tail));
    let other_log = chain(&|pen| Header::write_line(&node("fr-other"), 1, 4, &pen.head, &tail));
    let other_epoch = chain(&|pen| Header::write_line(&pen.log, 2, 4, &pen.head, &tail));
    let spans = changed(|pen| {
        pen.plain(EntryType::KeyAnnounce);
        pen.plain(EntryType::Create);
    });
    let beside = changed(|pen| _ = pen.plain(EntryType::EpochOpen));
    let mut unopened = Pen::new(LOG).in_epoch(2);
    unopened.plain(EntryType::Create);
    let mut first = Pen::new(LOG);
    first.head = Hash::of(&[b"something"]);
    first.plain(EntryType::Create);
    let mut zeros = Pen::new(LOG);
    zeros.seq = 1;
    zeros.plain(EntryType::Create);
    let faulty_body = changed(|pen| pen.lines[1].1 = pen.lines[1].1.replace("07", "08"));
    let long_body = changed(|pen| pen.lines[1].1 = "a".repeat(100));
    let unannounced = changed(|pen| pen.lines[0].1 = pen.lines[1].1.clone());
    let version = changed(|pen| pen.lines[2].0 = pen.lines[2].0.replacen("\"v\":1", "\"v\":2", 1));
    let mut bad_body_first = after_gap.clone();
    bad_body_first.lines[1].1.clone_from(&faulty_body.lines[1].1);
    let header = |typ: &str| checkpoints::header(typ, "EdDSA", 1);
    let payload = serde_json::to_string(&checkpoint(1, 3, three().head)).expect("JSON");
    let tokened = |token: &str| three().under(&SignedCheckpoint::new(token));
    let said = |from: &str, to: &str| tokened(&token(&header("hxp-cp+jws"), &payload.replacen(from, to, 1), 1));
    let ended = |seq, h| three().under(&checkpoint(1, seq, h).sign(&key(1)));
    let opened = |rule, origin| {
        (rule, opening(origin).signed(), own(), "epoch_not_opened", None, opening(from(1, 0, Hash::ZERO)).signed())
    };
    vec![
        text("an empty text", String::new(), "form"),
        text("a checkpoint alone", good.split_inclusive('\n').take(1).collect(), "form"),
        text("the last line feed lacks", good[..good.len() - 1].to_owned(), "form"),
        text("no line feed at the end", good.trim_end_matches('\n').to_owned(), "form"),
        text("a header without its second line", good.split_inclusive('\n').take(2).collect(), "form"),
        text("a line too many", format!("{good}\n"), "form"),
        run("a gap", &after_gap, "broken_chain", Some(4)),
        run("another prev", &other_prev, "broken_chain", Some(4)),
        run("an entry of another log", &other_log, "broken_chain", Some(4)),
        run("an entry of another epoch", &other_epoch, "broken_chain", Some(4)),
        run("the first entry of a log has something before it", &first, "broken_chain", Some(1)),
        run("another entry has zeros before it", &zeros, "broken_chain", Some(1)),
        run("an entry after a change of keys", &spans, "spans_key_change", None),
        run("an opening beside other entries", &beside, "spans_key_change", None),
        run("an epoch that no entry opens", &unopened, "epoch_not_opened", None),
        opened("an opening without from", None),
        opened("an opening from its own epoch", Some(from(2, 1, Hash::ZERO))),
        opened("an opening from epoch 0", Some(from(0, 1, Hash::ZERO))),
        opened("an opening from number 0 with a hash", Some(from(1, 0, Hash::of(&[b"no entry"])))),
        run("another version of a header", &version, "header", Some(3)),
        run("another body", &faulty_body, "body", Some(2)),
        run("a body longer than said", &long_body, "body", Some(2)),
        run("a body that no header speaks of", &unannounced, "body", Some(1)),
        text("a checkpoint over 2,048 bytes", tokened(&"a".repeat(2_049)), "token_too_long"),
        text("a checkpoint that is no token", tokened("{}"), "token_form"),
        text("a checkpoint of another typ", tokened(&token(&header("hxp-card+jws"), &payload, 1)), "token_type"),
        text("a checkpoint with a further member", said("{", "{\"a\":1,"), "payload"),
        text("a checkpoint of another log", said(LOG, "fr-other"), "other_log"),
        text("a checkpoint of another network", said("practice", "production"), "other_network"),
        run("a bad body before a broken chain", &bad_body_first, "body", Some(2)),
        text("signed up to the entry before", ended(2, Hash::of(&[b"other"])), "not_signed"),
        text("signed up to the entry after", ended(4, three().head), "not_signed"),
        text("another hash is signed", ended(3, Hash::ZERO), "not_signed"),
        text("signed by another key", three().under(&three().sign(2)), "key_not_valid"),
        keyed(
            "the key begins within the run",
            json!([bound(2, (1, 1), Some((1, 1)), false), bound(1, (1, 2), None, false)]),
            "key_not_valid",
        ),
        keyed("the key ends within the run", json!([bound(1, (1, 1), Some((1, 2)), false)]), "key_not_valid"),
        keyed("the key is revoked", json!([bound(1, (1, 1), None, true)]), "key_not_valid"),
    ]
}

fn verified(text: &str, keys: &Value) -> Result<Value, RunRefused> {
    let run = UnverifiedRun::parse(Arc::from(text))?.verify(&network(), &node(LOG), &history(keys))?;
    let hashes: Vec<String> = run.entries().iter().map(|entry| entry.hash.to_string()).collect();
    let bodies: Vec<bool> = run.entries().iter().map(|entry| entry.body.is_some()).collect();
    Ok(
        json!({"before": run.before(), "head": run.head(), "opens": run.opens_epoch(), "hashes": hashes, "bodies": bodies}),
    )
}

pub(crate) fn vectors() -> Vec<Value> {
    let base = |rule: &str, text: &str, keys: &Value| json!({"rule": rule, "net": "practice", "log": LOG, "keys": keys, "run": text});
    let mut vectors = Vec::new();
    for (rule, text, keys) in taken_runs() {
        let mut vector = base(rule, &text, &keys);
        vector["verified"] = verified(&text, &keys).unwrap_or_else(|why| panic!("{rule}: {why}"));
        vectors.push(vector);
    }
    for (rule, text, keys, name, place, mended) in refused_runs() {
        let mut vector = base(rule, &text, &keys);
        let refusal = verified(&text, &keys).expect_err(rule);
        assert_eq!(why(&refusal), (name.to_owned(), place), "{rule}");
        (vector["refused"], vector["entry"], vector["problem"]) =
            (name.into(), json!(place), refusal.problem().name().into());
        vector["mended"] = mended.into();
        vectors.push(vector);
    }
    vectors
}

#[test]
fn every_run_is_taken_or_refused_for_its_reason_and_taken_where_that_is_mended() {
    let own = json!([bound(1, (1, 1), None, false)]);
    for vector in read("runs.json") {
        let found = verified(text(&vector, "run"), &vector["keys"]);
        match vector["refused"].as_str() {
            Some(reason) => {
                let refusal = found.expect_err("it is refused");
                let (name, place) = why(&refusal);
                assert_eq!((name.as_str(), json!(place)), (reason, vector["entry"].clone()), "{}", vector["rule"]);
                assert_eq!(refusal.problem().name(), text(&vector, "problem"), "{}", vector["rule"]);
                assert!(verified(text(&vector, "mended"), &own).is_ok(), "{}", vector["rule"]);
            }
            None => assert_eq!(found.expect("it is taken"), vector["verified"], "{}", vector["rule"]),
        }
    }
}
