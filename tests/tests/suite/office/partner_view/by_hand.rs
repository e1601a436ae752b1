//! Addresses and form values typed by an intruder that tries to see more than he is shown.

use std::collections::BTreeSet;

use hotline_tests::node::marked_federation::MarkedFederation;

/// Parameters that the pages have, or that somebody would guess; those that a crawl finds come to them.
const NAMES: [&str; 16] = [
    "peer", "node", "partner", "holder", "origin", "log", "id", "report", "number", "account", "name", "role",
    "country", "view", "scope", "here",
];
/// Ends of downloads.
const ENDS: [&str; 5] = [".csv", ".json", "/csv", "/json", "/download"];

/// Values to put in place of the proper ones.
fn values(report: &str) -> Vec<String> {
    let [other, third] = MarkedFederation::OTHERS;
    let own = MarkedFederation::PARTNER;
    let both = format!("{own},{other}");
    let texts = [other, third, "DE-CEDAR", "de%2dcedar", &both, "*", "", "fr-alder", "DE", "all", report];
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A route with something in place of each of its parameters.
pub(super) fn filled(path: &str, value: &str) -> String {
    let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let fill = |part: &str| if part.starts_with('{') { value.clone() } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// Every address that is tried of a route.
pub(super) fn addresses_of(path: &str, report: &str, found: &BTreeSet<String>) -> BTreeSet<String> {
    let values = values(report);
    let mut addresses = BTreeSet::new();
    if path.contains('{') {
        for value in &values {
            let path = filled(path, value);
            addresses.extend(ENDS.map(|end| format!("{path}{end}")));
            addresses.insert(path);
        }
    }
    let path = filled(path, MarkedFederation::PARTNER);
    addresses.extend(ENDS.map(|end| format!("{path}{end}")));
    for name in names(found) {
        addresses.extend(values.iter().map(|value| format!("{path}?{name}={}", encoded(value))));
    }
    // Two of one name, and names that another reader would take for it.
    let (own, other) = (MarkedFederation::PARTNER, MarkedFederation::OTHERS[0]);
    for query in [
        format!("peer={own}&peer={other}"),
        format!("peer={other}&peer={own}"),
        format!("peer[]={other}"),
        format!("PEER={other}"),
        format!("peer={own}%00{other}"),
        format!("peer={own};peer={other}"),
        format!("peer%20={other}"),
        format!("%70eer={other}"),
    ] {
        addresses.insert(format!("{path}?{query}"));
    }
    addresses.insert(path);
    addresses
}

/// Forms that are sent to every route: each with one value in all of its fields.
pub(super) fn forms(report: &str, found: &BTreeSet<String>) -> Vec<Vec<(String, String)>> {
    let form = |value: &String| names(found).into_iter().map(|name| (name, value.clone())).collect();
    values(report).iter().map(form).collect()
}

/// The same path in other words, each with a header line that some servers listen to.
pub(super) fn tricks(path: &str) -> Vec<(String, (&'static str, &str))> {
    let bare = path.trim_start_matches('/');
    let first = bare.chars().next().map_or(0, u32::from);
    let none = ("accept", "*/*");
    let mut tricks: Vec<(String, (&'static str, &str))> = [
        format!("{path}/"),
        format!("/{path}"),
        format!("/.{path}"),
        format!("/assets/..{path}"),
        format!("/assets/%2e%2e{path}"),
        format!("/assets/%2e%2e%2f{bare}"),
        format!("/assets/office.css/../..{path}"),
        format!("/%{first:02x}{}", bare.get(1..).unwrap_or_default()),
        path.to_uppercase(),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path};a=b"),
        format!("{path}%3fpeer={}", MarkedFederation::PARTNER),
        format!("{path}#/"),
        format!("{path}?/assets/office.css"),
        path.replace('/', "%2f").replacen("%2f", "/", 1),
        format!("\\{bare}"),
    ]
    .into_iter()
    .map(|trick| (trick, none))
    .collect();
    for name in ["x-original-url", "x-rewrite-url", "x-forwarded-uri", "x-forwarded-prefix"] {
        tricks.push(("/".to_owned(), (name, path)));
    }
    for pair in [("x-http-method-override", "POST"), ("x-forwarded-for", "127.0.0.1"), ("authorization", "Basic YTpi")]
    {
        tricks.push((path.to_owned(), pair));
    }
    tricks
}

fn names(found: &BTreeSet<String>) -> BTreeSet<String> {
    found.iter().cloned().chain(NAMES.map(str::to_owned)).collect()
}

/// The value as it stands in an address; an encoded one stays.
fn encoded(value: &str) -> String {
    if value.contains('%') {
        value.to_owned()
    } else {
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
    }
}
