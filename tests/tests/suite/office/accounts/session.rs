//! A session: its nature, its length, and its ends.

use anyhow::{Context as _, ensure};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use data_encoding::BASE64URL_NOPAD;
use hotline_tests::browser::office::{Office, PASSWORD, SESSION};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::sentences;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::House;

pub(super) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "accounts",
        store,
        [
            a_session_goes_on_while_it_is_used_and_ends_when_idle,
            a_session_ends_half_a_day_after_the_sign_in,
            a_session_s_cookie_is_for_this_host_alone_and_no_script,
            a_session_that_was_made_or_changed_by_somebody_else_lets_nobody_in,
            a_session_ends_with_the_node_that_made_it,
            signing_out_ends_this_session_and_everywhere_all,
            disabling_or_resetting_an_account_ends_its_sessions_at_once,
            a_changed_password_ends_the_other_sessions,
            a_partner_whose_peer_is_removed_is_out,
        ]
    )
}

/// Seconds of a session that nobody uses.
const IDLE: u64 = 15 * 60;

async fn is_in(office: &Office) -> anyhow::Result<()> {
    office.get("/account").await?.is(200).context("somebody is in")
}

async fn is_out(office: &Office) -> anyhow::Result<()> {
    office.get("/account").await?.leads_to("/sign-in?to=%2Faccount").context("nobody is in")
}

async fn a_session_goes_on_while_it_is_used_and_ends_when_idle(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    for _ in 0..4 {
        let before = ada.session()?;
        house.advance(IDLE - 1);
        is_in(&ada).await?;
        ensure!(ada.session()? != before, "it goes on with a new token");
    }
    let last = ada.session()?;
    house.advance(IDLE);
    is_out(&ada).await?;
    ensure!(ada.cookies().is_empty(), "the browser is told to forget it");
    ada.set_cookie(SESSION, Some(&last));
    is_out(&ada).await
}

async fn a_session_ends_half_a_day_after_the_sign_in(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    for _ in 0..12 * 6 - 1 {
        house.advance(600);
        is_in(&ada).await?;
    }
    house.advance(599);
    is_in(&ada).await?;
    house.advance(1);
    is_out(&ada).await
}

async fn a_session_s_cookie_is_for_this_host_alone_and_no_script(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    house.advance(1);
    let page = ada.get("/").await?;
    let cookies: Vec<&str> = page.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok()).collect();
    let token = ada.session()?;
    ensure!(cookies == [format!("{SESSION}={token}; Path=/; Secure; HttpOnly; SameSite=Lax")], "{cookies:?}");
    let claims = claims_of(&token)?;
    let mut names: Vec<&String> = claims.as_object().context("claims")?.keys().collect();
    names.sort();
    ensure!(names == ["auth_time", "exp", "generation", "iat", "sid", "sub"], "{claims}");
    ensure!(header_of(&token)? == json!({ "typ": "JWT", "alg": "EdDSA" }), "{}", header_of(&token)?);
    let style = ada.get("/assets/office.css").await?;
    style.is(200)?;
    ensure!(style.header("set-cookie").is_empty(), "what is kept by caches sets no cookie");
    Ok(())
}

fn part(token: &str, place: usize) -> anyhow::Result<Value> {
    let part = token.split('.').nth(place).context("a token has three parts")?;
    Ok(serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes())?)?)
}

fn header_of(token: &str) -> anyhow::Result<Value> {
    part(token, 0)
}

fn claims_of(token: &str) -> anyhow::Result<Value> {
    part(token, 1)
}

fn in_base64url(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

async fn a_session_that_was_made_or_changed_by_somebody_else_lets_nobody_in(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let admin = house.signed_in("admin").await?;
    let ada = house.signed_in("analyst").await?;
    let good = ada.session()?;
    let claims = claims_of(&good)?;
    let parts: Vec<&str> = good.split('.').collect();
    let with = |key: &str, value: Value| {
        let mut changed = claims.clone();
        changed[key] = value;
        format!("{}.{}.{}", parts[0], in_base64url(&changed), parts[2])
    };
    let pair = Ed25519KeyPair::generate()?;
    let own_key = EncodingKey::from_ed_der(pair.to_pkcs8v1()?.as_ref());
    let public = EncodingKey::from_secret(pair.public_key().as_ref());
    let others = admin.session()?;
    let others_signature = others.rsplit('.').next().context("a token has three parts")?;
    let none = json!({ "typ": "JWT", "alg": "none" });
    for (what, token) in [
        ("another account", with("sub", "admin".into())),
        ("a later end", with("exp", 9_999_999_999_i64.into())),
        ("a later sign-in", with("auth_time", 9_999_999_999_i64.into())),
        ("another generation", with("generation", 99.into())),
        ("another's signature", format!("{}.{}.{others_signature}", parts[0], parts[1])),
        ("another key", encode(&Header::new(Algorithm::EdDSA), &claims, &own_key)?),
        ("HS256", encode(&Header::new(Algorithm::HS256), &claims, &public)?),
        ("no algorithm", format!("{}.{}.", in_base64url(&none), parts[1])),
        ("no algorithm, signed", format!("{}.{}.{}", in_base64url(&none), parts[1], parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("something behind it", format!("{good}.a")),
        ("nothing", String::new()),
        ("too long", "a".repeat(4_000)),
    ] {
        ada.set_cookie(SESSION, Some(&token));
        is_out(&ada).await.context(what)?;
        ada.set_cookie(SESSION, Some(&good));
        is_in(&ada).await.context(what)?;
    }
    Ok(())
}

async fn a_session_ends_with_the_node_that_made_it(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let house = house.again().await?;
    let again = Office::visitor(&house.door())?;
    again.set_cookie(SESSION, Some(&ada.session()?));
    is_out(&again).await?;
    house.advance(30);
    again.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")?;
    is_in(&again).await
}

/// Ada at her desk, and at another one.
async fn two_desks(house: &House) -> anyhow::Result<(Office, Office)> {
    let first = house.signed_in("analyst").await?;
    house.advance(30);
    let second = Office::visitor(&house.door())?;
    second.share_authenticator(&first);
    second.sign_in("analyst", PASSWORD, &first.code()?).await?.leads_to("/")?;
    Ok((first, second))
}

async fn signing_out_ends_this_session_and_everywhere_all(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let (first, second) = two_desks(&house).await?;
    let token = first.session()?;
    first.post("/sign-out", &[]).await?.leads_to("/sign-in")?;
    ensure!(first.cookies().is_empty(), "the browser is told to forget it");
    is_out(&first).await?;
    first.set_cookie(SESSION, Some(&token));
    is_out(&first).await.context("the old token")?;
    is_in(&second).await.context("the other desk")?;

    house.advance(30);
    first.sign_in("analyst", PASSWORD, &first.code()?).await?.leads_to("/")?;
    let tokens = [first.session()?, second.session()?];
    second.post("/account/sign-out-everywhere", &[]).await?.leads_to("/sign-in")?;
    for (office, token) in [(&first, &tokens[0]), (&second, &tokens[1])] {
        office.set_cookie(SESSION, Some(token));
        is_out(office).await?;
    }
    let trail = house.trail().await?;
    let last: Vec<&str> = trail.iter().rev().take(3).map(String::as_str).collect();
    ensure!(last == ["analyst sign_out_everywhere ", "analyst sign_in ", "analyst sign_out "], "{trail:?}");
    Ok(())
}

async fn disabling_or_resetting_an_account_ends_its_sessions_at_once(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let token = ada.session()?;
    is_in(&ada).await?;
    house.cli().json(&["account", "disable", "analyst"]).await?;
    is_out(&ada).await?;
    house.cli().json(&["account", "enable", "analyst"]).await?;
    ada.set_cookie(SESSION, Some(&token));
    is_out(&ada).await.context("a session from before")?;
    house.advance(30);
    ada.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")?;
    is_in(&ada).await?;
    house.cli().json(&["account", "reset", "analyst"]).await?;
    is_out(&ada).await?;
    house.advance(30);
    ada.sign_in("analyst", PASSWORD, &ada.code()?).await?.is(403)
}

async fn a_changed_password_ends_the_other_sessions(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let (first, second) = two_desks(&house).await?;
    let new = "other four words for tests";
    let change = async |old: &str, password: &str, again: &str| {
        first.post("/account/password", &[("old", old), ("password", password), ("again", again)]).await
    };
    for (old, password, again, fault) in [
        ("not the old one", new, new, "not the right one"),
        (PASSWORD, new, PASSWORD, "not the same"),
        (PASSWORD, "short", "short", "12 to 256 characters"),
    ] {
        let refused = change(old, password, again).await?;
        refused.is(422)?;
        ensure!(refused.text.contains(fault), "{fault}: {}", refused.text);
    }
    is_in(&second).await?;
    change(PASSWORD, new, new).await?.leads_to("/account?done=password")?;
    is_in(&first).await?;
    is_out(&second).await?;
    house.advance(30);
    second.sign_in("analyst", PASSWORD, &second.code()?).await?.is(403)?;
    second.sign_in("analyst", new, &second.code()?).await?.leads_to("/")?;
    // Somebody at an open session guesses no faster than at the door.
    for _ in 0..3 {
        change("not the old one", new, new).await?.is(422)?;
    }
    change(new, PASSWORD, PASSWORD).await?.is(422)?;
    house.advance(1);
    change(new, PASSWORD, PASSWORD).await?.leads_to("/account?done=password")
}

async fn a_partner_whose_peer_is_removed_is_out(store: Store) -> anyhow::Result<()> {
    let house = House::with_peers(&store, 1).await?;
    let partner = Office::signed_in(&house.door(), "partner", Some("nl-birch")).await?;
    let colleague = house.door().invite("colleague", "partner", Some("nl-birch")).await?;
    done(&house.cli().call(&["peer", "suspend", "nl-birch"]).await?)?;
    is_in(&partner).await.context("a suspended peer's person still sees")?;
    done(&house.cli().call(&["peer", "remove", "nl-birch", "--yes"]).await?)?;
    is_out(&partner).await?;
    house.advance(30);
    partner.sign_in("partner", PASSWORD, &partner.code()?).await?.is(403)?;
    partner.get(&colleague).await?.is(410)?;
    let listed = house.cli().json(&["account", "list"]).await?;
    let listed = listed.as_array().context("accounts")?;
    let of_peer: Vec<_> = listed.iter().filter(|account| account["peer"] == "nl-birch").collect();
    ensure!(of_peer.len() == 2, "{of_peer:?}");
    ensure!(
        of_peer.iter().all(|account| account["state"] == "disabled"),
        "whoever comes back is let in anew: {of_peer:?}"
    );
    Ok(())
}
