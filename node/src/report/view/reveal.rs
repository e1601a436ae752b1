//! The form for showing data that leads to the content; and revealing it, an act that is recorded.

use hotline_protocol::url::{ReportedUrl, defang};

use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::context::Context;
use crate::report::error::ReportError;

/// How URLs are shown, and with them all that leads to the content: the server's address, the remark.
#[derive(Debug, Clone, Copy)]
pub enum Urls<'a> {
    /// Not at all: a view then holds none of it, so that nothing that shows the view can tell it.
    Hidden,
    /// So that no program takes them for links.
    Defanged,
    /// As they were given, to a recorded person.
    Revealed(Reveal<'a>),
}

/// A request by a person to see URLs as they are.
#[derive(Debug, Clone, Copy)]
pub struct Reveal<'a> {
    /// The person's name.
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

    /// A URL that was taken as text, in this form.
    pub(super) fn address(&self, text: Option<&str>) -> Option<String> {
        match self {
            Self::Hidden => None,
            Self::Defanged => text.map(defang),
            Self::Revealed(_) => text.map(str::to_owned),
        }
    }

    /// Returns somebody's words, with any URLs in this form.
    pub(super) fn text(&self, text: Option<&str>) -> Option<String> {
        match self {
            Self::Hidden => None,
            Self::Defanged => text.map(defang_words),
            Self::Revealed(_) => text.map(str::to_owned),
        }
    }

    /// Returns data shown only on request: the reporter's words, the access data.
    pub(super) fn revealed<T>(&self, told: Option<T>) -> Option<T> {
        told.filter(|_| matches!(self, Self::Revealed(_)))
    }

    /// Returns other data that leads to the content.
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

/// Defangs every word that could be a URL, and leaves the others and the space between them.
fn defang_words(text: &str) -> String {
    let is_url = |word: &str| {
        let lower = word.to_ascii_lowercase();
        lower.contains("://") || lower.contains("www.")
    };
    let word = |word: &str| {
        let bare = word.trim_end();
        if is_url(bare) { defang(bare) + &word[bare.len()..] } else { word.to_owned() }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_among_words_is_defanged_and_the_words_stay() {
        for (text, shown) in [
            ("seen by the school, twice.\nsecond line", "seen by the school, twice.\nsecond line"),
            ("see https://a.example/b  now", "see hxxps://a[.]example/b  now"),
            ("(HTTP://a.example)\tend", "(HXXP[:]//a[.]example)\tend"),
            ("www.a.example\n", "www[.]a[.]example\n"),
        ] {
            assert_eq!(defang_words(text), shown);
            assert_eq!(Urls::Defanged.text(Some(text)).as_deref(), Some(shown));
            assert_eq!(Urls::Hidden.text(Some(text)), None);
        }
    }
}
