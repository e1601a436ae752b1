//! The obstacles between this node and a peer, with advice: a sentence for each.

use hotline_protocol::problem::Problem;

use crate::exchange::{SendFault, Spoken, Way};
use crate::trust::AuthorityRefused;
use crate::trust::handshake::PeerRefused;

/// One, for a person.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Obstacle {
    /// The obstacle.
    pub(super) text: String,
    /// The advice.
    pub(super) advice: &'static str,
}

impl Obstacle {
    /// Built from the result of a call, and where that tells little, from how far a connection comes.
    pub(super) fn of(fault: &SendFault, way: Option<Way>) -> Self {
        match (fault, way) {
            (SendFault::Unreachable | SendFault::NoTls, Some(way)) => Self::of_way(way),
            (SendFault::Refused(refused @ PeerRefused::Certificate(_)), _) => Self {
                text: format!("a TLS server answers that is no node: {refused}"),
                advice: "what answered is no node, or its certificate was made by hand: ask whether a proxy between you ends \
                         TLS",
            },
            (fault, _) => Self { text: fault.to_string(), advice: advice(fault) },
        }
    }

    fn of_way(way: Way) -> Self {
        let (text, advice) = match way {
            Way::NoAddress => {
                ("the address in its card is no https URL with a host", "ask that hotline for its newest card")
            }
            Way::NameUnknown => (
                "the name in its address leads nowhere: this machine's name servers do not know it",
                "look at this machine's name servers; else ask that hotline whether its address has changed",
            ),
            Way::Refused => (
                "not reachable: nothing listens at its address",
                "ask whether its node serves; check the address in its card, and the firewalls between you",
            ),
            Way::NoAnswer => (
                "not reachable: nobody answers at its address",
                "check the firewalls between you, and the address in its card; ask whether its machine runs",
            ),
            Way::NoRoute => (
                "not reachable: no way leads from this machine to its address",
                "look at this machine's network, and at the address in its card; then at firewalls",
            ),
            Way::HungUp => (
                "something accepts the connection and ends it before it says anything",
                "a proxy may stand before its node, and the node behind it not serve or not take the proxy: ask that hotline \
                 what listens at its address",
            ),
            Way::Silent => (
                "something accepts the connection and says nothing",
                "another program listens there, or a proxy whose node does not answer: ask that hotline what listens at its \
                 address",
            ),
            Way::Plain(Spoken::Http) => (
                "a web server or a proxy answers in HTTP without TLS",
                "the address in its card leads to a plain port, or a proxy for HTTP stands before its node: that must pass \
                 connections through as they are (TCP)",
            ),
            Way::Plain(Spoken::Ssh) => {
                ("an SSH server answers", "the port in its card is another service's: ask that hotline")
            }
            Way::Plain(Spoken::Mail) => {
                ("a mail or file server answers", "the port in its card is another service's: ask that hotline")
            }
            Way::Plain(Spoken::Other) => (
                "what answers speaks no TLS",
                "the port in its card is another service's, or something between you answers: ask that hotline",
            ),
            Way::Tls => (
                "it takes the connection and TLS, and gives no answer",
                "try again; if that goes on, ask that hotline to look at its node's log",
            ),
        };
        Self { text: text.to_owned(), advice }
    }
}

const fn advice(fault: &SendFault) -> &'static str {
    match fault {
        SendFault::Unreachable => {
            "check the address in its card, the firewalls between you, and whether its node serves; if it accepts \
             connections and ends them at once, it does not know this node's certificate: give it your card"
        }
        SendFault::NoTls | SendFault::NoNode => {
            "the address in its card leads to a web server or another program, or a proxy ends TLS before its node: a proxy \
             must pass connections through as they are (TCP)"
        }
        SendFault::Refused(PeerRefused::Expired) => "its certificate has ended: that hotline must renew it",
        SendFault::Refused(PeerRefused::NotYetValid) => {
            "compare the clocks of both nodes; else that hotline must look at its certificate"
        }
        SendFault::Refused(PeerRefused::Authority(refused)) => of_authority(refused),
        SendFault::Refused(PeerRefused::CertificateUnknown(_)) => {
            "ask that hotline for its newest card: hotline-node peer add CARD_FILE"
        }
        SendFault::Refused(PeerRefused::PeerUnknown(_) | PeerRefused::OtherPeer { .. }) => {
            "another node answers at the address in its card: ask that hotline for its newest card"
        }
        SendFault::Refused(PeerRefused::Certificate(_)) => {
            "what answered is no node, or its certificate was made by hand: ask whether a proxy between you ends TLS"
        }
        SendFault::Handshake => {
            "it does not know this node's certificate: give that hotline your card (hotline-node identity card); where the \
             federation has an authority, that may not answer for it: hotline-node doctor"
        }
        SendFault::OwnCertificateOver => {
            "look at the end of your certificate (hotline-node identity show), and compare the clocks of both nodes"
        }
        SendFault::Problem { problem: Some(Problem::Suspended), .. } => "it has suspended this node; call that hotline",
        SendFault::Problem { problem: Some(Problem::CloneSuspected), .. } => {
            "it has heard from a later start of this node, so a copy runs, or ran, elsewhere: stop every copy and remove its \
             folder, then start this node again"
        }
        SendFault::Problem { .. } | SendFault::Malformed | SendFault::HelloNotTaken(_) => {
            "compare the versions of both nodes"
        }
        SendFault::CopyDiffers => {
            "where it is proven that somebody else has signed for this node, an alert says so (hotline-node alert list); else \
             it is that hotline's word alone: call it"
        }
        SendFault::NotMade => "the address in its card is no https URL; ask for a new card",
    }
}

/// The remedy for the authority's objection to a peer's certificate: at the peer, or in this node's own files.
const fn of_authority(refused: &AuthorityRefused) -> &'static str {
    match refused {
        AuthorityRefused::ListMissing { .. } | AuthorityRefused::ListStale { .. } | AuthorityRefused::ListFaulty => {
            "fetch the authority's newest revocation lists (authority.revocation_lists): hotline-node doctor"
        }
        AuthorityRefused::Revoked => {
            "call that hotline: where its key was not stolen, it needs a new certificate of the authority over a new key"
        }
        AuthorityRefused::IssuerExpired | AuthorityRefused::IssuerNotYetValid => {
            "ask the authority for its new certificate, and name it in authority.certificates; compare the clocks"
        }
        _ => {
            "that hotline must show a certificate of the federation's authority, with those of its issuers behind it \
             (hotline-node doctor, there); look whether authority.certificates holds the authority's present root"
        }
    }
}
