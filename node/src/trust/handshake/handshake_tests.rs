//! Real handshakes over loopback. Each refusal starts from a valid certificate and changes one thing, and is tried with
//! the faulty side as client and as server.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519, SanType,
};
use rustls::{AlertDescription, CertificateError};

use super::directory::Admission;
use super::refusal::{PeerRefused, refusal};
use super::test_certificate::{TestCertificate, node, now, peer};
use super::test_handshake::{Federation, OTHER, OWN, PEER, tls_error};
use crate::trust::certificate::CertificateRefused;
use crate::trust::own::set_validity;
use crate::trust::peer::PeerStanding;

fn uri(text: &str) -> SanType {
    SanType::URI(text.try_into().expect("ASCII"))
}

fn valid_between(from: DateTime<Utc>, to: DateTime<Utc>) -> impl Fn(&mut CertificateParams) {
    move |parameters| set_validity(parameters, from, to)
}

#[tokio::test]
async fn two_peers_know_each_other_under_each_key_type_and_without_a_key_usage() {
    let own = TestCertificate::of(OWN);
    for theirs in [
        TestCertificate::of(PEER),
        TestCertificate::with_algorithm(PEER, &PKCS_ECDSA_P384_SHA384, |_| {}),
        TestCertificate::with_algorithm(PEER, &PKCS_ED25519, |_| {}),
        TestCertificate::changed(PEER, |parameters| parameters.key_usages.clear()),
    ] {
        let federation = Federation::of_two(&own, &theirs);
        for (server, called, client, caller) in [(&own, OWN, &theirs, PEER), (&theirs, PEER, &own, OWN)] {
            let (by_server, by_client) =
                federation.shake_hands(federation.server(server), federation.client(client, called)).await;
            let (by_server, by_client) = (by_server.expect("accepted"), by_client.expect("accepted"));
            assert_eq!((by_server.id(), by_client.id()), (&node(caller), &node(called)));
        }
    }
}

#[tokio::test]
async fn a_suspended_peer_completes_the_handshake_and_stands_as_suspended() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation =
        Federation::standing(&[(OWN, PeerStanding::Active, &own), (PEER, PeerStanding::Suspended, &theirs)]);
    let (by_server, _) = federation.shake_hands(federation.server(&own), federation.client(&theirs, OWN)).await;
    let seen = by_server.expect("the handshake completes");
    assert_eq!(federation.directory.admit(&seen), Admission::Suspended);
}

/// Names that are not exactly `hxp://de-example`.
#[tokio::test]
async fn a_certificate_that_does_not_name_exactly_one_known_node_is_refused() {
    let localhost = || SanType::DnsName("localhost".try_into().expect("ASCII"));
    for (names, refused) in [
        (vec![], CertificateRefused::NameMissing.into()),
        (vec![uri("hxp://de-example"), uri("hxp://fr-example")], CertificateRefused::NameNotSingle.into()),
        (vec![uri("hxp://de-example"), uri("hxp://de-example")], CertificateRefused::NameNotSingle.into()),
        (vec![uri("hxp://de-example"), localhost()], CertificateRefused::NameNotSingle.into()),
        (vec![localhost()], CertificateRefused::NameMalformed.into()),
        (vec![uri("https://de-example")], CertificateRefused::NameMalformed.into()),
        (vec![uri("hxp://de-example/")], CertificateRefused::NameMalformed.into()),
        (vec![uri("hxp://DE-example")], CertificateRefused::NameMalformed.into()),
        (vec![uri("hxp://fr-example")], PeerRefused::CertificateUnknown(node(OWN))),
        (vec![uri("hxp://nl-example")], PeerRefused::PeerUnknown(node(OTHER))),
    ] {
        let faulty = TestCertificate::changed(PEER, |parameters| parameters.subject_alt_names = names);
        let own = TestCertificate::of(OWN);
        for error in Federation::of_two(&own, &faulty).refusals(&own, &faulty).await {
            assert_eq!(refusal(&error), Some(&refused));
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_use_is_refused() {
    type Change = fn(&mut CertificateParams);
    let changes: [(Change, CertificateRefused); 6] = [
        (|parameters| parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained), CertificateRefused::Authority),
        (|parameters| parameters.key_usages = vec![KeyUsagePurpose::KeyAgreement], CertificateRefused::Usage),
        (|parameters| parameters.extended_key_usages.clear(), CertificateRefused::Usage),
        (
            |parameters| parameters.extended_key_usages.retain(|usage| *usage != ExtendedKeyUsagePurpose::ClientAuth),
            CertificateRefused::Usage,
        ),
        (
            |parameters| parameters.extended_key_usages.retain(|usage| *usage != ExtendedKeyUsagePurpose::ServerAuth),
            CertificateRefused::Usage,
        ),
        (valid_backwards, CertificateRefused::Validity),
    ];
    let own = TestCertificate::of(OWN);
    for (change, refused) in changes {
        let faulty = TestCertificate::changed(PEER, change);
        for error in Federation::of_two(&own, &faulty).refusals(&own, &faulty).await {
            assert_eq!(refusal(&error), Some(&refused.into()));
        }
    }
}

fn valid_backwards(parameters: &mut CertificateParams) {
    set_validity(parameters, now() + TimeDelta::hours(1), now() - TimeDelta::hours(1));
}

#[tokio::test]
async fn a_certificate_that_is_too_large_or_not_understood_is_refused() {
    // An extension of no meaning, in the arc for examples (2.999).
    let extension = |length, critical| {
        move |parameters: &mut CertificateParams| {
            let mut extension = CustomExtension::from_oid_content(&[2, 999, 1], vec![0; length]);
            extension.set_criticality(critical);
            parameters.custom_extensions.push(extension);
        }
    };
    let own = TestCertificate::of(OWN);
    for (faulty, refused) in [
        (TestCertificate::changed(PEER, extension(17_000, false)), CertificateRefused::TooLarge),
        (TestCertificate::changed(PEER, extension(1, true)), CertificateRefused::Encoding),
    ] {
        for error in Federation::of_two(&own, &faulty).refusals(&own, &faulty).await {
            assert_eq!(refusal(&error), Some(&refused.into()));
        }
    }
    let csv_escape = TestCertificate::changed(PEER, extension(1, false));
    let federation = Federation::of_two(&own, &csv_escape);
    let (by_server, _) = federation.shake_hands(federation.server(&own), federation.client(&csv_escape, OWN)).await;
    assert!(by_server.is_ok());
}

/// No scheme that we offer fits the key, so its owner may end the handshake before we judge it.
#[tokio::test]
async fn a_key_of_another_type_is_refused() {
    let own = TestCertificate::of(OWN);
    let faulty = TestCertificate::with_algorithm(PEER, &PKCS_ECDSA_P521_SHA512, |_| {});
    let federation = Federation::of_two(&own, &faulty);
    let seen = federation.directory.authenticate(faulty.der(), &[]);
    assert_eq!(seen, Err(CertificateRefused::KeyType.into()));
    federation.refusals(&own, &faulty).await;
}

#[tokio::test]
async fn a_certificate_is_refused_more_than_a_day_outside_its_validity() {
    let (day, second) = (TimeDelta::hours(24), TimeDelta::seconds(1));
    let year = TimeDelta::days(365);
    let own = TestCertificate::of(OWN);
    for (from, to, refused) in [
        (now() - year, now() - day - second, (CertificateError::Expired, PeerRefused::Expired)),
        (now() + day + second, now() + year, (CertificateError::NotValidYet, PeerRefused::NotYetValid)),
    ] {
        let faulty = TestCertificate::changed(PEER, valid_between(from, to));
        for error in Federation::of_two(&own, &faulty).refusals(&own, &faulty).await {
            assert_eq!(*tls_error(&error), rustls::Error::InvalidCertificate(refused.0.clone()));
            assert_eq!(refusal(&error), Some(&refused.1));
        }
    }
    for (from, to) in [(now() - year, now() - day), (now() + day, now() + year)] {
        let close = TestCertificate::changed(PEER, valid_between(from, to));
        let federation = Federation::of_two(&own, &close);
        let (by_server, _) = federation.shake_hands(federation.server(&own), federation.client(&close, OWN)).await;
        assert!(by_server.is_ok(), "{from} to {to}");
    }
}

#[tokio::test]
async fn a_later_certificate_over_the_same_key_does_not_prolong_the_pinned_one() {
    let key = KeyPair::generate().expect("a key");
    let past = valid_between(now() - TimeDelta::days(365), now() - TimeDelta::days(2));
    let pinned = TestCertificate::over(&key, PEER, past);
    let later = TestCertificate::over(&key, PEER, |_| {});
    let own = TestCertificate::of(OWN);
    for error in Federation::of_two(&own, &pinned).refusals(&own, &later).await {
        assert_eq!(*tls_error(&error), rustls::Error::InvalidCertificate(CertificateError::Expired));
    }
}

#[tokio::test]
async fn the_right_name_under_an_unknown_key_is_refused() {
    let (own, enrolled, shown) = (TestCertificate::of(OWN), TestCertificate::of(PEER), TestCertificate::of(PEER));
    for error in Federation::of_two(&own, &enrolled).refusals(&own, &shown).await {
        assert_eq!(refusal(&error), Some(&PeerRefused::CertificateUnknown(node(PEER))));
    }
}

#[tokio::test]
async fn a_pin_that_was_retired_or_revoked_is_refused() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    for state in ["retired", "revoked"] {
        let federation = Federation::of_two(&own, &theirs);
        let peers = [OWN, PEER].map(|id| peer(id, PeerStanding::Active)).to_vec();
        let pinned = |state| [own.stored(OWN, "active"), theirs.stored(PEER, state)];
        federation.directory.replace(peers.clone(), &pinned("retiring"));
        let (by_server, _) = federation.shake_hands(federation.server(&own), federation.client(&theirs, OWN)).await;
        assert!(by_server.is_ok(), "one that is retiring counts");
        federation.directory.replace(peers, &pinned(state));
        for error in federation.refusals(&own, &theirs).await {
            assert_eq!(refusal(&error), Some(&PeerRefused::CertificateUnknown(node(PEER))), "{state}");
        }
    }
}

#[tokio::test]
async fn a_removed_peer_is_refused() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::standing(&[(OWN, PeerStanding::Active, &own), (PEER, PeerStanding::Removed, &theirs)]);
    for error in federation.refusals(&own, &theirs).await {
        assert_eq!(refusal(&error), Some(&PeerRefused::PeerUnknown(node(PEER))));
    }
}

#[tokio::test]
async fn who_is_no_peer_is_refused() {
    let (own, stranger) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::of(&[(OWN, &own)]);
    for error in federation.refusals(&own, &stranger).await {
        assert_eq!(refusal(&error), Some(&PeerRefused::PeerUnknown(node(PEER))));
    }
}

#[tokio::test]
async fn a_certificate_without_its_key_is_refused() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let stolen = theirs.stolen_by(&TestCertificate::of(PEER));
    for error in Federation::of_two(&own, &theirs).refusals(&own, &stolen).await {
        assert_eq!(*tls_error(&error), rustls::Error::InvalidCertificate(CertificateError::BadSignature));
    }
}

#[tokio::test]
async fn another_peer_than_the_one_called_is_refused() {
    let (own, theirs, other) = (TestCertificate::of(OWN), TestCertificate::of(PEER), TestCertificate::of(OTHER));
    let federation = Federation::of(&[(OWN, &own), (PEER, &theirs), (OTHER, &other)]);
    let (_, by_client) = federation.shake_hands(federation.server(&other), federation.client(&own, PEER)).await;
    let refused = PeerRefused::OtherPeer { called: node(PEER), answered: node(OTHER) };
    assert_eq!(refusal(&by_client.expect_err("refused")), Some(&refused));
}

#[tokio::test]
async fn a_client_without_a_certificate_is_refused() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::of_two(&own, &theirs);
    let mut client = federation.client(&theirs, OWN);
    client.client_auth_cert_resolver = Arc::new(Nothing);
    let (by_server, _) = federation.shake_hands(federation.server(&own), client).await;
    assert_eq!(*tls_error(&by_server.expect_err("refused")), rustls::Error::NoCertificatesPresented);
}

#[derive(Debug)]
struct Nothing;

impl rustls::client::ResolvesClientCert for Nothing {
    fn resolve(
        &self,
        _issuers: &[&[u8]],
        _schemes: &[rustls::SignatureScheme],
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn the_clock_that_counts_is_the_node_s_own() {
    let (own, theirs) = (TestCertificate::of(OWN), TestCertificate::of(PEER));
    let federation = Federation::of_two(&own, &theirs);
    federation.clock.advance(Duration::from_hours(24 * 367));
    let (_, by_client) = federation.shake_hands(federation.server(&own), federation.client(&theirs, OWN)).await;
    let error = by_client.expect_err("refused");
    assert_eq!(*tls_error(&error), rustls::Error::InvalidCertificate(CertificateError::Expired));
    let (by_server, _) = federation.shake_hands(federation.server(&own), federation.client(&theirs, OWN)).await;
    let alert = rustls::Error::AlertReceived(AlertDescription::CertificateExpired);
    assert_eq!(*tls_error(&by_server.expect_err("told")), alert);
}
