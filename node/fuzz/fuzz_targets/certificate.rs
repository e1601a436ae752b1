//! A certificate, as a stranger shows it.
#![no_main]

use hotline_node::trust::certificate::NodeCertificate;

libfuzzer_sys::fuzz_target!(|der: &[u8]| {
    let _ = NodeCertificate::verify_proof(der, b"message", b"signature");
    if let Ok(certificate) = NodeCertificate::read(der) {
        assert!(certificate.not_before <= certificate.not_after);
    }
});
