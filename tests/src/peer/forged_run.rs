//! Runs written by hand, with the keys of a node that does not serve: right ones, and ones with one fault each.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use hotline_node::randomness::Randomness;
use hotline_protocol::entry::{Content, EntryType, Header};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Checkpoint, Cursor, RUN_BYTES_LIMIT, RunWriter, SignedCheckpoint};
use hotline_protocol::signature::SigningKey;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::node::cli::NETWORK;

/// Any second of 2026: information only.
const WRITTEN_AT: i64 = 1_767_323_045;

/// The pen of a log's author. A clone is the same pen.
#[derive(Clone)]
pub struct Forger {
    log: NodeId,
    key: Arc<SigningKey>,
}

impl Forger {
    /// With the signing key of the node of this folder.
    pub fn of_folder(log: &str, folder: &Path) -> anyhow::Result<Self> {
        let der = PrivateKeyDer::from_pem_file(folder.join("keys/signing.pem"))?;
        Ok(Self { log: log.parse()?, key: Arc::new(SigningKey::from_pkcs8(der.secret_der())?) })
    }

    /// The same log under another key.
    pub fn with_another_key(&self) -> anyhow::Result<Self> {
        Ok(Self { log: self.log.clone(), key: Arc::new(SigningKey::from_seed(&Randomness.bytes())?) })
    }

    /// The signing key.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// A run of `count` reports that nobody is offered, after `after`, and where it ends.
    pub fn run(&self, after: &Cursor, count: u64) -> anyhow::Result<(String, Cursor)> {
        let contents = (0..count).map(|_| self.create()).collect::<anyhow::Result<Vec<_>>>()?;
        self.run_of(after, &contents)
    }

    /// A report that nobody is offered.
    pub fn create(&self) -> anyhow::Result<Content> {
        let mut content = Content::new(EntryType::Create, WRITTEN_AT);
        content.org = Some(self.log.clone());
        content.rid = Some(Randomness.uuid_v7(chrono::DateTime::from_timestamp(WRITTEN_AT, 0).context("a time")?));
        content.tenure = Some(1);
        Ok(content)
    }

    /// A run of entries that say this, after `after`, and where it ends.
    pub fn run_of(&self, after: &Cursor, contents: &[Content]) -> anyhow::Result<(String, Cursor)> {
        let mut end = *after;
        let mut lines = Vec::new();
        for content in contents {
            let line = Header::write_line(&self.log, end.epoch, end.seq + 1, &end.hash, &content.to_tail());
            end = Cursor { epoch: end.epoch, seq: end.seq + 1, hash: Header::hash_line(line.as_bytes()) };
            lines.push(line);
        }
        Ok((self.signed(&lines, &end)?, end))
    }

    /// These header lines under a checkpoint that says that they end at `end`.
    pub fn signed(&self, lines: &[String], end: &Cursor) -> anyhow::Result<String> {
        self.signed_with(lines.iter().map(|line| (line.as_str(), None)), end)
    }

    /// These header lines, each with its body, under such a checkpoint.
    pub fn signed_with<'l>(
        &self,
        lines: impl IntoIterator<Item = (&'l str, Option<&'l str>)>,
        end: &Cursor,
    ) -> anyhow::Result<String> {
        let mut writer = RunWriter::new(&self.checkpoint(NETWORK, end)?, RUN_BYTES_LIMIT);
        for (line, body) in lines {
            writer.push(line, body);
        }
        Ok(writer.finish())
    }

    /// A checkpoint that says that the log ends at `end`, in a network.
    pub fn checkpoint(&self, network: &str, end: &Cursor) -> anyhow::Result<SignedCheckpoint> {
        let checkpoint = Checkpoint {
            net: network.parse()?,
            log: self.log.clone(),
            ep: end.epoch,
            seq: end.seq,
            h: end.hash,
            ts: u64::try_from(WRITTEN_AT)?,
            boot: "018f0000-0000-7000-8000-000000000000".to_owned(),
        };
        Ok(checkpoint.sign(&self.key))
    }
}
