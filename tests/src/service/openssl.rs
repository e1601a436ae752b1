//! OpenSSL's client, the program that operators use to look at TLS: not our code on either side of its judgement.

use std::net::SocketAddr;
use std::path::Path;

use hotline_protocol::bytes::Hash;
use tokio::process::Command;

use crate::node::cli::{done, run};

/// The result of a call.
#[derive(Debug)]
pub struct Call {
    /// The node's answer in the connection; empty where it was refused.
    pub answer: String,
    /// The client's messages about TLS.
    pub said: String,
}

/// Calls a node with TLS 1.3 and the certificate and key of another node's folder, and sends one request.
pub async fn call_as(folder: &Path, address: SocketAddr) -> anyhow::Result<Call> {
    let keys = folder.join("keys");
    call(&keys.join("exchange.crt.pem"), &keys.join("exchange.pem"), address).await
}

/// As [`call_as`], with the files that [`make_certificate`] has put into this folder.
pub async fn call_with(folder: &Path, address: SocketAddr) -> anyhow::Result<Call> {
    call(&folder.join("certificate.pem"), &folder.join("key.pem"), address).await
}

/// Makes a certificate of `node` for a new key of this type, such as `ec:prime256v1`, `rsa:1024` or `ed25519`: right but
/// for its key, where that is wrong.
pub async fn make_certificate(folder: &Path, node: &str, algorithm: &str) -> anyhow::Result<()> {
    let mut request = Command::new("openssl");
    request.args(["req", "-x509", "-nodes", "-days", "30", "-subj", &format!("/CN={node}")]);
    match algorithm.split_once(':') {
        Some(("ec", curve)) => request.args(["-newkey", "ec", "-pkeyopt", &format!("ec_paramgen_curve:{curve}")]),
        _ => request.args(["-newkey", algorithm]),
    };
    let name = format!("subjectAltName=URI:hxp://{node}");
    let usages = "extendedKeyUsage=serverAuth,clientAuth";
    for extension in [&name, "keyUsage=digitalSignature", usages, "basicConstraints=critical,CA:FALSE"] {
        request.args(["-addext", extension]);
    }
    request.arg("-keyout").arg(folder.join("key.pem")).arg("-out").arg(folder.join("certificate.pem"));
    done(&run(&mut request, None).await?)
}

/// Asks for a certificate of `node`, as a node does: the request in PEM.
pub async fn make_request(folder: &Path, node: &str) -> anyhow::Result<String> {
    let mut request = Command::new("openssl");
    request.args(["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    request.args(["-subj", &format!("/C=FR/O=Example hotline/CN={node}")]);
    let name = format!("subjectAltName=URI:hxp://{node}");
    for extension in [&name, "keyUsage=digitalSignature", "extendedKeyUsage=serverAuth,clientAuth"] {
        request.args(["-addext", extension]);
    }
    let output = run(request.arg("-keyout").arg(folder.join("key.pem")), None).await?;
    done(&output)?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns the subject of a request (PEM) in the old form, as OpenSSL writes it.
pub async fn subject_of(request: &str) -> anyhow::Result<String> {
    let output = run(Command::new("openssl").args(["req", "-noout", "-subject"]), Some(request)).await?;
    done(&output)?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// SHA-256 of the public key of the certificate that [`make_certificate`] has put into this folder, in hexadecimal digits.
pub async fn tls_fingerprint(folder: &Path) -> anyhow::Result<String> {
    let mut reader = Command::new("openssl");
    reader.args(["pkey", "-pubout", "-outform", "DER"]).arg("-in").arg(folder.join("key.pem"));
    let output = run(&mut reader, None).await?;
    done(&output)?;
    Ok(Hash::of(&[&output.stdout]).to_string())
}

async fn call(certificate: &Path, key: &Path, address: SocketAddr) -> anyhow::Result<Call> {
    let mut client = Command::new("openssl");
    client.args(["s_client", "-tls1_3", "-quiet", "-ign_eof", "-connect", &address.to_string()]);
    // A weak key is the node's to refuse, not this client's.
    client.args(["-cipher", "DEFAULT:@SECLEVEL=0"]);
    client.arg("-cert").arg(certificate).arg("-key").arg(key);
    let request = "GET /hxp/v1/no-such-path HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let output = run(&mut client, Some(request)).await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Call { answer: text(&output.stdout), said: text(&output.stderr) })
}
