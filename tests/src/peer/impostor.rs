//! Somebody with hand-made answers at a peer's address, under any certificate and in any words.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::outsider::Shown;

/// Longest request that is read.
const REQUEST_LIMIT: usize = 1024 * 1024;

/// A listener at a peer's address.
pub struct Impostor {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Impostor {
    /// Listens, speaks TLS 1.3, and shows this to everybody.
    pub async fn at(address: SocketAddr, shown: Shown) -> anyhow::Result<Self> {
        Self::with_version(address, shown, &rustls::version::TLS13).await
    }

    /// As [`Impostor::at`], in one version of TLS.
    pub async fn with_version(
        address: SocketAddr,
        shown: Shown,
        version: &'static SupportedProtocolVersion,
    ) -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])?
            .with_no_client_auth()
            .with_single_cert(vec![shown.certificate], shown.key)?;
        Ok(Self { listener: TcpListener::bind(address).await?, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Takes the next call, as far as its handshake.
    pub async fn accept(&self) -> anyhow::Result<TlsStream<TcpStream>> {
        let (stream, _) = self.listener.accept().await?;
        Ok(self.acceptor.accept(stream).await?)
    }

    /// Takes the next call, reads its request, and gives this JSON with this status line.
    pub async fn answer(&self, status: &str, json: String) -> anyhow::Result<()> {
        let mut call = self.accept().await?;
        read_request(&mut call).await?;
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", json.len());
        call.write_all(format!("{head}connection: close\r\n\r\n{json}").as_bytes()).await?;
        call.shutdown().await?;
        // Until the caller has read it and hangs up.
        let _ = call.read_to_end(&mut Vec::new()).await;
        Ok(())
    }
}

/// Reads a request whole, so that nothing of it is left when the answer is given.
async fn read_request(call: &mut TlsStream<TcpStream>) -> anyhow::Result<()> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap_or("0");
            if body.len() >= length.trim().parse()? {
                return Ok(());
            }
        }
        let read = call.read_buf(&mut request).await?;
        anyhow::ensure!(read > 0 && request.len() < REQUEST_LIMIT, "the request is not whole");
    }
}

/// A web server's certificate, as a proxy that ends TLS shows it: made for a name in the DNS.
pub fn web_certificate() -> anyhow::Result<Shown> {
    let made = rcgen::generate_simple_self_signed(["proxy.example".to_owned()]).context("rcgen signs")?;
    let key = made.signing_key.serialize_der().try_into().map_err(anyhow::Error::msg)?;
    Ok(Shown { certificate: made.cert.der().clone(), key })
}
