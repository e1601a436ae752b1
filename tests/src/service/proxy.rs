//! A proxy on loopback that wants a login and notes where it led: HTTP with CONNECT and whole URLs, or SOCKS 5. Gone when
//! dropped.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail, ensure};
use data_encoding::BASE64;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The only user.
const USER: &str = "ada";
/// The user's password.
const PASSWORD: &str = "canary-password";

/// How it is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP.
    Http,
    /// SOCKS 5.
    Socks5,
}

/// A running proxy.
pub struct Proxy {
    kind: ProxyKind,
    address: SocketAddr,
    led: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

impl Proxy {
    /// Starts one.
    pub async fn start(kind: ProxyKind) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let led: Arc<Mutex<Vec<String>>> = Arc::default();
        let mut serving = JoinSet::new();
        let noted = Arc::clone(&led);
        serving.spawn(async move {
            let mut calls = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let noted = Arc::clone(&noted);
                calls.spawn(async move {
                    let result = match kind {
                        ProxyKind::Http => http(stream, &noted).await,
                        ProxyKind::Socks5 => socks(stream, &noted).await,
                    };
                    // The proxy hangs up on a refused client: the test sees it.
                    drop(result);
                });
            }
        });
        Ok(Self { kind, address, led, _serving: serving })
    }

    /// As `alerts.proxy` takes it.
    #[must_use]
    pub fn url(&self, user: &str, password: &str) -> String {
        let scheme = if self.kind == ProxyKind::Http { "http" } else { "socks5" };
        format!("{scheme}://{user}:{password}@{}", self.address)
    }

    /// Where it led, host and port, in order.
    #[must_use]
    pub fn led(&self) -> Vec<String> {
        self.led.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn note(led: &Mutex<Vec<String>>, place: &str) {
    led.lock().unwrap_or_else(PoisonError::into_inner).push(place.to_owned());
}

async fn http(mut here: TcpStream, led: &Mutex<Vec<String>>) -> anyhow::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(here.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let login = format!("basic {}", BASE64.encode(format!("{USER}:{PASSWORD}").as_bytes()).to_lowercase());
    if !head.to_lowercase().contains(&format!("proxy-authorization: {login}")) {
        here.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await?;
        bail!("a wrong login");
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().context("a method")?, words.next().context("a target")?);
    let place = target.strip_prefix("http://").unwrap_or(target).split('/').next().context("a place")?;
    let mut there = TcpStream::connect(place).await?;
    note(led, place);
    if method == "CONNECT" {
        here.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    } else {
        there.write_all(head.replacen(&format!("http://{place}"), "", 1).as_bytes()).await?;
    }
    tokio::io::copy_bidirectional(&mut here, &mut there).await?;
    Ok(())
}

async fn socks(mut here: TcpStream, led: &Mutex<Vec<String>>) -> anyhow::Result<()> {
    let mut head = [0; 2];
    here.read_exact(&mut head).await?;
    let mut methods = vec![0; usize::from(head[1])];
    here.read_exact(&mut methods).await?;
    ensure!(head[0] == 5 && methods.contains(&2), "it wants a login");
    here.write_all(&[5, 2]).await?;
    ensure!(here.read_u8().await? == 1, "a login");
    let user = counted(&mut here).await?;
    let password = counted(&mut here).await?;
    let is_right = user == USER.as_bytes() && password == PASSWORD.as_bytes();
    here.write_all(&[1, u8::from(!is_right)]).await?;
    ensure!(is_right, "a wrong login");
    let mut request = [0; 4];
    here.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => here.read_u32().await.map(std::net::Ipv4Addr::from)?.to_string(),
        3 => String::from_utf8(counted(&mut here).await?)?,
        kind => bail!("an address of kind {kind}"),
    };
    let place = format!("{host}:{}", here.read_u16().await?);
    let mut there = TcpStream::connect(&place).await?;
    note(led, &place);
    here.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    tokio::io::copy_bidirectional(&mut here, &mut there).await?;
    Ok(())
}

/// Bytes behind their number.
async fn counted(stream: &mut TcpStream) -> anyhow::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}
