//! A certificate that the federation's authority has issued, as a file that an operator gives.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use rustls_pki_types::CertificateDer;

use crate::cli::console::exit::CliError;
use crate::trust::Authority;
use crate::trust::own::read_issued;

/// Longest file of a certificate and its issuers; a cut one is refused.
const FILE_LIMIT: u64 = 64 * 1024;

/// The chain in the file; `None` where none is given and the node makes its own certificate. Refused where no peer would
/// take that: there is an authority.
pub(in crate::cli) fn issued_chain(
    file: Option<&Path>,
    authority: Option<&Authority>,
) -> Result<Option<Vec<CertificateDer<'static>>>, CliError> {
    match file {
        Some(file) => read_file(file).map(Some),
        None if authority.is_some() => Err(CliError::refused(
            "peers take a certificate from the federation's authority alone; ask it for one (hotline-node identity \
             certificate-request; after a theft with --new-key), and give what it issues with --certificate FILE",
        )),
        None => Ok(None),
    }
}

fn read_file(file: &Path) -> Result<Vec<CertificateDer<'static>>, CliError> {
    let failed = |cause| CliError::file(file.display(), cause);
    let mut content = Vec::new();
    fs::File::open(file).and_then(|file| file.take(FILE_LIMIT).read_to_end(&mut content)).map_err(failed)?;
    read_issued(&content).map_err(|refused| CliError::refused(format!("{}: {refused}", file.display())))
}
