//! The certificates that people's browsers see: exchanged while the node serves, and watched for their end.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::peer::outsider::tls_of;
use hotline_tests::sentences;
use hotline_tests::service::openssl::make_certificate;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A changed file is read within a second.
const SOON: Duration = Duration::from_secs(20);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "web_certificates",
        store,
        [a_renewed_pair_is_shown_at_once_and_one_that_does_not_belong_together_is_named_as_the_office_s,]
    )
}

/// Moves a file in, as a tool that renews certificates does.
fn put(from: &Path, to: &Path) -> anyhow::Result<()> {
    let beside = to.with_extension("renewed");
    fs::copy(from, &beside)?;
    fs::set_permissions(&beside, fs::Permissions::from_mode(0o600))?;
    Ok(fs::rename(beside, to)?)
}

/// The certificate that the office shows.
async fn shown(node: &TestNode) -> anyhow::Result<CertificateDer<'static>> {
    let stream = TcpStream::connect(node.addresses.office).await?;
    let name = ServerName::IpAddress(node.addresses.office.ip().into());
    let tls = TlsConnector::from(Arc::new(tls_of(&rustls::version::TLS13, None)?));
    let stream = tls.connect(name, stream).await?;
    let chain = stream.get_ref().1.peer_certificates().context("it shows a certificate")?;
    Ok(chain[0].clone().into_owned())
}

async fn operations(node: &TestNode, path: &str) -> anyhow::Result<String> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    Ok(client.get(format!("http://{}{path}", node.addresses.operations)).send().await?.text().await?)
}

async fn a_renewed_pair_is_shown_at_once_and_one_that_does_not_belong_together_is_named_as_the_office_s(
    store: Store,
) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let (cli, keys) = (&federation[0].cli, federation[0].folder().join("keys"));
    let node = TestNode::serve(&cli.config_file, Clock::set_at(Clock::system().now())).await?;
    let renewed = tempfile::tempdir()?;
    make_certificate(renewed.path(), "office", "ec:secp384r1").await?;
    let certificate = CertificateDer::from_pem_file(renewed.path().join("certificate.pem"))?;
    let before = shown(&node).await?;

    put(&renewed.path().join("certificate.pem"), &keys.join("office.crt.pem"))?;
    until("the pair is found not to belong together", SOON, async || {
        // A renewal may be under way: nobody is called at once.
        node.clock.advance(Duration::from_secs(10));
        let ready = operations(&node, "/readyz").await?;
        Ok(ready.contains("goes on with its former certificate").then_some(()))
    })
    .await?;
    ensure!(shown(&node).await? == before, "the former pair stays in use");
    let alerts = until("a person is called", SOON, async || {
        node.clock.advance(Duration::from_secs(10));
        let alerts = cli.json(&["alert", "list"]).await?.to_string();
        Ok(alerts.contains("web_certificate").then_some(alerts))
    })
    .await?
    .0;
    let doctor = cli.output(&["doctor"], None).await?;
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    for said in [alerts, doctor] {
        ensure!(said.contains("office.pem is not the key of") && said.contains("office.crt.pem"), "{said}");
        ensure!(!said.contains("exchange.pem is not"), "{said}");
    }

    put(&renewed.path().join("key.pem"), &keys.join("office.pem"))?;
    until("the renewed pair is shown", SOON, async || Ok((shown(&node).await? == certificate).then_some(()))).await?;
    // Findings about files are remembered for two seconds.
    until("its end is told, and nothing else", SOON, async || {
        let ready = operations(&node, "/readyz").await?;
        Ok((ready.contains("ends in 29 days") && !ready.contains("is not the key of")).then_some(()))
    })
    .await?;
    let metrics = operations(&node, "/metrics").await?;
    let left = metrics
        .lines()
        .find_map(|line| line.strip_prefix("hotline_web_certificate_remaining_seconds{listener=\"office\"} "));
    let days = left.context("the metric is there")?.parse::<i64>()? / 86_400;
    ensure!(days == 29, "{metrics}");
    node.stop().await
}
