//! `peer certificate list`.

use super::view::CertificateView;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{or_dash, show, table};
use crate::cli::open::open;
use crate::cli::peer::PeerArgs;
use crate::trust::peer::peer_certificates;

pub(super) async fn run(args: PeerArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let now = context.clock.unix_seconds();
    let pinned = peer_certificates(context.database.read(), &args.id).await?;
    let views: Vec<_> = pinned.iter().map(|certificate| CertificateView::of(certificate, now)).collect();
    show(globals, &views, |views| {
        let rows = views.iter().map(|view| {
            let (from, until) = (or_dash(view.not_before.as_ref()), or_dash(view.not_after.as_ref()));
            vec![view.fingerprint.clone(), view.state.clone(), from, until, view.days_left.to_string()]
        });
        table(&["fingerprint", "state", "valid from", "valid until", "days left"], rows, "No certificate is pinned.")
    })
}
