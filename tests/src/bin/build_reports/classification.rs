//! An analyst's findings: codes by chance, in shares that look like a year's.

use chrono::{DateTime, TimeDelta, Utc};

use crate::chance::Chance;
use crate::report::time;

/// `offence` and every column behind it.
pub(crate) fn classification(chance: &mut Chance, received_at: DateTime<Utc>) -> Vec<String> {
    let offence =
        chance.weighted(&[("csam", 90), ("terrorism", 3), ("incitement", 3), ("harmful_to_minors", 2), ("other", 2)]);
    let assessment = match offence {
        "csam" => chance.weighted(&[("baseline", 55), ("national", 15), ("not_illegal", 15), ("unassessed", 15)]),
        _ => chance.weighted(&[("illegal", 60), ("not_illegal", 25), ("unassessed", 15)]),
    };
    let is_illegal_csam = matches!(assessment, "baseline" | "national");
    let urgency = chance.weighted(&[("routine", 95), ("new_victim", 4), ("immediate_danger", 1)]);
    let reason = if assessment == "not_illegal" { reason(chance) } else { "" };
    let assessed_at = assessed_at(chance, assessment, received_at);
    let memo = chance.weighted(&[("", 90), ("Seen twice, on different days.", 6), ("Same page as \"entry 7\".", 4)]);
    [offence]
        .into_iter()
        .chain(kinds(chance, offence, is_illegal_csam))
        .chain([urgency, assessment, reason, assessed_at.as_str()])
        .chain(site(chance))
        .chain(shown(chance, is_illegal_csam))
        .chain([memo])
        .map(str::to_owned)
        .collect()
}

/// `behaviour`, `terrorism_type`.
fn kinds(chance: &mut Chance, offence: &str, is_illegal_csam: bool) -> [&'static str; 2] {
    if is_illegal_csam {
        [chance.weighted(&[("", 96), ("grooming", 2), ("sextortion", 2)]), ""]
    } else if offence == "terrorism" {
        ["", chance.weighted(&[("war_glorification", 70), ("training", 30)])]
    } else {
        [""; 2]
    }
}

/// Some hours to some days behind the receipt.
fn assessed_at(chance: &mut Chance, assessment: &str, received_at: DateTime<Utc>) -> String {
    let after = TimeDelta::seconds(i64::try_from(900 + chance.below(150_000)).expect("some days"));
    if assessment == "unassessed" { String::new() } else { time(received_at + after) }
}

fn reason(chance: &mut Chance) -> &'static str {
    chance.weighted(&[
        ("content_not_found", 30),
        ("adult_pornography", 25),
        ("does_not_meet_threshold_for_illegality", 15),
        ("age_unclear_or_not_assessable", 10),
        ("link_expired", 8),
        ("out_of_remit", 5),
        ("unable_to_access", 4),
        ("other", 3),
    ])
}

/// `site_type`, `commerciality`, `payment_methods`, `media`.
fn site(chance: &mut Chance) -> [&'static str; 4] {
    let site_type = chance.weighted(&[
        ("website", 30),
        ("image_host", 22),
        ("file_host", 12),
        ("forum", 10),
        ("image_board", 6),
        ("link_site", 5),
        ("banner_site", 2),
        ("social_network", 5),
        ("redirector", 2),
        ("web_archive", 1),
        ("search_provider", 1),
        ("blog", 2),
        ("not_determined", 2),
    ]);
    let commerciality = chance.weighted(&[("non_commercial", 70), ("commercial", 10), ("not_determined", 20)]);
    let payment = match commerciality {
        "commercial" => chance.weighted(&[("bitcoin", 50), ("visa|mastercard", 30), ("paypal", 10), ("other", 10)]),
        _ => "",
    };
    let media =
        chance.weighted(&[("image", 55), ("video", 15), ("page", 15), ("image|video", 5), ("text", 4), ("other", 6)]);
    [site_type, commerciality, payment, media]
}

/// `age`, `sex`, `production`, `virtual`, `self_generated`, `child_modelling`.
fn shown(chance: &mut Chance, is_illegal_csam: bool) -> [&'static str; 6] {
    if !is_illegal_csam {
        return [""; 6];
    }
    let age = chance.weighted(&[
        ("pre_pubescent", 60),
        ("pubescent", 25),
        ("infant", 3),
        ("pre_pubescent|pubescent", 7),
        ("not_categorised", 5),
    ]);
    let sex = chance.weighted(&[("female", 75), ("male", 14), ("both", 7), ("not_determined", 4)]);
    let production =
        chance.weighted(&[("", 60), ("exploitation", 20), ("familial_or_extrafamilial", 10), ("self_produced", 10)]);
    let self_generated = if production == "self_produced" { "true" } else { "false" };
    let is_virtual = if chance.percent(4) { "true" } else { "false" };
    let child_modelling = if chance.percent(3) { "true" } else { "false" };
    [age, sex, production, is_virtual, self_generated, child_modelling]
}
