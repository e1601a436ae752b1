//! Figures recounted: `statistics` counts in the database. The test counts again from each report's own bodies and its
//! entries in all logs, in the plainest way. The federation has lived through everything that changes them.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use chrono::DateTime;
use hotline_protocol::log::Cursor;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::outsider::{Outsider, Shown};
use hotline_tests::places::{hosts_file, url_in};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::volumes::recount_volumes;
use crate::exchange::between_hotlines::SOON;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("figures", store, [figures_are_what_logs_and_bodies_say])
}

/// Reports in one run: more bodies than have room in it, so that many come late.
const PARCEL: u32 = 120;

async fn figures_are_what_logs_and_bodies_say(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    federation.name_hosts(&[("moving.test", "NL")])?;
    let moved = federation.folder().join("hosts-after-the-move");
    std::fs::write(&moved, hosts_file(&[("moving.test", "DE")]))?;
    federation[2].configure(&[("geolocation", "hosts_file", moved.to_string_lossy().into_owned().into())])?;
    federation[0].configure(&[("exchange", "run_maximum_bytes", (64 * 1_024).into())])?;
    import(&federation[0]).await?;
    federation.start().await?;
    live(&federation).await?;
    federation[1].kill().await?;
    let while_away = federation[0].cli.submit(&url_in("NL", 9_001)).await?;
    federation[1].start().await?;
    until_holder(&federation[1], &while_away, "nl-birch").await?;
    federation.until_heads_equal(SOON).await?;
    replay(&federation).await?;
    federation.until_heads_equal(SOON).await?;
    until("no body is missing", SOON, async || Ok(is_whole(&federation).await?.then_some(()))).await?;
    recount_all(&federation).await?;
    recount_volumes(&federation).await
}

/// Reports with everything that can be found of them, hosted here and there.
async fn import(node: &ProcessNode) -> anyhow::Result<()> {
    let mut text = "reference,received_at,url,assessment,assessed_at,site_type,commerciality,media,age,sex,production,\
        behaviour,virtual,self_generated,child_modelling\n"
        .to_owned();
    for number in 0..PARCEL {
        let one = |of: &[&'static str]| of[number as usize % of.len()];
        let cells = [
            format!("row-{number}"),
            format!("2026-01-{:02}T03:04:05Z", 1 + number % 20),
            url_in(one(&["NL", "NL", "FR", "SE"]), number),
            one(&["baseline", "national", "baseline", "not_illegal", "baseline"]).to_owned(),
            format!("2026-01-{:02}T{:02}:30:00Z", 2 + number % 20, number % 24),
            one(&["image_host", "file_host", "", "forum"]).to_owned(),
            one(&["commercial", "", "non_commercial"]).to_owned(),
            one(&["image|video", "image", "", "text"]).to_owned(),
            one(&["pubescent|infant", "pre_pubescent", "", "not_categorised|pubescent"]).to_owned(),
            one(&["female", "male", "", "both", "female"]).to_owned(),
            one(&["exploitation", "", "self_produced|exploitation"]).to_owned(),
            one(&["", "grooming", "grooming|sextortion", "", ""]).to_owned(),
            one(&["true", "false", "false"]).to_owned(),
            one(&["false", "true"]).to_owned(),
            one(&["false", "false", "false", "true"]).to_owned(),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let file = node.cli.config_file.with_extension("csv");
    std::fs::write(&file, text)?;
    node.cli.json(&["report", "import", &file.to_string_lossy()]).await?;
    Ok(())
}

/// Does everything that people do with reports.
async fn live(federation: &Federation) -> anyhow::Result<()> {
    let [fr, nl, de] = [&federation[0], &federation[1], &federation[2]];
    let moving = fr.cli.submit("https://moving.test/item/1").await?;
    let abroad = fr.cli.submit(&url_in("NL", 8_001)).await?;
    // An action on a report comes after its intake, so this report came long ago.
    fr.cli.import(&[("home".to_owned(), url_in("FR", 8_002))]).await?;
    let home = fr.cli.json(&["report", "list", "--limit", "1"]).await?[0]["id"].as_str().context("an id")?.to_owned();
    let waits = fr.cli.json_of(&["report", "submit", "-"], Some(&url_in("NL", 8_003))).await?;
    let waits = waits["id"].as_str().context("an id")?.to_owned();
    let found = ["--site-type", "blog", "--sex", "female", "--age", "infant", "--age", "pubescent", "--self-generated"];
    fr.cli.json(&[&["report", "assess", &waits, "--assessment", "national"], &found[..]].concat()).await?;
    let other =
        fr.cli.json_of(&["report", "submit", "-", "--offence", "terrorism"], Some(&url_in("US", 8_004))).await?;
    let other = other["id"].as_str().context("an id")?.to_owned();
    let kind = ["--assessment", "illegal", "--terrorism-type", "training"];
    fr.cli.json(&[&["report", "assess", &other], &kind[..]].concat()).await?;
    let act = async |node: &ProcessNode, id: &str, more: &[&str]| {
        node.cli.json(&[&["report", "act", id], more].concat()).await
    };
    act(fr, &home, &["lea-informed", "--at", "2026-02-01T00:00:00Z"]).await?;
    act(fr, &home, &["lea-informed"]).await?;
    act(fr, &home, &["isp-informed", "--at", "2026-02-01T10:00:00Z"]).await?;
    act(fr, &home, &["removed", "--at", "2026-02-09T00:00:00Z", "--first-seen-offline", "2026-02-08T22:17:00Z"])
        .await?;
    let again = fr.cli.submit(&url_in("FR", 8_005)).await?;
    act(fr, &again, &["isp-informed"]).await?;
    act(fr, &again, &["unavailable"]).await?;
    act(fr, &again, &["reopen"]).await?;
    for id in [&moving, &abroad, &waits] {
        until_holder(nl, id, "nl-birch").await?;
    }
    act(nl, &abroad, &["lea-informed"]).await?;
    act(nl, &abroad, &["isp-informed"]).await?;
    act(nl, &abroad, &["removed"]).await?;
    act(nl, &moving, &["isp-informed"]).await?;
    nl.cli.json(&["report", "transfer", &moving, "--country", "DE"]).await?;
    until_holder(de, &moving, "de-cedar").await?;
    act(de, &moving, &["isp-informed"]).await?;
    act(de, &moving, &["unavailable"]).await?;
    Ok(())
}

/// Sends a node data that it already has: the first run of its peer, with its bodies.
async fn replay(federation: &Federation) -> anyhow::Result<()> {
    let holder = Outsider::new(federation[0].exchange_address(), Some(Shown::of_folder(federation[1].folder())?))?;
    let run = holder.get(&format!("/logs/fr-alder/runs?ep=1&after=0&hash={}", Cursor::START.hash)).await?;
    let origin = Outsider::new(federation[1].exchange_address(), Some(Shown::of_folder(federation[0].folder())?))?;
    let answer = origin.push("fr-alder", run.text).await?;
    ensure!(answer.status == 200, "{}", answer.text);
    Ok(())
}

async fn until_holder(node: &ProcessNode, id: &str, holder: &str) -> anyhow::Result<()> {
    let what = format!("{} shows that {holder} holds {id}", node.who.id);
    until(what, SOON, async || Ok(node.cli.find(id).await?.filter(|seen| seen["holder"] == holder))).await.map(drop)
}

/// Every body that a node may see is there.
async fn is_whole(federation: &Federation) -> anyhow::Result<bool> {
    for node in federation.nodes() {
        for report in list(node).await?.iter().filter(|report| !report["number"].is_null()) {
            let statuses = counting(report).iter().filter(|entry| entry["type"] == "report.status/1").count();
            // A node that passed a report on hears no more of the single actions, only that there are some.
            let is_reader = report["origin"] == node.who.id || report["holder"] == node.who.id;
            let actions = report["actions"].as_array().map_or(0, Vec::len);
            let waits = report["state"] == "offered" || report["state"] == "moved";
            if report["url"].is_null() || (is_reader && actions < statuses) || waits {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

async fn recount_all(federation: &Federation) -> anyhow::Result<()> {
    // When its origin received a report, the body says; nobody shows it but the origin itself.
    let mut received: BTreeMap<String, i64> = BTreeMap::new();
    for node in federation.nodes() {
        for report in list(node).await?.iter().filter(|report| report["origin"] == node.who.id) {
            received.insert(text(&report["id"]), seconds(&report["received_at"]).context("a time")?);
        }
    }
    for node in federation.nodes() {
        let figures = node.cli.json(&["statistics", "--from", "2020-01-01", "--to", "2100-01-01"]).await?;
        let ours: Vec<Value> = list(node).await?.into_iter().filter(|report| !report["number"].is_null()).collect();
        let counted = Recount { own: node.who.id, ours: &ours, received: &received }.figures();
        for (place, expected) in counted {
            let found = figures.pointer(&place).cloned().unwrap_or_default();
            ensure!(found == expected, "{}: {place} is {found}, and {expected} recounted", node.who.id);
        }
        for with in figures["exchange"].as_array().context("a list")? {
            let expected = accepted_in(node.who.id, &with["peer"], &ours);
            ensure!(with["median_accept_seconds"] == json!(expected), "{}: {with}, not {expected:?}", node.who.id);
        }
    }
    Ok(())
}

/// Of our reports that a peer holds, the time from the last offer to its acceptance: the lower of the two in the middle.
fn accepted_in(own: &str, peer: &Value, ours: &[Value]) -> Option<i64> {
    let held = ours.iter().filter(|report| report["origin"] == own && report["holder"] == *peer);
    let mut spans: Vec<i64> = held
        .filter_map(|report| {
            let history = counting(report);
            let accept = history.iter().rposition(|entry| entry["type"] == "report.accept/1")?;
            let offer = history[..accept].iter().rfind(|entry| !entry["target"].is_null())?;
            Some((seconds(&history[accept]["at"])? - seconds(&offer["at"])?).max(0))
        })
        .collect();
    spans.sort_unstable();
    spans.get(spans.len().div_ceil(2).checked_sub(1)?).copied()
}

async fn list(node: &ProcessNode) -> anyhow::Result<Vec<Value>> {
    let list = node.cli.json(&["report", "list", "--limit", "1000"]).await?;
    list.as_array().cloned().context("a list")
}

/// From when a clock counts; none where it never started.
type Start<'s> = &'s dyn Fn(&Value) -> Option<i64>;

/// Counts by hand.
struct Recount<'r> {
    own: &'static str,
    ours: &'r [Value],
    received: &'r BTreeMap<String, i64>,
}

impl Recount<'_> {
    /// Each figure with its place.
    fn figures(&self) -> Vec<(String, Value)> {
        let mut figures = Vec::new();
        let csam: Vec<&Value> = self.ours.iter().filter(|report| is_illegal(report, "csam")).collect();
        let finding = |report: &Value| latest(&report["assessments"]).cloned().unwrap_or_default();
        let times = |key: &str, code: &str| csam.iter().filter(|report| has(&finding(report)[key], code)).count();
        for (place, key, none, codes) in [
            ("/victims/sex", "sex", "not_determined", &["female", "male", "both"][..]),
            ("/commerciality", "commerciality", "not_determined", &["commercial", "non_commercial"]),
        ] {
            let known: usize = codes.iter().map(|code| times(key, code)).sum();
            figures.push((format!("{place}/{none}"), json!(csam.len() - known)));
            figures.extend(codes.iter().map(|code| (format!("{place}/{code}"), json!(times(key, code)))));
        }
        for (place, key, codes) in [
            ("/media", "media", &["image", "video", "text", "page", "other"][..]),
            ("/production", "production", &["familial_or_extrafamilial", "exploitation", "self_produced"]),
            ("/behaviours", "behaviour", &["grooming", "sextortion", "corruption_of_minors"]),
        ] {
            figures.extend(codes.iter().map(|code| (format!("{place}/{code}"), json!(times(key, code)))));
        }
        for key in ["virtual", "self_generated", "child_modelling"] {
            let n = csam.iter().filter(|report| finding(report)[key] == true).count();
            figures.push((format!("/content/{key}"), json!(n)));
        }
        let ages = ["infant", "pre_pubescent", "pubescent"];
        let youngest = |report: &Value| ages.iter().copied().find(|age| has(&finding(report)["age"], age));
        for age in ages {
            let n = csam.iter().filter(|report| youngest(report) == Some(age)).count();
            figures.push((format!("/victims/age/{age}"), json!(n)));
        }
        let mut sites: BTreeMap<String, usize> = BTreeMap::new();
        for report in &csam {
            let site = finding(report)["site_type"].as_str().unwrap_or("not_determined").to_owned();
            *sites.entry(site).or_default() += 1;
        }
        let mut sites: Vec<(String, usize)> = sites.into_iter().collect();
        sites.sort_by_key(|(code, n)| (std::cmp::Reverse(*n), code.clone()));
        for (place, (code, n)) in sites.iter().enumerate() {
            figures.push((format!("/site_types/{place}/code"), json!(code)));
            figures.push((format!("/site_types/{place}/n"), json!(n)));
        }
        let terrorism = self.ours.iter().filter(|report| is_illegal(report, "terrorism"));
        let training = terrorism.filter(|report| has(&finding(report)["terrorism_type"], "training")).count();
        figures.push(("/terrorism_types/training".into(), json!(training)));
        self.acts(&mut figures);
        self.times(&csam, &mut figures);
        figures
    }

    fn acts(&self, figures: &mut Vec<(String, Value)>) {
        let own = |report: &Value, code: &str| self.acted(report, code, true).len();
        let with = |code: &str| self.ours.iter().filter(|report| own(report, code) > 0).count();
        figures.push(("/actions/lea".into(), json!(with("lea-informed"))));
        let all: usize = self.ours.iter().map(|report| own(report, "lea-informed")).sum();
        figures.push(("/actions/lea_transmissions".into(), json!(all)));
        figures.push(("/actions/isp".into(), json!(with("isp-informed"))));
    }

    fn times(&self, csam: &[&Value], figures: &mut Vec<(String, Value)>) {
        let here = |report: &Value| seconds(&report["received_at"]).unwrap_or_default();
        let assessed = |report: &Value| times_of(&report["assessments"], |_| true).into_iter().min();
        let from_here = |report: &Value| assessed(report).map(|at| at.max(here(report)));
        let is_own = |report: &Value| report["origin"] == self.own;
        let handled = |pair: &dyn Fn(&Value) -> Option<(i64, i64)>| {
            self.ours.iter().filter_map(pair).map(|(from, to)| (to - from).max(0)).collect::<Vec<_>>()
        };
        let own_act = |report: &Value, code: &str| self.acted(report, code, true).into_iter().min();
        for (name, spans) in [
            ("received_to_assessed", handled(&|it| is_own(it).then(|| Some((here(it), assessed(it)?))).flatten())),
            ("assessed_to_lea", handled(&|it| Some((from_here(it)?, own_act(it, "lea-informed")?)))),
            ("assessed_to_isp", handled(&|it| Some((from_here(it)?, own_act(it, "isp-informed")?)))),
            ("offered_to_first_action", handled(&|it| self.first_action(it))),
        ] {
            let place = format!("/handling/{name}");
            figures.push((format!("{place}/n"), json!(spans.len())));
            figures.push((format!("{place}/median_hours"), json!(hours(&spans, 50))));
            figures.push((format!("{place}/p90_hours"), json!(hours(&spans, 90))));
            figures.push((format!("{place}/within_days/3"), json!(within(&spans, 3))));
        }
        let origin = |report: &Value| self.received.get(&text(&report["id"])).copied();
        let any = |report: &Value, code: &str| self.acted(report, code, false).into_iter().min();
        let starts: [Start<'_>; 5] = [
            &|it| origin(it).into_iter().chain([here(it)]).min(),
            &|it| any(it, "isp-informed"),
            &|it| any(it, "lea-informed"),
            &|it| assigned(it, here(it)),
            &|it| assessed(it),
        ];
        for (clock, start) in starts.iter().enumerate() {
            let started: Vec<(&Value, i64)> =
                csam.iter().filter_map(|report| Some((*report, start(report)?))).collect();
            let removed = started.iter().filter(|(report, _)| is_gone(report)).count();
            // Content gone before the clock started took no time that could be measured.
            let lengths: Vec<i64> = started.iter().filter_map(|(report, from)| Some(gone_at(report)? - from)).collect();
            let gone: Vec<i64> = lengths.iter().copied().filter(|length| *length >= 0).collect();
            let place = format!("/removal/{clock}");
            figures.push((format!("{place}/removed"), json!(removed)));
            figures.push((format!("{place}/removed_before"), json!(lengths.len() - gone.len())));
            figures.push((format!("{place}/still_online"), json!(started.len() - removed)));
            figures.push((format!("{place}/median_hours"), json!(hours(&gone, 50))));
            figures.push((format!("{place}/within_days/1"), json!(within(&gone, 1))));
            figures.push((format!("{place}/within_days/28"), json!(within(&gone, 28))));
        }
    }

    /// Returns the times of an action, by this hotline alone or by any.
    fn acted(&self, report: &Value, code: &str, is_own: bool) -> Vec<i64> {
        times_of(&report["actions"], |act| act["action"] == code && (!is_own || act["by"] == self.own))
    }

    /// Returns the times of our accepted offer and of another hotline's first action after it.
    fn first_action(&self, report: &Value) -> Option<(i64, i64)> {
        let history: Vec<&Value> = counting(report);
        let is_offer = |entry: &&Value| entry["log"] == self.own && !entry["target"].is_null();
        let place = history.iter().rposition(is_offer)?;
        history[place..].iter().find(|entry| entry["type"] == "report.accept/1")?;
        let act = history[place..].iter().find(|entry| {
            entry["type"] == "report.status/1" && entry["log"] != self.own && entry["status"] != "reopened"
        })?;
        Some((seconds(&history[place]["at"])?, seconds(&act["at"])?))
    }
}

/// When the hotline that holds it accepted it; when it was received, where it was hosted at home from the beginning.
fn assigned(report: &Value, received: i64) -> Option<i64> {
    let history = counting(report);
    let accept = history.iter().rev().find(|entry| entry["type"] == "report.accept/1");
    let at_home = history.first().is_some_and(|create| create["status"] == "accepted");
    accept.map_or(at_home.then_some(received), |entry| seconds(&entry["at"]))
}

fn counting(report: &Value) -> Vec<&Value> {
    report["history"].as_array().into_iter().flatten().filter(|entry| entry["counts"] == true).collect()
}

fn is_gone(report: &Value) -> bool {
    ["removed", "unavailable"].iter().any(|state| report["state"] == *state)
}

fn gone_at(report: &Value) -> Option<i64> {
    if !is_gone(report) {
        return None;
    }
    let acts = report["actions"].as_array()?.iter();
    let last = acts
        .filter(|act| act["action"] == "removed" || act["action"] == "unavailable")
        .max_by_key(|act| seconds(&act["at"]));
    last.and_then(|act| seconds(&act["first_seen_offline"]).or_else(|| seconds(&act["at"])))
}

fn is_illegal(report: &Value, offence: &str) -> bool {
    let findings = ["baseline", "national", "illegal"];
    report["offence"] == offence && findings.iter().any(|finding| report["assessment"] == *finding)
}

fn latest(assessments: &Value) -> Option<&Value> {
    assessments.as_array()?.iter().max_by_key(|record| seconds(&record["at"]))
}

fn has(codes: &Value, code: &str) -> bool {
    codes == code || codes.as_array().is_some_and(|codes| codes.iter().any(|known| known == code))
}

fn times_of(records: &Value, which: impl Fn(&Value) -> bool) -> Vec<i64> {
    let records = records.as_array().into_iter().flatten();
    records.filter(|record| which(record)).filter_map(|record| seconds(&record["at"])).collect()
}

fn seconds(time: &Value) -> Option<i64> {
    DateTime::parse_from_rfc3339(time.as_str()?).ok().map(|time| time.timestamp())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The nearest rank, in minutes rounded up, beyond two days in hours; shown in hours with two digits.
fn hours(spans: &[i64], percent: usize) -> Option<f64> {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let seconds = *spans.get((spans.len() * percent).div_ceil(100).checked_sub(1)?)?;
    let unit = if seconds <= 172_800 { 60 } else { 3_600 };
    let minutes = u32::try_from((seconds + unit - 1) / unit * unit / 60).ok()?;
    Some((f64::from(minutes) / 60.0 * 100.0).round() / 100.0)
}

fn within(spans: &[i64], days: i64) -> usize {
    spans.iter().filter(|span| **span <= days * 86_400).count()
}
