//! Each honest node's view of a report in detail. Origin and holder show the same; a node that is no party to the
//! report shows nothing.

use serde_json::Value;

/// Members that origin and holder show alike of a report: they stand in bodies, and both are entitled to these.
const SHARED: [&str; 8] = ["url", "folded", "urgency", "offence", "assessment", "assessments", "actions", "referrer"];
/// Members shown to parties alone: those of a view that are empty elsewhere.
const PRIVATE: [&str; 3] = ["url", "assessments", "actions"];

/// A sentence for each thing that does not hold of a report. `seen` has, of each node, its id and its view.
pub(super) fn compare(report: &str, seen: &[(&str, &Value)]) -> Vec<String> {
    let Some((_, first)) = seen.first() else { return Vec::new() };
    let parties: Vec<_> =
        seen.iter().filter(|(node, _)| first["origin"] == *node || first["holder"] == *node).collect();
    let mut wrong = Vec::new();
    if let [(here, at_one), (there, at_other)] = parties.as_slice() {
        for part in SHARED.iter().filter(|part| at_one[**part] != at_other[**part]) {
            let (one, other) = (&at_one[*part], &at_other[*part]);
            wrong.push(format!("{here} and {there} say different {part} of {report}: {one} / {other}."));
        }
    }
    for (node, view) in seen.iter().filter(|(node, view)| !is_named(node, view)) {
        for part in PRIVATE.iter().filter(|part| !is_nothing(&view[**part])) {
            wrong.push(format!("{node} is no party to {report}, and has its {part}."));
        }
    }
    wrong
}

/// Whether a report's history names a node: without an offer, a node may see the headers alone.
fn is_named(node: &str, view: &Value) -> bool {
    let history = view["history"].as_array().map(Vec::as_slice).unwrap_or_default();
    view["origin"] == node || history.iter().any(|entry| entry["target"] == node)
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn view(url: Option<&str>, actions: &[&str]) -> Value {
        let history = [json!({ "log": "fr-alder", "target": "nl-birch" })];
        json!({ "origin": "fr-alder", "holder": "nl-birch", "url": url, "assessments": [], "actions": actions,
                "history": history })
    }

    #[test]
    fn origin_and_holder_say_the_same_and_others_nothing() {
        let (party, other) = (view(Some("hxxps://a[.]test"), &["removed"]), view(None, &[]));
        let seen = [("fr-alder", &party), ("nl-birch", &party), ("de-cedar", &other)];
        assert_eq!(compare("it", &seen), Vec::<String>::new());
    }

    #[test]
    fn an_act_that_one_party_does_not_know_is_told() {
        let (knows, does_not) = (view(None, &["removed"]), view(None, &[]));
        let wrong = compare("it", &[("fr-alder", &does_not), ("nl-birch", &knows)]);
        assert!(wrong.len() == 1 && wrong[0].contains("different actions"), "{wrong:?}");
    }

    #[test]
    fn a_url_at_who_is_no_party_is_told() {
        let party = view(Some("hxxps://a[.]test"), &[]);
        let wrong = compare("it", &[("fr-alder", &party), ("nl-birch", &party), ("de-cedar", &party)]);
        assert_eq!(wrong, ["de-cedar is no party to it, and has its url."]);
    }
}
