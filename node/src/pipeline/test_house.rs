//! A house for tests of the steps: a database, a clock that tests move, offers of ours, hotlines that write by hand.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::entry::{Content, EntryType, Header, Origin};
use hotline_protocol::hello::AcceptMode;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{
    BoundKey, Checkpoint, Cursor, KeyHistory, Position, RUN_BYTES_LIMIT, RunWriter, UnverifiedRun, VerifiedRun,
};
use hotline_protocol::signature::SigningKey;
use hotline_protocol::url::DigestKey;

use super::{Patience, PreparedRun, apply_run};
use crate::clock::Clock;
use crate::config::section::{KeysSection, RoutingSection};
use crate::context::Context;
use crate::exchange::HubSettings;
use crate::exchange::log::seal::{HighWater, Sealer};
use crate::geolocation::{Geolocator, Settings};
use crate::randomness::Randomness;
use crate::report::Report;
use crate::report::lifecycle::{create_reports, prepare_reports};
use crate::report::query::repository::by_keys;
use crate::report::replay::{EntrySet, Recorded};
use crate::report::test_report::csam_report;
use crate::routing::Locator;
use crate::secret::SealKey;
use crate::storage::Database;
use crate::trust::handshake::test_certificate::peer;
use crate::trust::own::OwnSigningKeys;
use crate::trust::peer::{PeerStanding, save_key, save_peer};
use crate::zone::Zone;

const BOOT: &str = "018f0000-0000-7000-8000-000000000000";

pub(super) fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

pub(super) fn country(code: &str) -> Country {
    code.parse().expect("a country's code")
}

pub(super) const PATIENCE: Patience = Patience { machine: Duration::from_mins(15), person: Duration::from_hours(72) };

pub(super) fn settings() -> HubSettings {
    HubSettings {
        accept: AcceptMode::Automatic,
        hello: Duration::from_mins(1),
        poll_silence: Duration::from_mins(1),
        retry_longest: Duration::from_mins(5),
        run_entries: 1_024,
        run_bytes: usize::MAX,
        delivery_alarm: Duration::from_mins(15),
        answer_alarm: Duration::from_hours(72),
    }
}

pub(super) async fn new_context(folder: &Path) -> Context {
    context_of(folder, "fr-example").await
}

async fn context_of(folder: &Path, own: &str) -> Context {
    let url = format!("sqlite://{}/node.sqlite", folder.display());
    Context {
        own: node(own),
        network: Network::default(),
        countries: vec![node(own).seat().known().expect("a country")].into(),
        database: Database::create_or_migrate(&url).await.expect("a database"),
        day_budget: crate::config::section::DayBudget::default(),
        zone: Zone::UTC,
        seal: Arc::new(SealKey::from_bytes(&[1; 32])),
        digest_key: Arc::new(DigestKey::from_bytes([2; 32])),
        clock: Clock::set_at("2026-03-01T12:00:00Z".parse().expect("a time")),
        randomness: Randomness,
    }
}

/// Takes in a report with the server `a.example`, and offers it.
pub(super) async fn offer(context: &Context, target: &str) -> Report {
    let prepared = prepare_reports(context, vec![csam_report(Some(target))]).expect("prepared");
    let write = context.database.write("offer").await.expect("a turn");
    let report = create_reports(context, &write, prepared).await.expect("created").remove(0);
    write.commit().await.expect("committed");
    report
}

/// Every peer's signing key here is made of it.
const PEERS_SEED: &[u8; 32] = &[7; 32];

/// The signing key of every house here is made of it.
const OWN_SEED: &[u8; 32] = &[9; 32];

fn peers_key() -> BoundKey {
    key_of(PEERS_SEED)
}

/// The signing key of every house.
pub(super) fn own_key() -> BoundKey {
    key_of(OWN_SEED)
}

fn key_of(seed: &[u8; 32]) -> BoundKey {
    let key = SigningKey::from_seed(seed).expect("a seed").public();
    BoundKey { key, from: Position { epoch: 1, seq: 1 }, to: None, revoked: false }
}

/// A node without listeners; its steps are run by hand.
pub(super) struct TestHouse {
    pub(super) context: Context,
    folder: tempfile::TempDir,
}

impl TestHouse {
    /// With active peers, each answering for the country of its seat.
    pub(super) async fn with_peers(peers: &[&str]) -> Self {
        Self::of("fr-example", peers, &peers_key()).await
    }

    /// Of this hotline, with active peers that all sign with one key.
    pub(super) async fn of(own: &str, peers: &[&str], key: &BoundKey) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let context = context_of(folder.path(), own).await;
        let write = context.database.write("add_peers").await.expect("a turn");
        for id in peers {
            save_peer(&*write, &peer(id, PeerStanding::Active)).await.expect("saved");
            save_key(&*write, &node(id), key).await.expect("saved");
        }
        write.commit().await.expect("committed");
        Self { context, folder }
    }

    /// Locates `a.example` in a country; elsewhere nothing is found.
    pub(super) async fn locator(&self, country: &str) -> Locator {
        let address = match country {
            "NL" => "192.0.2.33",
            "DE" => "192.0.2.97",
            "FR" => "192.0.2.1",
            _ => panic!("{country} has no address here"),
        };
        self.placer_of(&format!("{address} a.example\n")).await
    }

    /// Locates by this hosts file.
    pub(super) async fn placer_of(&self, hosts: &str) -> Locator {
        let hosts_file = self.folder.path().join("hosts");
        std::fs::write(&hosts_file, hosts).expect("written");
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/geolocation/documentation.mmdb");
        let settings = Settings { country_databases: vec![data], hosts_file: Some(hosts_file), ..Settings::default() };
        let geolocator = Arc::new(Geolocator::open(&settings).expect("location data"));
        Locator::new(&self.context, geolocator, &RoutingSection::default()).await.expect("a placer")
    }

    pub(super) async fn sealer(&self) -> Sealer {
        let key = Arc::new(SigningKey::from_seed(OWN_SEED).expect("any 32 bytes are a seed"));
        let whole_log = own_key();
        let write = self.context.database.write("save_key").await.expect("a transaction");
        save_key(&*write, &self.context.own, &whole_log).await.expect("kept");
        write.commit().await.expect("committed");
        let section = KeysSection { folder: self.folder.path().to_owned() };
        let key = Arc::new(OwnSigningKeys::new(section, key));
        let file = HighWater::in_folder(self.folder.path());
        Sealer::new(self.context.clone(), key, BOOT.to_owned(), file).await.expect("a sealer")
    }

    /// Seals the recorded entries.
    pub(super) async fn seal(&self) {
        let sealer = self.sealer().await;
        while sealer.seal_once().await.expect("sealed").is_some() {}
    }

    /// Applies a run.
    pub(super) async fn apply(&self, run: VerifiedRun) {
        let prepared = PreparedRun::new(&self.context, run);
        apply_run(&self.context, &prepared).await.expect("applied");
    }

    /// The report as its row says.
    pub(super) async fn report(&self, key: i64) -> Report {
        by_keys(self.context.database.read(), &[key]).await.expect("readable").remove(0)
    }

    /// Everything about a report.
    pub(super) async fn entries(&self, key: i64) -> Vec<Recorded> {
        let ledger = EntrySet::load(self.context.database.read(), &[key]).await.expect("readable");
        ledger.of(key).to_vec()
    }
}

/// A hotline that writes by hand.
pub(super) struct Hand {
    log: NodeId,
    key: SigningKey,
    end: Cursor,
}

impl Hand {
    pub(super) fn of(log: &str) -> Self {
        Self { log: node(log), key: SigningKey::from_seed(PEERS_SEED).expect("a seed"), end: Cursor::START }
    }

    /// A run of entries that say this, with their hashes.
    pub(super) fn write(&mut self, contents: &[Content]) -> (VerifiedRun, Vec<Hash>) {
        let tails: Vec<String> = contents.iter().map(Content::to_tail).collect();
        let run = self.sign(tails.len(), |log, at, place| {
            Header::write_line(log, place.epoch, place.seq + 1, &place.hash, &tails[at])
        });
        let hashes = run.entries().iter().map(|entry| entry.hash).collect();
        (run, hashes)
    }

    /// Where it stands.
    pub(super) const fn end(&self) -> Cursor {
        self.end
    }

    /// The run that opens an epoch after `from`; later writes stand in that epoch.
    pub(super) fn open_epoch(&mut self, epoch: u64, from: Cursor) -> VerifiedRun {
        let mut opening = Content::new(EntryType::EpochOpen, 0);
        opening.from = Some(Origin { ep: from.epoch, seq: from.seq, hash: from.hash });
        self.end = Cursor { epoch, ..Cursor::START };
        self.write(&[opening]).0
    }

    /// A run that says one line again.
    pub(super) fn say_again(&mut self, line: &str) -> VerifiedRun {
        self.sign(1, |_, _, place| {
            Header::say_again(line, place.epoch, place.seq + 1, &place.hash).expect("a line of its own")
        })
    }

    /// A run of `count` lines, each written for the place after the one before it.
    fn sign(&mut self, count: usize, line: impl Fn(&NodeId, usize, &Cursor) -> String) -> VerifiedRun {
        let mut lines = Vec::new();
        for at in 0..count {
            let line = line(&self.log, at, &self.end);
            self.end = Cursor { seq: self.end.seq + 1, hash: Header::hash_line(line.as_bytes()), ..self.end };
            lines.push(line);
        }
        let checkpoint = Checkpoint {
            net: Network::default(),
            log: self.log.clone(),
            ep: self.end.epoch,
            seq: self.end.seq,
            h: self.end.hash,
            ts: 0,
            boot: BOOT.to_owned(),
        };
        let mut writer = RunWriter::new(&checkpoint.sign(&self.key), RUN_BYTES_LIMIT);
        for line in &lines {
            writer.push(line, None);
        }
        let keys = KeyHistory::new(vec![peers_key()]);
        let run = UnverifiedRun::parse(writer.finish().into()).expect("a run");
        run.verify(&Network::default(), &self.log, &keys).expect("it holds")
    }
}
