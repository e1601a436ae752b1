//! Findings in illegal content.

use hotline_protocol::vocabulary::{Age, Behaviour, Commerciality, Media, Offence, Production, Sex, TerrorismType};

use super::build::{Whole, listed, of_offence, ranked};
use crate::statistics::figure::Figure;
use crate::statistics::model::{ByCode, Statistics};

pub(super) fn figures(of: &Statistics) -> Vec<Figure> {
    let illegal = |offence: Offence| Whole::Of(of_offence(&of.by_offence, offence.code()).map_or(0, |it| it.illegal));
    let csam = illegal(Offence::Csam);
    macro_rules! list {
        ($name:literal, $list:literal, $counts:expr, $codes:ident, $whole:expr) => {
            listed($name, $list, $counts, $codes::ALL.iter().map(|code| code.code()), $whole)
        };
    }
    let content = &of.content;
    let made: ByCode = [
        ("self_generated", content.self_generated),
        ("virtual", content.virtual_content),
        ("child_modelling", content.child_modelling),
    ]
    .into();
    let codes = ["self_generated", "virtual", "child_modelling"].into_iter();
    vec![
        list!("sex", "sex", &of.victims.sex, Sex, Whole::Sum),
        list!("age", "age", &of.victims.age, Age, Whole::Sum),
        ranked(list!("production", "production", &of.production, Production, csam)),
        ranked(listed("content", "content", &made, codes, csam)),
        ranked(list!("commerciality", "commerciality", &of.commerciality, Commerciality, Whole::Sum)),
        ranked(list!("media", "media", &of.media, Media, csam)),
        ranked(list!("behaviours", "behaviour", &of.behaviours, Behaviour, csam)),
        ranked(list!(
            "terrorism-types",
            "terrorism-type",
            &of.terrorism_types,
            TerrorismType,
            illegal(Offence::Terrorism)
        )),
    ]
}
