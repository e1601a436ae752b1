//! Revealing of URLs at the command line, with its actor.

use crate::access::act::ActOrigin;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::context::Context;
use crate::report;
use crate::report::Report;
use crate::report::view::{ReportView, Reveal, Urls};

/// Views of some reports; with `reveal` their URLs are plain, and the reveal is recorded.
pub(crate) async fn load_views(
    context: &Context,
    reports: &[Report],
    reveal: bool,
) -> Result<Vec<ReportView>, CliError> {
    let who = acting_user();
    let urls = if reveal { Urls::Revealed(Reveal { who: &who, origin: ActOrigin::Cli }) } else { Urls::Defanged };
    Ok(report::view::load_views(context, reports, urls).await?)
}
