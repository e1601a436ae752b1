//! Makes key pairs and self-signed certificates; the only file that names rcgen.

use std::net::{IpAddr, Ipv4Addr};

use chrono::{DateTime, TimeDelta, Utc};
use hotline_protocol::id::NodeId;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SanType,
};
use zeroize::Zeroizing;

/// How long a certificate that this node makes is valid.
const LIFETIME: TimeDelta = TimeDelta::days(365);

/// Time between its beginning and its making, for peers with a clock that is behind.
const HEAD_START: TimeDelta = TimeDelta::hours(1);

/// A key pair and a certificate over it.
pub(crate) struct Issued {
    /// PKCS#8.
    pub(crate) key_pem: Zeroizing<String>,
    /// The certificate.
    pub(crate) certificate_pem: String,
    /// The same in DER.
    pub(super) certificate_der: Vec<u8>,
}

/// Makes a new P-256 key with the certificate that peers know `id` by.
pub(crate) fn issue_exchange(id: &NodeId, now: DateTime<Utc>) -> Result<Issued, rcgen::Error> {
    issue(&exchange_parameters(id, now)?)
}

/// A new P-256 key with a certificate for `localhost` and 127.0.0.1, for the office's browsers.
pub(super) fn issue_office(now: DateTime<Utc>) -> Result<Issued, rcgen::Error> {
    let names = vec![SanType::DnsName("localhost".try_into()?), SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))];
    issue(&leaf_parameters("localhost", names, vec![ExtendedKeyUsagePurpose::ServerAuth], now))
}

/// Makes a new P-256 key in PKCS#8 PEM, for a certificate from somebody else.
pub(super) fn issue_exchange_key() -> Result<Zeroizing<String>, rcgen::Error> {
    Ok(Zeroizing::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?.serialize_pem()))
}

/// Makes a PKCS#10 request in PEM over a key (PKCS#8 PEM), for the certificate that peers know `id` by. Its subject has
/// the country and the organisation too: authorities that issue by the rules of OpenSSL's `ca` want them.
pub(super) fn request_exchange(
    id: &NodeId,
    organisation: &str,
    key_pem: &str,
    now: DateTime<Utc>,
) -> Result<String, rcgen::Error> {
    let mut parameters = exchange_parameters(id, now)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, DnValue::PrintableString(id.seat().to_string().try_into()?));
    // RFC 5280, appendix A.1, ub-organization-name.
    subject.push(DnType::OrganizationName, organisation.chars().take(64).collect::<String>().trim());
    subject.push(DnType::CommonName, id.as_str());
    parameters.distinguished_name = subject;
    parameters.serialize_request(&KeyPair::from_pem(key_pem)?)?.pem()
}

/// A new Ed25519 key in PKCS#8 PEM.
pub(super) fn issue_signing_key() -> Result<Zeroizing<String>, rcgen::Error> {
    Ok(Zeroizing::new(KeyPair::generate_for(&PKCS_ED25519)?.serialize_pem()))
}

/// Returns the content of a node's certificate, one year from `now`.
pub(crate) fn exchange_parameters(id: &NodeId, now: DateTime<Utc>) -> Result<CertificateParams, rcgen::Error> {
    let names = vec![SanType::URI(format!("hxp://{id}").try_into()?)];
    let usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    Ok(leaf_parameters(id.as_str(), names, usages, now))
}

fn leaf_parameters(
    subject: &str,
    names: Vec<SanType>,
    usages: Vec<ExtendedKeyUsagePurpose>,
    now: DateTime<Utc>,
) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, subject);
    parameters.subject_alt_names = names;
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = usages;
    set_validity(&mut parameters, now - HEAD_START, now + LIFETIME);
    parameters
}

/// Sets when a certificate is valid, in whole seconds; times before 1970 count as 1970.
pub(crate) fn set_validity(parameters: &mut CertificateParams, from: DateTime<Utc>, to: DateTime<Utc>) {
    let since_1970 = |time: DateTime<Utc>| {
        let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
        rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds)
    };
    parameters.not_before = since_1970(from);
    parameters.not_after = since_1970(to);
}

fn issue(parameters: &CertificateParams) -> Result<Issued, rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = parameters.self_signed(&key)?;
    Ok(Issued {
        key_pem: Zeroizing::new(key.serialize_pem()),
        certificate_pem: certificate.pem(),
        certificate_der: certificate.der().to_vec(),
    })
}
