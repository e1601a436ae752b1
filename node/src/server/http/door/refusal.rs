//! Why a connection comes to nothing before its first request.

use std::io;

use thiserror::Error;

use super::proxy_header::ProxyHeaderRefused;
use crate::trust::handshake::{PeerRefused, refusal};

/// Why. Each is a sentence for the log; its kind is a label of a metric.
#[derive(Debug, Error)]
pub(in crate::server) enum Refusal {
    /// Every place of its address was taken, or the place went to another.
    #[error("its address holds as many unfinished handshakes as it may (unfinished_handshakes_per_address)")]
    TooMany,
    /// The listener has as many connections as it may, or its holder, and all are at work.
    #[error("there are as many connections as there may be, and all are at work (connections, connections_per_…)")]
    NoPlace,
    /// It took longer than it may.
    #[error("it took longer than it may, or said nothing")]
    Late,
    /// It was closed, or broke.
    #[error("the other side closed it")]
    Closed,
    /// A named proxy does not name its client.
    #[error("a proxy that is named in the configuration did not say for whom it calls: {0}")]
    Header(#[from] ProxyHeaderRefused),
    /// A PROXY header from an address that is no named proxy.
    #[error("a PROXY header came from an address that is not named under proxies in the configuration")]
    HeaderOfStranger,
    /// The client does not speak TLS.
    #[error("what came is no TLS")]
    NoTls,
    /// Its certificate is refused.
    #[error("{0}")]
    Certificate(PeerRefused),
    /// Something else in TLS.
    #[error("{0}")]
    Tls(rustls::Error),
}

impl Refusal {
    /// Of a handshake that failed.
    pub(super) fn of_tls(error: &io::Error) -> Self {
        if let Some(refused) = refusal(error) {
            return Self::Certificate(refused.clone());
        }
        match error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidMessage(_)) => Self::NoTls,
            Some(error) => Self::Tls(error.clone()),
            None => Self::Closed,
        }
    }

    /// The metric's label.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::NoPlace => "no_place",
            Self::Late => "late",
            Self::Closed => "closed",
            Self::Header(_) => "proxy_header_missing",
            Self::HeaderOfStranger => "proxy_header_refused",
            Self::NoTls => "no_tls",
            Self::Certificate(_) => "certificate",
            Self::Tls(_) => "tls",
        }
    }

    /// Every kind, for a metric that is there before its first event.
    pub(super) const KINDS: [&'static str; 9] = [
        "too_many",
        "no_place",
        "late",
        "closed",
        "proxy_header_missing",
        "proxy_header_refused",
        "no_tls",
        "certificate",
        "tls",
    ];

    /// Whether the operator has something to mend, or is kept from his peers.
    pub(super) const fn is_warning(&self) -> bool {
        matches!(self, Self::TooMany | Self::NoPlace | Self::Header(_) | Self::HeaderOfStranger)
    }
}
