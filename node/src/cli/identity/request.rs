//! `identity certificate-request`: the request that the federation's authority needs to issue this node's certificate.

use clap::Args;
use serde::Serialize;

use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::show;
use crate::config::Config;
use crate::context::Context;
use crate::trust::own::request_certificate;

/// `identity certificate-request`, as JSON shows it.
#[derive(Debug, Serialize)]
struct RequestView {
    /// PKCS#10 in PEM.
    request: String,
}

/// The key that the request is over.
#[derive(Args, Debug)]
pub struct RequestArgs {
    /// Over a new key though one waits: it may have been stolen, or the authority does not answer for it
    #[arg(long)]
    new_key: bool,
}

pub(super) fn run(args: &RequestArgs, globals: &Globals, config: &Config, context: &Context) -> Result<(), CliError> {
    let asks = (&context.own, config.node.name.as_str());
    let request = request_certificate(&config.keys, asks, context.clock.now(), args.new_key)
        .map_err(|error| CliError::refused(error.to_string()))?;
    show(globals, &RequestView { request }, |view| view.request.trim_end().to_owned())
}
