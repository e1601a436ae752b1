//! The list of a node that serves, as another process on this machine asks for it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hotline_protocol::id::NodeId;
use reqwest::Client;
use serde::{Deserialize, Serialize};

use super::check::{Check, CheckName};

/// A node on this machine answers within this time, also where its database does not.
const ANSWER: Duration = Duration::from_secs(5);

/// The answer of the operations listener to `GET /checks`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Served {
    /// The node.
    pub node: NodeId,
    /// The program's version.
    pub version: String,
    /// Whether reports are taken, sealed and sent.
    pub ready: bool,
    /// The list.
    pub checks: Vec<Check>,
}

/// Asks the node that serves as `own` at its operations listener. `None` where nobody answers there, or another node.
pub async fn ask_serving(own: &NodeId, operations: SocketAddr) -> Option<Served> {
    // A listener on all addresses is asked at loopback.
    let here = match operations.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let client =
        Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(ANSWER).build().ok()?;
    let url = format!("http://{}/checks", SocketAddr::new(here, operations.port()));
    let served: Served = client.get(url).send().await.ok()?.json().await.ok()?;
    (served.node == *own).then_some(served)
}

/// Whether a node serves, as a check.
#[must_use]
pub fn serving(served: Option<&Served>) -> Check {
    let Some(served) = served else {
        return Check::ok(CheckName::Serve, "no node serves, or its operations listener does not answer");
    };
    let ready = if served.ready { "ready" } else { "not ready" };
    Check::ok(CheckName::Serve, format!("it runs, version {}, {ready}", served.version))
}
