//! A report with every field filled, each with a value of its own. Each type is written out whole, so that a field that
//! is added does not compile until it is filled here.

use hotline_protocol::entry::{
    Access, ActionRecord, AssessmentRecord, Body, HostingRecord, LocationRecord, Salt, WitnessRecord,
};
use hotline_protocol::vocabulary::{
    Action, Age, Assessment, Behaviour, Channel, Commerciality, LocationDecision, Media, Offence, PaymentMethod,
    Production, Reason, Sex, SiteType, Source, State, TerrorismType, Urgency, WitnessAnswer,
};

use crate::report::Report;
use crate::report::lifecycle::PastCase;
use crate::report::replay::EntrySet;
use crate::report::view::detail::{Informed, PrivateContent, Replaced, ReportDetail};
use crate::report::view::report::ReportView;
use crate::report::view::reveal::Urls;

/// A body with every field.
pub(crate) fn every_field_of_a_body() -> Body {
    Body {
        salt: Salt::from_bytes([7; 16]),
        url: Some("https://oak.example.com/reported/1".parse().expect("a URL")),
        page: Some("https://elm.example.com/page/2".parse().expect("a URL")),
        group: Some("group-of-three".into()),
        referrer: Some("https://ash.example.com/came/from".into()),
        access: Some(Access { username: Some("guest-name".into()), password: Some("guest-word".into()) }),
        urgency: Some(Urgency::NewVictim.into()),
        received_at: Some(1_764_000_001),
        assessments: vec![AssessmentRecord {
            by: "fr-example".parse().expect("an id"),
            law: "BE".parse().expect("a country"),
            at: 1_764_000_002,
            assessment: Assessment::National.into(),
            offence: Offence::Incitement.into(),
            reason: Some(Reason::LinkExpired.into()),
            behaviour: vec![Behaviour::Sextortion.into(), Behaviour::Grooming.into()],
            terrorism_type: vec![TerrorismType::Training.into()],
            site_type: Some(SiteType::ImageBoard.into()),
            commerciality: Some(Commerciality::NonCommercial.into()),
            payment_methods: vec![PaymentMethod::WesternUnion.into(), PaymentMethod::Bitcoin.into()],
            media: vec![Media::Video.into()],
            age: vec![Age::PrePubescent.into(), Age::Infant.into()],
            sex: Some(Sex::Both.into()),
            production: vec![Production::Exploitation.into()],
            virtual_content: true,
            self_generated: true,
            child_modelling: true,
        }],
        hosting: vec![HostingRecord {
            ip: Some("192.0.2.77".parse().expect("an address")),
            country: Some("SE".parse().expect("a country")),
            asn: Some(64_511),
            organisation: Some("Example Hosting".into()),
            method: "hosts_file".into(),
            database: "example-countries".into(),
            database_age_days: 987,
            at: 1_764_000_003,
        }],
        location: vec![decided(1_764_000_021, "198.51.100.4"), decided(1_764_000_022, "198.51.100.5")],
        actions: vec![ActionRecord {
            by: "nl-example".parse().expect("an id"),
            action: Action::Unavailable.into(),
            at: 1_764_000_004,
            reason: Some(Reason::ContentNotFound.into()),
            last_seen_online: Some(1_764_000_005),
            first_seen_offline: Some(1_764_000_006),
        }],
        memo: Some("first line of the remark\nsecond line".into()),
    }
}

/// Returns the content that stays in the house, with every field but the body that is not published.
pub(crate) fn every_field_of_the_house() -> PrivateContent {
    PrivateContent {
        comment: Some("words of the reporter".into()),
        email: Some("reporter@mail.example".into()),
        reference: Some("ref-of-import-5".into()),
        past: Some(PastCase {
            sent_to: Some("IT".parse().expect("a country")),
            received_from: Some("ES".parse().expect("a country")),
            assessed_at: Some(1_764_000_007),
            lea_at: Some(1_764_000_008),
            isp_at: Some(1_764_000_009),
            outcome: Some(State::Removed),
            outcome_at: Some(1_764_000_010),
            replied_at: Some(1_764_000_011),
        }),
        informed: vec![Informed {
            at: 1_764_000_012,
            action: "lea-informed".into(),
            to: Some("national police".into()),
            via: Some("portal".into()),
            reference: Some("2026/77-B".into()),
        }],
        location: Some(decided(1_764_000_023, "198.51.100.6")),
        body: None,
    }
}

/// A decision about the server's place, with every field.
fn decided(at: i64, ip: &str) -> LocationRecord {
    let witness = |database: Option<&str>, resolver: Option<&str>| WitnessRecord {
        database: database.map(str::to_owned),
        resolver: resolver.map(str::to_owned),
        answer: WitnessAnswer::ALL[0].into(),
        country: Some("PL".parse().expect("a country")),
        detail: Some(format!("detail {at}")),
        age_days: Some(u32::try_from(at - 1_763_999_000).expect("a number")),
        correction: true,
        ips: vec![ip.parse().expect("an address")],
    };
    LocationRecord {
        at,
        decision: LocationDecision::ALL[0].into(),
        country: Some("PT".parse().expect("a country")),
        addresses: u32::try_from(at - 1_764_000_000 + 4_000).expect("a number"),
        witnesses: vec![
            witness(Some(&format!("base {at}")), None),
            witness(None, Some(&format!("198.51.100.53:{at}"))),
        ],
    }
}

/// The view of a report that has all of it.
pub(crate) fn view(urls: Urls<'_>) -> ReportView {
    let id = "fr-example/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
    let mut report = Report::unknown(7, id, 0);
    report.urgency = Some(Urgency::NewVictim);
    report.reported_offence = Some(Offence::HarmfulToMinors);
    report.reason = Some(Reason::Requalified);
    report.source = Some(Source::TrustedFlagger);
    report.channel = Some(Channel::Extension);
    let replaced = Replaced {
        field: "url",
        value: "https://fir.example.com/before".into(),
        by: "nl-example".parse().expect("an id"),
        at: 1_764_000_013,
    };
    let (known, private) = (every_field_of_a_body(), every_field_of_the_house());
    let detail = ReportDetail { known, private, replaced: vec![replaced], unreadable: Vec::new() };
    ReportView::new(&report, &detail, &EntrySet::default(), &"fr-example".parse().expect("an id"), urls)
}
