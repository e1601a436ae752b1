//! Why a certificate is not one of the federation's authority.

use thiserror::Error;

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
    /// It, or what issued it, is on a list.
    #[error("the federation's authority has revoked the certificate")]
    Revoked,
    /// No list of an issuer.
    #[error("no revocation list of the certificate's issuer is there (authority.revocation_lists)")]
    ListMissing,
    /// A list that is needed is over.
    #[error("the revocation list of the certificate's issuer is beyond its date (authority.revocation_lists)")]
    ListStale,
    /// A list that is needed was not signed by who issued the certificate, or by a key that may not.
    #[error("the revocation list of the certificate's issuer does not hold (authority.revocation_lists)")]
    ListFaulty,
    /// What issued it may not issue.
    #[error("what issued the certificate may not sign certificates, or not so many steps from the root")]
    IssuerUnfit,
    /// What issued it may not issue for this.
    #[error("what issued the certificate may not issue for TLS clients and TLS servers")]
    Purpose,
    /// What issued it is over.
    #[error("the certificate of the authority that issued it has ended")]
    IssuerExpired,
    /// What issued it is not begun.
    #[error("the certificate of the authority that issued it is not yet valid")]
    IssuerNotYetValid,
    /// More certificates than a chain may have.
    #[error("more than six certificates came with it")]
    TooLong,
    /// Something else; in the words of the library.
    #[error("the certificate's chain does not hold ({0})")]
    Other(String),
}

impl From<webpki::Error> for AuthorityRefused {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error;
        match error {
            Error::UnknownIssuer => Self::UnknownIssuer,
            Error::InvalidSignatureForPublicKey => Self::Signature,
            Error::CertRevoked => Self::Revoked,
            Error::UnknownRevocationStatus => Self::ListMissing,
            Error::CrlExpired { .. } => Self::ListStale,
            Error::InvalidCrlSignatureForPublicKey | Error::IssuerNotCrlSigner => Self::ListFaulty,
            Error::EndEntityUsedAsCa | Error::PathLenConstraintViolated => Self::IssuerUnfit,
            Error::RequiredEkuNotFoundContext(_) => Self::Purpose,
            Error::CertExpired { .. } => Self::IssuerExpired,
            Error::CertNotValidYet { .. } => Self::IssuerNotYetValid,
            error => Self::Other(error.to_string()),
        }
    }
}
