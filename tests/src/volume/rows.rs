//! The rows of dealt reports, in the form of a node's own tables.

use std::collections::BTreeMap;

use anyhow::Result;
use hotline_node::context::Context;
use hotline_node::report::projection::Stand;
use hotline_node::report::{BodyState, EntryToStore, insert_entries, seal_body, set_head};
use hotline_node::storage::batch::{Columns, Known};
use hotline_node::storage::{Value, Write};
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{AssessmentRecord, Body, Content, EntryType, Header, Salt, Status};
use hotline_protocol::log::{Cursor, Position};
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Source, State, Urgency};
use uuid::Uuid;

use super::deal::{Dealt, Houses, OWN, Step};
use crate::chance::Chance;

const REPORT: Columns = Columns {
    table: "report",
    names: &[
        "id",
        "origin",
        "rid",
        "number",
        "state",
        "holder",
        "tenure",
        "offer_target",
        "offer_entry",
        "offer_at",
        "offer_country",
        "country",
        "asn",
        "organisation",
        "url_digest",
        "tld",
        "reported_offence",
        "offence",
        "assessment",
        "urgency",
        "source",
        "channel",
        "received_at",
        "updated_at",
        "waits_since",
        "alarmed",
        "lea_count",
        "is_gone",
        "offered_at",
        "accept_seconds",
        "assigned_at",
        "at_home",
        "acted_at",
        "first_received_at",
        "assessed_at",
        "found_at",
        "site_type",
        "is_virtual",
        "self_generated",
        "child_modelling",
        "lea_at",
        "isp_at",
        "gone_said_at",
        "gone_at",
    ],
};
const OFFER: Columns = Columns {
    table: "offer",
    names: &["report", "place", "peer", "is_outgoing", "stand", "at", "answered_at", "acted_at", "gone_at", "country"],
};
/// Rows that are written together.
pub(super) struct Batch<'b> {
    context: &'b Context,
    houses: &'b Houses,
    heads: &'b mut BTreeMap<usize, Cursor>,
    reports: Vec<Value>,
    offers: Vec<Value>,
    entries: Vec<EntryToStore>,
}

impl<'b> Batch<'b> {
    pub(super) fn new(context: &'b Context, houses: &'b Houses, heads: &'b mut BTreeMap<usize, Cursor>) -> Self {
        Self { context, houses, heads, reports: Vec::new(), offers: Vec::new(), entries: Vec::new() }
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(super) fn offers(&self) -> u64 {
        (self.offers.len() / OFFER.names.len()) as u64
    }

    /// Adds a report with all that belongs to it.
    pub(super) fn add(&mut self, chance: &mut Chance, key: i64, number: Option<i64>, dealt: &Dealt) -> Result<()> {
        let rid = uuid_v7(chance, dealt.at);
        let mut hashes: Vec<Hash> = Vec::with_capacity(dealt.steps.len());
        for step in &dealt.steps {
            let hash = self.write(chance, (key, rid), dealt, step, &hashes)?;
            hashes.push(hash);
        }
        self.report(chance, (key, rid, number), dealt, &hashes);
        self.course(dealt);
        self.fact(number.is_some(), dealt);
        let own = |offer: &&super::deal::DealtOffer| offer.is_ours();
        let places = dealt.offers.iter().filter(own).zip(0_i64..);
        for (offer, place) in places.filter(|(offer, _)| offer.stand != Stand::Open) {
            let is_outgoing = offer.by == OWN;
            let peer = if is_outgoing { offer.target } else { offer.by };
            self.offers.extend([
                key.into(),
                place.into(),
                self.houses.ids[peer].as_str().into(),
                is_outgoing.into(),
                offer.stand.code().into(),
                offer.at.into(),
                offer.answered_at.into(),
                offer.acted_at.into(),
                offer.gone_at.into(),
                Value::from(self.houses.countries[offer.target].as_str()),
            ]);
        }
        Ok(())
    }

    /// Writes an entry at the end of its author's log.
    fn write(
        &mut self,
        chance: &mut Chance,
        (report, rid): (i64, Uuid),
        dealt: &Dealt,
        step: &Step,
        hashes: &[Hash],
    ) -> Result<Hash> {
        let mut says = Content::new(step.entry_type.clone(), step.at);
        says.org = Some(self.houses.ids[dealt.origin].clone());
        says.rid = Some(rid);
        says.tenure = Some(1);
        says.reference = hashes.last().copied();
        says.target = step.target.map(|target| self.houses.ids[target].clone());
        says.to = says.target.iter().cloned().collect();
        says.status.clone_from(&step.status);
        says.hold = step.hold.map(|place| hashes[place]);
        says.of = step.of.map(|place| hashes[place]);
        if let Some(target) = step.target {
            says.country = Some(self.houses.countries[target].into());
        } else if step.entry_type == EntryType::Create {
            says.country = Some(dealt.country.into());
        }
        let body = if step.entry_type == EntryType::Create && dealt.is_ours() {
            let line = body(chance, report, dealt, self.houses).to_line()?;
            says.commit(line.commitment());
            Some(seal_body(&self.context.seal, &line))
        } else {
            None
        };
        let (log, head) = (&self.houses.ids[step.by], self.heads.entry(step.by).or_insert(Cursor::START));
        let (epoch, seq) = (head.epoch, head.seq + 1);
        let header = Header::write_line(log, epoch, seq, &head.hash, &says.to_tail());
        let hash = Header::hash_line(header.as_bytes());
        *head = Cursor { epoch, seq, hash };
        let body_state = if body.is_some() { BodyState::Here } else { BodyState::None };
        let (log, place) = (log.clone(), Position { epoch, seq });
        self.entries.push(EntryToStore { log, place, hash, report: Some(report), header, body, body_state });
        Ok(hash)
    }

    fn report(
        &mut self,
        chance: &mut Chance,
        (key, rid, number): (i64, Uuid, Option<i64>),
        dealt: &Dealt,
        hashes: &[Hash],
    ) {
        let open = dealt.state == State::Offered;
        let is_ours = number.is_some();
        let ours = |value: &'static str| is_ours.then_some(value);
        let tlds = ["example", "test", "invalid", "com", "net", "org"];
        let tld = tlds[usize::try_from(chance.within(0..6)).unwrap_or(0)];
        let digest = is_ours.then(|| [chance.number(); 4].map(u64::to_be_bytes).concat());
        self.reports.extend([
            key.into(),
            self.houses.ids[dealt.origin].as_str().into(),
            rid.into(),
            number.into(),
            dealt.state.code().into(),
            self.houses.ids[dealt.holder].as_str().into(),
            dealt.tenure.into(),
            open.then(|| self.houses.ids[dealt.offers[0].target].as_str()).into(),
            open.then(|| hashes[0].as_bytes().to_vec()).into(),
            open.then(|| dealt.offers[0].at).into(),
            open.then(|| self.houses.countries[dealt.offers[0].target].as_str()).into(),
            dealt.country.as_str().into(),
            is_ours.then(|| i64::try_from(64_500 + dealt.hoster).unwrap_or(0)).into(),
            is_ours.then(|| format!("Example hoster {}", dealt.hoster)).into(),
            digest.into(),
            ours(tld).into(),
            ours(Offence::Csam.code()).into(),
            ours(Offence::Csam.code()).into(),
            ours(Assessment::Baseline.code()).into(),
            ours(Urgency::Routine.code()).into(),
            ours(if dealt.origin == OWN { Source::Public.code() } else { Source::PartnerHotline.code() }).into(),
            ours(if dealt.origin == OWN { Channel::Computer.code() } else { Channel::Exchange.code() }).into(),
            (dealt.at * 1_000_000).into(),
            (dealt.steps.iter().map(|step| step.at).max().unwrap_or(dealt.at) * 1_000_000).into(),
            open.then_some(dealt.at * 1_000_000).into(),
            Value::from(false),
        ]);
    }

    /// Adds the values from headers, after the report's own columns.
    fn course(&mut self, dealt: &Dealt) {
        let taken = dealt.offers.iter().rev().find(|offer| offer.stand.is_accepted());
        let ours = taken.filter(|offer| offer.by == OWN);
        let tells = |step: &&Step| step.by == OWN && step.status == Some(Status::LeaInformed);
        let told = dealt.steps.iter().filter(tells).count();
        self.reports.extend([
            i64::try_from(told).unwrap_or(0).into(),
            at(dealt, &Status::Removed).is_some().into(),
            ours.map(|offer| offer.at).into(),
            taken.and_then(|offer| Some(offer.answered_at? - offer.at)).into(),
            taken.and_then(|offer| offer.answered_at).into(),
            dealt.offers.is_empty().into(),
            Value::from(ours.and_then(|offer| offer.acted_at)),
        ]);
    }

    /// Adds the values from bodies, after that.
    fn fact(&mut self, is_ours: bool, dealt: &Dealt) {
        let received = is_ours.then_some(dealt.at);
        let of = |status: Status| at(dealt, &status).filter(|_| is_ours);
        let gone = of(Status::Removed);
        self.reports.extend([
            received.into(),
            received.into(),
            received.into(),
            is_ours.then(|| dealt.site.code()).into(),
            false.into(),
            false.into(),
            false.into(),
            of(Status::LeaInformed).into(),
            of(Status::IspInformed).into(),
            gone.into(),
            Value::from(gone),
        ]);
    }

    /// Writes everything, and where the logs end.
    pub(super) async fn save(self, write: &Write<'_>) -> Result<()> {
        insert_entries(write, self.entries).await?;
        REPORT.insert(write, Known::Refused, self.reports).await?;
        OFFER.insert(write, Known::Refused, self.offers).await?;
        for (house, head) in self.heads.iter() {
            set_head(&**write, &self.houses.ids[*house], head, 0).await?;
        }
        Ok(())
    }
}

/// When a status was first written.
fn at(dealt: &Dealt, status: &Status) -> Option<i64> {
    dealt.steps.iter().find(|step| step.status.as_ref() == Some(status)).map(|step| step.at)
}

fn body(chance: &mut Chance, key: i64, dealt: &Dealt, houses: &Houses) -> Body {
    let salt = u128::from(chance.number()) << 64 | u128::from(chance.number());
    let mut body = Body::new(Salt::from_bytes(salt.to_be_bytes()));
    body.url = format!("https://h{}.volume.example/item/{key}.html", dealt.hoster).parse().ok();
    body.received_at = Some(dealt.at);
    let by = houses.ids[dealt.origin].clone();
    let mut found = AssessmentRecord::new(by, dealt.at, Assessment::Baseline, Offence::Csam);
    found.site_type = Some(dealt.site.into());
    body.assessments = vec![found];
    body
}

fn uuid_v7(chance: &mut Chance, at: i64) -> Uuid {
    let millis = u64::try_from(at).unwrap_or(0) * 1_000 + chance.within(0..1_000);
    let random = u128::from(chance.number()) << 64 | u128::from(chance.number());
    let mut bytes = random.to_be_bytes();
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    uuid::Builder::from_bytes(bytes)
        .with_version(uuid::Version::SortRand)
        .with_variant(uuid::Variant::RFC4122)
        .into_uuid()
}
