//! Everything that this node may know of one report, put together from its bodies and from what stays in the house.

use hotline_protocol::entry::{Body, BodyLine, LocationRecord, Salt};
use hotline_protocol::url::ReportedUrl;
use serde::{Deserialize, Serialize};

use super::error::ReportError;
use super::model::Report;
use super::past::PastCase;
use crate::secret::SealKey;

/// What never leaves the house: the reporter's words and address, and all that an unpublished report has.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PrivateContent {
    /// The reporter's remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The reporter's address, if one was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The reference under which the report was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What was done about a case of the past; such a report is never published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past: Option<PastCase>,
    /// What will be published, while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// This house's own last decision about the server's place, while no body of ours says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationRecord>,
}

impl PrivateContent {
    /// Whether there is nothing to keep.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.comment.is_none()
            && self.email.is_none()
            && self.reference.is_none()
            && self.past.is_none()
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

    /// Opens what was sealed for `report`.
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

fn place(report: &str) -> Vec<u8> {
    format!("report/{report}").into_bytes()
}

/// All that is known of a report.
#[derive(Clone)]
pub struct Dossier {
    /// URL, page, assessments, hosting, actions: the union of all bodies that are here, oldest first.
    pub known: Body,
    /// What stays in the house.
    pub private: PrivateContent,
}

impl Dossier {
    /// Puts a dossier together. `bodies` in the order of the walk.
    pub fn assemble(private: PrivateContent, bodies: impl IntoIterator<Item = BodyLine>) -> Result<Self, ReportError> {
        let mut known = private.body.clone().unwrap_or_else(|| Body::new(Salt::from_bytes([0; 16])));
        for line in bodies {
            merge(&mut known, line.body()?);
        }
        Ok(Self { known, private })
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
}

/// Later bodies replace single values and add to lists what is not there yet.
fn merge(known: &mut Body, later: Body) {
    fn replace<T>(known: &mut Option<T>, later: Option<T>) {
        if later.is_some() {
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
    replace(&mut known.url, later.url);
    replace(&mut known.page, later.page);
    replace(&mut known.group, later.group);
    replace(&mut known.referrer, later.referrer);
    replace(&mut known.access, later.access);
    replace(&mut known.urgency, later.urgency);
    replace(&mut known.memo, later.memo);
    known.received_at = known.received_at.or(later.received_at);
    add(&mut known.assessments, later.assessments);
    add(&mut known.hosting, later.hosting);
    add(&mut known.location, later.location);
    add(&mut known.actions, later.actions);
}
