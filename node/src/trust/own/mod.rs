//! This node's side of a connection: its key files, its certificates, and those of its listeners for people.

mod csr;
mod exchange_file;
mod identity;
mod identity_error;
mod key_file;
mod own_keys;
mod presented;
mod self_signed;
mod web_certificate;
mod web_certificates;

pub use csr::{IssuedRefused, forget_request, keep_issued, read_issued, request_certificate};
pub use identity::Identity;
pub use identity_error::IdentityError;
pub use key_file::{KeyFileError, make_key_files};
pub use own_keys::{
    NewKey, OwnSigningKeys, credential_named, install_certificate, install_signing_key, keep_present_exchange,
    keep_present_signing, make_certificate, make_signing_key, remove_certificate_file, remove_signing_file,
    settle_certificate, settle_signing_key, signing_key_named,
};
pub use presented::ShownCertificate;
pub(crate) use presented::ShownToPeer;
#[cfg(test)]
pub(crate) use self_signed::{exchange_parameters, issue_exchange, set_validity};
pub use web_certificate::{WebCertificate, WebCertificateRefused, WebCertificateWarning};
pub use web_certificates::WebCertificates;
