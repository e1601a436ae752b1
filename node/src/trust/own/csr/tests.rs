//! Asks an authority for a certificate, and takes or refuses the answer.

use std::sync::Arc;

use chrono::TimeDelta;
use rcgen::{CertificateParams, CertificateSigningRequestParams, ExtendedKeyUsagePurpose};

use super::*;
use crate::config::section::StaleList;
use crate::trust::authority::test_authority::{Files, TestAuthority};
use crate::trust::handshake::test_certificate::{node, now};
use crate::trust::own::identity::Identity;
use crate::trust::own::key_file::make_key_files;
use crate::trust::own::own_keys::install_certificate;
use crate::trust::own::self_signed::set_validity;

const OWN: &str = "fr-example";

/// Whether something was refused for the reason that is expected.
type Is = fn(&IssuedRefused) -> bool;

/// A node that has asked, and an authority that answers.
struct House {
    folder: tempfile::TempDir,
    keys: KeysSection,
    root: TestAuthority,
    below: TestAuthority,
    request: String,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = KeysSection { folder: folder.path().to_owned() };
        make_key_files(&keys, &node(OWN), now()).expect("keys");
        let root = TestAuthority::root("Example root");
        let below = root.below("Example issuer", |_| {});
        let request = request_certificate(&keys, (&node(OWN), "Example hotline"), now(), false).expect("a request");
        Self { folder, keys, root, below, request }
    }

    /// Returns the authority's answer: the certificate that was asked for, with one thing changed, and its own.
    fn issued(&self, change: impl FnOnce(&mut CertificateParams)) -> Vec<CertificateDer<'static>> {
        let mut request = CertificateSigningRequestParams::from_pem(&self.request).expect("a request");
        set_validity(&mut request.params, now(), now() + TimeDelta::days(90));
        change(&mut request.params);
        vec![self.below.issue(&request), self.below.der()]
    }

    fn authority(&self) -> Arc<Authority> {
        Files::of(&[self.root.pem()], &[], StaleList::Refuse).open().expect("an authority")
    }

    fn keep(&self, chain: &[CertificateDer<'static>]) -> Result<NewKey, IssuedRefused> {
        let authority = self.authority();
        keep_issued(&self.keys, &Network::default(), &node(OWN), chain, (Some(&authority), now().timestamp()))
    }
}

#[test]
fn what_was_asked_for_is_kept_with_its_key_and_shown_with_its_issuers() {
    let house = House::new();
    let chain = house.issued(|_| {});
    let key = std::fs::read(house.keys.requested_key()).expect("a key");
    let again = request_certificate(&house.keys, (&node(OWN), "Example hotline"), now(), false).expect("a request");
    assert_eq!(std::fs::read(house.keys.requested_key()).expect("a key"), key, "asked again, over the same key");
    let another = House::new();
    let waiting = std::fs::read(another.keys.requested_key()).expect("a key");
    request_certificate(&another.keys, (&node(OWN), "Example hotline"), now(), true).expect("a request");
    assert_ne!(std::fs::read(another.keys.requested_key()).expect("a key"), waiting, "asked anew, over a new key");
    assert!(again.starts_with("-----BEGIN CERTIFICATE REQUEST-----"), "{again}");
    let new = house.keep(&chain).expect("taken");
    assert_eq!(new.bytes, chain[0].to_vec());
    assert!(NodeCertificate::verify_proof(
        &new.bytes,
        &proof_message(&Network::default(), &node(OWN), &new.bytes),
        &new.proof
    ));
    let pin = NodeCertificate::read(&new.bytes).expect("a certificate").pin;
    install_certificate(&house.keys, &pin).expect("installed");
    assert!(house.keys.requested_key().exists(), "whoever took it was stopped before it was removed");
    request_certificate(&house.keys, (&node(OWN), "Example hotline"), now(), false).expect("a request");
    assert_ne!(std::fs::read(house.keys.requested_key()).expect("a key"), key, "a key that is in use waits no more");
    forget_request(&house.keys).expect("removed");
    let identity = Identity::load(&house.keys, &node(OWN)).expect("a pair");
    assert_eq!(identity.certificate.pin, pin);
    assert_eq!(identity.shown.to_peer(&node("de-example")).cert, chain);
    assert_eq!(identity.shown.check_chain(&house.authority(), now().timestamp()), Ok(()));
    assert!(!house.folder.path().join("requested.pem").exists());
}

#[test]
fn what_peers_would_refuse_is_not_taken_into_use() {
    let house = House::new();
    let ended =
        |leaf: &mut CertificateParams| set_validity(leaf, now() - TimeDelta::days(9), now() - TimeDelta::days(2));
    let narrow = |leaf: &mut CertificateParams| leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let named = house.below.node(OWN, |_| {}).der().to_vec();
    let others = house.below.node("de-example", |_| {}).der().to_vec();
    let stranger = House { request: house.request.clone(), ..House::new() };
    let faulty: [(Vec<CertificateDer<'static>>, Is); 7] = [
        (vec![], |refused| matches!(refused, IssuedRefused::NotPem)),
        (house.issued(ended), |refused| matches!(refused, IssuedRefused::NotNow)),
        (house.issued(narrow), |refused| matches!(refused, IssuedRefused::Certificate(CertificateRefused::Usage))),
        (vec![named.into()], |refused| matches!(refused, IssuedRefused::OtherKey)),
        (vec![others.into()], |refused| matches!(refused, IssuedRefused::OtherNode(_))),
        (house.issued(|_| {})[..1].to_vec(), |refused| {
            matches!(refused, IssuedRefused::Authority(AuthorityRefused::UnknownIssuer))
        }),
        (stranger.issued(|_| {}), |refused| {
            matches!(refused, IssuedRefused::Authority(AuthorityRefused::UnknownIssuer | AuthorityRefused::Signature))
        }),
    ];
    for (chain, is_expected) in faulty {
        let refused = house.keep(&chain).err().expect("refused");
        assert!(is_expected(&refused), "{refused:?}");
    }
    forget_request(&house.keys).expect("removed");
    let refused = house.keep(&house.issued(|_| {})).err().expect("refused");
    assert!(matches!(refused, IssuedRefused::NotRequested), "{refused:?}");
    assert!(matches!(read_issued(b"a letter"), Err(IssuedRefused::NotPem)));
}
