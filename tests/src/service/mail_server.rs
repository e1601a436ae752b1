//! A real mail server on loopback, Debian's `python3-aiosmtpd`: it puts every mail into a folder of its own. Gone when
//! dropped.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rcgen::{CertificateParams, KeyPair, SanType};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::ports::free_address;

/// A server that does not listen in this time never does.
const START: Duration = Duration::from_secs(30);

/// The only user, where the server wants a login.
pub const USER: &str = "mail-user";

/// Takes the server's settings as arguments and serves until its standard input ends. Mail for `nobody@` is refused
/// with an answer that names the address, as servers do; for `later@` it is deferred once. Each mail is kept with the
/// name from its sender's greeting.
const PROGRAM: &str = r#"
import ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult

host, port, folder, security, chain, key, user, password = sys.argv[1:]

deferred = set()

class House(Mailbox):
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    def prepare_message(self, session, envelope):
        message = super().prepare_message(session, envelope)
        message["X-Hello"] = session.host_name
        return message

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later@") and address not in deferred:
            deferred.add(address)
            return f"450 4.2.0 <{address}> is greylisted"
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}> is not known here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

def authenticate(server, session, envelope, mechanism, given):
    good = given.login == user.encode() and given.password == password.encode()
    return AuthResult(success=good, handled=False)

settings = {}
if security != "plain":
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    if security == "tls":
        settings["ssl_context"] = context
    else:
        settings.update(tls_context=context, require_starttls=True)
if password:
    settings.update(authenticator=authenticate, auth_required=True, auth_require_tls=False)
Controller(House(folder), hostname=host, port=int(port), **settings).start()
print("listening", flush=True)
sys.stdin.read()
"#;

/// How the way to a server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// TLS from the first byte.
    Tls,
    /// TLS after `STARTTLS`.
    StartTls,
}

impl Security {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "tls",
            Self::StartTls => "starttls",
        }
    }

    const fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "smtp",
            Self::Tls => "smtps",
            Self::StartTls => "smtp+starttls",
        }
    }
}

/// Whether a mail server is installed on this machine.
#[derive(Debug, Clone)]
pub struct MailProgram {
    /// The Python that has it.
    python: PathBuf,
}

impl MailProgram {
    /// The program. Where it is not installed: `None`, said loudly; an error where `CI=true` or
    /// `HOTLINE_REQUIRE_MAIL=1` stands in the environment.
    pub async fn find() -> anyhow::Result<Option<Self>> {
        for python in ["/usr/bin/python3", "python3"] {
            let mut command = Command::new(python);
            let asked = command.args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status().await;
            if asked.is_ok_and(|status| status.success()) {
                return Ok(Some(Self { python: python.into() }));
            }
        }
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
        if is("CI", "true") || is("HOTLINE_REQUIRE_MAIL", "1") {
            bail!("there is no mail server to use: install python3-aiosmtpd");
        }
        eprintln!("\n*** SKIPPED: NO MAIL IS SENT, FOR python3-aiosmtpd IS NOT INSTALLED ***\n");
        Ok(None)
    }

    /// Starts a server at an address; with `password`, only [`USER`] may send.
    pub async fn start_at(
        &self,
        address: SocketAddr,
        security: Security,
        password: Option<&str>,
    ) -> anyhow::Result<MailServer> {
        let folder = tempfile::Builder::new().prefix("hotline-mail-").tempdir()?;
        let path = |name: &str| folder.path().join(name);
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress(address.ip())];
        params.is_ca = rcgen::IsCa::ExplicitNoCa;
        fs::write(path("chain.pem"), params.self_signed(&key)?.pem())?;
        fs::write(path("key.pem"), key.serialize_pem())?;
        let mut command = Command::new(&self.python);
        command.args(["-c", PROGRAM, &address.ip().to_string(), &address.port().to_string()]);
        command.arg(path("mail")).arg(security.name()).arg(path("chain.pem")).arg(path("key.pem"));
        command.args([USER, password.unwrap_or_default()]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        let mut said = BufReader::new(child.stdout.take().context("it is piped")?).lines();
        let line = tokio::time::timeout(START, said.next_line()).await.context("the mail server does not start")??;
        if line.as_deref() != Some("listening") {
            bail!("the mail server does not listen at {address}: {line:?}");
        }
        Ok(MailServer { url: format!("{}://{address}", security.scheme()), folder, _child: child })
    }

    /// Starts a server at a free address.
    pub async fn start(&self, security: Security, password: Option<&str>) -> anyhow::Result<MailServer> {
        self.start_at(free_address(), security, password).await
    }
}

/// A running server.
pub struct MailServer {
    /// As `alerts.mail_server` takes it.
    pub url: String,
    folder: TempDir,
    _child: Child,
}

impl MailServer {
    /// Every mail that arrived, its head and its text, as it was received.
    pub fn mails(&self) -> anyhow::Result<Vec<String>> {
        let new = self.folder.path().join("mail/new");
        if !new.exists() {
            return Ok(Vec::new());
        }
        let mut files = fs::read_dir(new)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
        files.sort();
        files.iter().map(|file| Ok(fs::read_to_string(file)?)).collect()
    }

    /// Its certificate, signed by no authority.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }
}
