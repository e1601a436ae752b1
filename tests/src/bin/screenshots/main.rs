//! Takes pictures of every page of the office, for people to look at: in each role, in light and dark and on a phone.
//!
//! `cargo run -p hotline-tests --bin screenshots -- FOLDER`
//!
//! Three hotlines exchange the reports of `fixtures/reports`, and the house has cases of a past year. Everything is
//! synthetic. Wants `chromium` and the packages that `npm ci --prefix tests/browser` installs.

mod house;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use hotline_node::access::account::RoleName;
use hotline_tests::browser::{Look, Page};
use hotline_tests::node::become_node;
use house::House;

/// Takes pictures of every page of the office.
#[derive(Parser)]
struct Arguments {
    /// Where the pictures are put (PNG, named by role, page and look)
    folder: PathBuf,
    /// Only pages with this in their path
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

fn main() -> ExitCode {
    if let Some(code) = become_node::if_asked() {
        return code;
    }
    let arguments = Arguments::parse();
    let done =
        tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(take(&arguments)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn take(arguments: &Arguments) -> anyhow::Result<()> {
    fs::create_dir_all(&arguments.folder).context("the folder cannot be made")?;
    let house = House::open().await?;
    let mut door = house.page().await?;
    door.open("/sign-in").await?;
    picture(&mut door, "door-sign-in", &arguments.folder).await?;
    door.open(&house.invite("guest", RoleName::Auditor).await?).await?;
    picture(&mut door, "door-invitation", &arguments.folder).await?;
    door.open("/no-such-page").await?;
    picture(&mut door, "door-refusal", &arguments.folder).await?;
    for role in RoleName::ALL {
        let mut page = house.enter(role).await?;
        for path in page.tour().await?.iter().filter(|path| path.contains(&arguments.only)) {
            page.open(path).await?;
            picture(&mut page, &name(role, path), &arguments.folder).await?;
        }
    }
    Ok(())
}

/// The name of a picture's file, without look and ending.
fn name(role: RoleName, path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default().trim_matches('/');
    let path = if path.is_empty() { "home" } else { path };
    let letters = path.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    format!("{}-{}", role.code(), letters.collect::<String>())
}

async fn picture(page: &mut Page, name: &str, folder: &Path) -> anyhow::Result<()> {
    for look in Look::ALL {
        page.look(look).await?;
        let file = folder.join(format!("{name}-{}.png", look.name()));
        page.screenshot(&file).await?;
        println!("{}", file.display());
    }
    page.look(Look::Light).await
}
