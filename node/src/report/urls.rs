//! How much is shown of what leads to the content; and revealing it, which is recorded.

use hotline_protocol::url::ReportedUrl;

use super::error::ReportError;
use crate::access::audit::{Act, ActOrigin, record_act};
use crate::context::Context;

/// How URLs are shown, and with them all that leads to the content: the server's address, the remark.
#[derive(Debug, Clone, Copy)]
pub enum Urls<'a> {
    /// Not at all: a view then holds none of it, so that nothing that shows the view can tell it.
    Hidden,
    /// So that no program takes them for links.
    Defanged,
    /// As they were given, to somebody who is recorded.
    Revealed(Reveal<'a>),
}

/// Somebody who wants to see URLs as they are.
#[derive(Debug, Clone, Copy)]
pub struct Reveal<'a> {
    /// Who.
    pub who: &'a str,
    /// From where.
    pub origin: ActOrigin,
}

impl Urls<'_> {
    /// Whether there is anything of it to show.
    #[must_use]
    pub const fn are_shown(&self) -> bool {
        !matches!(self, Self::Hidden)
    }

    /// A URL in this form.
    pub(super) fn url(&self, url: Option<&ReportedUrl>) -> Option<String> {
        match self {
            Self::Hidden => None,
            Self::Defanged => url.map(ReportedUrl::defanged),
            Self::Revealed(_) => url.map(|url| url.as_given().to_owned()),
        }
    }

    /// What else leads to the content.
    pub(super) fn beside<T>(&self, told: Option<T>) -> Option<T> {
        told.filter(|_| self.are_shown())
    }

    /// Records a reveal, one act a report of `reports`, before anything is given. Otherwise there is nothing to record.
    pub(super) async fn record(&self, context: &Context, reports: &[&str]) -> Result<(), ReportError> {
        let Self::Revealed(Reveal { who, origin }) = *self else { return Ok(()) };
        let write = context.database.write("reveal_url").await?;
        for report in reports {
            let what = (*report).to_owned();
            record_act(&write, &context.clock, Act { who, act: "reveal_url", what, origin }).await?;
        }
        write.commit().await?;
        Ok(())
    }
}
