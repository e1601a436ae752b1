//! Builds `fixtures/corpus`: sound cards, certificates, revocation lists, headers and bodies, the raw material of
//! faulty ones for tests and fuzzers.
//!
//! `cargo run -p hotline-tests --bin build_corpus -- fixtures/corpus`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use hotline_protocol::bytes::Hash;
use hotline_protocol::card::{CardKey, NodeCard};
use hotline_protocol::entry::{Body, Content, EntryType, Header, KeyAct, Salt};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{ChangedKey, Cursor, KeyChange, Position, proof_message};
use hotline_protocol::signature::SigningKey;
use hotline_protocol::url::ReportedUrl;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CrlIssuingDistributionPoint, CrlScope, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, RevocationReason, RevokedCertParams,
    SanType, SerialNumber, SignatureAlgorithm,
};

/// Builds the corpus.
#[derive(Parser)]
struct Arguments {
    /// The folder to write.
    folder: PathBuf,
}

const NODE: &str = "fr-example";

fn main() -> anyhow::Result<()> {
    let Arguments { folder } = Arguments::parse();
    let write = |kind: &str, name: &str, bytes: &[u8]| write(&folder, kind, name, bytes);
    let types: [(&str, &'static SignatureAlgorithm); 3] =
        [("p256", &PKCS_ECDSA_P256_SHA256), ("p384", &PKCS_ECDSA_P384_SHA384), ("ed25519", &PKCS_ED25519)];
    for (name, key_type) in types {
        write("certificate", &format!("{name}.der"), &certificate(key_type, |_| Ok(()))?)?;
    }
    let second_name = |params: &mut CertificateParams| -> anyhow::Result<()> {
        params.subject_alt_names.push(SanType::URI("hxp://nl-example".try_into()?));
        Ok(())
    };
    write("certificate", "two-names.der", &certificate(&PKCS_ECDSA_P256_SHA256, second_name)?)?;
    let authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ok(())
    };
    write("certificate", "authority.der", &certificate(&PKCS_ECDSA_P256_SHA256, authority)?)?;

    write("revocation_list", "empty.der", &revocation_list(&[], None)?)?;
    write("revocation_list", "three.der", &revocation_list(&[1, 128, 65_537], None)?)?;
    write("revocation_list", "nodes-only.der", &revocation_list(&[7], Some(CrlScope::UserCertsOnly))?)?;

    let (first, second) = (key(1)?, key(2)?);
    let at = |seq| Position { epoch: 1, seq };
    let last = Cursor { epoch: 1, seq: 9, hash: Hash::of(&[b"an entry"]) };
    let one_key = vec![CardKey { key: first.public(), from: at(1), to: None }];
    let past_key = vec![
        CardKey { key: first.public(), from: at(1), to: Some(last) },
        CardKey { key: second.public(), from: at(10), to: None },
    ];
    let der = certificate(&PKCS_ECDSA_P256_SHA256, |_| Ok(()))?;
    write("card", "one-key.txt", card(one_key, der.clone(), &first)?.as_bytes())?;
    write("card", "past-key.txt", card(past_key, der, &second)?.as_bytes())?;

    let body = body()?;
    write("body", "create.json", body.as_str().as_bytes())?;
    let mut create = Content::new(EntryType::Create, 1_767_225_600);
    create.commit(body.commitment());
    write("header", "create.json", header(&create)?.as_bytes())?;
    let proof = second.sign(&proof_message(&"practice".parse()?, &node()?, second.public().as_bytes()));
    let changed = ChangedKey::Signing(second.public());
    let announce = KeyChange::to_content(&changed, KeyAct::Announce, Some(&proof), 1_767_225_600);
    write("header", "key-announce.json", header(&announce)?.as_bytes())
}

fn write(folder: &Path, kind: &str, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = folder.join(kind);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes).with_context(|| format!("{kind}/{name}"))
}

fn node() -> anyhow::Result<NodeId> {
    Ok(NODE.parse()?)
}

fn key(seed: u8) -> anyhow::Result<SigningKey> {
    Ok(SigningKey::from_seed(&[seed; 32])?)
}

fn certificate(
    key_type: &'static SignatureAlgorithm,
    change: impl FnOnce(&mut CertificateParams) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<u8>> {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::URI(format!("hxp://{NODE}").as_str().try_into()?)];
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params)?;
    Ok(params.self_signed(&KeyPair::generate_for(key_type)?)?.der().to_vec())
}

/// A list of an authority that names these numbers.
fn revocation_list(serials: &[u64], scope: Option<CrlScope>) -> anyhow::Result<Vec<u8>> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Example authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let issuer = Issuer::new(params, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?);
    let made = rcgen::date_time_ymd(2026, 1, 1);
    let entry = |serial: &u64| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: made,
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    };
    let point = CrlDistributionPoint { uris: vec!["http://authority.example/list".to_owned()] };
    let list = CertificateRevocationListParams {
        this_update: made,
        next_update: rcgen::date_time_ymd(2026, 2, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: scope
            .map(|scope| CrlIssuingDistributionPoint { distribution_point: point, scope: Some(scope) }),
        revoked_certs: serials.iter().map(entry).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(list.signed_by(&issuer)?.der().to_vec())
}

fn card(keys: Vec<CardKey>, certificate: Vec<u8>, signer: &SigningKey) -> anyhow::Result<String> {
    let card = NodeCard {
        network: "practice".parse()?,
        id: node()?,
        countries: vec!["FR".parse()?, "GP".parse()?],
        name: "Example hotline".to_owned(),
        endpoints: vec!["https://node.example:7443".parse()?],
        certificates: vec![certificate],
        keys,
        counter: 3,
    };
    Ok(card.sign(signer)?.token().to_owned())
}

fn body() -> anyhow::Result<hotline_protocol::entry::BodyLine> {
    let mut body = Body::new(Salt::from_bytes([7; 16]));
    body.url = Some(ReportedUrl::parse("https://host.example/item/1")?);
    body.memo = Some("a note with \"quotes\" and \u{e9}".to_owned());
    Ok(body.to_line()?)
}

fn header(content: &Content) -> anyhow::Result<String> {
    let line = Header::write_line(&node()?, 1, 1, &Hash::ZERO, &content.to_tail());
    Header::parse(line.as_bytes())?;
    Ok(line)
}
