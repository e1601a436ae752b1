//! `report assess`: records an analyst's finding.

use std::io::{self, IsTerminal as _};

use clap::Args;
use hotline_protocol::entry::AssessmentRecord;
use hotline_protocol::vocabulary::{
    Age, Assessment, Behaviour, Commerciality, Media, Offence, PaymentMethod, Production, Reason, Sex, SiteType,
    TerrorismType,
};

use super::ReportName;
use super::show::show_report;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::{Confirmation, acting_user, code};
use crate::cli::locate::open_placer;
use crate::cli::open::open;
use crate::context::Context;
use crate::intake::locate_finding;
use crate::report::lifecycle::{Finding, assess_report, check_assessable, check_finding};
use crate::report::{Report, detail_of, find_report};

/// An analyst's finding.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    hotline-node report assess FR-2026-0001234 --assessment baseline --site-type image_host\n  \
    hotline-node report assess FR-2026-0001235 --assessment not_illegal --reason content_not_found")]
pub struct AssessArgs {
    /// The report.
    #[command(flatten)]
    pub(super) report: ReportName,
    #[arg(long, value_name = "A", help = "The finding: baseline, national, illegal (not csam), not_illegal", value_parser = code::<Assessment>())]
    pub(super) assessment: Assessment,
    /// The offence after qualification, if it is another than reported
    #[arg(long, value_name = "O", value_parser = code::<Offence>())]
    pub(super) offence: Option<Offence>,
    /// Why, where it is not illegal
    #[arg(long, value_name = "R", value_parser = code::<Reason>())]
    pub(super) reason: Option<Reason>,
    /// Conduct towards minors
    #[arg(long, value_name = "B", value_parser = code::<Behaviour>())]
    pub(super) behaviour: Option<Behaviour>,
    /// The kind of terrorist content
    #[arg(long, value_name = "T", value_parser = code::<TerrorismType>())]
    pub(super) terrorism_type: Option<TerrorismType>,
    /// The kind of site
    #[arg(long, value_name = "T", value_parser = code::<SiteType>())]
    pub(super) site_type: Option<SiteType>,
    /// Whether somebody earns by it
    #[arg(long, value_name = "C", value_parser = code::<Commerciality>())]
    pub(super) commerciality: Option<Commerciality>,
    /// How it is paid for; may be given several times
    #[arg(long = "payment-method", value_name = "P", value_parser = code::<PaymentMethod>())]
    pub(super) payment_methods: Vec<PaymentMethod>,
    /// The kind of media
    #[arg(long, value_name = "M", value_parser = code::<Media>())]
    pub(super) media: Option<Media>,
    /// Age group; may be given several times, the youngest counts
    #[arg(long, value_name = "A", value_parser = code::<Age>())]
    pub(super) age: Vec<Age>,
    /// Sex
    #[arg(long, value_name = "S", value_parser = code::<Sex>())]
    pub(super) sex: Option<Sex>,
    /// Circumstances of production
    #[arg(long, value_name = "P", value_parser = code::<Production>())]
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
    /// Asked for at a terminal alone, where a report is closed for good: scripts assess many.
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn run(args: AssessArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let report = find_report(context.database.read(), &args.report.name, context.own.seat()).await?;
    check_assessable(&context.own, &report)?;
    let record = args.record(&context, &report)?;
    if args.assessment == Assessment::NotIllegal && io::stdin().is_terminal() {
        let question = format!("Close {} as not illegal? It cannot be assessed again.", args.report.name);
        args.confirmation.ask(&question)?;
    }
    let detail = detail_of(&context, context.database.read(), &report).await?;
    let locator = open_placer(&config, &context).await?;
    let finding = locate_finding(&locator, &detail, record).await;
    let report = record_finding(&context, &args, finding).await?;
    show_report(&context, report, false, globals).await
}

/// Records the finding and the act in one transaction; the report may have changed since it was looked at.
async fn record_finding(context: &Context, args: &AssessArgs, finding: Finding) -> Result<Report, CliError> {
    let write = context.database.write("assess_report").await?;
    let report = find_report(&*write, &args.report.name, context.own.seat()).await?;
    let detail = detail_of(context, &*write, &report).await?;
    let report = assess_report(context, &write, (report, detail), finding).await?;
    let what = format!("{} {}", report.id, args.assessment);
    let who = acting_user();
    record_act(&write, &context.clock, Act { who: &who, act: "assess_report", what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    Ok(report)
}

impl AssessArgs {
    fn record(&self, context: &Context, report: &Report) -> Result<AssessmentRecord, CliError> {
        if self.assessment == Assessment::Unassessed {
            return Err(CliError::Usage("unassessed is no finding; give what was found".into()));
        }
        let offence = self.offence.or(report.offence).unwrap_or(Offence::Csam);
        check_finding(offence, self.assessment).map_err(|refused| CliError::Usage(refused.to_string()))?;
        let now = context.clock.unix_seconds();
        Ok(AssessmentRecord {
            reason: self.reason.map(Into::into),
            behaviour: self.behaviour.map(Into::into).into_iter().collect(),
            terrorism_type: self.terrorism_type.map(Into::into).into_iter().collect(),
            site_type: self.site_type.map(Into::into),
            commerciality: self.commerciality.map(Into::into),
            payment_methods: self.payment_methods.iter().copied().map(Into::into).collect(),
            media: self.media.map(Into::into).into_iter().collect(),
            age: self.age.iter().copied().map(Into::into).collect(),
            sex: self.sex.map(Into::into),
            production: self.production.map(Into::into).into_iter().collect(),
            virtual_content: self.virtual_content,
            self_generated: self.self_generated,
            child_modelling: self.child_modelling,
            ..AssessmentRecord::new(context.own.clone(), now, self.assessment, offence)
        })
    }
}
