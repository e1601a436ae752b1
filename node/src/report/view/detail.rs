//! Everything that this node may know of one report, put together from its bodies and from the content that stays in
//! the house.

use hotline_protocol::entry::{Access, Body, BodyLine, LocationRecord, Salt};
use hotline_protocol::id::NodeId;
use hotline_protocol::url::ReportedUrl;
use serde::{Deserialize, Serialize};

use crate::report::error::ReportError;
use crate::report::lifecycle::PastCase;
use crate::report::model::Report;
use crate::secret::SealKey;

/// Content that never leaves the house: the reporter's words and address, and everything of an unpublished report.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PrivateContent {
    /// The reporter's remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The reporter's address, if one was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The reference of the report's import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Work done on a case of the past; such a report is never published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past: Option<PastCase>,
    /// The parties that this hotline informed, in the order of informing them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub informed: Vec<Informed>,
    /// The body to be published, while it is not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// This house's own last decision about the server's place, while no body of ours says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationRecord>,
}

/// A party that this hotline informed when it acted: the name stays in the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Informed {
    /// Seconds since 1970: when it acted.
    pub at: i64,
    /// The action, as in `report act`.
    pub action: String,
    /// The informed party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The means of informing them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Their reference for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl PrivateContent {
    /// Whether there is nothing to keep.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.comment.is_none()
            && self.email.is_none()
            && self.reference.is_none()
            && self.past.is_none()
            && self.informed.is_empty()
            && self.body.is_none()
            && self.location.is_none()
    }

    /// Seals it for its report.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "text, numbers and lists always serialise")]
    pub fn seal(&self, key: &SealKey, report: &str) -> Option<Vec<u8>> {
        if self.is_empty() {
            return None;
        }
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(self).expect("text and numbers always serialise"));
        Some(key.seal(&place(report), &plain))
    }

    /// Opens the content sealed for `report`.
    pub fn open(key: &SealKey, report: &str, sealed: Option<&[u8]>) -> Result<Self, ReportError> {
        let Some(sealed) = sealed else { return Ok(Self::default()) };
        let plain = key.open(&place(report), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| crate::secret::SecretError::NotOpened.into())
    }
}

/// Keeps this house's last decision about the server's place with the report, where no body says it.
pub fn keep_location(report: &mut Report, key: &SealKey, location: LocationRecord) -> Result<(), ReportError> {
    let id = report.id.to_string();
    let mut private = PrivateContent::open(key, &id, report.content.as_deref())?;
    private.location = Some(location);
    report.content = private.seal(key, &id);
    Ok(())
}

/// Keeps with the report the party that this hotline informed.
pub fn keep_informed(report: &mut Report, key: &SealKey, informed: Informed) -> Result<(), ReportError> {
    let id = report.id.to_string();
    let mut private = PrivateContent::open(key, &id, report.content.as_deref())?;
    private.informed.push(informed);
    report.content = private.seal(key, &id);
    Ok(())
}

fn place(report: &str) -> Vec<u8> {
    format!("report/{report}").into_bytes()
}

/// All that is known of a report.
#[derive(Clone)]
pub struct ReportDetail {
    /// URL, page, assessments, hosting, actions: the union of all bodies that are here, oldest first.
    pub known: Body,
    /// The content that stays in the house.
    pub private: PrivateContent,
    /// Values that something later replaced, oldest first.
    pub replaced: Vec<Replaced>,
    /// Faults of the unreadable content, a sentence each; nothing of that content is in the rest.
    pub unreadable: Vec<String>,
}

/// A value that a later body replaced by another one: the first value stays visible.
#[derive(Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The name of the field, as in a body; `access_username` and `access_password` for the two of `access`.
    pub field: &'static str,
    /// As it was.
    pub value: String,
    /// The author of the later value.
    pub by: NodeId,
    /// When, by that hotline's clock: seconds since 1970.
    pub at: i64,
}

/// A body with its author.
pub struct SaidBody {
    /// The log of its entry.
    pub by: NodeId,
    /// When, by the author's clock: seconds since 1970.
    pub at: i64,
    /// The body.
    pub line: BodyLine,
}

impl ReportDetail {
    /// Puts the detail together. `bodies` in the order of the walk; one that cannot be read costs itself alone.
    #[must_use]
    pub fn assemble(private: PrivateContent, bodies: impl IntoIterator<Item = SaidBody>) -> Self {
        let known = private.body.clone().unwrap_or_else(|| Body::new(Salt::from_bytes([0; 16])));
        let mut detail = Self { known, private, replaced: Vec::new(), unreadable: Vec::new() };
        for body in bodies {
            match body.line.body() {
                Ok(later) => detail.merge(later, &body.by, body.at),
                Err(fault) => detail.note_unreadable(&fault),
            }
        }
        detail
    }

    /// Returns the detail of a report with nothing readable.
    #[must_use]
    pub fn unreadable(fault: &ReportError) -> Self {
        let mut detail = Self::assemble(PrivateContent::default(), []);
        detail.note_unreadable(fault);
        detail
    }

    /// Notes a fault of a part of it, once.
    pub(crate) fn note_unreadable(&mut self, fault: &impl ToString) {
        let fault = fault.to_string();
        if !self.unreadable.contains(&fault) {
            self.unreadable.push(fault);
        }
    }

    /// The last decision about the server's place.
    #[must_use]
    pub fn location(&self) -> Option<&LocationRecord> {
        let told = self.known.location.iter().chain(&self.private.location);
        told.max_by_key(|decision| decision.at)
    }

    /// The URL, where this node may see it.
    #[must_use]
    pub const fn url(&self) -> Option<&ReportedUrl> {
        self.known.url.as_ref()
    }

    /// Merges a later body: it replaces single values and adds new items to lists. The body is taken apart whole, so
    /// that no field of it is forgotten.
    fn merge(&mut self, later: Body, by: &NodeId, at: i64) {
        let Body {
            salt: _,
            url,
            page,
            group,
            referrer,
            access,
            urgency,
            received_at,
            assessments,
            hosting,
            location,
            actions,
            memo,
        } = later;
        let known = &mut self.known;
        let mut replaced = Replacing { by, at, replaced: &mut self.replaced };
        replaced.take("url", &mut known.url, url, |url| url.as_given().to_owned());
        replaced.take("page", &mut known.page, page, |page| page.as_given().to_owned());
        replaced.take("group", &mut known.group, group, Clone::clone);
        replaced.take("referrer", &mut known.referrer, referrer, Clone::clone);
        if let Some(Access { username, password }) = access {
            let old = known.access.get_or_insert(Access { username: None, password: None });
            replaced.take("access_username", &mut old.username, username, Clone::clone);
            replaced.take("access_password", &mut old.password, password, Clone::clone);
        }
        replaced.take("urgency", &mut known.urgency, urgency, ToString::to_string);
        replaced.take("memo", &mut known.memo, memo, Clone::clone);
        known.received_at = known.received_at.or(received_at);
        add(&mut known.assessments, assessments);
        add(&mut known.hosting, hosting);
        add(&mut known.location, location);
        add(&mut known.actions, actions);
    }
}

/// Notes the values that a body replaces.
struct Replacing<'r> {
    by: &'r NodeId,
    at: i64,
    replaced: &'r mut Vec<Replaced>,
}

impl Replacing<'_> {
    fn take<T: PartialEq>(
        &mut self,
        field: &'static str,
        known: &mut Option<T>,
        later: Option<T>,
        as_text: impl Fn(&T) -> String,
    ) {
        if later.is_none() || *known == later {
            return;
        }
        if let Some(value) = known.as_ref().map(as_text) {
            self.replaced.push(Replaced { field, value, by: self.by.clone(), at: self.at });
        }
        *known = later;
    }
}

fn add<T: PartialEq>(known: &mut Vec<T>, later: Vec<T>) {
    for item in later {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}
