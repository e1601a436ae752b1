//! `[office]`, `[public]`, `[operations]`: the listeners that are not for peers.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::section_reader::Section;
use crate::config::value::{Origin, OwnUrl, Proxies};

/// Where staff and partners work, over TLS with the certificate in the keys' folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfficeSection {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that stands in one-time links; https with `listen` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<OwnUrl>,
    /// TCP proxies before it that name the caller behind them (PROXY protocol).
    pub proxies: Proxies,
    /// Connections of everybody together.
    pub connections: u32,
    /// Connections of one address.
    pub connections_per_address: u32,
    /// Time without a request until a connection is ended.
    pub idle_seconds: u32,
}

impl Default for OfficeSection {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 7444).into(),
            url: None,
            proxies: Proxies::default(),
            connections: 256,
            connections_per_address: 64,
            idle_seconds: 120,
        }
    }
}

impl Section for OfficeSection {
    const NAME: &'static str = "office";
}

/// The reporting form and its API: over TLS with the files named here, or plain behind a proxy on loopback.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicSection {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The certificate's chain, PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// The certificate's private key, PEM, 0600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// TCP proxies before it that name the caller behind them (PROXY protocol).
    pub proxies: Proxies,
    /// Requests a minute of one address: so many that only read, and as many others.
    pub requests_per_minute_per_address: u32,
    /// Was the limit for everybody together; it is read, and means nothing any more.
    #[serde(skip_serializing)]
    pub requests_per_minute: Option<u32>,
    /// Connections of everybody together.
    pub connections: u32,
    /// Connections of one address.
    pub connections_per_address: u32,
    /// Time without a request until a connection is ended.
    pub idle_seconds: u32,
    /// Websites with pages that may call from a browser.
    pub allowed_origins: Vec<Origin>,
    /// Time that a request's head may take, and its body again.
    pub request_timeout_seconds: u32,
}

impl Default for PublicSection {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 7445).into(),
            certificate_file: None,
            key_file: None,
            proxies: Proxies::default(),
            requests_per_minute_per_address: 60,
            requests_per_minute: None,
            connections: 1_024,
            connections_per_address: 32,
            idle_seconds: 60,
            allowed_origins: Vec::new(),
            request_timeout_seconds: 10,
        }
    }
}

impl Section for PublicSection {
    const NAME: &'static str = "public";
}

/// Health and metrics, plain HTTP.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsSection {
    /// Where it listens.
    pub listen: SocketAddr,
}

impl Default for OperationsSection {
    fn default() -> Self {
        Self { listen: (Ipv4Addr::LOCALHOST, 7446).into() }
    }
}

impl Section for OperationsSection {
    const NAME: &'static str = "operations";
}
