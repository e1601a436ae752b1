//! Location databases that cannot be used: refused by name at the start, and while a node runs the former one stays in
//! use until the file is right again.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::{location_data, url_in};
use hotline_tests::refusal::{CONFIGURATION, refusal, refused_with};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use mmdb_writer::{IpVersion, Value, Writer};

/// A changed file is looked at twice a second.
const SOON: Duration = Duration::from_secs(20);

/// The contents of files are the same for every database.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "location_data",
            store,
            [
                a_file_that_is_no_country_database_is_a_fault_of_the_configuration,
                a_file_that_is_no_network_database_is_a_fault_of_the_configuration,
                a_node_does_not_start_on_a_database_that_it_cannot_use,
                a_broken_file_leaves_the_former_database_in_use_until_it_is_mended,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

/// A database of one IPv4 range.
fn database(record: &Value) -> anyhow::Result<Vec<u8>> {
    let writer = Writer::builder("Foreign").ip_version(IpVersion::V4).description(&[("en", "Of another make")]);
    let mut writer = writer.build_epoch(SystemTime::UNIX_EPOCH).build();
    writer.insert_range("192.0.2.0".parse()?, "192.0.2.255".parse()?, record)?;
    Ok(writer.to_bytes()?)
}

/// Cities, with a country's name and without its code.
fn cities() -> anyhow::Result<Vec<u8>> {
    let names = |name: &str| Value::map([("names", Value::map([("en", name)]))]);
    database(&Value::map([("city", names("Example")), ("country", names("Nowhere")), ("postal", Value::from(12_345))]))
}

/// Files that are no database of countries, each with its description.
fn foreign_files() -> anyhow::Result<Vec<(&'static str, Vec<u8>)>> {
    let whole = fs::read(location_data("documentation.mmdb"))?;
    let cut = |length: usize| whole[..length].to_vec();
    let mut flipped = whole.clone();
    let place = whole.len() - 40;
    flipped[place..].fill(0xff);
    Ok(vec![
        ("empty", Vec::new()),
        ("text", b"network,country\n192.0.2.0/24,FR\n".to_vec()),
        ("zeros", vec![0; 4_096]),
        ("cut after one byte", cut(1)),
        ("cut in the tree", cut(whole.len() / 3)),
        ("cut in the records", cut(whole.len() * 2 / 3)),
        ("cut in the metadata", cut(whole.len() - 20)),
        ("cut before the last byte", cut(whole.len() - 1)),
        ("destroyed metadata", flipped),
        ("cities without countries", cities()?),
        ("a text in the place of a record", database(&Value::from("Paris"))?),
        ("networks", fs::read(location_data("network.mmdb"))?),
    ])
}

fn use_file(federation: &Federation, key: &str, file: &Path) -> anyhow::Result<()> {
    federation[0].configure(&[("geolocation", key, file.to_string_lossy().into_owned().into())])
}

async fn a_file_that_is_no_country_database_is_a_fault_of_the_configuration(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("country.mmdb");
    use_file(&federation, "country_database", &file)?;
    let refused = async |what: &str| {
        let output = federation[0].cli.output(&["locate", "192.0.2.1"], None).await?;
        refused_with(&output, CONFIGURATION, &["geolocation", "country.mmdb"]).with_context(|| what.to_owned())
    };
    refused("missing").await?;
    for (what, content) in foreign_files()? {
        fs::write(&file, content)?;
        refused(what).await?;
    }
    fs::copy(location_data("documentation.mmdb"), &file)?;
    ensure!(federation[0].cli.json(&["locate", "192.0.2.1"]).await?["country"] == "FR", "the right one is used");
    Ok(())
}

async fn a_file_that_is_no_network_database_is_a_fault_of_the_configuration(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("network.mmdb");
    use_file(&federation, "network_database", &file)?;
    for (what, content) in [("text", b"AS64496".to_vec()), ("cities", cities()?)] {
        fs::write(&file, content)?;
        let output = federation[0].cli.output(&["locate", "192.0.2.1"], None).await?;
        refused_with(&output, CONFIGURATION, &["geolocation", "network.mmdb"]).context(what)?;
    }
    Ok(())
}

async fn a_node_does_not_start_on_a_database_that_it_cannot_use(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("country.mmdb");
    use_file(&federation, "country_database", &file)?;
    fs::write(&file, cities()?)?;
    for arguments in [&["serve"][..], &["report", "submit", "-"]] {
        let output = federation[0].cli.output(arguments, Some(&url_in("FR", 1))).await?;
        let sentence = refusal(&output, CONFIGURATION).with_context(|| arguments.join(" "))?;
        ensure!(sentence.contains("country.mmdb") && !sentence.contains("hosting"), "{sentence}");
    }
    let list = federation[0].cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(Vec::is_empty), "nothing is half taken: {list}");
    Ok(())
}

async fn a_broken_file_leaves_the_former_database_in_use_until_it_is_mended(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("country.mmdb");
    let whole = fs::read(location_data("documentation.mmdb"))?;
    fs::write(&file, &whole)?;
    use_file(&federation, "country_database", &file)?;
    federation.start().await?;
    fs::write(&file, &whole[..whole.len() / 2])?;
    let warned = async |expected: bool| {
        let what = format!("a warning of the database stands in readyz: {expected}");
        let (answer, _) = until(what, SOON, async || {
            let answer = federation[0].operations("/readyz").await?;
            Ok((answer.1.contains("country.mmdb") == expected).then_some(answer))
        })
        .await?;
        ensure!(answer.0 == 200, "it goes on working: {}", answer.1);
        anyhow::Ok(answer.1)
    };
    let text = warned(true).await?;
    ensure!(text.contains("its former content stays in use"), "{text}");
    let doctor = federation[0].cli.output(&["doctor"], None).await?;
    let checks: serde_json::Value = serde_json::from_slice(&doctor.stdout)?;
    let told = checks.as_array().context("a list")?.iter().any(|check| {
        check["status"] == "fault" && check["text"].as_str().is_some_and(|text| text.contains("country.mmdb"))
    });
    ensure!(told && doctor.status.code() == Some(1), "the doctor names it: {checks}");
    let report = serde_json::json!({ "urls": ["https://192.0.2.1/item"] }).to_string();
    ensure!(federation[0].report_publicly(&report).await?.0 == 201, "reports are taken all the while");
    fs::write(&file, &whole)?;
    warned(false).await?;
    federation[0].stop().await?;
    Ok(())
}
