//! The worked examples, computed: a report of one invented hotline that is offered to another.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hotline_protocol::bytes::Hash;
use hotline_protocol::card::{CardKey, NodeCard, VerifiedCard};
use hotline_protocol::country::Country;
use hotline_protocol::entry::{
    AssessmentRecord, Body, BodyLine, Code, Content, EntryType, Header, HostingRecord, Origin, Salt, Status,
};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, Checkpoint, Cursor, KeyHistory, Position, RunWriter, SignedCheckpoint};
use hotline_protocol::signature::SigningKey;
use hotline_protocol::url::{CanonicalUrl, DigestKey, ReportedUrl, UrlDigest};
use hotline_protocol::vocabulary::{Assessment, Offence, SiteType, Urgency};

/// 1 January 2026, 00:00 UTC.
pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const GIVEN: &str = "HTTP://Example.test.:80/%41%2fb?q=%2f#part";
const OFFERED_RID: &str = "019b76da-a800-7000-8000-000000000001";
const HOME_RID: &str = "019b76da-a800-7000-8000-000000000002";
/// Of the TLS key with the seed of 32 bytes 03: Ed25519, valid in 2026, named `hxp://fr-example`.
pub(crate) const CERTIFICATE: &str = "MIIBJjCB2aADAgECAgEBMAUGAytlcDAVMRMwEQYDVQQDDApmci1leGFtcGxlMB4XDTI2MDEwMTAwMDAwMFoXDTI3MDEwMTAwMDAwMFowFTETMBEGA1UEAwwKZnItZXhhbXBsZTAqMAUGAytlcAMhAO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfRo04wTDAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMBsGA1UdEQQUMBKGEGh4cDovL2ZyLWV4YW1wbGUwBQYDK2VwA0EAv6IzNSOlcfVL55tEBdzi75SmB2tMBfHIblGKnq3qZg5naQpTrXS6Dmt98_jK7cxB3jFmWkTaiLVEjaJeb4CLAw";

pub(crate) fn network() -> Network {
    "practice".parse().expect("a network")
}

pub(crate) fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

/// The key of a seed of 32 times the same byte: 01 signs for `fr-example`, 02 for `nl-example`.
pub(crate) fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed(&[byte; 32]).expect("any 32 bytes are a seed")
}

pub(crate) fn keys_of_origin() -> KeyHistory {
    let from = Position { epoch: 1, seq: 1 };
    KeyHistory::new(vec![BoundKey { key: key(1).public(), from, to: None, revoked: false }])
}

pub(crate) fn digest_key() -> DigestKey {
    DigestKey::from_bytes(std::array::from_fn(|at| u8::try_from(at).expect("32 numbers")))
}

pub(crate) fn digest() -> UrlDigest {
    digest_key().digest(&network(), &CanonicalUrl::parse(GIVEN).expect("a URL"))
}

/// The body of the report that is offered. Its salt: 00, 11, 22 … ff.
pub(crate) fn body() -> BodyLine {
    let mut body = Body::new(Salt::from_bytes(std::array::from_fn(|at| u8::try_from(at * 17).expect("16 numbers"))));
    body.url = Some(ReportedUrl::parse(GIVEN).expect("a URL"));
    body.urgency = Some(Urgency::Routine.into());
    body.received_at = Some(NOW - 3_600);
    body.assessments.push(assessment());
    body.hosting.push(HostingRecord {
        ip: Some([192, 0, 2, 1].into()),
        country: Some(country("NL")),
        asn: Some(64_496),
        organisation: Some("Example Network".to_owned()),
        method: "resolver".to_owned(),
        database: "documentation".to_owned(),
        database_age_days: 12,
        at: NOW,
    });
    body.to_line().expect("a body")
}

fn assessment() -> AssessmentRecord {
    AssessmentRecord {
        by: node("fr-example"),
        law: country("FR").into(),
        at: NOW,
        assessment: Assessment::Baseline.into(),
        offence: Offence::Csam.into(),
        reason: None,
        behaviour: Vec::new(),
        terrorism_type: Vec::new(),
        site_type: Some(Code::Known(SiteType::Website)),
        commerciality: None,
        payment_methods: Vec::new(),
        media: Vec::new(),
        age: Vec::new(),
        sex: None,
        production: Vec::new(),
        virtual_content: false,
        self_generated: false,
        child_modelling: false,
    }
}

/// The body of the report that is hosted at home: another salt, so that nobody sees whether two bodies are the same.
fn body_at_home() -> BodyLine {
    let mut body = Body::new(Salt::from_bytes([7; 16]));
    body.url = Some(ReportedUrl::parse(GIVEN).expect("a URL"));
    body.to_line().expect("a body")
}

fn create(rid: &str, body: &BodyLine) -> Content {
    let mut content = Content::new(EntryType::Create, NOW);
    content.org = Some(node("fr-example"));
    content.rid = Some(rid.parse().expect("a UUID"));
    content.tenure = Some(1);
    content.digests = vec![digest()];
    content.commit(body.commitment());
    content
}

/// Entry 1 of `fr-example`: offered to `nl-example`.
pub(crate) fn offered() -> String {
    let mut content = create(OFFERED_RID, &body());
    content.target = Some(node("nl-example"));
    content.to = vec![node("nl-example")];
    content.country = Some(country("NL").into());
    Header::write_line(&node("fr-example"), 1, 1, &Hash::ZERO, &content.to_tail())
}

/// Entry 2 of `fr-example`: hosted at home, so that nobody else is entitled to its body.
fn at_home() -> String {
    let mut content = create(HOME_RID, &body_at_home());
    content.status = Some(Status::Accepted);
    content.country = Some(country("FR").into());
    let before = Header::hash_line(offered().as_bytes());
    Header::write_line(&node("fr-example"), 1, 2, &before, &content.to_tail())
}

/// Entry 1 of `nl-example`: takes over the report that it was offered.
pub(crate) fn accept() -> String {
    let offer = Header::hash_line(offered().as_bytes());
    let mut content = Content::new(EntryType::Accept, NOW + 2);
    content.org = Some(node("fr-example"));
    content.rid = Some(OFFERED_RID.parse().expect("a UUID"));
    content.reference = Some(offer);
    content.tenure = Some(2);
    content.of = Some(offer);
    Header::write_line(&node("nl-example"), 1, 1, &Hash::ZERO, &content.to_tail())
}

/// Entry 1 of the second epoch of `fr-example`; from then on nothing of the first epoch counts.
pub(crate) fn opening() -> String {
    let mut content = Content::new(EntryType::EpochOpen, NOW + 60);
    content.from = Some(Origin { ep: 1, seq: 0, hash: Hash::ZERO });
    Header::write_line(&node("fr-example"), 2, 1, &Hash::ZERO, &content.to_tail())
}

/// Entry 2 of that epoch: says the offer again.
pub(crate) fn said_again() -> String {
    Header::say_again(&offered(), 2, 2, &Header::hash_line(opening().as_bytes())).expect("a header")
}

pub(crate) fn checkpoint() -> Checkpoint {
    Checkpoint {
        net: network(),
        log: node("fr-example"),
        ep: 1,
        seq: 2,
        h: Header::hash_line(at_home().as_bytes()),
        ts: NOW.unsigned_abs() + 1,
        boot: "019b76da-a800-7000-8000-0000000000b0".to_owned(),
    }
}

pub(crate) fn signed_checkpoint() -> SignedCheckpoint {
    checkpoint().sign(&key(1))
}

/// The run as `nl-example` gets it.
pub(crate) fn run() -> String {
    let mut writer = RunWriter::new(&signed_checkpoint(), usize::MAX);
    writer.push(&offered(), Some(body().as_str()));
    writer.push(&at_home(), None);
    writer.finish()
}

pub(crate) fn head() -> Cursor {
    checkpoint().cursor()
}

pub(crate) fn card() -> VerifiedCard {
    let card = NodeCard {
        network: network(),
        id: node("fr-example"),
        countries: vec![country("FR").into(), country("GP").into()],
        name: "Example Hotline".to_owned(),
        endpoints: vec!["https://hotline.example:7443".parse().expect("an address")],
        certificates: vec![BASE64URL_NOPAD.decode(CERTIFICATE.as_bytes()).expect("base64url")],
        keys: vec![CardKey { key: key(1).public(), from: Position { epoch: 1, seq: 1 }, to: None }],
        counter: 1,
    };
    card.sign(&key(1)).expect("the card keeps every rule")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
