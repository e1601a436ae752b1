//! A body that came with an entry of another log: sealed for the database, with its part shown in the report's row.

use hotline_protocol::country::Country;
use hotline_protocol::entry::{ActionRecord, AssessmentRecord, Body, BodyLine, EntryType, HostingRecord};
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::Urgency;

use crate::report::model::Report;
use crate::report::projection::Said;
use crate::report::sealed_body::seal_body;
use crate::secret::SealKey;

/// Made before the transaction that keeps it: reading and sealing take time, and while one writes nobody else can.
pub struct ReceivedBody {
    pub(super) told: Option<Told>,
    sealed: Vec<u8>,
}

/// The content of a body about its report.
pub(super) struct Told {
    received_at: Option<i64>,
    assessments: Vec<AssessmentRecord>,
    actions: Vec<ActionRecord>,
    content: Option<Complete>,
}

/// Content only of a create's or a transfer's body: it is complete by itself.
struct Complete {
    urgency: Option<Urgency>,
    url: Option<ReportedUrl>,
    hosting: Vec<HostingRecord>,
}

impl ReceivedBody {
    /// Reads and seals the body of an entry of this type. A body that cannot be read is kept, and tells nothing.
    #[must_use]
    pub fn new(seal: &SealKey, entry_type: &EntryType, line: &BodyLine) -> Self {
        let told = line.body().ok().map(|body| Told::new(entry_type, body));
        Self { told, sealed: seal_body(seal, line) }
    }

    /// As it is stored.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }
}

impl Told {
    pub(super) fn new(entry_type: &EntryType, body: Body) -> Self {
        let is_complete = matches!(entry_type, EntryType::Create | EntryType::Transfer);
        let content = is_complete.then(|| Complete {
            urgency: body.urgency.as_ref().and_then(|urgency| urgency.known().copied()),
            url: body.url,
            hosting: body.hosting,
        });
        Self { received_at: body.received_at, assessments: body.assessments, actions: body.actions, content }
    }

    /// For the figures.
    pub(super) fn said(&self) -> Said<'_> {
        Said { received_at: self.received_at, assessments: &self.assessments, actions: &self.actions }
    }

    /// Takes it into the row.
    pub(super) fn take_into(&self, report: &mut Report, seal: &SealKey) {
        if let Some(last) = self.assessments.last() {
            report.assessment = last.assessment.known().copied();
            report.reason = last.reason.as_ref().and_then(|reason| reason.known().copied());
            report.offence = last.offence.known().copied();
        }
        let Some(content) = &self.content else { return };
        report.urgency = content.urgency;
        if let Some(url) = &content.url {
            report.take_url(seal, url.canonical());
        }
        report.reported_offence = report.reported_offence.or(report.offence);
        if let Some(found) = content.found_in(report.country) {
            report.asn = found.asn;
            report.organisation.clone_from(&found.organisation);
        }
    }
}

impl Complete {
    fn found_in(&self, country: Option<Country>) -> Option<&HostingRecord> {
        self.hosting.iter().rfind(|found| found.country == country)
    }
}
