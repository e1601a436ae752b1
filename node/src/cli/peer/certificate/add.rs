//! `peer certificate add`: one more certificate of a peer, after its fingerprint was compared over the telephone.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::AddArgs;
use super::view::CertificateView;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, tell};
use crate::cli::console::{acting_user, check_remark};
use crate::cli::open::open;
use crate::trust::certificate::one_certificate;
use crate::trust::peer::{Pinned, add_certificate, peer_certificates};

/// The longest certificate in PEM, with remarks around it.
const FILE_LIMIT: u64 = 64 * 1024;

pub(super) async fn run(args: AddArgs, globals: &Globals) -> Result<(), CliError> {
    let reason = args.reason.unwrap_or_default();
    check_remark("--reason", &reason)?;
    let (_, context) = open(&globals.config).await?;
    let der = read_certificate(&args.file)?;
    let write = context.database.write("add_certificate").await?;
    let pinned = add_certificate(&context, &write, &args.id, der, &args.fingerprint).await?;
    if pinned == Pinned::New {
        let what = format!("{} {} {reason}", args.id, args.fingerprint).trim_end().to_owned();
        let who = acting_user();
        let act = Act { who: &who, act: "add_certificate", what, origin: ActOrigin::Cli };
        record_act(&write, &context.clock, act).await?;
    }
    write.commit().await?;
    tell(match pinned {
        Pinned::New => "The certificate counts from now on, beside the peer's others.",
        Pinned::Unchanged => "This very certificate was pinned; nothing changed.",
    });
    let all = peer_certificates(context.database.read(), &args.id).await?;
    let now = context.clock.unix_seconds();
    let added = all.iter().find(|certificate| certificate.pin == args.fingerprint);
    let view = added.map(|certificate| CertificateView::of(certificate, now));
    show(globals, &view, |view| view.as_ref().map(CertificateView::for_people).unwrap_or_default())
}

fn read_certificate(path: &Path) -> Result<Vec<u8>, CliError> {
    let is_stdin = path == Path::new("-");
    let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let read = if is_stdin { read_bounded(io::stdin().lock()) } else { fs::File::open(path).and_then(read_bounded) };
    let content = read.map_err(|cause| CliError::file(&name, cause))?;
    if content.len() as u64 > FILE_LIMIT {
        return Err(CliError::refused(format!("{name}: it is over 64 KiB; give a file with one certificate")));
    }
    one_certificate(&content).map_err(|refused| CliError::refused(format!("{name}: {refused}")))
}

/// One byte more than the limit shows that there is more.
fn read_bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    source.take(FILE_LIMIT + 1).read_to_end(&mut content)?;
    Ok(content)
}
