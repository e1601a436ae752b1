//! Certificates made for the very key that is pinned, with one fault each: only the check that is meant can refuse them.

use std::path::Path;

use anyhow::Context as _;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType};
use rustls_pki_types::PrivateKeyDer;

use super::outsider::Shown;

/// The fault of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It was valid years ago.
    Expired,
    /// It will be valid in years.
    NotYetValid,
    /// It carries two names.
    TwoNames,
    /// It names another node.
    AnotherName,
    /// It may sign certificates.
    Authority,
    /// It is made for servers alone.
    ServerOnly,
}

impl Flaw {
    /// All that are flaws.
    pub const ALL: [Self; 6] =
        [Self::Expired, Self::NotYetValid, Self::TwoNames, Self::AnotherName, Self::Authority, Self::ServerOnly];
}

/// A certificate of `node` for the key of the node of this folder.
pub fn certificate_with(flaw: Flaw, node: &str, folder: &Path) -> anyhow::Result<Shown> {
    let key = KeyPair::from_pem(&std::fs::read_to_string(folder.join("keys/exchange.pem"))?)?;
    certificate_for(&key, flaw, node)
}

/// A certificate of `node` for a key that nobody knows.
pub fn unknown_certificate(node: &str) -> anyhow::Result<Shown> {
    certificate_for(&KeyPair::generate()?, Flaw::None, node)
}

fn certificate_for(key: &KeyPair, flaw: Flaw, node: &str) -> anyhow::Result<Shown> {
    let name = |id: &str| -> anyhow::Result<SanType> { Ok(SanType::URI(format!("hxp://{id}").as_str().try_into()?)) };
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, node);
    params.subject_alt_names = match flaw {
        Flaw::TwoNames => vec![name(node)?, name("be-another")?],
        Flaw::AnotherName => vec![name("be-another")?],
        _ => vec![name(node)?],
    };
    params.is_ca = match flaw {
        Flaw::Authority => IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
        _ => IsCa::ExplicitNoCa,
    };
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    if flaw != Flaw::ServerOnly {
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    }
    let (from, to) = match flaw {
        Flaw::Expired => (2001, 2002),
        Flaw::NotYetValid => (2998, 2999),
        _ => (2001, 2999),
    };
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    let certificate = params.self_signed(key).context("rcgen signs")?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    Ok(Shown { certificate: certificate.der().clone(), key })
}
