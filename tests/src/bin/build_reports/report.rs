//! One report after the other, as rows of the file that `report import` takes.

use chrono::{DateTime, TimeDelta, Utc};

use crate::address;
use crate::chance::Chance;
use crate::classification::classification;

/// The columns that are written.
pub(crate) const COLUMNS: &str = "reference,received_at,url,page_url,group,source,channel,reporter_email,offence,\
    behaviour,terrorism_type,urgency,assessment,reason,assessed_at,site_type,commerciality,payment_methods,media,age,\
    sex,production,virtual,self_generated,child_modelling,memo";

/// When the first report came in (2025-01-01T00:00:00Z), in seconds since 1970.
const FIRST_AT: i64 = 1_735_689_600;

/// The reports of one country's hotline.
pub(crate) struct Series {
    /// Two letters, also the file's name.
    pub(crate) country: &'static str,
    /// How many reports.
    pub(crate) reports: u32,
    /// The difference from other series.
    pub(crate) seed: u64,
}

/// The reported address, and the page where it was found.
#[derive(Clone, Default)]
struct Reported {
    url: String,
    page_url: String,
    group: String,
}

impl Series {
    /// The file.
    pub(crate) fn csv(&self, names: &[&str]) -> String {
        let mut chance = Chance::seeded(self.seed);
        let mut at = DateTime::from_timestamp(FIRST_AT, 0).expect("a constant time");
        let mut earlier: Vec<Reported> = Vec::new();
        let mut csv = format!("{COLUMNS}\n");
        for number in 1..=self.reports {
            at += TimeDelta::seconds(i64::try_from(600 + chance.below(13_000)).expect("some hours"));
            let reported = self.reported(&mut chance, names, &earlier, number);
            let mut cells = vec![format!("{}-fixture-{number:06}", self.country), time(at)];
            cells.extend([reported.url.clone(), reported.page_url.clone(), reported.group.clone()]);
            cells.extend(reporter(&mut chance, number));
            cells.extend(classification(&mut chance, at));
            csv.push_str(&cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
            csv.push('\n');
            earlier.push(reported);
        }
        csv
    }

    /// A new address; sometimes one more of the group before, sometimes one that was reported already.
    fn reported(&self, chance: &mut Chance, names: &[&str], earlier: &[Reported], number: u32) -> Reported {
        match earlier.last() {
            Some(before) if !before.group.is_empty() && chance.percent(60) => Reported {
                url: format!("{}{}", address::origin(chance, names), address::path(chance)),
                ..before.clone()
            },
            Some(_) if chance.percent(3) => Reported { url: chance.one(earlier).url.clone(), ..Reported::default() },
            _ => {
                let origin = address::origin(chance, names);
                let url = format!("{origin}{}", address::path(chance));
                if chance.percent(8) {
                    let (page_url, group) =
                        (format!("{origin}/page/{number}"), format!("{}-group-{number}", self.country));
                    Reported { url, page_url, group }
                } else {
                    Reported { url, ..Reported::default() }
                }
            }
        }
    }
}

/// `source`, `channel`, `reporter_email`.
fn reporter(chance: &mut Chance, number: u32) -> [String; 3] {
    let source = chance.weighted(&[
        ("public", 70),
        ("partner_hotline", 8),
        ("police", 4),
        ("trusted_flagger", 6),
        ("service_provider", 4),
        ("proactive", 4),
        ("derived", 2),
        ("helpline", 2),
    ]);
    let channel =
        chance.weighted(&[("computer", 50), ("mobile", 28), ("extension", 8), ("api", 6), ("email", 5), ("phone", 3)]);
    let email = if source == "public" && chance.percent(25) {
        format!("reporter-{number}@mail.example")
    } else {
        String::new()
    };
    [source.to_owned(), channel.to_owned(), email]
}

/// A time as the file has it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
