//! A log's statements about its author's keys, right or not.

use anyhow::Context as _;
use hotline_protocol::entry::{Content, KeyAct};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{ChangedKey, KeyChange, proof_message};
use rustls::SignatureScheme;

use crate::node::cli::NETWORK;
use crate::peer::forged_run::Forger;
use crate::peer::outsider::Shown;

/// Any second of 2026.
const WRITTEN_AT: i64 = 1_767_323_045;

/// A word about a signing key, with the proof that a right announcement has.
pub fn about_pen(pen: &Forger, log: &NodeId, act: KeyAct) -> anyhow::Result<Content> {
    let key = pen.key();
    let proof = key.sign(&proof_message(&NETWORK.parse()?, log, key.public().as_bytes()));
    let proof = (act == KeyAct::Announce).then_some(proof.as_slice());
    Ok(KeyChange::to_content(&ChangedKey::Signing(key.public()), act, proof, WRITTEN_AT))
}

/// A word about a certificate, with the proof that a right announcement has.
pub fn about_certificate(shown: &Shown, log: &NodeId, act: KeyAct) -> anyhow::Result<Content> {
    let der = shown.certificate.to_vec();
    let proof = if act == KeyAct::Announce {
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&shown.key)?;
        let signer = key.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256]).context("a P-256 key")?;
        Some(signer.sign(&proof_message(&NETWORK.parse()?, log, &der))?)
    } else {
        None
    };
    Ok(KeyChange::to_content(&ChangedKey::Certificate(der), act, proof.as_deref(), WRITTEN_AT))
}
