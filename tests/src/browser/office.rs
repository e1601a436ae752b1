//! Somebody in the office: a browser without eyes, and the telephone with his authenticator.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hotline_node::clock::Clock;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Method, redirect};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::authenticator::Authenticator;
use crate::node::cli::Cli;
use crate::node::node_process::ProcessNode;
use crate::node::test_node::TestNode;

/// A page is there long before.
const PATIENCE: Duration = Duration::from_mins(1);
/// The cookie of a session.
pub const SESSION: &str = "__Host-hotline-session";
/// Every account of a test has it.
pub const PASSWORD: &str = "four words for tests";

/// The office of a node that serves.
#[derive(Clone)]
pub struct Door<'n> {
    cli: &'n Cli,
    address: SocketAddr,
    clock: Clock,
}

impl<'n> Door<'n> {
    /// Of a node in a process of its own.
    #[must_use]
    pub fn of_process(node: &'n ProcessNode) -> Self {
        Self { cli: &node.cli, address: node.office_address(), clock: Clock::system() }
    }

    /// An office of a node in this process; `cli` holds the commands of the same node.
    #[must_use]
    pub fn of_test(cli: &'n Cli, serving: &TestNode) -> Self {
        Self { cli, address: serving.addresses.office, clock: serving.clock.clone() }
    }

    /// The node's commands.
    #[must_use]
    pub const fn cli(&self) -> &Cli {
        self.cli
    }

    /// Makes an account by command; gives the path of its one-time link.
    pub async fn invite(&self, name: &str, role: &str, peer: Option<&str>) -> anyhow::Result<String> {
        let mut arguments = vec!["account", "add", name, "--role", role];
        arguments.extend(peer.into_iter().flat_map(|peer| ["--peer", peer]));
        let shown = self.cli.json(&arguments).await?;
        path_of(shown["link"].as_str().context("account add shows the link")?)
    }
}

/// The path of a link.
pub fn path_of(link: &str) -> anyhow::Result<String> {
    Ok(url::Url::parse(link)?.path().to_owned())
}

/// A browser of its own, signed in or not.
pub struct Office {
    client: reqwest::Client,
    base: String,
    clock: Clock,
    cookies: Mutex<BTreeMap<String, String>>,
    /// Once its secret was taken over.
    authenticator: Mutex<Option<Authenticator>>,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The page.
    pub text: String,
}

impl Page {
    /// A header's text, empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// It leads to `path`.
    pub fn leads_to(&self, path: &str) -> anyhow::Result<()> {
        let is_so = self.status == 303 && self.header("location") == path;
        ensure!(is_so, "303 to {path} is expected, it is {} to {:?}", self.status, self.header("location"));
        Ok(())
    }

    /// It has this status.
    pub fn is(&self, status: u16) -> anyhow::Result<()> {
        ensure!(self.status == status, "{status} is expected, it is {}: {}", self.status, self.text);
        Ok(())
    }
}

impl Office {
    /// A browser that trusts the office's own certificate, and nobody else.
    pub fn visitor(door: &Door<'_>) -> anyhow::Result<Self> {
        let folder = door.cli.config_file.parent().context("it stands in a folder")?;
        let certificate = CertificateDer::from_pem_file(folder.join("keys/office.crt.pem"))?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()?;
        let base = format!("https://{}", door.address);
        Ok(Self { client, base, clock: door.clock.clone(), cookies: Mutex::default(), authenticator: Mutex::default() })
    }

    /// Somebody new of a role, signed in; of a partner with his peer. His name is the role's.
    pub async fn signed_in(door: &Door<'_>, role: &str, peer: Option<&str>) -> anyhow::Result<Self> {
        Self::signed_in_as(door, role, role, peer).await
    }

    /// [`Office::signed_in`] under a name.
    pub async fn signed_in_as(door: &Door<'_>, name: &str, role: &str, peer: Option<&str>) -> anyhow::Result<Self> {
        let link = door.invite(name, role, peer).await?;
        let office = Self::visitor(door)?;
        office.begin(&link).await?;
        Ok(office)
    }

    /// Accepts an invitation: takes the secret over, chooses [`PASSWORD`], and is in.
    pub async fn begin(&self, link: &str) -> anyhow::Result<()> {
        let page = self.get(link).await?;
        page.is(200)?;
        self.take_over(&page)?;
        let accepted = self.accept(link, PASSWORD, &self.code()?).await?;
        accepted.leads_to("/")?;
        self.get("/").await?.is(200)
    }

    /// Takes the secret over that an invitation shows.
    pub fn take_over(&self, page: &Page) -> anyhow::Result<()> {
        let (_, rest) = page.text.split_once(r#"<code class="secret">"#).context("the page shows the secret")?;
        let (groups, _) = rest.split_once("</code>").context("the page shows the secret")?;
        let authenticator = Authenticator::of_groups(groups)?;
        *self.authenticator.lock().unwrap_or_else(PoisonError::into_inner) = Some(authenticator);
        Ok(())
    }

    /// The authenticator's secret, as one types it.
    pub fn secret_in_base32(&self) -> anyhow::Result<String> {
        Ok(self.authenticator()?.secret_in_base32())
    }

    /// Carries the same telephone as another: the same person at another desk.
    pub fn share_authenticator(&self, of: &Self) {
        let shared = of.authenticator().ok();
        *self.authenticator.lock().unwrap_or_else(PoisonError::into_inner) = shared;
    }

    /// Returns the code that the authenticator shows now.
    pub fn code(&self) -> anyhow::Result<String> {
        self.code_in(0)
    }

    /// Returns its code in so many seconds, or so many seconds ago.
    pub fn code_in(&self, seconds: i64) -> anyhow::Result<String> {
        self.authenticator()?.code(self.clock.unix_seconds() + seconds)
    }

    fn authenticator(&self) -> anyhow::Result<Authenticator> {
        let authenticator = self.authenticator.lock().unwrap_or_else(PoisonError::into_inner).clone();
        authenticator.context("no secret was taken over")
    }

    /// Sends an invitation's form.
    pub async fn accept(&self, link: &str, password: &str, code: &str) -> anyhow::Result<Page> {
        self.post(link, &[("password", password), ("again", password), ("code", code)]).await
    }

    /// Sends the sign-in's form.
    pub async fn sign_in(&self, name: &str, password: &str, code: &str) -> anyhow::Result<Page> {
        self.post("/sign-in", &[("name", name), ("password", password), ("code", code), ("to", "")]).await
    }

    /// A page.
    pub async fn get(&self, path: &str) -> anyhow::Result<Page> {
        self.ask(Method::GET, path, &[], &[]).await
    }

    /// Sends a form as the office's own pages do.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Page> {
        self.ask(Method::POST, path, form, &[("sec-fetch-site", "same-origin"), ("origin", &self.base)]).await
    }

    /// Asks with headers of one's own, and keeps the cookies that the answer sets.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> anyhow::Result<Page> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        let cookies = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == Method::POST {
            let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await?;
        let page =
            Page { status: answer.status().as_u16(), headers: answer.headers().clone(), text: answer.text().await? };
        self.keep_cookies(&page)?;
        Ok(page)
    }

    /// Where it is: scheme, host and port.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The cookies that it has.
    #[must_use]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The session's token.
    pub fn session(&self) -> anyhow::Result<String> {
        self.cookies().get(SESSION).cloned().context("nobody is signed in here")
    }

    /// Puts a cookie in, or takes it out.
    pub fn set_cookie(&self, name: &str, value: Option<&str>) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        match value {
            Some(value) => cookies.insert(name.to_owned(), value.to_owned()),
            None => cookies.remove(name),
        };
    }

    fn keep_cookies(&self, page: &Page) -> anyhow::Result<()> {
        for line in page.headers.get_all(SET_COOKIE) {
            let line = line.to_str()?;
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').context("a cookie has a name")?;
            // Conditions of a browser for this prefix.
            let is_host = ["Secure", "Path=/"].iter().all(|word| attributes.contains(word));
            if name.starts_with("__Host-") && (!is_host || attributes.contains("Domain")) {
                bail!("a browser would not take it: {line}");
            }
            let is_over = attributes.contains("Max-Age=0");
            self.set_cookie(name, (!is_over).then_some(value));
        }
        Ok(())
    }
}
