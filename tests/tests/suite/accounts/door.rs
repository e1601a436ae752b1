//! Invitations and sign-ins.

use anyhow::ensure;
use hotline_tests::database::Store;
use hotline_tests::office::{Office, PASSWORD, Page, path_of};
use hotline_tests::sentences;
use libtest_mimic::Trial;

use super::{House, text};

pub(super) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "accounts",
        store,
        [
            somebody_of_each_role_is_invited_and_signed_in,
            a_link_is_good_once_and_only_with_all_that_it_asks_for,
            a_link_ends_after_three_days_and_with_the_next_one,
            whatever_is_wrong_at_the_door_is_answered_alike,
            an_account_waits_after_three_failures,
            guesses_do_not_fill_the_trail,
            a_code_counts_once,
        ]
    )
}

const STEP: u64 = 30;

async fn somebody_of_each_role_is_invited_and_signed_in(store: Store) -> anyhow::Result<()> {
    let house = House::with_peers(&store, 1).await?;
    for (role, peer, shown) in [
        ("admin", None, "Administrator"),
        ("analyst", None, "Analyst"),
        ("partner", Some("nl-birch"), "Partner"),
        ("auditor", None, "Auditor"),
    ] {
        let office = Office::signed_in(&house.door(), role, peer).await?;
        let page = office.get("/account").await?;
        page.is(200)?;
        ensure!(page.text.contains(shown), "{}", page.text);
        ensure!(page.text.contains("nl-birch") == (role == "partner"), "{}", page.text);
        house.advance(STEP);
        let elsewhere = Office::visitor(&house.door())?;
        elsewhere.sign_in(role, PASSWORD, &office.code()?).await?.leads_to("/")?;
    }
    Ok(())
}

async fn a_link_is_good_once_and_only_with_all_that_it_asks_for(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let link = house.door().invite("ada-of-the-hotline", "analyst", None).await?;
    let ada = Office::visitor(&house.door())?;
    let page = ada.get(&link).await?;
    page.is(200)?;
    ada.take_over(&page)?;
    let code = ada.code()?;
    let other = if code == "000000" { "000001" } else { "000000" };
    let long = "a".repeat(257);
    for (password, again, code, fault) in [
        (PASSWORD, "four other words for tests", code.as_str(), "not the same"),
        ("elevenchars", "elevenchars", &code, "12 to 256 characters"),
        (&long, &long, &code, "12 to 256 characters"),
        ("Ada-of-the-Hotline", "Ada-of-the-Hotline", &code, "Your name is no password"),
        (PASSWORD, PASSWORD, other, "authenticator shows now"),
        (PASSWORD, PASSWORD, "", "authenticator shows now"),
    ] {
        let refused = ada.post(&link, &[("password", password), ("again", again), ("code", code)]).await?;
        refused.is(422)?;
        ensure!(refused.text.contains(fault), "{fault}: {}", refused.text);
        ensure!(ada.cookies().is_empty(), "nobody is in after: {fault}");
    }
    let mut unknown = link.clone();
    unknown.replace_range(unknown.len() - 1.., if link.ends_with('A') { "B" } else { "A" });
    ada.accept(&unknown, PASSWORD, &code).await?.is(410)?;

    ada.accept(&link, PASSWORD, &code).await?.leads_to("/")?;
    ada.get("/").await?.is(200)?;
    house.advance(STEP);
    let late = Office::visitor(&house.door())?;
    late.get(&link).await?.is(410)?;
    late.accept(&link, "four other words for tests", &ada.code()?).await?.is(410)?;
    late.sign_in("ada-of-the-hotline", "four other words for tests", &ada.code()?).await?.is(403)?;
    ensure!(house.trail().await?[0] == "ada-of-the-hotline accept_invitation ");
    Ok(())
}

async fn a_link_ends_after_three_days_and_with_the_next_one(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let link = house.door().invite("ada", "analyst", None).await?;
    let ada = Office::visitor(&house.door())?;
    house.advance(71 * 3_600);
    let page = ada.get(&link).await?;
    page.is(200)?;
    ada.take_over(&page)?;
    house.advance(2 * 3_600);
    ada.get(&link).await?.is(410)?;
    ada.accept(&link, PASSWORD, &ada.code()?).await?.is(410)?;

    let first = path_of(text(&house.cli().json(&["account", "reset", "ada"]).await?["link"]))?;
    let second = path_of(text(&house.cli().json(&["account", "reset", "ada"]).await?["link"]))?;
    // Made by the system's clock, which the node's is three days before.
    let house = house.back_to_now().await?;
    let ada = Office::visitor(&house.door())?;
    ada.get(&first).await?.is(410)?;
    ada.begin(&second).await
}

async fn whatever_is_wrong_at_the_door_is_answered_alike(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let disabled = Office::signed_in_as(&house.door(), "gone", "analyst", None).await?;
    house.cli().json(&["account", "disable", "gone"]).await?;
    house.door().invite("new", "analyst", None).await?;
    house.advance(STEP);
    let code = ada.code()?;
    let other = if code == "000000" { "000001" } else { "000000" };
    let visitor = Office::visitor(&house.door())?;
    let mut answers = Vec::new();
    for (name, password, code) in [
        ("nobody", PASSWORD, code.as_str()),
        ("no name at all", PASSWORD, &code),
        ("", PASSWORD, &code),
        ("analyst", "four other words", &code),
        ("analyst", PASSWORD, other),
        ("gone", PASSWORD, &disabled.code()?),
        ("new", PASSWORD, &code),
        ("new", "", ""),
    ] {
        let refused = visitor.sign_in(name, password, code).await?;
        refused.is(403)?;
        ensure!(visitor.cookies().is_empty(), "nobody is in: {name}");
        answers.push(same(&refused, name));
    }
    ensure!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    // The one thing that was wrong each time was wrong: with all right, somebody is in.
    visitor.sign_in(" Analyst ", PASSWORD, &code).await?.leads_to("/")
}

/// An answer without the name that was typed, and without what differs in time.
fn same(page: &Page, name: &str) -> String {
    let value = format!("value=\"{name}\"");
    let mut headers: Vec<String> = page
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.retain(|header| !header.starts_with("content-length"));
    headers.sort();
    format!("{}\n{}", headers.join("\n"), page.text.replace(&value, "value=\"\""))
}

async fn an_account_waits_after_three_failures(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let visitor = Office::visitor(&house.door())?;
    let wrong = async || visitor.sign_in("analyst", "four other words", "").await?.is(403);
    house.advance(STEP);
    for _ in 0..3 {
        wrong().await?;
    }
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.is(403)?;
    house.advance(1);
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")?;

    // From then on it begins anew: two are free again, and the longest pause is a quarter of an hour.
    house.advance(STEP);
    wrong().await?;
    wrong().await?;
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")?;
    house.advance(STEP);
    for _ in 0..20 {
        wrong().await?;
        house.advance(15 * 60);
    }
    wrong().await?;
    house.advance(15 * 60 - 1);
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.is(403)?;
    house.advance(1);
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")
}

async fn guesses_do_not_fill_the_trail(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let before = [house.sign_ins("refused").await?, house.sign_ins("delayed").await?];
    house.signed_in("analyst").await?;
    let visitor = Office::visitor(&house.door())?;
    for number in 0..10 {
        visitor.sign_in("analyst", "four other words", "").await?.is(403)?;
        visitor.sign_in(&format!("nobody-{number}"), "four other words", "").await?.is(403)?;
    }
    let trail = house.trail().await?;
    let of =
        |who: &str| trail.iter().filter(|act| act.starts_with(&format!("{who} refuse_sign_in"))).collect::<Vec<_>>();
    let known = of("analyst");
    ensure!(
        known == ["analyst refuse_sign_in failure 1", "analyst refuse_sign_in failure 3, next try after 1 s"],
        "{known:?}"
    );
    let unknown = of("unknown account");
    ensure!(unknown.len() == 9, "the first, and each that would make the pause longer: {unknown:?}");
    ensure!(!trail.iter().any(|act| act.contains("nobody-")), "what was typed may be a password: {trail:?}");
    let figures = house.figures().await?;
    let after = [house.sign_ins("refused").await?, house.sign_ins("delayed").await?];
    // Other nodes of this process count here too, so this is the least.
    ensure!(after[0] >= before[0] + 13 && after[1] >= before[1] + 7, "{before:?}, then {after:?}");
    ensure!(!figures.contains("analyst") && !figures.contains("nobody"), "{figures}");
    Ok(())
}

async fn a_code_counts_once(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let visitor = Office::visitor(&house.door())?;
    // It was used to accept the invitation.
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.is(403)?;
    house.advance(STEP);
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")?;
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.is(403)?;
    // The next one counts early, and then the one before it no more.
    visitor.sign_in("analyst", PASSWORD, &ada.code_in(30)?).await?.leads_to("/")?;
    house.advance(STEP);
    for seconds in [-30, 0, 60] {
        visitor.sign_in("analyst", PASSWORD, &ada.code_in(seconds)?).await?.is(403)?;
    }
    house.advance(STEP);
    visitor.sign_in("analyst", PASSWORD, &ada.code()?).await?.leads_to("/")
}
