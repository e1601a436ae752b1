//! A second verifier of exported logs, written from the specification alone (`protocol/README.md`): it shares no code
//! with the node, so that a fault of the one is not the other's, too.
//!
//! It reads the text of runs as they go over the wire and needs the author's public keys, nothing else.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::digest::{Context as Digest, SHA256};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::Value;

/// The hash before an author's first entry.
const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An author: the network, the log's name, and the signing keys as `identity card --json` shows them.
#[derive(Debug, Clone)]
pub struct Author {
    network: String,
    log: String,
    /// By key id.
    keys: BTreeMap<String, Key>,
    /// Announced in the log, and not switched to.
    announced: BTreeMap<String, Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Key {
    public: Vec<u8>,
    /// First and last epoch and number that it may sign.
    from: (u64, u64),
    to: Option<(u64, u64)>,
}

/// The verified contents.
#[derive(Debug)]
pub struct Verified {
    /// The headers, in order.
    pub headers: Vec<Value>,
    /// The bodies that were there, by the number of their entry.
    pub bodies: BTreeMap<u64, Value>,
    /// Epoch, number and hash of the last entry.
    pub head: (u64, u64, String),
    /// Earlier places of repeated entries (`was`) where the very same entry was read before.
    pub said_again: usize,
    /// The hash of every entry, by its epoch and number.
    hashes: BTreeMap<(u64, u64), String>,
}

impl Author {
    /// Reads `identity card --json` of a node, or `peer show --json` of a peer.
    pub fn of_card(network: &str, card: &Value) -> anyhow::Result<Self> {
        let log = card["id"].as_str().context("a card has an id")?.to_owned();
        let mut keys = BTreeMap::new();
        for key in card["signing_keys"].as_array().context("a card has keys")? {
            let public = BASE64URL_NOPAD.decode(key["public_key"].as_str().context("a key")?.as_bytes())?;
            let kid = HEXLOWER.encode(&sha256("", &public));
            ensure!(key["kid"] == kid, "a key's id is its SHA-256");
            let from = position(&key["from"]).context("a key signs from somewhere")?;
            keys.insert(kid, Key { public, from, to: position(&key["to"]) });
        }
        Ok(Self { network: network.to_owned(), log, keys, announced: BTreeMap::new() })
    }

    /// Verifies runs that begin with the first entry of epoch 1: chain, signatures, keys, and the bodies that are
    /// there. The log's changes of signing keys count behind it.
    pub fn verify(&self, text: &str) -> anyhow::Result<Verified> {
        self.clone().verify_behind(text, (1, 0, ZEROS.to_owned()))
    }

    /// [`Author::verify`] of runs that begin anywhere.
    pub fn verify_part(&self, text: &str) -> anyhow::Result<Verified> {
        let first: Value = serde_json::from_str(text.lines().nth(1).context("a first entry")?)?;
        let (epoch, seq) = position(&first).context("it has a place")?;
        let before = first["prev"].as_str().context("it names the entry before it")?;
        self.clone().verify_behind(text, (epoch, seq - 1, before.to_owned()))
    }

    fn verify_behind(&mut self, text: &str, head: (u64, u64, String)) -> anyhow::Result<Verified> {
        let mut lines = text.lines().peekable();
        let mut verified =
            Verified { headers: Vec::new(), bodies: BTreeMap::new(), head, said_again: 0, hashes: BTreeMap::new() };
        while let Some(token) = lines.next() {
            let (kid, signed) = self.checkpoint(token)?;
            let begins_epoch = signed.0 != verified.head.0;
            let first = if begins_epoch { (signed.0, 1) } else { (signed.0, verified.head.1 + 1) };
            // A checkpoint is a token and begins with `e`; a header is JSON.
            while let Some(header) = lines.next_if(|line| line.starts_with('{')) {
                let body = lines.next().context("a header without the line of its body")?;
                self.entry(header, body, &mut verified)?;
            }
            ensure!(verified.head == signed, "a run ends elsewhere than its checkpoint says");
            let key = &self.keys[&kid];
            ensure!(key.from <= first && key.to.is_none_or(|to| (signed.0, signed.1) <= to), "a key beyond its range");
            if let Some(header) = verified.headers.last().filter(|header| header["type"] == "key.announce/1") {
                self.take_key(&header.clone(), (signed.0, signed.1))?;
            }
        }
        Ok(verified)
    }

    /// Verifies a proof that this author has signed two entries under one place of its log; gives the place and the two
    /// hashes.
    pub fn verify_fork(&self, text: &str) -> anyhow::Result<((u64, u64), [String; 2])> {
        ensure!(text.ends_with('\n'), "the last line ends in a line feed");
        let mut lines = text.lines();
        let (_, (epoch, seq, first)) = self.checkpoint(lines.next().context("a proof has a first checkpoint")?)?;
        let (kid, end) = self.checkpoint(lines.next().context("a proof has a second checkpoint")?)?;
        ensure!(end.0 == epoch, "both are of one epoch");
        let (mut before, mut hash, mut last) = (None, None, seq);
        for line in lines {
            let header: Value = serde_json::from_str(line)?;
            last += 1;
            let stands = header["log"] == self.log.as_str() && header["ep"] == epoch && header["seq"] == last;
            let prev = header["prev"].as_str().context("an entry names the one before it")?.to_owned();
            ensure!(stands && hash.as_ref().is_none_or(|hash| *hash == prev), "entry {last} does not follow");
            before.get_or_insert(prev);
            hash = Some(HEXLOWER.encode(&sha256("hxp/entry/1\0", line.as_bytes())));
        }
        ensure!((end.1, &end.2) == (last, hash.as_ref().unwrap_or(&end.2)), "the chain ends elsewhere");
        let key = &self.keys[&kid];
        ensure!(
            key.from <= (epoch, last.min(seq + 1)) && key.to.is_none_or(|to| (epoch, last) <= to),
            "a key beyond its range"
        );
        let second = before.unwrap_or(end.2);
        ensure!(first != second, "both say the same");
        Ok(((epoch, seq), [first, second]))
    }

    /// Applies an entry about a signing key. A known key, or a switch to a key without announcement, changes nothing.
    fn take_key(&mut self, header: &Value, (epoch, seq): (u64, u64)) -> anyhow::Result<()> {
        if header["use"] != "sign" {
            return Ok(());
        }
        let decode = |field: &str| BASE64URL_NOPAD.decode(header[field].as_str().unwrap_or_default().as_bytes());
        let public = decode("key")?;
        let kid = HEXLOWER.encode(&sha256("", &public));
        if header["act"] == "announce" && !self.keys.contains_key(&kid) {
            let said = [format!("hxp/pop/1\0{}/{}\0", self.network, self.log).as_bytes(), &public].concat();
            let proved = UnparsedPublicKey::new(&ED25519, &public).verify(&said, &decode("pop")?);
            proved.map_err(|_| anyhow::anyhow!("a key is announced without proof"))?;
            self.announced.insert(kid, public);
        } else if let Some(public) = self.announced.remove(&kid).filter(|_| header["act"] == "switch") {
            for present in self.keys.values_mut().filter(|key| key.to.is_none()) {
                present.to = Some((epoch, seq));
            }
            self.keys.insert(kid, Key { public, from: (epoch, seq + 1), to: None });
        }
        Ok(())
    }

    fn checkpoint(&self, token: &str) -> anyhow::Result<(String, (u64, u64, String))> {
        let parts: Vec<&str> = token.split('.').collect();
        let [head, payload, signature] = parts[..] else { bail!("a token has three parts") };
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).context("a token is base64url");
        let head: Value = serde_json::from_slice(&decode(head)?)?;
        ensure!(head["alg"] == "EdDSA" && head["typ"] == "hxp-cp+jws" && head.get("crit").is_none(), "another token");
        let kid = head["kid"].as_str().context("a token names its key")?;
        let key = self.keys.get(kid).context("a key of somebody else")?;
        let signed = &token[..token.len() - signature.len() - 1];
        UnparsedPublicKey::new(&ED25519, &key.public)
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| anyhow::anyhow!("a signature does not hold"))?;
        let payload: Value = serde_json::from_slice(&decode(payload)?)?;
        ensure!(payload["net"] == self.network.as_str() && payload["log"] == self.log.as_str(), "another log");
        let number = |key: &str| payload[key].as_u64().context("a checkpoint has a place");
        let hash = payload["h"].as_str().context("a checkpoint has a hash")?;
        Ok((kid.to_owned(), (number("ep")?, number("seq")?, hash.to_owned())))
    }

    fn entry(&self, line: &str, body: &str, verified: &mut Verified) -> anyhow::Result<()> {
        let header: Value = serde_json::from_str(line)?;
        let number = |key: &str| header[key].as_u64().context("an entry has a place");
        let (epoch, seq) = (number("ep")?, number("seq")?);
        let (last_epoch, last_seq, last_hash) = &verified.head;
        let follows = (epoch == *last_epoch && seq == last_seq + 1 && header["prev"] == last_hash.as_str())
            || (epoch > *last_epoch && seq == 1 && header["prev"] == ZEROS && verified.opens(&header));
        ensure!(follows && header["log"] == self.log.as_str() && header["v"] == 1, "entry {seq} does not follow");
        if !body.is_empty() {
            ensure!(header["bh"] == HEXLOWER.encode(&sha256("hxp/body/1\0", body.as_bytes())), "another body");
            verified.bodies.insert(seq, serde_json::from_str(body)?);
        }
        let hash = HEXLOWER.encode(&sha256("hxp/entry/1\0", line.as_bytes()));
        verified.said_again += verified.said_before(&header, line)?;
        verified.hashes.insert((epoch, seq), hash.clone());
        verified.head = (epoch, seq, hash);
        verified.headers.push(header);
        Ok(())
    }
}

impl Verified {
    /// Whether an entry opens a further epoch after one that was verified.
    fn opens(&self, header: &Value) -> bool {
        let from = &header["from"];
        let stands_there = |place| self.hashes.get(&place).map_or(ZEROS, String::as_str);
        header["type"] == "epoch.open/1" && position(from).is_some_and(|place| from["hash"] == stands_there(place))
    }

    /// At how many of its earlier places an entry that was said again stands here, to the byte. Any other entry there
    /// is of another branch, or was never signed.
    fn said_before(&self, header: &Value, line: &str) -> anyhow::Result<usize> {
        let Some(was) = header["was"].as_array() else { return Ok(0) };
        let mut found = 0;
        let begin = line.find("\"ts\":").context("an entry has a time")?;
        let end = line.rfind(",\"was\":").context("the earlier places stand last")?;
        let (said, places) = (&line[begin..end], &line[end..]);
        let starts: Vec<usize> = places.match_indices("{\"ep\"").map(|(at, _)| at).collect();
        for (number, place) in was.iter().enumerate() {
            let (epoch, seq) = position(place).context("a place")?;
            let prev = place["prev"].as_str().context("a place names the entry before it")?;
            // At its second earlier place the entry had its first one as `was`, and so on.
            let was = if number == 0 { String::new() } else { format!("{}]", &places[..starts[number] - 1]) };
            let log = &header["log"];
            let earlier = format!(r#"{{"v":1,"log":{log},"ep":{epoch},"seq":{seq},"prev":"{prev}",{said}{was}}}"#);
            let hash = HEXLOWER.encode(&sha256("hxp/entry/1\0", earlier.as_bytes()));
            found += usize::from(self.hashes.get(&(epoch, seq)) == Some(&hash));
        }
        Ok(found)
    }
}

fn position(value: &Value) -> Option<(u64, u64)> {
    let number = |long: &str, short: &str| value.get(long).or_else(|| value.get(short))?.as_u64();
    Some((number("epoch", "ep")?, number("seq", "seq")?))
}

fn sha256(domain: &str, bytes: &[u8]) -> Vec<u8> {
    let mut digest = Digest::new(&SHA256);
    digest.update(domain.as_bytes());
    digest.update(bytes);
    digest.finish().as_ref().to_vec()
}
