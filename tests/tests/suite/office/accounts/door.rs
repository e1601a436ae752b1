//! Invitations and sign-ins.

use anyhow::{Context as _, ensure};
use hotline_node::context::Context;
use hotline_tests::browser::office::{Office, PASSWORD, Page, path_of};
use hotline_tests::node::database::Store;
use hotline_tests::sentences;
use libtest_mimic::Trial;
use sea_orm::{ConnectionTrait as _, Statement};

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
            an_accented_password_is_right_however_it_is_typed,
            an_accented_password_of_an_earlier_version_is_right_and_kept_anew,
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
    // Made by the system's clock; the node's clock is three days behind it.
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

/// An answer without the name that was typed, and without the parts that differ in time.
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

/// As most keyboards send it, and as some of Apple's do.
const COMPOSED: &str = "\u{e9}t\u{e9} \u{e0} la mer";
const APART: &str = "e\u{301}te\u{301} a\u{300} la mer";
/// [`APART`] as an earlier version kept it.
const KEPT: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$hctnHbMBjrM5cDWBJtIroChM5YCq09/3o7b5oj8xh7k";

async fn an_accented_password_is_right_however_it_is_typed(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    for (name, chosen) in [("ada", COMPOSED), ("grace", APART)] {
        let link = house.door().invite(name, "analyst", None).await?;
        let office = Office::visitor(&house.door())?;
        office.take_over(&office.get(&link).await?)?;
        office.accept(&link, chosen, &office.code()?).await?.leads_to("/")?;
        for typed in [COMPOSED, APART, "\u{e9}t\u{e9}\u{a0}\u{e0} la mer"] {
            house.advance(30);
            let desk = Office::visitor(&house.door())?;
            desk.share_authenticator(&office);
            desk.sign_in(name, typed, &desk.code()?).await?.leads_to("/").with_context(|| format!("{typed:?}"))?;
        }
        house.advance(30);
        let desk = Office::visitor(&house.door())?;
        desk.share_authenticator(&office);
        desk.sign_in(name, "ete a la mer", &desk.code()?).await?.is(403)?;
    }
    Ok(())
}

async fn an_accented_password_of_an_earlier_version_is_right_and_kept_anew(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let ada = house.signed_in("analyst").await?;
    let (_, context) = hotline_node::cli::open(&house.cli().config_file).await?;
    let write = context.database.write("of_before").await?;
    write.execute_unprepared(&format!("UPDATE account SET password = '{KEPT}' WHERE name = 'analyst'")).await?;
    write.commit().await?;
    let kept = async || -> anyhow::Result<String> {
        let row = context.database.read().query_one_raw(statement(&context, "SELECT password FROM account")).await?;
        Ok(row.context("an account")?.try_get_by_index(0)?)
    };
    let sign_in = async |typed: &str| -> anyhow::Result<Page> {
        house.advance(30);
        let desk = Office::visitor(&house.door())?;
        desk.share_authenticator(&ada);
        desk.sign_in("analyst", typed, &desk.code()?).await
    };
    sign_in("ete a la mer").await?.is(403)?;
    ensure!(kept().await? == KEPT, "a wrong one changes nothing");
    sign_in(APART).await?.leads_to("/")?;
    let anew = kept().await?;
    ensure!(anew != KEPT && anew.starts_with("$argon2id$"), "it is kept in the normal form");
    ada.get("/account").await?.is(200).context("no session ends by it")?;
    for typed in [COMPOSED, APART] {
        sign_in(typed).await?.leads_to("/")?;
    }
    ensure!(kept().await? == anew, "once is enough");
    Ok(())
}

fn statement(context: &Context, sql: &str) -> Statement {
    Statement::from_string(context.database.read().get_database_backend(), sql)
}
