//! Certificates: reading one, its content for people, when it counts and when it ends.

mod certificate_facts;
mod certificate_file;
mod expiry;
mod node_certificate;
mod pem;
mod validity;

pub use certificate_facts::CertificateFacts;
pub use certificate_file::{CertificateFileRefused, one_certificate};
pub use expiry::{Expiry, days_left, ending_certificates, says_days_left};
pub use node_certificate::{CertificateRefused, NodeCertificate};
pub(crate) use pem::{is_authority, own_first, plain, without_mark};
pub use validity::{Timeliness, VALIDITY_TOLERANCE_SECONDS, Validity};
