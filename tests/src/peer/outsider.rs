//! A client that speaks with a node's exchange listener by hand: with the certificate of a peer, another one, or none.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::hello::RUN_MEDIA_TYPE;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use serde_json::Value;

/// The certificate and key for the handshake.
#[derive(Debug)]
pub struct Shown {
    /// The certificate.
    pub certificate: CertificateDer<'static>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
}

impl Shown {
    /// Reads the certificate and key that the node of this folder shows to its peers.
    pub fn of_folder(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            certificate: CertificateDer::from_pem_file(folder.join("keys/exchange.crt.pem"))?,
            key: PrivateKeyDer::from_pem_file(folder.join("keys/exchange.pem"))?,
        })
    }
}

/// A client of one node.
pub struct Outsider {
    client: reqwest::Client,
    base: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The problem's name, where it is a problem document of the protocol.
    pub problem: Option<String>,
    /// The body as JSON; null where it is none.
    pub json: Value,
    /// The body as text.
    pub text: String,
}

impl Outsider {
    /// A client that trusts any server, and shows this certificate or none.
    pub fn new(address: SocketAddr, shown: Option<Shown>) -> anyhow::Result<Self> {
        Self::calling_from(None, address, shown)
    }

    /// The same, from this address of the machine.
    pub fn calling_from(from: Option<IpAddr>, address: SocketAddr, shown: Option<Shown>) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .local_address(from)
            .tls_backend_preconfigured(tls_of(&rustls::version::TLS13, shown)?)
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { client, base: format!("https://{address}/hxp/v1") })
    }

    /// Posts a hello.
    pub async fn hello(&self, body: impl Into<reqwest::Body>) -> anyhow::Result<Answer> {
        let request = self.client.post(format!("{}/hello", self.base)).header("content-type", "application/json");
        answer(request.body(body)).await
    }

    /// Posts a compressed hello.
    pub async fn hello_in_gzip(&self, body: Vec<u8>) -> anyhow::Result<Answer> {
        let request = self.client.post(format!("{}/hello", self.base)).header("content-encoding", "gzip");
        answer(request.header("content-type", "application/json").body(body)).await
    }

    /// Pushes a run of `log`.
    pub async fn push(&self, log: &str, run: String) -> anyhow::Result<Answer> {
        let request = self.client.put(format!("{}/logs/{log}/runs", self.base));
        answer(request.header("content-type", RUN_MEDIA_TYPE).body(run)).await
    }

    /// Gets a path of another version, or of none.
    pub async fn get_elsewhere(&self, path: &str) -> anyhow::Result<Answer> {
        let server = self.base.strip_suffix("/hxp/v1").unwrap_or(&self.base);
        answer(self.client.get(format!("{server}{path}"))).await
    }

    /// Gets a path under `/hxp/v1`.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        answer(self.client.get(format!("{}{path}", self.base))).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> anyhow::Result<Answer> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let text = answer.text().await?;
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let problem = json["type"].as_str().and_then(|kind| kind.strip_prefix("urn:hxp:p:")).map(str::to_owned);
    Ok(Answer { status, problem, json, text })
}

/// TLS of one version, towards any server.
pub fn tls_of(version: &'static SupportedProtocolVersion, shown: Option<Shown>) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(TrustsAnybody(provider)));
    Ok(match shown {
        Some(shown) => builder.with_client_auth_cert(vec![shown.certificate], shown.key)?,
        None => builder.with_no_client_auth(),
    })
}

/// The client's trust is not the subject of these tests.
#[derive(Debug)]
struct TrustsAnybody(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustsAnybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
