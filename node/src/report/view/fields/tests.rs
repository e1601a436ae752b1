//! Tests that everything a report holds is shown, to the viewers entitled to it.

use std::collections::BTreeSet;

use hotline_protocol::entry::{Access, Body, Salt};
use serde::Serialize;
use serde_json::Value;

use super::record::is_time;
use super::test_fields::{every_field_of_a_body, every_field_of_the_house, view};
use super::{Line, Told};
use crate::access::act::ActOrigin;
use crate::clock::time_of_seconds;
use crate::report::Report;
use crate::report::replay::EntrySet;
use crate::report::view::detail::{PrivateContent, ReportDetail, SaidBody};
use crate::report::view::report::ReportView;
use crate::report::view::reveal::{Reveal, Urls};

const REVEALED: Urls<'_> = Urls::Revealed(Reveal { who: "ada", origin: ActOrigin::Office });

/// Every value that a type writes, by its own serialisation; times as people are shown them. The salt tells nothing.
fn values_of(held: &impl Serialize) -> BTreeSet<String> {
    fn collect(key: &str, value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(key, value, into)),
            Value::Array(items) => items.iter().for_each(|item| collect(key, item, into)),
            Value::String(text) if key != "salt" => drop(into.insert(text.clone())),
            Value::Number(number) if is_time(key) => into.extend(number.as_i64().and_then(time_of_seconds)),
            Value::Number(number) => drop(into.insert(number.to_string())),
            // A flag is shown under its own key.
            Value::Bool(_) => drop(into.insert(format!("{key}=true"))),
            _ => {}
        }
    }
    let mut values = BTreeSet::new();
    collect("", &serde_json::to_value(held).expect("JSON"), &mut values);
    values
}

fn values_of_lines(view: &ReportView) -> BTreeSet<String> {
    let sections = view.sections();
    let lines = sections.iter().flat_map(|section| &section.lines);
    let told = |line: &Line| match &line.told {
        Told::Text(told) | Told::Url(told) | Told::Time(told) => vec![told.clone()],
        Told::Codes(_, codes) => codes.clone(),
        Told::Flag(_) => vec![format!("{}=true", line.key)],
        Told::Kept => vec![],
    };
    lines.flat_map(told).collect()
}

#[test]
fn every_value_that_a_report_holds_is_in_its_json_and_on_its_lines_when_revealed() {
    let mut held = values_of(&every_field_of_a_body());
    held.extend(values_of(&every_field_of_the_house()));
    // The node's own mail alone reads it.
    assert!(held.remove("reporter@mail.example"));
    assert!(held.len() > 50, "{held:?}");
    let view = view(REVEALED);
    let json = values_of(&view);
    let mut lines = values_of_lines(&view);
    // Above the sections.
    lines.extend(view.url.clone());
    lines.extend(view.urgency.map(|urgency| urgency.to_string()));
    // The last decision about the place has a table of its own.
    lines.extend(values_of(&view.hosting));
    for value in &held {
        assert!(json.contains(value), "{value} is not in the JSON");
        // A witness is one line; a flag in it is its name.
        let word = value.trim_end_matches("=true");
        let is_told = lines.contains(value) || lines.iter().any(|line| line.contains(" · ") && line.contains(word));
        assert!(is_told, "{value} stands on no line");
    }
    for value in ["harmful_to_minors", "requalified", "trusted_flagger", "extension", "https://fir.example.com/before"]
    {
        assert!(json.contains(value) && lines.contains(value), "{value}");
    }
    let text = serde_json::to_string(&view).expect("JSON");
    assert!(!text.contains("reporter@mail") && view.content.reporter.has_email, "{text}");
}

#[test]
fn what_is_personal_and_what_opens_the_content_is_shown_only_when_revealed() {
    let shown = |urls| serde_json::to_string(&view(urls)).expect("JSON");
    let (defanged, hidden) = (shown(Urls::Defanged), shown(Urls::Hidden));
    for kept in ["words of the reporter", "guest-name", "guest-word", "https://"] {
        assert!(!defanged.contains(kept) && !hidden.contains(kept), "{kept}");
    }
    for told in ["first line of the remark", "group-of-three", "ref-of-import-5", "192.0.2.77", "example[.]com"] {
        assert!(defanged.contains(told), "{told} in {defanged}");
        assert!(!hidden.contains(told), "{told} in {hidden}");
    }
    // Data that reveals nothing of the content is for every viewer of reports.
    for told in ["2026/77-B", "national police", "image_board", "Example Hosting"] {
        assert!(hidden.contains(told), "{told} in {hidden}");
    }
    let kept: Vec<String> = view(Urls::Defanged)
        .sections()
        .into_iter()
        .flat_map(|section| section.lines)
        .filter(|line| line.told == Told::Kept)
        .map(|line| line.key)
        .collect();
    assert_eq!(kept, ["access", "comment"]);
}

#[test]
fn what_a_later_body_replaces_stays_visible_beside_it() {
    let said = |by: &str, at, change: fn(&mut Body)| {
        let mut body = Body::new(Salt::from_bytes([3; 16]));
        change(&mut body);
        SaidBody { by: by.parse().expect("an id"), at, line: body.to_line().expect("a line") }
    };
    let bodies = [
        said("fr-example", 1, |body| {
            body.url = Some("https://oak.example.com/first".parse().expect("a URL"));
            body.memo = Some("the first remark".into());
            body.group = Some("same".into());
            body.access = Some(Access { username: Some("one".into()), password: None });
        }),
        said("fr-example", 2, |body| {
            body.url = Some("https://oak.example.com/second".parse().expect("a URL"));
            body.group = Some("same".into());
            body.access = Some(Access { username: Some("two".into()), password: Some("word".into()) });
        }),
        said("nl-example", 3, |body| body.memo = Some("the second remark".into())),
    ];
    let detail = ReportDetail::assemble(PrivateContent::default(), bodies);
    let shown = |urls| {
        let id = "fr-example/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let own = "fr-example".parse().expect("an id");
        let view = ReportView::new(&Report::unknown(7, id, 0), &detail, &EntrySet::default(), &own, urls);
        serde_json::to_value(&view).expect("JSON")
    };
    let revealed = shown(REVEALED);
    let replaced: Vec<_> = revealed["replaced"].as_array().expect("a list").iter().collect();
    let told: Vec<_> =
        replaced.iter().map(|it| (it["field"].as_str(), it["value"].as_str(), it["by"].as_str())).collect();
    assert_eq!(
        told,
        [
            (Some("url"), Some("https://oak.example.com/first"), Some("fr-example")),
            (Some("access_username"), Some("one"), Some("fr-example")),
            (Some("memo"), Some("the first remark"), Some("nl-example")),
        ]
    );
    assert_eq!((&revealed["access"]["username"], &revealed["access"]["password"]), (&"two".into(), &"word".into()));
    assert_eq!(revealed["memo"], "the second remark");
    let defanged = shown(Urls::Defanged);
    assert_eq!(defanged["replaced"][0]["value"], "hxxps://oak[.]example[.]com/first");
    assert_eq!(defanged["replaced"][1]["value"], Value::Null);
    assert!(shown(Urls::Hidden)["replaced"].as_array().expect("a list").iter().all(|it| it["value"].is_null()));
}

#[test]
fn every_key_of_the_desk_is_there_also_where_nothing_is_known() {
    let id = "fr-example/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
    let salt = Salt::from_bytes([0; 16]);
    let known = Body::new(salt);
    let detail =
        ReportDetail { known, private: PrivateContent::default(), replaced: Vec::new(), unreadable: Vec::new() };
    let own = "fr-example".parse().expect("an id");
    let view = ReportView::new(&Report::unknown(7, id, 0), &detail, &EntrySet::default(), &own, Urls::Defanged);
    let json = serde_json::to_value(&view).expect("JSON");
    for key in [
        "reference",
        "group",
        "page",
        "referrer",
        "memo",
        "note",
        "claimed_by",
        "known",
        "follows",
        "joined",
        "due_at",
        "take_back_until",
    ] {
        assert_eq!(json.get(key), Some(&Value::Null), "{key}");
    }
    assert_eq!(json["references"], serde_json::json!([]));
    assert_eq!(json["access"]["username"], Value::Null);
    assert_eq!(json["access"]["password"], Value::Null);
    assert_eq!(json["reporter"]["has_email"], false);
    assert_eq!((&json["reporter"]["comment"], &json["reporter"]["language"]), (&Value::Null, &Value::Null));
    assert_eq!(view.sections(), []);
    assert!(!view.has_more());
}
