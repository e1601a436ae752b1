//! The honest nodes after the storm: they agree, and have settled every honest report.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use super::party;
use super::role::{HONEST, HOSTILE};
use crate::hostile::Member;
use crate::node::federation::Federation;
use crate::node::node_process::ProcessNode;
use crate::wait::until;

/// Reports that each node is asked to show by themselves, of all that it lists.
const SHOWN: usize = 80;
/// Characters of a check's findings that are repeated.
const FOUND: usize = 400;
/// Reports that are read at each node.
const REPORTS: &str = "1000000";

/// The findings.
#[derive(Debug, Default, Serialize)]
pub(super) struct Calm {
    /// Seconds until they agreed; nothing where they did not in time.
    pub(super) agreed_after_s: Option<u64>,
    /// Honest reports in the federation, by state at their holders.
    pub(super) reports: BTreeMap<String, usize>,
    /// Honest reports that every honest node was asked to show by itself.
    pub(super) shown: usize,
    /// Alerts at each node, by kind.
    pub(super) alerts: BTreeMap<&'static str, BTreeMap<String, usize>>,
    /// Conditions that do not hold, a sentence each.
    pub(super) wrong: Vec<String>,
}

/// Waits until they agree, and looks at everything.
pub(super) async fn look(federation: &Federation, longest: Duration) -> anyhow::Result<Calm> {
    let (begin, mut calm) = (Instant::now(), Calm::default());
    let mut last = vec!["nothing was compared yet".to_owned()];
    let agreed = until("the honest nodes agree", longest, async || {
        last = disagreements(federation, &mut calm.reports).await?;
        Ok(last.is_empty().then_some(()))
    });
    match agreed.await {
        Ok(_) => calm.agreed_after_s = Some(begin.elapsed().as_secs()),
        Err(error) => {
            calm.wrong.push(format!("The honest nodes do not agree: {error:#}."));
            calm.wrong.extend(last.into_iter().take(20));
        }
    }
    for node in &federation.nodes()[..HONEST] {
        look_at(node, &mut calm).await;
    }
    show(federation, &mut calm).await?;
    for place in 0..HONEST {
        let member = Member::of(&federation[(place + 1) % HONEST])?;
        let hello = hotline_protocol::hello::Hello { check: true, ..member.hello()? };
        if member.greeted(&federation[place], &hello).await.is_err() {
            calm.wrong.push(format!("{} does not answer an honest peer.", federation[place].who.id));
        }
    }
    Ok(calm)
}

async fn look_at(node: &ProcessNode, calm: &mut Calm) {
    let id = node.who.id;
    if !node.operations("/readyz").await.is_ok_and(|(status, _)| status == 200) {
        calm.wrong.push(format!("{id} is not ready."));
    }
    let report = node.report_publicly(r#"{"urls":["https://nl.hosting.test/after"]}"#).await;
    if !report.is_ok_and(|(status, _)| status == 201) {
        calm.wrong.push(format!("{id} does not take a report of the public."));
    }
    for command in [["log", "verify"], ["audit", "verify"]] {
        // Its findings stand in its answer, whether or not its exit code is 0.
        let found =
            node.cli.output(&command, None).await.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let found = found.unwrap_or_else(|error| format!("{error:#}"));
        if !serde_json::from_str(&found).is_ok_and(|said: Value| said["ok"] == true) {
            let found: String = found.chars().take(FOUND).collect();
            calm.wrong.push(format!("{} does not pass at {id}: {found}", command.join(" ")));
        }
    }
    match node.cli.json(&["alert", "list"]).await {
        Ok(alerts) => {
            let kinds = calm.alerts.entry(id).or_default();
            for alert in alerts.as_array().into_iter().flatten() {
                *kinds.entry(alert["kind"].as_str().unwrap_or("?").to_owned()).or_default() += 1;
            }
        }
        Err(error) => calm.wrong.push(format!("{id} does not list its alerts: {error:#}.")),
    }
}

/// Returns a sentence for each disagreement of the honest nodes, and for each thing not settled.
async fn disagreements(federation: &Federation, states: &mut BTreeMap<String, usize>) -> anyhow::Result<Vec<String>> {
    let honest = &federation.nodes()[..HONEST];
    let (mut wrong, mut heads, mut views) = (Vec::new(), Vec::new(), Vec::new());
    for node in honest {
        let head = node.cli.json(&["log", "head"]).await?;
        heads.push(honest.iter().map(|log| head[log.who.id].clone()).collect::<Vec<_>>());
    }
    if heads.iter().any(|head| *head != heads[0]) {
        wrong.push(format!("The heads of the honest logs differ: {heads:?}."));
        return Ok(wrong);
    }
    for node in honest {
        views.push(honest_reports(node).await?);
    }
    let ids: BTreeSet<&String> = views.iter().flat_map(BTreeMap::keys).collect();
    states.clear();
    for id in ids {
        let seen: Vec<Option<&Value>> = views.iter().map(|view| view.get(id)).collect();
        compare(id, &seen, &mut wrong, states);
        let named = honest.iter().zip(&seen).filter_map(|(node, view)| Some((node.who.id, (*view)?)));
        wrong.extend(party::compare(id, &named.collect::<Vec<_>>()));
    }
    Ok(wrong)
}

/// Asks every node to show reports one by one, as a person does: each view agrees with the list, and parties say the
/// same.
async fn show(federation: &Federation, calm: &mut Calm) -> anyhow::Result<()> {
    let honest = &federation.nodes()[..HONEST];
    let listed = honest_reports(&honest[0]).await?;
    for id in listed.keys().step_by(listed.len().div_ceil(SHOWN).max(1)) {
        let mut views = Vec::with_capacity(HONEST);
        for node in honest {
            views.push((node.who.id, node.cli.show(id).await?));
        }
        let seen: Vec<(&str, &Value)> = views.iter().map(|(node, view)| (*node, view)).collect();
        calm.wrong.extend(party::compare(id, &seen));
        calm.shown += 1;
    }
    Ok(())
}

/// Returns the entries of a history that stand in honest logs: counting ones in order, then the rest. Each node keeps
/// the rest in order of arrival. Any other value stays as it is. Ignores whether an entry counts where a report was
/// offered to the hostile member. That follows from its answer, and it may give each node another answer, or none.
fn said_by_honest(part: &Value) -> Value {
    let Some(entries) = part.as_array() else { return part.clone() };
    let mut honest: Vec<Value> = entries.iter().filter(|entry| entry["log"] != HOSTILE.id).cloned().collect();
    if was_offered_to_the_hostile(entries) {
        for entry in &mut honest {
            entry["counts"] = false.into();
        }
    }
    let beyond = honest.iter().position(|entry| entry["counts"] != true).unwrap_or(honest.len());
    honest[beyond..]
        .sort_by_cached_key(|entry| (entry["log"].to_string(), entry["epoch"].as_u64(), entry["seq"].as_u64()));
    honest.into()
}

fn was_offered_to_the_hostile(history: &[Value]) -> bool {
    history.iter().any(|entry| entry["log"] != HOSTILE.id && entry["target"] == HOSTILE.id)
}

/// The reports of honest origins that stand in a log, by id.
async fn honest_reports(node: &ProcessNode) -> anyhow::Result<BTreeMap<String, Value>> {
    let all = node.cli.json(&["report", "list", "--limit", REPORTS]).await?;
    let all = all.as_array().cloned().context("a list")?;
    let is_honest = |report: &Value| report["origin"] != HOSTILE.id && report["tenure"].as_u64() > Some(0);
    let keyed = |report: Value| (report["id"].as_str().unwrap_or_default().to_owned(), report);
    Ok(all.into_iter().filter(is_honest).map(keyed).collect())
}

fn compare(id: &str, seen: &[Option<&Value>], wrong: &mut Vec<String>, states: &mut BTreeMap<String, usize>) {
    let Some(all) = seen.iter().copied().collect::<Option<Vec<&Value>>>() else {
        wrong.push(format!("{id} is not at every honest node."));
        return;
    };
    let hostile_answers =
        all.iter().any(|view| view["history"].as_array().is_some_and(|it| was_offered_to_the_hostile(it)));
    let compared: &[&str] = if hostile_answers { &["history"] } else { &["holder", "tenure", "history"] };
    for part in compared {
        let said: Vec<Value> = all.iter().map(|view| said_by_honest(&view[*part])).collect();
        if said.iter().any(|value| *value != said[0]) {
            let said: Vec<_> = said.iter().map(ToString::to_string).collect();
            wrong.push(format!("The honest nodes differ about the {part} of {id}: {}.", said.join(" / ")));
            return;
        }
    }
    // "Held" is a house's own decision: the others see the state that the headers give.
    let house = |view: &&&Value| matches!(view["state"].as_str(), Some("held" | "closed"));
    let public: BTreeSet<_> = all.iter().filter(|view| !house(view)).map(|view| view["state"].to_string()).collect();
    if public.len() > 1 && !hostile_answers {
        wrong.push(format!("The honest nodes differ about the state of {id}: {public:?}."));
    }
    // Its holder says how it stands; where nobody here is, the origin.
    let held = all.iter().find(house).copied().unwrap_or(all[0]);
    let (state, offered) = (held["state"].as_str().unwrap_or("?"), held["offered_to"].as_str());
    match state {
        "offered" | "moved" | "refused" if offered == Some(HOSTILE.id) => {
            *states.entry("waits for the hostile member's answer".to_owned()).or_default() += 1;
        }
        "offered" | "moved" | "refused" => wrong.push(format!("{id} is not settled: {state} to {offered:?}.")),
        "assessed" => wrong.push(format!("{id} is not settled: nobody has it, and no person is told.")),
        settled => *states.entry(settled.to_owned()).or_default() += 1,
    }
}
