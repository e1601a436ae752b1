//! Tests of the shown and the hidden content of a view.

use hotline_protocol::entry::{ActionRecord, Body, Content, EntryType, HostingRecord, Salt};
use hotline_protocol::id::{NodeId, ReportId};
use serde_json::{Value, json};

use super::*;
use crate::access::act::ActOrigin;
use crate::report::replay::Recorded;
use crate::report::view::detail::PrivateContent;
use crate::report::view::reveal::Reveal;
use crate::report::{BodyState, Number};

fn id() -> ReportId {
    "fr-example/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id")
}

fn node(text: &str) -> NodeId {
    text.parse().expect("a node id")
}

fn report() -> Report {
    let mut report = Report::unknown(7, id(), 1_764_000_000_000_000);
    report.number = Some(Number { year: 2026, count: 12 });
    report
}

fn report_detail(body: Body) -> ReportDetail {
    ReportDetail { known: body, private: PrivateContent::default(), replaced: Vec::new(), unreadable: Vec::new() }
}

fn body() -> Body {
    let mut body = Body::new(Salt::from_bytes([1; 16]));
    body.url = Some("https://a.example/b".parse().expect("a URL"));
    body
}

fn shown(report: &Report, body: Body, ledger: &EntrySet, urls: Urls<'_>) -> Value {
    let own = "fr-example".parse().expect("an id");
    serde_json::to_value(ReportView::new(report, &report_detail(body), ledger, &own, urls)).expect("JSON")
}

fn finding(country: &str, ip: &str, at: i64) -> HostingRecord {
    HostingRecord {
        ip: Some(ip.parse().expect("an address")),
        country: Some(country.parse().expect("a country")),
        asn: Some(64_500),
        organisation: None,
        method: "literal".into(),
        database: "fixture".into(),
        database_age_days: 1,
        at,
    }
}

/// A create of ours and a refusal of it, the refusal first, as it may be stored.
fn ledger() -> EntrySet {
    let mut create = Content::new(EntryType::Create, 1_764_000_000);
    (create.org, create.rid, create.tenure) = (Some(id().origin), Some(id().rid), Some(1));
    create.target = Some(node("de-example"));
    let hash = |name: &str| hotline_protocol::bytes::Hash::of(&[name.as_bytes()]);
    let body_state = BodyState::Here;
    let offer = Recorded { hash: hash("create"), log: node("fr-example"), place: (1, 3), content: create, body_state };
    let mut refuse = Content::new(EntryType::Refuse, 1_764_000_009);
    (refuse.org, refuse.rid) = (Some(id().origin), Some(id().rid));
    (refuse.reference, refuse.of, refuse.why) = (Some(offer.hash), Some(offer.hash), Some("out_of_remit".into()));
    let body_state = BodyState::None;
    let answer = Recorded { hash: hash("refuse"), log: node("de-example"), place: (1, 5), content: refuse, body_state };
    let mut ledger = EntrySet::default();
    ledger.add(7, answer);
    ledger.add(7, offer);
    ledger
}

#[test]
fn every_key_of_the_contract_is_there_also_where_nothing_is_known() {
    let view = shown(&report(), Body::new(Salt::from_bytes([0; 16])), &EntrySet::default(), Urls::Defanged);
    for key in
        ["id", "number", "origin", "holder", "tenure", "state", "url", "hosting", "route", "assessments", "history"]
    {
        assert!(view.get(key).is_some(), "{key}");
    }
    for key in ["country", "ip", "asn", "organisation", "method", "at"] {
        assert_eq!(view["hosting"].get(key), Some(&Value::Null), "{key}");
    }
    assert_eq!(view["route"], json!({"destination": null, "reason": null}));
    assert_eq!(view["url"], Value::Null);
    assert_eq!(view["number"], "FR-2026-0000012");
    assert_eq!(view["received_at"], "2025-11-24T16:00:00Z");
}

#[test]
fn a_url_is_defanged_unless_it_is_revealed() {
    let report = report();
    let revealed = Urls::Revealed(Reveal { who: "ada", origin: ActOrigin::Office });
    assert_eq!(shown(&report, body(), &EntrySet::default(), Urls::Defanged)["url"], "hxxps://a[.]example/b");
    assert_eq!(shown(&report, body(), &EntrySet::default(), revealed)["url"], "https://a.example/b");
}

#[test]
fn a_view_without_urls_holds_nothing_that_leads_to_the_content() {
    let mut told = body();
    told.page = Some("https://a.example/page".parse().expect("a URL"));
    told.memo = Some("behind the second link of a.example".into());
    told.hosting.push(finding("DE", "192.0.2.1", 10));
    for (urls, is_there) in [(Urls::Defanged, true), (Urls::Hidden, false)] {
        let view = shown(&report(), told.clone(), &EntrySet::default(), urls);
        for place in ["/url", "/page", "/memo", "/hosting/ip"] {
            assert_eq!(view.pointer(place).is_some_and(|told| !told.is_null()), is_there, "{place}");
        }
        let text = view.to_string();
        for told in ["a.example", "a[.]example", "192.0.2.1"] {
            assert!(is_there || !text.contains(told), "{told} in {text}");
        }
        assert_eq!(view["hosting"]["asn"], 64_500);
    }
}

#[test]
fn the_finding_in_the_country_that_counts_is_shown() {
    let mut report = report();
    report.country = Some("DE".parse().expect("a country"));
    let mut body = body();
    body.hosting.extend([finding("DE", "192.0.2.1", 10), finding("NL", "192.0.2.2", 20)]);
    let expected = json!({"country": "DE", "ip": "192.0.2.1", "asn": 64_500, "organisation": null,
        "method": "literal", "at": "1970-01-01T00:00:10Z", "decision": null, "decided_at": null, "addresses": null,
        "witnesses": []});
    assert_eq!(shown(&report, body, &EntrySet::default(), Urls::Defanged)["hosting"], expected);
}

#[test]
fn the_history_is_the_walk() {
    let history = shown(&report(), body(), &ledger(), Urls::Defanged)["history"].clone();
    assert_eq!(
        history,
        json!([
            {"log": "fr-example", "epoch": 1, "seq": 3, "type": "report.create/1", "status": null,
             "at": "2025-11-24T16:00:00Z", "target": "de-example", "why": null, "counts": true},
            {"log": "de-example", "epoch": 1, "seq": 5, "type": "report.refuse/1", "status": null,
             "at": "2025-11-24T16:00:09Z", "target": null, "why": "out_of_remit", "counts": true},
        ])
    );
}

#[test]
fn times_in_records_are_rfc_3339() {
    let mut body = body();
    body.actions.push(ActionRecord {
        by: node("fr-example"),
        action: hotline_protocol::vocabulary::Action::Removed.into(),
        at: 10,
        reason: None,
        last_seen_online: Some(5),
        first_seen_offline: None,
    });
    let actions = shown(&report(), body, &EntrySet::default(), Urls::Defanged)["actions"].clone();
    let expected = json!([{"by": "fr-example", "action": "removed", "at": "1970-01-01T00:00:10Z",
        "last_seen_online": "1970-01-01T00:00:05Z"}]);
    assert_eq!(actions, expected);
}
