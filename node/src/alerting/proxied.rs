//! A way to a mail server through a proxy: a port on this machine, open while mail is sent, that leads to that server
//! and nowhere else. The connection over it is TLS from end to end; the proxy sees the server's name.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use data_encoding::BASE64;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::not_taken::NotTaken;
use crate::config::value::{ProxyKind, ProxyUrl};

/// A proxy must have made the way within this time.
const PROXY_TIMEOUT: Duration = Duration::from_secs(15);
/// A proxy's answer to CONNECT is short.
const ANSWER_LIMIT: usize = 8 * 1024;

/// The way.
pub(super) struct ProxiedWay<'a> {
    proxy: &'a ProxyUrl,
    host: &'a str,
    port: u16,
    listener: TcpListener,
    address: SocketAddr,
    failed: AtomicBool,
}

impl<'a> ProxiedWay<'a> {
    pub(super) async fn open(proxy: &'a ProxyUrl, host: &'a str, port: u16) -> Result<Self, NotTaken> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|_| NotTaken::Unreachable)?;
        let address = listener.local_addr().map_err(|_| NotTaken::Unreachable)?;
        Ok(Self { proxy, host, port, listener, address, failed: AtomicBool::new(false) })
    }

    /// Where it begins.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The proxy's fault, where it was one.
    pub(super) fn fault(&self) -> Option<NotTaken> {
        self.failed.load(Ordering::SeqCst).then_some(NotTaken::Proxy)
    }

    /// Leads every connection to the server; never ends by itself.
    pub(super) async fn serve(&self) {
        let mut led = FuturesUnordered::new();
        loop {
            tokio::select! {
                came = self.listener.accept() => if let Ok((stream, _)) = came {
                    led.push(self.lead(stream));
                },
                Some(()) = led.next() => {}
            }
        }
    }

    async fn lead(&self, mut here: TcpStream) {
        match tokio::time::timeout(PROXY_TIMEOUT, self.through()).await {
            Ok(Some(mut there)) => {
                // A hang-up ends it.
                let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
            }
            _ => self.failed.store(true, Ordering::SeqCst),
        }
    }

    async fn through(&self) -> Option<TcpStream> {
        let (host, port) = self.proxy.place();
        let mut stream = TcpStream::connect((host.as_str(), port)).await.ok()?;
        let made = match self.proxy.kind() {
            ProxyKind::Http => self.connect(&mut stream).await,
            ProxyKind::Socks5 => self.socks(&mut stream).await,
        };
        made.map(|()| stream)
    }

    /// RFC 9110, section 9.3.6.
    async fn connect(&self, stream: &mut TcpStream) -> Option<()> {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_owned() };
        let place = format!("{host}:{}", self.port);
        let login = self.proxy.login().map(|(user, password)| {
            format!("Proxy-Authorization: Basic {}\r\n", BASE64.encode(format!("{user}:{password}").as_bytes()))
        });
        let request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{}\r\n", login.unwrap_or_default());
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        // Read byte by byte: bytes after the answer are the server's.
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.ok()?);
            if answer.len() > ANSWER_LIMIT {
                return None;
            }
        }
        let status = answer.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5))?;
        (status.first() == Some(&b'2')).then_some(())
    }

    /// RFC 1928, RFC 1929. The proxy resolves the name.
    async fn socks(&self, stream: &mut TcpStream) -> Option<()> {
        let login = self.proxy.login();
        let method = if login.is_some() { 2 } else { 0 };
        stream.write_all(&[5, 1, method]).await.ok()?;
        let mut chosen = [0; 2];
        stream.read_exact(&mut chosen).await.ok()?;
        if chosen != [5, method] {
            return None;
        }
        if let Some((user, password)) = login {
            let mut request = vec![1];
            for part in [user, password] {
                request.push(u8::try_from(part.len()).ok()?);
                request.extend(part.as_bytes());
            }
            stream.write_all(&request).await.ok()?;
            let mut taken = [0; 2];
            stream.read_exact(&mut taken).await.ok()?;
            if taken[1] != 0 {
                return None;
            }
        }
        let mut request = vec![5, 1, 0, 3, u8::try_from(self.host.len()).ok()?];
        request.extend(self.host.as_bytes());
        request.extend(self.port.to_be_bytes());
        stream.write_all(&request).await.ok()?;
        let mut head = [0; 4];
        stream.read_exact(&mut head).await.ok()?;
        let address = match (head[1], head[3]) {
            (0, 1) => 4,
            (0, 4) => 16,
            (0, 3) => usize::from(stream.read_u8().await.ok()?),
            _ => return None,
        };
        let mut rest = vec![0; address + 2];
        stream.read_exact(&mut rest).await.ok()?;
        Some(())
    }
}
