//! A year of made-up figures for tests: every list has something in it, and there are small counts.

use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::{
    Age, Behaviour, Channel, Commerciality, Media, Offence, Production, Reason, Sex, SiteType, Source, TerrorismType,
};

use super::count::{End, Removals, Spans, Watched, codes, countries, share, top_level_domains};
use super::model::{
    Actions, ByCode, Change, ContentFigures, CountryCount, Handling, NoticeCount, NoticeFigures, OffenceCount,
    Previous, Removal, Statistics, Victims, YearFigures,
};
use super::period::Period;

const CLOCKS: [char; 5] = ['A', 'B', 'C', 'D', 'E'];

/// The codes of a list, each with a count.
macro_rules! counted {
    ($list:ident, $($n:expr),+) => {
        $list::ALL.iter().map(|code| code.code()).zip([$($n),+].into_iter().cycle()).collect::<ByCode>()
    };
}

/// The figures of 2018.
pub(crate) fn sample() -> Statistics {
    let by_offence = |factor: u64| {
        let counts = [(22_940, 14_216), (5_539, 1_777), (1_500, 300), (985, 120), (1_500, 4)];
        let counts =
            counts.map(|(reported, illegal)| OffenceCount { reported: reported / factor, illegal: illegal / factor });
        Offence::ALL.iter().map(|offence| offence.code()).zip(counts).collect()
    };
    let hosting = hosting();
    Statistics {
        time_zone: crate::zone::Zone::UTC,
        period: Period::year(2018).expect("a year"),
        reported: 32_464,
        illegal: 16_417,
        by_offence: by_offence(1),
        by_source: counted!(Source, 18_830, 11_687, 3, 0, 0, 0, 1_944),
        by_channel: counted!(Channel, 16_557, 2_273, 0, 2, 0),
        received: 32_464,
        unique_urls: 30_100,
        duplicates: 2_364,
        pending: 12,
        not_illegal: counted!(Reason, 4_000, 3_100, 2, 0, 17, 250),
        actions: Actions {
            lea: 15_566,
            lea_transmissions: 15_900,
            isp: 11_380,
            sent_to_peers: 2_419,
            received_from_peers: 9_870,
            replies: 3_414,
        },
        hosting_europe: hosting
            .iter()
            .filter(|row| row.country.is_some_and(super::count::is_european))
            .cloned()
            .collect(),
        hosting_by_offence: Offence::ALL.iter().map(|offence| (offence.code(), countries_of(8))).collect(),
        federation_hosting: hosting.clone(),
        site_types: codes(
            SiteType::ALL.iter().map(|code| code.code()),
            [
                ("image_host", 10_662),
                ("file_host", 2_275),
                ("website", 711),
                ("image_store", 426),
                ("banner_site", 142),
            ]
            .into_iter(),
        ),
        tlds: top_level_domains(
            [("com", 5_971), ("net", 3_838), ("fr", 1_848), ("site", 327), ("onion", 218), ("ip", 3), ("ru", 2)]
                .map(|(tld, n)| (Some(tld.to_owned()), n))
                .into(),
        ),
        onion: 218,
        victims: Victims { sex: counted!(Sex, 0, 11_657, 2_133, 426), age: counted!(Age, 0, 569, 12_083, 1_564) },
        production: counted!(Production, 5_000, 800, 3),
        behaviours: counted!(Behaviour, 40, 12, 3),
        terrorism_types: counted!(TerrorismType, 900, 500, 377),
        content: ContentFigures { self_generated: 2_800, virtual_content: 60, child_modelling: 4 },
        commerciality: counted!(Commerciality, 1_000, 216, 13_000),
        media: counted!(Media, 11_000, 2_000, 1, 900, 300),
        handling: handling(),
        removal: CLOCKS.map(removal).into(),
        notices: notices(),
        exchange: Vec::new(),
        series: (2014..=2018)
            .zip([5, 4, 3, 2, 1])
            .map(|(year, factor)| YearFigures { year, by_offence: by_offence(factor) })
            .collect(),
        previous: Some(Previous { period: Period::year(2017).expect("a year"), reported: 16_232, illegal: 8_208 }),
        change: Some(Change { reported: Some(1.0), illegal: Some(1.0) }),
        hosting,
    }
}

fn hosting() -> Vec<CountryCount> {
    countries(countries_of(40).into_iter().map(|row| (row.country, row.n)))
}

/// The first so many countries of the world, the first the most often, the last a few times; and unknown ones.
fn countries_of(n: usize) -> Vec<CountryCount> {
    let counts = (1_u64..).map(|rank| 12_000 / (rank * rank));
    let known =
        ["FR", "US", "NL", "RU", "RO", "CA", "GB", "UA", "CZ"].map(|code| code.parse::<Country>().expect("a country"));
    let others = Country::all().filter(|country| !known.contains(country));
    let counted = known.into_iter().chain(others).take(n).map(Some).chain([None]).zip(counts);
    let total: u64 = (1..=u64::try_from(n).expect("few") + 1).map(|rank| 12_000 / (rank * rank)).sum();
    counted.map(|(country, n)| CountryCount { country, n, share: share(n, total) }).collect()
}

fn spans(scale: u64) -> Spans {
    let mut spans = Spans::default();
    for (minutes, n) in [(30, 900), (600, 700), (1_500, 3), (2_900, 500), (6_000, 300), (12_000, 40), (50_000, 2)] {
        spans.add(minutes * scale, n);
    }
    spans
}

fn handling() -> Handling {
    let took = |scale| spans(scale).durations();
    Handling {
        received_to_assessed: took(1),
        assessed_to_lea: took(2),
        assessed_to_isp: took(3),
        offered_to_first_action: Spans::default().durations(),
    }
}

fn removal(clock: char) -> Removal {
    let scale = u64::from(u32::from(clock) - u32::from('A')) + 1;
    let (mut all, mut watched) = (Removals::default(), Watched::default());
    for (minutes, n) in [(100, 3_000), (1_000, 2_500), (2_000, 1_900), (4_000, 1_200), (9_000, 800), (30_000, 2)] {
        all.add(End::Gone(Some(minutes * scale)), n);
        watched.gone(minutes * scale, n);
    }
    all.add(End::Online, 600);
    watched.online(60_000, 600);
    let mut few = Removals::default();
    few.add(End::Gone(Some(600)), 3);
    few.add(End::Online, 40);
    let by_hosting = [
        ("here", all.count()),
        ("member", few.count()),
        ("non_member", few.count()),
        ("unknown", Removals::default().count()),
    ];
    Removal { clock, all: all.count(), by_hosting: by_hosting.into(), survival: watched.survival() }
}

fn notices() -> Vec<NoticeFigures> {
    let provider = |name: Option<&str>, removed, unavailable, no_action| {
        let all = NoticeCount {
            notices: removed + unavailable + no_action,
            removed,
            unavailable,
            no_action,
            median_hours: Some(20.5),
        };
        NoticeFigures { provider: name.map(str::to_owned), by_offence: [("csam", all.clone())].into(), all }
    };
    vec![
        provider(Some("Example Hosting"), 9_000, 300, 40),
        provider(Some("Example Cloud"), 1_500, 0, 12),
        provider(Some("AS64496"), 40, 6, 2),
        provider(None, 7, 0, 3),
    ]
}
