//! Figures of the yearly report for each year, and chosen values where it says nothing.
//!
//! Counts of csam and terrorism are the report's for every year. Of the other offences it has only how they changed from
//! 2014 to 2018 (illegal incitement −18 %, illegal content harmful to minors −14 %), and that all reports rose by 238 %
//! and illegal ones by 282 %: the counts of 2014 and 2018 are chosen so that all four hold, those between are chosen.
//! Shares are the report's for 2018, and are used for every year.

/// One year's counts.
#[derive(Debug, Clone, Copy)]
pub struct Year {
    /// The calendar year, in UTC.
    pub year: i32,
    /// Offence as reported, how many, and how many of those are illegal: the report's for csam and terrorism.
    pub offences: [(&'static str, usize, usize); 5],
    /// Reported as terrorism, and found to be illegal incitement instead (row 40); chosen. Those are not among the
    /// illegal of either offence above.
    pub requalified: usize,
    /// Illegal csam in France, all told to its hosters (rows 11 and 15); chosen but for 2018.
    pub hosted_here: usize,
    /// Of those, received from the network (row 13); chosen but for 2018.
    pub received: usize,
    /// Illegal csam abroad that was sent to the network (row 12); chosen but for 2018.
    pub sent: usize,
    /// Told to the police (row 10); chosen but for 2018.
    pub to_police: usize,
    /// Reporters with an answer (row 14); chosen but for 2018.
    pub replies: usize,
    /// Illegal csam on onion services (row 36); chosen but for 2018.
    pub onion: usize,
}

/// The five years of the report.
pub const YEARS: [Year; 5] = [
    Year {
        year: 2014,
        offences: offences((6_180, 1_897), (40, 9), (1_550, 1_424), (1_600, 1_500), 235),
        requalified: 0,
        hosted_here: 1_500,
        received: 900,
        sent: 300,
        to_police: 4_000,
        replies: 1_000,
        onion: 12,
    },
    Year {
        year: 2015,
        offences: offences((11_196, 4_875), (2_674, 209), (1_610, 1_380), (1_640, 1_460), 300),
        requalified: 300,
        hosted_here: 3_900,
        received: 2_700,
        sent: 800,
        to_police: 6_500,
        replies: 1_500,
        onion: 40,
    },
    Year {
        year: 2016,
        offences: offences((17_732, 7_341), (330, 32), (1_650, 1_310), (1_660, 1_400), 350),
        requalified: 60,
        hosted_here: 5_900,
        received: 4_800,
        sent: 1_200,
        to_police: 8_500,
        replies: 2_000,
        onion: 80,
    },
    Year {
        year: 2017,
        offences: offences((25_204, 13_263), (3_826, 1_610), (1_720, 1_240), (1_680, 1_340), 420),
        requalified: 350,
        hosted_here: 10_600,
        received: 9_100,
        sent: 2_200,
        to_police: 14_500,
        replies: 2_900,
        onion: 150,
    },
    Year {
        year: 2018,
        offences: offences((22_940, 14_216), (5_539, 1_777), (1_785, 768), (1_700, 1_290), 500),
        requalified: 400,
        hosted_here: 11_380,
        received: 9_870,
        sent: 2_419,
        to_police: 15_566,
        replies: 3_414,
        onion: 218,
    },
];

/// Each with how many were reported and how many are illegal; of other offences none is.
const fn offences(
    csam: (usize, usize),
    terrorism: (usize, usize),
    incitement: (usize, usize),
    harmful_to_minors: (usize, usize),
    other: usize,
) -> [(&'static str, usize, usize); 5] {
    [
        ("csam", csam.0, csam.1),
        ("terrorism", terrorism.0, terrorism.1),
        ("incitement", incitement.0, incitement.1),
        ("harmful_to_minors", harmful_to_minors.0, harmful_to_minors.1),
        ("other", other, 0),
    ]
}

/// Source and channel (rows 22 to 24). The second block's label is lost in the source: it is taken for partner
/// hotlines.
pub(super) const SOURCES: [((&str, &str), u64); 4] = [
    (("public", "computer"), 510),
    (("public", "mobile"), 70),
    (("partner_hotline", "exchange"), 360),
    (("derived", "import"), 60),
];

/// Hosting of csam that was handled (row 31), but for the unknown; the last ten are chosen.
pub(super) const CSAM_HOSTS: [(&str, u64); 15] = [
    ("FR", 750),
    ("US", 60),
    ("NL", 50),
    ("RU", 26),
    ("RO", 14),
    ("DE", 10),
    ("CA", 10),
    ("GB", 10),
    ("SE", 10),
    ("CZ", 10),
    ("PL", 10),
    ("UA", 10),
    ("JP", 10),
    ("BG", 10),
    ("LU", 10),
];

/// Hosting of terrorist content that was handled (row 38); the last four are chosen.
pub(super) const TERRORISM_HOSTS: [(&str, u64); 9] =
    [("US", 520), ("NL", 110), ("RO", 90), ("RU", 80), ("GB", 60), ("DE", 40), ("FR", 40), ("CA", 30), ("SE", 30)];

/// Site types (row 34).
pub(super) const SITE_TYPES: [(&str, u64); 5] =
    [("image_host", 750), ("file_host", 160), ("website", 50), ("image_store", 30), ("banner_site", 10)];

/// Top-level domains (row 35). Nobody's names are used: `.example` stands for `.fr`, `.test` for `.site`, `.invalid` for
/// `.ru`, and `example.org` for all that the report does not name.
pub(super) const HOSTS: [(&str, u64); 6] = [
    ("example.com", 420),
    ("example.net", 270),
    ("host.example", 130),
    ("host.test", 23),
    ("host.invalid", 20),
    ("example.org", 137),
];

/// Victims (rows 29 and 30).
pub(super) const SEXES: [(&str, u64); 3] = [("female", 820), ("male", 150), ("both", 30)];
/// Three to 13 years, 13 to 18, up to three.
pub(super) const AGES: [(&str, u64); 3] = [("pre_pubescent", 850), ("pubescent", 110), ("infant", 40)];

/// Production (row 27), conduct (row 28) and kinds of terrorist content (row 39): the report names them without
/// figures; the figures are chosen.
pub(super) const PRODUCTIONS: [(&str, u64); 3] =
    [("familial_or_extrafamilial", 400), ("exploitation", 350), ("self_produced", 250)];
pub(super) const BEHAVIOURS: [(&str, u64); 4] =
    [("", 970), ("grooming", 10), ("sextortion", 15), ("corruption_of_minors", 5)];
pub(super) const TERRORISM_TYPES: [(&str, u64); 3] =
    [("war_glorification", 500), ("training", 300), ("torture_barbarity", 200)];

/// Why something is not illegal (row 40), without figures in the report.
pub(super) const REASONS: [(&str, u64); 5] = [
    ("content_removed_before_assessment", 350),
    ("error_404_not_found_or_site_down", 150),
    ("unable_to_access", 100),
    ("does_not_meet_threshold_for_illegality", 250),
    ("out_of_remit", 150),
];

/// Days from the notice to the removal, of content hosted in France: half within five days (row 16). The chart of row
/// 17 (15, 25, 28, 23 and 10 % in the first five days) is taken for that half, since its shares make 101 % and all was
/// removed.
pub(super) const WITHIN_FIVE_DAYS: [(u64, u64); 5] = [(1, 146), (2, 248), (3, 279), (4, 229), (5, 98)];
/// The other half; chosen.
pub(super) const LATER_DAYS: [(u64, u64); 5] = [(6, 200), (7, 200), (14, 300), (28, 250), (60, 50)];
