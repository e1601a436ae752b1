//! `peer certificate revoke`: for good.

use super::RevokeArgs;
use super::view::CertificateView;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, tell};
use crate::cli::console::{acting_user, check_remark};
use crate::cli::open::open;
use crate::context::Context;
use crate::trust::peer::{StoredCertificate, another_counts, find_certificate, peer_certificates, revoke_certificate};

pub(super) async fn run(args: RevokeArgs, globals: &Globals) -> Result<(), CliError> {
    let reason = args.reason.unwrap_or_default();
    check_remark("--reason", &reason)?;
    let (_, context) = open(&globals.config).await?;
    // Look the certificate up before the question: nobody is asked about a missing one, and nobody waits for the
    // answer.
    let certificate = find_certificate(context.database.read(), &args.one.id, &args.one.fingerprint).await?;
    let consequence = consequence(&context, &certificate).await?;
    args.confirmation.ask(&format!(
        "The certificate {} of {} will be revoked for good. {consequence} Go on?",
        certificate.pin, certificate.node
    ))?;
    let write = context.database.write("revoke_certificate").await?;
    revoke_certificate(&write, &certificate).await?;
    let what = format!("{} {} {reason}", certificate.node, certificate.pin).trim_end().to_owned();
    let who = acting_user();
    let act = Act { who: &who, act: "revoke_certificate", what, origin: ActOrigin::Cli };
    record_act(&write, &context.clock, act).await?;
    write.commit().await?;
    tell(&format!("It is revoked; connections under it end within seconds. {consequence}"));
    let revoked = StoredCertificate { state: "revoked".to_owned(), ..certificate };
    let view = CertificateView::of(&revoked, context.clock.unix_seconds());
    show(globals, &view, CertificateView::for_people)
}

/// Consequences of the revocation for the exchange with this peer.
async fn consequence(context: &Context, certificate: &StoredCertificate) -> Result<String, CliError> {
    let peer = &certificate.node;
    let all = peer_certificates(context.database.read(), peer).await?;
    Ok(if another_counts(&all, certificate, context.clock.unix_seconds()) {
        format!("{peer} has another certificate that counts, and the exchange goes on under that.")
    } else {
        format!(
            "No other certificate of {peer} counts: nothing is exchanged with it until it gives you a new card, with a \
             new certificate: hotline-node peer add CARD_FILE --fingerprint F --replace."
        )
    })
}
