//! Real handshakes under an authority. Each refusal starts from a valid certificate and changes one thing, and is tried
//! with the faulty side as client and as server.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SerialNumber,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use super::issuers::Issuers;
use super::list_file::ListFile;
use super::test_authority::{Files, TestAuthority};
use super::{Authority, AuthorityRefused, AuthorityWarning};
use crate::config::section::StaleList;
use crate::trust::certificate::CertificateRefused;
use crate::trust::handshake::test_certificate::{TestCertificate, node, now};
use crate::trust::handshake::test_handshake::{Federation, OWN, PEER};
use crate::trust::handshake::{Admission, PeerRefused, refusal};
use crate::trust::own::set_validity;
use crate::trust::peer::PeerStanding;

mod lists;

const ROOT: &str = "Example root";
const BELOW: &str = "Example issuer";

/// A federation's authority: a root, and the issuers that it allows. Our own certificate is from another root: whether
/// or not the peer's has a fault, the peer finds nothing wrong with ours.
struct House {
    root: TestAuthority,
    below: TestAuthority,
    home: TestAuthority,
    own: TestCertificate,
}

impl House {
    fn new() -> Self {
        let root = TestAuthority::root(ROOT);
        let below = root.below(BELOW, |_| {});
        let home = TestAuthority::root("Example home");
        let own = home.node(OWN, |_| {});
        Self { root, below, home, own }
    }

    /// The peer's certificate as it should be.
    fn theirs(&self) -> TestCertificate {
        self.below.node(PEER, |_| {}).with(&[self.below.der()])
    }

    /// These certificates and lists (PEM), and those of our own root.
    fn files(&self, certificates: &[String], lists: &[String], policy: StaleList) -> Files {
        let home = (!lists.is_empty()).then(|| self.home.list(&[]));
        let lists: Vec<String> = lists.iter().cloned().chain(home).collect();
        Files::of(&[certificates, &[self.home.pem()]].concat(), &lists, policy)
    }

    /// The root alone is known beforehand, and no list.
    fn without_lists(&self) -> Files {
        self.files(&[self.root.pem()], &[], StaleList::Refuse)
    }

    /// With a list of each issuer that names these.
    fn with_lists(&self, revoked_by_root: &[&[u8]], revoked: &[&[u8]]) -> Files {
        let lists = [self.root.list(revoked_by_root), self.below.list(revoked)];
        self.files(&[self.root.pem(), self.below.pem()], &lists, StaleList::Refuse)
    }

    fn federation(&self, files: &Files, theirs: &TestCertificate) -> Federation {
        federation(files.open().expect("an authority"), &self.own, theirs)
    }

    async fn refused(&self, files: &Files, theirs: &TestCertificate, expected: impl Into<PeerRefused>) {
        let expected = expected.into();
        for error in self.federation(files, theirs).refusals(&self.own, theirs).await {
            assert_eq!(refusal(&error), Some(&expected), "{error}");
        }
    }

    async fn accepted(&self, files: &Files, theirs: &TestCertificate) {
        accepted(&self.federation(files, theirs), &self.own, theirs).await;
    }
}

fn federation(authority: Arc<Authority>, own: &TestCertificate, theirs: &TestCertificate) -> Federation {
    let nodes = [(OWN, PeerStanding::Active, own), (PEER, PeerStanding::Active, theirs)];
    Federation::under(Some(authority), &nodes)
}

async fn accepted(federation: &Federation, own: &TestCertificate, theirs: &TestCertificate) {
    for (server, called, client) in [(own, OWN, theirs), (theirs, PEER, own)] {
        let (by_server, by_client) =
            federation.shake_hands(federation.server(server), federation.client(client, called)).await;
        assert_eq!((by_server.is_ok(), by_client.is_ok()), (true, true), "{by_server:?} {by_client:?}");
    }
}

fn stale(issuer: &str) -> AuthorityRefused {
    AuthorityRefused::ListStale { issuer: format!("CN={issuer}") }
}

fn ended(parameters: &mut CertificateParams) {
    set_validity(parameters, now() - TimeDelta::days(300), now() - TimeDelta::days(3));
}

#[tokio::test]
async fn peers_of_the_authority_know_each_other_with_and_without_lists() {
    let house = House::new();
    house.accepted(&house.without_lists(), &house.theirs()).await;
    house.accepted(&house.with_lists(&[], &[]), &house.theirs()).await;
    // The intermediates are known from the configuration as well as from the handshake.
    let alone = house.below.node(PEER, |_| {});
    house.accepted(&house.with_lists(&[], &[]), &alone).await;
}

#[tokio::test]
async fn a_certificate_of_another_issuer_is_refused() {
    let house = House::new();
    let (stranger, namesake) = (TestAuthority::root("Another root"), TestAuthority::root(BELOW));
    for (theirs, refused) in [
        (TestCertificate::of(PEER), AuthorityRefused::UnknownIssuer),
        (stranger.node(PEER, |_| {}), AuthorityRefused::UnknownIssuer),
        (stranger.node(PEER, |_| {}).with(&[stranger.der()]), AuthorityRefused::UnknownIssuer),
        (namesake.node(PEER, |_| {}).with(&[house.below.der()]), AuthorityRefused::Signature),
    ] {
        house.refused(&house.without_lists(), &theirs, refused).await;
    }
}

#[tokio::test]
async fn a_chain_with_a_certificate_missing_is_refused() {
    let house = House::new();
    let alone = house.below.node(PEER, |_| {});
    house.refused(&house.without_lists(), &alone, AuthorityRefused::UnknownIssuer).await;
}

#[tokio::test]
async fn an_issuer_that_may_not_issue_is_refused() {
    type Change = fn(&mut CertificateParams);
    let house = House::new();
    let changes: [(Change, AuthorityRefused); 5] = [
        (|issuer| issuer.is_ca = IsCa::ExplicitNoCa, AuthorityRefused::IssuerUnfit),
        (|issuer| issuer.is_ca = IsCa::NoCa, AuthorityRefused::IssuerUnfit),
        (|issuer| issuer.key_usages = vec![KeyUsagePurpose::CrlSign], AuthorityRefused::IssuerUnfit),
        (|issuer| issuer.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth], AuthorityRefused::Purpose),
        (ended, AuthorityRefused::IssuerExpired),
    ];
    for (change, refused) in changes {
        let below = house.root.below("Unfit issuer", change);
        let theirs = below.node(PEER, |_| {}).with(&[below.der()]);
        house.refused(&house.without_lists(), &theirs, refused).await;
    }
    let narrow = house.root.below("Narrow issuer", |issuer| issuer.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let too_far = narrow.below("One too many", |_| {});
    let theirs = too_far.node(PEER, |_| {}).with(&[too_far.der(), narrow.der()]);
    house.refused(&house.without_lists(), &theirs, AuthorityRefused::IssuerUnfit).await;
}

#[tokio::test]
async fn a_root_that_has_ended_stands_for_nobody() {
    let house = House::new();
    let root = TestAuthority::root_with("Old root", ended);
    let theirs = root.node(PEER, |_| {});
    let files = house.files(&[house.root.pem(), root.pem()], &[], StaleList::Refuse);
    house.refused(&files, &theirs, AuthorityRefused::IssuerExpired).await;
}

#[tokio::test]
async fn a_root_that_was_renewed_under_its_key_stands_on_when_the_old_one_has_ended() {
    let root = TestAuthority::root_with(ROOT, ended);
    let below = root.below(BELOW, |_| {});
    let house = House { root, below, ..House::new() };
    let (old, new) = (house.root.pem(), house.root.renewed(ROOT, |_| {}));
    for roots in [[old.clone(), new.clone()], [new, old]] {
        house.accepted(&house.files(&roots, &[], StaleList::Refuse), &house.theirs()).await;
    }
}

#[tokio::test]
async fn certificates_of_a_name_that_was_shown_or_is_a_roots_change_nothing() {
    let house = House::new();
    let fakes = |name: &str| TestAuthority::root(name).der();
    let leaf = || house.below.node(PEER, |_| {});
    let beside = [house.below.der(), fakes(BELOW), fakes(ROOT), fakes(ROOT), fakes(ROOT)];
    house.accepted(&house.without_lists(), &leaf().with(&beside)).await;
    // Each of them would be tried at every step.
    let many: Vec<_> = (0..6).map(|_| fakes(ROOT)).collect();
    house.refused(&house.without_lists(), &leaf().with(&many), AuthorityRefused::UnknownIssuer).await;
}

#[test]
fn two_keys_of_one_name_are_refused_in_the_configuration() {
    let house = House::new();
    let namesake = TestAuthority::root(ROOT);
    let files = house.files(&[house.root.pem(), namesake.pem()], &[], StaleList::Refuse);
    let faults = files.open().expect_err("refused").to_string();
    assert!(faults.contains("different keys") && faults.contains("authority.certificates"), "{faults}");
}

#[tokio::test]
async fn more_certificates_than_a_chain_has_are_refused() {
    let house = House::new();
    let repeated: Vec<CertificateDer<'static>> = vec![house.below.der(); 7];
    let theirs = house.theirs().with(&repeated);
    house.refused(&house.without_lists(), &theirs, AuthorityRefused::TooLong).await;
}

#[tokio::test]
async fn a_certificate_that_a_list_names_is_refused_and_so_is_one_whose_issuer_is_named() {
    let house = House::new();
    let theirs = house.theirs();
    house.refused(&house.with_lists(&[], &[theirs.der()]), &theirs, AuthorityRefused::Revoked).await;
    house.accepted(&house.with_lists(&[], &[TestCertificate::of(PEER).der()]), &theirs).await;
    let revoked = house.with_lists(&[&house.below.der()], &[]);
    house.refused(&revoked, &theirs, AuthorityRefused::Revoked).await;
}

#[tokio::test]
async fn a_certificate_without_a_list_of_its_issuer_is_refused() {
    let house = House::new();
    let theirs = house.theirs();
    for (lists, missing) in [([house.root.list(&[])], BELOW), ([house.below.list(&[])], ROOT)] {
        let files = house.files(&[house.root.pem(), house.below.pem()], &lists, StaleList::Refuse);
        house.refused(&files, &theirs, AuthorityRefused::ListMissing { issuer: format!("CN={missing}") }).await;
    }
}

#[tokio::test]
async fn a_list_beyond_its_date_refuses_or_counts_on_as_configured() {
    let house = House::new();
    let theirs = house.theirs();
    let over = |revoked: &[&[u8]]| house.below.list_between(revoked, now() - TimeDelta::days(7), now());
    let files = |policy, revoked: &[&[u8]]| {
        house.files(&[house.root.pem(), house.below.pem()], &[house.root.list(&[]), over(revoked)], policy)
    };
    house.refused(&files(StaleList::Refuse, &[]), &theirs, stale(BELOW)).await;
    house.accepted(&files(StaleList::Warn, &[]), &theirs).await;
    house.refused(&files(StaleList::Warn, &[theirs.der()]), &theirs, AuthorityRefused::Revoked).await;
}

#[tokio::test]
async fn the_authority_stands_besides_the_pin_and_the_form_and_not_in_their_place() {
    let house = House::new();
    let (pinned, unpinned) = (house.theirs(), house.theirs());
    for error in house.federation(&house.without_lists(), &pinned).refusals(&house.own, &unpinned).await {
        assert_eq!(refusal(&error), Some(&PeerRefused::CertificateUnknown(node(PEER))));
    }
    let narrow = house.below.node(PEER, |leaf| leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    let narrow = narrow.with(&[house.below.der()]);
    house.refused(&house.without_lists(), &narrow, CertificateRefused::Usage).await;
}

#[tokio::test]
async fn the_day_that_is_granted_to_a_certificate_is_granted_under_an_authority_too() {
    let house = House::new();
    let day = TimeDelta::hours(24);
    for (from, to) in [(now() - day * 300, now() - day), (now() + day, now() + day * 300)] {
        let close = house.below.node(PEER, |leaf| set_validity(leaf, from, to)).with(&[house.below.der()]);
        house.accepted(&house.with_lists(&[], &[]), &close).await;
    }
    // The day is the certificate's alone: a list is over when it is over.
    let over = house.below.list_between(&[], now() - day * 7, now() - TimeDelta::hours(1));
    let lists = [house.root.list(&[]), over];
    let files = house.files(&[house.root.pem(), house.below.pem()], &lists, StaleList::Refuse);
    let close = house.below.node(PEER, |leaf| set_validity(leaf, now() - day * 300, now() - day));
    house.refused(&files, &close, stale(BELOW)).await;
}

#[tokio::test]
async fn a_list_that_is_replaced_counts_for_open_connections() {
    let house = House::new();
    let theirs = house.theirs();
    let files = house.with_lists(&[], &[]);
    let federation = house.federation(&files, &theirs);
    let (seen, _) = federation.shake_hands(federation.server(&house.own), federation.client(&theirs, OWN)).await;
    let (seen, directory) = (seen.expect("accepted"), &federation.directory);
    let mut changes = directory.changes();
    directory.refresh_authority();
    assert!(!changes.has_changed().expect("the directory lives"), "nothing is new");
    let later = |revoked: &[&[u8]], minutes| {
        house.below.list_between(revoked, now() + TimeDelta::minutes(minutes), now() + TimeDelta::days(9))
    };
    let warnings = || directory.authority().expect("there is one").file_warnings(federation.clock.unix_seconds());
    for (content, revokes, is_faulty) in [
        (files.list(1), false, false),
        ("a letter".to_owned(), false, true),
        (TestAuthority::root("Another root").list(&[]), false, true),
        (TestAuthority::root(BELOW).list(&[]), false, true),
        (
            house.below.list_between(&[theirs.der()], now() - TimeDelta::hours(1), now() + TimeDelta::days(9)),
            false,
            true,
        ),
        (later(&[theirs.der()], 1), true, false),
    ] {
        files.replace_list(1, &content);
        directory.refresh_authority();
        let expected = if revokes { Admission::Gone } else { Admission::Active };
        assert_eq!(directory.admit(&seen), expected, "{content}");
        assert_eq!(changes.has_changed().expect("the directory lives"), revokes, "{content}");
        let warns = matches!(warnings().as_slice(), [AuthorityWarning::FileFaulty { .. }]);
        assert_eq!((warns, warnings().len()), (is_faulty, usize::from(is_faulty)), "{content} {:?}", warnings());
    }
    assert_eq!(directory.authority_version(), 1);
    changes.mark_unchanged();
    files.replace_list(1, later(&[], 2));
    directory.refresh_authority();
    assert_eq!(directory.admit(&seen), Admission::Active);
    assert_eq!(directory.authority_version(), 2);
}

#[tokio::test]
async fn a_list_that_goes_out_of_date_ends_connections_and_is_told_a_day_before() {
    let house = House::new();
    let theirs = house.theirs();
    for (policy, admission) in [(StaleList::Refuse, Admission::Gone), (StaleList::Warn, Admission::Active)] {
        let lists = [house.root.list(&[]), house.below.list(&[])];
        let files = house.files(&[house.root.pem(), house.below.pem()], &lists, policy);
        let federation = house.federation(&files, &theirs);
        let (seen, _) = federation.shake_hands(federation.server(&house.own), federation.client(&theirs, OWN)).await;
        let (seen, directory) = (seen.expect("accepted"), &federation.directory);
        let warnings = || {
            directory.refresh_authority();
            directory.authority().expect("there is one").file_warnings(federation.clock.unix_seconds())
        };
        assert_eq!(warnings(), []);
        federation.clock.advance(Duration::from_hours(24 * 6));
        let warned = warnings();
        assert!(matches!(
            warned.as_slice(),
            [AuthorityWarning::ListEnds { .. }, AuthorityWarning::ListEnds { .. }, AuthorityWarning::ListEnds { .. }]
        ));
        assert!(warned.iter().all(|warning| !warning.is_fault() && warning.to_string().contains("CN=Example")));
        assert_eq!(directory.admit(&seen), Admission::Active);
        let changes = directory.changes();
        federation.clock.advance(Duration::from_hours(24));
        let warned = warnings();
        assert!(warned.iter().all(|warning| matches!(warning, AuthorityWarning::ListStale { .. })), "{warned:?}");
        let is_refused = policy == StaleList::Refuse;
        assert!(warned.iter().all(|warning| warning.is_fault() == is_refused), "{warned:?}");
        assert_eq!(directory.admit(&seen), admission);
        assert_eq!(changes.has_changed().expect("the directory lives"), is_refused);
    }
}

#[tokio::test]
async fn a_connection_does_not_outlive_what_was_shown_in_it() {
    let house = House::new();
    let key = KeyPair::generate().expect("a key");
    let pinned = house.below.node_over(&key, PEER, |_| {});
    let short = |leaf: &mut CertificateParams| set_validity(leaf, now(), now() + TimeDelta::days(2));
    let shown = house.below.node_over(&key, PEER, short).with(&[house.below.der()]);
    let federation = house.federation(&house.without_lists(), &pinned);
    let (seen, _) = federation.shake_hands(federation.server(&house.own), federation.client(&shown, OWN)).await;
    let seen = seen.expect("accepted");
    federation.clock.advance(Duration::from_hours(24 * 3));
    assert_eq!(federation.directory.admit(&seen), Admission::Active);
    federation.clock.advance(Duration::from_secs(1));
    assert_eq!(federation.directory.admit(&seen), Admission::Gone);
}

#[test]
fn every_file_that_cannot_be_used_is_named_with_its_key() {
    let house = House::new();
    let faults = |certificates: &[String], lists: &[String]| -> Vec<String> {
        let opened = Files::of(certificates, lists, StaleList::Refuse).open();
        opened.expect_err("is faulty").faults().iter().map(ToString::to_string).collect()
    };
    let leaf = |leaf: &TestCertificate| pem("CERTIFICATE", leaf.der());
    for (content, says) in [
        ("a letter".to_owned(), "no certificate in PEM or DER"),
        (pem("CERTIFICATE", b"nothing"), "cannot be read"),
        (leaf(&house.own), "no authority's certificate"),
        (leaf(&TestCertificate::of(PEER)), "no authority's certificate"),
        (TestAuthority::root_with(ROOT, |root| root.key_usages = vec![KeyUsagePurpose::CrlSign]).pem(), "keyCertSign"),
    ] {
        let faults = faults(&[house.root.pem(), content], &[]);
        assert!(faults.len() == 1 && faults[0].starts_with("authority.certificates[1]: "), "{faults:?}");
        assert!(faults[0].contains(says), "{faults:?}");
    }
    let rootless = faults(&[house.below.pem()], &[]);
    assert!(rootless.len() == 1 && rootless[0].starts_with("authority.certificates: no root"), "{rootless:?}");
    let many = "x".repeat(3 * 1024 * 1024);
    for (content, says) in [
        ("a letter".to_owned(), "no revocation list"),
        (pem("X509 CRL", b"nothing"), "cannot be read"),
        (many, "over 2 MiB"),
        (house.below.list(&[]), "which is not among authority.certificates"),
        (TestAuthority::root(ROOT).list(&[]), "does not hold"),
    ] {
        let faults = faults(&[house.root.pem()], &[house.root.list(&[]), content]);
        assert!(faults.len() == 1 && faults[0].starts_with("authority.revocation_lists[1]: "), "{faults:?}");
        assert!(faults[0].contains(says), "{faults:?}");
    }
}

#[test]
fn a_list_with_any_bit_turned_is_refused() {
    let house = House::new();
    let files = house.with_lists(&[], &[]);
    let file = ListFile::new(Arc::new(Issuers::read(files.certificates()).expect("an authority")), Arc::default());
    let list = files.list(1);
    let der = CertificateRevocationListDer::from_pem_slice(list.as_bytes()).expect("a list");
    assert!(file.read_signed(&der).is_ok());
    for bit in 0..der.len() * 8 {
        let mut turned = der.to_vec();
        turned[bit / 8] ^= 1 << (bit % 8);
        assert!(file.read_signed(&turned).is_err(), "bit {bit}");
    }
}

#[test]
fn of_several_lists_of_one_issuer_the_newest_counts_wherever_it_stands() {
    let house = House::new();
    let theirs = house.below.node(PEER, |_| {});
    let old = house.below.list_between(&[theirs.der()], now() - TimeDelta::days(2), now() + TimeDelta::days(2));
    let new = house.below.list(&[]);
    for lists in [vec![old.clone(), new.clone()], vec![new.clone(), old.clone()], vec![format!("{old}{new}")]] {
        let lists = [lists, vec![house.root.list(&[])]].concat();
        let files = house.files(&[house.root.pem(), house.below.pem()], &lists, StaleList::Refuse);
        let authority = files.open().expect("an authority");
        let read = crate::trust::certificate::NodeCertificate::read(theirs.der()).expect("a certificate");
        assert_eq!(authority.check(theirs.der(), read.validity(), &[], now().timestamp()), Ok(()));
        files.replace_list(0, files.list(0));
        authority.refresh(now().timestamp());
        assert_eq!(authority.file_warnings(now().timestamp()), [], "the same again is no older one");
    }
}

#[tokio::test]
async fn a_renewed_certificate_over_the_pinned_key_is_judged_by_itself() {
    let house = House::new();
    let key = KeyPair::generate().expect("a key");
    let pinned = house.below.node_over(&key, PEER, |_| {}).with(&[house.below.der()]);
    let renewed = |leaf: &mut CertificateParams| leaf.serial_number = Some(SerialNumber::from(2));
    let renewed = house.below.node_over(&key, PEER, renewed).with(&[house.below.der()]);
    let files = house.with_lists(&[], &[pinned.der()]);
    let federation = house.federation(&files, &pinned);
    accepted(&federation, &house.own, &renewed).await;
    for error in federation.refusals(&house.own, &pinned).await {
        assert_eq!(refusal(&error), Some(&AuthorityRefused::Revoked.into()));
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}
