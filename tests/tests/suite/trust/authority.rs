//! A federation with a certificate authority of its own: the peers that it lets in, and those it lets in no more.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_node::config::section::{AuthoritySection, Revocation};
use hotline_node::trust::certificate::NodeCertificate;
use hotline_node::trust::own::read_issued;
use hotline_node::trust::{Authority as KnownAuthority, AuthorityRefused};
use hotline_protocol::log::Cursor;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::authority::{Authority, Signing};
use hotline_tests::peer::by_hand::{long_poll_as, take_call_as};
use hotline_tests::places::url_in;
use hotline_tests::refusal::{CONFIGURATION, FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::openssl::{call_as, make_request, subject_of};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

/// An exchange of keys is over within this time on a busy machine.
const SOON: Duration = Duration::from_mins(1);
/// An open connection ends within this time.
const PROMPT: Duration = Duration::from_secs(5);
/// The one with a revoked certificate.
const REVOKED: usize = 2;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "authority",
        store,
        [
            whom_the_authority_revokes_is_cut_off_while_the_others_go_on,
            a_file_of_the_authority_that_cannot_be_used_is_a_fault_of_the_configuration,
        ]
    )
}

/// Tests that need no database.
pub(crate) fn trials_without_store() -> Vec<Trial> {
    sentences!(
        "authority",
        &Store::Sqlite,
        [
            whatever_tls_takes_an_authority_may_sign_with_and_nothing_else,
            a_list_that_says_too_little_is_named_by_what_it_lacks,
        ]
    )
}

/// Asks the authority for a certificate, and announces it; gives its fingerprint.
async fn take_certificate(node: &ProcessNode, authority: &Authority) -> anyhow::Result<String> {
    let asked = node.cli.json(&["identity", "certificate-request"]).await?;
    let request = asked["request"].as_str().context("a request")?;
    let subject = subject_of(request).await?;
    let seat = &node.who.countries[..2];
    ensure!(
        ["C", "O", "CN"]
            .iter()
            .zip([seat, "Example hotline", node.who.id])
            .all(|(key, value)| { subject.contains(&format!("{key} = {value}")) }),
        "authorities want country and organisation: {subject}"
    );
    let issued = authority.issue(node.who.id, request).await?;
    let rotate = ["identity", "rotate-certificate", "--overlap", "0s", "--certificate", &issued.to_string_lossy()];
    let announced = node.cli.json(&rotate).await?;
    Ok(announced["fingerprint"].as_str().context("a fingerprint")?.to_owned())
}

fn know(node: &ProcessNode, authority: &Authority) -> anyhow::Result<()> {
    let paths = |paths: [PathBuf; 2]| paths.map(|path| path.to_string_lossy().into_owned()).to_vec().into();
    node.configure(&[
        ("authority", "certificates", paths(authority.certificates())),
        ("authority", "revocation_lists", paths(authority.lists())),
    ])
}

/// All three have a certificate of the authority in use, know it, and do not serve.
async fn under_authority(store: &Store, authority: &Authority) -> anyhow::Result<(Federation, Vec<String>)> {
    let mut federation = Federation::new(store, &THREE).await?;
    let mut fingerprints = Vec::new();
    for node in federation.nodes() {
        fingerprints.push(take_certificate(node, authority).await?);
    }
    federation.start().await?;
    for (node, fingerprint) in federation.nodes().iter().zip(&fingerprints) {
        until(format!("{} is known by its new certificate alone", node.who.id), SOON, async || {
            let shown = node.cli.json(&["identity", "show"]).await?;
            let certificates = shown["certificates"].as_array().context("certificates are shown")?;
            let counting = certificates.iter().filter(|certificate| certificate["state"] != "retired").count();
            Ok((shown["tls_fingerprint"] == fingerprint.as_str() && counting == 1).then_some(()))
        })
        .await?;
    }
    federation.until_heads_equal(SOON).await?;
    for place in 0..THREE.len() {
        federation[place].stop().await?;
        know(&federation[place], authority)?;
    }
    Ok((federation, fingerprints))
}

async fn exchange_goes_on(federation: &Federation, number: u32) -> anyhow::Result<()> {
    let id = federation[0].cli.submit(&url_in("NL", number)).await?;
    until("the report is accepted", SOON, async || {
        Ok(federation[0].cli.find(&id).await?.filter(|seen| seen["state"] == "accepted"))
    })
    .await?;
    Ok(())
}

async fn whom_the_authority_revokes_is_cut_off_while_the_others_go_on(store: Store) -> anyhow::Result<()> {
    let authority = Authority::new().await?;
    authority.publish(240).await?;
    let (mut federation, fingerprints) = under_authority(&store, &authority).await?;
    for place in 0..REVOKED {
        federation[place].launch()?;
    }
    for place in 0..REVOKED {
        federation[place].wait_for("/readyz").await?;
    }
    exchange_goes_on(&federation, 1).await?;
    let (first, who) = (&federation[0], THREE[REVOKED].id);
    let own = first.cli.output(&["identity", "rotate-certificate"], None).await?;
    refused_with(&own, FAILED, &["authority", "certificate-request"])?;
    let checked = first.cli.json(&["peer", "check", THREE[1].id]).await?;
    ensure!(checked["authority"] == "answers for its certificate", "{checked}");
    let said = async || -> anyhow::Result<String> {
        let shown = first.cli.json(&["peer", "certificate", "show", who, &fingerprints[REVOKED][..8]]).await?;
        Ok(shown["authority"].as_str().context("the authority's word")?.to_owned())
    };
    ensure!(said().await? == "answers for it", "{}", said().await?);
    let call = call_as(federation[REVOKED].folder(), first.exchange_address()).await?;
    ensure!(call.answer.starts_with("HTTP/1.1 400"), "{call:?}");

    let head = first.cli.json(&["log", "head"]).await?[first.who.id].clone();
    let number = |key: &str| head[key].as_u64().context("a number");
    let hash = head["hash"].as_str().context("a hash")?.parse()?;
    let head = Cursor { epoch: number("epoch")?, seq: number("seq")?, hash };
    let (folder, listener) = (federation[REVOKED].folder(), TcpListener::bind(federation[REVOKED].exchange_address()));
    let listener = listener.await?;
    let mut poll = long_poll_as(folder, first.exchange_address(), first.who.id, &head).await?;
    let mut call = take_call_as(folder, &listener).await?;
    call.read_exact(&mut [0; 16]).await?;
    authority.revoke(who).await?;
    authority.publish(12).await?;
    let ended = timeout(PROMPT, poll.read_to_end(&mut Vec::new())).await;
    ensure!(ended.is_ok(), "the connection is still open");
    let ended = timeout(PROMPT, call.read_to_end(&mut Vec::new())).await;
    ensure!(ended.is_ok(), "the call is still under way");
    until("both refuse whoever shows it when they call again", SOON, async || {
        // Each looks at the lists in its own time.
        let _ = take_call_as(folder, &listener).await;
        let mut refused = true;
        for node in &federation.nodes()[..REVOKED] {
            refused &= node.log()?.contains("TLS with a peer is refused");
        }
        Ok(refused.then_some(()))
    })
    .await?;
    let call = call_as(federation[REVOKED].folder(), first.exchange_address()).await?;
    ensure!(call.answer.is_empty() && call.said.contains("alert"), "{call:?}");
    ensure!(said().await?.contains("has revoked"), "{}", said().await?);
    exchange_goes_on(&federation, 2).await?;
    ensure!(first.log()?.contains("has revoked the certificate"), "the log says why");

    let (_, text) = first.operations("/readyz").await?;
    // A list that lives for half a day and is fresh is no reason to call anybody: the authority makes the next in time.
    ensure!(!text.contains("is beyond its date"), "{text}");
    fs::write(&authority.lists()[1], "a letter")?;
    until("a person is called", SOON, async || {
        let alerts = first.cli.json(&["alert", "list"]).await?.to_string();
        Ok(alerts.contains("the list that was there stays in use").then_some(()))
    })
    .await?;
    exchange_goes_on(&federation, 3).await
}

async fn a_file_of_the_authority_that_cannot_be_used_is_a_fault_of_the_configuration(
    store: Store,
) -> anyhow::Result<()> {
    let authority = Authority::new().await?;
    let federation = Federation::new(&store, &THREE[..1]).await?;
    know(&federation[0], &authority)?;
    for command in [&["config", "check"][..], &["serve"], &["peer", "list"]] {
        let output = federation[0].cli.call(command).await?;
        if command[0] == "peer" {
            ensure!(output.status.success(), "what needs no authority does not ask for it: {output:?}");
        } else {
            refused_with(&output, CONFIGURATION, &["authority.revocation_lists[0]", "authority.revocation_lists[1]"])?;
        }
    }
    let found = federation[0].cli.output(&["doctor"], None).await?;
    ensure!(String::from_utf8_lossy(&found.stdout).contains("authority.revocation_lists[0]"), "{found:?}");
    authority.publish(240).await?;
    let found = federation[0].cli.output(&["doctor"], None).await?;
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    ensure!(found.contains("peers that know the authority refuse this node's certificate"), "{found}");
    Ok(())
}

/// The authority as a node reads it, and a certificate that it has issued.
struct Read {
    files: Authority,
    section: AuthoritySection,
    leaf: Vec<u8>,
    folder: tempfile::TempDir,
}

impl Read {
    async fn new(files: Authority) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let request = make_request(folder.path(), "fr-example").await?;
        let issued = files.issue("fr-example", &request).await?;
        let leaf = read_issued(&fs::read(issued)?)?.first().context("a certificate")?.to_vec();
        let section = AuthoritySection {
            certificates: files.certificates().into(),
            revocation_lists: files.lists().into(),
            ..AuthoritySection::default()
        };
        Ok(Self { files, section, leaf, folder })
    }

    fn open(&self) -> Result<Arc<KnownAuthority>, String> {
        let opened = KnownAuthority::open(&self.section, Clock::system().unix_seconds());
        opened.map_err(|faults| faults.to_string())?.ok_or_else(|| "there is an authority".to_owned())
    }

    fn check(&self, authority: &KnownAuthority) -> anyhow::Result<Result<(), AuthorityRefused>> {
        let read = NodeCertificate::read(&self.leaf)?;
        Ok(authority.check(&self.leaf, read.validity(), &[], Clock::system().unix_seconds()))
    }

    /// Reading it is refused with these words.
    fn refused(&self, words: &str) -> anyhow::Result<()> {
        let said = self.open().err().with_context(|| format!("{words} is expected, and it is taken"))?;
        ensure!(said.contains(words), "{words} is expected: {said}");
        // Words of libraries help nobody.
        ensure!(!["BadDer", "Error", "Unsupported"].iter().any(|word| said.contains(word)), "{said}");
        Ok(())
    }
}

async fn whatever_tls_takes_an_authority_may_sign_with_and_nothing_else(_: Store) -> anyhow::Result<()> {
    let signing = |key, digest, pss| Signing { key, digest, pss };
    for signing in [
        signing("ec:P-256", "sha512", false),
        signing("ec:P-384", "sha256", false),
        signing("ec:P-384", "sha384", false),
        signing("ec:P-521", "sha512", false),
        signing("rsa:2048", "sha256", false),
        signing("rsa:2048", "sha512", true),
        signing("rsa:3072", "sha384", true),
        signing("ed25519", "", false),
    ] {
        let read = Read::new(Authority::signing_by(signing).await?).await?;
        read.files.publish(24).await?;
        let authority = read.open().map_err(|said| anyhow::anyhow!("{signing:?}: {said}"))?;
        let judged = read.check(&authority)?;
        ensure!(judged == Ok(()), "{signing:?}: {judged:?}");
        read.files.revoke("fr-example").await?;
        read.files.publish(24).await?;
        authority.refresh(Clock::system().unix_seconds());
        let judged = read.check(&authority)?;
        ensure!(judged == Err(AuthorityRefused::Revoked), "{signing:?}: {judged:?}");
        drop(read.folder);
    }
    for (signing, words) in [
        (signing("rsa:1024", "sha256", false), "RSA of 2048 to 8192 bits"),
        (signing("ed448", "", false), "is of a kind that is not taken"),
    ] {
        let read = Read::new(Authority::signing_by(signing).await?).await?;
        read.refused(words)?;
    }
    let read = Read::new(Authority::new().await?).await?;
    read.files.publish_with(&["-crldays", "1", "-md", "sha1"]).await?;
    read.refused("is signed in a way that is not taken")
}

async fn a_list_that_says_too_little_is_named_by_what_it_lacks(_: Store) -> anyhow::Result<()> {
    let mut read = Read::new(Authority::new().await?).await?;
    // As a program in Windows may write it.
    read.files.publish(24).await?;
    let list = &read.files.lists()[1];
    let text = fs::read_to_string(list)?;
    let units = || text.encode_utf16();
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(units().flat_map(u16::to_le_bytes)).collect();
    for content in [format!("\u{feff}{text}").into_bytes(), little] {
        fs::write(list, content)?;
        let authority = read.open().map_err(anyhow::Error::msg)?;
        ensure!(read.check(&authority)? == Ok(()), "a mark is no fault");
    }
    // Tomorrow's list stands for nothing, and is told.
    let tomorrow = (Clock::system().now() + chrono::TimeDelta::days(1)).format("%Y%m%d%H%M%SZ").to_string();
    let next = (Clock::system().now() + chrono::TimeDelta::days(9)).format("%Y%m%d%H%M%SZ").to_string();
    read.files.publish_with(&["-crl_lastupdate", &tomorrow, "-crl_nextupdate", &next]).await?;
    let authority = read.open().map_err(anyhow::Error::msg)?;
    let judged = read.check(&authority)?;
    let missing = AuthorityRefused::ListMissing { issuer: "CN=Example issuer".to_owned() };
    ensure!(judged == Err(missing), "{judged:?}");
    let warnings = authority.file_warnings(Clock::system().unix_seconds());
    ensure!(warnings.iter().filter(|warning| warning.to_string().contains("dated ahead")).count() == 2, "{warnings:?}");
    // A root without a list.
    read.files.publish(24).await?;
    read.section.revocation_lists.remove(0);
    let authority = read.open().map_err(anyhow::Error::msg)?;
    let judged = read.check(&authority)?;
    let missing = AuthorityRefused::ListMissing { issuer: "CN=Example root".to_owned() };
    ensure!(judged == Err(missing), "{judged:?}");
    read.section.revocation = Revocation::Leaf;
    let authority = read.open().map_err(anyhow::Error::msg)?;
    ensure!(read.check(&authority)? == Ok(()), "the root needs no list");
    // The default output of `openssl ca`.
    read.files.forget_versions()?;
    read.files.publish(24).await?;
    read.refused("is of version 1")
}
