//! Codes as they stand in plain: those of the lists, and `unknown` for any other, since a peer may write anything there.

use std::borrow::Cow;

use hotline_protocol::entry::Code;
use hotline_protocol::vocabulary::Age;

/// Stands for a code that this version's list does not have.
const UNKNOWN: &str = "unknown";

/// A code, or several of a list joined by `|` in the order of the alphabet.
pub(super) type Text = Cow<'static, str>;

/// A code of a list, as the list's macro makes it.
pub(super) trait ListCode: Copy {
    /// The code as it is written.
    fn text(self) -> &'static str;
}

macro_rules! list_codes {
    ($($name:ident),+) => {
        $(impl ListCode for hotline_protocol::vocabulary::$name {
            fn text(self) -> &'static str {
                self.code()
            }
        })+
    };
}

list_codes!(SiteType, Commerciality, Media, Age, Sex, Production, Behaviour, TerrorismType);

fn text_of<T: ListCode>(code: &Code<T>) -> &'static str {
    code.known().map_or(UNKNOWN, |code| code.text())
}

/// A single code.
pub(super) fn one<T: ListCode>(code: Option<&Code<T>>) -> Option<Text> {
    code.map(|code| Cow::Borrowed(text_of(code)))
}

/// Several codes, each once.
pub(super) fn several<T: ListCode>(codes: &[Code<T>]) -> Option<Text> {
    match codes {
        [] => None,
        [code] => Some(Cow::Borrowed(text_of(code))),
        codes => {
            let mut texts: Vec<&str> = codes.iter().map(text_of).collect();
            texts.sort_unstable();
            texts.dedup();
            Some(Cow::Owned(texts.join("|")))
        }
    }
}

/// Of several age groups the youngest counts, and one that is known before one that is not.
pub(super) fn youngest(ages: &[Code<Age>]) -> Option<Text> {
    let known = ages.iter().filter_map(|age| age.known().copied().filter(|age| *age != Age::NotCategorised)).min();
    known.map(|age| Cow::Borrowed(age.code())).or_else(|| one(ages.first()))
}
