//! One certificate in a file, as another hotline sends it: PEM or DER.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use thiserror::Error;

use super::pem::plain;

/// Why a file's content is not one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateFileRefused {
    /// None.
    #[error("it holds no certificate; a certificate in PEM or DER is needed")]
    Nothing,
    /// A chain, or several.
    #[error("it holds more than one certificate; give a file with the peer's own alone")]
    Several,
    /// It cannot be read.
    #[error("the PEM in it cannot be read; let the file be sent again")]
    Malformed,
}

/// The certificate (DER) in a file's content. Whether it can be used is not said by it.
pub fn one_certificate(content: &[u8]) -> Result<Vec<u8>, CertificateFileRefused> {
    const SEQUENCE: u8 = 0x30;
    let content = &*plain(content);
    let found: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(content)
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateFileRefused::Malformed)?;
    match (found.as_slice(), content.first()) {
        ([one], _) => Ok(one.to_vec()),
        ([], Some(&SEQUENCE)) => Ok(content.to_vec()),
        ([], _) => Err(CertificateFileRefused::Nothing),
        _ => Err(CertificateFileRefused::Several),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::handshake::test_certificate::TestCertificate;

    #[test]
    fn one_certificate_is_taken_in_pem_and_in_der_and_nothing_else_is() {
        let der = TestCertificate::of("de-example").der().to_vec();
        let base64 = data_encoding::BASE64.encode(&der);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        let broken = pem.replacen("-----END", "!-----END", 1);
        assert_eq!(one_certificate(&der).as_ref(), Ok(&der));
        assert_eq!(one_certificate(pem.as_bytes()).as_ref(), Ok(&der));
        for (content, refused) in [
            ("", CertificateFileRefused::Nothing),
            ("a letter", CertificateFileRefused::Nothing),
            (broken.as_str(), CertificateFileRefused::Malformed),
            (pem.repeat(2).as_str(), CertificateFileRefused::Several),
        ] {
            assert_eq!(one_certificate(content.as_bytes()), Err(refused), "{content}");
        }
    }
}
