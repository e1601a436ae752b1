//! Judges the other side's certificate inside the handshake. The signature that proves its key is the provider's part.

use std::sync::Arc;

use hotline_protocol::id::NodeId;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::authenticated_peer::AuthenticatedPeer;
use super::directory::PeerDirectory;
use super::refusal::PeerRefused;

/// Signature schemes of the accepted key types.
const SCHEMES: [SignatureScheme; 3] =
    [SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::ECDSA_NISTP384_SHA384, SignatureScheme::ED25519];

/// Lets through the peers that the directory knows at the time of the handshake.
#[derive(Debug)]
struct Judge {
    directory: Arc<PeerDirectory>,
    provider: Arc<CryptoProvider>,
}

impl Judge {
    fn authenticate(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> Result<AuthenticatedPeer, PeerRefused> {
        self.directory.authenticate(leaf, intermediates)
    }

    fn verify_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.provider.signature_verification_algorithms)
    }
}

fn refuse_tls12() -> Error {
    Error::General("nodes speak TLS 1.3 alone".to_owned())
}

/// For our listener: any peer that is not removed.
#[derive(Debug)]
pub(super) struct PeerAsClient(Judge);

impl PeerAsClient {
    pub(super) const fn new(directory: Arc<PeerDirectory>, provider: Arc<CryptoProvider>) -> Self {
        Self(Judge { directory, provider })
    }
}

impl ClientCertVerifier for PeerAsClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.0.authenticate(leaf, intermediates)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(refuse_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}

/// For our calls: the peer that was called, and no other. Its host name says nothing.
#[derive(Debug)]
pub(super) struct PeerAsServer {
    judge: Judge,
    called: NodeId,
}

impl PeerAsServer {
    pub(super) const fn new(called: NodeId, directory: Arc<PeerDirectory>, provider: Arc<CryptoProvider>) -> Self {
        Self { judge: Judge { directory, provider }, called }
    }
}

impl ServerCertVerifier for PeerAsServer {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _host: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let peer = self.judge.authenticate(leaf, intermediates)?;
        if *peer.id() != self.called {
            let (called, answered) = (self.called.clone(), peer.id().clone());
            return Err(PeerRefused::OtherPeer { called, answered }.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _leaf: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(refuse_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.to_vec()
    }
}
