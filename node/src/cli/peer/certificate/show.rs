//! `peer certificate show`: the content of a certificate, for people to compare with the other hotline's copy.

use serde::Serialize;

use super::OneArgs;
use super::view::CertificateView;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{fields, or_dash, show};
use crate::cli::open::open;
use crate::trust::certificate::{CertificateFacts, NodeCertificate, Timeliness};
use crate::trust::handshake::PeerRefused;
use crate::trust::peer::{StoredCertificate, find_certificate};
use crate::trust::{Authority, AuthorityRefused};

/// A certificate with its content, as JSON shows it. Unreadable parts are null.
#[derive(Debug, Serialize)]
struct WholeView {
    #[serde(flatten)]
    pinned: CertificateView,
    subject: Option<String>,
    names: Vec<String>,
    issuer: Option<String>,
    serial: Option<String>,
    key: Option<String>,
    key_bits: Option<usize>,
    usages: Vec<String>,
    signature_algorithm: Option<String>,
    faults: Vec<String>,
    /// The statement of the federation's authority on it, without the certificates of a handshake; null where there is
    /// no authority.
    authority: Option<String>,
}

pub(super) async fn run(args: OneArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let authority = Authority::open(&config.authority, context.clock.unix_seconds())?;
    let certificate = find_certificate(context.database.read(), &args.id, &args.fingerprint).await?;
    let now = context.clock.unix_seconds();
    let authority = authority.map(|authority| said_by(&authority, &certificate, now));
    show(globals, &WholeView { authority, ..WholeView::of(&certificate, now) }, WholeView::for_people)
}

impl WholeView {
    fn of(certificate: &StoredCertificate, now: i64) -> Self {
        let facts = CertificateFacts::read(&certificate.der);
        let text = |part: fn(&CertificateFacts) -> &String| facts.as_ref().map(|facts| part(facts).clone());
        Self {
            pinned: CertificateView::of(certificate, now),
            subject: text(|facts| &facts.subject),
            issuer: text(|facts| &facts.issuer),
            serial: text(|facts| &facts.serial),
            key: text(|facts| &facts.key),
            signature_algorithm: text(|facts| &facts.signature_algorithm),
            key_bits: facts.as_ref().and_then(|facts| facts.key_bits),
            names: facts.as_ref().map(|facts| facts.names.clone()).unwrap_or_default(),
            usages: facts.map(|facts| facts.usages).unwrap_or_default(),
            faults: faults(certificate, now),
            authority: None,
        }
    }

    fn for_people(&self) -> String {
        let bits = self.key_bits.map_or_else(String::new, |bits| format!(", {bits} bits"));
        let mut rows = self.pinned.rows();
        rows.extend([
            ("subject", or_dash(self.subject.as_ref())),
            ("names", list(&self.names)),
            ("issuer", or_dash(self.issuer.as_ref())),
            ("serial number", or_dash(self.serial.as_ref())),
            ("key", format!("{}{bits}", or_dash(self.key.as_ref()))),
            ("usages", list(&self.usages)),
            ("signed with", or_dash(self.signature_algorithm.as_ref())),
        ]);
        rows.extend(self.authority.iter().map(|said| ("authority", said.clone())));
        rows.extend(self.faults.iter().map(|fault| ("fault", fault.clone())));
        fields(&rows)
    }
}

/// A handshake alone shows the certificates between, where they are not among `authority.certificates`.
fn said_by(authority: &Authority, certificate: &StoredCertificate, now: i64) -> String {
    match authority.check(&certificate.der, certificate.validity(), &[], now) {
        Ok(()) => "answers for it".to_owned(),
        Err(refused @ AuthorityRefused::UnknownIssuer) => {
            format!("{refused}; a handshake may show them: hotline-node peer check {}", certificate.node)
        }
        Err(refused) => refused.to_string(),
    }
}

fn list(parts: &[String]) -> String {
    or_dash(Some(parts.join(", ")).filter(|text| !text.is_empty()))
}

/// All that keeps a handshake with this certificate from succeeding, besides its state.
fn faults(certificate: &StoredCertificate, now: i64) -> Vec<String> {
    let mut faults: Vec<String> = NodeCertificate::faults(&certificate.der).iter().map(ToString::to_string).collect();
    if let Ok(read) = NodeCertificate::read(&certificate.der)
        && read.node != certificate.node
    {
        faults.push(format!("the certificate names {}, not {}", read.node, certificate.node));
    }
    match certificate.validity().at(now) {
        Timeliness::Valid => {}
        Timeliness::Expired => faults.push(PeerRefused::Expired.to_string()),
        Timeliness::NotYetValid => faults.push(PeerRefused::NotYetValid.to_string()),
    }
    faults
}
