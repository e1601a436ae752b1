//! Why a certificate is not one of the federation's authority.

use thiserror::Error;

use crate::trust::certificate::CertificateRefused;

/// Why the authority does not answer for a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthorityRefused {
    /// No way leads to a root.
    #[error(
        "the certificate is not from the federation's authority, or the certificates between it and the root are missing"
    )]
    UnknownIssuer,
    /// A signature on the way.
    #[error("the certificate is not from the federation's authority: a signature in its chain does not hold")]
    Signature,
    /// It, or one of its issuers, is on a list.
    #[error("the federation's authority has revoked the certificate")]
    Revoked,
    /// No list of an issuer.
    #[error("no revocation list of {issuer} is there (authority.revocation_lists)")]
    ListMissing {
        /// The issuer that should have made it.
        issuer: String,
    },
    /// The lists of an issuer are about other certificates of it.
    #[error(
        "the revocation lists of {issuer} that are there are about others of its certificates (authority.revocation_lists)"
    )]
    ListPartial {
        /// Their issuer.
        issuer: String,
    },
    /// A list that is needed is over.
    #[error("the revocation list of {issuer} is beyond its date (authority.revocation_lists)")]
    ListStale {
        /// Its issuer.
        issuer: String,
    },
    /// A list that is needed was not signed by the certificate's issuer, or by a key that may not.
    #[error("the revocation list of the certificate's issuer does not hold (authority.revocation_lists)")]
    ListFaulty,
    /// Its issuer may not issue.
    #[error("what issued the certificate may not sign certificates, or not so many steps from the root")]
    IssuerUnfit,
    /// Its issuer may not issue for this.
    #[error("what issued the certificate may not issue for TLS clients and TLS servers")]
    Purpose,
    /// Its issuer's certificate is over.
    #[error("the certificate of the authority that issued it has ended")]
    IssuerExpired,
    /// Its issuer's certificate is not begun.
    #[error("the certificate of the authority that issued it is not yet valid")]
    IssuerNotYetValid,
    /// More certificates than a chain may have.
    #[error("more than six certificates came with it")]
    TooLong,
    /// An algorithm that nobody here can judge.
    #[error(
        "a certificate in its chain, or a revocation list, is signed in a way that is not taken (ECDSA, RSA of 2048 bits or \
         more with SHA-256 or more, and Ed25519 are)"
    )]
    Algorithm,
    /// An extension that must be understood, and is not.
    #[error("a certificate in its chain demands what this node does not know (a critical extension)")]
    Critical,
    /// Bytes that are no certificate.
    #[error("a certificate in its chain cannot be read, or breaks the rules for certificates")]
    Encoding,
    /// So many certificates, or ways between them, that no search ends in time.
    #[error("its chain is too long, or leads too many ways")]
    TooManyWays,
    /// The certificate itself has not the form of a node's.
    #[error(transparent)]
    Form(#[from] CertificateRefused),
}

impl AuthorityRefused {
    /// Returns advice for the holder that shows the certificate as its own.
    #[must_use]
    pub const fn advice_for_own(&self) -> &'static str {
        match self {
            Self::UnknownIssuer | Self::Signature | Self::TooLong | Self::TooManyWays | Self::Encoding => {
                "ask the authority for the certificate with those between it and the root, in one file, and take it into use \
                 (hotline-node identity rotate-certificate --certificate FILE); look whether authority.certificates holds its \
                 present root"
            }
            Self::Revoked => {
                "ask the authority why; then ask it for another one over a new key (hotline-node identity certificate-request \
                 --new-key), and take that into use (hotline-node identity rotate-certificate --certificate FILE)"
            }
            Self::ListMissing { .. } => {
                "fetch that list, and name it; where that certificate's holder makes none, authority.revocation = \"leaf\" asks \
                 for the lists of those alone that issue to nodes"
            }
            Self::ListPartial { .. } => "ask the authority for a list of all its certificates, and name it",
            Self::ListStale { .. } | Self::ListFaulty => {
                "fetch the authority's newest lists, of each of its certificates, and look at what fetches them"
            }
            Self::IssuerUnfit | Self::Purpose | Self::Algorithm | Self::Critical => {
                "the authority must issue it from a certificate that may sign for TLS clients and servers, by a way that is \
                 taken"
            }
            Self::IssuerExpired | Self::IssuerNotYetValid => {
                "ask the authority for its new certificate, name it in authority.certificates, and compare the clocks"
            }
            Self::Form(_) => "ask the authority for another one, with all that the request has",
        }
    }
}

impl From<webpki::Error> for AuthorityRefused {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error;
        let unnamed = || "its issuer".to_owned();
        match error {
            Error::UnknownIssuer => Self::UnknownIssuer,
            Error::InvalidSignatureForPublicKey => Self::Signature,
            Error::CertRevoked => Self::Revoked,
            Error::UnknownRevocationStatus => Self::ListMissing { issuer: unnamed() },
            Error::CrlExpired { .. } => Self::ListStale { issuer: unnamed() },
            Error::InvalidCrlSignatureForPublicKey | Error::IssuerNotCrlSigner => Self::ListFaulty,
            Error::EndEntityUsedAsCa | Error::PathLenConstraintViolated | Error::NameConstraintViolation => {
                Self::IssuerUnfit
            }
            Error::RequiredEkuNotFoundContext(_) => Self::Purpose,
            Error::CertExpired { .. } => Self::IssuerExpired,
            Error::CertNotValidYet { .. } => Self::IssuerNotYetValid,
            Error::UnsupportedSignatureAlgorithmContext(_)
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
            | Error::UnsupportedCrlSignatureAlgorithmContext(_)
            | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => Self::Algorithm,
            Error::UnsupportedCriticalExtension => Self::Critical,
            Error::MaximumPathBuildCallsExceeded
            | Error::MaximumPathDepthExceeded
            | Error::MaximumSignatureChecksExceeded
            | Error::MaximumNameConstraintComparisonsExceeded => Self::TooManyWays,
            _ => Self::Encoding,
        }
    }
}
