//! A hotline with something to see, and a browser before it.

use std::time::Duration;

use anyhow::Context as _;
use hotline_node::access::account::RoleName;
use hotline_node::clock::Clock;
use hotline_tests::browser::office::{Door, PASSWORD};
use hotline_tests::browser::{Browser, BrowserProgram, Page};
use hotline_tests::historical;
use hotline_tests::historical::year::YEARS;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::repository;

/// Everything is exchanged within this time.
const EXCHANGE: Duration = Duration::from_mins(5);

/// The office of the first of three hotlines.
pub(crate) struct House {
    federation: Federation,
    browser: Browser,
}

impl House {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let program = BrowserProgram::find()?.context("there is no browser to use")?;
        let mut federation = Federation::new(&Store::Sqlite, &THREE).await?;
        let hosts = repository().join("fixtures/hosts").to_string_lossy().into_owned();
        for place in 0..THREE.len() {
            federation[place].configure(&[("geolocation", "hosts_file", hosts.clone().into())])?;
        }
        federation.start().await?;
        fill(&federation).await?;
        let browser = program.start(&[&federation[0].office_key()]).await?;
        Ok(Self { federation, browser })
    }

    pub(crate) async fn page(&self) -> anyhow::Result<Page> {
        self.browser.page(self.federation[0].office_address()).await
    }

    /// Makes an account; gives the path of its one-time link.
    pub(crate) async fn invite(&self, name: &str, role: RoleName) -> anyhow::Result<String> {
        let peer = (role == RoleName::Partner).then_some(THREE[1].id);
        Door::of_process(&self.federation[0]).invite(name, role.code(), peer).await
    }

    /// A page with somebody of this role in it.
    pub(crate) async fn enter(&self, role: RoleName) -> anyhow::Result<Page> {
        let link = self.invite(role.code(), role).await?;
        let mut page = self.page().await?;
        page.accept_invitation(&link, PASSWORD, Clock::system().unix_seconds()).await?;
        Ok(page)
    }
}

async fn fill(federation: &Federation) -> anyhow::Result<()> {
    for (place, country) in ["fr", "nl"].into_iter().enumerate() {
        let file = repository().join(format!("fixtures/reports/{country}.csv"));
        federation[place].cli.json(&["report", "import", &file.to_string_lossy()]).await?;
    }
    let last = YEARS.last().context("there are years")?;
    let cases = federation.folder().join("cases.csv");
    std::fs::write(&cases, historical::csv(std::slice::from_ref(last), 2018))?;
    federation[0].cli.json(&["report", "import", "--historical", &cases.to_string_lossy()]).await?;
    federation.until_heads_equal(EXCHANGE).await.map(drop)
}
