//! A server's place, as several witnesses have it. Agreed places go their way, disputed ones are held for a person with
//! everything that each says, and go on when the witnesses agree.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::{ProcessNode, Who};
use hotline_tests::places::{location_data, url_in};
use hotline_tests::refusal::{CONFIGURATION, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::location_data::{OthersFiles, use_country_databases, write_countries, write_networks};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

/// A changed file is looked at twice a second, and doubtful cases are looked at again at once.
const SOON: Duration = Duration::from_secs(40);

/// Where the suite's names of NL and FR stand.
const NL: &str = "192.0.2.32/27";
const FR: &str = "192.0.2.0/27";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    let mut trials =
        sentences!("witnesses", store, [what_databases_dispute_is_held_with_every_witness_and_goes_on_when_they_agree]);
    if matches!(store, Store::Sqlite) {
        trials.extend(sentences!(
            "witnesses",
            store,
            [
                a_delivery_network_hides_where_a_server_stands_and_a_person_decides,
                a_target_in_doubt_leaves_an_offer_to_a_person,
                kosovo_an_unknown_code_and_an_unknown_address_are_three_things,
                former_names_of_keys_are_read_and_not_beside_the_present_ones,
                country_files_of_npm_and_of_python_are_taken_as_their_makers_make_them,
            ]
        ));
    }
    trials
}

async fn until_shown(node: &ProcessNode, id: &str, pointer: &str, value: &str) -> anyhow::Result<Value> {
    let what = format!("{} shows {pointer} of {id} as {value}", node.who.id);
    let shown = until(what, SOON, async || {
        Ok(node.cli.find(id).await?.filter(|seen| seen.pointer(pointer).is_some_and(|it| it == value)))
    });
    Ok(shown.await?.0)
}

/// `name country answer` of each witness, in the order shown.
fn told(view: &Value) -> Vec<String> {
    let text = |witness: &Value, key: &str| witness[key].as_str().unwrap_or("-").to_owned();
    let witnesses = view.as_array().map(Vec::as_slice).unwrap_or_default();
    let line = |witness: &Value| {
        format!("{} {} {}", text(witness, "database"), text(witness, "country"), text(witness, "answer"))
    };
    witnesses.iter().map(line).collect()
}

async fn what_databases_dispute_is_held_with_every_witness_and_goes_on_when_they_agree(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let [one, other, third] = ["one", "other", "third"].map(|name| federation.folder().join(format!("{name}.mmdb")));
    write_countries(&one, &[(NL, "NL"), (FR, "FR")])?;
    write_countries(&other, &[(NL, "DE"), (FR, "FR")])?;
    write_countries(&third, &[(FR, "FR")])?;
    use_country_databases(&federation[0], &[one, other.clone(), third])?;
    federation.start().await?;

    let home = federation[0].cli.submit(&url_in("FR", 1)).await?;
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    let seen = federation[0].cli.show(&id).await?;
    ensure!(seen["state"] == "held" && seen["route"]["reason"] == "disputed", "{seen}");
    ensure!(seen["hosting"]["country"].is_null() && seen["hosting"]["decision"] == "disputed", "{seen}");
    let expected = ["one.mmdb NL country", "other.mmdb DE country", "third.mmdb - not_known"];
    ensure!(told(&seen["hosting"]["witnesses"]) == expected, "{seen}");
    ensure!(seen["hosting"]["witnesses"][0]["age_days"] == 0, "{seen}");
    let located = federation[0].cli.json(&["locate", "192.0.2.33"]).await?;
    ensure!(located["country"].is_null() && located["decision"] == "disputed", "{located}");
    ensure!(located["route"]["reason"] == "disputed" && told(&located["witnesses"]) == expected, "{located}");
    let text = String::from_utf8(federation[0].cli.call(&["report", "show", &id]).await?.stdout)?;
    ensure!(text.contains("other.mmdb") && text.contains("disputed"), "{text}");

    let office = Office::signed_in(&Door::of_process(&federation[0]), "analyst", None).await?;
    let page = office.get(&format!("/reports/{id}")).await?;
    page.is(200)?;
    for word in ["Witnesses differ", "one.mmdb", "other.mmdb", "third.mmdb", "Does not know the address"] {
        ensure!(page.text.contains(word), "'{word}' is not on the page: {}", page.text);
    }
    let stuck = office.get("/stuck").await?;
    ensure!(stuck.text.contains("it is not certain where the server stands"), "{}", stuck.text);
    let doctor = federation[0].cli.output(&["doctor"], None).await?;
    let doctor = String::from_utf8(doctor.stdout)?;
    for word in ["1 disputed", "third.mmdb", "IPv4"] {
        ensure!(doctor.contains(word), "'{word}' is not in: {doctor}");
    }
    // At home by all witnesses, and nothing of the doubtful one has gone anywhere.
    let seen = federation[0].cli.show(&home).await?;
    ensure!(seen["route"]["reason"] == "hosted_here" && seen["hosting"]["decision"] == "agreed", "{seen}");
    let elsewhere = until_shown(&federation[1], &id, "/state", "assessed").await?;
    ensure!(elsewhere["hosting"]["country"].is_null(), "{elsewhere}");

    write_countries(&other, &[(NL, "NL"), (FR, "FR")])?;
    let seen = until_shown(&federation[1], &id, "/holder", "nl-birch").await?;
    ensure!(seen["hosting"]["country"] == "NL" && seen["hosting"]["decision"] == "agreed", "{seen}");
    ensure!(told(&seen["hosting"]["witnesses"]).contains(&"other.mmdb NL country".to_owned()), "{seen}");
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn a_delivery_network_hides_where_a_server_stands_and_a_person_decides(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let (networks, list) = (federation.folder().join("asn.mmdb"), federation.folder().join("delivery.csv"));
    write_networks(&networks, &[(NL, 64_510), ("192.0.2.96/27", 64_510), (FR, 64_511)])?;
    fs::write(&list, "network,name\nAS64510,Example Delivery\n")?;
    let path = |path: &std::path::Path| toml::Value::from(path.to_string_lossy().into_owned());
    federation[0].configure(&[
        ("geolocation", "network_database", path(&networks)),
        ("geolocation", "delivery_networks_file", path(&list)),
    ])?;
    federation.start().await?;

    let mut ids = Vec::new();
    for (country, decided) in [("NL", "held"), ("DE", "held"), ("FR", "accepted")] {
        let id = federation[0].cli.submit(&url_in(country, 1)).await?;
        let seen = federation[0].cli.show(&id).await?;
        ensure!(seen["state"] == decided, "{country}: {seen}");
        ids.push((id, seen));
    }
    for (id, seen) in &ids[..2] {
        ensure!(seen["route"]["reason"] == "origin_hidden" && seen["hosting"]["country"].is_null(), "{id}: {seen}");
        let hidden = seen["hosting"]["witnesses"].as_array().context("a list")?;
        ensure!(
            hidden.iter().any(|it| it["answer"] == "hides_origin" && it["detail"] == "AS64510 Example Delivery"),
            "{seen}"
        );
        ensure!(seen["hosting"]["asn"] == 64_510, "{seen}");
    }
    federation[0].cli.json(&["report", "transfer", &ids[0].0, "--country", "NL"]).await?;
    federation[0].cli.json(&["report", "resume", &ids[1].0, "--to", "de-cedar"]).await?;
    for ((id, _), holder) in ids.iter().zip(["nl-birch", "de-cedar"]) {
        let seen = until_shown(&federation[0], id, "/holder", holder).await?;
        ensure!(seen["route"]["reason"] == "hosted_there" && seen["state"] == "accepted", "{seen}");
    }
    fs::write(&list, "network,name\nhost.example,Example Delivery\n")?;
    let output = federation[0].cli.output(&["locate", "192.0.2.33"], None).await?;
    refused_with(&output, CONFIGURATION, &["delivery.csv", "line 2"])
}

async fn a_target_in_doubt_leaves_an_offer_to_a_person(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let [one, other] = ["one", "other"].map(|name| federation.folder().join(format!("{name}.mmdb")));
    write_countries(&one, &[(NL, "NL")])?;
    write_countries(&other, &[(NL, "DE")])?;
    use_country_databases(&federation[1], &[one, other.clone()])?;
    federation.start().await?;

    let by_hand = federation[0].cli.submit(&url_in("NL", 1)).await?;
    let later = federation[0].cli.submit(&url_in("NL", 2)).await?;
    for id in [&by_hand, &later] {
        let seen = until_shown(&federation[1], id, "/route/reason", "disputed").await?;
        ensure!(seen["state"] == "offered" && seen["offered_to"] == "nl-birch", "{seen}");
        let expected = ["one.mmdb NL country", "other.mmdb DE country"];
        ensure!(told(&seen["hosting"]["witnesses"]) == expected, "its own witnesses are shown: {seen}");
    }
    let office = Office::signed_in(&Door::of_process(&federation[1]), "admin", None).await?;
    let stuck = office.get("/stuck").await?;
    ensure!(stuck.text.contains("Offered to this hotline"), "{}", stuck.text);
    federation[1].cli.json(&["report", "accept", &by_hand]).await?;
    let seen = until_shown(&federation[0], &by_hand, "/holder", "nl-birch").await?;
    ensure!(!seen["history"].to_string().contains("report.refuse/1"), "{seen}");
    let seen = federation[1].cli.show(&by_hand).await?;
    ensure!(seen["route"]["reason"].is_null(), "it is no doubt any more: {seen}");

    write_countries(&other, &[(NL, "NL")])?;
    until_shown(&federation[0], &later, "/holder", "nl-birch").await?;
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn kosovo_an_unknown_code_and_an_unknown_address_are_three_things(store: Store) -> anyhow::Result<()> {
    let who = [THREE[0], Who { id: "xk-elm", countries: "XK" }];
    let mut federation = Federation::new(&store, &who).await?;
    let file = federation.folder().join("codes.mmdb");
    write_countries(&file, &[(NL, "xk"), ("192.0.2.96/27", "QX"), ("192.0.2.160/27", "EU")])?;
    for node in federation.nodes() {
        use_country_databases(node, std::slice::from_ref(&file))?;
    }
    federation.start().await?;
    for (address, country, decision, reason) in [
        ("192.0.2.33", Some("XK"), "agreed", "hosted_there"),
        ("192.0.2.97", None, "unknown_code", "unknown_code"),
        ("192.0.2.161", None, "unknown_country", "unknown_country"),
        ("203.0.113.9", None, "unknown_country", "unknown_country"),
        ("10.0.0.1", None, "untraceable", "untraceable"),
    ] {
        let located = federation[0].cli.json(&["locate", address]).await?;
        ensure!(located["country"].as_str() == country && located["decision"] == decision, "{located}");
        ensure!(located["route"]["reason"] == reason, "{located}");
    }
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    let seen = until_shown(&federation[0], &id, "/holder", "xk-elm").await?;
    ensure!(seen["hosting"]["country"] == "XK", "{seen}");
    for (country, reason) in [("DE", "unknown_code"), ("SE", "unknown_country")] {
        let id = federation[0].cli.submit(&url_in(country, 1)).await?;
        let seen = federation[0].cli.show(&id).await?;
        ensure!(seen["state"] == "held" && seen["route"]["reason"] == reason, "{seen}");
    }
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn former_names_of_keys_are_read_and_not_beside_the_present_ones(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let node = &federation[0];
    let fixture = location_data("documentation.mmdb");
    // The harness names one by its former key.
    ensure!(node.cli.json(&["locate", "192.0.2.33"]).await?["country"] == "NL", "country_database is read");
    let corrections = federation.folder().join("corrections.mmdb");
    write_countries(&corrections, &[(NL, "DE")])?;
    let list = toml::Value::from(vec![corrections.to_string_lossy().into_owned()]);
    node.configure(&[("geolocation", "additional_country_databases", list.clone())])?;
    let located = node.cli.json(&["locate", "192.0.2.33"]).await?;
    ensure!(located["country"] == "DE" && located["decision"] == "corrected", "{located}");
    ensure!(located["witnesses"].as_array().is_some_and(|all| all.len() == 2), "both stand there: {located}");
    node.configure(&[("geolocation", "corrections", list)])?;
    let output = node.cli.output(&["locate", "192.0.2.33"], None).await?;
    refused_with(&output, CONFIGURATION, &["geolocation.additional_country_databases", "corrections"])?;
    node.configure(&[("geolocation", "additional_country_databases", toml::Value::Array(Vec::new()))])?;
    let twice = vec![fixture.to_string_lossy().into_owned(); 2];
    node.configure(&[("geolocation", "country_databases", twice.into())])?;
    let output = node.cli.output(&["config", "check"], None).await?;
    let said = String::from_utf8(output.stdout)?;
    for word in ["geolocation.country_database", "former name", "twice"] {
        ensure!(said.contains(word), "'{word}' is not in: {said}");
    }
    // Not only a start looks at the files.
    use_country_databases(node, &[federation.folder().join("hosts")])?;
    let output = node.cli.output(&["config", "check"], None).await?;
    ensure!(output.status.code() == Some(CONFIGURATION), "a text file is no database");
    Ok(())
}

async fn country_files_of_npm_and_of_python_are_taken_as_their_makers_make_them(store: Store) -> anyhow::Result<()> {
    let Some(others) = OthersFiles::find()? else { return Ok(()) };
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let node = &federation[0];
    let folder = federation.folder().to_owned();
    let made = folder.clone();
    let others = tokio::task::spawn_blocking(move || others.write_by_python(&made).map(|()| others)).await??;
    let geo = |file: &str| others.of_npm("geo-whois-asn-country-mmdb", file);
    let ip = |file: &str| others.of_npm("iptoasn-country-mmdb", file);
    for (files, address, country, decision) in [
        (vec![geo("geo-whois-asn-country.mmdb")], "193.0.14.129", Some("NL"), "agreed"),
        (vec![geo("geo-whois-asn-country.mmdb"), ip("iptoasn-country.mmdb")], "2001:620::1", Some("CH"), "agreed"),
        (vec![geo("geo-whois-asn-country.mmdb"), ip("iptoasn-country.mmdb")], "194.0.0.53", Some("DE"), "agreed"),
        // Registered in one country, announced from another.
        (vec![geo("geo-whois-asn-country.mmdb"), ip("iptoasn-country.mmdb")], "1.1.1.1", None, "disputed"),
        (vec![ip("iptoasn-country-ipv4.mmdb"), ip("iptoasn-country-ipv6.mmdb")], "130.59.31.41", Some("CH"), "agreed"),
        (vec![folder.join("defaults.mmdb")], "192.0.2.33", Some("NL"), "agreed"),
        (vec![folder.join("described.mmdb")], "192.0.2.34", Some("NL"), "agreed"),
        (vec![folder.join("defaults6.mmdb")], "2001:db8:200::9", Some("NL"), "agreed"),
    ] {
        use_country_databases(node, &files)?;
        let located = node.cli.json(&["locate", address]).await?;
        ensure!(located["country"].as_str() == country && located["decision"] == decision, "{files:?}: {located}");
    }
    for (file, warns) in [
        (folder.join("defaults.mmdb"), true),
        (geo("geo-whois-asn-country-ipv4.mmdb"), true),
        (folder.join("defaults6.mmdb"), false),
        (geo("geo-whois-asn-country.mmdb"), false),
    ] {
        use_country_databases(node, std::slice::from_ref(&file))?;
        let output = node.cli.call(&["config", "check"]).await?;
        let said = String::from_utf8(output.stderr)?;
        ensure!(
            output.status.success() && said.contains("IPv4 addresses alone") == warns,
            "{}: {said}",
            file.display()
        );
    }
    for file in ["network", "traits"] {
        let path = folder.join(format!("{file}.mmdb")).to_string_lossy().into_owned();
        node.configure(&[("geolocation", "network_database", path.into())])?;
        let located = node.cli.json(&["locate", "192.0.2.40"]).await?;
        ensure!(located["asn"] == 64_497, "{file}: {located}");
    }
    Ok(())
}
