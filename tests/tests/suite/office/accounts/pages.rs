//! Rules for every page of the office: its links, its headers for the browser, and the permitted senders of a form.

use anyhow::{Context as _, ensure};
use hotline_tests::browser::office::{Door, Office, PASSWORD, SESSION};
use hotline_tests::leak::{none_in, text_needles};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use reqwest::Method;

use super::House;

pub(super) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "accounts",
        store,
        [
            a_form_that_another_site_sends_is_refused,
            who_is_not_signed_in_is_led_to_the_door_and_back_and_nowhere_else,
            every_answer_tells_the_browser_what_it_may_do,
            a_language_is_chosen_and_remembered,
            nothing_that_opens_the_door_stands_in_a_log_or_beside_the_database,
        ]
    )
}

async fn a_form_that_another_site_sends_is_refused(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let base = ada.base().to_owned();
    let form = [("language", "fr"), ("here", "/account")];
    let sent = async |headers: &[(&str, &str)]| ada.ask(Method::POST, "/language", &form, headers).await;
    let whole = [("sec-fetch-site", "same-origin"), ("origin", base.as_str())];
    sent(&whole).await?.leads_to("/account")?;
    let other_port = format!("{base}0");
    for headers in [
        [("sec-fetch-site", "cross-site"), whole[1]],
        [("sec-fetch-site", "same-site"), whole[1]],
        [("sec-fetch-site", "cross-site"), ("origin", "https://attacker.example")],
    ] {
        sent(&headers).await?.is(403).with_context(|| format!("{headers:?}"))?;
    }
    // Of a browser that does not say it, the origin counts.
    sent(&whole[1..]).await?.leads_to("/account")?;
    for origin in ["https://attacker.example", "null", other_port.as_str()] {
        sent(&[("origin", origin)]).await?.is(403).context(origin.to_owned())?;
    }
    // Nothing was done: neither the session nor anything else is over.
    let cross = [("sec-fetch-site", "cross-site")];
    for path in ["/sign-out", "/account/sign-out-everywhere", "/account/password", "/sign-in"] {
        ada.ask(Method::POST, path, &[], &cross).await?.is(403).context(path)?;
    }
    ada.get("/account").await?.is(200)
}

async fn who_is_not_signed_in_is_led_to_the_door_and_back_and_nowhere_else(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let visitor = Office::visitor(&house.door())?;
    for (path, door) in [
        ("/", "/sign-in"),
        ("/account", "/sign-in?to=%2Faccount"),
        ("/account?done=a%26b", "/sign-in?to=%2Faccount%3Fdone%3Da%2526b"),
        ("/accounts", "/sign-in?to=%2Faccounts"),
    ] {
        visitor.get(path).await?.leads_to(door).context(path)?;
    }
    visitor.get("/nowhere").await?.is(404)?;
    visitor.post("/account/password", &[]).await?.is(403)?;
    visitor.post("/accounts", &[]).await?.is(403)?;
    for (to, leads_to) in [
        ("/account?done=a%26b", "/account?done=a%26b"),
        ("//attacker.example/", "/"),
        ("/\\attacker.example/", "/"),
        ("/\t/attacker.example/", "/"),
        ("https://attacker.example/", "/"),
        ("attacker.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: a=b", "/"),
        ("", "/"),
    ] {
        house.advance(30);
        let form = [("name", "analyst"), ("password", PASSWORD), ("code", &ada.code()?), ("to", to)];
        visitor.post("/sign-in", &form).await?.leads_to(leads_to).with_context(|| format!("{to:?}"))?;
        // A signed-in user goes on at once.
        let query: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        visitor.get(&format!("/sign-in?to={query}")).await?.leads_to(leads_to).with_context(|| format!("{to:?}"))?;
        visitor.set_cookie(SESSION, None);
    }
    visitor.post("/language", &[("language", "fr"), ("here", "//attacker.example/")]).await?.leads_to("/")
}

async fn every_answer_tells_the_browser_what_it_may_do(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let link = house.door().invite("new", "analyst", None).await?;
    let visitor = Office::visitor(&house.door())?;
    let refused = visitor.sign_in("nobody", "", "").await?;
    for (page, status) in [
        (ada.get("/").await?, 200),
        (ada.get("/account").await?, 200),
        (ada.get("/accounts").await?, 403),
        (ada.get("/nowhere").await?, 404),
        (ada.get("/sign-out").await?, 405),
        (visitor.get("/account").await?, 303),
        (visitor.get("/sign-in").await?, 200),
        (visitor.get(&link).await?, 200),
        (visitor.get("/invitation/none").await?, 410),
        (visitor.get("/assets/office.css").await?, 200),
        (visitor.ask(Method::POST, "/sign-in", &[], &[("sec-fetch-site", "cross-site")]).await?, 403),
        (visitor.post("/sign-in", &[("to", &"a".repeat(70_000))]).await?, 413),
        (refused, 403),
    ] {
        page.is(status)?;
        let policy = page.header("content-security-policy");
        for word in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
            ensure!(policy.contains(word), "{policy}");
        }
        ensure!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            ensure!(page.header(name) == value, "{name}: {}", page.header(name));
        }
        let is_style = page.header("content-type").starts_with("text/css");
        ensure!(is_style || page.header("cache-control") == "no-store", "{}", page.header("cache-control"));
        ensure!(is_style || status == 303 || page.text.starts_with("<!doctype html>"), "{}", page.text);
        for word in ["<script", "<style", " style=", " onclick="] {
            ensure!(!page.text.contains(word), "{word}: {}", page.text);
        }
    }
    Ok(())
}

async fn a_language_is_chosen_and_remembered(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let visitor = Office::visitor(&house.door())?;
    ensure!(visitor.get("/sign-in").await?.text.contains(r#"<html lang="en">"#));
    visitor
        .post("/language", &[("language", "fr"), ("here", "/sign-in?to=%2Faccount")])
        .await?
        .leads_to("/sign-in?to=%2Faccount")?;
    let page = visitor.get("/sign-in").await?;
    ensure!(page.text.contains(r#"<html lang="fr">"#) && page.text.contains("Mot de passe"), "{}", page.text);
    visitor.post("/language", &[("language", "xx"), ("here", "/")]).await?.is(400)
}

async fn nothing_that_opens_the_door_stands_in_a_log_or_beside_the_database(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let door = Door::of_process(&federation[0]);
    let link = door.invite("ada", "analyst", None).await?;
    let ada = Office::visitor(&door)?;
    let page = ada.get(&link).await?;
    ada.take_over(&page)?;
    let password = "five words that nobody logs";
    ada.accept(&link, password, &ada.code()?).await?.leads_to("/")?;
    ada.sign_in("ada", "five words that are wrong", "000000").await?.is(403)?;
    ada.sign_in("some.body@hotline.example", password, "000000").await?.is(403)?;
    let token = link.rsplit('/').next().context("a link ends with its token")?.to_owned();
    let figures = federation[0].operations("/metrics").await?.1;
    let log = federation[0].log()?;
    let trail = federation[0].cli.json(&["audit", "list"]).await?.to_string();
    for secret in
        [&token, &ada.session()?, &ada.secret_in_base32()?, password, "five words that are wrong", "some.body"]
    {
        let needles = text_needles(secret);
        none_in("the log", log.as_bytes(), &needles)?;
        none_in("the figures", figures.as_bytes(), &needles)?;
        none_in("the trail", trail.as_bytes(), &needles)?;
        for entry in std::fs::read_dir(federation[0].folder())? {
            let path = entry?.path();
            if path.is_file() {
                none_in(&path.to_string_lossy(), &std::fs::read(&path)?, &needles)?;
            }
        }
    }
    Ok(())
}
