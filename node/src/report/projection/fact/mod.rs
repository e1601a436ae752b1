//! The part of the bodies of one report of this hotline that the figures count: small codes, and times in seconds since
//! 1970. Pure.
//!
//! Bodies are sealed, and figures are counted over millions of reports: so each body is read once, when it is written
//! or arrives. A fact may take its parts in any order and any number of times. Of times the earliest counts, of
//! findings and of removals the last one made. It holds no URL, no text that a person wrote, and no code that the lists
//! do not have, since a peer may write anything there.

use hotline_protocol::country::Country;
use hotline_protocol::entry::{ActionRecord, AssessmentRecord, Body};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Action, Assessment};
use serde::{Deserialize, Deserializer};

use super::fact_code::{Text, one, several, youngest};
use super::plausible_time::time;
use super::timeline::is_gone;
use crate::report::lifecycle::PastCase;
use crate::report::model::Report;

/// The counted parts of one report. All times in seconds since 1970; empty where unknown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fact {
    /// The report's key.
    pub report: i64,
    /// When somebody first received it, here or at its origin.
    pub first_received_at: i64,
    /// When it was first assessed.
    pub assessed_at: Option<i64>,
    /// When the finding was made that the codes below are of.
    pub found_at: Option<i64>,
    /// Kind of site.
    pub site_type: Option<Text>,
    /// Whether somebody earns by it.
    pub commerciality: Option<Text>,
    /// Kinds of media.
    pub media: Option<Text>,
    /// The youngest age group.
    pub age: Option<Text>,
    /// Sex.
    pub sex: Option<Text>,
    /// Circumstances of production.
    pub production: Option<Text>,
    /// Conduct.
    pub behaviours: Option<Text>,
    /// Kinds of terrorist content.
    pub terrorism_types: Option<Text>,
    /// Made by a computer.
    #[serde(deserialize_with = "flag")]
    pub is_virtual: bool,
    /// Made by the persons shown.
    #[serde(deserialize_with = "flag")]
    pub self_generated: bool,
    /// Posed.
    #[serde(deserialize_with = "flag")]
    pub child_modelling: bool,
    /// The first time that any hotline informed the police.
    pub lea_at: Option<i64>,
    /// The first time that any hotline informed the hoster.
    pub isp_at: Option<i64>,
    /// When this hotline first informed the police.
    pub own_lea_at: Option<i64>,
    /// When this hotline first informed the hoster.
    pub own_isp_at: Option<i64>,
    /// When the reporter was answered.
    pub replied_at: Option<i64>,
    /// When it was last said to be removed or unavailable.
    pub gone_said_at: Option<i64>,
    /// When it was first seen to be gone, as was said then; else when that was said.
    pub gone_at: Option<i64>,
    /// A case of the past: the country of the hotline that it was sent to.
    pub sent_to: Option<Country>,
    /// A case of the past: the country of the hotline that it came from.
    pub received_from: Option<Country>,
}

/// The counted content of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'b> {
    pub(crate) received_at: Option<i64>,
    pub(crate) assessments: &'b [AssessmentRecord],
    pub(crate) actions: &'b [ActionRecord],
}

impl<'b> From<&'b Body> for Said<'b> {
    fn from(body: &'b Body) -> Self {
        Self { received_at: body.received_at, assessments: &body.assessments, actions: &body.actions }
    }
}

impl Fact {
    /// Starts the fact of a report with nothing known but the time of its arrival.
    pub(crate) fn new(report: &Report) -> Self {
        Self {
            report: report.key,
            first_received_at: report.received_at.div_euclid(1_000_000),
            assessed_at: None,
            found_at: None,
            site_type: None,
            commerciality: None,
            media: None,
            age: None,
            sex: None,
            production: None,
            behaviours: None,
            terrorism_types: None,
            is_virtual: false,
            self_generated: false,
            child_modelling: false,
            lea_at: None,
            isp_at: None,
            own_lea_at: None,
            own_isp_at: None,
            replied_at: None,
            gone_said_at: None,
            gone_at: None,
            sent_to: None,
            received_from: None,
        }
    }

    /// Of a report that is not published yet, or never will be.
    pub(crate) fn of_unpublished(own: &NodeId, report: &Report, body: &Body, past: Option<&PastCase>) -> Self {
        let mut fact = Self::new(report);
        fact.take_said(own, own, body.into());
        if let Some(past) = past {
            fact.take_past(past);
        }
        fact
    }

    /// Takes the content of a body by `author`. That this hotline acted, only its own log may say.
    pub(super) fn take_said(&mut self, own: &NodeId, author: &NodeId, said: Said<'_>) {
        self.first_received_at =
            said.received_at.and_then(time).map_or(self.first_received_at, |at| at.min(self.first_received_at));
        for record in said.assessments {
            self.take_assessment(record);
        }
        for record in said.actions {
            self.take_action(record, record.by == *own && author == own);
        }
    }

    fn take_assessment(&mut self, record: &AssessmentRecord) {
        let at = time(record.at).filter(|_| record.assessment.known() != Some(&Assessment::Unassessed));
        let Some(at) = at else { return };
        earliest(&mut self.assessed_at, at);
        if self.found_at.is_some_and(|found| found > at) {
            return;
        }
        self.found_at = Some(at);
        self.site_type = one(record.site_type.as_ref());
        self.commerciality = one(record.commerciality.as_ref());
        self.sex = one(record.sex.as_ref());
        self.age = youngest(&record.age);
        self.media = several(&record.media);
        self.production = several(&record.production);
        self.behaviours = several(&record.behaviour);
        self.terrorism_types = several(&record.terrorism_type);
        self.is_virtual = record.virtual_content;
        self.self_generated = record.self_generated;
        self.child_modelling = record.child_modelling;
    }

    fn take_action(&mut self, record: &ActionRecord, is_own: bool) {
        let (Some(at), Some(action)) = (time(record.at), record.action.known()) else { return };
        match action {
            Action::LeaInformed => {
                earliest(&mut self.lea_at, at);
                if is_own {
                    earliest(&mut self.own_lea_at, at);
                }
            }
            Action::IspInformed => {
                earliest(&mut self.isp_at, at);
                if is_own {
                    earliest(&mut self.own_isp_at, at);
                }
            }
            Action::Removed | Action::Unavailable if self.gone_said_at.is_none_or(|said| said <= at) => {
                self.gone_said_at = Some(at);
                self.gone_at = record.first_seen_offline.and_then(time).or(Some(at));
            }
            Action::Removed | Action::Unavailable | Action::NotIllegal | Action::Reopen => {}
        }
    }

    /// Takes the content of a historical file. When it was assessed counts only where the file says it.
    fn take_past(&mut self, past: &PastCase) {
        self.assessed_at = past.assessed_at;
        self.lea_at = past.lea_at;
        self.own_lea_at = past.lea_at;
        self.isp_at = past.isp_at;
        self.own_isp_at = past.isp_at;
        self.replied_at = past.replied_at;
        self.gone_at = past.outcome_at.filter(|_| past.outcome.is_some_and(is_gone));
        self.sent_to = past.sent_to;
        self.received_from = past.received_from;
    }
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    u8::deserialize(deserializer).map(|stored| stored > 0)
}

fn earliest(known: &mut Option<i64>, at: i64) {
    *known = Some(known.map_or(at, |known| known.min(at)));
}

#[cfg(test)]
mod tests;
