//! Traces of each flood at a node: the part that is kept, its use of space, and the number of people called.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64URL_NOPAD;
use hotline_node::randomness::Randomness;
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Origin};
use hotline_protocol::hello::SharedDigestKey;
use hotline_protocol::log::Cursor;
use hotline_tests::hostile::{Branch, Hand, Member};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::wait::until;
use sea_orm::ConnectionTrait as _;

use crate::figure::{Figure, median};

/// The most that a day takes of one author here, in MiB: less than is usual, so that it is met soon.
const DAY_MEBIBYTES: i64 = 32;
/// Runs of unknown types, of so many entries with so many bytes each: 112 MiB in all.
const UNKNOWN: (usize, usize, usize) = (40, 1_000, 2_800);
/// Hellos, each with as many digest keys as are read.
const HELLOS: usize = 1_500;
const KEYS: usize = 4;
/// Hellos with a measured time.
const MEASURED: usize = 200;
const EPOCHS: u64 = 200;
/// Runs of reports that stand still, of so many each.
const STILL: (usize, usize) = (3, 1_000);
const OFFERS: u32 = 2_000;
const MEBIBYTE: f64 = 1_024.0 * 1_024.0;
/// Everything that follows a flood is done within this time.
const LONG: Duration = Duration::from_mins(5);
/// Refusals held back are not written within this time.
const QUIET: Duration = Duration::from_secs(5);

/// Every flood at a federation of its own.
pub(crate) async fn measure(store: &Store) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    figures.extend(unknown_types(store).await?);
    figures.extend(digest_keys(store).await?);
    figures.extend(epochs(store).await?);
    figures.extend(standing_still(store).await?);
    figures.extend(hosted_elsewhere(store).await?);
    Ok(figures)
}

async fn begin(store: &Store) -> Result<(Federation, Member)> {
    let mut federation = Federation::new(store, &[THREE[0], THREE[2]]).await?;
    federation[0].configure(&[("exchange", "day_maximum_mebibytes", DAY_MEBIBYTES.into())])?;
    federation[0].start().await?;
    let member = Member::of(&federation[1])?;
    Ok((federation, member))
}

/// A count in a node's database.
async fn count(node: &ProcessNode, store: &Store, of: &str) -> Result<f64> {
    let database = node.database(store).await?;
    let statement =
        sea_orm::Statement::from_string(database.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {of}"));
    let row = database.query_one_raw(statement).await?.context("a row")?;
    let count: i64 = row.try_get("", "n")?;
    database.close().await?;
    Ok(f64::from(u32::try_from(count)?))
}

async fn has_alert(node: &ProcessNode, kind: &str) -> Result<bool> {
    let alerts = node.cli.json(&["alert", "list"]).await?;
    Ok(alerts.as_array().context("a list")?.iter().any(|alert| alert["kind"] == kind))
}

async fn end_of(node: &ProcessNode, log: &str) -> Result<u64> {
    Ok(node.cli.json(&["log", "head"]).await?[log]["seq"].as_u64().unwrap_or(0))
}

fn bytes_under(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        bytes += if path.is_dir() { bytes_under(&path)? } else { fs::metadata(&path)?.len() };
    }
    Ok(bytes)
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn in_mebibytes(bytes: u64) -> f64 {
    bytes as f64 / MEBIBYTE
}

async fn unknown_types(store: &Store) -> Result<Vec<Figure>> {
    let (mut federation, member) = begin(store).await?;
    let (runs, entries, bytes) = UNKNOWN;
    let mut says = Content::new(EntryType::Unknown("later.thing/1".into()), 1_767_323_045);
    says.why = Some("x".repeat(bytes).into());
    let contents = vec![says; entries];
    let (mut branch, mut sent) = (Branch::default(), 0);
    let before = bytes_under(federation[0].folder())?;
    for _ in 0..runs {
        let run = member.write(&mut branch, &contents)?;
        sent += run.len() as u64;
        let answer = member.push(&federation[0], &run).await?;
        ensure!(answer.status == 200 || answer.status == 429, "{}: {}", answer.status, answer.text);
    }
    let kept = count(&federation[0], store, "entry").await?;
    // Rows waiting in a log of the database go into it.
    federation[0].stop().await?;
    let grown = bytes_under(federation[0].folder())?.saturating_sub(before);
    Ok(vec![
        Figure::new("unknown types: sent, MiB", in_mebibytes(sent)),
        Figure::new("unknown types: entries kept", kept),
        Figure::new("unknown types: the folder grew by, MiB", in_mebibytes(grown)),
    ])
}

async fn digest_keys(store: &Store) -> Result<Vec<Figure>> {
    let (federation, member) = begin(store).await?;
    let client = member.client(&federation[0])?;
    let plain = serde_json::to_vec(&member.hello()?)?;
    let timed = async || {
        let mut took = Vec::with_capacity(MEASURED);
        for _ in 0..MEASURED {
            let begin = Instant::now();
            let answer = client.hello(plain.clone()).await?;
            took.push(begin.elapsed().as_secs_f64() * 1_000.0);
            ensure!(answer.status == 200, "{}: {}", answer.status, answer.text);
        }
        Ok(median(took))
    };
    let before = timed().await?;
    for _ in 0..HELLOS {
        let mut hello = member.hello()?;
        let key = || SharedDigestKey { key: BASE64URL_NOPAD.encode(&Randomness.bytes::<32>()) };
        hello.digest_keys = (0..KEYS).map(|_| key()).collect();
        let answer = client.hello(serde_json::to_vec(&hello)?).await?;
        ensure!(answer.status == 200, "{}: {}", answer.status, answer.text);
    }
    let of_member = format!("digest_key WHERE node = '{}'", member.id);
    Ok(vec![
        Figure::new("digest keys: shown", f64::from(u32::try_from(HELLOS * KEYS)?)),
        Figure::new("digest keys: kept", count(&federation[0], store, &of_member).await?),
        Figure::new("digest keys: a hello before, ms", before),
        Figure::new("digest keys: a hello after, ms", timed().await?),
    ])
}

async fn epochs(store: &Store) -> Result<Vec<Figure>> {
    let (federation, member) = begin(store).await?;
    let mut taken = 0;
    for epoch in 2..EPOCHS + 2 {
        let mut opening = Content::new(EntryType::EpochOpen, 1_767_323_045);
        opening.from = Some(Origin { ep: 1, seq: 0, hash: Hash::ZERO });
        let (run, _) = member.pen.run_of(&Cursor { epoch, seq: 0, hash: Hash::ZERO }, &[opening])?;
        taken += u32::from(member.push(&federation[0], &run).await?.status == 200);
    }
    Ok(vec![
        Figure::new("epochs: opened", f64::from(u32::try_from(EPOCHS)?)),
        Figure::new("epochs: taken", f64::from(taken)),
    ])
}

async fn standing_still(store: &Store) -> Result<Vec<Figure>> {
    let (federation, member) = begin(store).await?;
    let (runs, reports) = STILL;
    let mut branch = Branch::default();
    for _ in 0..runs {
        let mut contents = member.creates(reports)?;
        for content in &mut contents {
            content.crit = vec!["later".into()];
        }
        let answer = member.push(&federation[0], &member.write(&mut branch, &contents)?).await?;
        ensure!(answer.status == 200, "{}: {}", answer.status, answer.text);
    }
    // Those that the federation opens by itself are the same for every build.
    let alerts = count(&federation[0], store, "alert WHERE kind = 'report_stands_still'").await?;
    Ok(vec![
        Figure::new("reports that stand still: sent", f64::from(u32::try_from(runs * reports)?)),
        Figure::new("reports that stand still: alerts", alerts),
    ])
}

async fn hosted_elsewhere(store: &Store) -> Result<Vec<Figure>> {
    let (federation, member) = begin(store).await?;
    let (node, mut hand) = (&federation[0], Hand::of(&member));
    for number in 0..OFFERS {
        hand.add(member.offer("fr-alder")?, Some(&url_in("US", number)))?;
        if (number + 1) % 1_000 == 0 {
            let answer = member.push(node, &hand.run()?).await?;
            ensure!(answer.status == 200, "{}: {}", answer.status, answer.text);
        }
    }
    let (mut written, mut since) = (0, Instant::now());
    until("all that is refused at once is written", LONG, async || {
        let now = end_of(node, "fr-alder").await?;
        if now != written {
            (written, since) = (now, Instant::now());
        }
        let are_held_back = since.elapsed() > QUIET && has_alert(node, "refusals_held_back").await?;
        Ok((written == u64::from(OFFERS) || are_held_back).then_some(()))
    })
    .await?;
    Ok(vec![
        Figure::new("offers hosted elsewhere: sent", f64::from(OFFERS)),
        Figure::new("offers hosted elsewhere: refusals written", f64::from(u32::try_from(written)?)),
    ])
}
