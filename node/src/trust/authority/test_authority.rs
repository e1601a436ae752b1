//! Authorities for tests, made as theirs are: a root, the certificates that it signs, and their lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, CertificateSigningRequestParams,
    CrlDistributionPoint, CrlIssuingDistributionPoint, CrlScope, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Authority;
use crate::config::ConfigFaults;
use crate::config::section::{AuthoritySection, Revocation, StaleList};
use crate::trust::handshake::test_certificate::{TestCertificate, now};
use crate::trust::own::set_validity;

/// One certificate of an authority, with its key.
pub(crate) struct TestAuthority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

/// Returns the content of an authority's valid certificate: ten years, from a year ago.
fn parameters(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let day = TimeDelta::days(1);
    set_validity(&mut parameters, now() - day * 365, now() + day * 3_650);
    parameters
}

impl TestAuthority {
    pub(crate) fn root(name: &str) -> Self {
        Self::root_with(name, |_| {})
    }

    pub(crate) fn root_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = parameters(name);
        change(&mut parameters);
        let certificate = parameters.self_signed(&key).expect("a certificate");
        Self { issuer: Issuer::new(parameters, key), certificate }
    }

    /// This root again, under the same key: PEM.
    pub(crate) fn renewed(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> String {
        let mut parameters = parameters(name);
        change(&mut parameters);
        parameters.self_signed(self.issuer.key()).expect("a certificate").pem()
    }

    /// An authority under this one.
    pub(crate) fn below(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = parameters(name);
        change(&mut parameters);
        let certificate = parameters.signed_by(&key, &self.issuer).expect("a certificate");
        Self { issuer: Issuer::new(parameters, key), certificate }
    }

    /// A node's certificate, shown without this one.
    pub(crate) fn node(&self, id: &str, change: impl FnOnce(&mut CertificateParams)) -> TestCertificate {
        self.node_over(&KeyPair::generate().expect("a key"), id, change)
    }

    /// [`Self::node`] for a key.
    pub(crate) fn node_over(
        &self,
        key: &KeyPair,
        id: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> TestCertificate {
        TestCertificate::signed(key, id, change, |parameters| {
            parameters.signed_by(key, &self.issuer).expect("a certificate")
        })
    }

    /// Issues a certificate on somebody's request.
    pub(crate) fn issue(&self, request: &CertificateSigningRequestParams) -> CertificateDer<'static> {
        request.signed_by(&self.issuer).expect("a certificate").der().clone()
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A list (PEM) that names these certificates (DER), made when the tests' clock stands, good for a week.
    pub(crate) fn list(&self, revoked: &[&[u8]]) -> String {
        self.list_between(revoked, now(), now() + TimeDelta::days(7))
    }

    /// A list (PEM) of authorities' certificates alone, from one place.
    pub(crate) fn list_of_a_part(&self) -> String {
        let place = CrlDistributionPoint { uris: vec!["http://authority.example/part.crl".to_owned()] };
        let part = CrlIssuingDistributionPoint { distribution_point: place, scope: Some(CrlScope::CaCertsOnly) };
        self.make_list(&[], now(), now() + TimeDelta::days(7), Some(part))
    }

    pub(crate) fn list_between(&self, revoked: &[&[u8]], from: DateTime<Utc>, to: DateTime<Utc>) -> String {
        self.make_list(revoked, from, to, None)
    }

    fn make_list(
        &self,
        revoked: &[&[u8]],
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        part: Option<CrlIssuingDistributionPoint>,
    ) -> String {
        let mut times = CertificateParams::default();
        set_validity(&mut times, from, to);
        let entry = |der: &&[u8]| RevokedCertParams {
            serial_number: serial(der),
            revocation_time: times.not_before,
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: times.not_before,
            next_update: times.not_after,
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: part,
            revoked_certs: revoked.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).expect("a list").pem().expect("PEM")
    }
}

fn serial(der: &[u8]) -> SerialNumber {
    let (_, certificate) = X509Certificate::from_der(der).expect("a certificate");
    SerialNumber::from_slice(certificate.raw_serial())
}

/// Files of an authority in a folder of their own.
pub(crate) struct Files {
    pub(crate) folder: tempfile::TempDir,
    section: AuthoritySection,
}

impl Files {
    /// One file for each certificate (PEM) and for each list.
    pub(crate) fn of(certificates: &[String], lists: &[String], stale_revocation_list: StaleList) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |kind: &str, contents: &[String]| -> Vec<PathBuf> {
            let files = contents.iter().enumerate();
            files.map(|(place, content)| write(&folder.path().join(format!("{kind}-{place}.pem")), content)).collect()
        };
        let section = AuthoritySection {
            certificates: write("certificate", certificates),
            revocation_lists: write("list", lists),
            stale_revocation_list,
            revocation: Revocation::default(),
        };
        Self { folder, section }
    }

    pub(crate) fn open(&self) -> Result<Arc<Authority>, ConfigFaults> {
        Ok(Authority::open(&self.section, now().timestamp())?.expect("there is an authority"))
    }

    /// With lists of this depth alone.
    pub(crate) fn with_depth(mut self, revocation: Revocation) -> Self {
        self.section.revocation = revocation;
        self
    }

    pub(crate) fn certificates(&self) -> &[PathBuf] {
        &self.section.certificates
    }

    /// Returns the content of the file at a list's place.
    pub(crate) fn list(&self, place: usize) -> String {
        fs::read_to_string(&self.section.revocation_lists[place]).expect("readable")
    }

    /// Puts another content in the place of a list.
    pub(crate) fn replace_list(&self, place: usize, content: impl AsRef<[u8]>) {
        // A file of its own that is moved in, as a fetcher of lists does: it has another inode.
        let new = self.folder.path().join("new");
        fs::write(&new, content).expect("written");
        fs::rename(new, &self.section.revocation_lists[place]).expect("moved");
    }
}

fn write(path: &Path, content: &str) -> PathBuf {
    fs::write(path, content).expect("written");
    path.to_owned()
}
