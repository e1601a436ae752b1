//! Accounts that others manage: by command and in the pages.

use anyhow::{Context as _, ensure};
use hotline_tests::browser::office::{Office, PASSWORD, path_of};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{House, text};

pub(super) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "accounts",
        store,
        [
            commands_show_accounts_and_refuse_with_a_sentence,
            the_last_admin_is_disabled_only_where_it_is_meant,
            accounts_are_managed_in_the_pages_by_admins_alone,
        ]
    )
}

/// Wrong usage.
const USAGE: i32 = 2;

async fn commands_show_accounts_and_refuse_with_a_sentence(store: Store) -> anyhow::Result<()> {
    let house = House::with_peers(&store, 1).await?;
    let cli = house.cli();
    house.federation[0].configure(&[("office", "url", "https://office.hotline.example".into())])?;
    let added = cli.json(&["account", "add", "ada", "--role", "partner", "--peer", "nl-birch"]).await?;
    let link = text(&added["link"]);
    let token = link.strip_prefix("https://office.hotline.example/invitation/").context("the link is the office's")?;
    ensure!(
        token.len() >= 22 && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
        "{link}"
    );
    let expected =
        json!({ "name": "ada", "role": "partner", "peer": "nl-birch", "state": "invited", "signed_in_at": null });
    for (key, value) in expected.as_object().context("an object")? {
        ensure!(added[key] == *value, "{key}: {added}");
    }
    let list = cli.json(&["account", "list"]).await?;
    let mut without_link = added.clone();
    without_link.as_object_mut().context("an object")?.remove("link");
    ensure!(list == Value::Array(vec![without_link]), "{list}");

    let add = ["account", "add", "bob", "--role"];
    for (arguments, code, words) in [
        (
            &["account", "add", "ada", "--role", "analyst"][..],
            FAILED,
            &["ada", "choose another name", "account reset ada"][..],
        ),
        (&["account", "add", "bob", "--role", "partner", "--peer", "de-nobody"], FAILED, &["de-nobody", "peer list"]),
        (
            &["account", "add", "bob", "--role", "analyst", "--peer", "nl-birch"],
            USAGE,
            &["--peer is for --role partner"],
        ),
        (&["account", "disable", "bob"], FAILED, &["no account bob", "account list"]),
        (&["account", "enable", "bob"], FAILED, &["no account bob", "account list"]),
        (&["account", "reset", "bob"], FAILED, &["no account bob", "account list"]),
    ] {
        refused_with(&cli.output(arguments, None).await?, code, words).with_context(|| arguments.join(" "))?;
    }
    for (arguments, word) in [
        (vec!["account", "add", "Bob", "--role", "analyst"], "a-z"),
        ([&add[..], &["king"]].concat(), "admin, analyst, partner, auditor"),
        ([&add[..], &["partner"]].concat(), "--peer"),
        (vec!["account", "add", "bob"], "--role"),
    ] {
        let output = cli.output(&arguments, None).await?;
        let said = String::from_utf8(output.stderr)?;
        ensure!(output.status.code() == Some(USAGE) && said.contains(word), "{arguments:?}: {said}");
    }
    let list = cli.json(&["account", "list"]).await?;
    ensure!(list.as_array().map(Vec::len) == Some(1), "what was refused made no account: {list}");
    Ok(())
}

async fn the_last_admin_is_disabled_only_where_it_is_meant(store: Store) -> anyhow::Result<()> {
    let house = House::serving(&store).await?;
    let admin = house.signed_in("admin").await?;
    // An administrator that never began does not count.
    house.door().invite("second", "admin", None).await?;
    let disable = ["account", "disable", "admin"];
    refused_with(&house.cli().output(&disable, None).await?, FAILED, &["last active administrator", "--yes"])?;
    let refused = admin.post("/accounts/admin/disable", &[]).await?;
    refused.is(422)?;
    ensure!(refused.text.contains("last active administrator"), "{}", refused.text);
    admin.get("/accounts").await?.is(200)?;
    done(&house.cli().call(&[&disable[..], &["--yes"]].concat()).await?)?;
    admin.get("/accounts").await?.leads_to("/sign-in?to=%2Faccounts")?;
    let enabled = house.cli().json(&["account", "enable", "admin"]).await?;
    ensure!(enabled["state"] == "active", "{enabled}");
    Ok(())
}

async fn accounts_are_managed_in_the_pages_by_admins_alone(store: Store) -> anyhow::Result<()> {
    let house = House::with_peers(&store, 1).await?;
    let admin = house.signed_in("admin").await?;
    for (name, role, peer, fault) in [
        ("Bob", "analyst", "", "1 to 64"),
        ("bob", "king", "", "there is no other role"),
        ("bob", "partner", "", "A partner needs a peer"),
        ("bob", "partner", "de-nobody", "This peer is not here"),
        ("admin", "analyst", "", "This name is taken"),
    ] {
        let refused = admin.post("/accounts", &[("name", name), ("role", role), ("peer", peer)]).await?;
        refused.is(422)?;
        ensure!(refused.text.contains(fault), "{fault}: {}", refused.text);
    }
    let form = [("name", "bob"), ("role", "partner"), ("peer", "nl-birch")];
    let added = admin.post("/accounts", &form).await?;
    added.is(200)?;
    let bob = Office::visitor(&house.door())?;
    bob.begin(&link_in(&added.text)?).await?;
    let list = admin.get("/accounts").await?;
    list.is(200)?;
    ensure!(list.text.contains("bob") && !list.text.contains("/invitation/"), "a link is shown once");

    for (path, form) in [
        ("/accounts", &form[..]),
        ("/accounts/admin/disable", &[]),
        ("/accounts/admin/enable", &[]),
        ("/accounts/admin/reset", &[]),
    ] {
        bob.post(path, form).await?.is(403)?;
    }
    bob.get("/accounts").await?.is(403)?;
    ensure!(!bob.get("/").await?.text.contains("/accounts"), "what is not for him is in no menu");

    admin.post("/accounts/bob/disable", &[]).await?.leads_to("/accounts")?;
    bob.get("/").await?.leads_to("/sign-in")?;
    admin.post("/accounts/bob/enable", &[]).await?.leads_to("/accounts")?;
    house.advance(30);
    bob.sign_in("bob", PASSWORD, &bob.code()?).await?.leads_to("/")?;
    let reset = admin.post("/accounts/bob/reset", &[]).await?;
    reset.is(200)?;
    bob.get("/").await?.leads_to("/sign-in")?;
    bob.begin(&link_in(&reset.text)?).await?;
    admin.post("/accounts/nobody/reset", &[]).await?.is(404)?;
    let trail = house.trail().await?;
    for act in [
        "admin add_account bob as partner of nl-birch",
        "admin disable_account bob",
        "admin enable_account bob",
        "admin reset_account bob, was active",
    ] {
        ensure!(trail.iter().any(|found| found == act), "{act} is not in {trail:?}");
    }
    Ok(())
}

fn link_in(page: &str) -> anyhow::Result<String> {
    let (_, rest) = page.split_once(r#"<code class="secret">"#).context("the page shows the link")?;
    path_of(rest.split('<').next().context("the page shows the link")?)
}
