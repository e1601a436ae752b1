//! `report assess`: says what an analyst found.

use clap::Args;
use hotline_protocol::vocabulary::{
    Age, Assessment, Behaviour, Commerciality, Media, Offence, PaymentMethod, Production, Reason, Sex, SiteType,
    TerrorismType,
};

use super::ReportName;
use crate::cli::Globals;
use crate::cli::exit::CliError;

/// What an analyst found.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    hotline-node report assess FR-2026-0001234 --assessment baseline --site-type image_host\n  \
    hotline-node report assess FR-2026-0001235 --assessment not_illegal --reason content_not_found")]
pub struct AssessArgs {
    /// The report.
    #[command(flatten)]
    pub(super) report: ReportName,
    #[arg(long, value_name = "A", help = "The finding: baseline, national, illegal (not csam), not_illegal")]
    pub(super) assessment: Assessment,
    /// The offence after qualification, if it is another than reported
    #[arg(long, value_name = "O")]
    pub(super) offence: Option<Offence>,
    /// Why, where it is not illegal
    #[arg(long, value_name = "R")]
    pub(super) reason: Option<Reason>,
    /// Conduct towards minors
    #[arg(long, value_name = "B")]
    pub(super) behaviour: Option<Behaviour>,
    /// The kind of terrorist content
    #[arg(long, value_name = "T")]
    pub(super) terrorism_type: Option<TerrorismType>,
    /// The kind of site
    #[arg(long, value_name = "T")]
    pub(super) site_type: Option<SiteType>,
    /// Whether somebody earns by it
    #[arg(long, value_name = "C")]
    pub(super) commerciality: Option<Commerciality>,
    /// How it is paid for; may be given several times
    #[arg(long = "payment-method", value_name = "P")]
    pub(super) payment_methods: Vec<PaymentMethod>,
    /// The kind of media
    #[arg(long, value_name = "M")]
    pub(super) media: Option<Media>,
    /// Age group; may be given several times, the youngest counts
    #[arg(long, value_name = "A")]
    pub(super) age: Vec<Age>,
    /// Sex
    #[arg(long, value_name = "S")]
    pub(super) sex: Option<Sex>,
    /// Circumstances of production
    #[arg(long, value_name = "P")]
    pub(super) production: Option<Production>,
    /// Made by a computer
    #[arg(long = "virtual")]
    pub(super) virtual_content: bool,
    /// Made by the person shown
    #[arg(long)]
    pub(super) self_generated: bool,
    /// Posed
    #[arg(long)]
    pub(super) child_modelling: bool,
}

pub(super) async fn run(_args: AssessArgs, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled("report assess").await
}
