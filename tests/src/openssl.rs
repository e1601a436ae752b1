//! OpenSSL's client, the program that operators use to look at TLS: not our code on either side of its judgement.

use std::net::SocketAddr;
use std::path::Path;

use tokio::process::Command;

use crate::cli::run;

/// What came of a call.
#[derive(Debug)]
pub struct Call {
    /// What the node answered in the connection; empty where it was refused.
    pub answer: String,
    /// What the client says of TLS.
    pub said: String,
}

/// Calls a node with TLS 1.3 and the certificate and key of another node's folder, and sends one request.
pub async fn call_as(folder: &Path, address: SocketAddr) -> anyhow::Result<Call> {
    let keys = folder.join("keys");
    let mut client = Command::new("openssl");
    client.args(["s_client", "-tls1_3", "-quiet", "-ign_eof", "-connect", &address.to_string()]);
    client.arg("-cert").arg(keys.join("exchange.crt.pem")).arg("-key").arg(keys.join("exchange.pem"));
    let request = "GET /hxp/v1/no-such-path HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let output = run(&mut client, Some(request)).await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Call { answer: text(&output.stdout), said: text(&output.stderr) })
}
