//! An analyst's finding, as a row tells it.

use chrono::{DateTime, Utc};
use hotline_protocol::vocabulary::{
    Age, Assessment, Behaviour, Commerciality, Media, Offence, PaymentMethod, Production, Reason, Sex, SiteType,
    TerrorismType,
};

use super::cell::{Cells, code};
use crate::intake::csv::fault::FaultKind;
use crate::intake::csv::file::Column;
use crate::report::lifecycle::check_finding;

/// An analyst's finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The finding under the law.
    pub assessment: Assessment,
    /// The offence after qualification; as reported where the file does not say.
    pub offence: Offence,
    /// Why it is not illegal, or not ours.
    pub reason: Option<Reason>,
    /// When it was assessed.
    pub assessed_at: Option<DateTime<Utc>>,
    /// Conduct that it shows.
    pub behaviours: Vec<Behaviour>,
    /// The kinds of terrorist content.
    pub terrorism_types: Vec<TerrorismType>,
    /// The kind of site.
    pub site_type: SiteType,
    /// Whether somebody earns by it.
    pub commerciality: Commerciality,
    /// How it is paid for.
    pub payment_methods: Vec<PaymentMethod>,
    /// The kinds of thing it leads to.
    pub media: Vec<Media>,
    /// The age groups; the youngest counts.
    pub ages: Vec<Age>,
    /// The sex of the persons concerned.
    pub sex: Sex,
    /// The circumstances of its production.
    pub production: Vec<Production>,
    /// Whether it is drawn or computed.
    pub is_virtual: bool,
    /// Whether the persons made it themselves.
    pub self_generated: bool,
    /// Whether it poses as modelling.
    pub child_modelling: bool,
}

impl Finding {
    /// Reads the cells of a finding about a case that was reported as `reported`.
    pub(super) fn parse(cells: &mut Cells<'_>, reported: Offence) -> Self {
        let finding = Self {
            assessment: cells.code(Column::Assessment, Assessment::Unassessed),
            offence: cells.code(Column::AssessedOffence, reported),
            reason: cells.optional(Column::Reason, code),
            assessed_at: cells.time(Column::AssessedAt),
            behaviours: cells.list(Column::Behaviour),
            terrorism_types: cells.list(Column::TerrorismType),
            site_type: cells.code(Column::SiteType, SiteType::NotDetermined),
            commerciality: cells.code(Column::Commerciality, Commerciality::NotDetermined),
            payment_methods: cells.list(Column::PaymentMethods),
            media: cells.list(Column::Media),
            ages: cells.list(Column::Age),
            sex: cells.code(Column::Sex, Sex::NotDetermined),
            production: cells.list(Column::Production),
            is_virtual: cells.flag(Column::Virtual),
            self_generated: cells.flag(Column::SelfGenerated),
            child_modelling: cells.flag(Column::ChildModelling),
        };
        // A code that was not understood stands here as its default, and was named already.
        if let Some(fault) = finding.contradiction().filter(|_| cells.is_faultless()) {
            cells.fault(Column::Assessment, fault);
        }
        finding
    }

    fn contradiction(&self) -> Option<FaultKind> {
        if self.assessment == Assessment::Unassessed && self.assessed_at.is_some() {
            return Some(FaultKind::AssessmentMissing);
        }
        check_finding(self.offence, self.assessment).err().map(FaultKind::from)
    }
}
