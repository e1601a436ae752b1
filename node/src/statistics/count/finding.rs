//! Findings, counted: pure.

use std::collections::BTreeMap;

use hotline_protocol::vocabulary::{
    Age, Behaviour, Commerciality, Media, Offence, Production, Sex, SiteType, TerrorismType,
};

use super::fact_repository::Finding;
use super::tally::{by_code, codes};
use crate::statistics::model::{ByCode, CodeCount, ContentFigures, Victims};

/// The figures of findings.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    pub(super) site_types: Vec<CodeCount>,
    pub(super) victims: Victims,
    pub(super) production: ByCode,
    pub(super) behaviours: ByCode,
    pub(super) terrorism_types: ByCode,
    pub(super) content: ContentFigures,
    pub(super) commerciality: ByCode,
    pub(super) media: ByCode,
}

/// Counts findings: terrorism by its types, csam by everything else. A finding that says nothing of a single code
/// counts as the one that the list has for that. One with several codes of a list counts in each, one without any in
/// none.
pub(super) fn found(findings: &[Finding]) -> Found {
    let csam = || findings.iter().filter(|finding| finding.offence == Offence::Csam.code());
    let terrorism = || findings.iter().filter(|finding| finding.offence == Offence::Terrorism.code());
    macro_rules! single {
        ($field:ident, $list:ident :: $none:ident) => {
            csam().map(|finding| (finding.$field.as_deref().unwrap_or($list::$none.code()), finding.n))
        };
    }
    macro_rules! several {
        ($findings:ident, $field:ident, $list:ident) => {
            by_code(
                $list::ALL.iter().map(|code| code.code()),
                split($findings().map(|it| (it.$field.as_deref(), it.n))),
            )
        };
    }
    let flag = |flag: fn(&Finding) -> u8| csam().filter(|finding| flag(finding) > 0).map(|finding| finding.n).sum();
    Found {
        site_types: codes(SiteType::ALL.iter().map(|code| code.code()), single!(site_type, SiteType::NotDetermined)),
        victims: Victims {
            sex: of_list(Sex::ALL.iter().map(|code| code.code()), single!(sex, Sex::NotDetermined)),
            age: of_list(Age::ALL.iter().map(|code| code.code()), single!(age, Age::NotCategorised)),
        },
        production: several!(csam, production, Production),
        behaviours: several!(csam, behaviours, Behaviour),
        terrorism_types: several!(terrorism, terrorism_types, TerrorismType),
        content: ContentFigures {
            self_generated: flag(|finding| finding.self_generated),
            virtual_content: flag(|finding| finding.is_virtual),
            child_modelling: flag(|finding| finding.child_modelling),
        },
        commerciality: of_list(
            Commerciality::ALL.iter().map(|code| code.code()),
            single!(commerciality, Commerciality::NotDetermined),
        ),
        media: several!(csam, media, Media),
    }
}

fn of_list<'f>(all: impl Iterator<Item = &'static str>, counted: impl Iterator<Item = (&'f str, u64)>) -> ByCode {
    by_code(all, counted.map(|(code, n)| (Some(code.to_owned()), n)).collect())
}

/// Several codes stand in one text, joined by `|`.
fn split<'f>(counted: impl Iterator<Item = (Option<&'f str>, u64)>) -> Vec<(Option<String>, u64)> {
    let mut single: BTreeMap<&str, u64> = BTreeMap::new();
    for (codes, n) in counted {
        for code in codes.into_iter().flat_map(|codes| codes.split('|')) {
            *single.entry(code).or_default() += n;
        }
    }
    single.into_iter().map(|(code, n)| (Some(code.to_owned()), n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_codes_count_each_and_none_counts_as_not_determined() {
        let none = Finding {
            offence: "csam".into(),
            site_type: None,
            commerciality: None,
            media: None,
            age: None,
            sex: None,
            production: None,
            behaviours: None,
            terrorism_types: None,
            is_virtual: 0,
            self_generated: 0,
            child_modelling: 0,
            n: 2,
        };
        let text = |text: &str| Some(text.to_owned());
        let full = Finding {
            site_type: text("image_host"),
            media: text("image|video"),
            sex: text("unknown"),
            terrorism_types: text("training"),
            self_generated: 1,
            n: 3,
            ..none.clone()
        };
        let terror = Finding { offence: "terrorism".into(), media: text("text"), ..full.clone() };
        let found = found(&[none, full, terror]);
        let sites: Vec<_> = found.site_types.iter().map(|row| (row.code, row.n, row.share)).collect();
        assert_eq!(sites, [("image_host", 3, 0.6), ("not_determined", 2, 0.4)]);
        assert_eq!((found.media["image"], found.media["video"], found.media["text"]), (3, 3, 0));
        assert_eq!((found.victims.sex["not_determined"], found.victims.sex["unknown"]), (2, 3));
        assert_eq!(found.victims.age["not_categorised"], 5);
        assert_eq!((found.terrorism_types["training"], found.content.self_generated), (3, 3));
        assert_eq!(found.production.values().sum::<u64>(), 0);
    }
}
