//! The office's pages in a browser without script, as people have them before them.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::access::account::RoleName;
use hotline_node::clock::Clock;
use hotline_node::web::shell::ROUTES;
use hotline_tests::browser::authenticator::Authenticator;
use hotline_tests::browser::office::{Door, Office, PASSWORD};
use hotline_tests::browser::{Browser, BrowserProgram, Key, Look, Named, Page};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use libtest_mimic::Trial;

/// An authenticator shows another code after this time.
const STEP: Duration = Duration::from_secs(30);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "pages",
        store,
        [
            a_page_that_is_not_there_says_so_in_the_readers_language,
            people_come_in_by_invitation_and_by_sign_in_and_go_out,
            the_language_is_chosen_on_every_page_and_stays,
            every_role_has_its_pages_and_no_others,
            an_account_is_disabled_only_by_who_says_so_twice,
            a_list_of_open_offers_goes_on_behind_each_report,
        ]
    )
}

/// A hotline with a stopped clock, and a browser that trusts it.
struct House {
    node: TestNode,
    federation: Federation,
    browser: Browser,
}

impl House {
    /// `None` where there is no browser.
    async fn open(store: &Store) -> anyhow::Result<Option<Self>> {
        let Some(program) = BrowserProgram::find()? else { return Ok(None) };
        let federation = Federation::new(store, &THREE).await?;
        let rows: Vec<_> = (1..=3).map(|n| (format!("row-{n}"), url_in(["FR", "NL", "DE"][n - 1], 1))).collect();
        federation[0].cli.import(&rows).await?;
        // Commands make accounts by the system's clock.
        let node = TestNode::serve(&federation[0].cli.config_file, Clock::set_at(Clock::system().now())).await?;
        let browser = program.start(&[&federation[0].office_key()]).await?;
        Ok(Some(Self { node, federation, browser }))
    }

    async fn page(&self) -> anyhow::Result<Page> {
        self.browser.page(self.node.addresses.office).await
    }

    /// Makes an account named as its role; gives the path of its one-time link.
    async fn invite(&self, role: RoleName) -> anyhow::Result<String> {
        let peer = (role == RoleName::Partner).then_some("nl-birch");
        Door::of_test(&self.federation[0].cli, &self.node).invite(role.code(), role.code(), peer).await
    }

    /// A page with somebody of this role in it.
    async fn enter(&self, role: RoleName) -> anyhow::Result<(Page, Authenticator)> {
        let link = self.invite(role).await?;
        let mut page = self.page().await?;
        let authenticator = page.accept_invitation(&link, PASSWORD, self.node.clock.unix_seconds()).await?;
        Ok((page, authenticator))
    }

    /// Returns the authenticator's next code.
    fn next_code(&self, authenticator: &Authenticator) -> anyhow::Result<String> {
        self.node.clock.advance(STEP);
        authenticator.code(self.node.clock.unix_seconds())
    }
}

/// The page before us is accessible however it is looked at, and a telephone shows all of it.
async fn is_accessible_in_every_look(page: &mut Page) -> anyhow::Result<()> {
    page.nothing_vanishes().await?;
    for look in Look::ALL {
        page.look(look).await?;
        page.is_accessible().await?;
    }
    page.look(Look::Light).await
}

async fn a_page_that_is_not_there_says_so_in_the_readers_language(store: Store) -> anyhow::Result<()> {
    let Some(house) = House::open(&store).await? else { return Ok(()) };
    for (asked, language, title, skip) in [
        ("fr-CH, en;q=0.5", "fr", "Cela n’a pas fonctionné · hotline-node", "Aller au contenu"),
        ("de, en;q=0.5", "en", "This did not work · hotline-node", "Skip to the content"),
    ] {
        let mut page = house.page().await?;
        page.ask_for(asked).await?;
        page.open("/no-such-page").await?;
        ensure!(page.status() == 404, "{}", page.status());
        ensure!(page.language().await? == language && page.title().await? == title, "{}", page.title().await?);
        is_accessible_in_every_look(&mut page).await?;
        page.press(Key::Tab).await?;
        let first = page.focused().await?;
        ensure!(first == Named { role: "link".to_owned(), name: skip.to_owned() }, "{first:?}");
        page.press(Key::Enter).await?;
        ensure!(page.value_of("document.activeElement.id").await? == "main", "the skip link leads to the content");
    }
    Ok(())
}

async fn people_come_in_by_invitation_and_by_sign_in_and_go_out(store: Store) -> anyhow::Result<()> {
    let Some(house) = House::open(&store).await? else { return Ok(()) };
    for role in RoleName::ALL {
        let link = house.invite(role).await?;
        let mut page = house.page().await?;
        page.open(&link).await?;
        is_accessible_in_every_look(&mut page).await?;
        let authenticator = page.accept_invitation(&link, PASSWORD, house.node.clock.unix_seconds()).await?;
        page.follow("Sign out").await?;
        ensure!(page.path().await? == "/sign-in", "{}", page.path().await?);
        is_accessible_in_every_look(&mut page).await?;

        page.sign_in(role.code(), "another password", &house.next_code(&authenticator)?).await?;
        ensure!(page.status() == 403, "{}", page.status());
        ensure!(page.texts("[role=alert]").await?.len() == 1, "it is said that nobody came in");
        is_accessible_in_every_look(&mut page).await?;

        // Long enough that the failure is no reason to wait.
        house.node.clock.advance(Duration::from_mins(20));
        page.sign_in(role.code(), PASSWORD, &house.next_code(&authenticator)?).await?;
        page.is_in().await?;
        kept_only_as_it_should_be(&mut page).await?;
    }
    house.node.stop().await
}

/// The session is out of reach of scripts, of other sites, and of eavesdroppers.
async fn kept_only_as_it_should_be(page: &mut Page) -> anyhow::Result<()> {
    let cookies = page.cookies().await?;
    let session = cookies.iter().find(|cookie| cookie["name"] == "__Host-hotline-session").context("a session")?;
    let is_safe = session["httpOnly"] == true && session["secure"] == true && session["sameSite"] == "Lax";
    ensure!(is_safe && session["path"] == "/", "{session}");
    Ok(())
}

async fn the_language_is_chosen_on_every_page_and_stays(store: Store) -> anyhow::Result<()> {
    let Some(house) = House::open(&store).await? else { return Ok(()) };
    let (mut page, _) = house.enter(RoleName::Auditor).await?;
    let ways = page.menu().await?;
    for way in ways {
        page.open(&way).await?;
        page.follow("Français").await?;
        ensure!(page.path().await? == way && page.language().await? == "fr", "{way} is not shown in French");
        page.open(&way).await?;
        ensure!(page.language().await? == "fr", "{way} has forgotten the choice");
        is_accessible_in_every_look(&mut page).await?;
        page.follow("English").await?;
        ensure!(page.path().await? == way && page.language().await? == "en", "{way} is not shown in English");
    }
    house.node.stop().await
}

async fn every_role_has_its_pages_and_no_others(store: Store) -> anyhow::Result<()> {
    let Some(house) = House::open(&store).await? else { return Ok(()) };
    let mut looked_at = BTreeSet::new();
    for role in RoleName::ALL {
        let (mut page, _) = house.enter(role).await?;
        let menu = page.menu().await?;
        ensure!(!menu.is_empty(), "{} has no page in the menu", role.code());
        for path in page.tour().await? {
            page.open(&path).await?;
            ensure!(page.status() == 200, "{} is led to {path}, which answers {}", role.code(), page.status());
            let here = page.attributes("nav a[aria-current=page]", "href").await?;
            ensure!(!menu.contains(&path) || here == [path.clone()], "{path} is where we are, the menu says {here:?}");
            if looked_at.insert(path) {
                is_accessible_in_every_look(&mut page).await?;
            }
        }
        refused_what_others_have(&mut page, role, &menu).await?;
    }
    house.node.stop().await
}

/// A page outside a role's rights is not in its menu, and is refused.
async fn refused_what_others_have(page: &mut Page, role: RoleName, menu: &[String]) -> anyhow::Result<()> {
    for route in ROUTES.iter().filter(|route| !route.audience.has(Some(role))) {
        ensure!(!menu.contains(&route.path.to_owned()), "{} is in the menu of {}", route.path, role.code());
        page.open(&route.path.replace(['{', '}'], "")).await?;
        let refused = [403, 404, 405].contains(&page.status());
        ensure!(refused, "{} answers {} to {}", route.path, page.status(), role.code());
    }
    page.is_accessible().await
}

async fn an_account_is_disabled_only_by_who_says_so_twice(store: Store) -> anyhow::Result<()> {
    let Some(house) = House::open(&store).await? else { return Ok(()) };
    let (mut analyst, _) = house.enter(RoleName::Analyst).await?;
    let (mut admin, _) = house.enter(RoleName::Admin).await?;
    let state = async || -> anyhow::Result<String> {
        let accounts = house.federation[0].cli.json(&["account", "list"]).await?;
        let found = accounts.as_array().into_iter().flatten().find(|account| account["name"] == "analyst");
        Ok(found.and_then(|account| account["state"].as_str()).context("the account is listed")?.to_owned())
    };
    for (language, title) in [("Français", "Désactiver analyst ?"), ("English", "Disable analyst?")] {
        admin.open("/accounts/analyst/disable").await?;
        admin.follow(language).await?;
        let titles: Vec<String> = admin.texts("h1").await?.iter().map(|text| text.replace('\u{a0}', " ")).collect();
        ensure!(titles == [title], "{titles:?}");
        is_accessible_in_every_look(&mut admin).await?;
    }
    admin.open("/accounts").await?;
    admin.follow("Disable analyst").await?;
    ensure!(admin.path().await?.starts_with("/accounts/analyst/disable"), "{}", admin.path().await?);
    ensure!(state().await? == "active", "nothing is done before it is said again");
    admin.follow("Back, without a change").await?;
    ensure!(admin.path().await? == "/accounts" && state().await? == "active", "{}", admin.path().await?);
    analyst.open("/").await?;
    analyst.is_in().await?;

    admin.follow("Disable analyst").await?;
    admin.follow("Disable analyst").await?;
    ensure!(admin.path().await? == "/accounts" && state().await? == "disabled", "{}", admin.path().await?);
    analyst.open("/").await?;
    ensure!(analyst.path().await?.starts_with("/sign-in"), "who was disabled is out: {}", analyst.path().await?);
    admin.open("/accounts/nobody/disable").await?;
    ensure!(admin.status() == 404, "{}", admin.status());
    house.node.stop().await
}

async fn a_list_of_open_offers_goes_on_behind_each_report(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE).await?;
    let cli = &federation[0].cli;
    let countries = ["NL", "FR", "DE", "NL", "FR", "DE"];
    let rows: Vec<_> = (1..).zip(countries).map(|(n, country)| (format!("row-{n}"), url_in(country, n))).collect();
    cli.import(&rows).await?;
    let node = TestNode::serve(&cli.config_file, Clock::system()).await?;
    let analyst = Office::signed_in_as(&Door::of_test(cli, &node), "analyst", "analyst", None).await?;
    let listed = async |after: &str| {
        let page = analyst.get(&format!("/reports?state=offered&after={after}")).await?;
        let links = page.text.split("href=\"/reports/").skip(1).filter_map(|rest| rest.split('"').next());
        let reports: Vec<String> = links.filter(|name| name.starts_with("FR-")).map(str::to_owned).collect();
        anyhow::Ok(reports)
    };
    let all = listed("").await?;
    let newest_first = all.is_sorted_by(|one, other| one > other);
    ensure!(all.len() == 4 && newest_first, "those that are hosted elsewhere, the newest first: {all:?}");
    for (place, report) in all.iter().enumerate() {
        let rest = listed(report).await?;
        ensure!(rest == all[place + 1..], "behind {report}: {rest:?}");
    }
    node.stop().await
}
