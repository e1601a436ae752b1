//! Strangers' messages of any content: a clear refusal, no panic, and no waiting.
//!
//! Made from the sound documents of `fixtures/corpus`: the fuzzers under `protocol/fuzz` and `node/fuzz` begin with
//! these, too.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hotline_node::trust::RevocationList;
use hotline_node::trust::certificate::NodeCertificate;
use hotline_protocol::card::VerifiedCard;
use hotline_protocol::entry::{BodyLine, Header};
use hotline_protocol::log::KeyChange;
use hotline_tests::chance::Chance;

/// Faulty documents that are made of each kind.
const MUTATIONS: u64 = 20_000;
/// Any message is refused within this time, on a busy machine too.
const PROMPT: Duration = Duration::from_secs(2);

/// How a kind of document is read; whether it was taken.
type Read = fn(&[u8]) -> bool;

const KINDS: [(&str, Read); 5] = [
    ("card", read_card),
    ("certificate", read_certificate),
    ("revocation_list", read_revocation_list),
    ("header", read_header),
    ("body", read_body),
];

fn read_card(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| VerifiedCard::verify(text).is_ok())
}

fn read_certificate(bytes: &[u8]) -> bool {
    let _ = NodeCertificate::verify_proof(bytes, b"message", b"signature");
    NodeCertificate::read(bytes).is_ok()
}

fn read_revocation_list(bytes: &[u8]) -> bool {
    RevocationList::read(bytes).is_ok()
}

fn read_header(bytes: &[u8]) -> bool {
    let header = Header::parse(bytes);
    let _ = header.as_ref().map(|header| KeyChange::read(&header.content));
    header.is_ok()
}

/// Held against the commitment that it would make itself: only its form is in question.
fn read_body(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let commitment = hotline_protocol::entry::BodyCommitment {
        hash: hotline_protocol::bytes::Hash::of(&[b"hxp/body/1\0", bytes]),
        size: (bytes.len() as u64).next_power_of_two(),
    };
    BodyLine::verify(text, &commitment).is_ok_and(|line| line.body().is_ok())
}

fn corpus(kind: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/corpus").join(kind);
    let files = fs::read_dir(&folder).expect("a corpus").map(|file| file.expect("a file").path());
    let mut corpus: Vec<_> = files.map(|path| (path.clone(), fs::read(path).expect("readable"))).collect();
    corpus.sort();
    corpus
}

fn read_promptly(kind: &str, what: &str, read: Read, bytes: &[u8]) -> bool {
    let began = Instant::now();
    let taken = read(bytes);
    assert!(began.elapsed() < PROMPT, "{kind}, {what}: {} ms", began.elapsed().as_millis());
    taken
}

#[test]
fn what_is_sound_is_taken() {
    let unfit = ["authority.der", "two-names.der"];
    for (kind, read) in KINDS {
        for (path, bytes) in corpus(kind) {
            let is_fit = !unfit.iter().any(|unfit| path.ends_with(unfit));
            assert_eq!(read(&bytes), is_fit, "{}", path.display());
        }
    }
}

#[test]
fn what_is_cut_off_anywhere_is_refused() {
    for (kind, read) in KINDS {
        for (path, bytes) in corpus(kind) {
            for length in 0..bytes.len() {
                assert!(!read_promptly(kind, "cut off", read, &bytes[..length]), "{} at {length}", path.display());
            }
        }
    }
}

#[test]
fn a_card_with_any_bit_turned_is_refused() {
    for (path, bytes) in corpus("card") {
        for bit in 0..bytes.len() * 8 {
            let mut turned = bytes.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            assert!(!read_card(&turned), "{} bit {bit}", path.display());
        }
    }
}

#[test]
fn what_is_changed_by_chance_is_read_or_refused_and_never_a_panic() {
    let mut chance = Chance::printed("changed by chance");
    for (kind, read) in KINDS {
        let corpus = corpus(kind);
        for _ in 0..MUTATIONS {
            let (_, sound) = &corpus[pick(&mut chance, corpus.len())];
            let (_, other) = &corpus[pick(&mut chance, corpus.len())];
            let changed = changed(&mut chance, sound, other);
            read_promptly(kind, "changed", read, &changed);
        }
    }
}

#[test]
fn what_is_ten_megabytes_long_is_refused_at_once() {
    for (kind, read) in KINDS {
        for (path, bytes) in corpus(kind) {
            let mut long = bytes.clone();
            let filler = long[long.len() / 2];
            long.resize(10_000_000, filler);
            assert!(!read_promptly(kind, "long", read, &long), "{}", path.display());
            let repeated: Vec<u8> = bytes.iter().copied().cycle().take(10_000_000).collect();
            assert!(!read_promptly(kind, "repeated", read, &repeated), "{}", path.display());
        }
    }
}

#[test]
fn what_is_nested_without_end_is_refused() {
    let json = |length: usize| [b"{\"v\":".as_slice(), &vec![b'['; length]].concat();
    for length in [10, 1_000, 8_000, 200_000] {
        assert!(!read_promptly("header", "nested", read_header, &json(length)));
        assert!(!read_promptly("body", "nested", read_body, &json(length)));
        let card = format!("e30.{}.AA", data_encoding::BASE64URL_NOPAD.encode(&json(length)));
        assert!(!read_promptly("card", "nested", read_card, card.as_bytes()));
    }
    // A sequence in a sequence: each says that the rest of the document is its own.
    for depth in [10_usize, 1_000, 4_000, 100_000] {
        let mut der = Vec::new();
        for level in 0..depth {
            let rest = u32::try_from((depth - level - 1) * 6).expect("short");
            der.extend([0x30, 0x84]);
            der.extend(rest.to_be_bytes());
        }
        assert!(!read_promptly("certificate", "nested", read_certificate, &der));
        assert!(!read_promptly("revocation_list", "nested", read_revocation_list, &der));
    }
}

fn pick(chance: &mut Chance, length: usize) -> usize {
    usize::try_from(chance.within(0..length as u64)).expect("within a length")
}

/// One to four changes: a bit turned, bytes set, taken out, doubled, or brought from another document.
fn changed(chance: &mut Chance, sound: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..=chance.within(0..4) {
        if bytes.is_empty() {
            break;
        }
        let at = pick(chance, bytes.len());
        let end = (at + 1 + pick(chance, 16)).min(bytes.len());
        match chance.within(0..5) {
            0 => bytes[at] ^= 1 << chance.within(0..8),
            1 => bytes[at] = u8::try_from(chance.within(0..256)).expect("a byte"),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let doubled = bytes[at..end].to_vec();
                bytes.splice(at..at, doubled);
            }
            _ => {
                let from = pick(chance, other.len());
                let brought = other[from..(from + 64).min(other.len())].to_vec();
                bytes.splice(at..end, brought);
            }
        }
    }
    bytes
}
