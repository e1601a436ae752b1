//! In and out of the office, as people do it, in English.

use anyhow::{Context as _, ensure};

use super::authenticator::Authenticator;
use super::page::Page;

impl Page {
    /// Follows a one-time link: takes the secret over, chooses a password, and is in. `now` is the time on the
    /// telephone's clock (seconds since 1970).
    pub async fn accept_invitation(&mut self, link: &str, password: &str, now: i64) -> anyhow::Result<Authenticator> {
        self.open(link).await?;
        ensure!(self.status() == 200, "the invitation answers {}", self.status());
        let secret = self.texts(".secret").await?.pop().context("the invitation shows a secret")?;
        let authenticator = Authenticator::of_groups(&secret)?;
        self.fill("Password", password).await?;
        self.fill("Password, once more", password).await?;
        self.fill("Code", &authenticator.code(now)?).await?;
        self.follow("Begin").await?;
        self.is_in().await?;
        Ok(authenticator)
    }

    /// Fills the sign-in's form, and sends it.
    pub async fn sign_in(&mut self, name: &str, password: &str, code: &str) -> anyhow::Result<()> {
        self.fill("Name", name).await?;
        self.fill("Password", password).await?;
        self.fill("Code", code).await?;
        self.follow("Sign in").await
    }

    /// Somebody is signed in, and sees a page.
    pub async fn is_in(&mut self) -> anyhow::Result<()> {
        let (status, path) = (self.status(), self.path().await?);
        ensure!(status == 200 && path != "/sign-in", "{path} answers {status}: {}", self.text().await?);
        Ok(())
    }
}
